"""Memory against what is usable: weights, cache, engine, free; an overrun is hatched red."""

from __future__ import annotations

from agent.answer import Chart
from agent.wording import gigabytes
from ui.components.markup import plain


def memory_bar(chart: Chart) -> str:
    """Return the bar with its legend. Parts and limit are in GB."""
    parts = [(name, size) for name, size in chart.parts if name.lower() != "free" and size > 0]
    total = sum(size for _, size in parts)
    limit = chart.limit
    full = max(total, limit or 0.0) * (1.04 if limit is not None and total > limit else 1.0)
    if not full:
        return ""
    pieces, start = [], 0.0
    for index, (_, size) in enumerate(parts):
        end = start + size
        shown = end if limit is None else min(end, limit)
        if shown > start:
            pieces.append(_piece(f"rs-part-{min(index, 2)}", start / full, shown / full))
        start = end
    legend = [
        f'<span><i class="rs-part-{min(index, 2)}"></i>{plain(name)} {gigabytes(size)}</span>'
        for index, (name, size) in enumerate(parts)
    ]
    if limit is not None:
        legend.append(f"<span>Usable {gigabytes(limit)}</span>")
        if total > limit:
            pieces.append(_piece("rs-over", limit / full, total / full))
            legend.append(f"<b>{gigabytes(total - limit)} over</b>")
        else:
            legend.append(f"<span>{gigabytes(limit - total)} free</span>")
        pieces.append(f'<u style="left:{limit / full * 100:.2f}%"></u>' if total > limit else "")
    return (
        f'<div><div class="rs-memory" role="img" aria-label="{plain(chart.alt)}">{"".join(pieces)}'
        f'</div><div class="rs-legend">{"".join(legend)}</div></div>'
    )


def _piece(name: str, start: float, end: float) -> str:
    return (
        f'<span class="{name}" style="left:{start * 100:.2f}%;width:{(end - start) * 100:.2f}%">'
        "</span>"
    )
