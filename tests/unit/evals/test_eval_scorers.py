from typing import Any

import pytest
from eval_answers import FACT, FACT_QUESTION, FIT, FIT_QUESTION, JOB, JOB_QUESTION

from evals.cases import Case
from evals.scorers import scored
from evals.transcript import Exchange, Score, Transcript

ANSWERS = {
    "fact": (FACT_QUESTION, FACT),
    "fit": (FIT_QUESTION, FIT),
    "recommendation": (JOB_QUESTION, JOB),
}


def scores_of(kind: str, changed: dict[str, Any] | None = None, **expect: Any) -> dict[str, Score]:
    question, answer = ANSWERS[kind]
    entry = {"id": "a", "tags": [kind], "turns": [question], "expect": {"kind": kind, **expect}}
    transcript = Transcript((Exchange(question, answer.model_copy(update=changed or {})),))
    return {item.name: item for item in scored(Case.model_validate(entry), transcript)}


def test_only_what_a_case_asks_for_is_judged() -> None:
    assert set(scores_of("fact")) == {"grounding", "citations", "kind"}


@pytest.mark.parametrize(
    ("kind", "expect", "scorer"),
    [
        ("recommendation", {"verdict": "specialized"}, "verdict"),
        ("fit", {"outcome": "no"}, "outcome"),
        ("recommendation", {"profile": {"classes": {"value": 12}}}, "profile"),
        ("recommendation", {"profile": {"latency_ms": {"unknown": True}}}, "profile"),
        ("fit", {"figures": [{"value": 140, "unit": "GB", "calc": "weights"}]}, "figures"),
        ("fit", {"figures": [{"value": 0.043, "unit": "TB"}]}, "figures"),
        (
            "fit",
            {"figures": [{"value": 20, "unit": "tokens/s", "calc": "decode", "at_most": True}]},
            "figures",
        ),
        ("fact", {"present": ["3\\.35"], "absent": ["cannot"]}, "wording"),
        ("fact", {"facts": ["hardware/h100-sxm#bandwidth|hardware/other"]}, "facts"),
        ("recommendation", {"min_citation_kinds": 2, "min_options": 2, "min_flips": 1}, "depth"),
        ("fact", {"max_words": 40}, "length"),
    ],
)
def test_what_is_right_passes(kind: str, expect: dict[str, Any], scorer: str) -> None:
    assert scores_of(kind, **expect)[scorer] == Score(scorer, 1.0)


@pytest.mark.parametrize(
    ("kind", "expect", "scorer", "why"),
    [
        ("recommendation", {"verdict": "hybrid"}, "verdict", "'specialized', not 'hybrid'"),
        ("fit", {"outcome": "yes"}, "outcome", "'no' instead of 'yes'"),
        ("recommendation", {"profile": {"classes": {"value": 8}}}, "profile", "classes is 12"),
        ("recommendation", {"profile": {"classes": {"unknown": True}}}, "profile", "nothing"),
        ("fit", {"figures": [{"value": 160, "unit": "GB", "calc": "weight"}]}, "figures", "141.1"),
        (
            "fit",
            {"figures": [{"value": 16, "unit": "tokens/s", "calc": "decode", "at_most": True}]},
            "figures",
            "reaches 19.2",
        ),
        ("fit", {"figures": [{"value": 43, "unit": "GB/s"}]}, "figures", "no 43 GB/s"),
        ("fact", {"present": ["HBM3"]}, "wording", "lacks 'HBM3'"),
        ("fact", {"absent": ["maker"]}, "wording", "says 'maker'"),
        ("fact", {"facts": ["hardware/other"]}, "facts", "not cited"),
        ("fact", {"min_options": 2}, "depth", "0 options"),
        ("fact", {"max_words": 4}, "length", "at most 4"),
    ],
)
def test_what_is_wrong_fails_and_says_why(
    kind: str, expect: dict[str, Any], scorer: str, why: str
) -> None:
    score = scores_of(kind, **expect)[scorer]

    assert score.value < 1
    assert why in score.explanation


def test_a_mark_without_a_source_fails() -> None:
    found = scores_of("fact", {"text": "Fast [7], small (c3)."})["citations"]

    assert "[7] has no source" in found.explanation
    assert "(c3) has no working" in found.explanation


def test_a_source_without_an_address_fails() -> None:
    bare = FACT.citations[0].model_copy(update={"url": None})

    assert "no address" in scores_of("fact", {"citations": (bare,)})["citations"].explanation


def test_an_earlier_turn_is_checked_for_grounding_too() -> None:
    case = Case.model_validate(
        {"id": "a", "tags": ["fact"], "turns": ["x", "y"], "expect": {"kind": "fact"}}
    )
    wrong = FACT.model_copy(update={"text": "It has 99 GB [1]."})
    transcript = Transcript((Exchange("x", wrong), Exchange("y", FACT)))

    grounding = next(s for s in scored(case, transcript) if s.name == "grounding")

    assert "99 GB" in grounding.explanation
