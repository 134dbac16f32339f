"""The vectors: Chroma collections, one a kind, on this machine or on a Chroma server.

A filter by metadata costs Chroma 0.04 to 0.6 s at 100,000 vectors, a collection nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlsplit

import numpy as np

from knowledge.chunks import Chunk
from knowledge.embedding import Vectors
from knowledge.errors import IndexMismatch, StorageError
from knowledge.schema import Kind
from knowledge.storage.lock import storage_errors
from knowledge.storage.names import REBUILD, kind_of, vector_id

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as Stored

Scored = Sequence[tuple[str, float]]
"""Ids of vectors with scores, best first."""
KINDS: tuple[Kind, ...] = get_args(Kind)
BATCH = 1_000
"""Records a call; Chroma takes at most 5,461."""


@dataclass(frozen=True, slots=True)
class Made:
    """Which embedder made a collection."""

    embedder: str
    dimensions: int

    @property
    def metadata(self) -> dict[str, str | int]:
        """What a collection remembers of it."""
        return {"embedder": self.embedder, "dimensions": self.dimensions}

    def check(self, embedder: str | None, dimensions: int | None) -> None:
        """Check that an index made by `embedder` can be read with this one.

        Raises:
            IndexMismatch: naming both and the command that rebuilds.
        """
        if (embedder, dimensions) != (self.embedder, self.dimensions):
            raise IndexMismatch(
                f"The index was made with {embedder!r} ({dimensions} dimensions), not "
                f"{self.embedder!r} ({self.dimensions}). Choose that embedder or run `{REBUILD}`."
            )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which chunks a search may return; None allows all."""

    kinds: frozenset[Kind] | None = None
    doc_ids: frozenset[str] | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing may be returned."""
        return frozenset() in (self.kinds, self.doc_ids)

    def within(self, doc_ids: Iterable[str]) -> Filter:
        """Return this filter, restricted to `doc_ids`."""
        ours = frozenset(doc_ids)
        return Filter(self.kinds, ours if self.doc_ids is None else ours & self.doc_ids)

    def allows_kind(self, kind: Kind) -> bool:
        """Return whether chunks of `kind` may be returned."""
        return self.kinds is None or kind in self.kinds


class VectorIndex:
    """The collections of one Chroma, each remembering the embedder that made it."""

    def __init__(self, folder: Path, *, url: str | None = None) -> None:
        """Connect to the Chroma in `folder`, or to the server at `url`.

        Raises:
            StorageError: if there is none or it can't be opened.
        """
        self._folder = folder
        self._url = url
        with self.errors():
            self.client = _connect(folder / "chroma", url)

    def close(self) -> None:
        """Let go of the files or the connection."""
        _disconnect(self.client)

    def vectors(self, name: str, made: Made) -> Vectorset:
        """Return the vectors whose collections are called `name`-<kind>."""
        return Vectorset(self, name, made)

    def find(self, name: str, made: Made | None = None, *, create: bool = False) -> Stored | None:
        """Return the collection `name`, or None where there is none and `create` is not set.

        Raises:
            IndexMismatch: if another embedder made it.
            StorageError: if Chroma fails.
        """
        from chromadb.errors import NotFoundError

        with self.errors():
            try:
                found = self.client.get_collection(name, embedding_function=None)
            except NotFoundError:
                if not create:
                    return None
                found = self.client.get_or_create_collection(
                    name,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                    metadata=made.metadata if made else None,
                )
        if made:
            facts = found.metadata or {}
            made.check(facts.get("embedder"), facts.get("dimensions"))
        return found

    def drop(self, name: str) -> None:
        """Delete the collection `name`, if there is one.

        Raises:
            StorageError: if Chroma fails.
        """
        from chromadb.errors import NotFoundError

        with self.errors():
            try:
                self.client.delete_collection(name)
            except NotFoundError:
                return

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what Chroma raises into one readable line.

        Raises:
            StorageError: saying where and why.
        """
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        place = self._url or str(self._folder)
        try:
            with storage_errors(self._folder):
                yield
        except NotFoundError as error:
            raise StorageError(
                f"Chroma at {place} lost its collection. Run `{REBUILD}`."
            ) from error
        except (ChromaError, httpx.HTTPError) as error:
            reason = " ".join(str(error).split())[:200]
            raise StorageError(f"Chroma at {place} failed: {reason}") from error


