"""A user's text or file as a document: typed where it has front matter, else a note."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.documents import (
    Loaded,
    content_hash,
    faults_of,
    parse_document,
    read_text,
    split_front_matter,
)
from knowledge.errors import DocumentError
from knowledge.facts import slug
from knowledge.schema import Basis, Note, PartialDate, Source, Text, Url

READABLE = (".md", ".markdown", ".txt", ".html", ".htm")
LARGEST_BYTES = 5_000_000
BLOCKS = {"p", "div", "li", "br", "tr", "section", "article", "table", "ul", "ol", "pre"}
HIDDEN = {"script", "style", "noscript", "template", "svg", "nav", "footer", "form"}


class Meta(BaseModel):
    """What is said of a text that has no front matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text | None = None
    url: Url | None = None
    publisher: Text | None = None
    published: PartialDate | None = None
    read_on: PartialDate | None = None
    basis: Basis = "press"

    @classmethod
    def parse(cls, meta: dict[str, str]) -> Self:
        """Return `meta` checked.

        Raises:
            DocumentError: naming the field, its value and the rule.
        """
        try:
            return cls.model_validate(meta)
        except ValidationError as error:
            valid = ", ".join(cls.model_fields)
            raise DocumentError(f"{faults_of(error)}; valid fields are {valid}") from error


def from_text(doc_id: str | None, text: str, meta: Meta) -> Loaded:
    """Return the document in `text`.

    Raises:
        DocumentError: if it can't be used, or contradicts `doc_id` or `meta`.
    """
    name = doc_id or "text"
    if not text.strip():
        raise DocumentError(f"{name}: the text is empty")
    if split_front_matter(text)[0] is None:
        return _note(doc_id, text, meta)
    loaded = parse_document(text, name=name)
    if doc_id and doc_id != loaded.document.id:
        raise DocumentError(
            f"{name}: the front matter says id {loaded.document.id!r}; both must be the same"
        )
    if meta.model_fields_set:
        fields = ", ".join(sorted(meta.model_fields_set))
        raise DocumentError(f"{name}: {fields} must stand in the front matter of a typed document")
    return loaded


def read_file(path_or_url: str | Path) -> Loaded:
    """Return the document in a Markdown, text or HTML file.

    Raises:
        DocumentError: if it is a URL, another kind of file, too large or can't be used.
    """
    if re.match(r"[a-z][a-z0-9+.-]*://", str(path_or_url)):
        raise DocumentError(
            f"{str(path_or_url)!r} is a URL; save the page and add the file, one of "
            f"{', '.join(READABLE)}"
        )
    path = Path(path_or_url).expanduser()
    if path.suffix.lower() not in READABLE:
        raise DocumentError(f"{path.name}: only {', '.join(READABLE)} files can be read")
    if path.is_file() and path.stat().st_size > LARGEST_BYTES:
        raise DocumentError(f"{path.name}: larger than {LARGEST_BYTES:,} bytes")
    text = read_text(path)
    if path.suffix.lower() in {".html", ".htm"}:
        title, text = _text_of_html(text)
        return from_text(f"notes/{slug(path.stem)}", text, Meta(title=title or path.stem))
    if split_front_matter(text)[0] is not None:
        return parse_document(text, name=path.name, path=path)
    return from_text(f"notes/{slug(path.stem)}", text, Meta())


def _note(doc_id: str | None, text: str, meta: Meta) -> Loaded:
    heading = re.search(r"(?m)^#{1,2} +(.+)$", text)
    title = meta.title or (heading[1].strip() if heading else None)
    known_id = doc_id or f"notes/{slug(title or text[:40])}"
    if "/" not in known_id:
        known_id = f"notes/{slug(known_id)}"
    sources = {}
    if meta.url:
        source = Source(url=meta.url, publisher=meta.publisher, published=meta.published)
        sources = {"s1": source}
    try:
        note = Note(
            id=known_id,
            title=title or known_id.partition("/")[2],
            published=meta.published,
            read_on=meta.read_on or dt.datetime.now(dt.UTC).date().isoformat(),
            basis=meta.basis,
            sources=sources,
        )
    except ValidationError as error:
        raise DocumentError(f"{known_id}: {faults_of(error)}") from error
    # The hash covers what is shown of the note, not only its text.
    return Loaded(note, text.strip(), content_hash(note.model_dump_json() + text))


class _Prose(HTMLParser):
    """Collects what a reader of the page sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.parts: list[str] = []
        self._hidden = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title"
        if tag in HIDDEN:
            self._hidden += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.parts.append("\n\n## ")
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in BLOCKS or re.fullmatch(r"h[1-6]", tag):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def _text_of_html(page: str) -> tuple[str, str]:
    """Return the title and the visible text of an HTML page."""
    prose = _Prose()
    prose.feed(page)
    prose.close()
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(prose.parts))
    return " ".join(prose.title.split()), re.sub(r"\n{3,}", "\n\n", text).strip()
