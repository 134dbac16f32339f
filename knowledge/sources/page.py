"""A page or file on the web."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from knowledge.reading import Page, read_bytes
from knowledge.sources.fetching import Fetched


def read_page(fetched: Fetched) -> Page:
    """Return the text of what was fetched.

    Its address is where it was found, whatever the page says of itself.

    Raises:
        DocumentError: if it can't be read.
    """
    page = read_bytes(fetched.content, name=fetched.url, media_type=fetched.media_type)
    host = (urlsplit(fetched.url).hostname or "").removeprefix("www.")
    return replace(page, url=fetched.url, publisher=page.publisher or host)
