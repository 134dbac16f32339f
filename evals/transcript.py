"""What was said: the turns of one conversation with their answers, and a score of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.answer import Answer
from evals.cases import Case


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message and its answer; `seconds` is the wall time between them."""

    message: str
    answer: Answer
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """The exchanges of one case, the oldest first."""

    exchanges: tuple[Exchange, ...]

    @property
    def last(self) -> Answer:
        """The answer that the case is about."""
        return self.exchanges[-1].answer


@dataclass(frozen=True, slots=True)
class Score:
    """How well one thing was done, 0 to 1, and why it is not 1."""

    name: str
    value: float
    explanation: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing was wrong."""
        return self.value >= 1.0


Scorer = Callable[[Case, Transcript], Score | None]
"""Returns None where the case does not ask for what the scorer judges."""


def score(name: str, checks: int, faults: list[str]) -> Score:
    """Return the share of `checks` without a fault, explained by the faults."""
    value = 1.0 if not faults else max(0.0, 1.0 - len(faults) / max(1, checks))
    return Score(name, min(value, 0.999) if faults else 1.0, "; ".join(faults))
