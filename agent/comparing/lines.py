"""The table of a comparison: one line a property, one cell a product, differing lines first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agent.calculation import Calculation
from knowledge import Statement


@dataclass(frozen=True, slots=True)
class Cell:
    """What one product has of one property. `text` None means that it is not known.

    A stated figure carries its statement, a computed one its calculation; words of a document
    carry neither. `value` is what lines rank by, `low` and `high` an 80% interval of it.
    """

    text: str | None = None
    note: str = ""
    statement: Statement | None = None
    calculation: Calculation | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One property of all products, in their order. `better` says which end of it leads."""

    label: str
    cells: tuple[Cell, ...]
    better: Literal["higher", "lower"] | None = None

    @property
    def is_known(self) -> bool:
        """Whether it is known of any product."""
        return any(cell.text is not None for cell in self.cells)

    @property
    def differs(self) -> bool:
        """Whether the products differ in it; what is not known of some differs."""
        return (
            len({(cell.text, cell.note if cell.value is None else "") for cell in self.cells}) > 1
        )

    def leads(self, cell: Cell) -> bool:
        """Tell whether `cell` is the best of a line whose products are all known and differ."""
        values = [item.value for item in self.cells if item.value is not None]
        if self.better is None or len(values) < len(self.cells) or len(set(values)) < 2:
            return False
        return cell.value == (max(values) if self.better == "higher" else min(values))


@dataclass(frozen=True, slots=True)
class Side:
    """The lines of a comparison, sorted by whether they tell the products apart."""

    differing: tuple[Line, ...]
    equal: tuple[Line, ...]
    unknown: tuple[str, ...]
    """Labels of what is known of none of them."""

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Side:
        """Sort `lines`; within each group they keep their order."""
        known = [line for line in lines if line.is_known]
        return cls(
            tuple(line for line in known if line.differs),
            tuple(line for line in known if not line.differs),
            tuple(line.label for line in lines if not line.is_known),
        )
