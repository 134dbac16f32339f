"""What charts of answers draw: exact steps and crossings, ranges, and where the memory ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from answering import MakeTurn, answered

from agent.answer import Answer, Chart
from agent.core.estimate import estimate
from agent.profile import Profile

LOAD = Profile(requests_per_day=50_000, input_tokens=1000, output_tokens=200)
L40S = (("hardware/nvidia-l40s", 1),)


def chart_of(answer: Answer) -> Chart:
    assert answer.chart is not None
    return answer.chart


@pytest.fixture
def cost(turn_for: MakeTurn) -> Chart:
    return chart_of(
        answered(
            turn_for,
            "What does it cost?",
            intent="cost",
            models=("models/gpt-4.1",),
            parameters_b=8.0,
            hardware=L40S,
            patch=LOAD,
        )
    )


@pytest.fixture
def speed(turn_for: MakeTurn) -> Chart:
    return chart_of(
        answered(
            turn_for,
            "How fast is Llama 3.1 8B on a RTX 4090 for 12 users?",
            intent="speed",
            models=("models/llama-3.1-8b",),
            hardware=(("hardware/nvidia-rtx-4090", 1),),
            concurrency=12,
        )
    )


def at(chart: Chart, label: str, volume: float) -> float:
    points = next(series.points for series in chart.series if series.label == label)
    (x0, y0), (x1, y1) = next(pair for pair in pairwise(points) if pair[1][0] >= volume)
    return y0 + (y1 - y0) * (volume - x0) / (x1 - x0)


def test_lines_meet_at_the_break_even_of_the_answer(cost: Chart) -> None:
    first, second = (series.label for series in cost.series)
    assert cost.break_even is not None

    assert at(cost, first, cost.break_even) == pytest.approx(
        at(cost, second, cost.break_even), rel=0.01
    )


def test_own_machines_rise_in_whole_steps(cost: Chart) -> None:
    own = next(series for series in cost.series if series.band)
    upright = [
        (y0, y1) for (x0, y0), (x1, y1) in pairwise(own.points) if x1 / x0 < 1.001 and y1 > y0
    ]

    assert len(upright) >= 2
    assert all(
        y1 - y0 == pytest.approx(upright[0][1] - upright[0][0], rel=0.01) for y0, y1 in upright
    )


def test_only_what_runs_by_the_token_has_no_range(cost: Chart) -> None:
    for series in cost.series:
        assert bool(series.band) == (series.verdict != "ultra_large")
        assert all(
            low < y < high
            for (_, y), (_, low, high) in zip(series.points, series.band, strict=False)
        )


def test_speed_is_drawn_to_where_the_memory_ends(speed: Chart) -> None:
    each, together = speed.series

    assert each.points[0][0] == 1
    assert each.points[-1][0] == together.points[-1][0] == speed.limit
    assert speed.you == 12
    assert 12 in dict(each.points)


def test_drawn_speeds_are_estimates_with_their_interval(speed: Chart) -> None:
    same = estimate("Llama 3.1 8B", "RTX 4090", 1, "16 bit", 12, 1536, 512)
    drawn = {x: (low, high) for x, low, high in speed.series[0].band}[12]

    assert drawn == pytest.approx((same.decode_tok_s.low, same.decode_tok_s.high), rel=1e-3)


def test_memory_is_drawn_by_part_against_what_is_usable(turn_for: MakeTurn) -> None:
    chart = chart_of(
        answered(
            turn_for,
            "Does Llama 3.3 70B fit one H100 at 4 bit?",
            intent="fit",
            models=("models/llama-3.3-70b",),
            hardware=(("hardware/nvidia-h100-sxm", 1),),
            precision="4bit",
        )
    )
    low, high = chart.needed or (0, 0)

    assert [name for name, _ in chart.parts] == ["Weights", "KV cache", "Engine"]
    assert low < sum(size for _, size in chart.parts) < high
    assert chart.full is not None
    assert chart.limit is not None
    assert chart.limit < chart.full
