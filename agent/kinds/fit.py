"""Does it fit? Weights, cache and runtime against usable memory, and what would fit instead."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.alternatives import Alternative, alternatives
from agent.core.estimate import Estimate, estimate
from agent.errors import InputError
from agent.kinds.naming import bit_steps, context_of
from agent.kinds.plain import Back
from agent.turn import Turn
from agent.wording import number
from knowledge.schema import Hardware, Model

DEFAULT_CONTEXT = 8192
MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Fitted:
    """Estimates of one model on one set of devices, the largest precision first."""

    model: Model
    hardware: Hardware
    devices: int
    estimates: tuple[Estimate, ...]
    asked: str | None
    context_tokens: int
    context_assumed: bool
    stands_for: str | None
    instead: tuple[Alternative, ...]


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


@dataclass(frozen=True, slots=True)
class Closed:
    """A model whose weights can't be had."""

    model: Model


def work_out(turn: Turn) -> Fitted | Choice | Closed | Back:
    """Estimate the fit of what was asked; without a device or a model, list what would do."""
    model, stands_for = asked_model(turn)
    hardware, devices = asked_hardware(turn)
    context, assumed = context_of(turn, DEFAULT_CONTEXT)
    if model is not None and not model.open_weights:
        return Closed(model)
    if model is None and hardware is None:
        return Back("problem", ("Name a model or a device: which should run on which?",))
    if model is None and hardware is not None:
        return Choice(
            None, hardware, devices, _models_for(turn, hardware, devices, context), context
        )
    if model is not None and hardware is None:
        return Choice(model, None, 1, _devices_for(turn, model, context), context)
    if model is None or hardware is None:
        raise RuntimeError("unreachable: both are named here")
    return _fitted(turn, model, hardware, devices, context, assumed, stands_for)


def asked_model(turn: Turn) -> tuple[Model | None, str | None]:
    """Return the model asked about; for a bare size, an open model of that size and the size."""
    asked = turn.understanding
    for doc_id in asked.models:
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Model):
            return document, None
    if asked.parameters_b is None:
        return None, None
    size = asked.parameters_b
    found = turn.market.open_general(min_parameters_b=0.85 * size, max_parameters_b=1.15 * size)
    dense = [m for m in found if m.architecture and m.architecture.moe is None]
    chosen = next(iter(dense or found), None)
    return chosen, f"{number(size)}B"


def asked_hardware(turn: Turn) -> tuple[Hardware | None, int]:
    """Return the device asked about and how many; else the first one that the user owns."""
    named = turn.understanding.hardware or turn.profile.hardware or ()
    for doc_id, count in named:
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Hardware):
            return document, count
    return None, 1


def _fitted(
    turn: Turn,
    model: Model,
    hardware: Hardware,
    devices: int,
    context: int,
    assumed: bool,
    stands_for: str | None,
) -> Fitted | Back:
    asked = turn.understanding.precision
    estimates: list[Estimate] = []
    users = turn.understanding.concurrency or 1
    for precision in (asked,) if asked else bit_steps(hardware):
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
                    turn.understanding.engine,
                    context_tokens=context,
                )
            )
        except InputError as error:
            if asked:
                return Back("problem", (str(error),))
    instead: tuple[Alternative, ...] = ()
    if not any(item.fits for item in estimates):
        instead = alternatives(
            model,
            hardware,
            devices,
            asked or "4 bit",
            context_tokens=context,
            catalogue=turn.catalogue,
        )
    return Fitted(
        model, hardware, devices, tuple(estimates), asked, context, assumed, stands_for, instead
    )


def _models_for(turn: Turn, hardware: Hardware, devices: int, context: int) -> tuple[Placed, ...]:
    """Return the best open models that fit, the highest index first, one of each size class."""
    memory = (hardware.value("memory") or 0) * devices
    rows: list[Placed] = []
    classes: set[str] = set()
    for model in turn.market.open_general(max_parameters_b=memory * 2.2):
        limit = model.architecture.context_tokens if model.architecture else context
        for precision in ("8 bit", "4 bit"):
            tokens = min(context, limit)
            result = estimate(
                model, hardware, devices, precision, 1, tokens - 256, 256, context_tokens=tokens
            )
            if result.fits and model.size_class not in classes:
                rows.append(Placed(model, hardware, result))
                classes.add(model.size_class)
                break
        if len(rows) == MOST_ROWS:
            break
    return tuple(rows)


def _devices_for(turn: Turn, model: Model, context: int) -> tuple[Placed, ...]:
    """Return the smallest sets of shipping devices that hold `model`, at most two of a maker."""
    rows: list[Placed] = []
    wanted = turn.understanding.precision or "4 bit"
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
    ]
    for hardware in devices:
        for count in (1, 2, 4, 8):
            try:
                result = estimate(
                    model,
                    hardware,
                    count,
                    wanted,
                    1,
                    max(1, context - 256),
                    256,
                    context_tokens=context,
                )
            except InputError:
                break
            if result.fits:
                rows.append(Placed(model, hardware, result))
                break
    rows.sort(key=lambda r: (r.estimate.devices, r.hardware.value("memory") or 0, r.hardware.id))
    return tuple(rows[:MOST_ROWS])
