"""The evidence of one turn: statements and passages of documents, calculations, the profile.

Everything a claim may rest on has an id here. The book is filled while a turn is worked out and
read by the grounding check and by the numbering of citations.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.calculation import Calculation
from agent.measures import Quantity, quantity
from agent.profile import Profile
from knowledge import Passage, Statement


@dataclass(slots=True)
class EvidenceBook:
    """Evidence by id, and the product names that the answer may use."""

    statements: dict[str, Statement] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    calculations: dict[str, Calculation] = field(default_factory=dict)
    slots: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def state(self, *statements: Statement | None) -> tuple[str, ...]:
        """Take in statements and return their ids; None is passed over."""
        kept = [statement for statement in statements if statement is not None]
        self.statements.update({statement.id: statement for statement in kept})
        return tuple(statement.id for statement in kept)

    def read(self, *passages: Passage) -> tuple[str, ...]:
        """Take in passages and return their ids."""
        self.passages.update({passage.id: passage for passage in passages})
        return tuple(passage.id for passage in passages)

    def work(self, *calculations: Calculation | None) -> tuple[str, ...]:
        """Take in calculations and return their ids; None is passed over."""
        kept = [calculation for calculation in calculations if calculation is not None]
        self.calculations.update({calculation.id: calculation for calculation in kept})
        return tuple(calculation.id for calculation in kept)

    def describe(self, profile: Profile) -> None:
        """Make what the user said citable as "profile/<slot>"."""
        for slot in profile.stated():
            words = profile.words.get(slot, "")
            self.slots[f"profile/{slot}"] = f"{words} {getattr(profile, slot)}"

    def name(self, *names: str) -> None:
        """Allow product names, which may contain digits that are no figures."""
        self.names.update(name for name in names if name)

    def __contains__(self, evidence_id: object) -> bool:
        """Tell whether there is evidence with this id."""
        return any(
            evidence_id in shelf
            for shelf in (self.statements, self.passages, self.calculations, self.slots)
        )

    def text(self, evidence_id: str) -> str:
        """Return the words of one piece of evidence, dates and conditions included."""
        if evidence_id in self.statements:
            statement = self.statements[evidence_id]
            return f"{statement.text} {statement.conditions or ''} {statement.as_of or ''}"
        if evidence_id in self.passages:
            passage = self.passages[evidence_id]
            return f"{passage.title} {passage.text} {passage.published or ''}"
        if evidence_id in self.calculations:
            return calculation_text(self.calculations[evidence_id])
        return self.slots.get(evidence_id, "")

    def quantities(self, evidence_id: str) -> tuple[Quantity, ...]:
        """Return the exact figures of a calculation or statement, with their units."""
        if evidence_id in self.calculations:
            return calculation_quantities(self.calculations[evidence_id])
        if evidence_id in self.statements:
            statement = self.statements[evidence_id]
            return () if statement.value is None else (quantity(statement.value, statement.unit),)
        return ()


def calculation_quantities(calculation: Calculation) -> tuple[Quantity, ...]:
    """Return value, range and numeric inputs of a calculation."""
    results = (calculation.value, calculation.low, calculation.high)
    found = [quantity(value, calculation.unit) for value in results if value is not None]
    found += [quantity(i.value, i.unit) for i in calculation.inputs if not isinstance(i.value, str)]
    return tuple(found)


def calculation_text(calculation: Calculation) -> str:
    """Return a calculation in words: name, formula, inputs, value."""
    inputs = "; ".join(f"{i.name} {i.value} {i.unit}".strip() for i in calculation.inputs)
    result = f"{calculation.value} {calculation.unit}"
    return f"{calculation.name}: {calculation.formula} ({inputs}) = {result}"
