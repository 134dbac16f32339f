"""Fit the estimator's terms to measured rows: one regularised model, pooled over groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.core import speed
from agent.core.rates import STYLES, TERMS, levels, style_of
from agent.core.speed import Load
from evals.estimates.cases import Case

Array = NDArray[np.float64]
PRIORS: dict[str, tuple[float, float, dict[str, float]]] = {
    "bandwidth_share": (
        1.4,
        0.7,
        {
            "family": 0.3,
            "product": 0.4,
            "class": 0.2,
            "pair": 0.15,
            "device": 0.25,
            "version": 0.2,
            "format": 0.3,
        },
    ),
    "bandwidth_share_by_bandwidth": (0.0, 0.3, {}),
    "bandwidth_share_moe": (0.0, 0.3, {}),
    "layer_s": (
        math.log(80e-6),
        0.7,
        {
            "style": 1.0,
            "product": 0.4,
            "class": 0.2,
            "pair": 0.15,
            "device": 0.25,
            "version": 0.3,
            "style_format": 0.4,
            "era": 0.6,
        },
    ),
    "layer_s_by_bandwidth": (0.0, 0.3, {}),
    "layer_s_hybrid": (0.3, 0.4, {}),
    "cache_cost": (0.2, 0.4, {"style": 0.4, "class": 0.4}),
    "router_s": (math.log(40e-6), 0.7, {"product": 0.4, "class": 0.5}),
    "expert_s": (math.log(90e-6), 0.3, {}),
    "step_s": (math.log(2e-4), 0.7, {}),
    "stream_s": (math.log(1e-5), 0.7, {"product": 0.5, "version": 0.3}),
    "compute_share": (0.0, 0.7, {"product": 0.4, "class": 0.3, "device": 0.3, "version": 0.3}),
    "attention_compute_share": (-0.5, 0.5, {}),
    "prompt_share": (
        -1.0,
        0.5,
        {
            "style": 0.4,
            "product": 0.3,
            "class": 0.5,
            "pair": 0.3,
            "device": 0.35,
            "version": 0.3,
            "format": 0.3,
        },
    ),
    "prompt_share_by_peak": (-0.2, 0.3, {"style": 0.3}),
    "prompt_share_moe": (-0.7, 0.5, {"class": 0.3, "style": 0.3}),
    "prompt_share_by_expert_tokens": (0.1, 0.2, {}),
    "prompt_attention": (-1.0, 0.6, {"style": 0.4, "class": 0.4}),
    "narrow_peak": (-0.3, 0.5, {}),
    "allreduce_s_fast": (math.log(12e-6), 0.5, {}),
    "allreduce_s_slow": (math.log(30e-6), 0.5, {}),
    "link_gb_s_fast": (math.log(200.0), 0.5, {"version": 0.4, "product": 0.4}),
    "link_gb_s_slow": (math.log(15.0), 0.5, {"version": 0.4, "product": 0.4, "device": 0.3}),
    "hop_s": (math.log(3e-4), 1.0, {}),
    "split_cost": (0.0, 0.2, {"era": 0.4}),
    "split_gain": (0.6, 0.5, {}),
    "overlap": (math.log(2.0), 0.4, {}),
    "eager_overlap": (math.log(3.0), 0.2, {}),
    "chunk_cost": (0.0, 0.5, {}),
}
"""For each term: what it is before any measurement, how far that may be off, and how far the levels
of each group may lie from it. Shares as log-odds or logarithms, times as logarithms of seconds."""
EXPECTED = {("layer_s", "style_format", "eager/quantized"): 0.3}
"""Levels that are expected off zero: eager engines launch extra kernels for quantized layers."""
ERRORS = {"decode": 0.10, "prefill": 0.25, "throughput": 0.30}
"""Error that a row of each kind is taken to have, on a log scale: its weight in the fit."""
STEP = 1e-5
ROUNDS = 40
SETTLED = {"whole": 1e-3, "part": 0.03}
"""Gain of a round in the cost below which a fit is taken as settled, from the priors and from the
fit of all cases."""
ENOUGH = 25
"""Rows that a style of engine needs for an interval of its own."""
COVERED = 0.8


class Fit:
    """Cases as arrays, and the parameters of all terms over them."""

    def __init__(self, cases: Sequence[Case]) -> None:
        """Lay out the cases: figures as arrays, and which parameters each case uses."""
        self.cases = cases
        self.names = tuple(TERMS)
        self._index: dict[tuple[str, str, str], int] = {}
        means: list[float] = []
        deviations: list[float] = []
        rows: list[int] = []
        columns: list[int] = []
        terms: list[int] = []
        at = [{**_levels(case), "era": case.era} for case in cases]
        for position, name in enumerate(self.names):
            mean, deviation, groups = PRIORS[name]
            for group in ("", *TERMS[name]):
                for row, level in enumerate(at):
                    value = level[group] if group else ""
                    if group and not value:
                        continue
                    key = (name, group, value)
                    if key not in self._index:
                        self._index[key] = len(means)
                        means.append(EXPECTED.get(key, 0.0) if group else mean)
                        deviations.append(groups[group] if group else deviation)
                    rows.append(row)
                    columns.append(self._index[key])
                    terms.append(position)
        self._means, self._deviations = np.array(means), np.array(deviations)
        self._rows, self._columns, self._terms = np.array(rows), np.array(columns), np.array(terms)
        self._measured = np.log([case.value for case in cases])
        self._error = np.array([ERRORS[case.kind] for case in cases])

    @cached_property
    def _load(self) -> Any:
        """One load whose figures are arrays over the cases."""
        figures = {
            field.name: np.array([getattr(case.load, field.name) for case in self.cases], float)
            for field in fields(Load)
        }
        return Load(**figures)  # type: ignore[arg-type]

    @cached_property
    def _kinds(self) -> dict[str, NDArray[np.bool_]]:
        kinds = np.array([case.kind for case in self.cases])
        return {kind: kinds == kind for kind in ERRORS}

    @cached_property
    def _steps_only(self) -> NDArray[np.bool_]:
        return np.array([case.decode_only for case in self.cases])

    def terms(self, parameters: Array) -> dict[str, Array]:
        """Return every term's value in every case."""
        values = np.zeros((len(self.names), len(self.cases)))
        np.add.at(values, (self._terms, self._rows), parameters[self._columns])
        return dict(zip(self.names, values, strict=True))

    def predicted(self, terms: dict[str, Array]) -> Array:
        """Return the predicted figure of every case, in tokens/s."""
        load, rates = self._load, terms
        step = speed.step_s(load, rates)  # type: ignore[arg-type]
        prompt = speed.prompt_s(load, rates)  # type: ignore[arg-type]
        round_s = load.streams * prompt + load.output * step
        together = load.replicas * load.streams * load.output / round_s
        batch = np.where(self._steps_only, load.streams / step, together)
        kinds = self._kinds
        prompts = np.where(kinds["prefill"], load.prompt / prompt, batch)
        return np.asarray(np.where(kinds["decode"], 1 / step, prompts))

    def solve(self, used: NDArray[np.bool_], start: Array | None = None) -> Array:
        """Return the parameters that fit the `used` cases best.

        Damped Gauss-Newton on pseudo-Huber log errors with a normal prior for every parameter.
        """
        parameters = (self._means if start is None else start).copy()
        damping = 1e-3
        settled = SETTLED["whole" if start is None else "part"]
        residual = self._residual(self.terms(parameters))
        cost = self._cost(residual, parameters, used)
        precision = 1 / self._deviations**2
        for _ in range(ROUNDS):
            slope = self._slope(parameters, residual)
            weight = used / np.sqrt(1 + residual**2)
            curvature = slope.T @ (slope * weight[:, None]) + np.diag(precision)
            push = -(slope.T @ (weight * residual)) - (parameters - self._means) * precision
            improved = False
            for _ in range(8):
                move = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), push)
                new = parameters + move
                new_residual = self._residual(self.terms(new))
                new_cost = self._cost(new_residual, new, used)
                if math.isfinite(new_cost) and new_cost < cost:
                    improved = True
                    break
                damping *= 10
            if not improved:
                break
            gain, parameters, residual, cost = cost - new_cost, new, new_residual, new_cost
            damping = max(damping / 5, 1e-6)
            if gain < settled:
                break
        return parameters

    def _residual(self, terms: dict[str, Array]) -> Array:
        return np.asarray((np.log(self.predicted(terms)) - self._measured) / self._error)

    def _cost(self, residual: Array, parameters: Array, used: NDArray[np.bool_]) -> float:
        fit = 2 * np.sum(np.sqrt(1 + residual[used] ** 2) - 1)
        return float(fit + np.sum(((parameters - self._means) / self._deviations) ** 2))

    def _slope(self, parameters: Array, residual: Array) -> Array:
        """Return the derivative of every residual: by term, then spread over its parameters."""
        terms = self.terms(parameters)
        by_term = np.empty((len(self.names), len(self.cases)))
        for position, name in enumerate(self.names):
            moved = {**terms, name: terms[name] + STEP}
            by_term[position] = (self._residual(moved) - residual) / STEP
        slope = np.zeros((len(self.cases), len(self._means)))
        np.add.at(slope, (self._rows, self._columns), by_term[self._terms, self._rows])
        return slope

    def named(self, parameters: Array) -> dict[str, dict[str, float]]:
        """Return the parameters by term and level, as `data/rates.json` holds them."""
        out: dict[str, dict[str, float]] = {name: {} for name in self.names}
        for (name, group, level), index in self._index.items():
            if group == "era":
                continue
            value = round(float(parameters[index]), 4)
            out[name][f"{group}:{level}" if group else ""] = value
        return out


