"""The knowledge base: documents in, evidence out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Self

from knowledge.catalogue import Catalogue
from knowledge.chunks import Chunk, chunk_document
from knowledge.documents import (
    CORPUS,
    Loaded,
    check_unique,
    content_hash,
    document_paths,
    parse_document,
    read_text,
)
from knowledge.embedding import Embedder, MiniLM
from knowledge.errors import IndexMismatch, IndexMissing
from knowledge.index import Filter, Made, VectorIndex, Vectorset, vector_id
from knowledge.intake import Meta, from_text, read_file
from knowledge.lexical import Lexical
from knowledge.lock import WriteLock, storage_errors
from knowledge.schema import Kind
from knowledge.search import DEPTH, PER_DOCUMENT, Passage, fuse, passages, pick
from knowledge.store import (
    REBUILD,
    Entry,
    State,
    default_folder,
    fingerprint,
    read_state,
    recipe,
    write_state,
)

COLLECTIONS = ("rightsize", "rightsize-b")
"""A rebuild fills the one that is not in use."""
ADD_BATCH = 128
Progress = Callable[[int, int], None]
"""Called with (chunks embedded, chunks to embed)."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, in documents."""

    added: int
    updated: int
    deleted: int
    unchanged: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the index answers. `unreadable` counts vectors of the sample."""

    ok: bool
    documents: int
    chunks: int
    unreadable: int
    message: str


class _View:
    """One state with what searching it needs, made at the first search."""

    def __init__(self, state: State | None, folder: Path) -> None:
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
                snapshot = self.state.snapshot if self.state else "none"
                self._lexical = Lexical.load(self._folder / f"lexical-{snapshot}", chunks)
            return self._lexical


class KnowledgeBase:
    """Documents, their catalogue and their index in one folder.

    Reading is safe from several threads. The first write takes an exclusive lock on the folder
    until `close`; a second writing process is refused.
    """

    def __init__(
        self, folder: Path, *, url: str | None, embedder: Embedder, corpus: Path | None
    ) -> None:
        """Use `open` instead."""
        self.folder = folder
        self.embedder = embedder
        self.corpus = corpus
        self._url = url
        self._made = Made(embedder.name, embedder.dimensions)
        self._lock = threading.RLock()
        self._write_lock = WriteLock(folder)
        self._index: VectorIndex | None = None
        self._vectors: Vectorset | None = None
        self._broken: IndexMismatch | None = None
        self._view = _View(self._read_state(), folder)

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        url: str | None = None,
        embedder: Embedder | None = None,
        corpus: Path | None = CORPUS,
    ) -> Self:
        """Open the knowledge base in the folder `path`; nothing is written before a write.

        Args:
            path: the folder; `.rightsize` of the checkout or the user's data folder by default.
            url: a Chroma server that holds the vectors; the folder keeps the catalogue.
            embedder: makes the vectors; the bundled MiniLM by default.
            corpus: the folder that `sync` brings in; None for no bundled documents.

        Raises:
            StorageError: if the folder can't be read.
        """
        folder = Path(path).expanduser() if path is not None else default_folder()
        return cls(folder, url=url, embedder=embedder or MiniLM(), corpus=corpus)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give back the lock and the files."""
        with self._lock:
            self._forget_index()
            self._write_lock.release()

    @property
    def catalogue(self) -> Catalogue:
        """What is known now; a later write makes a new one."""
        return self._view.catalogue

    @property
    def snapshot(self) -> str:
        """The name of the present state of knowledge; "empty" where there is none."""
        state = self._view.state
        return state.snapshot if state else "empty"

    def search(
        self,
        query: str,
        k: int = 10,
        kind: Kind | Iterable[Kind] | None = None,
        *,
        doc_ids: Iterable[str] | None = None,
        per_document: int = PER_DOCUMENT,
    ) -> list[Passage]:
        """Return the `k` best passages for `query`, by meaning and by words, best first.

        Args:
            query: a question or words; names of products are understood.
            k: how many passages, 1 or more.
            kind: only passages of this kind, or of these kinds.
            doc_ids: only passages of these documents.
            per_document: passages of one document at most.

        Raises:
            IndexMissing: if nothing has been indexed.
            IndexMismatch: if another embedder made the index.
            StorageError: if the index can't be read.
            EmbedderError: if the query can't be embedded.
        """
        view, vectors = self._readable()
        if not query.strip() or k < 1:
            return []
        allowed = Filter(_kinds(kind), None if doc_ids is None else frozenset(doc_ids))
        named = {item.doc_id for item in view.catalogue.mentions(query)}
        titles = [view.catalogue.get(doc_id).title for doc_id in sorted(named)]
        words = " ".join([query, *titles])
        vector = self.embedder.embed([query])
        rankings: list[Sequence[Chunk]] = []
        for part in (allowed, allowed.within(named)) if named else (allowed,):
            if part.doc_ids == frozenset():
                continue
            nearest = vectors.nearest(vector, count=DEPTH, allowed=part)
            chunks = view.chunks()
            rankings.append([chunks[name] for name in nearest if name in chunks])
            rankings.append(view.lexical().ranked(words, count=DEPTH, allowed=part))
        picked = pick(fuse(rankings), k=k, per_document=per_document)
        return passages(picked, {item.id: item for item in view.catalogue.documents})

    def add_text(self, doc_id: str | None, text: str, **meta: str) -> str:
        """Add or replace a document and return its id.

        Text with front matter becomes a typed document. Other text becomes a note; `meta` may
        give its title, url, publisher, published, basis and read_on. A document with the id of
        a bundled one takes its place.

        Raises:
            DocumentError: naming field, value and rule; the index is unchanged.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        return self._put(from_text(doc_id, text, Meta.parse(meta)))

    def add(self, path_or_url: str | Path) -> str:
        """Add or replace the document in a Markdown, text or HTML file and return its id.

        Raises:
            DocumentError: if the file can't be used; the index is unchanged.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        return self._put(read_file(path_or_url))

    def delete(self, doc_id: str) -> None:
        """Delete a document. A bundled one comes back at the next sync.

        Raises:
            NameUnknown: if there is none with this id.
            IndexLocked, IndexMismatch, StorageError: the index is unchanged.
        """
        with self._writing() as state:
            self.catalogue.get(doc_id)
            entries = [entry for entry in state.entries if entry.document.id != doc_id]
            self._switch(state, entries, corpus=state.corpus)

    def sync(self, *, rebuild: bool = False, progress: Progress | None = None) -> SyncReport:
        """Bring the bundled documents in; documents of the user stay.

        Unchanged chunks keep their vectors. A sync that was cut off is finished by the next.

        Args:
            rebuild: make all vectors anew, as after a change of embedder or a damaged index.
            progress: called with (chunks embedded, chunks to embed).

        Raises:
            DocumentError: at a document that can't be used; the index is unchanged.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        started = perf_counter()
        with self._writing(rebuild=rebuild) as state:
            entries, mark = self._with_corpus(state)
            self._switch(state, entries, corpus=mark, rebuild=rebuild, progress=progress)
            before = {entry.document.id: entry.sha256 for entry in state.entries}
        after = {entry.document.id: entry.sha256 for entry in entries}
        added, kept = after.keys() - before.keys(), after.keys() & before.keys()
        unchanged = sum(before[name] == after[name] for name in kept)
        return SyncReport(
            added=len(added),
            updated=len(kept) - unchanged,
            deleted=len(before.keys() - after.keys()),
            unchanged=unchanged,
            seconds=perf_counter() - started,
        )

    def is_current(self) -> bool:
        """Return whether the index holds the bundled documents as they are now."""
        state = self._view.state
        if state is None or (state.embedder, state.dimensions) != (
            self._made.embedder,
            self._made.dimensions,
        ):
            return False
        mark = fingerprint(self.corpus) if self.corpus else None
        return state.recipe == recipe() and state.corpus == mark

    def check(self, sample: int = 50) -> Health:
        """Return whether every chunk has its vector, reading `sample` of them back."""
        view, vectors = self._readable()
        names = sorted(view.chunks())
        step = max(1, len(names) // max(1, sample))
        picked = names[::step][:sample]
        unreadable = len(picked) - len(vectors.readable(picked))
        missing = len(view.chunks().keys() - vectors.ids())
        message = f"{len(names)} chunks of {len(view.catalogue)} documents answer"
        if missing or unreadable:
            message = (
                f"{missing} of {len(names)} vectors are missing and {unreadable} of "
                f"{len(picked)} can't be read back; run `{REBUILD}`"
            )
        return Health(
            ok=not missing and not unreadable,
            documents=len(view.catalogue),
            chunks=len(names),
            unreadable=unreadable,
            message=message,
        )

    def _put(self, loaded: Loaded) -> str:
        entry = Entry(
            document=loaded.document, body=loaded.body, sha256=loaded.sha256, origin="user"
        )
        with self._writing() as state:
            entries = [item for item in state.entries if item.document.id != loaded.document.id]
            self._switch(state, [*entries, entry], corpus=state.corpus)
        return loaded.document.id

    def _read_state(self) -> State | None:
        try:
            state = read_state(self.folder)
        except IndexMismatch as error:
            self._broken = error
            return None
        self._broken = None
        return state

    def _readable(self) -> tuple[_View, Vectorset]:
        """Return the present state and its vectors."""
        with self._lock:
            view = self._view
            if self._broken:
                raise self._broken
            if view.state is None:
                raise IndexMissing(f"No index in {self.folder}; run `rightsize index`")
            self._made.check(view.state.embedder, view.state.dimensions)
            if self._vectors is None:
                self._vectors = self._open_index().collection(view.state.collection, self._made)
            if self._vectors is None:
                raise IndexMissing(f"The vectors in {self.folder} are gone; run `{REBUILD}`")
            return view, self._vectors

    def _open_index(self) -> VectorIndex:
        if self._index is None:
            self._index = VectorIndex(self.folder, url=self._url)
        return self._index

    def _forget_index(self) -> None:
        self._vectors = None
        if self._index is not None:
            self._index.close()
            self._index = None

    @contextmanager
    def _writing(self, *, rebuild: bool = False) -> Iterator[State]:
        """Hold the lock of the folder and give the state as it is under the lock."""
        with self._lock:
            if not self._write_lock.held:
                self._write_lock.acquire()
                # Another process may have written since this one read.
                self._forget_index()
                self._view = _View(self._read_state(), self.folder)
            if self._broken and not rebuild:
                raise self._broken
            state = self._view.state
            if state is None:
                state = self._empty()
            elif not rebuild:
                self._made.check(state.embedder, state.dimensions)
            yield state

    def _empty(self) -> State:
        return State(
            embedder=self._made.embedder,
            dimensions=self._made.dimensions,
            collection=COLLECTIONS[0],
            recipe=recipe(),
        )

    def _with_corpus(self, state: State) -> tuple[list[Entry], str | None]:
        """Return the entries with the bundled documents as they are now, and their mark."""
        users = [entry for entry in state.entries if entry.origin == "user"]
        if self.corpus is None:
            return users, None
        mark = fingerprint(self.corpus)
        known = {entry.sha256: entry for entry in state.entries if entry.origin == "corpus"}
        loaded = [_read_or_keep(path, known) for path in document_paths(self.corpus)]
        check_unique(loaded)
        taken = {entry.document.id for entry in users}
        bundled = [
            Entry(document=item.document, body=item.body, sha256=item.sha256, origin="corpus")
            for item in loaded
            if item.document.id not in taken
        ]
        return bundled + users, mark

    def _switch(
        self,
        state: State,
        entries: Sequence[Entry],
        *,
        corpus: str | None,
        rebuild: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Make `entries` the state: new vectors first, then the catalogue, then the cleaning.

        Until the catalogue is replaced the old state answers, whatever happens; vectors that
        no catalogue names are never returned, and the next sync uses or removes them.
        """
        check_unique([Loaded(entry.document, entry.body, entry.sha256) for entry in entries])
        new = State(
            embedder=self._made.embedder,
            dimensions=self._made.dimensions,
            collection=_other(state.collection) if rebuild else state.collection,
            recipe=recipe(),
            corpus=corpus,
            entries=tuple(entries),
        )
        view = _View(new, self.folder)
        chunks = view.chunks()
        index = self._open_index()
        if rebuild:
            index.drop(new.collection)
        vectors = index.collection(new.collection, self._made, create=True)
        if vectors is None:
            raise IndexMissing(f"Chroma did not create {new.collection!r}")
        present = vectors.ids()
        missing = [chunk for name, chunk in chunks.items() if name not in present]
        self._embed(missing, vectors, progress)
        with storage_errors(self.folder):
            if new != state or self._view.state is None:
                view.lexical().save(self.folder / f"lexical-{new.snapshot}")
                write_state(self.folder, new)
        self._view, self._vectors, self._broken = view, vectors, None
        vectors.delete(sorted(present - chunks.keys()))
        if rebuild:
            index.drop(state.collection)

    def _embed(
        self, missing: Sequence[Chunk], vectors: Vectorset, progress: Progress | None
    ) -> None:
        report = progress or (lambda done, total: None)
        report(0, len(missing))
        for start in range(0, len(missing), ADD_BATCH):
            batch = missing[start : start + ADD_BATCH]
            vectors.add(batch, self.embedder.embed([chunk.text for chunk in batch]))
            report(start + len(batch), len(missing))


def _chunks(entries: Iterable[Entry]) -> dict[str, Chunk]:
    return {
        vector_id(chunk): chunk
        for entry in entries
        for chunk in chunk_document(entry.document, entry.body)
    }


def _read_or_keep(path: Path, known: dict[str, Entry]) -> Loaded:
    """Return the document at `path`, without parsing it again where its text is known."""
    text = read_text(path)
    entry = known.get(content_hash(text))
    if entry:
        return Loaded(entry.document, entry.body, entry.sha256, path)
    return parse_document(text, name="/".join(path.parts[-2:]), path=path)


def _kinds(kind: Kind | Iterable[Kind] | None) -> frozenset[Kind] | None:
    if kind is None:
        return None
    return frozenset({kind}) if isinstance(kind, str) else frozenset(kind)


def _other(collection: str) -> str:
    return COLLECTIONS[1] if collection == COLLECTIONS[0] else COLLECTIONS[0]