class Vectorset:
    """The vectors of one state: a collection for each kind that has any."""

    def __init__(self, index: VectorIndex, name: str, made: Made) -> None:
        """Stand on the collections `name`-<kind> of `index`; they are looked up when used."""
        self._index = index
        self._name = name
        self._made = made
        self._found: dict[Kind, Stored | None] = {}

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        found: set[str] = set()
        for stored in self._all(KINDS):
            with self._index.errors():
                found |= set(stored.get(include=[])["ids"])
        return found

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Store the vectors of `chunks`; one that is there already is replaced."""
        for kind in dict.fromkeys(chunk.kind for chunk in chunks):
            rows = [row for row, chunk in enumerate(chunks) if chunk.kind == kind]
            stored = self._find(kind, create=True)
            if stored is None:
                raise StorageError(f"Chroma did not make the collection {self._name}-{kind}")
            with self._index.errors():
                stored.upsert(
                    ids=[vector_id(chunks[row]) for row in rows],
                    embeddings=vectors[rows],
                    metadatas=[
                        {"doc_id": chunks[row].doc_id, "heading": chunks[row].heading}
                        for row in rows
                    ],
                )

    def delete(self, ids: Collection[str]) -> None:
        """Delete the vectors with these ids."""
        for stored, names in self._portions(ids):
            with self._index.errors():
                stored.delete(ids=names)

    def present(self, ids: Collection[str]) -> set[str]:
        """Return those of `ids` that are stored."""
        found: set[str] = set()
        for stored, names in self._portions(ids):
            with self._index.errors():
                found |= set(stored.get(ids=names, include=[])["ids"])
        return found

    def nearest(self, vector: Vectors, *, count: int, kinds: Iterable[Kind] = KINDS) -> Scored:
        """Return the `count` vectors of `kinds` nearest to `vector` (one row), by id and cosine."""
        found: list[tuple[float, str]] = []
        for stored in self._all(kinds):
            with self._index.errors():
                near = stored.query(query_embeddings=vector, n_results=count, include=["distances"])
            found += zip((near["distances"] or [[]])[0], near["ids"][0], strict=True)
        return [(name, 1 - distance) for distance, name in sorted(found)[:count]]

    def nearest_of(self, vector: Vectors, ids: Collection[str], *, count: int) -> Scored:
        """Return the `count` of `ids` nearest to `vector` (one row), by id and cosine."""
        found: list[tuple[float, str]] = []
        for stored, names in self._portions(ids):
            with self._index.errors():
                read = stored.get(ids=names, include=["embeddings"])
            if read["embeddings"] is not None and len(read["ids"]):
                likeness = np.asarray(read["embeddings"], dtype=np.float32) @ vector[0]
                found += zip((-likeness).tolist(), read["ids"], strict=True)
        return [(name, -opposite) for opposite, name in sorted(found)[:count]]

    def readable(self, ids: Collection[str]) -> set[str]:
        """Return those of `ids` whose vectors can be read back."""
        return {name for name in ids if self._reads(name)}

    def drop(self) -> None:
        """Delete all vectors."""
        for kind in KINDS:
            self._index.drop(f"{self._name}-{kind}")
        self._found.clear()

    def _reads(self, name: str) -> bool:
        try:
            for stored, names in self._portions([name]):
                with self._index.errors():
                    found = stored.get(ids=names, include=["embeddings"])["embeddings"]
                return found is not None and len(found) == 1
        except StorageError:
            return False
        return False

    def _portions(self, ids: Collection[str]) -> Iterator[tuple[Stored, list[str]]]:
        by_kind: dict[Kind, list[str]] = {}
        for name in ids:
            by_kind.setdefault(kind_of(name), []).append(name)
        for kind, names in by_kind.items():
            for stored in self._all([kind]):
                for start in range(0, len(names), BATCH):
                    yield stored, names[start : start + BATCH]

    def _all(self, kinds: Iterable[Kind]) -> list[Stored]:
        found = (self._find(kind) for kind in kinds)
        return [stored for stored in found if stored is not None]

    def _find(self, kind: Kind, *, create: bool = False) -> Stored | None:
        known = self._found.get(kind)
        if known is None and (create or kind not in self._found):
            known = self._index.find(f"{self._name}-{kind}", self._made, create=create)
            self._found[kind] = known
        return known


def _connect(folder: Path, url: str | None) -> ClientAPI:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if url is None:
        try:
            return chromadb.PersistentClient(path=str(folder), settings=settings)
        except Exception as error:
            # Chroma 1.5 raises anything at a damaged file, and keeps the failed system in its
            # cache, where the next client would find it.
            SharedSystemClient._identifier_to_system.pop(str(folder), None)
            raise StorageError(
                f"Chroma can't open {folder}: it is damaged. Run `{REBUILD}`."
            ) from error
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise StorageError(f"{url!r} is not the URL of a Chroma server, such as http://host:8000")
    secure = parts.scheme == "https"
    try:
        return chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            settings=settings,
        )
    except ValueError as error:
        raise StorageError(f"No Chroma server answers at {url}: {error}") from error


def _disconnect(client: ClientAPI) -> None:
    """Close `client` and, for a server, the connections that Chroma 1.5 leaves open."""
    import httpx

    for part in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(part, "_server", None), "_session", None)
        if isinstance(session, httpx.Client):
            session.close()
    # The interface lacks what both kinds of client have.
    close: Callable[[], None] | None = getattr(client, "close", None)
    if close:
        close()
