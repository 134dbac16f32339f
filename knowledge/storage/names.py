"""Names that the parts of the storage share."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import cast

from knowledge import chunks, facts
from knowledge.chunks import Chunk
from knowledge.documents import document_paths
from knowledge.schema import Kind

REBUILD = "rightsize index --rebuild"


def vector_id(chunk: Chunk) -> str:
    """Return the id of a chunk's vector: its kind, the chunk's id and a hash of its text.

    A changed text gets a new vector beside the old one, so the old state answers until the
    new one is complete.
    """
    return f"{chunk.kind}:{chunk.id}@{hashlib.sha256(chunk.text.encode()).hexdigest()[:12]}"


def kind_of(vector: str) -> Kind:
    """Return the kind of the chunk whose vector has the id `vector`."""
    return cast(Kind, vector.partition(":")[0])


def twin_mark(body: str) -> str:
    """Return what two texts with the same words have in common."""
    words = " ".join(re.findall(r"\w+", body.casefold()))
    return hashlib.sha256(words.encode()).hexdigest()[:24] if words else ""


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


def default_folder() -> Path:
    """Return `.rightsize` of the checkout, or the user's data folder for an installed package."""
    root = Path(__file__).resolve().parents[2]
    if (root / "pyproject.toml").is_file():
        return root / ".rightsize"
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "rightsize"
    if sys.platform == "win32":
        return home / "AppData" / "Local" / "rightsize"
    return home / ".local" / "share" / "rightsize"
