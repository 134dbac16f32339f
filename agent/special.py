"""Specialized candidates: tuned on the job's labels, or ready made for the skill or the domain."""

from __future__ import annotations

from collections.abc import Callable

from agent.candidates import Bench, load_of, remembered
from agent.chances import made_for_it_chance, ready_made_chance, tuned_chance
from agent.core.spend import cpu_llm_spend
from agent.core.task_words import task_name
from agent.encoders import Reader, reader_candidates
from agent.job import Job
from agent.kinds.naming import cards, short
from agent.market import DOMAINS, NOT_A_LANGUAGE_JOB, SMALL_ENOUGH_B
from agent.placing import find_place
from agent.policy import Candidate, Chance
from knowledge.schema import Model, Training

FEW_LABELS = 500
"""Below so many labels an encoder is tuned by contrast (SetFit), from there on as a whole."""
BYTES_A_PARAMETER = 2
"""Of a small model that is not quantized."""


def specialized(bench: Bench) -> list[Candidate]:
    """Return what is tuned on the labels and what comes ready made for the job."""
    found: list[Candidate] = []
    job = bench.job
    if job.task_type not in NOT_A_LANGUAGE_JOB:
        encoder = tuned_reader(bench) if _encoder_will_do(job) else None
        found += reader_candidates(bench, encoder) if encoder else _tuned_llm(bench)
    for model in bench.market.skilled(
        job.task_type, job.domain, job.task, instructed=job.instructed
    ):
        found += ready_made(bench, model)
    return found


def _encoder_will_do(job: Job) -> bool:
    return job.labels_only and (set(job.languages) <= {"en"} or job.task_type == "vision_document")


def tuned_reader(bench: Bench) -> Reader | None:
    """Return the encoder to tune on the labels, or None where none reads the job's input."""
    model, job = bench.market.encoder(bench.job.task_type), bench.job
    if model is None:
        return None
    parameters = model.value("parameters") or 0.15
    by_contrast = job.labeled_examples < FEW_LABELS and job.task_type != "vision_document"
    return Reader(
        model=model,
        key=f"tuned/{model.id}",
        label=f"{short(model)}, tuned "
        + ("on your labels" if job.labeled_examples else "once you have labels"),
        parameters_b=parameters,
        chance=remembered(
            lambda job: tuned_chance(bench.turn.studies, job, parameters_b=parameters)
        ),
        tuned=True,
        toolkit="toolkits/setfit" if by_contrast else None,
    )


def _tuned_llm(bench: Bench) -> list[Candidate]:
    model = bench.market.tunable(task_type=bench.job.task_type)
    place = find_place(bench.turn, bench.job, model) if model else None
    if model is None or place is None:
        return []
    parameters = model.value("parameters")
    tuned = bench.placed(
        model,
        place,
        key=f"tuned/{model.id}",
        label=f"{short(model)}, LoRA "
        + ("on your examples" if bench.job.labeled_examples else "once you have examples"),
        verdict="specialized",
        project="tuned_llm_project_hours",
        runs="tuning_runs_usd",
        chance=remembered(
            lambda job: tuned_chance(bench.turn.studies, job, parameters_b=parameters)
        ),
        toolkit="toolkits/trl",
    )
    return [tuned]


def ready_made(bench: Bench, model: Model) -> list[Candidate]:
    """Return a model as it is, where something runs it."""
    chance = ready_made_odds(bench, model)
    parameters = model.value("parameters")
    bench.book.name(model.title, short(model))
    key, label = f"ready/{model.id}", f"{short(model)}, as it is"
    if (parameters or SMALL_ENOUGH_B) <= SMALL_ENOUGH_B:
        if bench.job.task_type == "vision_document":
            return [] if bench.job.instructed else [_reads_pages(bench, model, chance)]
        reader = Reader(model, key, label, parameters or 0.3, chance, tuned=False)
        return reader_candidates(bench, reader)
    place = find_place(bench.turn, bench.job, model)
    if place is None:
        return []
    placed = bench.placed(
        model,
        place,
        key=key,
        label=label,
        verdict="specialized",
        project="ready_made_project_hours",
        runs=None,
        chance=chance,
        toolkit="toolkits/vllm",
    )
    return [placed]


def ready_made_odds(bench: Bench, model: Model) -> Callable[[Job], Chance]:
    """Return the odds of a model that was trained for the skill or the domain."""
    training: Training = "domain" if model.specialization in DOMAINS else "skill"

    @remembered
    def odds(job: Job) -> Chance:
        if job.task_type in NOT_A_LANGUAGE_JOB:
            return made_for_it_chance(model, task_name(job.task_type))
        return ready_made_chance(
            bench.turn.studies, job, training=training, parameters_b=model.value("parameters")
        )

    return odds


def _reads_pages(bench: Bench, model: Model, chance: Callable[[Job], Chance]) -> Candidate:
    """Return a tiny model that writes out what a page holds, on CPU servers."""
    parameters = model.value("parameters") or SMALL_ENOUGH_B
    job, defaults = bench.job, bench.defaults
    reading = defaults["cpu_llm_tflops"] * 1000 / (2 * parameters)
    writing = defaults["cpu_llm_bandwidth"] / (BYTES_A_PARAMETER * parameters)
    spend = remembered(
        lambda job: cpu_llm_spend(
            load_of(job), defaults, reading_tok_s=reading, writing_tok_s=writing
        )
    )
    servers = cards(spend(job).devices or 1, "small CPU server")
    return Candidate(
        key=f"ready/{model.id}",
        label=f"{short(model)}, as it is, on {servers}",
        verdict="specialized",
        route="cpu",
        chance=chance,
        spend=spend,
        model=model.id,
        latency_ms=1000 * (job.input_tokens / reading + job.output_tokens / writing),
        evidence_ids=bench.book.state(bench.turn.fact(f"{model.id}#parameters")),
    )
