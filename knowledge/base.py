"""The knowledge base: documents in, evidence out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from knowledge.adding import Draft, address_of, confirmed, settled
from knowledge.documents import AnyDoc, Loaded, check_unique, content_hash
from knowledge.errors import DocumentError
from knowledge.intake import Meta, from_text
from knowledge.reader import KnowledgeReader
from knowledge.reports import SyncReport
from knowledge.storage.state import Entry
from knowledge.storage.storage import DOCUMENTS_AT_ONCE, Handles, Progress
from knowledge.syncing import bring_in


class KnowledgeBase(KnowledgeReader):
    """Documents, their catalogue and their index in one folder, or on a Chroma server.

    Reading is safe from several threads. In a folder, the first write takes an exclusive lock
    until `close` or `release`; a second writing process is refused. On a server, processes
    write at the same time.
    """

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

    def add(self, source: str | Path, *, progress: Progress | None = None) -> str | Sequence[str]:
        """Read a source, add what is in it and return the id; of a folder or feed, the ids.

        What is there already, with the same words, is not added again. What can't be used of a
        folder or feed is passed over; `draft` tells of it.

        Args:
            source: as for `draft`.
            progress: called with (chunks embedded, chunks to embed).

        Raises:
            DocumentError: if nothing of it can be used; the index is unchanged.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        ids = self.add_drafts(self.draft(source).documents, progress=progress)
        return ids[0] if len(ids) == 1 else ids

    def add_drafts(
        self, drafts: Iterable[Draft], *, progress: Progress | None = None
    ) -> Sequence[str]:
        """Add drafted documents and return their ids, or those of documents with the same words.

        A draft takes the place of a document with its id from the same source; with that of
        another source it gets an id of its own.

        Raises:
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        handles = self._storage.look()
        new, ids = settled(drafts, handles.database if handles else None)
        self._put(new, progress=progress)
        return ids

    def update(self, doc_id: str) -> bool:
        """Read a document again from where it came from; return whether it had changed.

        Raises:
            NameUnknown: if there is none with this id.
            DocumentError: if it has no address, or can't be read any more; it stays as it was.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        address = address_of(self.catalogue.get(doc_id))
        found = self.draft(address).documents
        if len(found) != 1:
            raise DocumentError(f"{address} now holds {len(found)} documents instead of one")
        if found[0].same_as != doc_id:
            loaded = found[0].loaded
            self.replace(loaded.document.model_copy(update={"id": doc_id}), loaded.body)
        return found[0].same_as != doc_id

    def confirm(self, doc_id: str) -> None:
        """Take every drafted figure of a document as reviewed.

        Raises:
            NameUnknown: if there is none with this id.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        self.replace(confirmed(self.catalogue.get(doc_id)))

    def replace(self, document: AnyDoc, body: str | None = None) -> None:
        """Put `document` in the place of the one with its id; the prose stays unless given.

        Raises:
            NameUnknown: if there is none with this id.
            DocumentError: if a name in it belongs to another document.
            IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
        """
        prose = self.catalogue.body(document.id) if body is None else body
        self._put([Loaded(document, prose, content_hash(document.model_dump_json() + prose))])

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
        return bring_in(self._storage, self.corpus, rebuild=rebuild, progress=progress)

    def release(self) -> None:
        """Let another process write; the next write here takes the lock again."""
        self._storage.release()

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


def _portions(
    texts: Iterable[tuple[str | None, str]], size: int
) -> Iterator[Sequence[tuple[str | None, str]]]:
    rest = iter(texts)
    while portion := tuple(islice(rest, size)):
        yield portion
