"""What is searched and what should be found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.chunks import Chunk

FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")
"""The layout of BEIR (Thakur et al., NeurIPS 2021, datasets and benchmarks)."""


class CollectionError(ValueError):
    """A collection or a judgement can't be used."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the grades of what answers it (the more, the better), by key."""

    text: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Chunks and questions. `keys` has one key a chunk; chunks may share one."""

    name: str
    chunks: Sequence[Chunk]
    keys: Sequence[str]
    questions: Sequence[Question]

    def ranked(self, places: Sequence[int], grades: Mapping[str, int]) -> list[str]:
        """Return a ranking of chunks as one of keys, see `ranked_keys`."""
        return ranked_keys([(self.keys[at], self.chunks[at].doc_id) for at in places], grades)


def ranked_keys(found: Iterable[tuple[str, str]], grades: Mapping[str, int]) -> list[str]:
    """Return the keys in `found`, pairs of key and document, each at its best place only.

    A judgement on a document as a whole counts for its best chunk without one of its own.
    """
    seen: set[str] = set()
    ranked: dict[str, None] = {}
    for key, document in found:
        if key not in seen:
            seen.add(key)
            whole = key not in grades and document in grades
            ranked.setdefault(document if whole else key)
    return list(ranked)


def read_beir(folder: Path) -> Collection:
    """Return the collection in `folder`, in the layout of BEIR.

    A document is one chunk, its title before its text. Queries without a judgement above 0 are
    left out.

    Raises:
        CollectionError: if a file is missing or a line can't be read.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise CollectionError(f"{str(folder)!r} lacks {', '.join(missing)}; it needs {FILES}")
    corpus, queries, judgements = (folder / name for name in FILES)
    chunks = [_chunk(item) for item in _records(corpus)]
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade in _judgements(judgements):
        if grade > 0:
            grades.setdefault(query, {})[document] = grade
    questions = [
        Question(item["text"], grades[item["_id"]])
        for item in _records(queries)
        if item["_id"] in grades
    ]
    if not questions or not chunks:
        raise CollectionError(f"{str(folder)!r} has no query with a judgement above 0")
    return Collection(folder.name, chunks, [chunk.id for chunk in chunks], questions)


def _chunk(item: Mapping[str, Any]) -> Chunk:
    text = f"{item.get('title', '')} {item['text']}".strip()
    return Chunk(id=item["_id"], doc_id=item["_id"], kind="note", heading="", text=text)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            item = json.loads(line)
            if item["_id"] and isinstance(item["text"], str):
                yield item
        except (ValueError, KeyError, TypeError) as error:
            raise CollectionError(f"{path}, line {number}: no object with _id and text") from error


def _judgements(path: Path) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines()[1:], start=2):
        try:
            query, document, grade = line.split("\t")
            yield query, document, int(grade)
        except ValueError as error:
            raise CollectionError(f"{path}, line {number}: not query, document, grade") from error
