"""Does it fit? Weights, cache and runtime against usable memory, and what would fit instead."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.alternatives import Alternative, alternatives
from agent.core.estimate import Estimate, estimate
from agent.core.memory_stated import withdrawn
from agent.errors import InputError
from agent.kinds.asked import (
    asked_hardware,
    asked_model,
    is_unlisted,
    nominal_bits,
    read_precision,
    steps,
    unknown_device,
)
from agent.kinds.naming import context_of
from agent.kinds.plain import Back, NothingKnown
from agent.turn import Turn
from knowledge.schema import Hardware, Model

DEFAULT_CONTEXT = 8192
MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Fitted:
    """Estimates of one model on one set of devices for `users` at once, the widest first."""

    model: Model
    hardware: Hardware
    devices: int
    estimates: tuple[Estimate, ...]
    asked: str | None
    context_tokens: int
    context_assumed: bool
    stands_for: str | None
    instead: tuple[Alternative, ...]
    users: int = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """Model and devices of one estimate that stands in a list."""

    model: Model
    hardware: Hardware
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Choice:
    """What a device can run, or what a model could run on."""

    model: Model | None
    hardware: Hardware | None
    devices: int
    rows: tuple[Placed, ...]
    context_tokens: int
    stands_for: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A model whose weights can't be had."""

    model: Model


def work_out(turn: Turn) -> Fitted | Choice | Closed | NothingKnown | Back:
    """Estimate the fit of what was asked; without a device or a model, list what would do."""
    model, stands_for = asked_model(turn)
    hardware, devices = asked_hardware(turn)
    context, assumed = context_of(turn, DEFAULT_CONTEXT)
    if model is not None and not model.open_weights:
        return Closed(model)
    if model is None and hardware is None:
        return Back("problem", ("Name a model or a device: which should run on which?",))
    if model is None and hardware is not None:
        if (nothing := unknown_device(hardware)) is not None:
            return nothing
        return Choice(
            None, hardware, devices, _models_for(turn, hardware, devices, context), context
        )
    if model is not None and hardware is None:
        rows = _devices_for(turn, model, context)
        return Choice(model, None, 1, rows, context, stands_for)
    if model is None or hardware is None:
        raise RuntimeError("unreachable: both are named here")
    return _fitted(turn, model, hardware, devices, context, assumed, stands_for)


def _fitted(
    turn: Turn,
    model: Model,
    hardware: Hardware,
    devices: int,
    context: int,
    assumed: bool,
    stands_for: str | None,
) -> Fitted | Back:
    asked = read_precision(model, turn.understanding.precision)
    estimates: list[Estimate] = []
    users = turn.understanding.concurrency or 1
    engine = engine_for(turn, hardware)
    for precision in (asked,) if asked else steps(model, hardware):
        try:
            estimates.append(
                estimate(
                    model,
                    hardware,
                    devices,
                    precision,
                    users,
                    max(1, context - 256),
                    min(256, context - 1),
                    engine,
                    context_tokens=context,
                )
            )
        except InputError:
            if asked:
                raise
    instead: tuple[Alternative, ...] = ()
    if not any(item.fits for item in estimates) and not is_unlisted(hardware):
        instead = alternatives(
            model,
            hardware,
            devices,
            asked or steps(model, hardware)[-1],
            concurrency=users,
            context_tokens=context,
            engine=engine,
            catalogue=turn.catalogue,
        )
    return Fitted(
        model,
        hardware,
        devices,
        tuple(estimates),
        asked,
        context,
        assumed,
        stands_for,
        instead,
        users,
    )


def engine_for(turn: Turn, hardware: Hardware) -> str | None:
    """Return the engine asked for; for a device of unknown kind the one that runs anywhere."""
    return turn.understanding.engine or ("llama.cpp" if is_unlisted(hardware) else None)


def _models_for(turn: Turn, hardware: Hardware, devices: int, context: int) -> tuple[Placed, ...]:
    """Return the best open models that fit, the highest index first, one of each size class."""
    memory = (hardware.value("memory") or 0) * devices
    rows: list[Placed] = []
    classes: set[str] = set()
    for model in turn.market.open_general(max_parameters_b=memory * 2.2):
        limit = model.architecture.context_tokens if model.architecture else context
        for precision in _narrow(model, hardware):
            tokens = min(context, limit)
            result = estimate(
                model,
                hardware,
                devices,
                precision,
                1,
                max(1, tokens - 256),
                min(256, tokens),
                engine_for(turn, hardware),
                context_tokens=tokens,
            )
            if _surely(result) and model.size_class not in classes:
                rows.append(Placed(model, hardware, result))
                classes.add(model.size_class)
                break
        if len(rows) == MOST_ROWS:
            break
    return tuple(rows)


def _surely(item: Estimate) -> bool:
    """Tell whether even the upper end of what may be needed fits."""
    high, usable = item.total_gb.high, item.usable_gb
    return bool(item.fits) and high is not None and usable is not None and high <= usable


def _narrow(model: Model, hardware: Hardware) -> tuple[str, ...]:
    return tuple(name for name in steps(model, hardware) if nominal_bits(name) <= 8)


def _devices_for(turn: Turn, model: Model, context: int) -> tuple[Placed, ...]:
    """Return the smallest sets of shipping devices that hold `model`, at most two of a maker."""
    rows: list[Placed] = []
    wanted = read_precision(model, turn.understanding.precision or "4 bit") or "4 bit"
    users = turn.understanding.concurrency or 1
    devices = [
        d
        for d in turn.catalogue.of("hardware")
        if isinstance(d, Hardware)
        and d.status == "shipping"
        and d.value("bandwidth")
        and d.value("memory")
        and d.unit_scope == "per device"
        and d.device in ("gpu", "apu")
        and (d.rentals or d.value("price"))
        and not withdrawn(d)
    ]
    for hardware in devices:
        for count in (1, 2, 4, 8):
            try:
                result = estimate(
                    model,
                    hardware,
                    count,
                    wanted,
                    users,
                    max(1, context - 256),
                    min(256, context),
                    context_tokens=context,
                )
            except InputError:
                break
            if _surely(result):
                rows.append(Placed(model, hardware, result))
                break
    rows.sort(key=lambda r: (r.estimate.devices, r.hardware.value("memory") or 0, r.hardware.id))
    return tuple(rows[:MOST_ROWS])
