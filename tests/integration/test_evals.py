"""The real advisor under the eval runner: a thin slice of every kind of question."""

import pytest

from agent import Advisor
from evals.cases import load_cases
from evals.runner import Report, run

SLICE = frozenset(
    {
        "rec-tickets-labeled",
        "fit-70b-on-4090",
        "cost-gpt41-50k",
        "cmp-h200-mi300x",
        "fact-h100-bandwidth",
        "real-htx301",
        "tool-mac",
        "tune-lora-8b",
        "deploy-qwen-l4",
        "vague-big-small",
        "off-poem",
        "unk-card",
        "mt-tenfold",
    }
)


@pytest.fixture(scope="module")
def report(advisor: Advisor) -> Report:
    return run(advisor, [case for case in load_cases() if case.id in SLICE])


def failures(report: Report, scorer: str) -> list[str]:
    return [f"{item.case}: {item.why}" for item in report.failures if item.scorer == scorer]


def test_no_question_crashes_the_advisor(report: Report) -> None:
    assert failures(report, "answers") == []


def test_every_figure_traces_to_what_the_answer_shows(report: Report) -> None:
    assert failures(report, "grounding") == []


def test_every_mark_resolves(report: Report) -> None:
    assert failures(report, "citations") == []


def test_every_question_gets_its_kind_of_answer(report: Report) -> None:
    assert failures(report, "kind") == []
