"""A user's text or file as a document: typed where it has front matter, else a note."""

from __future__ import annotations

import datetime as dt
import re
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.documents import (
    Loaded,
    content_hash,
    faults_of,
    parse_document,
    split_front_matter,
)
from knowledge.errors import DocumentError
from knowledge.facts import slug
from knowledge.schema import Basis, Note, PartialDate, Source, Text, Url


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
