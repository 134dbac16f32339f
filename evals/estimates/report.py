"""The tables of the comparison with measurements, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from evals.estimates.measure import Measured

HEAD = """# The estimator against measurements

Printed by `python -m evals.estimates` from the rows in `evals/data/measured.jsonl`, each a figure
that others published, with its source. The terms are fitted by `python scripts/fit_estimator.py`.

## Devices and models never seen

Every speed is predicted by a fit that saw no row of its device, or none of its model. "Within" is
the share of rows inside the 80% interval, whose width comes from the other devices or models.

"""
CLASSES = """
## By class of device, each device left out

"""
PEERS = """
## Against other calculators

On the rows that the other one answers, in the same run, with the same description of model and
device; ours with the row's device left out. Rooflines are formulas; llmfit, ridgepoint and
aiconfigurator are the published packages (extras `peers` and `nvidia`). aiconfigurator is asked
for no mixture of experts on the L40S: its tables were found far off there on these same rows.
`estimate(..., precise=True)` takes its answer where it has one.

"""
SIDES = """
## Fits or not

"""


def report(found: Measured) -> str:
    """Return the tables."""
    errors = (
        (
            item.quantity,
            item.left_out,
            item.rows,
            item.unanswered,
            f"{item.median:.1%}",
            f"{item.p90:.0%}",
            "" if item.covered is None else f"{item.covered:.0%}",
        )
        for item in found.errors
    )
    classes = (
        (item.quantity, item.left_out, item.rows, f"{item.median:.1%}", f"{item.p90:.0%}")
        for item in found.by_class
    )
    against = (
        (item.quantity, item.peer, item.rows, f"{item.ours:.1%}", f"{item.theirs:.1%}")
        for item in found.against
    )
    sides = ((item.what, item.rows, item.right, item.unanswered) for item in found.sides)
    median, worst = "median error", "90% below"
    return "".join(
        (
            HEAD,
            _table(("quantity", "left out", "rows", "unanswered", median, worst, "within"), errors),
            CLASSES,
            _table(("quantity", "class", "rows", median, worst), classes),
            PEERS,
            _table(("quantity", "against", "rows", "our median error", "theirs"), against),
            SIDES,
            _table(("what", "rows", "right", "unanswered"), sides),
        )
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
