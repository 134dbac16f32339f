"""One source to a page: its kind told, its size checked, its text tidied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.reading.bounded import read_apart
from knowledge.reading.delimited import read_csv, read_tsv
from knowledge.reading.json_text import read_json, read_json_lines
from knowledge.reading.kinds import SUFFIXES, Kind, charset_of, kind_of, suffix_of
from knowledge.reading.page import Page
from knowledge.reading.prose import read_markdown, read_plain
from knowledge.reading.tidying import tidy

LARGEST_BYTES = 20_000_000
LARGEST_PDF_BYTES = 50_000_000
LONGEST_TEXT = 5_000_000
READERS: dict[Kind, Callable[[bytes, str, str | None], Page]] = {
    "markdown": read_markdown,
    "plain": read_plain,
    "csv": read_csv,
    "tsv": read_tsv,
    "json": read_json,
    "jsonl": read_json_lines,
}


def read_bytes(content: bytes, *, name: str, media_type: str | None = None) -> Page:
    """Return the page in `content`; `name` is its file name or address.

    The kind is told from the first bytes, then `media_type`, then the suffix of `name`. PDF,
    Word and HTML are read in a child process with limits of time and memory.

    Raises:
        DocumentError: if it is of another kind, too large, damaged, encrypted or without text.
    """
    if not content.strip():
        raise DocumentError(f"{name}: is empty")
    kind = kind_of(content, name, media_type)
    _check_size(len(content), kind, name)
    charset = charset_of(media_type)
    if kind in READERS:
        page = READERS[kind](content, name, charset)
    else:
        page = read_apart(kind, content, name, charset)
    text = tidy(page.text)
    if not text.strip():
        raise DocumentError(f"{name}: holds no text")
    if len(text) > LONGEST_TEXT:
        raise DocumentError(
            f"{name}: holds {len(text):,} characters of text, more than {LONGEST_TEXT:,}"
        )
    return replace(page, text=text)


def read_path(path: Path) -> Page:
    """Return the page in the file at `path`, whose size is checked before it is read.

    Raises:
        DocumentError: as `read_bytes`, or if there is no such file.
    """
    try:
        if not path.is_file():
            raise DocumentError(f"{path.name}: is no file")
        _check_size(path.stat().st_size, SUFFIXES.get(suffix_of(path.name)), path.name)
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path.name}: can't be read ({error.strerror})") from error
    return read_bytes(content, name=path.name)


def _check_size(size: int, kind: Kind | None, name: str) -> None:
    largest = LARGEST_PDF_BYTES if kind == "pdf" else LARGEST_BYTES
    if size > largest:
        raise DocumentError(f"{name}: {size:,} bytes, more than {largest:,} are not read")
