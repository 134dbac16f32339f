import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from eval_answers import ALL, FACT, FACT_QUESTION, FIT, FIT_QUESTION, JOB, JOB_QUESTION
from eval_mutations import mutants

from agent.answer import Answer
from evals.grounding import check

REAL = tuple(
    Answer.model_validate(item)
    for item in json.loads((Path(__file__).parent / "real_answers.json").read_text("utf-8"))
)
"""Answers of the advisor of 24 Nov 2026, kept without sections, claims, charts and files."""

LEAST_CAUGHT = {"digit": 0.95, "unit": 0.95, "source": 0.85}
LEAST_CAUGHT_IN_REAL = {"digit": 0.9, "unit": 0.95, "source": 0.8}
"""What is missed stands in the evidence all the same: the total of a sum names its parts."""


def caught(question: str, answer: Answer) -> list[str]:
    return [item.figure for item in check(answer, [question])[0]]


@pytest.mark.parametrize(("question", "answer"), ALL, ids=["fact", "fit", "job"])
def test_a_right_answer_raises_no_alarm(question: str, answer: Answer) -> None:
    assert caught(question, answer) == []


def rates(answers: Iterable[tuple[str, Answer]]) -> dict[str, float]:
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for question, answer in answers:
        before = set(caught(question, answer))
        for mutant in mutants(answer):
            planted[mutant.kind] += 1
            found[mutant.kind] += bool(set(caught(question, mutant.answer)) - before)
    return {kind: found[kind] / planted[kind] for kind in planted}


@pytest.mark.parametrize("answer", REAL, ids=[item.question[:30] for item in REAL])
def test_a_real_answer_raises_no_alarm(answer: Answer) -> None:
    assert caught(answer.question, answer) == []


@pytest.mark.parametrize(
    ("answers", "least"),
    [(ALL, LEAST_CAUGHT), ([(item.question, item) for item in REAL], LEAST_CAUGHT_IN_REAL)],
    ids=["by hand", "real"],
)
def test_nearly_every_planted_error_is_caught(
    answers: Iterable[tuple[str, Answer]], least: dict[str, float]
) -> None:
    measured = rates(answers)

    assert set(measured) == set(least)
    assert {kind: rate for kind, rate in measured.items() if rate < least[kind]} == {}


@pytest.mark.parametrize(
    ("question", "answer", "right", "wrong", "figure"),
    [
        (FACT_QUESTION, FACT, "3350 GB/s", "3850 GB/s", "3850 GB/s"),
        (FACT_QUESTION, FACT, "3350 GB/s", "3350 GB", "3350 GB"),
        (FACT_QUESTION, FACT, "700 W", "700 kW", "700 kW"),
        (FACT_QUESTION, FACT, "22 Aug 2026", "23 Aug 2026", "2026-08-23"),
        (FIT_QUESTION, FIT, "43 GB at", "34 GB at", "34 GB"),
        (FIT_QUESTION, FIT, "RTX 4090 hold", "RTX 7090 hold", "7090"),
        (FIT_QUESTION, FIT, "15-19 tok/s", "15-29 tok/s", "29 tok/s"),
        (FIT_QUESTION, FIT, "$0.29 an hour", "$0.29 a day", "$0.29 a day"),
        (FIT_QUESTION, FIT, "need 141 GB at 16 bit", "need 141 GB at 12 bit", "12"),
        (FIT_QUESTION, FIT, "Two RTX 4090 hold it", "It serves 55 users", "55"),
        (JOB_QUESTION, JOB, "your 60,000 tickets", "your 90,000 tickets", "90,000"),
        (JOB_QUESTION, JOB, "82.4 against 59.8", "82.4 against 69.8", "69.8"),
        (JOB_QUESTION, JOB, "About 90%", "About 97%", "97%"),
        (JOB_QUESTION, JOB, "$395 a month (c2, c3)", "$395 a month (c2)", "$395 a month"),
        (JOB_QUESTION, JOB, "11 December 2026", "11 January 2027", "2027-01-11"),
    ],
)
def test_a_planted_error_is_named(
    question: str, answer: Answer, right: str, wrong: str, figure: str
) -> None:
    assert right in answer.text
    changed = answer.model_copy(update={"text": answer.text.replace(right, wrong)})

    assert figure in caught(question, changed)


def test_a_figure_of_an_unmarked_line_must_be_the_users_or_assumed() -> None:
    text = "Holds 8,192 tokens of context. It costs $0.29 an hour."

    found = caught(FIT_QUESTION, FIT.model_copy(update={"text": text}))

    assert found == ["$0.29 an hour"]


def test_a_figure_may_be_rescaled_and_rounded_at_the_digits_shown() -> None:
    for shown in ("3.35 TB/s", "3.4 TB/s", "3,350 GB/s", "3,400 GB/s"):
        answer = FACT.model_copy(update={"text": f"It moves {shown} [1]."})

        assert caught(FACT_QUESTION, answer) == []


def test_settings_of_a_file_are_no_figures_but_its_comments_are() -> None:
    text = "Run it [1]:\n\n```bash\n# Moves 3350 GB/s, needs 77 GB.\nserve --port 8000\n```"

    assert caught(FACT_QUESTION, FACT.model_copy(update={"text": text})) == ["77 GB"]
