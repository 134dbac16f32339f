"""The chart of cost over volume: a line an option, steps at whole devices, crossings, the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import exp, sqrt

from agent.answer import Chart, Series
from agent.core.spend import Spend
from agent.job import Job
from agent.policy import COST_SPREAD, Candidate
from agent.wording import number, usd

POINTS = 60
NARROW = 1 + 1e-4
"""A step is found to a hundredth of a percent of its volume."""
TO_80 = 1.2816
"""An 80% interval reaches so many standard deviations either way."""
SHOWN = 2
"""More crossings than these are not marked."""
Monthly = Callable[[Spend], float]


def cost_chart(
    candidates: Sequence[Candidate],
    job: Job,
    break_even: float | None = None,
    *,
    monthly: Monthly = lambda spend: spend.usd_per_month,
    y_name: str = "USD a month",
    again: float | None = None,
) -> Chart | None:
    """Return cost a month over requests a day, or None for fewer than two candidates.

    `monthly` says what counts and `y_name` says it in words; a `break_even` solved before lies
    where the lines cross only if it counts the same, and so does the next one, `again`. The band of
    what does not run by the token is the 80% interval of costs that the policy reckons with.
    """
    if len(candidates) < 2:
        return None
    you = job.requests_per_day
    low, high = min(200.0, you / 10), max(400_000.0, you * 10)
    volumes = _volumes(candidates, job, low, high)
    series = tuple(_series(candidate, job, monthly, volumes) for candidate in candidates)
    told = "; ".join(
        f"{_name(candidate)} {usd(monthly(_spend(candidate, job, you)))}"
        for candidate in candidates
    )
    return Chart(
        kind="cost",
        series=series,
        you=you,
        break_even=break_even,
        crosses_again=again,
        y_name=y_name,
        alt=f"{y_name} over requests a day. At {number(you)} a day: {told}.",
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


def _name(candidate: Candidate) -> str:
    return candidate.label.split(",")[0]


def _spend(candidate: Candidate, job: Job, volume: float) -> Spend:
    return candidate.spend(job.with_value("requests_per_day", volume))


def _series(candidate: Candidate, job: Job, monthly: Monthly, volumes: Sequence[float]) -> Series:
    costs = [(v, monthly(_spend(candidate, job, v))) for v in volumes]
    spread = exp(COST_SPREAD * TO_80)
    ranged = costs if candidate.route != "api" else []
    return Series(
        label=_name(candidate),
        verdict=candidate.verdict,
        points=tuple((round(x, 2), round(y, 2)) for x, y in costs),
        band=tuple((round(x, 2), round(y / spread, 2), round(y * spread, 2)) for x, y in ranged),
    )


def _volumes(
    candidates: Sequence[Candidate], job: Job, low: float, high: float
) -> tuple[float, ...]:
    """Return points even on a log scale, and both sides of every lone step between two of them."""
    even = [low * (high / low) ** (i / POINTS) for i in range(POINTS + 1)]
    found = set(even)
    for candidate in candidates:
        counts = _counts(candidate, job)
        for left, right in pairwise(even):
            if counts(left) != counts(right):
                before, after = _step(counts, left, right)
                found |= {before, after} if counts(after) == counts(right) else set()
    return tuple(sorted(found))


def _counts(candidate: Candidate, job: Job) -> Callable[[float], int]:
    """Return how many devices `candidate` pays for as a function of requests a day."""
    return lambda volume: _spend(candidate, job, volume).devices or 0


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
