"""The fit behind the odds: weighted ridge regression on the logit scale, and its covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.optimize import minimize

from agent.core.features import Array, Case, Layout
from agent.core.learning_curve import shares
from knowledge.schema import Comparison

RELIABILITY = {"high": 1.0, "medium": 0.8, "low": 0.4}


CURVE_WEIGHT = 1.2
"""Weight of each point of the published learning curve, in comparisons."""


@dataclass(frozen=True, slots=True)
class Row:
    """One published comparison, with its study and its features' case."""

    study: str
    comparison: Comparison
    case: Case


def fit_odds(rows: Sequence[Row], layout: Layout) -> tuple[Array, Array]:
    """Return weights (size,) and their covariance (size, size) by Laplace's approximation."""
    per_paper: dict[str, int] = {}
    for row in rows:
        per_paper[row.study] = per_paper.get(row.study, 0) + 1
    x = [layout.row(row.case) for row in rows]
    y = [0.0 if row.comparison.winner == "ultra_large" else 1.0 for row in rows]
    w = [RELIABILITY[row.comparison.reliability] / sqrt(per_paper[row.study]) for row in rows]
    for point in shares():
        x.append(layout.row(Case("task", None, None, point.examples, None)))
        y.append(point.share)
        w.append(CURVE_WEIGHT)
    features, target, weight = np.array(x), np.array(y), np.array(w)
    ridge = layout.ridge()

    def loss(beta: Array) -> tuple[float, Array]:
        z = features @ beta
        p = 1 / (1 + np.exp(-z))
        value = np.sum(weight * (np.logaddexp(0, z) - target * z)) + 0.5 * ridge @ beta**2
        return float(value), features.T @ (weight * (p - target)) + ridge * beta

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * layout.size
    bounds[layout.curve_column] = (0.0, None)
    result = minimize(loss, np.zeros(layout.size), jac=True, method="L-BFGS-B", bounds=bounds)
    p = 1 / (1 + np.exp(-(features @ result.x)))
    hessian = (features.T * (weight * p * (1 - p))) @ features + np.diag(ridge)
    return result.x, np.asarray(np.linalg.inv(hessian), dtype=np.float64)
