"""A recommendation: options costed and weighed, the pick, its odds, and what would flip it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.defaults import defaults
from agent.core.odds import Counts, Gap
from agent.flips import Hinge, hinges
from agent.job import Job, job_of
from agent.kinds.plain import Back
from agent.options import Choices, choices
from agent.policy import Decision, confidence, decide
from agent.turn import Turn


@dataclass(frozen=True, slots=True)
class Recommended:
    """The decision with everything that its answer shows."""

    job: Job
    choices: Choices
    decision: Decision
    gap: Gap
    counts: Counts
    confidence: tuple[float, float, float] | None
    hinges: tuple[Hinge, ...]


def work_out(turn: Turn) -> Recommended | Back:
    """Cost and weigh every option; ask back where no job is known at all."""
    profile = turn.profile
    known = profile.task_type or profile.task or profile.classes or profile.labeled_examples
    if not known and not turn.understanding.just_answer:
        return Back("vague")
    job = job_of(profile, defaults(), years=turn.settings.horizon_years)
    found = choices(turn, job, defaults())
    gap = turn.studies.typical_gap(job.task_type, "task" if job.labeled_examples else None)
    decision = decide(found.candidates, job, gap.points)
    counts = turn.studies.counts(job.task_type, "task" if job.labeled_examples else None)
    turn.book.work(gap.calculation)
    return Recommended(
        job=job,
        choices=found,
        decision=decision,
        gap=gap,
        counts=counts,
        confidence=confidence(decision, comparisons=counts.n),
        hinges=hinges(found.candidates, decision),
    )
