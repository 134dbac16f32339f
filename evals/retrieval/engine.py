"""What the parts of the search find, each for itself, before anything is fused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.retrieval.collection import Collection
from evals.retrieval.textbook import Textbook
from knowledge.catalogue import Catalogue
from knowledge.embedding import Embedder
from knowledge.search import DEPTH, WEIGHTS, fuse
from knowledge.storage.names import vector_id
from knowledge.storage.vectors import Filter
from knowledge.storage.words import Words

Scored = tuple[tuple[int, float], ...]
"""Chunks by their place in the collection with their scores, best first."""


FEEDBACK, SHARE = 3, 0.3


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one question, at most DEPTH of each.

    meaning: by cosine of the vectors, exact. words: by the search's own index of words.
    textbook: by another BM25, to check that one and for its scores. The rest only for questions
    that name documents: the same within those, and with their titles added to the words.
    """

    meaning: Scored
    words: Scored
    textbook: Scored
    fed_back: Scored
    named_meaning: Scored = ()
    named_words: Scored = ()
    titled_words: Scored = ()
    titled_named_words: Scored = ()


class Engine:
    """The parts of the search over one collection."""

    def __init__(
        self,
        collection: Collection,
        *,
        embedder: Embedder,
        folder: Path,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Index `collection`; its words lie in `folder`. `catalogue` knows the names."""
        self._chunks = collection.chunks
        self._embedder = embedder
        self._catalogue = catalogue
        texts = [chunk.text for chunk in collection.chunks]
        self._vectors = embedder.embed(texts)
        self._places = {vector_id(chunk): place for place, chunk in enumerate(self._chunks)}
        self._words = Words(folder)
        self._words.change(collection.chunks, [], anew=True)
        self._textbook = Textbook(texts)

    def found(self, query: str) -> Found:
        """Return what every part finds for `query`."""
        cosines = self._vectors @ self._embedder.embed([query])[0]
        named = self._named(query)
        everything = Filter()
        meaning = _best(cosines)
        words = self._worded(query, everything)
        textbook = _best(self._textbook.scores(query), least=0.0)
        fed_back = self._fed_back(query, meaning, words)
        if self._catalogue is None or not named:
            return Found(meaning, words, textbook, fed_back, titled_words=words)
        titles = [self._catalogue.get(doc_id).title for doc_id in sorted(named)]
        titled = " ".join([query, *titles])
        inside = everything.within(named)
        outside = np.array([chunk.doc_id not in named for chunk in self._chunks])
        near = _best(np.where(outside, -np.inf, cosines), least=-1.0)
        return Found(
            meaning,
            words,
            textbook,
            fed_back,
            named_meaning=near,
            named_words=self._worded(query, inside),
            titled_words=self._worded(titled, everything),
            titled_named_words=self._worded(titled, inside),
        )

    def _fed_back(self, query: str, meaning: Scored, words: Scored) -> Scored:
        best = [place for place, _ in fused(meaning, words)[:FEEDBACK]]
        moved = self._embedder.embed([query])[0] + SHARE * self._vectors[best].mean(axis=0)
        return _best(self._vectors @ moved)

    def _named(self, query: str) -> frozenset[str]:
        mentions = self._catalogue.mentions(query) if self._catalogue else ()
        return frozenset(mention.doc_id for mention in mentions)

    def _worded(self, query: str, allowed: Filter) -> Scored:
        ranked = self._words.ranked(query, count=DEPTH, allowed=allowed)
        return tuple((self._places[name], score) for name, score in ranked)


def fused(*rankings: Scored) -> Scored:
    """Return the places in `rankings`, by meaning and by words in turn, fused as by the search."""
    named = [[(f"{place:08}", score) for place, score in ranking] for ranking in rankings]
    weights = WEIGHTS * (len(named) // 2) if len(named) > 1 else (1.0,)
    return tuple((int(name), score) for name, score in fuse(named, weights))


def _best(scores: NDArray[np.floating], *, least: float = -np.inf) -> Scored:
    """Return the DEPTH highest of `scores` that are above `least`."""
    best = np.argsort(-scores, kind="stable")[:DEPTH]
    return tuple((int(place), float(scores[place])) for place in best if scores[place] > least)
