"""Options for a job that runs on each user's own device: no server, no GPU of the firm."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.answer import Verdict
from agent.calculation import Calculation, Input
from agent.candidates import Bench, remembered
from agent.chances import tuned_chance
from agent.core.estimate import Estimate, estimate
from agent.core.precision import parse_precision
from agent.core.sizing import weights_gb
from agent.core.spend import Spend, people
from agent.errors import InputError
from agent.job import Job
from agent.kinds.naming import bits_name, short
from agent.market import DOMAINS, SMALL_ENOUGH_B
from agent.placing import LONGEST_WAIT_MS
from agent.policy import Candidate, Chance
from agent.special import ready_made_odds, tuned_reader
from knowledge.schema import Hardware, Model

PRECISION = "q4_k_m"
"""What runs on devices of every maker (llama.cpp)."""
PROJECTS = {
    "prompted": "cpu_llm_project_hours",
    "as it is": "ready_made_project_hours",
    "tuned on your labels": "encoder_project_hours",
    "LoRA on your examples": "tuned_llm_project_hours",
}
"""The default that holds the hours of building each."""
UNKNOWN_DEVICE_B = 4.7
"""Billions of parameters that a tablet or a phone holds at 4 bit, where no device is named."""


def on_device(bench: Bench) -> list[Candidate]:
    """Return what fits the named device, or any tablet or phone, prompted, tuned or ready made."""
    found: list[Candidate] = []
    job = bench.job
    model, sized = next(_fitting(bench), (None, None))
    if model is not None:
        chance = bench.general_chance(model)
        found.append(_candidate(bench, model, sized, "prompted", "small_general", chance))
        reader = tuned_reader(bench) if job.labels_only and job.labeled_examples else None
        tuned = reader.model if reader else model
        if job.labeled_examples:
            words = "tuned on your labels" if reader else "LoRA on your examples"
            chance = _tuned_odds(bench, tuned)
            found.append(_candidate(bench, tuned, sized, words, "specialized", chance))
    for ready in bench.market.skilled(
        job.task_type, job.domain, job.task, instructed=job.instructed
    ):
        small = (ready.value("parameters") or UNKNOWN_DEVICE_B) <= SMALL_ENOUGH_B
        if small and ready.specialization not in DOMAINS:
            chance = ready_made_odds(bench, ready)
            found.append(_candidate(bench, ready, None, "as it is", "specialized", chance))
    return found


def _device(bench: Bench) -> Hardware | None:
    named = [
        doc_id for doc_id, _ in (*(bench.job.hardware or ()), *bench.turn.understanding.hardware)
    ]
    found = [bench.turn.catalogue.get(doc_id) for doc_id in named]
    return next((device for device in found if isinstance(device, Hardware)), None)


def _fitting(bench: Bench) -> Iterator[tuple[Model, Estimate | None]]:
    """Yield open general models that the device holds and answers with in time, the best first."""
    device, job = _device(bench), bench.job
    memory = device.value("memory") if device else None
    most = 2.2 * memory if memory else UNKNOWN_DEVICE_B
    for model in bench.market.open_general(max_parameters_b=most, task_type=job.task_type):
        if device is None:
            yield model, None
            continue
        try:
            sized = estimate(model, device, 1, PRECISION, 1, job.input_tokens, job.output_tokens)
        except InputError:
            continue
        wait = _wait_ms(sized, job)
        if sized.fits and wait is not None and wait <= (job.latency_ms or LONGEST_WAIT_MS):
            yield model, sized


def _wait_ms(sized: Estimate | None, job: Job) -> float | None:
    """Return the time of one answer in ms, or None where the speed is not known."""
    if sized is None or sized.ttft_s.value is None or not sized.decode_tok_s.value:
        return None
    return 1000 * (sized.ttft_s.value + job.output_tokens / sized.decode_tok_s.value)


def _tuned_odds(bench: Bench, model: Model) -> Callable[[Job], Chance]:
    size = model.value("parameters")
    return remembered(lambda job: tuned_chance(bench.turn.studies, job, parameters_b=size))


def _candidate(
    bench: Bench,
    model: Model,
    sized: Estimate | None,
    how: str,
    verdict: Verdict,
    chance: Callable[[Job], Chance],
) -> Candidate:
    device = _device(bench)
    bench.book.name(model.title, short(model))
    where = "on the user's device"
    if device is not None:
        bench.book.name(device.title, short(device))
        sized_on = "" if bench.job.hardware else ", sized on a "
        where = f"on the user's device{sized_on}{short(device)}"
        if bench.job.hardware:
            where = f"on the user's {short(device)}"
    quantized = model.architecture is not None
    bits = f", {bits_name(PRECISION)}" if quantized else ","
    if sized is not None:
        bench.book.work(*sized.calculations)
    monthly = "encoder_hours_per_month" if " on your " in how else "small_service_hours_per_month"
    lines = people(bench.defaults, project=PROJECTS[how], monthly=monthly)
    spend = Spend(
        usd_per_month=sum(line.usd_per_month for line in lines),
        usd_one_time=sum(line.usd_one_time for line in lines),
        lines=lines,
    )
    return Candidate(
        key=f"device/{verdict}/{model.id}",
        label=f"{short(model)}, {how}{bits} {where}",
        verdict=verdict,
        route="owned_hardware",
        chance=chance,
        spend=lambda _: spend,
        model=model.id,
        hardware=device.id if device else None,
        devices=1 if device else None,
        toolkit="toolkits/llama-cpp" if quantized else None,
        latency_ms=_wait_ms(sized, bench.job),
        gap_scale=bench.gap_scale(verdict),
        on_device=True,
        evidence_ids=bench.book.state(bench.turn.fact(f"{model.id}#parameters")),
    )


def memory_working(model: Model) -> Calculation | None:
    """Return the memory of the model's weights at 4 bit, or None where its shape is not known."""
    if model.architecture is None:
        return None
    return Calculation(
        id=f"calc/on-device/{model.id}",
        name=f"memory of {model.title} on the device",
        formula="parameters x bits a weight / 8",
        inputs=(Input(name="precision", value=PRECISION),),
        value=weights_gb(model, parse_precision(PRECISION)),
        unit="GB",
        sources=(f"{model.id}#parameters",),
    )
