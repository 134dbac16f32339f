"""Fit and speed of a model on a device: the public calculation."""

from __future__ import annotations

from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.calculation import Calculation
from agent.core.efficiency import default_engine, engine_name, usable
from agent.core.machine import SystemMemory
from agent.core.precision import (
    Precision,
    native_precision,
    parse_precision,
    require_supported,
    runs_on,
    stored_by,
)
from agent.core.quantity import UNKNOWN, Quantity
from agent.core.resolving import hardware_of, model_of
from agent.core.sizing import Memory, cache_bytes, context_limit, size
from agent.core.throughput import (
    Setup,
    compute_peak,
    decode_step_s,
    fastest_step_s,
    prefill_s,
    throughput_tok_s,
)
from agent.core.workings import Frame, memory_workings, speed_workings
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.schema import Hardware, Model

MAX_BATCH = 256
"""Most streams at once under concurrency="max": vLLM's default max_num_seqs on small cards."""
MAX_BATCH_LARGE = 1024
"""The same default on cards of at least LARGE_CARD_GB."""
LARGE_CARD_GB = 70
LAYER_SPLIT_SPREAD = 0.2
"""Extra spread where cards take turns: measured speeds lie between 0.5 and 1.1 of one card's."""
PREFILL_TO_INTERVAL = 2.0
"""Errors of prefill have longer tails than those of decoding; this covers 75% of the rows."""
TOTAL_SPREAD = 0.06
"""Spread of measured memory use around weights + cache + runtime, on a log scale."""
ERROR_TO_INTERVAL = 1.6
"""An 80% interval is 1.28 standard deviations and a mean absolute error 0.8 of one."""
BATCH_SPREAD = 0.35
"""Extra spread of batched speed: schedulers and kernels differ by a factor of two."""
OFFLOAD_SPREAD = 0.25
"""Extra spread where system memory is read: its speed is assumed and processors differ."""


