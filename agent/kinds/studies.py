"""What published head-to-head studies measured."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Section
from agent.core.odds_fit import RELIABILITY, Row
from agent.kinds.plain import Back
from agent.kinds.reread import task_type, task_words
from agent.kinds.tally import Tally, statement_of, tally
from agent.turn import Draft, Turn
from agent.wording import day
from knowledge import Statement
from knowledge.schema import Document, Study, TaskType

STEM = 5
"""Letters by which a field of work is known in a message: "medicine" is medical."""
MOST = 4
OF_STUDIES = re.compile(r"\b(?:papers?|stud(?:y|ies)|research|literature)\b", re.IGNORECASE)
OF_MODELS = re.compile(
    r"\b(?:models?|llms?|slms?|gpt|fine-?tun\w*|speciali[sz]ed|modelle?n?|modelos?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StudyFigures:
    """What published studies measured: of the study named, else of the type of task asked.

    `tally` counts all comparisons of that study or type; `comparisons` are those to show.
    """

    study: Document | None
    task_type: TaskType | None
    tally: Tally
    comparisons: tuple[Statement, ...]


def are_asked(turn: Turn) -> bool:
    """Tell whether a question of fact is about what studies found."""
    asked = turn.understanding
    named = any(doc_id.startswith("studies/") for doc_id in asked.documents)
    return asked.intent == "fact" and (named or bool(OF_STUDIES.search(turn.message)))


def work_out(turn: Turn) -> StudyFigures | Back:
    """Return what the study named found, else what studies of the task asked about found."""
    named = [i for i in turn.understanding.documents if i.startswith("studies/")]
    kind = None if named else task_type(turn)
    near = [p.doc_id for p in turn.passages if p.kind == "study"]
    rows = [row for row in turn.studies.rows if named and row.study == named[0]]
    if not named:
        rows = _about(turn, kind)
    if not rows:
        return Back("problem", ("No study here is about that. Name the task it should compare.",))
    study = turn.catalogue.get(named[0]) if named else None
    what = f"in {study.title}" if study else f"of {task_words(kind)}" if kind else "asked about"
    counted = tally(named[0] if named else f"type-{kind}", what, [row.comparison for row in rows])
    shown = [statement_of(turn, row.study, row.comparison) for row in _chosen(rows, near, study)]
    return StudyFigures(study, kind, counted, tuple(s for s in shown if s))


def _about(turn: Turn, kind: TaskType | None) -> list[Row]:
    """Return the comparisons of a type of task, else of a field of work, else those of models."""
    if kind is not None:
        return [row for row in turn.studies.rows if row.case.task_type == kind]
    said = {word[:STEM] for word in re.findall(r"[a-z]{5,}", turn.message.lower())}
    of_field = [
        row for row in turn.studies.rows if (row.comparison.domain or "general")[:STEM] in said
    ]
    if of_field:
        return of_field
    return list(turn.studies.rows) if OF_MODELS.search(turn.message) else []


def _chosen(rows: list[Row], near: list[str], study: Document | None) -> list[Row]:
    """Return the rows to show: in a study's own order, else one a study, those searched first."""
    if isinstance(study, Study):
        return rows[:MOST]
    place = {doc_id: index for index, doc_id in enumerate(reversed(near))}
    ranked = sorted(
        rows, key=lambda r: (-place.get(r.study, -1), -RELIABILITY[r.comparison.reliability])
    )
    first = {row.study: row for row in reversed(ranked)}
    return [row for row in ranked if first[row.study] is row][:MOST]


def write(found: StudyFigures, turn: Turn) -> Draft:
    """Draft what the studies found overall, then a few of the comparisons."""
    ids = turn.book.work(found.tally.calculation)
    claims = tuple(
        Claim(
            text=f"{s.text}." + (f" {s.conditions.rstrip('.')}." if s.conditions else ""),
            evidence_ids=turn.book.state(s),
        )
        for s in found.comparisons
    )
    on = f"on {task_words(found.task_type)}" if found.task_type else "of this kind"
    headline = "What published comparisons measured"
    where = f"In the published comparisons {on}"
    if found.study is not None:
        turn.book.name(found.study.title)
        dated = f" ({day(found.study.published)})" if found.study.published else ""
        headline, where = f"{found.study.title}{dated}", "In its comparisons"
    text = f"{where}, the smaller, specialized model {found.tally.words} against the larger one."
    return Draft(
        kind="fact",
        headline=headline,
        summary=Claim(
            text=text, evidence_ids=(*ids, *(i for c in claims[:1] for i in c.evidence_ids))
        ),
        sections=(Section(title="", claims=claims),) if claims else (),
        suggestions=("Describe your job for a pick and its odds.",),
    )
