"""What a device costs by the hour: the cheapest on-demand offer that is known."""

from __future__ import annotations

from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Document


def cheapest_rental(turn: Turn, document: Document) -> Statement | None:
    """Return the cheapest on-demand rental of `document`, or None where none is known."""
    offers = [
        s
        for s in turn.catalogue.statements(document.id)
        if s.group == "rental" and s.value and "on demand" in s.text
    ]
    return min(offers, key=lambda s: s.value or 0.0, default=None)
