"""The chart of cost over volume: one line an option, the break-even, the user."""

from __future__ import annotations

from agent.answer import Chart, Series
from agent.kinds.recommendation import Recommended
from agent.policy import Weighed
from agent.wording import usd


def cost_chart(found: Recommended, shown: list[Weighed]) -> Chart | None:
    """Return cost over volume for the options of the table."""
    if len(shown) < 2:
        return None
    job = found.job
    you = job.requests_per_day
    low, high = min(200.0, you / 10), max(400_000.0, you * 10)
    steps = 60
    volumes = [low * (high / low) ** (i / steps) for i in range(steps + 1)]
    series = tuple(
        Series(
            label=w.candidate.label.split(",")[0],
            verdict=w.candidate.verdict,
            points=tuple(
                (
                    round(v, 1),
                    round(
                        w.candidate.spend(job.with_value("requests_per_day", v)).usd_per_month, 2
                    ),
                )
                for v in volumes
            ),
        )
        for w in shown
    )
    crossing = _crossing(series)
    return Chart(
        kind="cost",
        series=series,
        you=you,
        break_even=crossing,
        alt="Cost a month over requests a day: "
        + "; ".join(
            f"{w.candidate.label.split(',')[0]} {usd(w.spend.usd_per_month)} at yours"
            for w in shown
        )
        + ".",
    )


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
