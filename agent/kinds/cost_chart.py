"""The chart of cost over volume: one line an option, the break-even, the user."""

from __future__ import annotations

from collections.abc import Sequence

from agent.answer import Chart, Series
from agent.job import Job
from agent.policy import Candidate
from agent.wording import usd

STEPS = 60


def cost_chart(
    candidates: Sequence[Candidate], job: Job, break_even: float | None = None
) -> Chart | None:
    """Return cost a month over requests a day, or None for fewer than two candidates."""
    if len(candidates) < 2:
        return None
    you = job.requests_per_day
    low, high = min(200.0, you / 10), max(400_000.0, you * 10)
    volumes = [low * (high / low) ** (i / STEPS) for i in range(STEPS + 1)]
    costs = "; ".join(f"{_name(c)} {usd(_monthly(c, job, you))} at yours" for c in candidates)
    return Chart(
        kind="cost",
        series=tuple(
            Series(
                label=_name(candidate),
                verdict=candidate.verdict,
                points=tuple((round(v, 1), round(_monthly(candidate, job, v), 2)) for v in volumes),
            )
            for candidate in candidates
        ),
        you=you,
        break_even=break_even,
        alt=f"Cost a month over requests a day: {costs}.",
    )


def with_crossing(chart: Chart | None) -> Chart | None:
    """Return the chart with the volume marked at which its first line meets a large model's."""
    if chart is None:
        return None
    return chart.model_copy(update={"break_even": _crossing(chart.series)})


def _name(candidate: Candidate) -> str:
    return candidate.label.split(",")[0]


def _monthly(candidate: Candidate, job: Job, volume: float) -> float:
    return candidate.spend(job.with_value("requests_per_day", volume)).usd_per_month


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
