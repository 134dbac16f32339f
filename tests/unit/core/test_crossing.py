"""Where the cheaper of two routes changes: solved to the step, on both sides costed again."""

from __future__ import annotations

from math import ceil

import pytest

from agent.core.crossing import BreakEven, Cost, break_even
from agent.errors import InputError


def stairs(each: float, step: float, base: float = 0.0) -> Cost:
    return lambda volume: base + each * max(1, ceil(volume / step))


def line(slope: float, base: float = 0.0) -> Cost:
    return lambda volume: base + slope * volume


def test_two_lines_meet_once() -> None:
    found = break_even(line(0.3), line(0.0, 300))
    assert found == BreakEven(pytest.approx(1000, rel=1e-3), None, pytest.approx(1000, rel=1e-3))


@pytest.mark.parametrize(
    ("a", "b"),
    [(line(0.1), line(0.1, 1)), (line(0.1), line(0.1)), (stairs(9, 100), stairs(9, 100))],
)
def test_what_never_changes_places_has_none(a: Cost, b: Cost) -> None:
    assert break_even(a, b) is None


def test_a_further_device_turns_it_round_for_a_while() -> None:
    # 0.11 a request against 100 for each 1,000: dearer from 909, cheaper again from 1,000 to 1,818
    found = break_even(line(0.11), stairs(100, 1000))
    assert found is not None
    assert found.first == pytest.approx(909.1, rel=1e-3)
    assert found.second == pytest.approx(1000, rel=1e-3)
    # k steps cost 100 k from 1,000 (k - 1) on, where the line is at 110 (k - 1): above from k = 11
    assert found.last == pytest.approx(100 * 10 / 0.11, rel=1e-3)


@pytest.mark.parametrize("slope", [0.0004, 0.0021, 0.013, 0.4])
@pytest.mark.parametrize("step", [700.0, 19_000.0, 3.3e6])
@pytest.mark.parametrize("base", [0.0, 1500.0])
def test_both_sides_of_every_break_even_are_as_said(slope: float, step: float, base: float) -> None:
    a, b = line(slope), stairs(720, step, base)
    found = break_even(a, b)
    if found is None:
        assert all(a(10 ** (i / 50)) <= b(10 ** (i / 50)) for i in range(400))
        return
    for volume in filter(None, (found.first, found.second, found.last)):
        below, above = volume * 0.999, volume * 1.001
        assert (a(below) > b(below)) != (a(above) > b(above))
    assert all(
        a(found.first * 0.99 ** (i + 1)) <= b(found.first * 0.99 ** (i + 1)) for i in range(99)
    )
    beyond = [found.last * 1.01 ** (i + 1) for i in range(300)]
    assert len({a(v) > b(v) for v in beyond if v <= 1e8}) <= 1


def test_a_change_outside_the_range_is_not_reported() -> None:
    assert break_even(line(1), line(0, 1000), low=1, high=999) is None
    assert break_even(line(1), line(0, 1000), low=1, high=2000) is not None


@pytest.mark.parametrize(("low", "high"), [(0, 10), (-5, 10), (10, 10), (float("nan"), 10)])
def test_a_range_without_a_start_is_refused(low: float, high: float) -> None:
    with pytest.raises(InputError, match="positive and rising"):
        break_even(line(1), line(0, 1), low=low, high=high)
