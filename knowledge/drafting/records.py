"""Rows of a table of specifications as documents, one a row that can be typed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from knowledge.catalogue import Catalogue
from knowledge.documents import Loaded, content_hash, faults_of
from knowledge.drafting.cards import domain_in, size_class, size_in_name
from knowledge.drafting.figures import Figure, labelled
from knowledge.drafting.ids import (
    checked_date,
    doc_id_of,
    known_as,
    makers,
    source_of,
    today,
)
from knowledge.drafting.traits import device_of
from knowledge.errors import DocumentError
from knowledge.names import fold
from knowledge.reading.page import Page
from knowledge.schema import Basis, Fact, Hardware, Model, Note

NAMES = (
    "name",
    "model",
    "device",
    "gpu",
    "card",
    "product",
    "title",
    "hardware",
    "chip",
    "accelerator",
)
COLUMNS: dict[str, tuple[str, ...]] = {
    "vendor": (
        "vendor",
        "maker",
        "manufacturer",
        "company",
        "brand",
        "developer",
        "provider",
        "org",
    ),
    "url": ("url", "link", "source_url", "source", "reference"),
    "basis": ("basis", "source_type", "source"),
    "date": ("date", "as_of", "published", "release_date", "released"),
    "device": ("type", "device_type", "category", "class", "kind", "device"),
    "licence": ("licence", "license"),
    "open": ("open_weights", "open", "weights"),
}
UNIT_ENDINGS: tuple[tuple[str, str], ...] = (
    (r"[ _]gb[ _/]?s$|[ _]gb[ _]per[ _]s(?:ec)?$", "GB/s"),
    (r"[ _]tb[ _/]?s$", "TB/s"),
    (r"[ _]gi?b$", "GB"),
    (r"[ _]tb$", "TB"),
    (r"[ _](?:w|watts?)$", "W"),
    (r"[ _]kw$", "kW"),
    (r"[ _](?:usd|dollars?)$", "USD"),
    (r"[ _]tflops$", "TFLOPS"),
    (r"[ _]pflops$", "PFLOPS"),
    (r"[ _]tops$", "TOPS"),
    (r"[ _](?:b|billions?|bn)$", "B"),
    (r"[ _](?:m|millions?)$", "M"),
    (r"[ _](?:tokens|tok)$", "tokens"),
    (r"[ _]k$", "K"),
)
HARDWARE = ("memory", "bandwidth", "power", "compute", "price")
MODEL = ("parameters", "active_parameters", "context", "max_output")
DRAFTED = "drafted from a row of a table; nobody has reviewed it yet"


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    column: str
    figures: tuple[Figure, ...]
    rest: Mapping[str, str]
    known: Mapping[str, str]
    page: Page
    catalogue: Catalogue

    @property
    def basis(self) -> Basis:
        """Who says so, by the row's own column; a table of unknown origin is a report."""
        return "vendor" if self.known.get("basis", "").casefold() == "vendor" else "press"

    @property
    def date(self) -> str | None:
        """The row's date, else the page's."""
        stated = self.known.get("date") or self.page.published or ""
        return checked_date(stated, until=today())

    def facts(self, names: Sequence[str]) -> tuple[Fact, ...]:
        """Return the facts whose names start with one of `names`."""
        return tuple(
            Fact(
                name=figure.name,
                value=figure.value,
                unit=figure.unit,
                basis=self.basis,
                source="s1",
                as_of=self.date,
                conditions=figure.words,
                unreviewed=True,
            )
            for figure in self.figures
            if figure.name.startswith(tuple(names))
        )

    @property
    def body(self) -> str:
        """The row as plain lines."""
        stated = [f"- {figure.words}" for figure in self.figures]
        other = [f"- {name}: {value}" for name, value in {**self.known, **self.rest}.items()]
        return "\n".join([f"## {self.name}", *stated, *other])

    def common(self, doc_id: str) -> dict[str, Any]:
        """Return the fields that every document has."""
        url = self.known.get("url", "")
        web = url if re.match(r"https?://\S+$", url) else self.page.url
        return {
            "id": doc_id,
            "title": self.name,
            "published": self.date,
            "read_on": today(),
            "sources": {"s1": source_of(self.page.name, web, self.page.publisher, self.date)},
            "notes": (DRAFTED,),
        }


def draft_records(page: Page, catalogue: Catalogue, *, doc_id: str | None = None) -> list[Loaded]:
    """Return a document for each row of `page` that can be typed, and one note for the others.

    Raises:
        DocumentError: if two rows have one name, or `doc_id` is given for several documents.
    """
    rows = [_row(record, page, catalogue) for record in page.records]
    drafted: list[Loaded] = []
    left: list[str] = []
    for record, row in zip(page.records, rows, strict=True):
        document = _document(row, doc_id if len(rows) == 1 else None) if row else None
        if document is None or row is None:
            left.append(_plain(record))
        else:
            drafted.append(
                Loaded(document, row.body, content_hash(document.model_dump_json() + row.body))
            )
    ids = [item.document.id for item in drafted]
    twice = next((item for item in ids if ids.count(item) > 1), None)
    if twice:
        raise DocumentError(f"{page.name}: two rows would be {twice!r}; give each its own name")
    if left:
        drafted.append(_table_note(page, left, doc_id if not drafted else None))
    return drafted


