"""Search by words: BM25 (Lucene's variant) over stemmed words.

The formula is that of bm25s (Lù 2024, arXiv:2407.03618), method "lucene".
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.chunks import Chunk
from knowledge.index import Filter

if TYPE_CHECKING:
    from bm25s import BM25

K1, B = 1.2, 0.75
WORD = r"(?u)\b\w+(?:\.\d+)*\b"
"""Keeps 3.3 and 4.1 whole: versions tell models apart."""


class Lexical:
    """The words of all chunks; safe in threads, since nothing changes after construction."""

    def __init__(self, chunks: Sequence[Chunk], *, bm25: BM25 | None = None) -> None:
        """Index `chunks`, or stand on a `bm25` made of the same chunks before."""
        self._chunks = list(chunks)
        self._bm25 = bm25 or _index([chunk.text for chunk in chunks])

    @classmethod
    def load(cls, folder: Path, chunks: Sequence[Chunk]) -> Lexical:
        """Return the index saved in `folder` for exactly these chunks, else a new one."""
        from bm25s import BM25

        if not folder.is_dir() or not chunks:
            return cls(chunks)
        try:
            bm25 = BM25.load(folder, show_progress=False)
        except (OSError, ValueError):
            return cls(chunks)
        same = bm25.scores["num_docs"] == len(chunks)
        return cls(chunks, bm25=bm25 if same else None)

    def save(self, folder: Path) -> None:
        """Write the index to `folder` and remove those of older states beside it.

        Raises:
            OSError: if it can't be written.
        """
        if not self._chunks:
            return
        partial = folder.with_name(f"{folder.name}.tmp")
        shutil.rmtree(partial, ignore_errors=True)
        self._bm25.save(partial, show_progress=False)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
        for other in folder.parent.glob("lexical-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)

    def ranked(self, query: str, *, count: int, allowed: Filter) -> list[Chunk]:
        """Return at most `count` chunks that share a word with `query`, best first."""
        words = _words([query])[0]
        if not words or not self._chunks:
            return []
        scores = self._bm25.get_scores(words)
        best = np.argsort(-scores, kind="stable")
        found: list[Chunk] = []
        for index in best:
            if scores[index] <= 0 or len(found) == count:
                break
            if allowed.allows(self._chunks[index]):
                found.append(self._chunks[index])
        return found


def _index(texts: Sequence[str]) -> BM25:
    from bm25s import BM25

    bm25 = BM25(method="lucene", k1=K1, b=B)
    # An index of nothing can't be made; one empty text is never returned.
    bm25.index(_words(texts or ["nothing"]), show_progress=False)
    return bm25


def _words(texts: Sequence[str]) -> list[list[str]]:
    import Stemmer
    from bm25s import tokenize

    words = tokenize(
        list(texts),
        token_pattern=WORD,
        stopwords="en",
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    return [list(row) for row in words]
