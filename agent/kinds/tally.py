"""How often the specialized side won among published comparisons, counted and citable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.calculation import Calculation, Input
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Comparison


@dataclass(frozen=True, slots=True)
class Tally:
    """Wins, ties and losses of the specialized side; `calculation` is the count of the wins."""

    wins: int
    ties: int
    losses: int
    calculation: Calculation

    @property
    def n(self) -> int:
        """Number of comparisons."""
        return self.wins + self.ties + self.losses

    @property
    def share(self) -> float:
        """Share of the comparisons that the specialized side won or drew; 0 where none are."""
        return (self.wins + self.ties) / self.n if self.n else 0.0

    @property
    def words(self) -> str:
        """Return "won 6 and lost 4 of 10"."""
        drawn = f", drew {self.ties}" if self.ties else ""
        return f"won {self.wins}{drawn} and lost {self.losses} of {self.n}"


def tally(name: str, what: str, comparisons: Sequence[Comparison]) -> Tally:
    """Count `comparisons`; `name` ends the calculation's id, `what` says which they are."""
    wins, ties, losses = (
        sum(item.winner == side for item in comparisons)
        for side in ("specialized", "tie", "ultra_large")
    )
    calculation = Calculation(
        id=f"calc/tally/{name}".replace(" ", "-"),
        name=f"published comparisons {what} that the smaller, specialized model won",
        formula="count over the study documents",
        inputs=(
            Input(name="comparisons", value=len(comparisons), source="the studies"),
            Input(name="drawn", value=ties, source="the studies"),
            Input(name="lost", value=losses, source="the studies"),
        ),
        value=wins,
        unit="comparisons",
    )
    return Tally(wins, ties, losses, calculation)


def statement_of(turn: Turn, study: str, comparison: Comparison) -> Statement | None:
    """Return the citable statement of one comparison of a study."""
    start = f"On {comparison.dataset} ({comparison.task}), {comparison.specialized.model}"
    found = (s for s in turn.catalogue.statements(study) if s.group == "comparison")
    return next(
        (s for s in found if s.text.startswith(start) and comparison.ultra_large.model in s.text),
        None,
    )
