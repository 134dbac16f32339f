from pathlib import Path

import pytest
from eval_answers import FACT, FIT

from agent.answer import Answer
from evals.cases import Case
from evals.report import change, load, markdown, save
from evals.runner import percentile, rate, run


class Scripted:
    """Answers from a table; what is not in it raises."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.threads: list[str | None] = []

    def ask(self, message: str, *, thread: str | None = None) -> Answer:
        self.threads.append(thread)
        return self.answers[message]


def case(name: str, *turns: str, kind: str = "fact") -> Case:
    entry = {"id": name, "tags": [kind], "turns": list(turns), "expect": {"kind": kind}}
    return Case.model_validate(entry)


CASES = (case("good", "a"), case("wrong", "b"), case("crash", "c"))
ADVISOR = Scripted({"a": FACT, "b": FIT.model_copy(update={"text": "Holds 7 TB."})})


def test_a_case_passes_only_when_every_scorer_does() -> None:
    report = run(ADVISOR, CASES)

    assert report.passed_ids == ("good",)
    assert (report.overall.passed, report.overall.cases) == (1, 3)
    assert {f.scorer for f in report.failures if f.case == "wrong"} == {"grounding", "kind"}


def test_a_crash_fails_its_case_and_the_run_goes_on() -> None:
    report = run(ADVISOR, (CASES[2], CASES[0]))

    assert [(f.case, f.scorer) for f in report.failures] == [("crash", "answers")]
    assert "KeyError" in report.failures[0].why
    assert report.passed_ids == ("good",)


def test_the_turns_of_a_case_share_a_thread_of_their_own() -> None:
    advisor = Scripted({"a": FACT, "b": FACT})

    run(advisor, (case("one", "a", "b"), case("two", "a")))

    assert advisor.threads == ["eval-one", "eval-one", "eval-two"]


def test_a_rate_carries_its_standard_error() -> None:
    assert rate([1, 1, 0, 0.5]).rate == 0.5
    assert rate([1, 1, 0, 0.5]).standard_error == pytest.approx(0.25)
    assert rate([1, 1, 0, 0.5]).mean == pytest.approx(0.625)


def test_the_percentile_is_a_value_that_occurred() -> None:
    assert percentile([0.1, 0.2, 0.3, 9.0], 0.95) == 9.0
    assert percentile([], 0.95) == 0.0


def test_a_report_says_what_mended_and_what_broke(tmp_path: Path) -> None:
    before = run(ADVISOR, CASES)
    now = run(Scripted({"a": FIT, "b": FACT, "c": FACT}), CASES)
    save(before, tmp_path, before=None)

    changed = change(now, load(tmp_path / "latest.json"))

    assert (changed.mended, changed.broken) == (("wrong", "crash"), ("good",))
    assert "Broken since the last report: good." in markdown(now, before=before)


def test_a_page_shows_the_question_and_why_it_failed(tmp_path: Path) -> None:
    page = save(run(ADVISOR, CASES), tmp_path, before=None).read_text("utf-8")

    assert "| kind | 2 | 50% |" in page
    assert "- **wrong**: b" in page
    assert "'fit' instead of 'fact'" in page
