"""Devices side by side: specifications, the model asked about on each, and the pick."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.core.estimate import Estimate
from agent.kinds.comparison import Compared
from agent.kinds.fact import cited_text
from agent.kinds.fact_rows import fact_rows
from agent.kinds.naming import bits_name, short, working
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number, usd
from knowledge.schema import Document

HARDWARE_ROWS = (
    ("memory", "memory"),
    ("bandwidth", "bandwidth"),
    ("compute_bf16", "BF16, dense"),
    ("compute_fp8", "FP8, dense"),
    ("power", "power"),
    ("price", "purchase price"),
)


def _rental_row(turn: Turn, documents: tuple[Document, ...]) -> Row | None:
    cells = []
    for document in documents:
        statements = [
            s
            for s in turn.catalogue.statements(document.id)
            if s.group == "rental" and s.value and "on demand" in s.text
        ]
        if not statements:
            cells.append(Claim(text="no rental price known"))
            continue
        cheapest = min(statements, key=lambda s: s.value or 0)
        turn.book.state(cheapest)
        cells.append(
            Claim(text=f"from {usd(cheapest.value or 0)} an hour", evidence_ids=(cheapest.id,))
        )
    if not any(cell.evidence_ids for cell in cells):
        return None
    return Row(cells=(Claim(text="rent, on demand"), *cells))


def write_devices(found: Compared, turn: Turn, names: list[str]) -> Draft:
    """Draft the comparison of devices."""
    rows = fact_rows(turn, found.documents, HARDWARE_ROWS)
    rental = _rental_row(turn, found.documents)
    if rental:
        rows.append(rental)
    sections = []
    if found.model is not None:
        sections.append(_estimate_section(found, turn, names))
    sections.append(
        Section(title="Specifications", table=Table(columns=("", *names), rows=tuple(rows)))
    )
    headline, summary = _device_pick(found, turn, names)
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
    for item in found.estimates:
        cells = _estimate_cells(item, turn)
        rows = [(*row, cell) for row, cell in zip(rows, cells, strict=True)]
    title = f"With {short(model)}" if model else ""
    if model:
        turn.book.name(short(model), model.title)
    table = Table(columns=("", *names), rows=tuple(Row(cells=row) for row in rows))
    return Section(title=title, table=table)


def _estimate_cells(item: Estimate | None, turn: Turn) -> tuple[Claim, ...]:
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
    from agent.calculation import Calculation, Input

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


def _device_pick(found: Compared, turn: Turn, names: list[str]) -> tuple[str, Claim]:
    if found.model is not None and any(found.estimates):
        scored = []
        for name, item in zip(names, found.estimates, strict=True):
            if item is None:
                continue
            left = (item.usable_gb or 0) - (item.total_gb.value or 0)
            scored.append((bool(item.fits), item.decode_tok_s.value or 0, left, name, item))
        fitting = [entry for entry in scored if entry[0]]
        if len(fitting) == 1:
            name = fitting[0][3]
            return (
                f"{name}: it alone holds {short(found.model)}",
                Claim(
                    text=f"The other does not fit it at {bits_name(fitting[0][4].precision)} "
                    "or below."
                ),
            )
        if fitting:
            fastest = max(fitting, key=lambda entry: entry[1])
            roomiest = max(fitting, key=lambda entry: entry[2])
            if fastest[3] == roomiest[3]:
                return (
                    f"{fastest[3]} for {short(found.model)}",
                    Claim(
                        text="By the arithmetic it is both the faster for one user and the one "
                        "with more room for context."
                    ),
                )
            return (
                f"{fastest[3]} for speed, {roomiest[3]} for room",
                Claim(
                    text="By the arithmetic; check which of the two your serving engine has been "
                    "measured on."
                ),
            )
    best = [
        (label, max(known, key=lambda pair: pair[1])[0])
        for fact, label in (("memory", "memory"), ("bandwidth", "bandwidth"))
        if len(
            known := [
                (name, d.value(fact) or 0)
                for name, d in zip(names, found.documents, strict=True)
                if d.value(fact)
            ]
        )
        >= 2
    ]
    winners = dict.fromkeys(winner for _, winner in best)
    if len(winners) == 1 and best:
        name = next(iter(winners))
        return (
            f"{name} has more memory and bandwidth",
            Claim(
                text="Memory decides what fits, bandwidth how fast one user is served. Name the "
                "model and the load, and the pick can be worked out."
            ),
        )
    parts = [f"{winner} for {label}" for label, winner in best]
    return (
        listing(parts) if parts else f"{listing(names)} side by side",
        Claim(
            text="Memory decides what fits, bandwidth how fast one user is served. Name the "
            "model and the load, and the pick can be worked out."
        ),
    )
