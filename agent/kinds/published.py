"""What published comparisons say of a job: how often which side won, and the nearest one."""

from __future__ import annotations

from dataclasses import replace

from agent.answer import Claim
from agent.core.task_words import task_name
from agent.job import Job
from agent.kinds.recommendation import Recommended
from agent.market import DOMAINS, NOT_A_LANGUAGE_JOB
from agent.policy import Weighed
from agent.turn import Turn
from knowledge.schema import Model, Training

FEW_COMPARISONS = 3
"""Fewer published comparisons of a type tell nothing on their own."""


def _evidence_job(job: Job, pick: Weighed) -> Job:
    """Return the job that the small model of the pick does: of a split, the routine part."""
    if not pick.candidate.key.startswith("split/"):
        return job
    return replace(job, task_type="classification" if job.labeled_examples else "qa_closed")


def record_reason(found: Recommended, turn: Turn, pick: Weighed) -> Claim | None:
    """Say how often the specialized side won in comparisons like this one."""
    job = _evidence_job(found.job, pick)
    counts = turn.studies.counts(job.task_type, "task" if job.labeled_examples else None)
    kind = task_name(job.task_type)
    if job.task_type in NOT_A_LANGUAGE_JOB:
        return Claim(
            text=f"No published comparison on {kind} is known here; the odds of a model made for "
            "it are assumed."
        )
    if counts.n < FEW_COMPARISONS:
        every = turn.studies.counts(None, "task" if job.labeled_examples else "skill")
        turn.book.work(every.calculation)
        trained = "tuned on the very task" if job.labeled_examples else "trained for the skill only"
        few = "Few published" if counts.n else "No published"
        return Claim(
            text=f"{few} comparisons on {kind} are known here, so the odds lean on other types "
            f"of task, where models {trained} won {every.specialized} of {every.n}.",
            evidence_ids=(every.calculation.id,),
        )
    turn.book.work(counts.calculation)
    if job.labeled_examples:
        labels = _labels_words(job)
        return Claim(
            text=f"Where the small model was trained on the very task, it won "
            f"{counts.specialized} of {counts.n} published comparisons on {kind}. {labels}",
            evidence_ids=(counts.calculation.id, "profile/labeled_examples"),
        )
    named = "you named none" if "labeled_examples" in job.assumed else "you have none"
    return Claim(
        text=f"Specialized models won {counts.specialized} of {counts.n} published comparisons on "
        f"{kind}, but mostly with labels for the very task, and {named}.",
        evidence_ids=(counts.calculation.id,),
    )


def _labels_words(job: Job) -> str:
    if job.labeled_examples >= 1000:
        return "The crossover usually lies near a few hundred labels; you have far more."
    if job.labeled_examples >= 50:
        return "The crossover usually lies near a few hundred labels, which is where you stand."
    return "The crossover usually lies near a few hundred labels; you have fewer."


def _training_weighed(found: Recommended, turn: Turn) -> Training | None:
    """Return how the best specialized option is trained, or None where there is none."""
    for weighed in found.decision.allowed:
        key = weighed.candidate.key
        if "tuned/" in key:
            return "task" if found.job.labeled_examples else None
        if "ready/" in key and weighed.candidate.model:
            model = turn.catalogue.get(weighed.candidate.model)
            domain = isinstance(model, Model) and model.specialization in DOMAINS
            return "domain" if domain else "skill"
    return None


def study_reason(found: Recommended, turn: Turn, pick: Weighed) -> Claim | None:
    """Quote the nearest published comparison, and say where it speaks against the pick."""
    training, job = _training_weighed(found, turn), _evidence_job(found.job, pick)
    if training is None or job.on_device:
        return None
    near = turn.studies.nearest_comparisons(
        job.task, task_type=job.task_type, domain=job.study_domain, training=training
    )
    for study, comparison in near:
        start = f"On {comparison.dataset} ({comparison.task}), {comparison.specialized.model}"
        statement = next(
            (
                s
                for s in turn.catalogue.statements(study)
                if s.group == "comparison" and s.text.startswith(start)
            ),
            None,
        )
        if statement is not None:
            turn.book.state(statement)
            document = turn.catalogue.get(study)
            turn.book.name(document.title, *_side_names(turn, study))
            small_picked = pick.candidate.verdict in ("specialized", "hybrid")
            supports = small_picked == (comparison.winner == "specialized")
            lead = "The nearest" if supports else "The nearest speaks against it"
            return Claim(
                text=f"{lead}: {statement.text[0].lower()}{statement.text[1:]}.",
                evidence_ids=(statement.id,),
            )
    if turn.studies.counts(job.task_type).n == 0:
        return None
    return Claim(text="No published comparison is close to this job.")


def _side_names(turn: Turn, study: str) -> set[str]:
    rows = [r for r in turn.studies.rows if r.study == study]
    return {
        name
        for r in rows
        for name in (
            r.comparison.dataset,
            r.comparison.specialized.model,
            r.comparison.ultra_large.model,
            r.comparison.metric,
        )
    }
