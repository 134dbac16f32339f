"""A folder: every document in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.reading import READABLE, read_path
from knowledge.sources.results import Read, Refusal

MOST_FILES = 10_000
NOT_READ = {
    *(".doc", ".docm", ".dot", ".epub", ".key", ".mobi", ".numbers", ".odp", ".ods", ".odt"),
    *(".pages", ".ppt", ".pptx", ".ps", ".rtf", ".tex", ".wpd", ".xls", ".xlsb", ".xlsx"),
}
"""Suffixes of documents that can't be read; a folder that holds them says so."""


def read_folder(folder: Path, *, progress: Callable[[int, int], None] | None = None) -> Read:
    """Return the readable files under `folder`, by name; the others go on when one fails.

    Hidden files, files of other kinds and links that lead out of the folder are passed over.

    Raises:
        DocumentError: if it holds no document, or more than 10,000.
    """
    paths = sorted(islice(_documents(folder.resolve()), MOST_FILES + 1))
    if len(paths) > MOST_FILES:
        raise DocumentError(f"{folder} holds more than {MOST_FILES:,} documents; add its parts")
    if not paths:
        raise DocumentError(f"{folder} holds no document; {', '.join(sorted(READABLE))} are read")
    pages, refused = [], []
    for done, path in enumerate(paths, 1):
        try:
            pages.append(read_path(path))
        except DocumentError as error:
            refused.append(Refusal(str(path.relative_to(folder.resolve())), str(error)))
        if progress:
            progress(done, len(paths))
    return Read(pages=tuple(pages), refused=tuple(refused))


def _documents(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            known = path.suffix.lower() in {*READABLE, *NOT_READ}
            if known and not name.startswith(".") and _is_inside(path, folder):
                yield path


def _is_inside(path: Path, folder: Path) -> bool:
    return path.is_file() and path.resolve().is_relative_to(folder)
