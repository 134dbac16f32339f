"""The chart of cost over volume: one line an option, the break-even, the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from agent.answer import Chart, Series
from agent.core.spend import Spend
from agent.job import Job
from agent.policy import Candidate
from agent.wording import usd

STEPS = 60
MOST_JUMPS = 30
"""Steps of whole devices that are drawn upright; beyond these they are too near to tell apart."""
Monthly = Callable[[Spend], float]


def cost_chart(
    candidates: Sequence[Candidate],
    job: Job,
    break_even: float | None = None,
    *,
    monthly: Monthly = lambda spend: spend.usd_per_month,
) -> Chart | None:
    """Return cost a month over requests a day, or None for fewer than two candidates.

    `monthly` says what counts; a break-even lies where the lines cross only if it counts the same.
    """
    if len(candidates) < 2:
        return None
    you = job.requests_per_day
    low, high = min(200.0, you / 10), max(400_000.0, you * 10)
    even = [low * (high / low) ** (i / STEPS) for i in range(STEPS + 1)]
    jumps = sorted(v for c in candidates for v in _jumps(c, job, even))
    volumes = sorted([*even, *(side for jump in jumps[:MOST_JUMPS] for side in _sides(jump))])

    def cost(candidate: Candidate, volume: float) -> float:
        return monthly(_spend(candidate, job, volume))

    costs = "; ".join(f"{_name(c)} {usd(cost(c, you))} at yours" for c in candidates)
    return Chart(
        kind="cost",
        series=tuple(
            Series(
                label=_name(candidate),
                verdict=candidate.verdict,
                points=tuple((round(v, 1), round(cost(candidate, v), 2)) for v in volumes),
            )
            for candidate in candidates
        ),
        you=you,
        break_even=break_even,
        alt=f"Cost a month over requests a day: {costs}.",
    )


def _sides(volume: float) -> tuple[float, float]:
    return volume * (1 - 1e-9), volume * (1 + 1e-9)


def _jumps(candidate: Candidate, job: Job, volumes: Sequence[float]) -> list[float]:
    """Return the volumes at which a device is added, where one is between two of `volumes`."""
    found: list[float] = []
    for start, end in pairwise(volumes):
        few, many = (_spend(candidate, job, v).devices or 0 for v in (start, end))
        if few == many or len(found) >= MOST_JUMPS:
            continue
        low, high = start, end
        while high / low > 1 + 1e-10:
            middle = (low * high) ** 0.5
            more = (_spend(candidate, job, middle).devices or 0) > few
            low, high = (low, middle) if more else (middle, high)
        found.append(high)
    return found


def with_crossing(chart: Chart | None) -> Chart | None:
    """Return the chart with the volume marked at which its first line meets a large model's."""
    if chart is None:
        return None
    return chart.model_copy(update={"break_even": _crossing(chart.series)})


def _name(candidate: Candidate) -> str:
    return candidate.label.split(",")[0]


def _spend(candidate: Candidate, job: Job, volume: float) -> Spend:
    return candidate.spend(job.with_value("requests_per_day", volume))


def _crossing(series: tuple[Series, ...]) -> float | None:
    """Return where the first line and the nearest large-model line cross, if they do."""
    first = series[0]
    other = next((s for s in series if s.verdict == "ultra_large" and s is not first), None)
    if other is None:
        other = series[1]
    for (x0, a0), (x1, a1), (_, b0), (_, b1) in zip(
        first.points, first.points[1:], other.points, other.points[1:], strict=False
    ):
        if (a0 - b0) * (a1 - b1) < 0:
            share = (a0 - b0) / ((a0 - b0) - (a1 - b1))
            return float(round(x0 * (x1 / x0) ** share))
    return None
