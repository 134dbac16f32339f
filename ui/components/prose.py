"""The Markdown of a document as HTML in which nothing of the document can run or be loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MOST_CHARACTERS = 200_000


def prose(text: str) -> str:
    """Return `text` as HTML: tags in it show as text, pictures as links, headings two lower."""
    shown = text[:MOST_CHARACTERS]
    cut = "<p>The rest is not shown; export the document to read it.</p>"
    return f'<div class="rs-prose">{_renderer().render(shown)}</div>' + (
        cut if len(text) > MOST_CHARACTERS else ""
    )


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    reader.disable("image")
    reader.validateLink = lambda url: re.match(r"https?://", url) is not None  # type: ignore[method-assign]
    reader.add_render_rule("heading_open", _heading)
    reader.add_render_rule("heading_close", _heading)
    reader.add_render_rule("link_open", _link)
    return reader


def _heading(self: Any, tokens: Any, index: int, options: Mapping[str, Any], env: Any) -> str:
    token = tokens[index]
    level = min(int(token.tag[1]) + 2, 4)
    return f"<{'/' if token.nesting < 0 else ''}h{level}>"


def _link(self: Any, tokens: Any, index: int, options: Mapping[str, Any], env: Any) -> str:
    tokens[index].attrSet("target", "_blank")
    tokens[index].attrSet("rel", "noopener noreferrer")
    return str(self.renderToken(tokens, index, options, env))
