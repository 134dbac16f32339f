"""How good a ranking is, and whether one is better than another.

nDCG: Järvelin and Kekäläinen, ACM TOIS 20(4), 2002, with the discount log2(rank + 1) and the
grade itself as gain, as trec_eval computes `ndcg_cut`. Reciprocal rank: Voorhees, TREC-8, 1999.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

CUT = 10
"""Ranks that nDCG looks at."""
DEPTH = 100
"""Ranks that recall looks at."""
DRAWS = 4_000
Values = NDArray[np.float64]
"""One value a question."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95% interval."""

    mean: float
    low: float
    high: float


def ndcg(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return nDCG of the first CUT ranks, 0 to 1; `grades` holds an item of grade 1 or more."""
    gained = _discounted([grades.get(name, 0) for name in ranking[:CUT]])
    return gained / _discounted(sorted(grades.values(), reverse=True)[:CUT])


def recall(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the share of the judged items that are within the first DEPTH ranks."""
    return sum(name in grades for name in ranking[:DEPTH]) / len(grades)


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return 1 / rank of the first item with the highest grade, 0 where there is none."""
    best = max(grades.values())
    places = (place for place, name in enumerate(ranking, start=1) if grades.get(name) == best)
    return 1 / next(places, float("inf"))


def difference(one: Values, other: Values) -> Interval:
    """Return the mean of `one` - `other`, values of the same questions.

    The interval is a paired bootstrap: Efron and Tibshirani, 1993, chapter 13 (percentiles).
    """
    gains = one - other
    draws = np.random.default_rng(0).integers(0, len(gains), (DRAWS, len(gains)))
    low, high = np.percentile(gains[draws].mean(axis=1), [2.5, 97.5])
    return Interval(float(gains.mean()), float(low), float(high))


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
