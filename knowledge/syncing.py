"""Bringing the bundled documents in, and making the index anew."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from knowledge.bundle import changes_of
from knowledge.reports import SyncReport
from knowledge.storage.names import fingerprint, recipe
from knowledge.storage.storage import DOCUMENTS_AT_ONCE, Handles, Progress, Storage


def bring_in(
    storage: Storage, corpus: Path | None, *, rebuild: bool, progress: Progress | None
) -> SyncReport:
    """Make the index hold the documents of the folder `corpus`; those of the user stay.

    Raises:
        DocumentError: at a document that can't be used; the index is unchanged.
        IndexLocked, IndexMismatch, StorageError, EmbedderError: the index is unchanged.
    """
    started = perf_counter()
    with storage.writing(rebuild=rebuild) as handles:
        database = storage.database
        hashes = database.hashes()
        typed = {entry.document.id: entry for entry in database.typed()}
        bundled = changes_of(corpus, hashes, typed)
        if handles is not None and rebuild:
            storage.rebuild(progress)
        elif handles is not None:
            storage.made.check(handles.about.embedder, handles.about.dimensions)
        new = {entry.document.id for entry in bundled.puts}
        gone = set(bundled.deletes) - new
        saved = [entry for entry in storage.salvaged if entry.document.id not in hashes]
        kept = {entry.document.id for entry in saved}
        puts = [*(entry for entry in bundled.puts if entry.document.id not in kept), *saved]
        if _cut_otherwise(handles):
            _cut_notes_anew(storage)
            puts += [entry for name, entry in typed.items() if name not in new | gone]
        mark = fingerprint(corpus) if corpus else None
        storage.apply(puts, gone, about={"corpus": mark, "recipe": recipe()}, progress=progress)
        storage.take_over()
        storage.mend(progress)
    return SyncReport(
        added=len(new - hashes.keys()),
        updated=len(new & hashes.keys()),
        deleted=len(gone),
        unchanged=len(hashes.keys() - new - gone),
        seconds=perf_counter() - started,
    )


def _cut_otherwise(handles: Handles | None) -> bool:
    """Return whether other code than the present cut the documents into chunks."""
    return handles is not None and handles.about.recipe != recipe()


def _cut_notes_anew(storage: Storage) -> None:
    database = storage.database
    names = [name for name, kind in database.kinds().items() if kind == "note"]
    for start in range(0, len(names), DOCUMENTS_AT_ONCE):
        storage.apply(database.entries(names[start : start + DOCUMENTS_AT_ONCE]))
