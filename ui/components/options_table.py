"""The options side by side, and their cost line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.answer import Answer, CostLine, Option, Route
from agent.wording import percent, seconds, usd
from ui.components.markup import Marks, plain, table

LEVEL = 0.5
"""The odds of the frontier model against itself: all others are measured by it."""
COLUMNS = 3
"""More than three options side by side can't be read at a glance."""

ROUTES: dict[Route, str] = {
    "api": "API",
    "rented_gpu": "rented GPU",
    "owned_hardware": "own hardware",
    "cpu": "CPU",
    "cascade": "small first, then large",
}

UNKNOWN = '<span class="rs-muted">not known</span>'


def standing(answer: Answer) -> tuple[Option, ...]:
    """Return what is shown side by side: the pick, then the best of each other verdict."""
    left = [option for option in answer.options if option.ruled_out_because is None]
    best = {option.verdict: option for option in reversed(left)}
    first = [option for option in left if option is best[option.verdict]]
    return tuple((first + [option for option in left if option not in first])[:COLUMNS])


def options_table(answer: Answer, marks: Marks) -> str:
    """Return the best options as columns, or "" for fewer than two."""
    shown = standing(answer)
    if len(shown) < 2:
        return ""
    head = "".join(
        f'<th scope="col" class="rs-num">{_name(option)}{_under(option, i)}</th>'
        for i, option in enumerate(shown)
    )
    rows = "".join(
        f'<tr><th scope="row">{title}</th>'
        + "".join(
            f'<td class="rs-num{" rs-picked" if i == 0 else ""}">{cell(option)}</td>'
            for i, option in enumerate(shown)
        )
        + "</tr>"
        for title, cell in _ROWS
        if any(cell(option) != UNKNOWN for option in shown)
    )
    sources = "".join(
        f'<td class="rs-num">{marks.links(option.evidence_ids)}</td>' for option in shown
    )
    return (
        '<div class="rs-scroll" tabindex="0" role="group" aria-label="Options"><table '
        'class="rs-options"><thead><tr><th scope="col"><span class="rs-hidden">Measure</span></th>'
        f"{head}</tr></thead><tbody>{rows}"
        + (f'<tr><th scope="row">Sources</th>{sources}</tr>' if "href" in sources else "")
        + "</tbody></table></div>"
    )


def _name(option: Option) -> str:
    key = f'<span class="rs-key rs-key-{option.verdict}" aria-hidden="true"></span>'
    return key + plain(option.label.partition(",")[0])


def _under(option: Option, rank: int) -> str:
    rest = option.label.partition(",")[2].strip() or ROUTES[option.route]
    pick = "<small><b>the pick</b></small>" if rank == 0 else ""
    return f"{pick}<small>{plain(rest)}</small>"


def _odds(option: Option) -> str:
    if option.verdict == "ultra_large" and option.quality_odds == LEVEL:
        return '<span class="rs-muted">the yardstick</span>'
    return UNKNOWN if option.quality_odds is None else percent(option.quality_odds)


def _cost(option: Option) -> str:
    if option.usd_per_month is None:
        return UNKNOWN
    once = f"<small>one-time {usd(option.usd_one_time)}</small>" if option.usd_one_time else ""
    return usd(option.usd_per_month) + once


def _wait(option: Option) -> str:
    return UNKNOWN if option.latency_ms is None else seconds(option.latency_ms)


_ROWS: Sequence[tuple[str, Callable[[Option], str]]] = (
    ("Odds of matching the frontier", _odds),
    ("Cost a month", _cost),
    ("Time to answer", _wait),
)


def cost_lines(answer: Answer, marks: Marks) -> str:
    """Return every option's cost, item by item with its source, or "" where none is itemised."""
    blocks = [
        f"<div><h3>{_name(option)}{_under(option, rank)}</h3>"
        + table(
            ("Item", "A month", "One-time", "From"),
            [*(_line(line, marks) for line in option.lines), _total(option)],
            numeric=frozenset({1, 2}),
        )
        + "</div>"
        for rank, option in enumerate(standing(answer))
        if option.lines
    ]
    return f'<div class="rs-evidence rs-lines">{"".join(blocks)}</div>' if blocks else ""


def _line(line: CostLine, marks: Marks) -> Sequence[str]:
    link = marks.links((line.source,))
    return (
        plain(line.item),
        usd(line.usd_per_month) if line.usd_per_month else "",
        usd(line.usd_one_time) if line.usd_one_time else "",
        link or f'<span class="rs-muted rs-small">{plain(line.note or line.source)}</span>',
    )


def _total(option: Option) -> Sequence[str]:
    month = "" if option.usd_per_month is None else usd(option.usd_per_month)
    once = "" if option.usd_one_time is None else usd(option.usd_one_time)
    return "<b>Total</b>", f"<b>{month}</b>", f"<b>{once}</b>", ""


def ruled_out(answer: Answer) -> str:
    """Return what was ruled out and why, or ""."""
    rows = [
        (plain(option.label), plain(option.ruled_out_because))
        for option in answer.options
        if option.ruled_out_because is not None
    ]
    return table(("Option", "Why not"), rows) if rows else ""
