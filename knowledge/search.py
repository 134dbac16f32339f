"""Hybrid search: by meaning and by words, fused by reciprocal rank.

Reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009; a chunk scores the sum of
1 / (k + rank) over the rankings that hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.chunks import Chunk
from knowledge.documents import AnyDoc
from knowledge.schema import Basis, Kind, Note

DEPTH = 100
"""How far each ranking is read."""
FUSION_K = 20
PER_DOCUMENT = 3
"""Passages of one document that a search returns at most, so that others are heard."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A found chunk with its provenance; `score` is the fused one, higher is better."""

    id: str
    doc_id: str
    kind: Kind
    title: str
    heading: str
    text: str
    score: float
    url: str | None
    published: str | None
    basis: Basis


def fuse(rankings: Iterable[Sequence[Chunk]], *, k: int = FUSION_K) -> list[tuple[Chunk, float]]:
    """Return the chunks of all `rankings` with their fused scores, best first."""
    scores: dict[str, float] = {}
    chunks: dict[str, Chunk] = {}
    for ranking in rankings:
        for rank, chunk in enumerate(ranking, start=1):
            chunks[chunk.id] = chunk
            scores[chunk.id] = scores.get(chunk.id, 0.0) + 1 / (k + rank)
    best = sorted(scores, key=lambda name: (-scores[name], name))
    return [(chunks[name], scores[name]) for name in best]


def pick(
    fused: Sequence[tuple[Chunk, float]], *, k: int, per_document: int
) -> list[tuple[Chunk, float]]:
    """Return the first `k` of `fused` with at most `per_document` of one document."""
    taken: Counter[str] = Counter()
    picked: list[tuple[Chunk, float]] = []
    for chunk, score in fused:
        if len(picked) == k:
            break
        if taken[chunk.doc_id] < per_document:
            taken[chunk.doc_id] += 1
            picked.append((chunk, score))
    return picked


def passages(
    picked: Sequence[tuple[Chunk, float]], documents: Mapping[str, AnyDoc]
) -> list[Passage]:
    """Return `picked` with title, main source and basis of their documents."""
    return [_passage(chunk, score, documents[chunk.doc_id]) for chunk, score in picked]


def main_basis(document: AnyDoc) -> Basis:
    """Return the basis that most figures of `document` have."""
    if isinstance(document, Note):
        return document.basis
    if document.kind == "study":
        return "study"
    counts: Counter[Basis] = Counter(fact.basis for fact in document.facts)
    for name in ("claims", "items", "strengths", "weaknesses", "complaints", "measured"):
        counts.update(item.basis for item in getattr(document, name, ()))
    return counts.most_common(1)[0][0] if counts else "press"


def _passage(chunk: Chunk, score: float, document: AnyDoc) -> Passage:
    source = next(iter(document.sources.values()), None)
    return Passage(
        id=chunk.id,
        doc_id=chunk.doc_id,
        kind=chunk.kind,
        title=document.title,
        heading=chunk.heading,
        text=chunk.text.partition("\n")[2],
        score=score,
        url=source.url if source else None,
        published=document.published,
        basis=main_basis(document),
    )
