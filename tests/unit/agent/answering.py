"""Answers without an index: a question as it is understood, worked out, worded and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from agent.answer import Answer
from agent.assemble import assemble
from agent.decide import decide
from agent.turn import Turn
from agent.understanding import Understanding
from agent.writers import TemplateWriter

MakeTurn = Callable[[str], Turn]


def answered(
    turn_for: MakeTurn, message: str, *, before: Answer | None = None, **understood: Any
) -> Answer:
    """Return the answer to `message` read as `understood`; no claim may be left out."""
    understanding = Understanding(message=message, **understood)
    base = turn_for("")
    turn = replace(
        base, understanding=understanding, profile=understanding.patch, last_answer=before
    )
    turn.book.describe(turn.profile)
    turn.book.slots["profile/message"] = message
    answer = assemble(
        TemplateWriter().write(decide(turn), turn), turn, engine="template", snapshot="test"
    )
    assert answer.fallbacks == (), answer.fallbacks
    return answer


def table(answer: Answer) -> list[list[str]]:
    """Return the cells of the first table."""
    found = next(section.table for section in answer.sections if section.table)
    return [[cell.text for cell in row.cells] for row in found.rows]
