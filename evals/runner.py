"""Ask the advisor every case, score the answers, and sum up."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from math import ceil, sqrt
from statistics import median
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from agent.answer import Answer
from evals.cases import Case
from evals.scorers import scored
from evals.transcript import Exchange, Score, Transcript


class Asked(Protocol):
    """What is measured: anything that answers a message in a thread."""

    def ask(self, message: str, *, thread: str | None = None) -> Answer:
        """Return the answer to `message`."""
        ...


class ReportRecord(BaseModel):
    """A frozen part of a report."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rate(ReportRecord):
    """How often something passed. `mean` is of the scores, `standard_error` of the pass rate."""

    passed: int
    cases: int
    rate: float
    standard_error: float
    mean: float


class Failure(ReportRecord):
    """One thing that was wrong in one case."""

    case: str
    tags: tuple[str, ...]
    question: str
    scorer: str
    score: float
    why: str
    expected: str
    got: str


class Report(ReportRecord):
    """One run over the cases."""

    date: str
    engine: str
    snapshot: str
    cases: int
    overall: Rate
    scorers: dict[str, Rate]
    kinds: dict[str, Rate]
    latency_median_s: float
    latency_p95_s: float
    failures: tuple[Failure, ...]
    passed_ids: tuple[str, ...]


CRASH = "answers"


def run(
    advisor: Asked, cases: Sequence[Case], *, told: Callable[[str], None] | None = None
) -> Report:
    """Ask every turn of every case in a thread of its own, and report.

    A case passes when all of its scorers do. An exception fails the case under "answers" and
    the run goes on: a report with a crash in it is worth more than none. `told` hears one line
    a case.
    """
    results: list[tuple[Case, tuple[Score, ...]]] = []
    failures: list[Failure] = []
    latencies: list[float] = []
    last: Answer | None = None
    for case in cases:
        transcript, crash = converse(advisor, case)
        if transcript is None:
            scores: tuple[Score, ...] = (Score(CRASH, 0.0, crash),)
            got = "an exception"
        else:
            last = transcript.last
            scores = (Score(CRASH, 1.0), *scored(case, transcript))
            latencies += [exchange.seconds for exchange in transcript.exchanges]
            got = _summary(last)
        results.append((case, scores))
        failures += [_failure(case, item, got) for item in scores if not item.passed]
        if told:
            wrong = [item.name for item in scores if not item.passed]
            told(f"{case.id}: {'pass' if not wrong else 'FAIL ' + ', '.join(wrong)}")
    return _report(results, failures, latencies, last)


def converse(advisor: Asked, case: Case) -> tuple[Transcript | None, str]:
    """Return the transcript of `case`, or None and the trace of what was raised."""
    exchanges: list[Exchange] = []
    for message in case.turns:
        started = time.perf_counter()
        try:
            answer = advisor.ask(message, thread=f"eval-{case.id}")
        except Exception:  # the run must outlive any fault of what it measures
            return None, traceback.format_exc(limit=-2).strip().replace("\n", " | ")
        exchanges.append(Exchange(message, answer, time.perf_counter() - started))
    return Transcript(tuple(exchanges)), ""


def rate(scores: Iterable[float]) -> Rate:
    """Return how many of `scores` are 1, with the standard error of that share."""
    values = list(scores)
    n = len(values)
    passed = sum(value >= 1 for value in values)
    share = passed / n if n else 0.0
    return Rate(
        passed=passed,
        cases=n,
        rate=round(share, 4),
        standard_error=round(sqrt(share * (1 - share) / n), 4) if n else 0.0,
        mean=round(sum(values) / n, 4) if n else 0.0,
    )


def _report(
    results: list[tuple[Case, tuple[Score, ...]]],
    failures: list[Failure],
    latencies: list[float],
    last: Answer | None,
) -> Report:
    whole = [min(item.value for item in scores) for _, scores in results]
    names = dict.fromkeys(item.name for _, scores in results for item in scores)
    tags = dict.fromkeys(case.tags[0] for case, _ in results)
    return Report(
        date=last.as_of if last else "",
        engine=last.engine if last else "",
        snapshot=last.snapshot if last else "",
        cases=len(results),
        overall=rate(whole),
        scorers={
            name: rate(s.value for _, scores in results for s in scores if s.name == name)
            for name in names
        },
        kinds={
            tag: rate(v for (case, _), v in zip(results, whole, strict=True) if case.tags[0] == tag)
            for tag in tags
        },
        latency_median_s=round(median(latencies), 3) if latencies else 0.0,
        latency_p95_s=round(percentile(latencies, 0.95), 3),
        failures=tuple(failures),
        passed_ids=tuple(c.id for (c, _), v in zip(results, whole, strict=True) if v >= 1),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of `values` do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _failure(case: Case, item: Score, got: str) -> Failure:
    return Failure(
        case=case.id,
        tags=case.tags,
        question=" / ".join(case.turns),
        scorer=item.name,
        score=round(item.value, 3),
        why=item.explanation,
        expected=case.expect.model_dump_json(exclude_defaults=True),
        got=got,
    )


def _summary(answer: Answer) -> str:
    picked = f" {answer.verdict or answer.outcome}" if answer.verdict or answer.outcome else ""
    return f"{answer.kind}{picked}: {answer.headline}"
