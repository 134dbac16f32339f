"""The page on memory and speed of training: errors on rows left out, intervals, edges."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import median

import numpy as np

from agent.core.resolving import hardware_of
from agent.core.sizing import usable_gb
from agent.core.training_fit import coefficients
from evals.training.baseline import by_rule
from evals.training.fitting import Held, card, error, held_out, predict, spread_of
from evals.training.rows import Row, rows

METRICS = {"memory_gb": "memory", "tok_s": "speed"}
GROUPS: dict[str, Callable[[Row], str]] = {
    "device": lambda row: row.hardware,
    "model": lambda row: row.model,
}
HEAD = """# Memory and speed of training

What a fine-tuning plan says of memory and hours rests on a model of one training step: weights,
gradients, optimizer states, activations and logits for the memory
([agent/core/training_memory.py](../agent/core/training_memory.py)); operations over the compute
reached for the speed ([agent/core/training_speed.py](../agent/core/training_speed.py)). A few
coefficients are fitted to published measurements, which lie with their sources in
[evals/data/measured_training.jsonl](../evals/data/measured_training.jsonl).

`python -m evals.training` prints this page (add `--docs` to write it);
`python scripts/fit_training.py` refits.
"""


def report() -> str:
    """Return the page in Markdown."""
    every = rows()
    held = {name: held_out(every, group) for name, group in GROUPS.items()}
    seen = [Held(row, "", error(row, coefficients())) for row in every if counted(row)]
    return "\n".join(
        (
            HEAD,
            *_counts(every),
            "## Errors on rows that the fit had not seen",
            "",
            "Each device, then each model, is left out whole in turn. Error is that of predicted"
            " over measured. An interval of 80% should hold 80%; the one tested on a group is as"
            " wide as the errors of all other groups ask for. The plans use the wider of the two."
            " The rules of thumb are 18, 2 and 0.5 bytes a parameter for full tuning, LoRA and"
            " QLoRA, and 6 or 4 operations a parameter and token at 40% of the peak.",
            "",
            *_errors(seen, held),
            "",
            *_by_group(held),
            "## What ran and what did not",
            "",
            *_edges(every),
            "## Coefficients",
            "",
            *_coefficients(),
        )
    )


def counted(row: Row) -> bool:
    """Tell whether a row takes part in the errors."""
    return row.fit and row.metric != "out_of_memory"


def shipped_spread(held: Iterable[Sequence[Held]], metric: str) -> float:
    """Return the width of the 80% interval: of rows left out by device or by model, the wider.

    Rows whose length we had to assume stay out, for their error is in part that assumption's.
    """
    return max(spread_of([h.error for h in group if _sure(h, metric)]) for group in held)


def _sure(held: Held, metric: str) -> bool:
    return held.row.metric == metric and held.row.sequence_basis == "stated"


def _counts(every: Sequence[Row]) -> list[str]:
    sources = Counter(row.engine for row in every)
    lines = ["| measured with | rows |", "| --- | --- |"]
    lines += [f"| {engine} | {count} |" for engine, count in sources.most_common()]
    unused = sum(not counted(row) and row.metric != "out_of_memory" for row in every)
    return [
        *lines,
        "",
        f"{len(every)} rows; {unused} are kept out of the fit, each with its reason in the file.",
        "",
    ]


def _errors(seen: Sequence[Held], held: dict[str, list[Held]]) -> list[str]:
    lines = [
        "| rows | quantity | count | median error | 90th percentile | 80% interval holds |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, found in (("all, as fitted", list(seen)), *held.items()):
        label = name if name not in held else f"left out by {name}"
        for metric, title in METRICS.items():
            some = [h for h in found if _sure(h, metric)]
            holds = f"{coverage(some):.0%}" if name in held else ""
            lines.append(f"| {label} | {title} | {_figures(some)} | {holds} |")
    rule = [by_rule(h.row) for h in seen]
    for metric, title in METRICS.items():
        some = [h for h in rule if _sure(h, metric)]
        lines.append(f"| all, by rule of thumb | {title} | {_figures(some)} | |")
    some = [h for h in held["device"] if h.row.sequence_basis != "stated"]
    lines.append(f"| left out by device, length assumed | speed | {_figures(some)} | |")
    return lines


def _figures(found: Sequence[Held]) -> str:
    off = [abs(math.exp(h.error) - 1) for h in found]
    return f"{len(off)} | {median(off):.1%} | {np.quantile(off, 0.9):.0%}"


def coverage(found: Sequence[Held]) -> float:
    """Return the share of rows within an interval as wide as all other groups ask for."""
    inside = 0
    for name in {h.group for h in found}:
        width = spread_of([h.error for h in found if h.group != name])
        inside += sum(abs(h.error) <= width for h in found if h.group == name)
    return inside / len(found)


def _by_group(held: dict[str, list[Held]]) -> list[str]:
    lines = []
    for name, found in held.items():
        lines += [
            f"| left out {name} | memory rows | median error | speed rows | median error |",
            "| --- | --- | --- | --- | --- |",
        ]
        for group in sorted({h.group for h in found}):
            cells = []
            for metric in METRICS:
                off = [
                    abs(math.exp(h.error) - 1)
                    for h in found
                    if h.group == group and _sure(h, metric)
                ]
                cells.append(f"{len(off)} | {median(off):.0%}" if off else "0 |")
            lines.append(f"| {group.rpartition('/')[2]} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def _edges(every: Sequence[Row]) -> list[str]:
    ran = [row for row in every if row.metric == "memory_gb" and row.fit]
    failed = [row for row in every if row.metric == "out_of_memory"]
    right_ran = sum(fits(row) for row in ran)
    right_failed = sum(not fits(row) for row in failed)
    wrong = [row for row in failed if fits(row)] + [row for row in ran if not fits(row)]
    named = "; ".join(f"{row.locator} ({row.engine})" for row in wrong)
    return [
        f"Of {len(ran)} runs that were measured, {right_ran} are told to fit their device; of "
        f"{len(failed)} that ran out of memory, {right_failed} are told not to fit."
        + (f" Wrong: {named}." if wrong else ""),
        "",
    ]


def fits(row: Row) -> bool:
    """Tell whether the model says that the run fits its device."""
    device = hardware_of(row.hardware, None)
    return predict(row, coefficients()) <= (usable_gb(device, "transformers") or 0.0)


def _coefficients() -> list[str]:
    lines = ["| coefficient | value |", "| --- | --- |"]
    for name, value in coefficients().model_dump().items():
        shown = (
            ", ".join(f"{key} {one:.2f}" for key, one in value.items())
            if isinstance(value, dict)
            else f"{value:.2f}"
        )
        lines.append(f"| {name.replace('_', ' ')} | {shown} |")
    peak = card("hardware/nvidia-h100-sxm").tflops
    reached = peak * coefficients().mfu
    return [
        *lines,
        "",
        f"MFU is the share of the dense 16-bit peak: at {coefficients().mfu:.2f}, an H100 SXM of "
        f"{peak:.0f} TFLOPS reaches {reached:.0f} before the factors of its class and software.",
        "",
    ]
