"""The knowledge base: documents in, evidence out."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Self

from knowledge.bundle import changes_of
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, Loaded, check_unique
from knowledge.embedding import Embedder, MiniLM
from knowledge.errors import IndexMissing, StorageError
from knowledge.intake import Meta, from_text, read_file
from knowledge.reports import Health, Listed, SyncReport, listed
from knowledge.schema import Kind
from knowledge.search import PER_DOCUMENT, Passage, Search
from knowledge.sources.reach import Reach
from knowledge.storage.database import Database
from knowledge.storage.names import default_folder, fingerprint, recipe
from knowledge.storage.state import Entry, Origin
from knowledge.storage.storage import DOCUMENTS_AT_ONCE, Handles, Progress, Storage
from knowledge.storage.vectors import Filter


class KnowledgeBase:
    """Documents, their catalogue and their index in one folder, or on a Chroma server.

    Reading is safe from several threads. In a folder, the first write takes an exclusive lock
    until `close` or `release`; a second writing process is refused. On a server, processes
    write at the same time.
    """

    def __init__(
        self,
        folder: Path,
        *,
        url: str | None,
        embedder: Embedder,
        corpus: Path | None,
        reach: Reach,
    ) -> None:
        """Use `open` instead."""
        self.folder = folder
        self.embedder = embedder
        self.corpus = corpus
        self.reach = reach
        self._storage = Storage(folder, url=url, embedder=embedder)
        self._lock = threading.Lock()
        self._catalogue = Catalogue(())
        self._names: tuple[Database, int] | None = None

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        url: str | None = None,
        embedder: Embedder | None = None,
        corpus: Path | None = CORPUS,
        reach: Reach | None = None,
    ) -> Self:
        """Open the knowledge base in the folder `path`; nothing is written before a write.

        Args:
            path: the folder; `.rightsize` of the checkout or the user's data folder by default.
            url: a Chroma server that holds documents and vectors; the folder mirrors them.
            embedder: makes the vectors; the bundled MiniLM by default.
            corpus: the folder that `sync` brings in; None for no bundled documents.
            reach: what reading from the network may touch.

        Raises:
            StorageError: if the folder can't be read.
        """
        return cls(
            Path(path).expanduser() if path is not None else default_folder(),
            url=url,
            embedder=embedder or MiniLM(),
            corpus=corpus,
            reach=reach or Reach(),
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give back the lock and the files."""
        self._storage.close()

    def release(self) -> None:
        """Let another process write; the next write here takes the lock again."""
        self._storage.release()

    @property
    def catalogue(self) -> Catalogue:
        """What is known now; a change of a typed document makes a new one."""
        return self._catalogue_of(self._storage.look())

    @property
    def snapshot(self) -> str:
        """The name of the present state of knowledge; "empty" where there is none."""
        handles = self._storage.look()
        return handles.database.snapshot() if handles else "empty"

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
        allowed = Filter(_kinds(kind), None if doc_ids is None else frozenset(doc_ids))
        handles = self._readable()
        if not query.strip() or k < 1:
            return []
        try:
            return self._search(handles).passages(query, allowed, k=k, per_document=per_document)
        except StorageError:
            # Another process may have written meanwhile, which closes what this one had open.
            return self._search(self._readable()).passages(
                query, allowed, k=k, per_document=per_document
            )

    def list(self, kind: Kind | None = None, origin: Origin | None = None) -> list[Listed]:
        """Return a line on every document, of `kind` and `origin` if given, by id."""
        handles = self._storage.look()
        if handles is None:
            return []
        database = handles.database
        typed = () if kind == "note" else database.typed()
        notes = database.notes() if kind in (None, "note") else ()
        lines = (listed(entry) for entry in (*typed, *notes))
        return sorted(
            (one for one in lines if kind in (None, one.kind) and origin in (None, one.origin)),
            key=lambda one: one.doc_id,
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
        loaded = from_text(doc_id, text, Meta.parse(meta))
        self._put([loaded])
        return loaded.document.id

    def add_texts(
        self, texts: Iterable[tuple[str | None, str]], *, progress: Progress | None = None
    ) -> Sequence[str]:
        """Add or replace many documents given as (id, text); return their ids.

        They come in by portions of 256, each whole; those before a fault stay.

        Raises:
            DocumentError, IndexLocked, IndexMismatch, StorageError, EmbedderError.
        """
        added: list[str] = []
        for portion in _portions(texts, DOCUMENTS_AT_ONCE):
            loaded = [from_text(doc_id, text, Meta()) for doc_id, text in portion]
            self._put(loaded, progress=progress)
            added += [item.document.id for item in loaded]
        return added

    def add(self, path_or_url: str | Path) -> str:
        """Add or replace the document in a Markdown, text or HTML file and return its id.

        Raises:
            DocumentError: if the file can't be used; the index is unchanged.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        loaded = read_file(path_or_url)
        self._put([loaded])
        return loaded.document.id

    def delete(self, doc_id: str) -> None:
        """Delete a document. A bundled one comes back at the next sync.

        Raises:
            NameUnknown: if there is none with this id.
            IndexLocked, IndexMismatch, StorageError: the index is unchanged.
        """
        with self._storage.writing() as handles:
            self._check_embedder(handles)
            self._catalogue_of(handles).get(doc_id)
            self._storage.apply([], [doc_id])

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
        with self._storage.writing(rebuild=rebuild) as handles:
            database = self._storage.database
            hashes = database.hashes()
            typed = {entry.document.id: entry for entry in database.typed()}
            bundled = changes_of(self.corpus, hashes, typed)
            if rebuild and handles is not None:
                self._storage.rebuild(progress)
            else:
                self._check_embedder(handles)
            anew = handles is not None and handles.about.recipe != recipe()
            rechunk = [e for e in typed.values() if anew and e.document.id in hashes]
            mark = fingerprint(self.corpus) if self.corpus else None
            new = {entry.document.id for entry in bundled.puts}
            puts = [*bundled.puts, *(e for e in rechunk if e.document.id not in new)]
            puts += self._storage.salvaged
            if anew:
                self._rechunk_notes()
            self._storage.apply(
                puts, bundled.deletes, about={"corpus": mark, "recipe": recipe()}, progress=progress
            )
            self._storage.mend(progress)
        added = len(new - hashes.keys())
        return SyncReport(
            added=added,
            updated=len(new) - added,
            deleted=len(set(bundled.deletes) - new),
            unchanged=len(hashes) - len(new & hashes.keys()) - len(set(bundled.deletes) - new),
            seconds=perf_counter() - started,
        )

    def is_current(self) -> bool:
        """Return whether the index holds the bundled documents as they are now."""
        handles = self._storage.look()
        if handles is None:
            return False
        about, made = handles.about, self._storage.made
        if (about.embedder, about.dimensions) != (made.embedder, made.dimensions):
            return False
        mark = fingerprint(self.corpus) if self.corpus else None
        return about.recipe == recipe() and about.corpus == mark

    def check(self, sample: int = 50) -> Health:
        """Return whether every chunk has its vector, reading `sample` of them back."""
        handles = self._readable()
        names = sorted(handles.database.vectors())
        step = max(1, len(names) // max(1, sample))
        picked = names[::step][:sample]
        unreadable = len(picked) - len(handles.vectors.readable(picked))
        return Health.of(
            documents=handles.database.count(),
            chunks=len(names),
            missing=len(set(names) - handles.vectors.ids()),
            sample=len(picked),
            unreadable=unreadable,
        )

    def _put(self, loaded: Sequence[Loaded], *, progress: Progress | None = None) -> None:
        entries = [
            Entry(document=item.document, body=item.body, sha256=item.sha256, origin="user")
            for item in loaded
        ]
        for start in range(0, len(entries), DOCUMENTS_AT_ONCE):
            with self._storage.writing() as handles:
                self._check_embedder(handles)
                self._check_names(handles, loaded)
                self._storage.apply(entries[start : start + DOCUMENTS_AT_ONCE], progress=progress)

    def _check_names(self, handles: Handles | None, loaded: Sequence[Loaded]) -> None:
        """Check that the names of typed documents stay unique."""
        typed = [item for item in loaded if item.document.kind != "note"]
        new = {item.document.id for item in loaded}
        if typed:
            others = [d for d in self._catalogue_of(handles).documents if d.id not in new]
            check_unique([*(Loaded(document, "", "") for document in others), *typed])

    def _rechunk_notes(self) -> None:
        """Cut the notes into chunks anew, as the present code does."""
        database = self._storage.database
        names = [name for name, kind in database.kinds().items() if kind == "note"]
        for start in range(0, len(names), DOCUMENTS_AT_ONCE):
            self._storage.apply(database.entries(names[start : start + DOCUMENTS_AT_ONCE]))

    def _catalogue_of(self, handles: Handles | None) -> Catalogue:
        with self._lock:
            key = (handles.database, handles.about.names) if handles else None
            if key != self._names:
                database = handles.database if handles else None
                self._catalogue = Catalogue(database.typed() if database else (), database)
                self._names = key
            return self._catalogue

    def _search(self, handles: Handles) -> Search:
        return Search(handles, self._catalogue_of(handles), self.embedder)

    def _readable(self) -> Handles:
        """Return the present state, which must have been made with this embedder."""
        handles = self._storage.look()
        if handles is None:
            raise IndexMissing(f"No index in {self.folder}; run `rightsize index`")
        self._check_embedder(handles)
        return handles

    def _check_embedder(self, handles: Handles | None) -> None:
        if handles is not None:
            self._storage.made.check(handles.about.embedder, handles.about.dimensions)


def _portions(
    texts: Iterable[tuple[str | None, str]], size: int
) -> Iterator[Sequence[tuple[str | None, str]]]:
    rest = iter(texts)
    while portion := tuple(islice(rest, size)):
        yield portion


def _kinds(kind: Kind | Iterable[Kind] | None) -> frozenset[Kind] | None:
    if kind is None:
        return None
    return frozenset({kind}) if isinstance(kind, str) else frozenset(kind)
