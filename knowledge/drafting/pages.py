"""A page as documents: our own front matter, rows of specifications, a config.json or prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from knowledge.catalogue import Catalogue
from knowledge.documents import (
    Loaded,
    content_hash,
    faults_of,
    parse_document,
    split_front_matter,
)
from knowledge.drafting.cards import draft_card
from knowledge.drafting.prose import draft_prose
from knowledge.drafting.records import draft_records
from knowledge.errors import DocumentError
from knowledge.reading.page import Page
from knowledge.schema import DOCUMENT, Kind

OURS = ("id", "kind", "title")
"""Fields that a document of ours always has."""


@dataclass(frozen=True, slots=True)
class _ConfigCard:
    """A config.json on its own, as a card without text."""

    repo_id: str
    config: Mapping[str, Any]
    url: str | None
    last_modified: str | None
    readme: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, int] | None = None


def draft(page: Page, catalogue: Catalogue, *, doc_id: str | None = None) -> tuple[Loaded, ...]:
    """Return the documents that `page` holds, at least one.

    A typed document, with its facts and claims marked as not reviewed, where the text bears it;
    else a note. `doc_id` names the document where the page is one, and lets it replace another.

    Raises:
        DocumentError: if the page is empty, or a document or configuration in it can't be used.
    """
    front_matter, body = split_front_matter(page.text)
    fields = _fields(front_matter)
    if all(name in fields for name in OURS):
        loaded = parse_document(page.text, name=page.name)
        _check_id(page, loaded, doc_id)
        return (loaded,)
    if page.records:
        return tuple(_records(page, catalogue, doc_id))
    if front_matter is not None and body.strip():
        page = replace(
            page,
            text=body,
            title=page.title or _text(fields.get("title")),
            published=page.published or _text(fields.get("date")),
        )
    return (draft_prose(page, catalogue, doc_id=doc_id),)


def _records(page: Page, catalogue: Catalogue, doc_id: str | None) -> list[Loaded]:
    ours = [_nested(record) for record in page.records if _is_ours(record)]
    if len(ours) == len(page.records):
        return [_own(record, page, doc_id if len(ours) == 1 else None) for record in ours]
    config = _nested(page.records[0])
    if len(page.records) == 1 and ("model_type" in config or "architectures" in config):
        stem = page.name.replace("\\", "/").rpartition("/")[0].rpartition("/")[2]
        given = (doc_id or "").rpartition("/")[2]
        names = (_text(config.get("_name_or_path")), given, page.title, stem)
        stated = next((name for name in names if name and name != "config"), None)
        if not stated:
            raise DocumentError(
                f"{page.name}: a config.json does not say which model it is; give doc_id, such as "
                "'models/my-model', or the model's page on the hub"
            )
        card = _ConfigCard(stated, config, page.url, page.published)
        return [draft_card(card, catalogue, doc_id=doc_id)]
    return draft_records(page, catalogue, doc_id=doc_id)


def _is_ours(record: Mapping[str, Any]) -> bool:
    known = record.get("kind") in get_args(Kind) and "/" in str(record.get("id"))
    return known and "title" in record


def _nested(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return `record` with names such as "a.b" as fields within fields."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        *path, last = name.split(".")
        place = found
        for part in path:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                raise DocumentError(f"{part!r} is both a value and a group of values in {name!r}")
            place = inner
        place[last] = value
    return found


def _own(record: Mapping[str, Any], page: Page, doc_id: str | None) -> Loaded:
    """Return the document that `record` is; a field "body" is its prose."""
    fields = {name: value for name, value in record.items() if name != "body"}
    try:
        document = DOCUMENT.validate_python(fields)
    except ValidationError as error:
        raise DocumentError(f"{page.name}, {record['id']}: {faults_of(error)}") from error
    body = str(record.get("body") or "").strip()
    loaded = Loaded(document, body, content_hash(document.model_dump_json() + body))
    _check_id(page, loaded, doc_id)
    return loaded


def _check_id(page: Page, loaded: Loaded, doc_id: str | None) -> None:
    if doc_id and doc_id != loaded.document.id:
        raise DocumentError(
            f"{page.name}: the document says id {loaded.document.id!r}, not {doc_id!r}; both must "
            "be the same"
        )


def _fields(front_matter: str | None) -> Mapping[str, Any]:
    try:
        fields = yaml.load(front_matter or "", Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _text(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None
