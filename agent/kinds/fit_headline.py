"""The verdict of a fit answer in one line."""

from __future__ import annotations

from agent.core.estimate import Estimate
from agent.kinds.asked import is_unlisted
from agent.kinds.fit import Fitted
from agent.kinds.naming import bits_name
from agent.wording import gigabytes, number, percent, plural

ROOM_TO_SPARE = 4
"""Contexts that fit at once from which on there is room to spare."""


def headline_of(found: Fitted, barred: str | None) -> str:
    """Return the verdict; `barred` says why the device can't be bought."""
    fitting = [item for item in found.estimates if item.fits]
    if is_unlisted(found.hardware) and found.hardware.value("memory") is None:
        return f"No figures are known here for the {found.hardware.title}"
    if not fitting:
        return _no(found)
    if barred:
        return f"On paper at {bits_name(fitting[0].precision)}, but it can't be bought: {barred}"
    if all(only_just(item) for item in fitting):
        return f"Only just, at {_how(found, fitting[0])}"
    return _yes(found, fitting)


def only_just(item: Estimate) -> bool:
    """Tell whether the memory lies inside the range of what may be needed."""
    high, usable = item.total_gb.high, item.usable_gb
    return bool(item.fits) and high is not None and usable is not None and high > usable


def _yes(found: Fitted, fitting: list[Estimate]) -> str:
    whom = f"Yes, for {found.users} users" if found.users > 1 else "Yes"
    alone = [item for item in fitting if not item.offloaded_share]
    if not alone:
        return f"{whom}, at {_how(found, fitting[-1])}"
    widest = alone[0]
    if len(alone) < len(found.estimates):
        beyond = "wider only with system memory" if len(fitting) > len(alone) else "not above"
        return f"{whom}, at {bits_name(widest.precision)}, {beyond}"
    if found.users > 1:
        return f"{whom} at once"
    room = widest.max_concurrency
    return "Yes, with room to spare" if room and room >= ROOM_TO_SPARE else "Yes, it fits"


def _how(found: Fitted, item: Estimate) -> str:
    """Return the precision, and what of the model lies in system memory."""
    bits = bits_name(item.precision)
    if not item.offloaded_share:
        return bits
    architecture = found.model.architecture
    if architecture is not None and architecture.moe is not None:
        return f"{bits} with experts in system memory"
    return f"{bits} with {percent(item.offloaded_share)} of it in system memory"


def _no(found: Fitted) -> str:
    if any(item.fits is None for item in found.estimates):
        return "Not certain: the weights fit, the cache is not known"
    smallest = found.estimates[-1]
    held = smallest.max_concurrency
    if found.users > 1 and held:
        bits = bits_name(smallest.precision)
        return f"No, {held} of {plural(found.users, 'user')} fit at {bits}"
    short_by = (smallest.total_gb.value or 0) - (smallest.usable_gb or 0)
    missing = gigabytes(short_by) if short_by >= 1 else f"{number(1000 * short_by, 2)} MB"
    if found.asked or len(found.estimates) == 1:
        return f"No, it is {missing} short"
    return f"No, not even at 4 bit: it is {missing} short"
