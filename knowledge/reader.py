"""The knowledge base as its readers see it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Self

from knowledge.adding import Drafts, drafted, exported
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS
from knowledge.embedding import Embedder, MiniLM
from knowledge.errors import IndexMissing, StorageError
from knowledge.reading import Page
from knowledge.reports import Health, Listed, listed
from knowledge.schema import Kind
from knowledge.search import PER_DOCUMENT, Passage, Search
from knowledge.sources import Reach, Read, read_source
from knowledge.storage.database import Database
from knowledge.storage.names import default_folder, fingerprint, recipe
from knowledge.storage.state import Origin
from knowledge.storage.storage import Handles, Progress, Storage
from knowledge.storage.vectors import Filter


class KnowledgeReader:
    """What is read of documents, their catalogue and their index; safe in threads."""

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
        limits = {"k": k, "per_document": per_document}
        try:
            return self._search(handles).passages(query, allowed, **limits)
        except StorageError:
            # Another process may have written meanwhile, which closes what this one had open.
            return self._search(self._readable()).passages(query, allowed, **limits)

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

    def draft(
        self,
        source: str | Path,
        *,
        own_machine: bool | None = None,
        progress: Progress | None = None,
    ) -> Drafts:
        """Read a source and return the documents in it, without adding them.

        Args:
            source: a Markdown, text, HTML, PDF, DOCX, CSV or JSON file, a folder of such, the
                address of a page, PDF, feed or GitHub repository, or a model ("hf:org/name").
            own_machine: whether `source` may name a loopback address; as `reach` says by default.
            progress: called with (parts read, parts to read).

        Raises:
            DocumentError: if nothing of it can be used, saying why.
        """
        reach = self.reach
        if own_machine is not None:
            reach = replace(reach, own_machine=own_machine)
        read = read_source(source, reach, progress=progress)
        handles = self._storage.look()
        return drafted(
            read, self._catalogue_of(handles), self._search(handles) if handles else None
        )

    def draft_text(self, text: str, *, title: str | None = None, url: str | None = None) -> Drafts:
        """Return the documents in a text that was pasted, as `draft` does.

        Raises:
            DocumentError: if nothing of it can be used, saying why.
        """
        page = Page(text, name=url or title or "pasted text", title=title, url=url)
        return self._drafted(Read(pages=(page,)))

    def export(self, doc_id: str) -> str:
        """Return a document as Markdown with front matter, which `add_text` takes back.

        Raises:
            NameUnknown: if there is none with this id.
        """
        catalogue = self.catalogue
        return exported(catalogue.get(doc_id), catalogue.body(doc_id))

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

    def _drafted(self, read: Read) -> Drafts:
        handles = self._storage.look()
        search = self._search(handles) if handles else None
        return drafted(read, self._catalogue_of(handles), search)

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


def _kinds(kind: Kind | Iterable[Kind] | None) -> frozenset[Kind] | None:
    if kind is None:
        return None
    return frozenset({kind}) if isinstance(kind, str) else frozenset(kind)
