"""One writing process a folder: several would silently lose vectors of a local Chroma."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.errors import IndexLocked, StorageError

LOCK = "write.lock"
WRITER = "writer.pid"


class WriteLock:
    """An exclusive lock on a folder, held from the first write until `release`."""

    def __init__(self, folder: Path) -> None:
        """Prepare; nothing is locked or created yet."""
        self._folder = folder
        self._lock = FileLock(folder / LOCK, timeout=0, thread_local=False)

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._lock.is_locked

    def acquire(self, *, wait_s: float = 0) -> None:
        """Take the lock, once.

        Args:
            wait_s: how long to wait for another process.

        Raises:
            IndexLocked: if another process holds it, saying which.
            StorageError: if the folder can't be written.
        """
        if self.held:
            return
        with storage_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire(timeout=wait_s)
            except Timeout as error:
                raise IndexLocked(
                    f"The index in {self._folder} is being written by {self._writer()}. "
                    "Wait until it ends or stop it, then try again."
                ) from error
            (self._folder / WRITER).write_text(str(os.getpid()), encoding="ascii")

    def try_acquire(self) -> bool:
        """Take the lock where it is free; tell whether it was.

        Raises:
            StorageError: if the folder can't be written.
        """
        try:
            self.acquire()
        except IndexLocked:
            return False
        return True

    def release(self) -> None:
        """Give the lock back, if held."""
        if self.held:
            (self._folder / WRITER).unlink(missing_ok=True)
            self._lock.release()

    def _writer(self) -> str:
        try:
            pid = (self._folder / WRITER).read_text(encoding="ascii").strip()
        except OSError:
            return "another process"
        return "this process" if pid == str(os.getpid()) else f"process {pid}"


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn what an unwritable folder or a full disk raises into one readable line.

    Raises:
        StorageError: for an OSError or SQLite error of the block.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(f"{_reason(error, folder)} The index is unchanged.") from error
    except sqlite3.Error as error:
        raise StorageError(f"{folder}: {error}. The index is unchanged.") from error


def _reason(error: OSError, folder: Path) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk that holds {folder} is full. Free some space and try again."
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{folder} is not a folder. Choose another path."
    if isinstance(error, PermissionError):
        return f"{folder} can't be written: no permission."
    return f"{folder} can't be written: {error.strerror or error}."
