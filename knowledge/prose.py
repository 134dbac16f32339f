"""Is the text of a document there, and is it its own?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from knowledge.documents import Loaded
from knowledge.finding import Finding

LEAST_WORDS = 40
"""A shorter text says nothing that the facts above it don't."""
MOST_SHARED = 3
"""Documents that may hold the same sentence."""
SENTENCE_WORDS = 5
"""Shorter sentences may repeat."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])|\n+")


def prose_faults(documents: Sequence[Loaded]) -> Iterator[Finding]:
    """Yield texts that are too short, and sentences that many documents share."""
    for item in documents:
        words = len(item.body.split())
        if words < LEAST_WORDS:
            what = f"has fewer than {LEAST_WORDS} words" if words else "is empty"
            yield Finding(item.document.id, "text", what, str(words))
    for sentence, doc_ids in repeated_sentences(documents):
        if len(doc_ids) > MOST_SHARED:
            yield Finding(
                doc_ids[0], "text", f"shares a sentence with {len(doc_ids) - 1} others", sentence
            )


def repeated_sentences(documents: Sequence[Loaded]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the sentences that stand in several documents with their ids, most shared first."""
    owners: dict[str, dict[str, None]] = defaultdict(dict)
    for item in documents:
        for sentence in sentences(item.body):
            owners[sentence][item.document.id] = None
    shared = [(sentence, tuple(ids)) for sentence, ids in owners.items() if len(ids) > 1]
    return sorted(shared, key=lambda pair: (-len(pair[1]), pair[0]))


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of `text` that have at least five words, without list marks."""
    for piece in SENTENCE_END.split(text):
        sentence = " ".join(piece.lstrip("#-* ").split())
        if len(sentence.split()) >= SENTENCE_WORDS:
            yield sentence
