"""The documents on a Chroma server, shared by every process that uses it.

A record a document: its text, and in the metadata who changed it when. A deleted document
leaves an empty record, so that others learn of it.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from knowledge.errors import IndexMismatch, StorageError
from knowledge.storage.names import REBUILD
from knowledge.storage.state import Entry
from knowledge.storage.vectors import Made, VectorIndex

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection as Stored
    from chromadb.api.types import Where

NAME = "rightsize-documents"
AT_ONCE = 200
"""Documents a call."""
OVERLAP_NS = 10_000_000_000
"""Clocks of writers may differ by this much."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A change of a document: when, and whether it was deleted."""

    revision: int
    deleted: bool


class Ledger:
    """The documents of a server. Each change of a document replaces its record in one step."""

    def __init__(self, index: VectorIndex) -> None:
        """Stand on the server of `index`."""
        self._index = index
        self._stored: Stored | None = None

    def vectors(self) -> tuple[str, Made] | None:
        """Return the vectors in use and what made them, or None where nothing was written."""
        self._stored = self._index.find(NAME)
        metadata = (self._stored.metadata if self._stored else None) or {}
        if "vectors" not in metadata:
            return None
        made = Made(str(metadata["embedder"]), int(str(metadata["dimensions"])))
        return str(metadata["vectors"]), made

    @property
    def identity(self) -> str:
        """What tells this server's documents from those of another at the same address."""
        return str(self._open().id)

    def use(self, vectors: str, made: Made) -> None:
        """Make `vectors` those in use, for every process."""
        with self._index.errors():
            self._open().modify(metadata={**made.metadata, "vectors": vectors})

    def changes(self, since: int) -> dict[str, Mark]:
        """Return the changes since the revision `since`, some older ones among them."""
        stored = self._open()
        found: dict[str, Mark] = {}
        newer = cast("Where", {"revision": {"$gte": since - OVERLAP_NS}})
        with self._index.errors():
            read = stored.get(where=newer if since else None, include=["metadatas"])
        for doc_id, metadata in zip(read["ids"], read["metadatas"] or [], strict=True):
            revision, deleted = metadata["revision"], metadata["deleted"]
            found[doc_id] = Mark(int(str(revision)), bool(deleted))
        return found

    def fetch(self, doc_ids: Sequence[str]) -> list[Entry]:
        """Return the documents with these ids.

        Raises:
            IndexMismatch: if another version of Rightsize wrote one.
        """
        stored = self._open()
        entries: list[Entry] = []
        for start in range(0, len(doc_ids), AT_ONCE):
            with self._index.errors():
                read = stored.get(ids=list(doc_ids[start : start + AT_ONCE]), include=["documents"])
            try:
                texts = [text for text in read["documents"] or [] if text]
                entries += [Entry.model_validate_json(text) for text in texts]
            except ValidationError as error:
                raise IndexMismatch(
                    "The documents on the Chroma server were written by another version of "
                    f"Rightsize; run `{REBUILD}`"
                ) from error
        return entries

    def publish(self, puts: Sequence[Entry], deletes: Collection[str]) -> dict[str, int]:
        """Put and delete documents; return the revision of each."""
        stored = self._open()
        revision = time.time_ns()
        records = [(entry.document.id, entry.model_dump_json(), False) for entry in puts]
        records += [(doc_id, "", True) for doc_id in deletes]
        for start in range(0, len(records), AT_ONCE):
            part = records[start : start + AT_ONCE]
            with self._index.errors():
                stored.upsert(
                    ids=[doc_id for doc_id, _, _ in part],
                    embeddings=[_place(doc_id) for doc_id, _, _ in part],
                    documents=[text for _, text, _ in part],
                    metadatas=[
                        {"revision": revision, "deleted": deleted} for _, _, deleted in part
                    ],
                )
        return {doc_id: revision for doc_id, _, _ in records}

    def _open(self) -> Stored:
        if self._stored is None:
            self._stored = self._index.find(NAME, create=True)
        if self._stored is None:
            raise StorageError(f"Chroma did not make the collection {NAME}")
        return self._stored


def _place(doc_id: str) -> Sequence[float]:
    """Return a point on the unit circle: a record needs a vector, though none is searched."""
    turn = int(hashlib.sha256(doc_id.encode()).hexdigest()[:8], 16) / 2**32
    return [math.cos(2 * math.pi * turn), math.sin(2 * math.pi * turn)]
