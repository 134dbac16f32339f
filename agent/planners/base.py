"""The planner port: from an understanding to the look-ups of one round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agent.answer import AnswerKind
from agent.profile import Profile
from agent.understanding import Understanding
from knowledge.schema import Kind


@dataclass(frozen=True, slots=True)
class Search:
    """One search of the knowledge base."""

    query: str
    kind: Kind | None = None
    k: int = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """What kind of answer is due and what to read for it. No searches means that nothing is."""

    kind: AnswerKind
    searches: tuple[Search, ...] = ()


class Planner(Protocol):
    """Decides what to look up."""

    def plan(self, understanding: Understanding, profile: Profile) -> Plan:
        """Return the look-ups of the next round."""
        ...
