"""Specialized candidates: tuned on the job's labels, or ready made for the skill or the domain."""

from __future__ import annotations

from dataclasses import replace

from agent.candidates import LABELS_ONLY, Bench, load_of, remembered
from agent.chances import (
    made_for_it_chance,
    ready_made_chance,
    tuned_chance,
)
from agent.core.spend import cpu_requests_per_second, encoder_spend, rented_spend
from agent.job import Job
from agent.kinds.naming import short
from agent.market import DOMAINS, NOT_A_LANGUAGE_JOB
from agent.placing import find_place, priced_devices
from agent.policy import (
    Candidate,
    Chance,
)
from knowledge.schema import Model, Training


def specialized(bench: Bench) -> list[Candidate]:
    """Return what is tuned on the labels and what comes ready made for the job."""
    found: list[Candidate] = []
    job = bench.job
    if job.task_type not in NOT_A_LANGUAGE_JOB:
        found += _tuned_encoder(bench) if _labels_only(bench) else _tuned_llm(bench)
    for model in bench.market.skilled(job.task_type, job.domain):
        candidate = _ready_made(bench, model)
        if candidate is not None:
            found.append(candidate)
    return found


def _labels_only(bench: Bench) -> bool:
    return bench.job.task_type in LABELS_ONLY and set(bench.job.languages) <= {"en"}


def _tuned_encoder(bench: Bench) -> list[Candidate]:
    """Return the encoder tuned on a CPU server; also on a GPU where a CPU is too slow."""
    model, job = bench.market.encoder(), bench.job
    if model is None:
        return []
    bench.book.name(model.title, short(model))
    parameters = model.value("parameters") or 0.15
    wait = _cpu_latency_ms(bench, parameters)
    on_cpu = Candidate(
        key=f"tuned/{model.id}",
        label=f"{short(model)}, tuned on your labels, on a small CPU server",
        verdict="specialized",
        route="cpu",
        chance=remembered(
            lambda job: tuned_chance(bench.turn.studies, job, parameters_b=parameters)
        ),
        spend=remembered(
            lambda job: encoder_spend(load_of(job), bench.defaults, parameters_m=parameters * 1000)
        ),
        model=model.id,
        toolkit="toolkits/setfit" if job.labeled_examples < 500 else "toolkits/trl",
        latency_ms=wait,
        evidence_ids=bench.book.state(bench.turn.fact(f"{model.id}#parameters")),
    )
    if job.latency_ms is None or wait <= job.latency_ms or job.hardware == ():
        return [on_cpu]
    return [on_cpu, *_encoder_on_gpu(bench, on_cpu, parameters)]


def _encoder_on_gpu(bench: Bench, on_cpu: Candidate, parameters_b: float) -> list[Candidate]:
    """Return the tuned encoder on the cheapest rented GPU whose 16-bit peak is known."""
    offers = priced_devices(bench.turn, bought=False)
    rated = [(h, p, peak) for h, p in offers if (peak := h.value("compute_bf16"))]
    if not rated:
        return []
    hardware, price, peak = rated[0]
    # A forward pass takes two operations a parameter and token.
    tokens_s = bench.defaults["encoder_gpu_share"] * peak * 1e12 / (2 * parameters_b * 1e9)
    on_gpu = replace(
        on_cpu,
        key=f"{on_cpu.key}/gpu",
        label=f"{on_cpu.label.partition(', on ')[0]}, on one {short(hardware)}, rented",
        route="rented_gpu",
        spend=remembered(
            lambda job: rented_spend(
                load_of(job),
                bench.defaults,
                name=short(hardware),
                usd_per_hour=price.value or 0.0,
                price_id=price.id,
                tokens_per_second=tokens_s / job.input_tokens * job.output_tokens,
                devices=1,
                project="encoder_project_hours",
                runs_usd=bench.defaults["tuning_runs_usd"],
            )
        ),
        hardware=hardware.id,
        latency_ms=bench.defaults["service_latency_ms"] + 1000 * bench.job.input_tokens / tokens_s,
        leaves_premises=True,
        evidence_ids=(*on_cpu.evidence_ids, *bench.book.state(price)),
    )
    return [on_gpu]


def _cpu_latency_ms(bench: Bench, parameters_b: float) -> float:
    """Return the time of one text through an encoder on a CPU server: reading it, and the way."""
    rate = cpu_requests_per_second(load_of(bench.job), bench.defaults, parameters_b * 1000)
    return bench.defaults["service_latency_ms"] + 1000 / rate


def _tuned_llm(bench: Bench) -> list[Candidate]:
    model = bench.market.tunable()
    place = find_place(bench.turn, bench.job, model) if model else None
    if model is None or place is None:
        return []
    parameters = model.value("parameters")
    tuned = bench.placed(
        model,
        place,
        key=f"tuned/{model.id}",
        label=f"{short(model)}, LoRA on your examples",
        verdict="specialized",
        project="tuned_llm_project_hours",
        runs_usd=bench.defaults["tuning_runs_usd"],
        chance=remembered(
            lambda job: tuned_chance(bench.turn.studies, job, parameters_b=parameters)
        ),
        toolkit="toolkits/trl",
    )
    return [tuned]


def _ready_made(bench: Bench, model: Model) -> Candidate | None:
    training: Training = "domain" if model.specialization in DOMAINS else "skill"
    parameters = model.value("parameters")

    def odds(job: Job) -> Chance:
        if job.task_type in NOT_A_LANGUAGE_JOB:
            return made_for_it_chance(model, job.task_type.replace("_", " "))
        return ready_made_chance(
            bench.turn.studies, job, training=training, parameters_b=parameters
        )

    chance = remembered(odds)
    bench.book.name(model.title, short(model))
    if (parameters or 1.0) <= 1.0:
        return Candidate(
            key=f"ready/{model.id}",
            label=f"{short(model)}, as it is, on a CPU server",
            verdict="specialized",
            route="cpu",
            chance=chance,
            spend=remembered(
                lambda job: encoder_spend(
                    load_of(job),
                    bench.defaults,
                    parameters_m=(parameters or 0.3) * 1000,
                    tuned=False,
                )
            ),
            model=model.id,
            latency_ms=_cpu_latency_ms(bench, parameters or 0.3),
            evidence_ids=bench.book.state(bench.turn.fact(f"{model.id}#parameters")),
        )
    place = find_place(bench.turn, bench.job, model)
    if place is None:
        return None
    return bench.placed(
        model,
        place,
        key=f"ready/{model.id}",
        label=f"{short(model)}, as it is",
        verdict="specialized",
        project="ready_made_project_hours",
        runs_usd=0.0,
        chance=chance,
        toolkit="toolkits/vllm",
    )
