"""One bar a product with its 80% range: the figure stands beside it in words."""

from __future__ import annotations

from collections.abc import Sequence

from agent.comparing import Line
from agent.wording import number
from ui.components.markup import plain


def range_bars(line: Line, names: Sequence[str], *, unit: str) -> str:
    """Return the bars of a line on one scale from 0; "" where no product has a figure."""
    most = max((cell.high or cell.value or 0.0 for cell in line.cells), default=0.0)
    if most <= 0:
        return ""
    rows = []
    for name, cell in zip(names, line.cells, strict=True):
        if cell.value is None:
            words = plain(cell.text or cell.note or "not known")
            rows.append(f'<div class="rs-range"><b>{plain(name)}</b><span>{words}</span></div>')
            continue
        low, high = cell.low or cell.value, cell.high or cell.value
        span = f"{number(low, 2)} to {number(high, 2)}"
        said = f"{name}: {cell.text} {unit}, {span}"
        bar = (
            f'<i style="width:{cell.value / most * 100:.2f}%"></i>'
            f'<em style="left:{low / most * 100:.2f}%;width:{(high - low) / most * 100:.2f}%"></em>'
        )
        rows.append(
            f'<div class="rs-range"><b>{plain(name)}</b><div class="rs-run" role="img" '
            f'aria-label="{plain(said)}">{bar}</div><span><b>{plain(cell.text)}</b> '
            f"{span}</span></div>"
        )
    return f'<div class="rs-ranges">{"".join(rows)}</div>'
