"""Fit, speed and users of models on devices, as lines of a comparison: our calculation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.calculation import Calculation
from agent.comparing.lines import Cell, Line
from agent.core.estimate import Estimate, estimate
from agent.errors import InputError
from agent.kinds.asked import nominal_bits, not_sold, steps
from agent.kinds.comparison import COMPARE_CONTEXT, is_on_chip
from agent.kinds.fit_parts import memory_of, shortfall, users_working
from agent.kinds.machine import Machine
from agent.kinds.naming import bits_name, working
from agent.wording import gigabytes, number
from knowledge.schema import Hardware, Model

ANSWER_TOKENS = 256
ONE_USER = "tokens a second, one user"
TOGETHER = "tokens a second, all users together"
NONE = Cell("none")
"""Of what can not run there is no speed."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all estimates of a comparison share: bits a weight, devices together, context.

    One user alone fills the context but for the answer. Many users send `request` tokens in and
    get so many out, each with the whole context reserved.
    """

    bits: int = 4
    devices: int = 1
    context_tokens: int = COMPARE_CONTEXT
    request: tuple[int, int] = (1000, 200)


@dataclass(frozen=True, slots=True)
class Placed:
    """A model on devices, for one user and for as many as the memory holds; or `why` not.

    `memory_gb` is all memory of the devices. A device that is not sold yet has no speed.
    """

    alone: Estimate | None = None
    crowd: Estimate | None = None
    why: str = ""
    is_closed: bool = False
    memory_gb: float | None = None

    @property
    def is_out(self) -> bool:
        """Whether it is sure that there is nothing to be served."""
        return self.is_closed or (self.alone is not None and self.alone.fits is False)


def place(model: Model, device: Hardware, setting: Setting) -> Placed:
    """Estimate `model` on `device` at the width of `setting`, else at the nearest it comes in."""
    if not model.open_weights:
        why = "runs at its maker only: the weights are not published"
        return Placed(why=why, is_closed=True)
    if is_on_chip(device):
        return Placed(why="no estimate: the weights lie in memory on the chip")
    names = steps(model, device)
    precision = min(names, key=lambda name: abs(nominal_bits(name) - setting.bits))
    try:
        context = setting.context_tokens
        filled = (max(1, context - ANSWER_TOKENS), min(ANSWER_TOKENS, context))
        alone = _estimated(model, device, setting, precision, 1, filled)
        most = alone.max_concurrency if alone.fits else None
        crowd = (
            _estimated(model, device, setting, precision, most, setting.request) if most else None
        )
    except InputError as error:
        return Placed(why=str(error))
    unsold, memory = not_sold(device), memory_of(Machine(device, setting.devices))
    if unsold is not None:
        return Placed(alone, why=f"no estimate: {unsold}", memory_gb=memory)
    return Placed(alone, crowd, memory_gb=memory)


def _estimated(
    model: Model,
    device: Hardware,
    setting: Setting,
    precision: str,
    users: int,
    tokens: tuple[int, int],
) -> Estimate:
    return estimate(
        model,
        device,
        setting.devices,
        precision,
        users,
        *tokens,
        context_tokens=setting.context_tokens,
    )


def estimate_lines(placed: Sequence[Placed]) -> tuple[Line, ...]:
    """Return one line each for precision, fit, speed of one, speed of all, and users."""
    return (
        Line("precision", tuple(_precision(item) for item in placed)),
        Line("fits", tuple(_fit(item) for item in placed)),
        Line(ONE_USER, tuple(_alone(item) for item in placed), "higher"),
        Line("users that the memory holds", tuple(_users(item) for item in placed), "higher"),
        Line(TOGETHER, tuple(_together(item) for item in placed), "higher"),
    )


def _precision(item: Placed) -> Cell:
    if item.alone is None:
        return NONE if item.is_out else Cell()
    return Cell(bits_name(item.alone.precision))


def _fit(item: Placed) -> Cell:
    if item.alone is None:
        return Cell("no" if item.is_closed else None, item.why)
    total, usable = item.alone.total_gb.value, item.alone.usable_gb
    if item.alone.fits is None or total is None or usable is None:
        return Cell(note="its memory is not known")
    if item.alone.fits:
        used = _worked(item.alone, "total")
        return Cell("yes", f"{gigabytes(usable - total)} left", calculation=used, value=1.0)
    missing = shortfall(item.alone)
    return Cell("no", f"{gigabytes(total - usable)} short", calculation=missing, value=0.0)


def _alone(item: Placed) -> Cell:
    if item.is_out or item.alone is None:
        return NONE if item.is_out else Cell()
    if item.why:
        return Cell(note=item.why)
    return _speed(_worked(item.alone, "decode"))


def _together(item: Placed) -> Cell:
    if item.is_out or item.crowd is None or item.crowd.concurrency < 2:
        return NONE if item.is_out else Cell()
    crowd = item.crowd
    told = _speed(_worked(crowd, "throughput"))
    sent = f"requests of {crowd.input_tokens:,} in, {crowd.output_tokens:,} out"
    return replace(told, note=f"{told.note}; {sent}") if told.text else told


def _speed(worked: Calculation | None) -> Cell:
    if worked is None or worked.low is None or worked.high is None:
        return Cell()
    span = f"{number(worked.low, 2)} to {number(worked.high, 2)}"
    return Cell(
        number(worked.value, 2),
        span,
        calculation=worked,
        value=worked.value,
        low=worked.low,
        high=worked.high,
    )


def _users(item: Placed) -> Cell:
    most = item.alone.max_concurrency if item.alone and item.alone.fits else None
    if item.alone is None or not most:
        return NONE if item.is_out else Cell()
    note = f"of {item.alone.context_tokens:,} tokens each"
    return Cell(number(most, 2), note, calculation=users_working(item.alone), value=most)


def _worked(item: Estimate, part: str) -> Calculation | None:
    wanted = working(item, part)
    return next((found for found in item.calculations if found.id == wanted), None)
