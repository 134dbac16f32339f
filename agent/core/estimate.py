"""Fit and speed of a model on a device: the public calculation."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.calculation import Calculation
from agent.core.efficiency import default_engine, usable
from agent.core.engines import Engine, parse_engine
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
from agent.core.rates import is_measured, release
from agent.core.resolving import hardware_of, model_of
from agent.core.sizing import Memory, cache_bytes, context_limit, size
from agent.core.speeds import speeds_of, table_speeds
from agent.core.streams import most_streams
from agent.core.throughput import Setup, compute_peak, load_of
from agent.core.workings import Frame, Speeds, memory_workings, speed_workings
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.schema import Hardware, Model

TOTAL_SPREAD = 0.06
"""Spread of measured memory use around weights + cache + runtime, on a log scale."""


class Estimate(BaseModel):
    """Fit and speed. Memory in GB (1e9 bytes), speed in tokens/s, time in seconds.

    `decode_tok_s` is what each stream sees at `concurrency`; `throughput_tok_s` is the output of
    all streams with the prompts' reading time included; `prefill_tok_s` and `ttft_s` are those of
    one prompt. `low` and `high` bound 80% of what others measured. `fits` None means that it
    can't be said; `missing` then names the facts that lack.
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
    cached_prompt_tokens: int = 0,
    cpu_offload: bool = False,
    system_memory: SystemMemory | None = None,
    precise: bool = False,
    catalogue: Catalogue | None = None,
) -> Estimate:
    """Estimate what `model` needs and how fast it runs on `devices` of `hardware`.

    Args:
        model: a model document or a name that the catalogue knows.
        hardware: a hardware document or a name.
        devices: how many of them work together, at least 1.
        precision: any spelling that `parse_precision` reads; None is what the maker publishes.
        concurrency: streams at once, or "max" for as many as memory and server defaults allow.
        input_tokens: prompt length; 0 generates from nothing.
        output_tokens: answer length; 0 only reads the prompt.
        engine: serving engine, with its version if wanted; None is the usual one for the device.
        context_tokens: tokens a stream reserves; None is prompt plus answer, under "max" the
            prompt and half the answer, since streams are at different points of theirs.
        cached_prompt_tokens: how many of the prompt's are in the prefix cache already.
        cpu_offload: keep in system memory, and run there, the weights that do not fit.
        system_memory: how much of that there is, and how fast; None leaves it open.
        precise: take the speeds of AIConfigurator's kernel tables where it is installed (extra
            `nvidia`) and knows the case; it takes 1 to 100 ms and the first time about a second.
        catalogue: where names are looked up; None is the one that ships.

    Raises:
        InputError: if a value can't be used; UnknownName if a name is not in the catalogue.
    """
    _check_counts(
        1,
        devices=devices,
        context_tokens=1 if context_tokens is None else context_tokens,
        concurrency=1 if concurrency == "max" else concurrency,
    )
    _check_counts(
        0,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_prompt_tokens=cached_prompt_tokens,
    )
    if cached_prompt_tokens > input_tokens:
        raise InputError(
            f"cached_prompt_tokens {cached_prompt_tokens:,} are more than the prompt; "
            f"valid: 0 to {input_tokens:,}."
        )
    found_model = model_of(model, catalogue)
    found_hardware = hardware_of(hardware, catalogue)
    engine_used, chosen, assumptions = _choose(found_model, found_hardware, precision, engine)
    context = context_tokens or max(1, input_tokens + output_tokens)
    _check_context(found_model, context)
    beside = system_memory or SystemMemory(0.0)
    setup = Setup(
        found_model, found_hardware, chosen, engine_used, devices, 0.0, beside.bandwidth_gb_s
    )
    streams = 1 if concurrency == "max" else concurrency
    if concurrency == "max":
        streams = most_streams(setup, input_tokens=input_tokens, output_tokens=output_tokens)
        streams *= setup.layout.replicas
        context = context_tokens or max(1, round(input_tokens + output_tokens / 2))
    memory = size(
        found_model,
        found_hardware,
        precision=chosen,
        engine=engine_used.family,
        devices=devices,
        context_tokens=context,
        concurrency=streams,
        copies=setup.layout.replicas,
        prompt_tokens=input_tokens,
        release=release(engine_used),
        beside_gb=system_memory.usable_gb if system_memory else 0.0,
    )
    offloaded = _offloaded(memory, cpu_offload or system_memory is not None)
    setup = replace(setup, offloaded_share=offloaded)
    frame = Frame(
        found_model,
        found_hardware,
        chosen,
        engine_used.family,
        devices,
        streams,
        context,
        input_tokens,
        output_tokens,
        cached_prompt_tokens,
    )
    return _assemble(frame, setup, memory, assumptions, beside, from_tables=precise)


