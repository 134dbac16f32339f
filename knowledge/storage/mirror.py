"""A copy of the server's documents in a folder of this machine, brought up to date by changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from knowledge.chunks import chunk_document
from knowledge.storage.database import Database
from knowledge.storage.ledger import Ledger
from knowledge.storage.names import recipe, vector_id
from knowledge.storage.state import About, Entry
from knowledge.storage.words import Words

DOCUMENTS_AT_ONCE = 256


def pull(ledger: Ledger, database: Database, words: Words) -> bool:
    """Bring `database` and `words` up to what the server holds; tell whether that changed them.

    Raises:
        StorageError: if the server doesn't answer; what was taken in so far stays.
    """
    used = ledger.vectors()
    if used is None:
        if database.count():
            _take(database, words, [], list(database.kinds()), {}, {})
        return False
    name, made = used
    known = database.about() or About(made.embedder, made.dimensions, name, recipe())
    same_server = database.remembered("ledger") == ledger.identity
    since = int(database.remembered("seen") or 0) if same_server else 0
    marks = ledger.changes(since)
    ours = database.revisions(marks)
    new = [doc_id for doc_id, mark in marks.items() if ours.get(doc_id, 0) != mark.revision]
    put = [doc_id for doc_id in new if not marks[doc_id].deleted]
    gone = [doc_id for doc_id in new if marks[doc_id].deleted and doc_id in ours]
    if not same_server:
        gone += list(database.kinds().keys() - marks.keys())
    now = known.made_by(made.embedder, made.dimensions, name)
    seen = max((mark.revision for mark in marks.values()), default=since)
    if not (put or gone) and same_server and now == known and seen == since:
        return False
    revisions = {doc_id: marks[doc_id].revision for doc_id in put}
    for start in range(0, len(put), DOCUMENTS_AT_ONCE):
        entries = ledger.fetch(put[start : start + DOCUMENTS_AT_ONCE])
        _take(database, words, entries, [], revisions, known.making)
    seen = max((mark.revision for mark in marks.values()), default=since)
    _take(database, words, [], gone, {}, {**now.making, "seen": seen, "ledger": ledger.identity})
    return bool(put or gone) or now != known


def _take(
    database: Database,
    words: Words,
    puts: Sequence[Entry],
    deletes: Collection[str],
    revisions: Mapping[str, int],
    about: Mapping[str, str | int | None],
) -> None:
    """Take documents in or out; their vectors are the server's."""
    chunked = [(entry, chunk_document(entry.document, entry.body)) for entry in puts]
    wanted = {vector_id(chunk): chunk for _, chunks in chunked for chunk in chunks}
    old = database.vectors([*(entry.document.id for entry in puts), *deletes])
    if wanted.keys() != old:
        words.change([wanted[name] for name in wanted.keys() - old], old - wanted.keys())
    database.commit(
        chunked, list(deletes), about=about, loose=database.loose(), revisions=revisions
    )
