"""Products side by side as one table: what differs first, what is equal folded, marks and dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote

from agent.calculation import Calculation
from agent.comparing import Cell, Line, disagreements
from agent.wording import day, listing
from knowledge.ageing import fact_age
from knowledge.documents import AnyDoc
from knowledge.schema import Basis
from ui.compare_desk import Compared
from ui.components.evidence import BADGES, badge, working_card
from ui.components.knowledge_facts import UNREVIEWED, dated
from ui.components.knowledge_words import age_badge, clipped
from ui.components.markup import Marks, icon, plain

NOTE_LENGTH = 72
CONFLICTS_SHOWN = 4
UNKNOWN = '<span class="rs-muted">not known</span>'


def marks_of(found: Compared) -> Marks:
    """Number the calculations of a comparison "c1", "c2" in reading order."""
    labels = {item.id: f"c{index}" for index, item in enumerate(_calculations(found), start=1)}
    return Marks("cmp", labels)


def _calculations(found: Compared) -> tuple[Calculation, ...]:
    cells = (cell for line in found.estimated for cell in line.cells)
    return tuple({c.calculation.id: c.calculation for c in cells if c.calculation}.values())


def compare_table(found: Compared, marks: Marks, *, base: str, today: date) -> str:
    """Return the differing lines, estimates first, then the equal ones behind a fold.

    `base` is the page's own address with the choice, to which "&d=" and a document are added.
    """
    groups = []
    if found.estimated:
        groups.append((_with(found), found.estimated))
    groups.append(("Stated in its document", found.stated.differing))
    rows = "".join(
        _group(title, len(found.documents)) + _rows(lines, found, marks, base, today)
        for title, lines in groups
        if lines
    )
    return _table(found, base, rows) + _equal(found, marks, base, today) + _unknown(found)


def _with(found: Compared) -> str:
    setting = found.setting
    count = f"{setting.devices} devices" if setting.devices > 1 else "one device"
    lead = f"With {found.partner}" if found.choice == "device" else f"On {found.partner}"
    return f"{lead}: {setting.bits} bit, {count}, {setting.context_tokens:,} tokens of context"


def _head(found: Compared, base: str) -> str:
    cells = "".join(
        f'<th scope="col">{plain(name)}<small>{_document_link(document, name, base)}</small></th>'
        for name, document in zip(found.names, found.documents, strict=True)
    )
    corner = '<th scope="col"><span class="rs-hidden">Property</span></th>'
    return f"<thead><tr>{corner}{cells}</tr></thead>"


def _document_link(document: AnyDoc, name: str, base: str) -> str:
    words = f"read {day(document.read_on)}"
    return (
        f'<a class="rs-doc" href="{plain(_opening(base, document))}" target="_self" '
        f'aria-label="{plain(name)}: its document, {words}">{icon("library_books")} {words}</a>'
    )


def _opening(base: str, document: AnyDoc) -> str:
    return f"{base}&d={quote(document.id)}"


def _table(found: Compared, base: str, rows: str) -> str:
    wide = f'style="--rs-columns:{len(found.documents)}"'
    return (
        '<div class="rs-scroll" tabindex="0" role="group" aria-label="Comparison">'
        f'<table class="rs-compare" {wide}>{_head(found, base)}<tbody>{rows}</tbody></table></div>'
    )


def _group(title: str, columns: int) -> str:
    head = f'<th scope="colgroup" colspan="{columns + 1}">{plain(title)}</th>'
    return f'<tr class="rs-group">{head}</tr>'


def _rows(lines: Iterable[Line], found: Compared, marks: Marks, base: str, today: date) -> str:
    return "".join(
        f'<tr><th scope="row">{plain(_capital(line.label))}</th>'
        + "".join(
            f"<td>{_cell(line, cell, document, marks, base, today)}</td>"
            for cell, document in zip(line.cells, found.documents, strict=True)
        )
        + "</tr>"
        for line in lines
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cell(line: Line, cell: Cell, document: AnyDoc, marks: Marks, base: str, today: date) -> str:
    note = f"<span>{plain(clipped(cell.note, NOTE_LENGTH))}</span>" if cell.note else ""
    rests = note + _rests(cell, document, marks, base, today)
    below = f'<small class="rs-rests">{rests}</small>' if rests else ""
    if cell.text is None:
        return UNKNOWN + below
    if line.leads(cell):
        return f'<b>{plain(cell.text)}</b><span class="rs-hidden"> (best)</span>{below}'
    return plain(cell.text) + below


def _rests(cell: Cell, document: AnyDoc, marks: Marks, base: str, today: date) -> str:
    """Return on what a figure rests: basis as an icon, then its date or its working."""
    if cell.calculation is not None:
        return _basis("computed") + marks.links((cell.calculation.id,))
    if cell.statement is None:
        return ""
    link = (
        f'<a class="rs-doc" href="{plain(_opening(base, document))}" target="_self">'
        f"{plain(dated(cell.statement, document))}</a>"
    )
    old = age_badge(fact_age(cell.statement, document, today))
    drafted = UNREVIEWED if cell.statement.unreviewed else ""
    return _basis(cell.statement.basis) + link + old + drafted


def _basis(basis: Basis) -> str:
    """Return a badge's icon alone; its words are its label, and the key below the table."""
    colour, symbol, words, tip = BADGES[basis]
    return (
        f'<span class="rs-badge rs-badge-{colour}" role="img" aria-label="{plain(words)}" '
        f'title="{plain(tip)}">{icon(symbol)}</span>'
    )


