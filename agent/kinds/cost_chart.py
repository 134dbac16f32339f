"""The chart of cost over volume: a line an option, steps at whole devices, crossings, the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import exp, sqrt

from agent.answer import Chart, Series
from agent.job import Job
from agent.policy import COST_SPREAD, Candidate
from agent.wording import number, usd

POINTS = 60
NARROW = 1 + 1e-4
"""A step is found to a hundredth of a percent of its volume."""
SHOWN = 2
"""More crossings than these are not marked."""
Cost = Callable[[float], float]


def cost_chart(
    candidates: Sequence[Candidate],
    job: Job,
    break_even: float | None = None,
    *,
    years: float | None = None,
) -> Chart | None:
    """Return cost a month over requests a day, or None for fewer than two candidates.

    With `years` the one-time cost is spread over them. The band of what does not run by the token
    is the 80% interval of costs that the policy reckons with. `break_even` is one solved before.
    """
    if len(candidates) < 2:
        return None
    you = job.requests_per_day
    low, high = min(200.0, you / 10), max(400_000.0, you * 10)
    costs = [_cost(candidate, job, years) for candidate in candidates]
    volumes = _volumes(candidates, job, low, high)
    series = tuple(
        _series(candidate, cost, volumes) for candidate, cost in zip(candidates, costs, strict=True)
    )
    told = "; ".join(f"{s.label} {usd(cost(you))}" for s, cost in zip(series, costs, strict=True))
    spread = f", one-time cost spread over {number(years)} years" if years else ""
    return Chart(
        kind="cost",
        series=series,
        you=you,
        break_even=break_even,
        y_name=f"USD a month{spread}",
        alt=f"Cost a month over requests a day{spread}. At {number(you)} a day: {told}.",
    )


def with_crossing(chart: Chart | None) -> Chart | None:
    """Return the chart with the volumes at which its first line meets a large model's, if any.

    The first is the break-even; a line of whole devices may meet another line again.
    """
    if chart is None:
        return None
    found = _crossings(chart.series)
    words = "; ".join(number(volume) for volume in found)
    last = f"The lines cross at {words} a day." if found else _never(chart)
    return chart.model_copy(
        update={
            "break_even": found[0] if found else None,
            "crosses_again": found[1] if len(found) > 1 else None,
            "alt": f"{chart.alt} {last}",
        }
    )


def _never(chart: Chart) -> str:
    most = chart.series[0].points[-1][0]
    return f"The lines do not cross up to {number(most)} a day."


def _cost(candidate: Candidate, job: Job, years: float | None) -> Cost:
    """Return USD a month of `candidate` as a function of requests a day."""

    def cost(volume: float) -> float:
        spend = candidate.spend(job.with_value("requests_per_day", volume))
        once = spend.usd_one_time / (12 * years) if years else 0.0
        return spend.usd_per_month + once

    return cost


def _series(candidate: Candidate, cost: Cost, volumes: Sequence[float]) -> Series:
    points = tuple((round(v, 2), round(cost(v), 2)) for v in volumes)
    spread = exp(COST_SPREAD * 1.2816) if candidate.route != "api" else None
    return Series(
        label=candidate.label.split(",")[0],
        verdict=candidate.verdict,
        points=points,
        band=tuple((x, round(y / spread, 2), round(y * spread, 2)) for x, y in points)
        if spread
        else (),
    )


def _volumes(
    candidates: Sequence[Candidate], job: Job, low: float, high: float
) -> tuple[float, ...]:
    """Return points even on a log scale, and both sides of every single step between them."""
    even = [low * (high / low) ** (i / POINTS) for i in range(POINTS + 1)]
    found = set(even)
    for candidate in candidates:
        counts = _counts(candidate, job)
        for left, right in pairwise(even):
            if counts(right) - counts(left) == 1:
                found.update(_step(counts, left, right))
    return tuple(sorted(found))


def _counts(candidate: Candidate, job: Job) -> Callable[[float], int]:
    """Return how many devices `candidate` pays for as a function of requests a day."""
    return lambda v: candidate.spend(job.with_value("requests_per_day", v)).devices or 0


def _step(counts: Callable[[float], int], left: float, right: float) -> tuple[float, float]:
    """Return the volumes just before and just after the count rises, by halving."""
    before = counts(left)
    while right / left > NARROW:
        middle = sqrt(left * right)
        if counts(middle) == before:
            left = middle
        else:
            right = middle
    return left, right


def _crossings(series: tuple[Series, ...]) -> tuple[float, ...]:
    """Return where the first line and the nearest large model's cross, at most `SHOWN` of them.

    Between points both lines run straight, so that the crossing is exact.
    """
    first = series[0]
    other = next((s for s in series if s.verdict == "ultra_large" and s is not first), series[1])
    found = []
    for (x0, a0), (x1, a1), (_, b0), (_, b1) in zip(
        first.points, first.points[1:], other.points, other.points[1:], strict=False
    ):
        if (a0 - b0) * (a1 - b1) < 0:
            share = (a0 - b0) / ((a0 - b0) - (a1 - b1))
            found.append(float(round(x0 + share * (x1 - x0))))
    return tuple(found[:SHOWN])
