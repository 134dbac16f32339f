"""The models that a question names, each weighed as a candidate of the job."""

from __future__ import annotations

from agent.candidates import Bench, remembered
from agent.chances import tuned_chance
from agent.encoders import Reader, reader_candidates
from agent.kinds.naming import short
from agent.market import NOT_A_LANGUAGE_JOB, gives, needs_tuning, reads
from agent.policy import Candidate
from agent.special import ready_made
from knowledge.schema import Model

MOST_NAMED = 3


def named_models(bench: Bench) -> list[Model]:
    """Return the models that the question names and that read the job's input."""
    documents = [bench.turn.catalogue.get(i) for i in bench.turn.understanding.models]
    models = [d for d in documents if isinstance(d, Model) and reads(d, bench.job.task_type)]
    return models[:MOST_NAMED]


def named_special(bench: Bench) -> list[Candidate]:
    """Return the named models that are made for a purpose, tuned or as they are."""
    found: list[Candidate] = []
    for model in named_models(bench):
        if model.specialization == "general" or not gives(model, bench.job.task_type):
            continue
        if not needs_tuning(model, bench.job.task):
            found += ready_made(bench, model)
        elif bench.job.labels_only:
            found += reader_candidates(bench, _tuned(bench, model))[:1]
    return found


def _tuned(bench: Bench, model: Model) -> Reader:
    size = model.value("parameters") or 0.15
    return Reader(
        model=model,
        key=f"tuned/{model.id}",
        label=f"{short(model)}, tuned on your labels",
        parameters_b=size,
        chance=remembered(lambda job: tuned_chance(bench.turn.studies, job, parameters_b=size)),
        tuned=True,
    )


def can_be_general(bench: Bench, model: Model) -> bool:
    """Tell whether a prompted general model can do the job at all."""
    return model.specialization == "general" and bench.job.task_type not in NOT_A_LANGUAGE_JOB