def _equal(found: Compared, marks: Marks, base: str, today: date) -> str:
    lines = found.stated.equal
    if not lines:
        return ""
    count = f"{len(lines)} line{'s' if len(lines) > 1 else ''}"
    rows = _rows(lines, found, marks, base, today)
    return (
        f'<details class="rs-more rs-equal"><summary>Equal in {count}: '
        f"{plain(listing([line.label for line in lines]))}</summary>"
        f"{_table(found, base, rows)}</details>"
    )


def _unknown(found: Compared) -> str:
    if not found.stated.unknown:
        return ""
    names = listing([*found.stated.unknown], "or")
    return f'<p class="rs-small rs-muted">Not known of any of them: {plain(names)}.</p>'


def key(found: Compared) -> str:
    """Return the badges that the table uses, in words."""
    lines = (*found.estimated, *found.stated.differing, *found.stated.equal)
    cells = [cell for line in lines for cell in line.cells]
    used = {cell.statement.basis for cell in cells if cell.statement}
    used |= {"computed"} if any(cell.calculation for cell in cells) else set()
    shown = "".join(badge(basis) for basis in BADGES if basis in used)
    best = "<span>Bold: the best of its line</span>" if any(_led(line) for line in lines) else ""
    return f'<div class="rs-legend rs-badges">{shown}{best}</div>' if shown else ""


def _led(line: Line) -> bool:
    return any(line.leads(cell) for cell in line.cells)


def contradictions(found: Compared) -> str:
    """Return where sources of one product contradict each other, or ""."""
    lines = [
        f"<li><b>{plain(name)}</b> {plain(text)}</li>"
        for name, document in zip(found.names, found.documents, strict=True)
        for text in disagreements(document)
    ]
    if not lines:
        return ""
    rest = lines[CONFLICTS_SHOWN:]
    more = f"<ul>{''.join(rest)}</ul>"
    fold = f'<details class="rs-more"><summary>{len(rest)} more</summary>{more}</details>'
    return (
        '<div class="rs-section"><h2 class="rs-h3">Where sources differ</h2>'
        f"<ul>{''.join(lines[:CONFLICTS_SHOWN])}</ul>{fold if rest else ''}</div>"
    )


def workings(found: Compared, marks: Marks) -> str:
    """Return every calculation as a card that its mark opens, or ""."""
    made: Sequence[Calculation] = _calculations(found)
    if not made:
        return ""
    cards = "".join(working_card(marks.labels[item.id], item, marks) for item in made)
    return (
        f'<details class="rs-more"><summary>Workings ({len(made)})</summary>'
        f'<div class="rs-evidence">{cards}</div></details>'
    )
