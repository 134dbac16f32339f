"""A database that can't be read: out of the way, with the user's documents saved."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from knowledge.storage.database import FILE
from knowledge.storage.lock import storage_errors
from knowledge.storage.state import Entry

OLD_FILE = "catalogue.json"


def identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells the file in `folder` from another in its place; None where is none."""
    try:
        status = os.stat(folder / FILE)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status.st_size else None


def entries_of_json(folder: Path) -> list[Entry]:
    """Return the user's documents in the catalogue that versions before SQLite wrote."""
    try:
        fields = json.loads((folder / OLD_FILE).read_bytes())["entries"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    found: list[Entry] = []
    for item in fields if isinstance(fields, list) else []:
        with suppress(ValidationError):
            entry = Entry.model_validate_json(json.dumps(item))
            if entry.origin == "user":
                found.append(entry)
    return found


def retire_json(folder: Path) -> None:
    """Put the old catalogue out of the way, once its documents are taken over."""
    path = folder / OLD_FILE
    if path.exists():
        with storage_errors(folder):
            path.replace(path.with_suffix(".json.old"))


def set_aside(folder: Path) -> list[Entry]:
    """Move a file that can't be read out of the way; return the user's documents in it."""
    found: list[Entry] = []
    path = folder / FILE
    if not path.exists():
        return found
    kept = path.with_suffix(".unreadable.db")
    with storage_errors(folder):
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(kept.with_name(kept.name + suffix))
    try:
        connection = sqlite3.connect(f"file:{kept}?mode=ro", uri=True)
        rows = connection.execute(
            "SELECT document, body, sha256, origin FROM documents WHERE origin = 'user'"
        )
        for document, body, sha256, origin in rows:
            fields = f'{{"document": {document}, "body": "", "sha256": "", "origin": "user"}}'
            try:
                entry = Entry.model_validate_json(fields)
            except ValidationError:
                continue
            found.append(
                entry.model_copy(update={"body": body, "sha256": sha256, "origin": origin})
            )
        connection.close()
    except sqlite3.Error:
        return found
    return found
