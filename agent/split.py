"""A job whose easy share is stated: a small model for that share, the large one for the rest."""

from __future__ import annotations

from dataclasses import replace

from agent.calculation import Calculation, Input
from agent.candidates import Bench, remembered
from agent.core.spend import Spend, cascade_spend
from agent.job import Job
from agent.policy import Candidate, Chance


def routine_job(bench: Bench, job: Job) -> Job:
    """Return the easy part of `job`: recognising a request that repeats, or answering it.

    With labels it is a classification of the request alone; without, what the text says is told.
    """
    if not job.labeled_examples:
        return replace(job, task_type="qa_closed", labels_only=False, routine_share=None)
    usual = bench.defaults.tasks["classification"]
    return replace(
        job,
        task="recognize which known request it is",
        task_type="classification",
        labels_only=True,
        routine_share=None,
        input_tokens=min(job.input_tokens, usual.input_tokens),
        output_tokens=usual.output_tokens,
    )


def routine_bench(bench: Bench) -> Bench:
    """Return the bench for the easy part of the job."""
    return Bench(bench.turn, routine_job(bench, bench.job), bench.defaults)


def split_candidate(bench: Bench, base: Candidate, large: Candidate, share: float) -> Candidate:
    """Return `base`, made on the routine bench, for the `share` and `large` for the rest.

    On the rest it is the large model, so the odds are even there, and what sets them apart is the
    easy part (`gap_scale` is that of `base`): 1/2 + routine share x (odds on it - 1/2).
    """

    def chance(job: Job) -> Chance:
        own = base.chance(routine_job(bench, job))
        value, low, high = (0.5 + share * (p - 0.5) for p in (own.value, own.low, own.high))
        work = Calculation(
            id=f"calc/odds/split/{base.key}",
            name="quality odds of both, each on its share",
            formula="1/2 + routine share x (odds of the small model on it - 1/2)",
            inputs=(
                Input(name="routine share", value=share, source="profile/routine_share"),
                Input(name="odds on the routine share", value=round(own.value, 4)),
            ),
            value=value,
            unit="probability",
            low=low,
            high=high,
            sources=own.evidence_ids,
        )
        return Chance(value, low, high, own.evidence_ids, work)

    def spend(job: Job) -> Spend:
        small_spend = base.spend(routine_job(bench, job))
        return cascade_spend(small_spend, large.spend(job), 1 - share, bench.defaults)

    names = [c.label.split(",")[0] for c in (base, large)]
    return replace(
        base,
        key=f"split/{base.key}",
        label=f"{names[0]} for the routine share, {names[1]} for the rest",
        verdict="hybrid",
        route="cascade",
        chance=remembered(chance),
        spend=remembered(spend),
        latency_ms=(base.latency_ms or 0.0) + (large.latency_ms or 0.0),
        leaves_premises=True,
        evidence_ids=(*base.evidence_ids, *large.evidence_ids),
    )