class Estimate(BaseModel):
    """Fit and speed. Memory in GB (1e9 bytes), speed in tokens/s, time in seconds.

    `decode_tok_s` is what each stream sees at `concurrency`; `throughput_tok_s` is the output of
    all streams with the prompts' reading time included. `fits` None means that it can't be said;
    `missing` then names the facts that lack.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    hardware: str
    devices: int
    precision: str
    bits_per_weight: float
    engine: str
    concurrency: int
    context_tokens: int
    input_tokens: int
    output_tokens: int
    weights_gb: Quantity
    kv_cache_gb: Quantity
    total_gb: Quantity
    usable_gb: float | None
    fits: bool | None
    max_context_tokens: int | None
    max_concurrency: int | None
    offloaded_share: float = 0.0
    decode_tok_s: Quantity
    throughput_tok_s: Quantity
    ttft_s: Quantity
    prefill_tok_s: Quantity
    missing: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    calculations: tuple[Calculation, ...] = ()


def estimate(
    model: str | Model,
    hardware: str | Hardware,
    devices: int = 1,
    precision: str | None = None,
    concurrency: int | Literal["max"] = 1,
    input_tokens: int = 512,
    output_tokens: int = 128,
    engine: str | None = None,
    *,
    context_tokens: int | None = None,
    cpu_offload: bool = False,
    system_memory: SystemMemory | None = None,
    catalogue: Catalogue | None = None,
) -> Estimate:
    """Estimate what `model` needs and how fast it runs on `devices` of `hardware`.

    Args:
        model: a model document or a name that the catalogue knows.
        hardware: a hardware document or a name.
        devices: how many of them work together, at least 1.
        precision: any spelling that `parse_precision` reads; None is what the maker publishes.
        concurrency: streams at once, or "max" for as many as memory and server defaults allow.
        input_tokens: prompt length.
        output_tokens: answer length.
        engine: serving engine; None is the usual one for the device.
        context_tokens: tokens a stream reserves; None is prompt plus answer.
        cpu_offload: keep in system memory, and run there, the weights that do not fit.
        system_memory: how much of that there is, and how fast; None leaves it open.
        catalogue: where names are looked up; None is the one that ships.

    Raises:
        InputError: if a value can't be used; UnknownName if a name is not in the catalogue.
    """
    _check_counts(
        devices=devices,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        context_tokens=context_tokens,
        concurrency=1 if concurrency == "max" else concurrency,
    )
    found_model = model_of(model, catalogue)
    found_hardware = hardware_of(hardware, catalogue)
    engine_used, chosen, assumptions = _choose(found_model, found_hardware, precision, engine)
    context = context_tokens or input_tokens + output_tokens
    _check_context(found_model, context)
    streams = 1 if concurrency == "max" else concurrency
    sizing = partial(
        size,
        found_model,
        found_hardware,
        precision=chosen,
        engine=engine_used,
        devices=devices,
        context_tokens=context,
        beside_gb=system_memory.usable_gb if system_memory else 0.0,
    )
    memory = sizing(concurrency=streams)
    if concurrency == "max":
        streams = max(1, min(_batch_limit(found_hardware), memory.max_concurrency or 1))
        memory = sizing(concurrency=streams)
    beside = system_memory or SystemMemory(0.0)
    setup = Setup(
        found_model,
        found_hardware,
        chosen,
        engine_used,
        devices,
        _offloaded(memory, cpu_offload or system_memory is not None),
        beside.bandwidth_gb_s,
    )
    frame = Frame(
        found_model,
        found_hardware,
        chosen,
        engine_used,
        devices,
        streams,
        context,
        input_tokens,
        output_tokens,
    )
    return _assemble(frame, setup, memory, assumptions, beside)


def _batch_limit(hardware: Hardware) -> int:
    large = (hardware.value("memory") or 0.0) >= LARGE_CARD_GB
    return MAX_BATCH_LARGE if large else MAX_BATCH


def _check_counts(**counts: object) -> None:
    for name, value in counts.items():
        if value is None and name == "context_tokens":
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            hint = ' or "max"' if name == "concurrency" else ""
            raise InputError(f"{name} must be a whole number of at least 1{hint}, not {value!r}.")


def _check_context(model: Model, context: int) -> None:
    limit = context_limit(model)
    if limit is not None and context > limit:
        raise InputError(
            f"A context of {context:,} tokens is above what {model.title} accepts; "
            f"valid: 1 to {limit:,}.",
            cites=(f"{model.id}#context",),
        )


def _choose(
    model: Model, hardware: Hardware, precision: str | None, engine: str | None
) -> tuple[str, Precision, list[str]]:
    """Return engine, precision and what was assumed in choosing them."""
    assumptions: list[str] = []
    if precision is None:
        chosen = native_precision(model)
        if runs_on(chosen, hardware) is False:
            chosen = parse_precision("bf16")
            assumptions.append(f"{hardware.title} has no FP8 rate: weights widened to 16 bit.")
        else:
            assumptions.append(f"Precision: {chosen.name}, as the maker publishes the weights.")
        used = engine_name(engine) if engine else default_engine(hardware, chosen)
    else:
        stated_engine = engine_name(engine) if engine else default_engine(hardware)
        chosen = parse_precision(precision, engine=stated_engine, hardware=hardware)
        used = engine_name(engine) if engine else default_engine(hardware, chosen)
        if chosen.name not in precision.lower().replace("-", "_"):
            assumptions.append(f"{precision!r} is read as {chosen.name} ({chosen.bits:g} bits).")
        require_supported(chosen, hardware)
    if engine is None:
        assumptions.append(f"Engine: {used}, the usual one for this device and format.")
    if runs_on(chosen, hardware) is None:
        assumptions.append(f"Whether {hardware.title} runs {chosen.name} natively is not known.")
    return used, stored_by(chosen, used), assumptions


def _offloaded(memory: Memory, wanted: bool) -> float:
    """Return the share of the weights that has to stay in system memory."""
    if not wanted or memory.on_device_gb is None or memory.total_gb <= memory.on_device_gb:
        return 0.0
    return min(1.0, (memory.total_gb - memory.on_device_gb) / memory.weights_gb)


def _assemble(
    frame: Frame, setup: Setup, memory: Memory, assumptions: list[str], beside: SystemMemory
) -> Estimate:
    """Return the estimate with its ranges, workings, assumptions and missing facts."""
    total = Quantity.spread(memory.total_gb, TOTAL_SPREAD)
    too_large = (
        memory.usable_gb is not None
        and (setup.offloaded_share == 0 or beside.gb > 0)
        and (total.low or 0.0) > memory.usable_gb
    )
    if too_large:
        decode = throughput = ttft = prefill = UNKNOWN
        assumptions = [*assumptions, "It does not fit, so it has no speed here."]
    else:
        decode, throughput, ttft, prefill = _speeds(frame, setup)
    share = usable(frame.hardware, frame.engine)
    workings = memory_workings(
        frame, memory, total=total, usable_why=share.why, share=share.share, beside=beside
    ) + speed_workings(
        frame, setup, decode=decode, throughput=throughput, ttft=ttft, prefill=prefill
    )
    cache = memory.kv_cache_gb
    return Estimate(
        model=frame.model.id,
        hardware=frame.hardware.id,
        devices=frame.devices,
        precision=frame.precision.name,
        bits_per_weight=memory.shape.bits_per_weight(frame.precision),
        engine=frame.engine,
        concurrency=frame.concurrency,
        context_tokens=frame.context_tokens,
        input_tokens=frame.input_tokens,
        output_tokens=frame.output_tokens,
        weights_gb=Quantity.exact(memory.weights_gb),
        kv_cache_gb=UNKNOWN if cache is None else Quantity.exact(cache),
        total_gb=total,
        usable_gb=memory.usable_gb,
        fits=memory.fits,
        max_context_tokens=memory.max_context_tokens,
        max_concurrency=memory.max_concurrency,
        offloaded_share=setup.offloaded_share,
        decode_tok_s=decode,
        throughput_tok_s=throughput,
        ttft_s=ttft,
        prefill_tok_s=prefill,
        missing=_missing(frame, setup),
        assumptions=(*assumptions, *_assumed(frame, setup, share.why)),
        calculations=tuple(workings),
    )


def _speeds(frame: Frame, setup: Setup) -> tuple[Quantity, Quantity, Quantity, Quantity]:
    """Return decode, throughput, time to first token and prefill speed with their intervals."""
    context = frame.input_tokens + frame.output_tokens / 2
    step = decode_step_s(setup, context_tokens=context, sequences=frame.concurrency)
    prompt = prefill_s(setup, frame.input_tokens)
    batched = frame.concurrency > 1 or setup.tensor_parallel > 1
    decode_spread = max(0.12, ERROR_TO_INTERVAL * setup.decode_fit.error)
    decode_spread += BATCH_SPREAD if batched else 0.0
    if frame.devices > 1 and setup.tensor_parallel == 1:
        decode_spread += LAYER_SPLIT_SPREAD
    decode_spread += OFFLOAD_SPREAD if setup.offloaded_share > 0 else 0.0
    prefill_spread = PREFILL_TO_INTERVAL * setup.prefill_fit.error
    fastest = fastest_step_s(setup, context_tokens=context, sequences=frame.concurrency)
    decode = UNKNOWN if step is None else Quantity.spread(1 / step, decode_spread)
    if fastest is not None and decode.high is not None:
        decode = decode.model_copy(update={"high": min(decode.high, 1 / fastest)})
    if step is None or prompt is None:
        return decode, UNKNOWN, UNKNOWN, UNKNOWN
    rate = throughput_tok_s(
        setup,
        concurrency=frame.concurrency,
        input_tokens=frame.input_tokens,
        output_tokens=frame.output_tokens,
    )
    spread = max(decode_spread, prefill_spread)
    together = UNKNOWN if rate is None else Quantity.spread(rate, spread)
    if together.high is not None and decode.high is not None:
        # All streams together can't give more than each of them does at its best.
        most = decode.high * frame.concurrency
        together = together.model_copy(update={"high": min(together.high, most)})
    return (
        decode,
        together,
        Quantity.spread(prompt + step, prefill_spread),
        Quantity.spread(frame.input_tokens / prompt, prefill_spread),
    )


def _missing(frame: Frame, setup: Setup) -> tuple[str, ...]:
    """Return the facts whose absence left something unknown."""
    missing = [
        f"{frame.hardware.id}#{name}"
        for name in ("memory", "bandwidth")
        if frame.hardware.value(name) is None
    ]
    if compute_peak(setup) is None:
        missing.append(f"{frame.hardware.id}#compute_bf16")
    if frame.model.architecture is None:
        missing.append(f"{frame.model.id}#architecture")
    return tuple(missing)


def _assumed(frame: Frame, setup: Setup, usable_why: str) -> list[str]:
    """Return what the figures rest on besides facts, in words."""
    out = [
        f"Usable memory: {usable_why}.",
        f"Key-value cache in {8 * cache_bytes(frame.precision, frame.engine):.0f} bit.",
    ]
    if frame.hardware.unit_scope != "per device":
        out.append(f"Figures of {frame.hardware.title} are {frame.hardware.unit_scope}.")
    if frame.model.architecture is None:
        out.append(
            "Its layer layout is not published here: the cache is unknown and left out, and the "
            "number of layers is taken as usual for its size."
        )
    if not setup.decode_fit.measured:
        out.append(
            f"{frame.engine} was not measured on this class of device: the speed rests on other "
            "classes and its range is wide."
        )
    if frame.devices > 1 and setup.tensor_parallel == 1:
        out.append(
            f"{frame.engine} splits layers over the devices: capacity adds up, speed doesn't."
        )
    if setup.offloaded_share > 0:
        out.append(
            f"{setup.offloaded_share:.0%} of the weights run from system memory at an assumed "
            f"{setup.system_gb_s:g} GB/s."
        )
    peak = compute_peak(setup)
    if peak is not None and peak.note:
        out.append(f"Compute: {peak.note}.")
    return out
