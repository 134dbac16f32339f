"""How far is the estimator from what others measured, on devices and models it never saw?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.core.efficiency import device_class
from agent.core.rates import release
from agent.core.sizing import size, weights_gb
from evals.estimates.cases import KINDS, Case, setup_of, speed_cases
from evals.estimates.fitting import COVERED, Array, Fit, left_out
from evals.estimates.peers import PEERS
from evals.estimates.prediction import Prediction
from evals.estimates.row import Row

LEFT_OUT = ("device", "model")
RAN = {"decode_tok_s_single_stream", "prefill_tok_s", "memory_gb"}
"""Rows of these were measured with a known load, so their model did fit."""


@dataclass(frozen=True, slots=True)
class Error:
    """Relative errors of one quantity; `covered` of the 80% intervals hold their row."""

    quantity: str
    left_out: str
    rows: int
    unanswered: int
    median: float
    p90: float
    covered: float | None = None


@dataclass(frozen=True, slots=True)
class Against:
    """Our median error and a peer's on the rows that the peer answers."""

    quantity: str
    peer: str
    rows: int
    ours: float
    theirs: float


@dataclass(frozen=True, slots=True)
class Sides:
    """How often the right side of fitting was named."""

    what: str
    rows: int
    right: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that the report shows."""

    errors: tuple[Error, ...]
    by_class: tuple[Error, ...]
    against: tuple[Against, ...]
    sides: tuple[Sides, ...]


def measure(rows: Sequence[Row], *, peers: Sequence[str] = tuple(PEERS)) -> Measured:
    """Fit with each device, then each model, left out, and compare with `rows` and with peers."""
    cases = speed_cases(rows)
    fit = Fit(cases)
    start = fit.solve(np.ones(len(cases), bool))
    held = {key: left_out(fit, key, start) for key in LEFT_OUT}
    errors = [
        _speed_error(rows, cases, kind, key, held[key]) for kind in KINDS.values() for key in held
    ]
    errors += [_size_error(rows, metric) for metric in ("memory_gb", "file_size_gb")]
    return Measured(
        tuple(errors),
        tuple(_by_class(cases, held["device"])),
        tuple(_against(rows, cases, held["device"], peers)),
        (_failed(rows), _ran(rows)),
    )


def _relative(predicted: Array, measured: Array) -> Array:
    return np.abs(predicted / measured - 1)


def _trusted(rows: Sequence[Row], kind: str) -> int:
    """Return how many rows of a kind there are to answer."""
    return sum(
        KINDS.get(row.metric) == kind and not row.suspect and not row.latency_bound for row in rows
    )


def _speed_error(
    rows: Sequence[Row], cases: Sequence[Case], kind: str, key: str, predicted: Array
) -> Error:
    chosen = np.array([case.kind == kind for case in cases])
    measured = np.array([case.value for case in cases])
    relative = _relative(predicted, measured)[chosen]
    labels = np.array([getattr(case, key) for case in cases])[chosen]
    covered = _covered(np.abs(np.log(predicted / measured))[chosen], labels)
    return Error(
        kind,
        key,
        int(chosen.sum()),
        _trusted(rows, kind) - int(chosen.sum()),
        float(np.median(relative)),
        float(np.quantile(relative, 0.9)),
        covered,
    )


def _covered(errors: Array, labels: NDArray[np.str_]) -> float:
    """Return the share of rows inside intervals that the other devices or models gave."""
    inside = np.zeros(len(errors), bool)
    for label in set(labels):
        own = labels == label
        inside[own] = errors[own] <= np.quantile(errors[~own], COVERED)
    return float(inside.mean())


def _by_class(cases: Sequence[Case], predicted: Array) -> list[Error]:
    measured = np.array([case.value for case in cases])
    relative = _relative(predicted, measured)
    kinds = np.array([case.kind for case in cases])
    classes = np.array([device_class(case.setup.hardware) for case in cases])
    out = []
    for kind in KINDS.values():
        for name in sorted(set(classes)):
            chosen = (kinds == kind) & (classes == name)
            if chosen.sum():
                out.append(
                    Error(
                        kind,
                        str(name),
                        int(chosen.sum()),
                        0,
                        float(np.median(relative[chosen])),
                        float(np.quantile(relative[chosen], 0.9)),
                    )
                )
    return out


def needed_gb(row: Row) -> tuple[float, float, bool | None] | None:
    """Return what `row` needs, its weights, and whether they fit; None for an unknown name."""
    setup = setup_of(row)
    if setup is None:
        return None
    memory = size(
        setup.model,
        setup.hardware,
        precision=setup.precision,
        engine=setup.engine.family,
        devices=setup.devices,
        context_tokens=max(1, row.prompt_tokens + row.answer_tokens),
        concurrency=row.concurrency if isinstance(row.concurrency, int) else 1,
        prompt_tokens=row.input_tokens or 0,
        release=release(setup.engine),
    )
    return memory.total_gb, memory.weights_gb, memory.fits


def _size_error(rows: Sequence[Row], metric: str) -> Error:
    wanted = [row for row in rows if row.metric == metric and not row.suspect]
    relative = []
    for row in wanted:
        found = _file_gb(row) if metric == "file_size_gb" else (needed_gb(row) or (None,))[0]
        if found is not None:
            relative.append(abs(found / row.value - 1))
    name = {"memory_gb": "memory", "file_size_gb": "weights"}[metric]
    return Error(
        name,
        "nothing is fitted",
        len(relative),
        len(wanted) - len(relative),
        float(np.median(relative)),
        float(np.quantile(relative, 0.9)),
    )


def _file_gb(row: Row) -> float | None:
    if row.model is None or row.precision is None:
        return None
    return weights_gb(row.model, row.precision)


def _failed(rows: Sequence[Row]) -> Sides:
    return _sides("failed for memory", [row for row in rows if row.metric == "oom"], fits=False)


def _ran(rows: Sequence[Row]) -> Sides:
    return _sides("ran", [row for row in rows if row.metric in RAN and row.hardware], fits=True)


def _sides(what: str, rows: Sequence[Row], *, fits: bool) -> Sides:
    found = [needed_gb(row) for row in rows]
    known = [item[2] for item in found if item is not None and item[2] is not None]
    return Sides(what, len(rows), sum(side is fits for side in known), len(rows) - len(known))


def _against(
    rows: Sequence[Row], cases: Sequence[Case], predicted: Array, peers: Sequence[str]
) -> list[Against]:
    ours: dict[str, float] = {
        case.row.id: float(value) for case, value in zip(cases, predicted, strict=True)
    }
    for row in rows:
        if row.metric == "memory_gb" and (found := needed_gb(row)):
            ours[row.id] = found[0]
    quantities: dict[str, Callable[[Row], bool]] = {
        kind: (lambda row, kind=kind: KINDS.get(row.metric) == kind)  # type: ignore[misc]
        for kind in KINDS.values()
    }
    quantities["memory"] = lambda row: row.metric == "memory_gb"
    out = []
    for peer in peers:
        for quantity, belongs in quantities.items():
            pairs = [
                (abs(ours[row.id] / row.value - 1), abs(theirs / row.value - 1))
                for row in rows
                if belongs(row) and row.id in ours and not row.suspect
                if (theirs := _asked(peer, row)) is not None
            ]
            if pairs:
                mine, other = (float(np.median(side)) for side in zip(*pairs, strict=True))
                out.append(Against(quantity, peer, len(pairs), mine, other))
    return out


def _asked(peer: str, row: Row) -> float | None:
    answer: Prediction = PEERS[peer](row)
    return answer.value(row)
