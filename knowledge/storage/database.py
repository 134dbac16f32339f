"""Documents and their chunks in one SQLite file; a commit is the moment a change is seen.

A reader in another process goes on with what it sees (write-ahead log) and is never stopped.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from knowledge.chunks import Chunk
from knowledge.errors import IndexMismatch, StorageError
from knowledge.schema import AnyDocument, Kind
from knowledge.storage.lock import storage_errors
from knowledge.storage.names import REBUILD, twin_mark, vector_id
from knowledge.storage.state import About, Entry, Origin

FILE = "knowledge.db"
VERSION = 1
BUSY_S = 30
AT_ONCE = 500
"""Names in one statement; SQLite takes 32,766."""
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, origin TEXT NOT NULL, sha256 TEXT NOT NULL,
  revision INTEGER NOT NULL, twin TEXT NOT NULL, document TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX of_kind ON documents (kind);
CREATE INDEX of_twin ON documents (twin);
CREATE TABLE chunks (
  vector TEXT NOT NULL UNIQUE, id TEXT NOT NULL, doc_id TEXT NOT NULL, kind TEXT NOT NULL,
  heading TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX of_document ON chunks (doc_id);
CREATE TABLE loose (vector TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Database:
    """The SQLite file of a folder. Safe in threads: one connection under a lock."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the file, or make it where `create` is set.

        Raises:
            IndexMismatch: if another version of Rightsize wrote it or it is no database.
            StorageError: if it can't be opened or made.
        """
        self._folder = folder
        self._lock = threading.RLock()
        self._seen = 0
        self._snapshot: tuple[About, str] | None = None
        address = f"{(folder / FILE).absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        with storage_errors(folder):
            self._connection = sqlite3.connect(
                address, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(create=create)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def changed(self) -> bool:
        """Return whether another process has committed since the last call."""
        with self._lock, self._reading():
            seen = self._connection.execute("PRAGMA data_version").fetchone()[0]
        changed = seen != self._seen
        self._seen = seen
        return bool(changed)

    def about(self) -> About | None:
        """Return how the index was made, or None before the first commit."""
        with self._lock, self._reading():
            found = dict(self._connection.execute("SELECT key, value FROM meta"))
        if "embedder" not in found:
            return None
        return About(
            embedder=found["embedder"],
            dimensions=int(found["dimensions"]),
            collection=found["collection"],
            recipe=found["recipe"],
            corpus=found.get("corpus") or None,
            names=int(found["names"]),
            revision=int(found["revision"]),
        )

    def twin(self, mark: str) -> str | None:
        """Return the id of a document whose words have the mark `mark`."""
        sql = "SELECT id FROM documents WHERE twin = ? AND twin != '' ORDER BY id"
        with self._lock, self._reading():
            return _value(self._connection.execute(sql, (mark,)))

    def remembered(self, key: str) -> str:
        """Return what a commit set `key` to; "" where none did."""
        with self._lock, self._reading():
            found = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,))
            return _value(found) or ""

    def typed(self) -> list[Entry]:
        """Return every document that is no note.

        Raises:
            IndexMismatch: if another version of Rightsize wrote one.
        """
        return self._entries("kind != 'note'")

    def entries(self, doc_ids: Iterable[str]) -> list[Entry]:
        """Return those of `doc_ids` that are there."""
        found: list[Entry] = []
        for names in _portions(doc_ids):
            found += self._entries(f"id IN ({_marks(names)})", names)
        return found

    def notes(self) -> Iterator[Entry]:
        """Yield the notes, by id."""
        for names in _portions([name for name, kind in self.kinds().items() if kind == "note"]):
            yield from self._entries(f"id IN ({_marks(names)})", names)

    def kinds(self) -> dict[str, Kind]:
        """Return the kind of every document by its id, in the order of ids."""
        with self._lock, self._reading():
            return dict(self._connection.execute("SELECT id, kind FROM documents ORDER BY id"))

    def count(self, kind: Kind | None = None) -> int:
        """Return how many documents there are, of `kind` if given."""
        where, values = ("WHERE kind = ?", [kind]) if kind else ("", [])
        with self._lock, self._reading():
            sql = f"SELECT count(*) FROM documents {where}"
            return int(self._connection.execute(sql, values).fetchone()[0])

    def hashes(self) -> dict[str, tuple[str, Origin, int]]:
        """Return (sha256, origin, revision) of every document by its id, in the order of ids."""
        with self._lock, self._reading():
            rows = self._connection.execute(
                "SELECT id, sha256, origin, revision FROM documents ORDER BY id"
            )
            return {name: (sha256, origin, revision) for name, sha256, origin, revision in rows}

    def revisions(self, doc_ids: Iterable[str]) -> dict[str, int]:
        """Return the revisions of those of `doc_ids` that are there."""
        found: dict[str, int] = {}
        for names in _portions(doc_ids):
            sql = f"SELECT id, revision FROM documents WHERE id IN ({_marks(names)})"
            with self._lock, self._reading():
                found |= dict(self._connection.execute(sql, names).fetchall())
        return found

    def snapshot(self) -> str:
        """Return 12 hexadecimal digits that name this state of knowledge."""
        about = self.about()
        if about is None:
            return "empty"
        if self._snapshot is None or self._snapshot[0] != about:
            digest = hashlib.sha256(f"{about.embedder}\n{about.recipe}\n".encode())
            for doc_id, (sha256, origin, _) in self.hashes().items():
                digest.update(f"{doc_id} {sha256} {origin}\n".encode())
            self._snapshot = about, digest.hexdigest()[:12]
        return self._snapshot[1]

    def chunks(self, vectors: Sequence[str]) -> dict[str, Chunk]:
        """Return the chunks of those `vectors` that belong to a document."""
        found: dict[str, Chunk] = {}
        for names in _portions(vectors):
            sql = f"SELECT {_CHUNK} FROM chunks WHERE vector IN ({_marks(names)})"
            with self._lock, self._reading():
                rows = self._connection.execute(sql, names).fetchall()
            found |= {row[0]: Chunk(*row[1:]) for row in rows}
        return found

    def vectors(self, doc_ids: Iterable[str] | None = None) -> set[str]:
        """Return the ids of the vectors of some documents, or of all."""
        if doc_ids is None:
            with self._lock, self._reading():
                rows = self._connection.execute("SELECT vector FROM chunks").fetchall()
            return {row[0] for row in rows}
        found: set[str] = set()
        for names in _portions(doc_ids):
            sql = f"SELECT vector FROM chunks WHERE doc_id IN ({_marks(names)})"
            with self._lock, self._reading():
                found |= {row[0] for row in self._connection.execute(sql, names)}
        return found

    def loose(self) -> set[str]:
        """Return the vectors that may be stored and belong to no document."""
        with self._lock, self._reading():
            return {row[0] for row in self._connection.execute("SELECT vector FROM loose")}

    def announce(self, vectors: Iterable[str]) -> None:
        """Note that `vectors` are about to be stored, so that a crash leaves none unknown."""
        with self._writing():
            self._connection.executemany(
                "INSERT OR IGNORE INTO loose VALUES (?)", ((name,) for name in vectors)
            )

    def forget_loose(self) -> None:
        """Note that nothing is stored that belongs to no document."""
        with self._writing():
            self._connection.execute("DELETE FROM loose")

    def commit(
        self,
        puts: Sequence[tuple[Entry, Sequence[Chunk]]],
        deletes: Sequence[str],
        *,
        about: Mapping[str, str | int | None],
        loose: Iterable[str] = (),
        revisions: Mapping[str, int] | None = None,
    ) -> None:
        """Put documents with their chunks, delete others, and set what is known of the making.

        Args:
            puts: documents, each with all of its chunks.
            deletes: ids of documents.
            about: fields of `About` to set.
            loose: vectors that now belong to no document.
            revisions: the revision of a document where it is not the next one of this file.
        """
        with self._writing():
            run = self._connection.execute
            revision = 1 + int(_value(run("SELECT value FROM meta WHERE key = 'revision'")) or 0)
            names = int(_value(run("SELECT value FROM meta WHERE key = 'names'")) or 0)
            gone = [entry.document.id for entry, _ in puts] + list(deletes)
            typed = any(entry.document.kind != "note" for entry, _ in puts)
            for doc_id in gone:
                kind = _value(run("SELECT kind FROM documents WHERE id = ?", (doc_id,)))
                typed = typed or (kind is not None and kind != "note")
                run("DELETE FROM documents WHERE id = ?", (doc_id,))
                run("DELETE FROM chunks WHERE doc_id = ?", (doc_id,))
            for entry, chunks in puts:
                document = entry.document
                own = (revisions or {}).get(document.id, revision)
                run(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        document.id,
                        document.kind,
                        entry.origin,
                        entry.sha256,
                        own,
                        twin_mark(entry.body),
                        document.model_dump_json(),
                        entry.body,
                    ),
                )
                self._connection.executemany(
                    "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?)", map(_row, chunks)
                )
            run("DELETE FROM loose")
            self._connection.executemany(
                "INSERT OR IGNORE INTO loose VALUES (?)", ((name,) for name in loose)
            )
            known = {**about, "revision": revision, "names": names + typed}
            self._connection.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [(key, "" if value is None else str(value)) for key, value in known.items()],
            )

    def _prepare(self, *, create: bool) -> None:
        run = self._connection.execute
        try:
            version = run("PRAGMA user_version").fetchone()[0]
            if version == 0 and create:
                run("PRAGMA journal_mode = WAL")
                self._connection.executescript(
                    f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;"
                )
                version = VERSION
            run("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise _unreadable(self._folder) from error
        if version != VERSION:
            raise _unreadable(self._folder)
        self.changed()

    def _entries(self, where: str, values: Sequence[str] = ()) -> list[Entry]:
        sql = f"SELECT document, body, sha256, origin FROM documents WHERE {where} ORDER BY id"
        with self._lock, self._reading():
            rows = self._connection.execute(sql, values).fetchall()
        try:
            documents = _DOCUMENTS.validate_json(f"[{','.join(row[0] for row in rows)}]")
        except ValidationError as error:
            raise _unreadable(self._folder) from error
        return [
            Entry.model_construct(document=document, body=body, sha256=sha256, origin=origin)
            for document, (_, body, sha256, origin) in zip(documents, rows, strict=True)
        ]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with storage_errors(self._folder):
                yield
        except StorageError as error:
            if isinstance(error.__cause__, sqlite3.DatabaseError) and not isinstance(
                error.__cause__, sqlite3.OperationalError
            ):
                raise _unreadable(self._folder) from error
            raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, storage_errors(self._folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


_DOCUMENTS = TypeAdapter(list[AnyDocument])
_CHUNK = "vector, id, doc_id, kind, heading, text"


def _row(chunk: Chunk) -> tuple[str, ...]:
    return (vector_id(chunk), chunk.id, chunk.doc_id, chunk.kind, chunk.heading, chunk.text)


def _value(cursor: sqlite3.Cursor) -> str | None:
    row = cursor.fetchone()
    return None if row is None else str(row[0])


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    every = list(names)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def _marks(names: Sequence[str]) -> str:
    return ",".join("?" * len(names))


def _unreadable(folder: Path) -> IndexMismatch:
    return IndexMismatch(
        f"{folder / FILE} was written by another version of Rightsize or is damaged; "
        f"run `{REBUILD}`"
    )
