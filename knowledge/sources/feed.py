"""A feed of announcements: RSS 2.0, RSS 1.0 or Atom."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

from knowledge.errors import DocumentError
from knowledge.reading import Page, read_bytes
from knowledge.reading.titles import believable_date
from knowledge.sources.fetching import Fetched, fetch
from knowledge.sources.page import read_page
from knowledge.sources.reach import Reach
from knowledge.sources.results import Read, Refusal

MOST_ENTRIES = 50
ENTRIES_AT_ONCE = 4
SHORT_WORDS = 60
"""An entry with fewer words is a teaser: its article is read instead."""
SENTENCE_WORDS = 6
"""An entry with fewer words says nothing by itself."""
LARGEST_FEED = 10_000_000
HEAD_BYTES = 8_192
"""The root element must begin within these: feedparser is slow on what may stand before it."""
ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
    rb"<(?:\w+:)?(?:rss|feed|RDF)\b",
    re.DOTALL,
)
XML_TYPE = re.compile(r"(text|application)/(.+\+)?xml")


def is_feed(fetched: Fetched) -> bool:
    """Return whether what came is a feed, or XML that can be nothing else we read."""
    kind = (fetched.media_type or "").partition(";")[0]
    is_xml = bool(XML_TYPE.fullmatch(kind)) and kind != "application/xhtml+xml"
    return is_xml or _begins_as_feed(fetched)


def _begins_as_feed(fetched: Fetched) -> bool:
    return bool(ROOT.match(fetched.content[:HEAD_BYTES]))


def read_feed(
    fetched: Fetched, reach: Reach, *, progress: Callable[[int, int], None] | None = None
) -> Read:
    """Return a page for each of the 50 newest entries; an entry that fails is listed as refused.

    Where an entry holds only a teaser, its article is read; where that fails, a teaser of at
    least a sentence stands for it.

    Raises:
        DocumentError: if it is no feed, has no entries, or declares entities.
    """
    if len(fetched.content) > LARGEST_FEED:
        raise DocumentError(f"{fetched.url} is a feed larger than {LARGEST_FEED:,} bytes")
    _refuse_entities(fetched)
    if not _begins_as_feed(fetched):
        raise DocumentError(f"{fetched.url} is XML, but no RSS or Atom feed")
    feed = _parsed(fetched)
    entries = sorted(feed.entries, key=_moment, reverse=True)[:MOST_ENTRIES]
    if not entries:
        raise DocumentError(f"{fetched.url} is a feed without entries")
    publisher = _plain(feed.feed.get("title", "")) or urlsplit(fetched.url).hostname
    found = []
    with ThreadPoolExecutor(ENTRIES_AT_ONCE) as pool:
        for read in pool.map(lambda entry: _read(entry, fetched.url, reach), entries):
            found.append(read)
            if progress:
                progress(len(found), len(entries))
    return Read(
        pages=tuple(replace(page, publisher=publisher) for page in found if isinstance(page, Page)),
        refused=tuple(refusal for refusal in found if isinstance(refusal, Refusal)),
    )


def _read(entry: Any, feed_url: str, reach: Reach) -> Page | Refusal:
    try:
        return _page(entry, feed_url, reach)
    except DocumentError as error:
        return Refusal(_link(entry) or _title(entry) or "an entry without a name", str(error))


def _refuse_entities(fetched: Fetched) -> None:
    """Refuse a feed that declares entities: they can name files, or grow without end."""

    def refuse(*declared: object) -> None:
        raise DocumentError(f"{fetched.url} declares the entity {declared[0]!r}; it isn't read")

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(fetched.content, True)
    except expat.ExpatError:
        # A feed that isn't quite XML has to be forgiven: feedparser reads it, without entities.
        return


def _parsed(fetched: Fetched) -> Any:
    import feedparser

    _, separator, charset = (fetched.media_type or "").partition(";")
    headers = {
        "content-type": f"application/xml{separator}{charset}",
        "content-location": fetched.url,
    }
    # A file object, because bytes may be taken for the name of a file to open.
    return feedparser.parse(io.BytesIO(fetched.content), response_headers=headers)


def _moment(entry: Any) -> tuple[int, ...]:
    """Return when an entry was published, for sorting; nothing sorts last."""
    # By "in", because feedparser warns when it is asked for an "updated" that is missing.
    dated = (entry[key] for key in ("published_parsed", "updated_parsed") if key in entry)
    return tuple(next(filter(None, dated), ())[:6])


def _page(entry: Any, feed_url: str, reach: Reach) -> Page:
    """Return an entry as a page.

    Raises:
        DocumentError: if it is no more than a headline and its article can't be read.
    """
    link, title, moment = _link(entry), _title(entry), _moment(entry)
    page = _own_text(entry, link or feed_url)
    if link and len(page.text.split()) < SHORT_WORDS:
        page = _article(link, feed_url, reach, teaser=page)
    if len(page.text.split()) < SENTENCE_WORDS:
        raise DocumentError("it is no more than a headline")
    return replace(
        page,
        title=title or page.title,
        url=link or feed_url,
        published=believable_date("{:04}-{:02}-{:02}".format(*moment))
        if moment
        else page.published,
    )


def _article(link: str, feed_url: str, reach: Reach, *, teaser: Page) -> Page:
    """Return the longer of an article and its teaser."""
    try:
        article = read_page(fetch(link, reach, linked_from=feed_url))
    except DocumentError:
        if len(teaser.text.split()) < SENTENCE_WORDS:
            raise
        return teaser
    return max(teaser, article, key=lambda page: len(page.text))


def _own_text(entry: Any, name: str) -> Page:
    """Return the longest text that the entry itself holds; it may be empty."""
    parts = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    part = max(parts, key=lambda part: len(part.get("value") or ""))
    value, kind = str(part.get("value") or ""), "text/markdown"
    if part.get("type") != "text/plain" and "<" in value:
        kind, value = "text/html", f"<html><body><article>{value}</article></body></html>"
    elif part.get("type") != "text/plain":
        value = html.unescape(value)
    try:
        return read_bytes(value.encode(), name=name, media_type=kind)
    except DocumentError:
        return Page(text="", name=name)


def _link(entry: Any) -> str | None:
    link = str(entry.get("link") or "")
    return link if re.match(r"https?://", link) else None


def _title(entry: Any) -> str | None:
    return _plain(entry.get("title", "")) or None


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", markup)).split())
