"""The vectors: a Chroma collection on this machine or on a Chroma server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from knowledge.chunks import Chunk
from knowledge.embedding import Vectors
from knowledge.errors import IndexMismatch, StorageError
from knowledge.lock import storage_errors
from knowledge.schema import Kind
from knowledge.store import REBUILD

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Where

    OperatorIn = dict[Literal["$in", "$nin"], list[str | int | float | bool]]

BATCH = 1_000
"""Records a call; Chroma takes at most 5,461."""


@dataclass(frozen=True, slots=True)
class Made:
    """Which embedder made a collection."""

    embedder: str
    dimensions: int

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

    def within(self, doc_ids: Iterable[str]) -> Filter:
        """Return this filter, restricted to `doc_ids`."""
        ours = frozenset(doc_ids)
        return Filter(self.kinds, ours if self.doc_ids is None else ours & self.doc_ids)

    def allows(self, chunk: Chunk) -> bool:
        """Return whether `chunk` may be returned."""
        return (self.kinds is None or chunk.kind in self.kinds) and (
            self.doc_ids is None or chunk.doc_id in self.doc_ids
        )


def vector_id(chunk: Chunk) -> str:
    """Return the id of a chunk's vector: the chunk's id and a hash of its text.

    A changed text gets a new vector beside the old one, so the old state answers until the
    new one is complete.
    """
    return f"{chunk.id}@{hashlib.sha256(chunk.text.encode()).hexdigest()[:12]}"


class VectorIndex:
    """Collections of one Chroma, each remembering the embedder that made it."""

    def __init__(self, folder: Path, *, url: str | None = None) -> None:
        """Connect to the Chroma in `folder`, or to the server at `url`.

        Raises:
            StorageError: if there is none or it can't be opened.
        """
        self._folder = folder
        self._url = url
        with self._errors():
            self._client = _connect(folder / "chroma", url)

    def close(self) -> None:
        """Let go of the files or the connection."""
        _disconnect(self._client)

    def collection(self, name: str, made: Made, *, create: bool = False) -> Vectorset | None:
        """Return the collection `name`, or None where there is none and `create` is not set.

        Raises:
            IndexMismatch: if another embedder made it.
            StorageError: if Chroma fails.
        """
        from chromadb.errors import NotFoundError

        with self._errors():
            try:
                found = self._client.get_collection(name, embedding_function=None)
            except NotFoundError:
                if not create:
                    return None
                found = self._client.create_collection(
                    name,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                    metadata={"embedder": made.embedder, "dimensions": made.dimensions},
                )
        facts = found.metadata or {}
        made.check(facts.get("embedder"), facts.get("dimensions"))
        return Vectorset(found, self)

    def drop(self, name: str) -> None:
        """Delete the collection `name`, if there is one.

        Raises:
            StorageError: if Chroma fails.
        """
        from chromadb.errors import NotFoundError

        with self._errors():
            try:
                self._client.delete_collection(name)
            except NotFoundError:
                return

    @contextmanager
    def _errors(self) -> Iterator[None]:
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
    """The vectors of one collection."""

    def __init__(self, collection: Collection, index: VectorIndex) -> None:
        """Wrap `collection` of `index`."""
        self._collection = collection
        self._index = index

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        with self._index._errors():
            return set(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """Return how many vectors there are."""
        with self._index._errors():
            return self._collection.count()

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Store the vectors of `chunks`; one that is there already is replaced."""
        with self._index._errors():
            self._collection.upsert(
                ids=[vector_id(chunk) for chunk in chunks],
                embeddings=vectors,
                documents=[chunk.text for chunk in chunks],
                metadatas=[
                    {
                        "doc_id": chunk.doc_id,
                        "kind": chunk.kind,
                        "heading": chunk.heading,
                        "sha256": vector_id(chunk).rpartition("@")[2],
                    }
                    for chunk in chunks
                ],
            )

    def delete(self, ids: Sequence[str]) -> None:
        """Delete the vectors with these ids."""
        with self._index._errors():
            for start in range(0, len(ids), BATCH):
                self._collection.delete(ids=list(ids[start : start + BATCH]))

    def nearest(self, vector: Vectors, *, count: int, allowed: Filter) -> list[str]:
        """Return the ids of the `count` vectors nearest to `vector` (one row), nearest first."""
        with self._index._errors():
            found = self._collection.query(
                query_embeddings=vector, n_results=count, where=_where(allowed), include=[]
            )
        return found["ids"][0]

    def readable(self, ids: Sequence[str]) -> set[str]:
        """Return those of `ids` whose vectors can be read back."""
        return {name for name in ids if self._reads(name)}

    def _reads(self, name: str) -> bool:
        try:
            with self._index._errors():
                found = self._collection.get(ids=[name], include=["embeddings"])["embeddings"]
        except StorageError:
            return False
        return found is not None and len(found) == 1


def _connect(folder: Path, url: str | None) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if url is None:
        return chromadb.PersistentClient(path=str(folder), settings=settings)
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


def _where(allowed: Filter) -> Where | None:
    clauses: list[Where] = []
    for field, wanted in (("kind", allowed.kinds), ("doc_id", allowed.doc_ids)):
        if wanted is not None:
            inside: OperatorIn = {"$in": [*sorted(wanted)]}
            clauses.append({field: inside})
    if len(clauses) > 1:
        return {"$and": clauses}
    return clauses[0] if clauses else None
