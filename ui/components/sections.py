"""The titled blocks of an answer: claims with their marks, and tables."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from ui.components.markup import Marks, plain


def section(block: Section, marks: Marks) -> str:
    """Return one block: title, claims in its style, then its table."""
    title = f"<h3>{plain(block.title)}</h3>" if block.title else ""
    body = _claims(block, marks) if block.claims else ""
    drawn = _table(block.table, marks) if block.table else ""
    return f'<div class="rs-section">{title}{body}{drawn}</div>'


def _claims(block: Section, marks: Marks) -> str:
    sentences = [marks.sentence(claim) for claim in block.claims]
    if block.style == "sentences":
        return f"<p>{' '.join(sentences)}</p>"
    tag = "ol" if block.style == "numbered" else "ul"
    return f"<{tag}>{''.join(f'<li>{words}</li>' for words in sentences)}</{tag}>"


def _table(drawn: Table, marks: Marks) -> str:
    head = "".join(f'<th scope="col">{plain(name)}</th>' for name in drawn.columns)
    rows = "".join(_row(row, marks) for row in drawn.rows)
    return (
        '<div class="rs-scroll" tabindex="0" role="group" aria-label="Table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(row: Row, marks: Marks) -> str:
    picked = ' class="rs-picked"' if row.picked else ""
    first, *rest = row.cells or (Claim(text=""),)
    cells = "".join(f"<td>{marks.sentence(cell)}</td>" for cell in rest)
    return f'<tr{picked}><th scope="row"{picked}>{marks.sentence(first)}</th>{cells}</tr>'
