"""Vectors kept from one evaluation to the next, by what was embedded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embedding import Embedder, Vectors

BATCH = 256


class Remembered:
    """An embedder that embeds a text once and then reads it from `folder`."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        """Stand on `embedder`; what it has made lies in `folder`."""
        self._embedder = embedder
        self._path = folder / f"vectors-{_digest(embedder.name)}.npz"
        self._rows = _read(self._path)

    @property
    def name(self) -> str:
        """The name of the embedder."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 a text.

        Raises:
            EmbedderError: if the embedder can't work.
            OSError: if the rows can't be written.
        """
        wanted = {_digest(text): text for text in texts}
        new = [name for name in wanted if name not in self._rows]
        for start in range(0, len(new), BATCH):
            names = new[start : start + BATCH]
            rows = self._embedder.embed([wanted[name] for name in names])
            self._rows.update(zip(names, rows, strict=True))
        if new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._path, names=list(self._rows), rows=np.array(list(self._rows.values())))
        kept = [self._rows[_digest(text)] for text in texts]
        return np.array(kept, dtype=np.float32).reshape(len(texts), self.dimensions)


def _read(path: Path) -> dict[str, Vectors]:
    if not path.is_file():
        return {}
    with np.load(path) as kept:
        return dict(zip(kept["names"].tolist(), kept["rows"], strict=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
