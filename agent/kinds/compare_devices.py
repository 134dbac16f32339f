"""Devices side by side: specifications, the model asked about on each, and the pick."""

from __future__ import annotations

from collections.abc import Iterable

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.estimate import Estimate
from agent.core.memory_stated import withdrawn
from agent.kinds.asked import not_sold, stand_in_note
from agent.kinds.comparison import Compared, is_on_chip
from agent.kinds.device_pick import device_pick, devices_needed
from agent.kinds.fact import cited_text
from agent.kinds.fact_rows import fact_rows
from agent.kinds.naming import bits_name, short, working
from agent.kinds.said import documented_speeds
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number, usd
from knowledge import Statement
from knowledge.schema import Document, Hardware

HARDWARE_ROWS = (
    ("memory", "memory"),
    ("bandwidth", "bandwidth"),
    ("compute_bf16", "BF16, dense"),
    ("compute_fp8", "FP8, dense"),
    ("power", "power"),
    ("price", "purchase price"),
)


def _counted(found: Compared, turn: Turn, names: list[str]) -> list[str]:
    """Return the names with how many: "2 x RTX 5090"."""
    counts = found.counts or (1,) * len(names)
    counted = [n if c == 1 else f"{c} x {n}" for n, c in zip(names, counts, strict=True)]
    turn.book.name(*counted)
    return counted


def _sum_rows(found: Compared, turn: Turn, rows: list[Row]) -> list[Row]:
    """Return the rows with what several devices have together; one has its own figure."""
    labels = {label: fact for fact, label in HARDWARE_ROWS}
    summed = []
    for row in rows:
        fact = labels[row.cells[0].text]
        cells = [
            _sum_cell(turn, document, fact, count, cell)
            for document, count, cell in zip(
                found.documents, found.counts, row.cells[1:], strict=True
            )
        ]
        summed.append(row.model_copy(update={"cells": (row.cells[0], *cells)}))
    return summed


def _sum_cell(turn: Turn, document: Document, fact: str, count: int, cell: Claim) -> Claim:
    statement = turn.fact(f"{document.id}#{fact}")
    if count == 1 or statement is None or statement.value is None:
        return cell
    total = _times(document, fact, count, statement.value, statement.unit or "", statement.id)
    shown = {
        "GB": gigabytes(total.value),
        "USD": usd(total.value),
        "GB/s": f"{number(total.value / 1000)} TB/s",
    }.get(statement.unit or "", f"{number(total.value, 4)} {statement.unit}")
    turn.book.state(statement)
    turn.book.work(total)
    return Claim(text=f"{shown} ({count} x {cell.text})", evidence_ids=(total.id, statement.id))


def _times(
    document: Document, what: str, count: int, value: float, unit: str, source: str
) -> Calculation:
    return Calculation(
        id=f"calc/{document.id.rpartition('/')[2]}-x{count}/{what}",
        name=f"{what.replace('_', ' ')} of {count} x {document.title}",
        formula="devices x figure of one",
        inputs=(
            Input(name="devices", value=count),
            Input(name=what.replace("_", " "), value=value, unit=unit, source=source),
        ),
        value=count * value,
        unit=unit,
        sources=(source,),
    )


def cheapest_rental(statements: Iterable[Statement]) -> Statement | None:
    """Return the lowest price of an hour on demand among `statements`, or None."""
    found = [s for s in statements if s.group == "rental" and s.value and "on demand" in s.text]
    return min(found, key=lambda s: s.value or 0, default=None)


def _rental_row(turn: Turn, found: Compared) -> Row | None:
    cells = []
    counts = found.counts or (1,) * len(found.documents)
    for document, count in zip(found.documents, counts, strict=True):
        cheapest = cheapest_rental(turn.catalogue.statements(document.id))
        if cheapest is None:
            cells.append(Claim(text="no rental price known"))
            continue
        turn.book.state(cheapest)
        total = _times(document, "rent", count, cheapest.value or 0, "USD", cheapest.id)
        ids = (cheapest.id, *(turn.book.work(total) if count > 1 else ()))
        cells.append(Claim(text=f"from {usd(total.value)} an hour", evidence_ids=ids))
    if not any(cell.evidence_ids for cell in cells):
        return None
    return Row(cells=(Claim(text="rent, on demand"), *cells))


