"""One turn: what was asked, what is known, and the evidence gathered for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from agent.answer import (
    Answer,
    AnswerKind,
    Attachment,
    Chart,
    Claim,
    Flip,
    Option,
    Question,
    Section,
    Verdict,
)
from agent.core.odds import Studies
from agent.evidence import EvidenceBook
from agent.market import Market
from agent.profile import Profile
from agent.settings import Settings
from agent.understanding import Understanding
from knowledge import Catalogue, Passage, Statement


@dataclass(slots=True)
class Turn:
    """The inputs of working out and writing one answer."""

    understanding: Understanding
    profile: Profile
    catalogue: Catalogue
    studies: Studies
    market: Market
    settings: Settings
    today: date
    last_answer: Answer | None = None
    passages: tuple[Passage, ...] = ()
    book: EvidenceBook = field(default_factory=EvidenceBook)

    @property
    def message(self) -> str:
        """The user's words."""
        return self.understanding.message

    def fact(self, statement_id: str) -> Statement | None:
        """Return the statement with that id, or None where the catalogue holds none."""
        doc_id = statement_id.partition("#")[0]
        if doc_id not in self.catalogue:
            return None
        return next((s for s in self.catalogue.statements(doc_id) if s.id == statement_id), None)


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its evidence is numbered and checked."""

    kind: AnswerKind
    headline: str
    summary: Claim | None = None
    sections: tuple[Section, ...] = ()
    verdict: Verdict | None = None
    outcome: str | None = None
    confidence: float | None = None
    confidence_low: float | None = None
    confidence_high: float | None = None
    assumed: dict[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    flips: tuple[Flip, ...] = ()
    missing: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    chart: Chart | None = None
    suggestions: tuple[str, ...] = ()

    def claims(self) -> tuple[Claim, ...]:
        """Return every statement of the draft in reading order, table cells included."""
        found = [self.summary] if self.summary else []
        for section in self.sections:
            found += section.claims
            for row in section.table.rows if section.table else ():
                found += row.cells
        return tuple(found)
