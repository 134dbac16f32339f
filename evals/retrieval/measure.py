"""Measure the variants on one collection."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from evals.retrieval.collection import Collection, ranked_keys
from evals.retrieval.engine import Engine, Found
from evals.retrieval.metrics import (
    DEPTH,
    Values,
    difference,
    ndcg,
    recall,
    reciprocal_rank,
)
from evals.retrieval.own import load_queries, own_collection, section
from evals.retrieval.variants import BASE, Origin, Variant, variants, years_between
from knowledge.base import KnowledgeBase
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, Loaded, load_folder
from knowledge.embedding import Embedder

SHIPPED = "the search as it is"
Ranked = list[list[str]]
"""Keys, best first, a question each."""


class Row(BaseModel):
    """How one variant did. `even` and `odd` are nDCG on the two halves of the questions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    ndcg: float
    even: float
    odd: float
    recall: float
    reciprocal_rank: float
    gain: float
    gain_low: float
    gain_high: float


class Result(BaseModel):
    """The variants on one collection; `code` names the search that was measured."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collection: str
    passages: int
    questions: int
    code: str
    rows: tuple[Row, ...]


def measure_own(embedder: Embedder, *, code: str) -> Result:
    """Measure on the bundled documents with our own questions."""
    loaded = load_folder(CORPUS)
    collection = own_collection(loaded, load_queries())
    origin = _origin(loaded, collection)
    ranked = _ranked(collection, variants(own=True), embedder, origin, Catalogue(loaded))
    with (
        tempfile.TemporaryDirectory() as folder,
        KnowledgeBase.open(folder, embedder=embedder) as knowledge,
    ):
        knowledge.sync()
        ranked[SHIPPED] = shipped(knowledge, collection)
    return _result(collection, ranked, code)


def measure(collection: Collection, embedder: Embedder, *, code: str) -> Result:
    """Measure on any collection."""
    documents = [chunk.doc_id for chunk in collection.chunks]
    origin = Origin(documents, [0.0] * len(documents))
    ranked = _ranked(collection, variants(own=False), embedder, origin, None)
    return _result(collection, ranked, code)


def shipped(knowledge: KnowledgeBase, collection: Collection) -> Ranked:
    """Return what a user's search finds in `knowledge`, whatever it does inside."""
    ranked: Ranked = []
    for question in collection.questions:
        passages = knowledge.search(question.text, k=DEPTH)
        found = [(section(item.doc_id, item.heading), item.doc_id) for item in passages]
        ranked.append(ranked_keys(found, question.grades))
    return ranked


def values(
    collection: Collection,
    ranked: Ranked,
    metric: Callable[[Sequence[str], Mapping[str, int]], float],
) -> Values:
    """Return `metric` of every question."""
    pairs = zip(ranked, collection.questions, strict=True)
    return np.array([metric(keys, question.grades) for keys, question in pairs])


def _ranked(
    collection: Collection,
    compared: Sequence[Variant],
    embedder: Embedder,
    origin: Origin,
    catalogue: Catalogue | None,
) -> dict[str, Ranked]:
    embedder.embed([question.text for question in collection.questions])
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(collection, embedder=embedder, folder=Path(folder), catalogue=catalogue)
        found = [engine.found(question.text) for question in collection.questions]
    return {variant.name: _keys(collection, variant, found, origin) for variant in compared}


def _keys(
    collection: Collection, variant: Variant, found: Sequence[Found], origin: Origin
) -> Ranked:
    return [
        collection.ranked([at for at, _ in variant.rank(item, origin)], question.grades)
        for item, question in zip(found, collection.questions, strict=True)
    ]


def _origin(loaded: Sequence[Loaded], collection: Collection) -> Origin:
    published = {item.document.id: item.document.published for item in loaded}
    today = max(date for date in published.values() if date)
    documents = [chunk.doc_id for chunk in collection.chunks]
    return Origin(documents, [years_between(published[doc_id], today) for doc_id in documents])


def _result(collection: Collection, ranked: dict[str, Ranked], code: str) -> Result:
    base = values(collection, ranked[BASE], ndcg)
    return Result(
        collection=collection.name,
        passages=len(collection.chunks),
        questions=len(collection.questions),
        code=code,
        rows=tuple(_row(collection, name, keys, base) for name, keys in ranked.items()),
    )


def _row(collection: Collection, name: str, ranked: Ranked, base: Values) -> Row:
    gains = values(collection, ranked, ndcg)
    gain = difference(gains, base)
    return Row(
        name=name,
        ndcg=_mean(gains),
        even=_mean(gains[::2]),
        odd=_mean(gains[1::2]),
        recall=_mean(values(collection, ranked, recall)),
        reciprocal_rank=_mean(values(collection, ranked, reciprocal_rank)),
        gain=round(gain.mean, 4),
        gain_low=round(gain.low, 4),
        gain_high=round(gain.high, 4),
    )


def _mean(found: Values) -> float:
    return round(float(found.mean()), 4) if found.size else 0.0
