"""Marks, confidence words, chips, hinges and bars say the same as the answer."""

from __future__ import annotations

import pytest

from agent.answer import Answer, Chart, Flip, Option
from agent.profile import Profile
from ui.components.hinges import Scale, hinges
from ui.components.markup import Marks
from ui.components.memory_bar import memory_bar
from ui.components.options_table import options_table, ruled_out
from ui.components.verdict import confidence, confidence_words, tile, understood

PICK = Option(
    label="Own 8B", route="rented_gpu", verdict="specialized", usd_per_month=1224, quality_odds=0.9
)
OTHER = Option(label="Large <API>", route="api", verdict="ultra_large", usd_per_month=2160)
OUT = Option(label="Own 70B", route="cpu", verdict="specialized", ruled_out_because="Too slow.")
BASE = Answer(
    kind="recommendation",
    headline="Fine-tune a smaller model",
    verdict="specialized",
    confidence=0.87,
    confidence_low=0.79,
    confidence_high=0.92,
    text="x",
    options=(PICK, OTHER, OUT),
)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.95, "95%, very likely to be the right pick"),
        (0.87, "87% likely to be the right pick"),
        (0.6, "60%, more likely than not the right pick"),
        (0.54, "54%, too close to call"),
    ],
)
def test_word_stands_beside_the_number(probability: float, words: str) -> None:
    assert confidence_words(probability) == words


def test_fit_answer_shows_no_probability() -> None:
    assert confidence(BASE.model_copy(update={"kind": "fit"})) == ""


def test_strip_carries_band_and_tick_and_says_so() -> None:
    shown = confidence(BASE)

    assert 'aria-label="87% likely to be the right pick. 79 to 92%"' in shown
    assert "left:87.0%" in shown


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "rs-tile-specialized"),
        ({"verdict": None, "outcome": "no", "kind": "fit"}, "rs-tile-no"),
        ({"kind": "clarification", "verdict": None}, "rs-tile-ask"),
        ({"kind": "no_evidence", "verdict": None}, "rs-tile-none"),
        ({"kind": "fact", "verdict": None}, "rs-tile-plain"),
    ],
)
def test_each_kind_has_its_mark(change: dict[str, object], name: str) -> None:
    assert name in tile(BASE.model_copy(update=change))


def test_said_is_solid_and_assumed_is_dashed() -> None:
    answer = BASE.model_copy(
        update={
            "profile": Profile(requests_per_day=20000, labeled_examples=0),
            "assumed": {"input_tokens": "1,000 tokens in"},
        }
    )

    shown = understood(answer)

    assert "<span>20,000 a day</span>" in shown
    assert "<span>no labels</span>" in shown
    assert '<span class="rs-assumed">assumed: 1,000 tokens in</span>' in shown


def test_wide_hinge_is_logarithmic_and_narrow_one_is_not() -> None:
    assert Scale.around(1400, 60000).logarithmic
    assert not Scale.around(100, 120).logarithmic
    assert Scale.around(0.06, 0).percent(0) == 0


def test_hinge_says_its_sentence_and_the_verdict_it_flips_to() -> None:
    flip = Flip(
        slot="requests_per_day",
        text="Below 11,300 a day the API is cheaper.",
        value=11300,
        yours=20000,
        verdict="ultra_large",
    )

    shown = hinges(BASE.model_copy(update={"flips": (flip,)}), Marks("t1", {}))

    assert 'aria-label="Below 11,300 a day the API is cheaper."' in shown
    assert "Ultra-large below 11,300" in shown
    assert "you, 20,000" in shown


def test_pick_without_flips_says_that_nothing_changes_it() -> None:
    assert "No value changes the pick." in hinges(BASE, Marks("t1", {}))


def test_options_table_names_the_pick_and_leaves_ruled_out_ones_to_their_tab() -> None:
    shown = options_table(BASE, Marks("t1", {}))

    assert "the pick" in shown
    assert "Large &lt;API&gt;" in shown
    assert "Own 70B" not in shown
    assert "Too slow." in ruled_out(BASE)


def test_overrun_of_memory_is_named_and_hatched() -> None:
    chart = Chart(kind="memory", parts=(("Weights", 671.0),), limit=614.0, alt="57 GB over")

    shown = memory_bar(chart)

    assert "<b>57 GB over</b>" in shown
    assert "rs-over" in shown


def test_memory_that_fits_shows_what_is_free() -> None:
    chart = Chart(kind="memory", parts=(("Weights", 400.0), ("KV cache", 100.0)), limit=614.0)

    shown = memory_bar(chart)

    assert "114 GB free" in shown
    assert "rs-over" not in shown