def left_out(fit: Fit, key: str, start: Array) -> Array:
    """Return predictions of every case by fits that never saw its device or its model.

    `key` is "device" or "model".
    """
    labels = np.array([getattr(case, key) for case in fit.cases])
    out = np.zeros(len(labels))
    for label in sorted(set(labels)):
        held = labels == label
        parameters = fit.solve(~held, start)
        out[held] = fit.predicted(fit.terms(parameters))[held]
    return out


def spreads(cases: Sequence[Case], held: Mapping[str, Array]) -> dict[str, dict[str, float]]:
    """Return half the 80% interval of each kind, on a log scale, as `rates.Spread` holds them.

    `held` are the predictions of fits that did not see the case's "device" or its "model".
    """
    measured = np.log([case.value for case in cases])
    errors = {key: np.abs(np.log(one) - measured) for key, one in held.items()}
    both = np.concatenate(list(errors.values()))
    kinds = np.array([case.kind for case in cases])
    styles = np.array([style_of(case.setup.engine.family) for case in cases])
    alone = _alone(cases)
    out: dict[str, dict[str, float]] = {}
    for kind in ERRORS:
        of_kind = kinds == kind
        out[kind] = {
            "": _reach(both[np.tile(of_kind, len(held))]),
            "unmeasured": _reach(errors["device"][of_kind & alone]),
        }
        for style in STYLES:
            chosen = of_kind & (styles == style)
            if chosen.sum() >= ENOUGH:
                out[kind][style] = _reach(both[np.tile(chosen, len(held))])
    return out


def _reach(errors: Array) -> float:
    return round(float(np.quantile(errors, COVERED)), 3)


def _alone(cases: Sequence[Case]) -> NDArray[np.bool_]:
    """Return which cases lose every row of their engine and class with their device."""
    seen: dict[str, set[str]] = {}
    pairs = [_levels(case)["pair"] for case in cases]
    for pair, case in zip(pairs, cases, strict=True):
        seen.setdefault(pair, set()).add(case.device)
    return np.array([len(seen[pair]) == 1 for pair in pairs])


def _levels(case: Case) -> dict[str, str]:
    return levels(case.setup.engine, case.setup.hardware, case.setup.precision)
