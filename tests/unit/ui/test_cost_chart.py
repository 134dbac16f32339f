"""The cost chart frames its lines, cuts what lies under the axis and has a table twin."""

from __future__ import annotations

import pytest

from agent.answer import Chart, Series
from ui.components.cost_chart import at, cost_chart, cost_table, frame

VOLUMES = tuple(200 * 1.2**i for i in range(42))
API = Series(label="API", verdict="ultra_large", points=tuple((v, 0.1 * v) for v in VOLUMES))
OWN = Series(label="Own", verdict="specialized", points=tuple((v, 1200.0) for v in VOLUMES))
CHART = Chart(kind="cost", series=(API, OWN), you=20000, break_even=12000)


def test_frame_is_whole_decades() -> None:
    box = frame(CHART)

    assert (box.bottom, box.top) == (10, 100_000)
    assert box.left == 200


def test_cost_between_points_follows_the_line() -> None:
    assert at(API, 20_000) == pytest.approx(2000)


def test_rules_carry_you_and_break_even() -> None:
    drawn = cost_chart(CHART, "light")

    assert drawn is not None
    words = str(drawn.to_dict())
    assert "You: 20,000" in words
    assert "Break-even: 12,000" in words


def test_nothing_is_drawn_without_a_line() -> None:
    assert cost_chart(Chart(kind="cost"), "dark") is None


def test_table_holds_the_volume_asked_about() -> None:
    assert "20,000" in cost_table(CHART)
