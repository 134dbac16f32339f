"""What published head-to-head studies measured."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Section
from agent.kinds.plain import Back
from agent.turn import Draft, Turn
from agent.wording import day
from knowledge import Statement
from knowledge.schema import Document

MOST = 6
OF_STUDIES = re.compile(r"\b(?:papers?|stud(?:y|ies)|research|literature)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StudyFigures:
    """What published studies measured: the comparisons of one study, or the first of several."""

    studies: tuple[Document, ...]
    comparisons: tuple[Statement, ...]


def are_asked(turn: Turn) -> bool:
    """Tell whether a question of fact is about what studies found."""
    asked = turn.understanding
    named = any(doc_id.startswith("studies/") for doc_id in asked.documents)
    return asked.intent == "fact" and (named or bool(OF_STUDIES.search(turn.message)))


def work_out(turn: Turn) -> StudyFigures | Back:
    """Return the comparisons of the first study, or of several where none is named."""
    named = [i for i in turn.understanding.documents if i.startswith("studies/")]
    ids = named or [p.doc_id for p in turn.passages if p.kind == "study"]
    found = [turn.catalogue.get(i) for i in dict.fromkeys(ids)][: 1 if named else MOST]
    if not found:
        return Back("problem", ("No study here is about that. Name the task it should compare.",))
    each = MOST if named else 1
    rows = [s for d in found for s in turn.catalogue.statements(d.id)[:each]]
    return StudyFigures(tuple(found), tuple(rows))


def write(found: StudyFigures, turn: Turn) -> Draft:
    """Draft what the studies measured, one claim a comparison."""
    claims = tuple(
        Claim(
            text=f"{s.text}." + (f" {s.conditions.rstrip('.')}." if s.conditions else ""),
            evidence_ids=turn.book.state(s),
        )
        for s in found.comparisons
    )
    turn.book.name(*(d.title for d in found.studies))
    one = found.studies[0]
    first = f"{one.title} ({day(one.published)})" if one.published else one.title
    return Draft(
        kind="fact",
        headline=first if len(found.studies) == 1 else "What published comparisons measured",
        summary=claims[0],
        sections=(
            Section(title="More from it" if len(found.studies) == 1 else "", claims=claims[1:]),
        )
        if claims[1:]
        else (),
        suggestions=("Describe your job for a pick and its odds.",),
    )
