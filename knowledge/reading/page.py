"""What a reader of a source sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a source, as Markdown, and what is known of its origin.

    `name` is its file name or address, for messages and ids. `records` are the rows of a table
    of specifications (CSV or JSON), by column name; empty for prose.
    """

    text: str
    name: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    records: tuple[Mapping[str, Any], ...] = ()
