"""What is known, as one JSON file that is replaced in one step."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from knowledge import chunks, facts
from knowledge.documents import document_paths
from knowledge.errors import IndexMismatch, StorageError
from knowledge.schema import AnyDocument, Record

FILE = "catalogue.json"
REBUILD = "rightsize index --rebuild"
Origin = Literal["corpus", "user"]


class Entry(Record):
    """A document as it stands in the index; `sha256` is that of its whole text."""

    document: AnyDocument
    body: str
    sha256: str
    origin: Origin


class State(Record):
    """Everything the index stands for. Replacing it is the moment a change becomes visible."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    embedder: str
    dimensions: int
    collection: str
    recipe: str
    corpus: str | None = None
    entries: tuple[Entry, ...] = ()

    @cached_property
    def snapshot(self) -> str:
        """Return 12 hexadecimal digits that name this state of knowledge."""
        digest = hashlib.sha256(f"{self.embedder}\n{self.recipe}\n".encode())
        for entry in sorted(self.entries, key=lambda item: item.document.id):
            digest.update(f"{entry.document.id} {entry.sha256} {entry.origin}\n".encode())
        return digest.hexdigest()[:12]


_STATE = TypeAdapter(State)


def recipe() -> str:
    """Return what names the way documents become chunks; it changes when that code changes."""
    digest = hashlib.sha256()
    for module in (chunks, facts):
        digest.update(Path(module.__file__ or "").read_bytes())
    return digest.hexdigest()[:12]


def fingerprint(corpus: Path) -> str:
    """Return what changes when a file of `corpus` is added, removed, renamed or written.

    Raises:
        DocumentError: if there is no such folder.
    """
    digest = hashlib.sha256()
    for path in document_paths(corpus):
        status = path.stat()
        line = f"{path.relative_to(corpus)} {status.st_size} {status.st_mtime_ns}\n"
        digest.update(line.encode())
    return digest.hexdigest()[:16]


def stamp(folder: Path) -> tuple[int, int] | None:
    """Return what changes when the state in `folder` is replaced; None where there is none."""
    try:
        status = (folder / FILE).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def read_state(folder: Path) -> State | None:
    """Return the state stored in `folder`, or None where there is none.

    Raises:
        StorageError: if the file can't be read.
        IndexMismatch: if another version of Rightsize wrote it.
    """
    try:
        text = (folder / FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageError(f"{folder / FILE} can't be read: {error.strerror}") from error
    try:
        return _STATE.validate_json(text)
    except ValidationError as error:
        raise IndexMismatch(
            f"{folder / FILE} was written by another version of Rightsize; run `{REBUILD}`"
        ) from error


def salvage(folder: Path) -> list[Entry]:
    """Return the documents of the user in a catalogue that as a whole can't be read any more.

    The file is kept as `catalogue.unreadable.json`, for what even this can't read.
    """
    try:
        text = (folder / FILE).read_bytes()
        (folder / "catalogue.unreadable.json").write_bytes(text)
        entries = json.loads(text)["entries"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    found: list[Entry] = []
    for fields in entries if isinstance(entries, list) else []:
        with suppress(ValidationError):
            entry = Entry.model_validate_json(json.dumps(fields))
            if entry.origin == "user":
                found.append(entry)
    return found


def write_state(folder: Path, state: State) -> None:
    """Put `state` in place of the one in `folder`, in one step.

    Raises:
        OSError: if it can't be written; the old state stays.
    """
    temporary = folder / f"{FILE}.tmp"
    try:
        with temporary.open("wb") as file:
            file.write(_STATE.dump_json(state))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / FILE)
    finally:
        temporary.unlink(missing_ok=True)


def default_folder() -> Path:
    """Return `.rightsize` of the checkout, or the user's data folder for an installed package."""
    root = Path(__file__).resolve().parent.parent
    if (root / "pyproject.toml").is_file():
        return root / ".rightsize"
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "rightsize"
    if sys.platform == "win32":
        return home / "AppData" / "Local" / "rightsize"
    return home / ".local" / "share" / "rightsize"
