"""From what was read to documents: typed where the text bears it, every figure marked."""

from knowledge.drafting.cards import Card, draft_card

__all__ = ["Card", "draft_card"]
