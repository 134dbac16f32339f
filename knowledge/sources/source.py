"""Tell what a source is, and read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.reading import READABLE, read_path
from knowledge.sources.feed import is_feed, read_feed
from knowledge.sources.fetching import fetch, parse_address
from knowledge.sources.folder import read_folder
from knowledge.sources.github import is_repository, read_repository
from knowledge.sources.hub import is_repo_id, read_model, repo_of
from knowledge.sources.page import read_page
from knowledge.sources.reach import Reach
from knowledge.sources.results import Read

Progress = Callable[[int, int], None]


def read_source(source: str | Path, reach: Reach, *, progress: Progress | None = None) -> Read:
    """Return what `source` holds.

    It is a file, a folder, the address of a page, a PDF, a feed, a model or a repository,
    "hf:publisher/model", or "publisher/model" where no such path exists. `progress` is called
    with (done, all) for each part of a folder or feed.

    Raises:
        DocumentError: if it is nothing of these, or can't be read. In a folder or feed only the
            parts that fail are refused, and listed.
    """
    text = str(source).strip()
    if isinstance(source, str) and text.startswith("hf:"):
        return read_model(text.removeprefix("hf:"), reach)
    if isinstance(source, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return _read_address(text, reach, progress)
    path = Path(text).expanduser()
    if path.is_dir():
        return read_folder(path, progress=progress)
    if path.exists():
        return Read(pages=(read_path(path),))
    if isinstance(source, str) and _may_be_model(text):
        return read_model(text, reach)
    raise DocumentError(
        f"{text!r} is no file or folder; nor is it an http or https address, or hf:publisher/model"
    )


def _may_be_model(text: str) -> bool:
    """Return whether a missing path may be meant as a model: a misspelt file name never is."""
    return text.count("/") == 1 and is_repo_id(text) and not text.lower().endswith(tuple(READABLE))


def _read_address(url: str, reach: Reach, progress: Progress | None) -> Read:
    url = str(parse_address(url))
    repo_id = repo_of(url, reach)
    if repo_id:
        return read_model(repo_id, reach)
    if is_repository(url):
        return Read(pages=(read_repository(url, reach),))
    fetched = fetch(url, reach)
    if is_feed(fetched):
        return read_feed(fetched, reach, progress=progress)
    return Read(pages=(read_page(fetched),))
