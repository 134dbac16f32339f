"""Markdown and plain text."""

from __future__ import annotations

from knowledge.documents import split_front_matter
from knowledge.reading.decoding import decode
from knowledge.reading.page import Page
from knowledge.reading.tidying import tidy
from knowledge.reading.titles import first_line_as_title, heading_of


def read_markdown(content: bytes, name: str, charset: str | None) -> Page:
    """Return Markdown as it is, front matter included."""
    text = tidy(decode(content, name, charset))
    return Page(text=text, name=name, title=heading_of(split_front_matter(text)[1]))


def read_plain(content: bytes, name: str, charset: str | None) -> Page:
    """Return plain text; a short first line is its title."""
    text = tidy(decode(content, name, charset))
    body = split_front_matter(text)[1]
    return Page(text=text, name=name, title=heading_of(body) or first_line_as_title(body))