def write_devices(found: Compared, turn: Turn, names: list[str]) -> Draft:
    """Draft the comparison of devices, of as many as were asked about."""
    names = _counted(found, turn, names)
    rows = fact_rows(turn, found.documents, HARDWARE_ROWS)
    if any(count > 1 for count in found.counts):
        rows = _sum_rows(found, turn, rows)
    rental = _rental_row(turn, found)
    if rental:
        rows.append(rental)
    headline, summary = device_pick(found, turn, names)
    if found.raised:
        names = [short(document) for document in found.documents]
    sections = []
    if found.model is not None:
        sections.append(_estimate_section(found, turn, names))
    sections.append(
        Section(title="Specifications", table=Table(columns=("", *names), rows=tuple(rows)))
    )
    conflicts = [
        cited_text(turn, document, text)
        for document in found.documents
        for text in document.conflicts[:1]
    ]
    if conflicts:
        sections.append(Section(title="Where sources differ", claims=tuple(conflicts)))
    return Draft(
        kind="comparison",
        headline=headline,
        summary=summary,
        sections=tuple(sections),
        suggestions=(f"How many users can {names[0]} serve?", "Which is cheaper over three years?"),
    )


def _estimate_section(found: Compared, turn: Turn, names: list[str]) -> Section:
    model = found.model
    rows: list[tuple[Claim, ...]] = [
        (Claim(text="precision"),),
        (Claim(text="fits"),),
        (Claim(text="left for context"),),
        (Claim(text="speed, one user"),),
    ]
    for document, item in zip(found.documents, found.estimates, strict=True):
        cells = estimate_cells(item, turn)
        if not_sold(document) and item is not None:
            cells = (*cells[:3], Claim(text="no estimate: not on sale"))
        if is_on_chip(document):
            cells = (*cells[:3], _documented(turn, document))
        rows = [(*row, cell) for row, cell in zip(rows, cells, strict=True)]
    title = f"With {short(model)}" if model else ""
    if model:
        turn.book.name(short(model), model.title)
    if found.raised:
        works = devices_needed(found, turn)
        counts = (Claim(text=number(w.value), evidence_ids=(w.id,)) for w in works)
        rows.insert(0, (Claim(text="devices"), *counts))
    told = [row for row in rows if any(cell.text != "-" for cell in row[1:])]
    table = Table(columns=("", *names), rows=tuple(Row(cells=row) for row in told))
    claims = []
    if model and (stand_in := stand_in_note(turn, model, found.stands_for)):
        size = turn.book.state(turn.fact(f"{model.id}#parameters"))
        claims.append(Claim(text=f"{stand_in}.", evidence_ids=("profile/message", *size)))
    for document in found.documents:
        if isinstance(document, Hardware) and withdrawn(document):
            memory = number(document.value("memory") or 0)
            text = f"{short(document)} is taken with {memory} GB: {document.availability}"
            claims.append(cited_text(turn, document, text))
    return Section(title=title, table=table, claims=tuple(claims), style="sentences")


def _documented(turn: Turn, device: Document) -> Claim:
    """Return the first speed that the device's document holds, in its words."""
    known = documented_speeds(turn, device) if isinstance(device, Hardware) else ()
    if not known:
        return Claim(text="none documented")
    said = known[0].text.partition("claim: ")[2] or known[0].text
    return Claim(text=f"{said} ({known[0].basis})", evidence_ids=turn.book.state(known[0]))


def estimate_cells(item: Estimate | None, turn: Turn) -> tuple[Claim, ...]:
    """Return precision, whether it fits, memory left and speed, as cells."""
    if item is None:
        return (Claim(text="-"),) * 4
    turn.book.work(*item.calculations)
    left = (item.usable_gb or 0) - (item.total_gb.value or 0)
    speed = item.decode_tok_s
    return (
        Claim(text=bits_name(item.precision)),
        Claim(text={True: "yes", False: "no", None: "not known"}[item.fits]),
        _left_cell(item, turn, left) if item.fits else Claim(text="-"),
        Claim(
            text=f"{number(speed.low, 2)}-{number(speed.high, 2)} tok/s",
            evidence_ids=(working(item, "decode"),),
        )
        if speed.low and speed.high
        else Claim(text="not known"),
    )


def _left_cell(item: Estimate, turn: Turn, left: float) -> Claim:
    total, usable = working(item, "total"), working(item, "usable")
    work = Calculation(
        id=f"{usable}-left",
        name="memory left",
        formula="usable memory - memory needed",
        inputs=(
            Input(name="usable", value=item.usable_gb or 0, unit="GB", source=usable),
            Input(name="needed", value=item.total_gb.value or 0, unit="GB", source=total),
        ),
        value=left,
        unit="GB",
        sources=(usable, total),
    )
    return Claim(text=gigabytes(left), evidence_ids=turn.book.work(work))
