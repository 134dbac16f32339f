"""A repository on GitHub: its README, or the file that a link names."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from knowledge.errors import DocumentError
from knowledge.reading import READABLE, Page, read_bytes
from knowledge.sources.fetching import StatusError, fetch
from knowledge.sources.reach import Reach

HOSTS = {"github.com", "www.github.com"}
READMES = ("README.md", "readme.md", "README.rst", "README")
TARGET = r"(\([^()\n]*\)|\[[^\[\]]*\])"
BADGE = rf"!\[[^\[\]]*\]{TARGET}"
NOISE = (
    re.compile(r"<!--((?!<!--).)*?-->", re.DOTALL),
    re.compile(r"<picture\b((?!<picture\b).)*?</picture>", re.DOTALL | re.IGNORECASE),
    re.compile(r"<(img|source)\b[^<>]*>", re.IGNORECASE),
    re.compile(rf"\[\s*({BADGE}\s*)+\]{TARGET}"),
    re.compile(BADGE),
    re.compile(r"<(a|p|div|h\d|center|sub|sup)\b[^<>]*>\s*</\1>", re.IGNORECASE),
    re.compile(r"(?m)^[ \t]*</?(p|div|center|br)\b[^<>]*>[ \t]*$", re.IGNORECASE),
)
"""None starts again inside itself, so that no text takes long to search."""


def is_repository(url: str) -> bool:
    """Return whether `url` is the front page, a folder or a readable file of a repository.

    Releases, issues and the like are pages of their own.
    """
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    if parts.hostname not in HOSTS or len(path) < 2:
        return False
    is_file = len(path) > 4 and path[2] == "blob" and path[-1].lower().endswith(tuple(READABLE))
    return len(path) == 2 or path[2] == "tree" or is_file


def read_repository(url: str, reach: Reach) -> Page:
    """Return the README of a repository or of a folder in it, or the file that `url` names.

    Badges and images are left out.

    Raises:
        DocumentError: if there is none, or it can't be read.
    """
    owner, name, *rest = [part for part in urlsplit(url).path.split("/") if part]
    name = name.removesuffix(".git")
    root = f"{reach.readme_url.rstrip('/')}/{owner}/{name}"
    home = "/".join(["https://github.com", owner, name, *rest])
    if rest[:1] == ["blob"]:
        page = _page(f"{root}/{'/'.join(rest[1:])}", reach)
        return replace(page, url=home, publisher=owner)
    folder = "/".join(rest[1:]) or "HEAD"
    for readme in READMES:
        try:
            page = _page(f"{root}/{folder}/{readme}", reach)
        except StatusError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
        else:
            return replace(page, title=name, url=home, publisher=owner)
    raise DocumentError(f"{home} shows no {READMES[0]}; is it private or renamed?")


def _page(address: str, reach: Reach) -> Page:
    content = fetch(address, reach).content
    # Raw files are all served as plain text: a name with a suffix says more.
    tells = address.lower().endswith(tuple(READABLE))
    page = read_bytes(content, name=address, media_type=None if tells else "text/plain")
    return replace(page, text=without_noise(page.text))


def without_noise(markdown: str) -> str:
    """Return Markdown without badges, images, comments and the tags that only place them."""
    for noise in NOISE:
        markdown = noise.sub("", markdown)
    return re.sub(r"\n[ \t]*\n\s*\n", "\n\n", markdown).strip()
