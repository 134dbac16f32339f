from collections import Counter
from pathlib import Path

import pytest

from evals.cases import CaseError, chosen, load_cases

LEAST = {
    "recommendation": 12,
    "fit": 10,
    "cost": 8,
    "comparison": 8,
    "fact": 10,
    "reality_check": 6,
    "toolkit": 6,
    "finetune": 4,
    "deploy": 4,
    "vague": 6,
    "off_topic": 6,
    "hostile": 6,
    "unknown": 8,
    "invalid": 6,
    "follow_up": 10,
}


def test_every_kind_of_question_has_its_cases() -> None:
    counted = Counter(case.tags[0] for case in load_cases())

    assert {k: counted[k] for k, n in LEAST.items() if counted[k] < n} == {}


def test_no_case_lets_every_answer_of_its_kind_pass() -> None:
    assert [case.id for case in load_cases() if case.expect.judges() == 0] == []


def test_every_verdict_is_expected_somewhere_and_alone() -> None:
    alone = {case.expect.verdict[0] for case in load_cases() if len(case.expect.verdict) == 1}

    assert alone == {"specialized", "small_general", "ultra_large", "hybrid"}


def test_cases_are_chosen_by_tag_or_by_the_beginning_of_their_id() -> None:
    assert {c.tags[0] for c in chosen(load_cases(), "fit")} == {"fit"}
    assert [c.id for c in chosen(load_cases(), "real-etched")] == ["real-etched"]


def test_an_unknown_choice_names_the_tags() -> None:
    with pytest.raises(CaseError, match="recommendation"):
        chosen(load_cases(), "nonsense")


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        ("{kind: essay}", "kind"),
        ("{kind: fact, profile: {volume: {value: 1}}}", "no slot"),
        ("{kind: fact, present: ['(']}", "invalid case"),
        ("{kind: fact, wanted: 1}", "wanted"),
        ("{kind: fit, figures: [{value: 1, at_most: true}]}", "needs calc"),
    ],
)
def test_a_wrong_case_names_its_file(tmp_path: Path, expect: str, reason: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"- {{id: a, tags: [fact], turns: [x], expect: {expect}}}\n", encoding="utf-8")

    with pytest.raises(CaseError, match=r"wrong\.yaml") as error:
        load_cases(tmp_path)

    assert reason in str(error.value)
