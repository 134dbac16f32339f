"""The chart of speed over users: what each sees, what all get, and where the memory ends."""

from __future__ import annotations

from agent.answer import Chart, Series
from agent.core.estimate import Estimate, estimate
from agent.core.quantity import Quantity
from agent.kinds.naming import bits_name, short
from agent.kinds.speed import Paced
from agent.wording import number

MOST_USERS = 1024
"""Servers take no more streams at once by default."""
STEPS = 2**0.5
"""Each number of users is drawn at this many times the one before it."""


def speed_chart(found: Paced) -> Chart | None:
    """Return tokens a second over users at once, up to what the memory holds.

    None where fewer than two users fit, or where no speed can be told.
    """
    first = found.estimates[0]
    most = min(first.max_concurrency or 0, MOST_USERS)
    if not first.fits or most < 2:
        return None
    items = [_at(found, first, users) for users in _users(found, most)]
    each = _series("each user", [(i.concurrency, i.decode_tok_s) for i in items])
    every = _series("all together", [(i.concurrency, _together(i)) for i in items])
    if len(each.points) < 2 or len(every.points) < 2:
        return None
    kept = found.users.concurrency if found.users else None
    return Chart(
        kind="speed",
        series=(each, every),
        limit=first.max_concurrency if first.max_concurrency == most else None,
        you=found.wanted.concurrency if found.wanted else None,
        rate=found.rate,
        break_even=kept if kept != first.max_concurrency else None,
        y_name="tokens a second",
        alt=f"Tokens a second of {short(found.model)} at {bits_name(first.precision)} on "
        f"{found.machine.name} over users at once: {_ends(each)} for each, {_ends(every)} "
        f"together, from 1 to {number(most)} users"
        + (", where the memory ends." if first.max_concurrency == most else "."),
    )


def _users(found: Paced, most: int) -> list[int]:
    """Return the numbers of users to draw: even steps on a log scale, and those asked about."""
    users, step = {1, most}, 1.0
    while step < most:
        users.add(round(step))
        step *= STEPS
    asked = (found.wanted, found.users)
    return sorted(users | {e.concurrency for e in asked if e and e.concurrency <= most})


def _at(found: Paced, first: Estimate, users: int) -> Estimate:
    return estimate(
        found.model,
        found.hardware,
        found.devices,
        first.precision,
        users,
        first.input_tokens,
        first.output_tokens,
        first.engine,
        system_memory=found.machine.beside,
    )


def _together(item: Estimate) -> Quantity:
    """Return what all get; one user alone gets what it sees, as in the table."""
    return item.decode_tok_s if item.concurrency == 1 else item.throughput_tok_s


def _series(label: str, figures: list[tuple[int, Quantity]]) -> Series:
    points, band = [], []
    for users, figure in figures:
        if figure.value is None or figure.low is None or figure.high is None:
            continue
        points.append((float(users), round(figure.value, 3)))
        band.append((float(users), round(figure.low, 3), round(figure.high, 3)))
    return Series(label=label, points=tuple(points), band=tuple(band))


def _ends(series: Series) -> str:
    return f"{number(series.points[0][1], 2)} to {number(series.points[-1][1], 2)}"
