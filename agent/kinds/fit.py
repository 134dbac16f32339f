"""Does it fit? Weights, cache and runtime against usable memory, and what would fit instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.alternatives import Alternative, alternatives
from agent.core.estimate import Estimate, estimate
from agent.core.machine import SystemMemory, is_mixed
from agent.core.memory_stated import withdrawn
from agent.core.on_chip import reads_on_chip
from agent.errors import InputError
from agent.kinds import stated_speed
from agent.kinds.asked import (
    asked_model,
    asked_precision,
    asked_size,
    is_unlisted,
    nominal_bits,
    steps,
    unknown_device,
)
from agent.kinds.closed import Closed, closed, closed_service
from agent.kinds.machine import Machine, asked_machine
from agent.kinds.naming import context_of
from agent.kinds.plain import Back, NothingKnown
from agent.kinds.stated_speed import StatedSpeed
from agent.turn import Turn
from knowledge.schema import Hardware, Model

DEFAULT_CONTEXT = 8192
MOST_ROWS = 5

_ASKS_WHICH = re.compile(
    r"\b(?:what|which|best|any)\b(?:\s\w+){0,2}\s(?:models?|llms?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Estimates of one model on one machine for `users` at once, the widest first."""

    model: Model
    machine: Machine
    estimates: tuple[Estimate, ...]
    asked: str | None
    context_tokens: int
    context_assumed: bool
    stands_for: str | None
    instead: tuple[Alternative, ...]
    users: int = 1

    @property
    def hardware(self) -> Hardware:
        """The device, or the slowest of unlike ones."""
        return self.machine.hardware

    @property
    def devices(self) -> int:
        """How many devices work together."""
        return self.machine.devices


@dataclass(frozen=True, slots=True)
class Placed:
    """Model and devices of one estimate that stands in a list."""

    model: Model
    hardware: Hardware
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Choice:
    """What a machine can run, or what a model could run on, for `users` at once."""

    model: Model | None
    machine: Machine | None
    rows: tuple[Placed, ...]
    context_tokens: int
    stands_for: str | None = None
    users: int = 1


def work_out(turn: Turn) -> Fitted | Choice | Closed | StatedSpeed | NothingKnown | Back:
    """Estimate the fit of what was asked; without a device or a model, list what would do."""
    model, stands_for = asked_model(turn)
    if model is None:
        model, stands_for = asked_size(turn), None
    machine = asked_machine(turn)
    if model is None and (service := closed_service(turn)) is not None:
        return service
    if model is not None and not model.open_weights:
        if machine is None or not _ASKS_WHICH.search(turn.message):
            return closed(turn, model)
        model = None  # named to compare with
    if machine is not None and reads_on_chip(machine.hardware):
        return stated_speed.work_out(turn, model, machine.hardware)
    context, assumed = context_of(turn, DEFAULT_CONTEXT)
    if model is not None and machine is not None:
        return fitted(turn, model, machine, context, assumed, stands_for)
    if machine is not None:
        if (nothing := unknown_device(machine.hardware)) is not None:
            return nothing
        rows = _models_for(turn, machine, context)
        return Choice(None, machine, rows, context, users=_users(turn))
    if model is not None:
        rows = _devices_for(turn, model, context)
        return Choice(model, None, rows, context, stands_for, users=_users(turn))
    return Back("problem", ("Name a model or a device: which should run on which?",))


def _users(turn: Turn) -> int:
    return turn.understanding.concurrency or 1


def fitted(
    turn: Turn,
    model: Model,
    machine: Machine,
    context: int,
    assumed: bool,
    stands_for: str | None,
) -> Fitted:
    """Return the estimates of `model` on `machine` at `context` tokens for each user asked about.

    Raises:
        InputError: if the precision asked for can't be used there.
    """
    asked = asked_precision(turn, model)
    estimates: list[Estimate] = []
    users = _users(turn)
    for precision in (asked,) if asked else steps(model, machine.hardware):
        try:
            estimates.append(_estimated(turn, model, machine, precision, context, users))
        except InputError:
            if asked:
                raise
    instead: tuple[Alternative, ...] = ()
    if not any(item.fits for item in estimates) and not is_unlisted(machine.hardware):
        found = alternatives(
            model,
            machine.hardware,
            machine.devices,
            asked or steps(model, machine.hardware)[-1],
            concurrency=users,
            context_tokens=context,
            engine=engine_for(turn, machine.hardware),
            catalogue=turn.catalogue,
        )
        instead = tuple(option for option in found if _is_other(option, machine))
    return Fitted(
        model, machine, tuple(estimates), asked, context, assumed, stands_for, instead, users
    )


def _is_other(option: Alternative, machine: Machine) -> bool:
    """Tell whether a proposal is new: system memory that was counted is none, nor a mean card."""
    if is_mixed(machine.hardware) and option.change == "more_devices":
        return False
    return option.change != "cpu_offload" or machine.beside is None


def _estimated(
    turn: Turn, model: Model, machine: Machine, precision: str, context: int, users: int
) -> Estimate:
    """Return the estimate for prompts that fill the context but for 256 tokens of answer."""
    hardware, beside = machine.hardware, machine.beside
    return estimate(
        model,
        hardware,
        machine.devices,
        precision,
        users,
        max(1, context - 256),
        min(256, max(1, context - 1)),
        engine_for(turn, hardware, beside),
        context_tokens=context,
        system_memory=beside,
    )


def engine_for(turn: Turn, hardware: Hardware, beside: SystemMemory | None = None) -> str | None:
    """Return the engine asked for; for unlike or unknown devices the one that runs anywhere."""
    anywhere = is_unlisted(hardware) or is_mixed(hardware) or beside is not None
    return turn.understanding.engine or ("llama.cpp" if anywhere else None)


def _models_for(turn: Turn, machine: Machine, context: int) -> tuple[Placed, ...]:
    """Return the best open models that fit, the highest index first, one of each size class."""
    hardware, users = machine.hardware, _users(turn)
    memory = (hardware.value("memory") or 0) * machine.devices
    memory += machine.beside.gb if machine.beside else 0
    rows: list[Placed] = []
    classes: set[str] = set()
    for model in turn.market.open_general(max_parameters_b=memory * 2.2):
        limit = model.architecture.context_tokens if model.architecture else context
        for precision in _narrow(model, hardware):
            result = _estimated(turn, model, machine, precision, min(context, limit), users)
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
    wanted = asked_precision(turn, model) or "4 bit"
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
            machine = Machine(hardware, count)
            try:
                result = _estimated(turn, model, machine, wanted, context, _users(turn))
            except InputError:
                break
            if _surely(result):
                rows.append(Placed(model, hardware, result))
                break
    rows.sort(key=lambda r: (r.estimate.devices, r.hardware.value("memory") or 0, r.hardware.id))
    return tuple(rows[:MOST_ROWS])