def _row(record: Mapping[str, Any], page: Page, catalogue: Catalogue) -> _Row | None:
    cells = {str(key): _cell(value) for key, value in record.items() if _cell(value)}
    plain = {_plain_label(key): key for key in cells}
    name_key = next((plain[name] for name in NAMES if name in plain), None)
    if name_key is None:
        return None
    known: dict[str, str] = {}
    for what, names in COLUMNS.items():
        key = next(
            (plain[name] for name in names if name in plain and plain[name] != name_key), None
        )
        if key and (what != "url" or cells[key].startswith("http")):
            known[what] = cells[key]
    figures: dict[str, Figure | None] = {}
    rest: dict[str, str] = {}
    used = {name_key} | {key for key in cells if cells[key] in known.values()}
    for key, value in cells.items():
        found = None if key in used else _figure(key, value)
        if found is None:
            rest |= {} if key in used else {key: value}
        else:
            figures[found.name] = None if found.name in figures else found
    certain = tuple(figure for figure in figures.values() if figure)
    return _Row(cells[name_key][:120], name_key, certain, rest, known, page, catalogue)


def _cell(value: object) -> str:
    if value is None or isinstance(value, Mapping | list | bool):
        return "" if value is None else str(value)
    if isinstance(value, float) and (not math.isfinite(value) or value == int(value)):
        return str(int(value)) if math.isfinite(value) else ""
    return " ".join(str(value).split())


def _plain_label(key: str) -> str:
    plain = re.sub(r"\([^)]*\)", "", key.rpartition(".")[2])
    return re.sub(r"[\s-]+", "_", plain.strip().lower())


def _figure(key: str, value: str) -> Figure | None:
    """Return the fact that a column and a cell state; the unit stands in the one or the other."""
    label, unit = key.rpartition(".")[2].strip(), ""
    spaced = label.lower()
    for pattern, name in UNIT_ENDINGS:
        if re.search(pattern, spaced):
            label, unit = re.sub(pattern, "", spaced), name
            break
    label = re.sub(r"_+", " ", label).strip()
    number = re.fullmatch(r"\d[\d,]*(?:\.\d+)?", value)
    found = labelled(label, f"{value} {unit}" if number and unit else value)
    return replace(found, words=f"{key}: {value}"[:140]) if found else None


def _document(row: _Row, doc_id: str | None) -> Hardware | Model | Note | None:
    about = known_as(row.name, row.catalogue)
    hardware, model = row.facts(HARDWARE), row.facts(MODEL)
    try:
        if about and about != doc_id:
            facts = hardware + model
            title = f"{row.name} in {row.page.title or row.page.name}"
            common = row.common(doc_id or doc_id_of("note", title)) | {"title": title}
            return Note(**common, facts=facts, basis=row.basis, about=about) if facts else None
        if hardware and not model:
            return _hardware(row, doc_id)
        return _model(row, doc_id) if model and not hardware else None
    except ValidationError as error:
        raise DocumentError(f"{row.page.name}, row {row.name!r}: {faults_of(error)}") from error


def _vendor(row: _Row) -> str:
    known = makers(row.catalogue)
    stated = row.known.get("vendor")
    first = row.name.split()[0]
    return known.get(fold(stated), stated) if stated else known.get(fold(first), "not stated")


def _hardware(row: _Row, doc_id: str | None) -> Hardware | None:
    context = f"{row.known.get('device', '')} {row.name} {row.column}"
    device = device_of(context) or device_of(
        f"{row.page.title or ''} {row.page.name}".replace("_", " ")
    )
    if device is None or not row.facts(("memory", "bandwidth", "power", "compute")):
        return None
    return Hardware(
        **row.common(doc_id or doc_id_of("hardware", row.name)),
        facts=row.facts(HARDWARE),
        vendor=_vendor(row),
        device=device,
        status="unknown",
    )


def _model(row: _Row, doc_id: str | None) -> Model | None:
    size = next((f.value for f in row.figures if f.name == "parameters"), None)
    size = size or size_in_name(row.name)
    licence = row.known.get("licence", "")
    opened = _opened(row.known.get("open", ""), licence)
    if size is None or opened is None:
        return None
    return Model(
        **row.common(doc_id or doc_id_of("model", row.name)),
        facts=row.facts(MODEL),
        vendor=_vendor(row),
        open_weights=opened,
        licence=licence or "not stated",
        size_class=size_class(size),
        specialization=domain_in(row.name) or "general",
    )


def _opened(stated: str, licence: str) -> bool | None:
    """Return whether weights are open, by their own column or by a licence for weights."""
    if re.fullmatch(r"(?i)true|yes|open|1", stated):
        return True
    if re.fullmatch(r"(?i)false|no|closed|0", stated) or re.search(
        r"(?i)proprietary|closed", licence
    ):
        return False
    return True if re.search(r"(?i)\b(?:apache|mit|cc-by|llama|gemma|bsd)\b", licence) else None


def _plain(record: Mapping[str, Any]) -> str:
    return "; ".join(f"{key}: {_cell(value)}" for key, value in record.items() if _cell(value))


def _table_note(page: Page, lines: Sequence[str], doc_id: str | None) -> Loaded:
    title = page.title or page.name
    published = checked_date(page.published or "", until=today())
    note = Note(
        id=doc_id or doc_id_of("note", title),
        title=title,
        published=published,
        read_on=today(),
        sources={"s1": source_of(page.name, page.url, page.publisher, published)},
    )
    body = "\n".join(f"- {line}" for line in lines)
    return Loaded(note, body, content_hash(note.model_dump_json() + body))
