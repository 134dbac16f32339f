"""From a draft to the answer: check each claim, number the evidence, render the text."""

from __future__ import annotations

from typing import Literal, cast

from agent.answer import Answer, Claim, Section, Table
from agent.evidence import EvidenceBook
from agent.grounding import Fault, check_claim
from agent.render import Marks, number_evidence, section_markdown, with_marks
from agent.turn import Draft, Turn
from agent.wording import day

DATED = frozenset({"recommendation", "cost", "comparison", "fit", "reality_check", "finetune"})
PLAIN_HEADLINE = "What the evidence holds"
"""Stands in for a headline that its evidence does not carry."""


def assemble(draft: Draft, turn: Turn, *, engine: str, snapshot: str) -> Answer:
    """Return the answer to `draft`. A claim that its evidence does not carry is left out."""
    today = turn.today.isoformat()
    sections, faults = _checked_sections(draft.sections, turn.book, today)
    summary = draft.summary
    wrong_headline = _headline_faults(draft, turn, today)
    faults += wrong_headline
    headline = PLAIN_HEADLINE if wrong_headline else draft.headline
    if summary is not None and (wrong := check_claim(summary, turn.book, today=today)):
        faults += wrong
        summary = None
    claims = _claims(summary, sections)
    marks, citations, calculations = number_evidence(claims, turn.book, turn.catalogue)
    return Answer(
        kind=draft.kind,
        headline=headline,
        verdict=draft.verdict,
        outcome=cast("Literal['yes', 'no'] | None", draft.outcome),
        confidence=draft.confidence,
        confidence_low=draft.confidence_low,
        confidence_high=draft.confidence_high,
        text=_text(draft, headline, summary, sections, marks, today),
        summary=summary,
        sections=sections,
        claims=claims,
        citations=citations,
        calculations=calculations,
        profile=turn.profile,
        assumed=draft.assumed,
        options=draft.options,
        flips=draft.flips,
        missing=draft.missing,
        questions=draft.questions,
        attachments=draft.attachments,
        chart=draft.chart,
        suggestions=draft.suggestions,
        engine=engine,
        fallbacks=tuple(f"left out, {fault.problem}: {fault.claim}" for fault in faults),
        snapshot=snapshot,
        as_of=today,
        question=turn.message,
    )


def _headline_faults(draft: Draft, turn: Turn, today: str) -> list[Fault]:
    """Check the headline against everything that the draft cites."""
    cited = tuple(dict.fromkeys(i for claim in draft.claims() for i in claim.evidence_ids))
    known = tuple(i for i in cited if i in turn.book)
    headline = Claim(text=draft.headline, evidence_ids=(*known, "profile/message"))
    return check_claim(headline, turn.book, today=today)


def _checked_sections(
    sections: tuple[Section, ...], book: EvidenceBook, today: str
) -> tuple[tuple[Section, ...], list[Fault]]:
    faults: list[Fault] = []
    kept: list[Section] = []
    for section in sections:
        claims = []
        for claim in section.claims:
            wrong = check_claim(claim, book, today=today)
            faults += wrong
            claims += [] if wrong else [claim]
        table = section.table
        if table is not None:
            table, wrong = _checked_table(table, book, today)
            faults += wrong
        if claims or table:
            kept.append(section.model_copy(update={"claims": tuple(claims), "table": table}))
    return tuple(kept), faults


def _checked_table(
    table: Table, book: EvidenceBook, today: str
) -> tuple[Table | None, list[Fault]]:
    """Leave out each row with a figure that nothing carries."""
    faults: list[Fault] = []
    rows = []
    for row in table.rows:
        wrong = [fault for cell in row.cells for fault in check_claim(cell, book, today=today)]
        faults += wrong
        rows += [] if wrong else [row]
    return (table.model_copy(update={"rows": tuple(rows)}) if rows else None), faults


def _claims(summary: Claim | None, sections: tuple[Section, ...]) -> tuple[Claim, ...]:
    found = [summary] if summary else []
    for section in sections:
        found += section.claims
        for row in section.table.rows if section.table else ():
            found += row.cells
    return tuple(found)


def _text(
    draft: Draft,
    headline: str,
    summary: Claim | None,
    sections: tuple[Section, ...],
    marks: Marks,
    today: str,
) -> str:
    first = f"**{headline}**" if headline[-1] in ".?!" else f"**{headline}.**"
    if summary:
        first += f" {with_marks(summary, marks)}"
    if draft.kind in DATED:
        first += f" *As of {day(today)}.*"
    blocks = [first, *(section_markdown(section, marks) for section in sections)]
    if draft.questions:
        lines = [f"{i}. {q.text} ({q.default})" for i, q in enumerate(draft.questions, start=1)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
