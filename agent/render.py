"""From a draft to Markdown: marks [n] for sources and (cn) for workings, in order of first use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.answer import Answer, Citation, Claim, Section, Table
from agent.calculation import Calculation
from agent.evidence import EvidenceBook
from agent.wording import day, number
from knowledge import Catalogue, Statement

QUOTE_WORDS = 200


@dataclass(frozen=True, slots=True)
class Marks:
    """The numbering of one answer."""

    sources: dict[str, int]
    workings: dict[str, int]

    def of(self, claim: Claim) -> str:
        """Return the marks that follow `claim`, such as " [1][3] (c2)"."""
        numbers = sorted({self.sources[i] for i in claim.evidence_ids if i in self.sources})
        worked = sorted({self.workings[i] for i in claim.evidence_ids if i in self.workings})
        marks = "".join(f"[{item}]" for item in numbers)
        listed = ", ".join(f"c{item}" for item in worked)
        return "".join(f" {part}" for part in (marks, f"({listed})" if listed else "") if part)


def number_evidence(
    claims: Sequence[Claim], book: EvidenceBook, catalogue: Catalogue
) -> tuple[Marks, tuple[Citation, ...], tuple[Calculation, ...]]:
    """Number sources and workings by first use; the quotes of one page share a citation."""
    groups: dict[tuple[str, str], list[str]] = {}
    worked: dict[str, Calculation] = {}
    for evidence_id in _in_order(claims):
        if evidence_id in book.calculations:
            worked.setdefault(evidence_id, book.calculations[evidence_id])
            continue
        key = _source_key(evidence_id, book)
        if key is not None and evidence_id not in groups.setdefault(key, []):
            groups[key].append(evidence_id)
    _add_inputs(worked, book)
    citations = tuple(
        _citation(index, key[0], ids, book, catalogue)
        for index, (key, ids) in enumerate(groups.items(), start=1)
    )
    sources = {item: citation.number for citation in citations for item in citation.evidence_ids}
    workings = {item: index for index, item in enumerate(worked, start=1)}
    return Marks(sources, workings), citations, tuple(worked.values())


def _in_order(claims: Sequence[Claim]) -> Iterator[str]:
    for claim in claims:
        yield from claim.evidence_ids


def _add_inputs(worked: dict[str, Calculation], book: EvidenceBook) -> None:
    """Add the calculations that a shown calculation used, so that its inputs can be followed."""
    queue = list(worked.values())
    while queue:
        for source in queue.pop().sources:
            if source in book.calculations and source not in worked:
                worked[source] = book.calculations[source]
                queue.append(book.calculations[source])


def _source_key(evidence_id: str, book: EvidenceBook) -> tuple[str, str] | None:
    if evidence_id in book.statements:
        statement = book.statements[evidence_id]
        return statement.doc_id, statement.source_url or ""
    if evidence_id in book.passages:
        passage = book.passages[evidence_id]
        return passage.doc_id, passage.url or ""
    return None


def _citation(
    index: int, doc_id: str, ids: list[str], book: EvidenceBook, catalogue: Catalogue
) -> Citation:
    document = catalogue.get(doc_id)
    first = ids[0]
    if first in book.statements:
        statement = book.statements[first]
        url, published, basis = statement.source_url, statement.as_of, statement.basis
    else:
        passage = book.passages[first]
        url, published, basis = passage.url, passage.published, passage.basis
    quotes = [
        _stated(book.statements[item])
        if item in book.statements
        else clip(book.passages[item].text)
        for item in ids
    ]
    return Citation(
        number=index,
        doc_id=doc_id,
        kind=document.kind,
        title=document.title,
        url=url,
        published=published,
        basis=basis,
        quote="\n".join(dict.fromkeys(quotes)),
        evidence_ids=tuple(ids),
    )


def _stated(statement: Statement) -> str:
    """Return a statement with its conditions, as a quote."""
    conditions = f" ({statement.conditions})" if statement.conditions else ""
    return f"{statement.text}{conditions}"


def clip(text: str, words: int = QUOTE_WORDS) -> str:
    """Return the first `words` words of `text`, with an ellipsis where it was cut."""
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]) + " ..."


def with_marks(claim: Claim, marks: Marks) -> str:
    """Return the claim's text with its marks before the final stop."""
    mark = marks.of(claim)
    text = claim.text.rstrip()
    if mark and text.endswith((".", ":", "?")):
        return f"{text[:-1]}{mark}{text[-1]}"
    return text + mark


def table_markdown(table: Table, marks: Marks) -> str:
    """Return `table` as a Markdown table; the picked row is bold."""
    lines = [
        "| " + " | ".join(table.columns) + " |",
        "|" + "---|" * len(table.columns),
    ]
    for row in table.rows:
        cells = [_cell(cell, marks, bold=row.picked and i == 0) for i, cell in enumerate(row.cells)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(cell: Claim, marks: Marks, *, bold: bool) -> str:
    text = cell.text.replace("|", "/")
    return (f"**{text}**" if bold else text) + marks.of(cell)


def section_markdown(section: Section, marks: Marks) -> str:
    """Return one section with its title as a bold line."""
    bullets = {"bullets": "- ", "numbered": "1. ", "sentences": ""}[section.style]
    lines = [f"{bullets}{with_marks(claim, marks)}" for claim in section.claims]
    if section.style == "numbered":
        lines = [f"{i}. {with_marks(claim, marks)}" for i, claim in enumerate(section.claims, 1)]
    body = ("\n" if section.style != "sentences" else " ").join(lines)
    parts = [f"**{section.title}**" if section.title else "", body]
    if section.table:
        parts.append(table_markdown(section.table, marks))
    return "\n\n".join(part for part in parts if part)


def answer_markdown(answer: Answer) -> str:
    """Return the answer's text, its sources and its workings as one Markdown document."""
    parts = [answer.text]
    if answer.citations:
        lines = [
            f"{item.number}. {item.title}. {item.basis}, {day(item.published) or 'undated'}."
            + (f" <{item.url}>" if item.url else "")
            + "".join(f"\n   > {line}" for line in item.quote.splitlines())
            for item in answer.citations
        ]
        parts.append("## Sources\n\n" + "\n".join(lines))
    if answer.calculations:
        lines = [
            f"- c{index}. {calculation_line(item)}"
            for index, item in enumerate(answer.calculations, start=1)
        ]
        parts.append("## Workings\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def calculation_line(calculation: Calculation) -> str:
    """Return name, formula, inputs and value on one line."""
    inputs = "; ".join(
        f"{item.name} = {item.value if isinstance(item.value, str) else number(item.value, 6)}"
        + (f" {item.unit}" if item.unit else "")
        + (" (assumed)" if item.source == "assumed" else "")
        for item in calculation.inputs
    )
    span = (
        f" ({number(calculation.low)} to {number(calculation.high)})"
        if calculation.low is not None and calculation.high is not None
        else ""
    )
    value = f"{number(calculation.value, 4)} {calculation.unit}".strip()
    return f"{calculation.name}: {calculation.formula}, with {inputs}: {value}{span}"
