"""A route's cost line by line: a table that adds up as shown, and all routes as a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from math import floor

from agent.answer import Attachment, Claim, CostLine, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.spend import TOKENS
from agent.kinds.cost import Costed, Routed
from agent.kinds.costing import span_words
from agent.turn import Turn
from agent.wording import day
from knowledge import Statement

COLUMNS = (
    "option",
    "line",
    "one_time_usd",
    "monthly_usd",
    "months",
    "total_usd",
    "basis",
    "source",
)


@dataclass(frozen=True, slots=True)
class Billed:
    """One line with its sums, in USD: once, a month, and over the horizon."""

    line: CostLine
    once: float
    month: float
    total: float


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of a route, each column rounded so that it adds up to its rounded total."""

    lines: tuple[Billed, ...]
    once: float
    month: float
    total: float


def apportioned(values: Sequence[float], places: int) -> tuple[float, ...]:
    """Return `values` rounded to `places` so that they add up to their rounded sum.

    By largest remainder: all are cut down, then those that lost most are raised by one unit.
    """
    unit = 10**places
    cut = [floor(value * unit) for value in values]
    short = round(sum(values) * unit) - sum(cut)
    by_loss = sorted(range(len(cut)), key=lambda i: (cut[i] - values[i] * unit, i))
    for index in by_loss[:short]:
        cut[index] += 1
    return tuple(value / unit for value in cut)


def bill(route: Routed, found: Costed, *, places: tuple[int, int, int]) -> Bill:
    """Return the lines of `route`; `places` are the decimals of once, month and total."""
    spend, years = route.candidate.spend(found.job), found.years
    monthly = sum(line.usd_per_month for line in spend.lines)
    changed = route.usd_whole_life - spend.usd_one_time - monthly * 12 * years
    totals = []
    for line in spend.lines:
        share = line.usd_per_month / spend.usd_tokens if line.item.startswith(TOKENS) else 0.0
        totals.append(line.usd_one_time + line.usd_per_month * 12 * years + changed * share)
    columns = (
        apportioned([line.usd_one_time for line in spend.lines], places[0]),
        apportioned([line.usd_per_month for line in spend.lines], places[1]),
        apportioned(totals, places[2]),
    )
    billed = tuple(Billed(line, *sums) for line, *sums in zip(spend.lines, *columns, strict=True))
    once, month, total = (round(sum(column), n) for column, n in zip(columns, places, strict=True))
    return Bill(billed, once, month, total)


def itemised(route: Routed, found: Costed, turn: Turn, *, sums: tuple[str, ...]) -> Section:
    """Return the table of one route, the largest lines first; sums of nothing come last."""
    worked = bill(route, found, places=(0, 2, 0))
    ordered = sorted(worked.lines, key=lambda billed: -abs(billed.total))
    said = [_from(billed.line, turn) for billed in ordered]
    words = [text for text, _ in said]
    work = turn.book.work(_working(route, found, worked, tuple(zip(ordered, words, strict=True))))
    turn.book.name(route.candidate.label)
    # The mark of the working stands once in a row: it holds for the cells without any.
    slot = f"profile/lines-{route.candidate.key}"
    turn.book.slots[slot] = turn.book.text(work[0]) + " ".join(
        text for billed in ordered for text in _texts(billed.once, billed.month, billed.total)
    )
    rows = [
        Row(
            cells=(
                Claim(text=_capital(billed.line.item), evidence_ids=(slot,)),
                *_sums(billed.once, billed.month, billed.total, (slot,)),
                Claim(text=text, evidence_ids=(*work, *ids)),
            )
        )
        for billed, (text, ids) in zip(ordered, said, strict=True)
    ]
    total = (Claim(text="Total"), *_sums(worked.once, worked.month, worked.total, work))
    rows.append(Row(cells=(*total, Claim(text="Sum of the lines", evidence_ids=sums)), picked=True))
    columns = ("line", "once", "a month", f"over {span_words(found.years)}", "from")
    title = f"Line by line: {route.candidate.label}"
    return Section(title=title, table=Table(columns=columns, rows=tuple(rows)))


def _sums(
    once: float, month: float, total: float, ids: tuple[str, ...]
) -> tuple[Claim, Claim, Claim]:
    first, second, third = (
        Claim(text=text, evidence_ids=ids if text else ()) for text in _texts(once, month, total)
    )
    return first, second, third


def _texts(once: float, month: float, total: float) -> tuple[str, str, str]:
    return _money(once, 0), _money(month, 2), _money(total, 0) or "$0"


def _money(value: float, places: int) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}${abs(value):,.{places}f}" if value else ""


def _working(
    route: Routed, found: Costed, worked: Bill, said: Sequence[tuple[Billed, str]]
) -> Calculation:
    """Return the sum of the lines; each with its own sums and what it is from."""
    inputs = []
    for billed, words in said:
        sums = (("once", billed.once), ("a month", billed.month), ("in all", billed.total))
        inputs += [
            Input(name=f"{billed.line.item}, {part}", value=value, unit="USD")
            for part, value in sums
            if value
        ]
        inputs.append(Input(name=f"{billed.line.item}, from", value=words))
    return Calculation(
        id=f"calc/lines/{route.candidate.key}",
        name=f"{route.candidate.label}: its lines over {span_words(found.years)}",
        formula="sum of the lines, each column rounded so that it adds up",
        inputs=(
            *inputs,
            Input(name="once", value=worked.once, unit="USD"),
            Input(name="a month", value=worked.month, unit="USD"),
        ),
        value=worked.total,
        unit="USD",
    )


def _from(line: CostLine, turn: Turn) -> tuple[str, tuple[str, ...]]:
    """Return where a line is from, in words, and the ids to cite."""
    statement = _statement(line, turn)
    if statement is None:
        return _capital(line.source), ()
    words = [line.note, _offer(statement)]
    read = day(statement.as_of)
    text = ", ".join(part for part in (*words, read) if part)
    return _capital(text), turn.book.state(statement)


def _statement(line: CostLine, turn: Turn) -> Statement | None:
    return turn.fact(line.source) if "#" in line.source else None


def _offer(statement: Statement) -> str:
    """Return whose offer of a rental it is: "RunPod, on demand"."""
    return statement.text.partition(" at ")[2] if statement.group == "rental" else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def cost_file(found: Costed, turn: Turn) -> Attachment:
    """Return every line of every route as CSV, to the cent; a route's lines add up to its total."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    months = f"{12 * found.years:g}"
    for route in (*found.routes, *found.out):
        worked, label = bill(route, found, places=(2, 2, 2)), route.candidate.label
        for billed in worked.lines:
            sums = (_cents(billed.once), _cents(billed.month), months, _cents(billed.total))
            writer.writerow((label, billed.line.item, *sums, *_basis(billed.line, turn)))
        sums = (_cents(worked.once), _cents(worked.month), months, _cents(worked.total))
        writer.writerow((label, "total", *sums, "sum", "the lines above"))
    return Attachment(
        name="cost-lines.csv",
        media_type="text/csv",
        content=out.getvalue(),
        caption="Every line of every route, with its source or assumption.",
    )


def _cents(value: float) -> str:
    return f"{value:.2f}"


def _basis(line: CostLine, turn: Turn) -> tuple[str, str]:
    """Return what carries a line, and where that is from."""
    statement = _statement(line, turn)
    if statement is None:
        return "assumption", line.source.removeprefix("assumed: ")
    parts = (line.note, statement.text, statement.source_url or "", statement.as_of or "")
    return statement.basis, "; ".join(str(part) for part in parts if part)
