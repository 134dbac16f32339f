"""The knowledge base: documents in, evidence out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Self

from knowledge.bundle import with_corpus
from knowledge.catalogue import Catalogue
from knowledge.chunks import Chunk
from knowledge.documents import CORPUS, Loaded, check_unique
from knowledge.embedding import Embedder, MiniLM
from knowledge.errors import IndexMismatch, IndexMissing, StorageError
from knowledge.index import Filter, Made, VectorIndex, Vectorset
from knowledge.intake import Meta, from_text, read_file
from knowledge.lock import WriteLock, storage_errors
from knowledge.reports import Health, SyncReport
from knowledge.schema import Kind
from knowledge.search import PER_DOCUMENT, Passage
from knowledge.store import (
    REBUILD,
    Entry,
    State,
    default_folder,
    fingerprint,
    read_state,
    recipe,
    salvage,
    stamp,
    write_state,
)
from knowledge.view import View

COLLECTIONS = ("rightsize", "rightsize-b")
"""A rebuild fills the one that is not in use."""
ADD_BATCH = 128
Progress = Callable[[int, int], None]
"""Called with (chunks embedded, chunks to embed)."""


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
        self._writers = threading.RLock()
        self._lock = threading.RLock()
        self._write_lock = WriteLock(folder)
        self._index: VectorIndex | None = None
        self._vectors: Vectorset | None = None
        self._broken: IndexMismatch | None = None
        self._view = View(self._read_state(), folder)

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
        with self._writers, self._lock:
            self._forget_index()
            self._write_lock.release()

    @property
    def catalogue(self) -> Catalogue:
        """What is known now; a later write makes a new one."""
        return self._present().catalogue

    @property
    def snapshot(self) -> str:
        """The name of the present state of knowledge; "empty" where there is none."""
        state = self._present().state
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
        return view.search(
            query,
            vectors=vectors,
            embedder=self.embedder,
            allowed=Filter(_kinds(kind), None if doc_ids is None else frozenset(doc_ids)),
            k=k,
            per_document=per_document,
        )

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
            entries, mark = with_corpus(state, self.corpus)
            self._switch(state, entries, corpus=mark, rebuild=rebuild, progress=progress)
        seconds = perf_counter() - started
        return SyncReport.between(state.entries, entries, seconds=seconds)

    def is_current(self) -> bool:
        """Return whether the index holds the bundled documents as they are now."""
        state = self._present().state
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
        return Health.of(
            documents=len(view.catalogue),
            chunks=len(names),
            missing=len(view.chunks().keys() - vectors.ids()),
            sample=len(picked),
            unreadable=unreadable,
        )

    def _put(self, loaded: Loaded) -> str:
        entry = Entry(
            document=loaded.document, body=loaded.body, sha256=loaded.sha256, origin="user"
        )
        with self._writing() as state:
            entries = [item for item in state.entries if item.document.id != loaded.document.id]
            self._switch(state, [*entries, entry], corpus=state.corpus)
        return loaded.document.id

    def _present(self) -> View:
        """Return the present state, read again where another process has replaced it."""
        with self._lock:
            if not self._write_lock.held and stamp(self.folder) != self._stamp:
                self._forget_index()
                self._view = View(self._read_state(), self.folder)
            return self._view

    def _read_state(self) -> State | None:
        self._stamp = stamp(self.folder)
        try:
            state = read_state(self.folder)
        except IndexMismatch as error:
            self._broken = error
            return None
        self._broken = None
        return state

    def _readable(self) -> tuple[View, Vectorset]:
        """Return the present state and its vectors."""
        with self._lock:
            view = self._present()
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
        with self._lock:
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
        """Hold the lock of the folder and give the state as it is under the lock.

        Readers of this process go on meanwhile: only the exchange of states stops them.
        """
        with self._writers:
            if not self._write_lock.held:
                self._write_lock.acquire()
                with self._lock:
                    # Another process may have written since this one read.
                    self._forget_index()
                    self._view = View(self._read_state(), self.folder)
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
            entries=tuple(salvage(self.folder)) if self._broken else (),
        )

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
        view = View(new, self.folder)
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
        if new != state or self._view.state is None:
            with storage_errors(self.folder), self._lock:
                view.save_lexical()
                write_state(self.folder, new)
                self._stamp = stamp(self.folder)
                self._view, self._vectors, self._broken = view, vectors, None
        # What is left over does no harm, and the next sync tries again to remove it.
        with suppress(StorageError):
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


def _kinds(kind: Kind | Iterable[Kind] | None) -> frozenset[Kind] | None:
    if kind is None:
        return None
    return frozenset({kind}) if isinstance(kind, str) else frozenset(kind)


def _other(collection: str) -> str:
    return COLLECTIONS[1] if collection == COLLECTIONS[0] else COLLECTIONS[0]
