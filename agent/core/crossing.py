"""At which volume does the cheaper of two routes change? Solved on staircases, not scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, isclose, log

from agent.errors import InputError

Cost = Callable[[float], float]
NARROW = 1e-4
"""Logarithm of the ratio of volumes that count as one: a hundredth of a percent."""
MOST = 20_000


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Volumes at which the cheaper route changes: the first, the second, and the last of all.

    Between whole devices it may change back; from `last` on it stays. With one change, `second` is
    None and `last` is `first`.
    """

    first: float
    second: float | None
    last: float


def break_even(a: Cost, b: Cost, *, low: float = 1.0, high: float = 1e8) -> BreakEven | None:
    """Return where the cheaper of two routes changes, or None where it never does.

    Both are functions from requests a day to USD that never fall: straight, with steps where a
    device is added. A stretch holds no change where the one costs less at its end than the other at
    its beginning, or where both run straight and the same one is dearer at both ends; any other is
    halved until it is as narrow as `NARROW`. Where steps are so many and so level that `MOST`
    points do not settle it, what is left is judged by its ends.

    Raises:
        InputError: if the range is not positive and rising.
    """
    if not 0 < low < high:
        raise InputError(f"The range must be positive and rising, not {low!r} to {high!r}.")
    pair = _Pair(a, b)
    rising = _changes(pair, log(low), log(high), upwards=True)
    first = next(rising, None)
    if first is None:
        return None
    second = next(rising, None)
    last = next(_changes(pair, log(low), log(high), upwards=False))
    return BreakEven(exp(first), None if second is None else exp(second), exp(last))


class _Pair:
    """Both costs at the logarithm of a volume, each worked out once."""

    def __init__(self, a: Cost, b: Cost) -> None:
        self._a, self._b = a, b
        self._known: dict[float, tuple[float, float]] = {}

    @property
    def is_spent(self) -> bool:
        return len(self._known) >= MOST

    def at(self, point: float) -> tuple[float, float]:
        if point not in self._known:
            volume = exp(point)
            self._known[point] = (self._a(volume), self._b(volume))
        return self._known[point]

    def is_straight(self, low: float, high: float) -> bool:
        """Tell whether both costs lie on a line at the ends and in the middle, by volume."""
        middle = (low + high) / 2
        share = (exp(middle) - exp(low)) / (exp(high) - exp(low))
        return all(
            isclose(between, start + share * (end - start), rel_tol=1e-9)
            for start, between, end in zip(
                self.at(low), self.at(middle), self.at(high), strict=True
            )
        )


def _changes(pair: _Pair, low: float, high: float, *, upwards: bool) -> Iterator[float]:
    """Yield the logarithms of the volumes at which the sign of the difference changes."""
    (a_low, b_low), (a_high, b_high) = pair.at(low), pair.at(high)
    if a_low > b_high or b_low > a_high:
        return
    changes = (a_low > b_low) != (a_high > b_high)
    if not changes and (pair.is_spent or pair.is_straight(low, high)):
        return
    middle = (low + high) / 2
    if high - low <= NARROW or pair.is_spent:
        if changes:
            yield middle
        return
    halves = ((low, middle), (middle, high))
    for start, end in halves if upwards else reversed(halves):
        yield from _changes(pair, start, end, upwards=upwards)
