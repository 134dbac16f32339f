"""One row a fact for several products: those that differ first."""

from __future__ import annotations

from agent.answer import Claim, Row
from agent.turn import Turn
from agent.wording import number, usd
from knowledge import Statement
from knowledge.schema import Document


def _fact_cell(turn: Turn, document: Document, fact: str) -> Claim:
    statement = turn.fact(f"{document.id}#{fact}")
    if statement is None or statement.value is None:
        return Claim(text="not known")
    turn.book.state(statement)
    return Claim(text=shown(statement), evidence_ids=(statement.id,))


def shown(statement: Statement) -> str:
    """Return the figure of a statement with its unit, in few digits."""
    value, unit = statement.value or 0.0, statement.unit or ""
    if unit == "GB/s" and value >= 1000:
        return f"{number(value / 1000)} TB/s"
    if unit.startswith("USD"):
        return usd(value)
    if unit == "billion":
        return f"{number(value)}B"
    return f"{number(value, 7 if unit == 'tokens' else 4)} {unit}"


def fact_rows(
    turn: Turn, documents: tuple[Document, ...], facts: tuple[tuple[str, str], ...]
) -> list[Row]:
    """Return one row a fact; rows on which all agree, or that nobody knows, come last."""
    rows = []
    for fact, label in facts:
        cells = tuple(_fact_cell(turn, document, fact) for document in documents)
        if any(cell.evidence_ids for cell in cells):
            rows.append(Row(cells=(Claim(text=label), *cells)))
    return sorted(rows, key=lambda row: len({cell.text for cell in row.cells[1:]}) == 1)
