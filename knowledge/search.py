"""Hybrid search: by meaning and by words, fused by the sum of scaled scores.

Convex combination of scores scaled to 0..1: Bruch, Gai and Ingber, ACM TOIS 42(1), 2023. What a
ranking does not hold has 0 in it. docs/search.md has the measurements.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.catalogue import Catalogue
from knowledge.chunks import Chunk
from knowledge.documents import AnyDoc
from knowledge.embedding import Embedder, Vectors
from knowledge.schema import Basis, Kind, Note
from knowledge.storage.names import kind_of
from knowledge.storage.storage import Handles
from knowledge.storage.vectors import KINDS, Filter, Scored

DEPTH = 100
"""How far each ranking is read."""
WEIGHTS = (0.48, 0.52)
"""Of meaning and of words. Nearly equal; where texts are near twins, their rare words decide."""
PER_DOCUMENT = 5
"""Passages of one document that a search returns at most, so that others are heard."""
NEWER = 0.02
"""How much more a document of today counts than an old one; half as much a year later."""
UNDATED_YEARS = 2.0
RERANKED = 4
"""The prior is applied to this many times the passages that are wanted."""


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


@dataclass(frozen=True, slots=True)
class Search:
    """One state of knowledge, ready to be searched."""

    handles: Handles
    catalogue: Catalogue
    embedder: Embedder

    def passages(self, query: str, allowed: Filter, *, k: int, per_document: int) -> list[Passage]:
        """Return the `k` best passages by meaning and by words, best first.

        Documents that the query names are also ranked among themselves, so that the passages of
        a named product come before those of its relatives.
        """
        named = {mention.doc_id for mention in self.catalogue.mentions(query)}
        titles = [self.catalogue.get(doc_id).title for doc_id in sorted(named)]
        words = " ".join([query, *titles])
        vector = self.embedder.embed([query])
        depth = max(DEPTH, 2 * k)
        rankings: list[Scored] = []
        for part in (allowed, allowed.within(named)) if named else (allowed,):
            if not part.nothing:
                rankings.append(self.by_meaning(vector, count=depth, allowed=part))
                rankings.append(self.by_words(words, count=depth, allowed=part))
        fused = fuse(rankings, WEIGHTS * (len(rankings) // 2))
        chunks = self.handles.database.chunks([name for name, _ in fused])
        known = [(chunks[name], score) for name, score in fused if name in chunks]
        documents = self.catalogue.several({chunk.doc_id for chunk, _ in known[: RERANKED * k]})
        fresh = newer_first(known[: RERANKED * k], documents, today=dt.datetime.now(dt.UTC).date())
        picked = pick(fresh, k=k, per_document=per_document)
        return [_passage(chunk, score, documents[chunk.doc_id]) for chunk, score in picked]

    def by_meaning(self, vector: Vectors, *, count: int, allowed: Filter) -> Scored:
        """Return the `count` vectors nearest to `vector` (one row), by id and cosine."""
        handles = self.handles
        if allowed.doc_ids is None:
            kinds = [kind for kind in KINDS if allowed.allows_kind(kind)]
            return handles.vectors.nearest(vector, count=count, kinds=kinds)
        ids = handles.database.vectors(allowed.doc_ids)
        ids = {name for name in ids if allowed.allows_kind(kind_of(name))}
        return handles.vectors.nearest_of(vector, ids, count=count)

    def by_words(self, words: str, *, count: int, allowed: Filter) -> Scored:
        """Return at most `count` vectors whose chunks share a word with `words`, by id and BM25."""
        return self.handles.words.ranked(words, count=count, allowed=allowed)


def fuse(rankings: Sequence[Scored], weights: Sequence[float]) -> Scored:
    """Return the ids of all `rankings` with the weighted sum of their scores scaled to 0..1."""
    totals: dict[str, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        low, high = (ranking[-1][1], ranking[0][1]) if ranking else (0.0, 0.0)
        for name, score in ranking:
            scaled = (score - low) / (high - low) if high > low else 1.0
            totals[name] = totals.get(name, 0.0) + weight * scaled
    return sorted(totals.items(), key=lambda item: (-item[1], item[0]))


def newer_first(
    found: Sequence[tuple[Chunk, float]], documents: Mapping[str, AnyDoc], *, today: dt.date
) -> list[tuple[Chunk, float]]:
    """Return `found` in the order of its scores, each a little higher where it is recent."""
    scored = [
        (chunk, score * (1 + NEWER * 0.5 ** _years(documents[chunk.doc_id].published, today)))
        for chunk, score in found
        if chunk.doc_id in documents
    ]
    return sorted(scored, key=lambda item: -item[1])


def pick(
    found: Sequence[tuple[Chunk, float]], *, k: int, per_document: int
) -> list[tuple[Chunk, float]]:
    """Return the first `k` of `found`, `per_document` of one document at most."""
    taken: Counter[str] = Counter()
    picked: list[tuple[Chunk, float]] = []
    for chunk, score in found:
        if len(picked) == k:
            break
        if taken[chunk.doc_id] < per_document:
            taken[chunk.doc_id] += 1
            picked.append((chunk, score))
    return picked


def _years(published: str | None, today: dt.date) -> float:
    """Return the years from `published` to `today`; the middle of what a date leaves open."""
    if published is None:
        return UNDATED_YEARS
    year, month = int(published[:4]), int(published[5:7] or 7)
    return max(0.0, today.year - year + (today.month - month) / 12)


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
