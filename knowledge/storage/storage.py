"""One state of knowledge in a folder, or on a server and mirrored there, and how it changes.

A change goes in this order: what will be stored is noted, vectors, words, then the documents in
one SQLite transaction, which is the moment the change is seen; then what is left over is removed.
Until that moment the old state answers, and a cut at any point leaves nothing unknown behind.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from knowledge.chunks import Chunk, chunk_document
from knowledge.embedding import Embedder
from knowledge.errors import IndexMismatch, StorageError
from knowledge.storage.database import Database
from knowledge.storage.ledger import Ledger
from knowledge.storage.lock import WriteLock, storage_errors
from knowledge.storage.mirror import pull
from knowledge.storage.names import recipe, vector_id
from knowledge.storage.salvage import entries_of_json, identity, retire_json, set_aside
from knowledge.storage.state import About, Entry
from knowledge.storage.vectors import Made, VectorIndex, Vectorset
from knowledge.storage.words import Words

COLLECTIONS = ("rightsize", "rightsize-b")
"""A rebuild fills the one that is not in use."""
EMBED_AT_ONCE = 128
DOCUMENTS_AT_ONCE = 256
PULL_EVERY_S = 1.0
WAIT_S = 600.0
"""How long a writer waits for another on this machine that uses the same server."""
Progress = Callable[[int, int], None]
"""Called with (chunks embedded, chunks to embed)."""


@dataclass(frozen=True, slots=True)
class Handles:
    """One state, ready to be searched."""

    about: About
    database: Database
    words: Words
    vectors: Vectorset


class Storage:
    """What a folder holds. Reading is safe in threads; writing is for one process at a time."""

    def __init__(self, folder: Path, *, url: str | None, embedder: Embedder) -> None:
        """Prepare; nothing is opened or created yet."""
        mirror = f"server-{hashlib.sha256(url.encode()).hexdigest()[:10]}" if url else ""
        self.folder = folder / mirror if url else folder
        self.made = Made(embedder.name, embedder.dimensions)
        self.salvaged: list[Entry] = []
        self._embedder = embedder
        self._url = url
        self._writers = threading.RLock()
        self._lock = threading.RLock()
        self._write_lock = WriteLock(self.folder)
        self._identity: tuple[int, int] | None = None
        self._database: Database | None = None
        self._words: Words | None = None
        self._index: VectorIndex | None = None
        self._ledger: Ledger | None = None
        self._vectors: dict[str, Vectorset] = {}
        self._pulled = -PULL_EVERY_S

    def close(self) -> None:
        """Give back the lock and the files."""
        with self._writers, self._lock:
            self._forget(database=True)
            self._write_lock.release()

    def release(self) -> None:
        """Let another process write; the next write takes the lock again."""
        with self._writers:
            self._write_lock.release()

    @property
    def database(self) -> Database:
        """The documents; to be used while `writing`."""
        return self._parts()[0]

    def look(self) -> Handles | None:
        """Return the present state, with what others have written; None where there is none.

        Raises:
            IndexMismatch: if another version of Rightsize wrote it.
            StorageError: if it can't be read.
        """
        with self._lock:
            if self._url and not self._write_lock.held:
                self._pull_if_free()
            if not self._open_database():
                return None
            return self._present()

    @contextmanager
    def writing(self, *, rebuild: bool = False) -> Iterator[Handles | None]:
        """Hold the lock of the folder and give the state as it is under the lock.

        Raises:
            IndexLocked: if another process writes to this folder.
            IndexMismatch: if another version of Rightsize wrote it and `rebuild` is not set.
        """
        with self._writers:
            self._write_lock.acquire(wait_s=WAIT_S if self._url else 0)
            try:
                with self._lock:
                    self._open_for_writing(rebuild=rebuild)
                    if self._url:
                        self._pull()
                    present = self._present()
                yield present
            finally:
                if self._url:
                    self._write_lock.release()

    def apply(
        self,
        puts: Sequence[Entry],
        deletes: Collection[str] = (),
        *,
        about: Mapping[str, str | int | None] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Put and delete documents; to be called while `writing`."""
        database, words = self._parts()
        chunked = [(entry, chunk_document(entry.document, entry.body)) for entry in puts]
        wanted = {vector_id(chunk): chunk for _, chunks in chunked for chunk in chunks}
        known = database.about() or self._new()
        old = database.vectors([*(entry.document.id for entry in puts), *deletes])
        fresh = {name: chunk for name, chunk in wanted.items() if name not in old}
        loose = database.loose()
        vectors = self._vectorset(known.collection)
        stored = vectors.present(loose & fresh.keys()) if loose else set()
        if fresh:
            database.announce(fresh)
        self._embed([fresh[name] for name in fresh if name not in stored], vectors, progress)
        if fresh:
            words.change(fresh.values(), ())
        revisions = self._publish(puts, deletes, known)
        left = (old | loose) - wanted.keys()
        database.commit(
            chunked,
            list(deletes),
            about={**known.making, **(about or {})},
            loose=left,
            revisions=revisions,
        )
        self._clean(left, vectors)

    def take_over(self) -> None:
        """Forget what was salvaged, now that it is stored; to be called while `writing`."""
        self.salvaged = []
        retire_json(self.folder)

    def mend(self, progress: Progress | None = None) -> None:
        """Make vectors and words agree with the documents; to be called while `writing`."""
        database, words = self._parts()
        known = database.about() or self._new()
        vectors = self._vectorset(known.collection)
        wanted, stored = database.vectors(), vectors.ids()
        missing = sorted(wanted - stored)
        for chunks, done in self._chunks_in_steps(missing):
            self._embed(chunks, vectors, progress, done=done, total=len(missing))
        self._clean((stored - wanted) | database.loose(), vectors)
        if words.count() != len(wanted):
            words.change(self._every_chunk(), (), anew=True)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make all vectors and words anew; to be called while `writing`.

        One that was cut off is taken up again.
        """
        database, words = self._parts()
        known = database.about() or self._new()
        name = COLLECTIONS[1] if known.collection == COLLECTIONS[0] else COLLECTIONS[0]
        vectors = self._vectorset(name)
        try:
            stored = vectors.ids()
        except IndexMismatch:
            vectors.drop()
            stored = set()
        missing = sorted(database.vectors() - stored)
        for chunks, done in self._chunks_in_steps(missing):
            self._embed(chunks, vectors, progress, done=done, total=len(missing))
        words.change(self._every_chunk(), (), anew=True)
        if self._ledger:
            self._ledger.use(name, self.made)
        now = known.made_by(self.made.embedder, self.made.dimensions, name)
        database.commit([], [], about=now.making)
        with suppress(StorageError, IndexMismatch):
            self._vectorset(known.collection).drop()

    def _open_database(self) -> bool:
        """Open the file, or open it again where it was replaced; tell whether there is one."""
        now = identity(self.folder)
        if now is None or now != self._identity:
            self._forget(database=True)
        if now is not None and self._database is None:
            self._database = Database(self.folder)
            self._identity = now
        elif self._database is not None and self._database.changed():
            self._forget()
        return self._database is not None

    def _open_for_writing(self, *, rebuild: bool) -> None:
        try:
            self._open_database()
            if self._database is None:
                self._database = Database(self.folder, create=True)
                self._identity = identity(self.folder)
            if rebuild:
                self._database.typed()
        except IndexMismatch:
            if not rebuild:
                raise
            self._forget(database=True)
            self.salvaged = set_aside(self.folder)
            self._database = Database(self.folder, create=True)
            self._identity = identity(self.folder)
        if not self.salvaged:
            self.salvaged = entries_of_json(self.folder)
        if rebuild:
            self._replace_unreadable()

    def _replace_unreadable(self) -> None:
        """Remove vectors and words that can't be opened: both can be made anew."""
        for open_it, part in ((self._open_words, "words"), (self._open_index, "chroma")):
            try:
                open_it()
            except StorageError:
                if self._url and part == "chroma":
                    raise
                with storage_errors(self.folder):
                    shutil.rmtree(self.folder / part)
                open_it()

    def _present(self) -> Handles | None:
        database = self._database
        about = database.about() if database else None
        if database is None or about is None:
            return None
        return Handles(about, database, self._open_words(), self._vectorset(about.collection))

    def _parts(self) -> tuple[Database, Words]:
        with self._lock:
            if self._database is None:
                raise StorageError(f"{self.folder} is not open for writing")
            return self._database, self._open_words()

    def _open_words(self) -> Words:
        if self._words is None:
            self._words = Words(self.folder)
        return self._words

    def _open_index(self) -> VectorIndex:
        with self._lock:
            if self._index is None:
                self._index = VectorIndex(self.folder, url=self._url)
                self._ledger = Ledger(self._index) if self._url else None
            return self._index

    def _vectorset(self, name: str) -> Vectorset:
        with self._lock:
            if name not in self._vectors:
                self._vectors[name] = self._open_index().vectors(name, self.made)
            return self._vectors[name]

    def _forget(self, *, database: bool = False) -> None:
        """Let go of what may be out of date; of the documents too where `database` is set."""
        self._vectors.clear()
        if self._words is not None:
            self._words.reload()
        if self._index is not None and (database or not self._url):
            self._index.close()
            self._index = self._ledger = None
        if database:
            self._words = None
            if self._database is not None:
                self._database.close()
                self._database = None
            self._identity = None

    def _publish(
        self, puts: Sequence[Entry], deletes: Collection[str], known: About
    ) -> dict[str, int] | None:
        if self._ledger is None:
            return None
        if self._ledger.vectors() is None:
            self._ledger.use(known.collection, self.made)
        return self._ledger.publish(puts, deletes)

    def _pull_if_free(self) -> None:
        if time.monotonic() - self._pulled < PULL_EVERY_S:
            return
        if not self._writers.acquire(blocking=False):
            return
        try:
            if self._write_lock.try_acquire():
                self._open_for_writing(rebuild=False)
                self._pull()
        finally:
            self._write_lock.release()
            self._writers.release()

    def _pull(self) -> None:
        """Bring the mirror up to what the server holds."""
        self._open_index()
        database, words = self._parts()
        if self._ledger is not None and pull(self._ledger, database, words):
            self._vectors.clear()
        self._pulled = time.monotonic()

    def _new(self) -> About:
        return About(
            embedder=self.made.embedder,
            dimensions=self.made.dimensions,
            collection=COLLECTIONS[0],
            recipe=recipe(),
        )

    def _embed(
        self,
        missing: Sequence[Chunk],
        vectors: Vectorset,
        progress: Progress | None,
        *,
        done: int = 0,
        total: int | None = None,
    ) -> None:
        report = progress or (lambda done, total: None)
        whole = len(missing) if total is None else total
        report(done, whole)
        for start in range(0, len(missing), EMBED_AT_ONCE):
            batch = missing[start : start + EMBED_AT_ONCE]
            vectors.add(batch, self._embedder.embed([chunk.text for chunk in batch]))
            report(done + start + len(batch), whole)

    def _clean(self, left: Collection[str], vectors: Vectorset) -> None:
        """Remove what belongs to no document; what can't be removed now does no harm."""
        if not left:
            return
        database, words = self._parts()
        with suppress(StorageError):
            vectors.delete(left)
            words.change((), left)
            database.forget_loose()

    def _chunks_in_steps(self, names: Sequence[str]) -> Iterator[tuple[list[Chunk], int]]:
        """Yield chunks in portions, each with the count of those before it."""
        database, _ = self._parts()
        for start in range(0, len(names), DOCUMENTS_AT_ONCE):
            yield list(database.chunks(names[start : start + DOCUMENTS_AT_ONCE]).values()), start

    def _every_chunk(self) -> Iterator[Chunk]:
        database, _ = self._parts()
        for chunks, _ in self._chunks_in_steps(sorted(database.vectors())):
            yield from chunks
