"""One state of knowledge with what searching it needs."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.catalogue import Catalogue
from knowledge.chunks import Chunk, chunk_document
from knowledge.embedding import Embedder
from knowledge.index import Filter, Vectorset, vector_id
from knowledge.lexical import Lexical
from knowledge.search import DEPTH, Passage, fuse, passages, pick
from knowledge.store import Entry, State


class View:
    """A state, its catalogue and, from the first search on, its chunks and words.

    Nothing changes after construction but what is made once under a lock, so a view is safe in
    threads, and a search that began on it ends on it.
    """

    def __init__(self, state: State | None, folder: Path) -> None:
        """Stand on `state`, whose index of words lies in `folder`."""
        self.state = state
        self.catalogue = Catalogue(state.entries if state else ())
        self._folder = folder
        self._lock = threading.Lock()
        self._chunks: dict[str, Chunk] | None = None
        self._lexical: Lexical | None = None

    def chunks(self) -> dict[str, Chunk]:
        """Return the chunks by the ids of their vectors."""
        with self._lock:
            if self._chunks is None:
                self._chunks = _chunks(self.state.entries if self.state else ())
            return self._chunks

    def lexical(self) -> Lexical:
        """Return the index of words."""
        chunks = list(self.chunks().values())
        with self._lock:
            if self._lexical is None:
                self._lexical = Lexical.load(self._lexical_folder(), chunks)
            return self._lexical

    def save_lexical(self) -> None:
        """Write the index of words beside the catalogue.

        Raises:
            OSError: if it can't be written.
        """
        self.lexical().save(self._lexical_folder())

    def search(
        self,
        query: str,
        *,
        vectors: Vectorset,
        embedder: Embedder,
        allowed: Filter,
        k: int,
        per_document: int,
    ) -> list[Passage]:
        """Return the `k` best passages by meaning and by words, best first.

        Documents that the query names are also ranked among themselves, so that the passages of
        a named product come before those of its relatives.
        """
        named = {mention.doc_id for mention in self.catalogue.mentions(query)}
        titles = [self.catalogue.get(doc_id).title for doc_id in sorted(named)]
        words = " ".join([query, *titles])
        vector = embedder.embed([query])
        chunks = self.chunks()
        rankings: list[Sequence[Chunk]] = []
        for part in (allowed, allowed.within(named)) if named else (allowed,):
            if part.doc_ids == frozenset():
                continue
            nearest = vectors.nearest(vector, count=DEPTH, allowed=part)
            rankings.append([chunks[name] for name in nearest if name in chunks])
            rankings.append(self.lexical().ranked(words, count=DEPTH, allowed=part))
        picked = pick(fuse(rankings), k=k, per_document=per_document)
        return passages(picked, {item.id: item for item in self.catalogue.documents})

    def _lexical_folder(self) -> Path:
        return self._folder / f"lexical-{self.state.snapshot if self.state else 'none'}"


def _chunks(entries: Iterable[Entry]) -> dict[str, Chunk]:
    return {
        vector_id(chunk): chunk
        for entry in entries
        for chunk in chunk_document(entry.document, entry.body)
    }
