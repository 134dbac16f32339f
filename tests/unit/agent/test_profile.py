"""The standing description of a job: patched, cleared, never guessed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.profile import Profile

KNOWN = Profile(
    task_type="classification",
    requests_per_day=100,
    labeled_examples=50,
    words={"requests_per_day": "100 a day", "labeled_examples": "50 labeled"},
)


def test_a_patch_replaces_only_what_it_states() -> None:
    merged = KNOWN.merged(Profile(requests_per_day=1000, words={"requests_per_day": "tenfold"}))

    assert merged.requests_per_day == 1000
    assert merged.labeled_examples == 50
    assert merged.words == {"requests_per_day": "tenfold", "labeled_examples": "50 labeled"}
    assert KNOWN.requests_per_day == 100


def test_a_stated_zero_replaces_a_value() -> None:
    assert KNOWN.merged(Profile(labeled_examples=0)).labeled_examples == 0


def test_a_cleared_slot_is_unknown_again_with_its_words() -> None:
    cleared = KNOWN.without("labeled_examples")

    assert cleared.labeled_examples is None
    assert "labeled_examples" not in cleared.words
    assert cleared.requests_per_day == 100


def test_known_slots_are_listed() -> None:
    assert KNOWN.stated() == ("task_type", "requests_per_day", "labeled_examples")
    assert Profile(hardware=()).stated() == ("hardware",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"requests_per_day": -5},
        {"requests_per_day": 0},
        {"labeled_examples": -1},
        {"quality_bar": 1.2},
        {"classes": 1},
        {"task_type": "sorting"},
        {"colour": "red"},
    ],
)
def test_impossible_values_do_not_get_in(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Profile.model_validate(wrong)
