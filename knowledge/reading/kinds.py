"""Which kind of file some bytes are."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

from knowledge.errors import DocumentError

Kind = Literal["markdown", "plain", "html", "pdf", "docx", "csv", "tsv", "json", "jsonl"]

SUFFIXES: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
READABLE = tuple(SUFFIXES)
MEDIA_TYPES: dict[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
}
VAGUE = {"", "application/octet-stream", "binary/octet-stream", "text/plain"}
"""Servers send much that has a type of its own under these."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD_BYTES = 1_024
HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--((?!-->).)*-->\s*)*<(!doctype\s+html|html)\b", re.I | re.S
)


def kind_of(content: bytes, name: str, media_type: str | None) -> Kind:
    """Return the kind of `content`: by its first bytes, then its media type, then its suffix.

    Raises:
        DocumentError: if it is none that can be read, naming those that can.
    """
    said = (media_type or "").partition(";")[0].strip().lower()
    kind = _by_content(content, name) or MEDIA_TYPES.get(said)
    if kind is None and said in VAGUE:
        kind = SUFFIXES.get(suffix_of(name)) or ("plain" if said == "text/plain" else None)
    if kind is None:
        what = said if said not in VAGUE else suffix_of(name) or "a file without a suffix"
        raise DocumentError(f"{name}: {what} can't be read; {', '.join(READABLE)} can")
    return kind


def charset_of(media_type: str | None) -> str | None:
    """Return the charset that a media type such as "text/html; charset=utf-8" names."""
    found = re.search(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", media_type or "", re.I)
    return found[1] if found else None


def suffix_of(name: str) -> str:
    """Return the suffix of a file name or address, in lower case."""
    path = re.split("[?#]", name)[0] if "://" in name else name
    return PurePosixPath(path).suffix.lower()


def _by_content(content: bytes, name: str) -> Kind | None:
    head = content[:HEAD_BYTES]
    if head.lstrip().startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"  # or another archive: its reader looks inside, apart
    if head.startswith(OLE):
        raise DocumentError(
            f"{name}: is an old or password-protected Office file; save it as .docx without one"
        )
    return "html" if HTML.match(head.removeprefix(b"\xef\xbb\xbf")) else None
