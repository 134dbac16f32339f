"""Memory against what is usable: weights, cache, engine, free; an overrun is hatched red."""

from __future__ import annotations

from agent.answer import Chart
from agent.wording import gigabytes
from ui.components.markup import plain, table


def memory_bar(chart: Chart) -> str:
    """Return the bar, a rule at what is usable, and its legend. Parts and limit are in GB."""
    parts = [(name, size) for name, size in chart.parts if size > 0]
    total = sum(size for _, size in parts)
    limit = chart.limit
    full = max(total, chart.full or 0.0, limit or 0.0)
    if not full:
        return ""
    full *= 1.04 if limit is not None and total > limit else 1.0
    pieces, start = [], 0.0
    for index, (_, size) in enumerate(parts):
        end = start + size
        shown = end if limit is None else min(end, limit)
        if shown > start:
            pieces.append(_piece(f"rs-part-{min(index, 2)}", start / full, shown / full))
        start = end
    if limit is not None and total > limit:
        pieces.append(_piece("rs-over", limit / full, total / full))
    if limit is not None and limit < full:
        pieces.append(f'<u style="left:{limit / full * 100:.2f}%"></u>')
    legend = [
        f'<span><i class="rs-part-{min(index, 2)}"></i>{plain(name)} {gigabytes(size)}</span>'
        for index, (name, size) in enumerate(parts)
    ]
    legend += [f"<span>{plain(words)}</span>" for words in _limits(chart)]
    if over := _over(chart):
        legend.append(f"<b>{plain(over)}</b>")
    return (
        f'<div><div class="rs-memory" role="img" aria-label="{plain(chart.alt)}">{"".join(pieces)}'
        f'</div><div class="rs-legend">{"".join(legend)}</div></div>'
    )


def memory_table(chart: Chart) -> str:
    """Return the bar's figures as a table."""
    rows = [(plain(name), gigabytes(size)) for name, size in chart.parts]
    total = gigabytes(sum(size for _, size in chart.parts))
    if chart.needed is not None:
        low, high = chart.needed
        total += f" <small>80% interval: {gigabytes(low)} to {gigabytes(high)}</small>"
    rows.append(("Needed", total))
    if chart.limit is not None:
        rows.append(("Usable", gigabytes(chart.limit)))
        left = _left(chart)
        rows.append(("Free" if left >= 0 else "Over", gigabytes(abs(left))))
    if chart.full is not None:
        rows.append(("All memory", gigabytes(chart.full)))
    return table(("Part", "Memory"), rows, numeric=frozenset({1}))


def _left(chart: Chart) -> float:
    return (chart.limit or 0.0) - sum(size for _, size in chart.parts)


def _limits(chart: Chart) -> list[str]:
    """Return what is usable, of how much, and what of it stays free."""
    if chart.limit is None:
        return []
    whole = f" of {gigabytes(chart.full)}" if chart.full and chart.full > chart.limit else ""
    found = [f"Usable {gigabytes(chart.limit)}{whole}"]
    if _left(chart) >= 0:
        found.append(f"{gigabytes(_left(chart))} free")
    return found


def _over(chart: Chart) -> str:
    if chart.limit is None or _left(chart) >= 0:
        return ""
    return f"{gigabytes(-_left(chart))} over"


def _piece(name: str, start: float, end: float) -> str:
    return (
        f'<span class="{name}" style="left:{start * 100:.2f}%;width:{(end - start) * 100:.2f}%">'
        "</span>"
    )