def _check_counts(least: int, **counts: object) -> None:
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            hint = ' or "max"' if name == "concurrency" else ""
            raise InputError(
                f"{name} must be a whole number of at least {least}{hint}, not {value!r}."
            )


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
) -> tuple[Engine, Precision, list[str]]:
    """Return engine, precision and what was assumed in choosing them."""
    assumptions: list[str] = []
    stated = _serving_engine(engine) if engine else None
    if precision is None:
        chosen = native_precision(model)
        if runs_on(chosen, hardware) is False:
            chosen = parse_precision("bf16")
            assumptions.append(f"{hardware.title} has no FP8 rate: weights widened to 16 bit.")
        else:
            assumptions.append(f"Precision: {chosen.name}, as the maker publishes the weights.")
        used = stated or parse_engine(default_engine(hardware, chosen))
    else:
        family = stated.family if stated else default_engine(hardware)
        chosen = parse_precision(precision, engine=family, hardware=hardware)
        used = stated or parse_engine(default_engine(hardware, chosen))
        if chosen.name not in precision.lower().replace("-", "_"):
            assumptions.append(f"{precision!r} is read as {chosen.name} ({chosen.bits:g} bits).")
        require_supported(chosen, hardware)
    if engine is None:
        assumptions.append(f"Engine: {used.family}, the usual one for this device and format.")
    if runs_on(chosen, hardware) is None:
        assumptions.append(f"Whether {hardware.title} runs {chosen.name} natively is not known.")
    return used, stored_by(chosen, used.family), assumptions


def _serving_engine(text: str) -> Engine:
    engine = parse_engine(text)
    if engine.trains:
        raise InputError(
            f"{engine.product} trains models and does not serve them. Valid for serving: "
            "vllm, sglang, tensorrt-llm, llama.cpp, mlx and others."
        )
    return engine


def _offloaded(memory: Memory, wanted: bool) -> float:
    """Return the share of the weights that has to stay in system memory."""
    if not wanted or memory.on_device_gb is None or memory.total_gb <= memory.on_device_gb:
        return 0.0
    return min(1.0, (memory.total_gb - memory.on_device_gb) / memory.weights_gb)


def _assemble(
    frame: Frame,
    setup: Setup,
    memory: Memory,
    assumptions: list[str],
    beside: SystemMemory,
    *,
    from_tables: bool,
) -> Estimate:
    """Return the estimate with its ranges, workings, assumptions and missing facts."""
    total = Quantity.spread(memory.total_gb, TOTAL_SPREAD)
    too_large = (
        memory.usable_gb is not None
        and (setup.offloaded_share == 0 or beside.gb > 0)
        and (total.low or 0.0) > memory.usable_gb
    )
    speeds, load, precise = Speeds(), None, None
    if too_large:
        assumptions = [*assumptions, "It does not fit, so it has no speed here."]
    else:
        load = load_of(
            setup,
            prompt=frame.input_tokens - frame.cached_prompt_tokens,
            output=frame.output_tokens,
            streams=-(-frame.concurrency // setup.layout.replicas),
            behind=frame.cached_prompt_tokens,
        )
    if load is not None:
        precise = table_speeds(frame, setup) if from_tables else None
        speeds = speeds_of(frame, setup, load, precise)
    share = usable(frame.hardware, frame.engine)
    workings = memory_workings(
        frame, memory, total=total, usable_why=share.why, share=share.share, beside=beside
    ) + speed_workings(frame, setup, load, speeds, precise)
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
        decode_tok_s=speeds.decode,
        throughput_tok_s=speeds.throughput,
        ttft_s=speeds.ttft,
        prefill_tok_s=speeds.prefill,
        missing=_missing(frame, setup),
        assumptions=(*assumptions, *_assumed(frame, setup, share.why)),
        calculations=tuple(workings),
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
    if not is_measured(setup.engine, frame.hardware):
        out.append(
            f"{frame.engine} was not measured on this class of device: the speed rests on other "
            "classes and its range is wide."
        )
    if setup.splits_layers:
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
