"""Fit the coefficients of the training model to measured rows, and hold rows out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from agent.core.efficiency import device_class
from agent.core.resolving import hardware_of
from agent.core.training_fit import Coefficients
from agent.core.training_memory import training_memory
from agent.core.training_speed import LinkedCard, link_of, tokens_per_second
from evals.training.rows import Row

PRIOR: dict[str, Any] = {
    "activation_scale": 1.0,
    "compiled_scale": 0.75,
    "logits_bytes": 10.0,
    "fused_bytes": 1.5,
    "fixed_gb": 0.5,
    "method_products": {"adapter": 0.0, "adapter_v2": 0.5},
    "runtime_share": {
        "transformers": 0.06,
        "deepspeed": 0.1,
        "torchtune": 0.03,
        "litgpt": 0.03,
        "unsloth": 0.06,
    },
    "sharded_gb": {"transformers": 3.0, "deepspeed": 5.0, "torchtune": 2.0},
    "mfu": 0.5,
    "device_factor": {"datacentre": 1.0, "workstation": 1.15, "geforce": 1.4},
    "engine_factor": {
        "transformers": 0.9,
        "deepspeed": 0.9,
        "torchtune": 1.1,
        "torchtune-eager": 0.9,
        "litgpt": 0.9,
        "llm.q": 1.1,
        "unsloth": 1.0,
    },
    "layer_ms": {
        "transformers": 4.0,
        "deepspeed": 4.0,
        "deepspeed-sharded": 10.0,
        "torchtune": 4.0,
        "litgpt": 3.0,
    },
    "fp8_gain": 1.5,
    "unpack_share": 0.6,
    "link_share": 0.6,
    "memory_spread": 0.2,
    "speed_spread": 0.3,
}
"""Where the fit starts and what it is drawn to: counts of bytes and operations. The 16-bit peak
listed of a GeForce is the halved one, so that a larger share of it is reached."""
PLAIN = frozenset({"method_products", "runtime_share"})
"""Fitted as they are; all others as logarithms, because they are positive."""
PULL = {"plain": 0.1, "log": 0.5}
"""How far a coefficient may lie from its prior at the cost of one residual of that size."""
RESIDUAL = 0.1
"""Relative error that counts as one."""
SPREADS = ("memory_spread", "speed_spread")
SHARE = 0.8
"""Of measurements that an interval should hold."""


@lru_cache(maxsize=32)
def card(hardware_id: str) -> LinkedCard:
    """Return what the speed rests on of a catalogue device."""
    hardware = hardware_of(hardware_id, None)
    return LinkedCard(
        tflops=hardware.value("compute_bf16") or 0.0,
        bandwidth=hardware.value("bandwidth") or 0.0,
        kind=device_class(hardware),
        link=link_of(hardware),
    )


def predict(row: Row, fit: Coefficients) -> float:
    """Return what the model says of `row`: GB of each device, or tokens a second in all."""
    run = row.run()
    if row.metric == "tok_s":
        return tokens_per_second(run, card(row.hardware), fit)
    return training_memory(run, fit).total_gb


def error(row: Row, fit: Coefficients) -> float:
    """Return the logarithm of predicted over measured."""
    return math.log(predict(row, fit) / row.value)


def fitted(rows: Sequence[Row]) -> Coefficients:
    """Return the coefficients of least robust squares of relative errors over `rows`.

    Each model counts the same within an engine and metric; priors stand for what no row shows.
    """
    used = [row for row in rows if row.fit and row.metric != "out_of_memory"]
    sizes = Counter((row.engine, row.model, row.metric) for row in used)
    weights = np.array([1 / math.sqrt(sizes[row.engine, row.model, row.metric]) for row in used])
    names, start, pulls = _flat(PRIOR)

    def residuals(values: NDArray[np.float64]) -> NDArray[np.float64]:
        fit = _coefficients(names, values)
        found = np.array([error(row, fit) for row in used])
        return np.concatenate([weights * found / RESIDUAL, (values - start) / pulls])

    solved = least_squares(residuals, start, loss="soft_l1", max_nfev=60)
    return _coefficients(names, solved.x)


def _flat(
    tree: dict[str, Any],
) -> tuple[list[tuple[str, str]], NDArray[np.float64], NDArray[np.float64]]:
    names, values, pulls = [], [], []
    for name, value in tree.items():
        if name in SPREADS:
            continue
        plain = name in PLAIN
        for key, one in (value if isinstance(value, dict) else {"": value}).items():
            names.append((name, key))
            values.append(one if plain else math.log(one))
            pulls.append(PULL["plain" if plain else "log"])
    return names, np.array(values), np.array(pulls)


def _coefficients(names: Sequence[tuple[str, str]], values: NDArray[np.float64]) -> Coefficients:
    tree: dict[str, Any] = {name: PRIOR[name] for name in SPREADS}
    for (name, key), value in zip(names, values, strict=True):
        one = float(value) if name in PLAIN else math.exp(value)
        if name == "runtime_share":
            one = max(0.0, one)
        if key:
            tree.setdefault(name, {})[key] = one
        else:
            tree[name] = one
    tree["mfu"] = min(tree["mfu"], 0.99)
    return Coefficients.model_validate(tree)


@dataclass(frozen=True, slots=True)
class Held:
    """A row foretold by a fit that had not seen its group, and the spread of that fit."""

    row: Row
    group: str
    error: float


def held_out(rows: Sequence[Row], group: Callable[[Row], str]) -> list[Held]:
    """Return each row's error under the fit to all other groups."""
    out = []
    for name in sorted({group(row) for row in rows}):
        rest = [row for row in rows if group(row) != name]
        fit = fitted(rest)
        out += [
            Held(row, name, error(row, fit))
            for row in rows
            if group(row) == name and row.fit and row.metric != "out_of_memory"
        ]
    return out


def spread_of(errors: Sequence[float]) -> float:
    """Return the relative error that `SHARE` of `errors` stay within."""
    return float(np.quantile(np.abs(errors), SHARE))
