"""The titled blocks of an answer: claims with their marks, and tables."""

from __future__ import annotations

from agent.answer import Answer, Claim, Row, Section, Table
from ui.components.markup import Marks, plain

FLIPS = frozenset({"What would change the pick", "What would change this"})
RULED_OUT = "Ruled out"


def unseen(answer: Answer, *, tabled: bool) -> list[Section]:
    """Return the sections that the page does not draw in another form.

    Flips become bars, what was ruled out a tab, assumptions chips, files attachments; the options'
    own table gives way where `tabled` says that one stands above already.
    """
    return [block for block in answer.sections if not _seen(block, answer, tabled=tabled)]


def _seen(block: Section, answer: Answer, *, tabled: bool) -> bool:
    if block.title and any(file.name == block.title for file in answer.attachments):
        return True
    if answer.verdict is None:
        return False
    if block.title in FLIPS:
        return bool(answer.flips)
    if block.title == RULED_OUT:
        return any(option.ruled_out_because for option in answer.options)
    if block.table is not None:
        return tabled and not block.title and not block.claims
    ids = [evidence_id for claim in block.claims for evidence_id in claim.evidence_ids]
    return bool(answer.assumed) and bool(ids) and set(ids) == {"profile/assumed"}


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
