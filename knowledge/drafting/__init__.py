"""From what was read to documents: typed where the text bears it, every figure marked."""

from knowledge.drafting.cards import Card, draft_card
from knowledge.drafting.pages import draft

__all__ = ["Card", "draft", "draft_card"]
