"""A corpus of a few made-up cards, and a knowledge base over it."""

from __future__ import annotations

from pathlib import Path

from knowledge import KnowledgeBase, MiniLM
from knowledge.embedding import Embedder

EMBEDDER = MiniLM()
ROOT = Path(__file__).parents[2]


def card(name: str, text: str) -> str:
    """Return the document of a card that says `text` of it."""
    return f"""---
id: hardware/{name}
kind: hardware
title: Card {name}
vendor: Demo
read_on: '2026-11-01'
device: gpu
status: shipping
facts:
- {{name: memory, value: 24, unit: GB, basis: vendor, source: s1}}
sources:
  s1: {{url: 'https://example.org/{name}'}}
---

## About
{text}
"""


def add_cards(corpus: Path, count: int, *, prose: str = "") -> None:
    """Write `count` more cards into the folder `corpus`."""
    for number in range(count):
        text = card(f"many{number}", f"Card number {number}.{prose}")
        (corpus / f"many{number}.md").write_text(text)


def opened(kb: KnowledgeBase, embedder: Embedder = EMBEDDER) -> KnowledgeBase:
    """Open the folder of `kb` once more."""
    return KnowledgeBase.open(kb.folder, embedder=embedder, corpus=kb.corpus)


def first(kb: KnowledgeBase, query: str) -> str:
    """Return the id of the document that a search finds first."""
    return kb.search(query, k=1)[0].doc_id
