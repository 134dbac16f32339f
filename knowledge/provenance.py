"""Is every figure sourced, dated and possible, and every name one document's own?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

from knowledge.documents import AnyDoc, Loaded
from knowledge.facts import Statement, statements
from knowledge.finding import Finding
from knowledge.names import ambiguous_names, maker_of, names_of
from knowledge.plausible import contradictions, implausible
from knowledge.prose import prose_faults
from knowledge.schema import Document, Kind, Model, Sourced, Study, Toolkit

EARLIEST = "1990"
"""No source that a document rests on is older."""
SEARCH_HOSTS = ("google.", "bing.com", "duckduckgo.com", "yandex.", "baidu.com")
SEARCH_PARAMETERS = {"q", "query", "search_query"}


@dataclass(frozen=True, slots=True)
class Dated:
    """A figure and the date it was true: its own, else its source's, else its document's."""

    date: str
    statement: Statement


def check(documents: Sequence[Loaded], *, today: date) -> tuple[Finding, ...]:
    """Return what is wrong with `documents`, in their order; what several share comes last.

    Args:
        documents: the documents with their prose.
        today: the day that no reading may lie after.
    """
    found: list[Finding] = []
    for item in documents:
        document = item.document
        found += _undated(document)
        found += _addresses(document)
        found += _dates(document, today.isoformat())
        found += implausible(document)
        found += contradictions(document)
    found += _shared_names([item.document for item in documents])
    found += _shared_units([item.document for item in documents])
    found += prose_faults(documents)
    return tuple(found)


def oldest(
    documents: Sequence[Loaded], count: int, *, kind: Kind | None = None
) -> tuple[Dated, ...]:
    """Return the `count` oldest figures, of documents of one `kind` if given, oldest first."""
    dated = [
        Dated(_date_of(statement, item.document), statement)
        for item in documents
        if kind in (None, item.document.kind)
        for statement in statements(item.document)
    ]
    return tuple(sorted(dated, key=lambda item: (item.date, item.statement.id))[:count])


def _date_of(statement: Statement, document: AnyDoc) -> str:
    return statement.as_of or document.published or document.read_on


def sourced(document: Document) -> Iterator[tuple[str, Sourced]]:
    """Yield everything in `document` that names a source, with where it stands."""
    for name in type(document).model_fields:
        value = getattr(document, name)
        if isinstance(value, tuple):
            for position, item in enumerate(value):
                if isinstance(item, Sourced):
                    yield f"{name}[{position}]", item


def unused_sources(document: AnyDoc) -> tuple[str, ...]:
    """Return the keys of the sources that no statement names: further reading."""
    used = {item.source for _, item in sourced(document)}
    if isinstance(document, Study):
        return ()
    if isinstance(document, Model) and document.architecture:
        used.add(document.architecture.source)
    return tuple(key for key in document.sources if key not in used)


def _undated(document: AnyDoc) -> Iterator[Finding]:
    if isinstance(document, Study) and not document.sources:
        yield Finding(document.id, "sources", "comparisons need a source", "none")
    for field, item in sourced(document):
        if not (item.as_of or document.sources[item.source].published or document.published):
            yield Finding(document.id, field, "neither it nor its source has a date", item.source)


def _addresses(document: AnyDoc) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for key, source in document.sources.items():
        field = f"sources.{key}.url"
        if fault := url_fault(source.url):
            yield Finding(document.id, field, fault, source.url)
        if (other := seen.setdefault(source.url, key)) != key:
            yield Finding(document.id, field, f"is the same page as {other}", source.url)
    repository = document.repository if isinstance(document, Toolkit) else None
    if repository and (fault := url_fault(repository)):
        yield Finding(document.id, "repository", fault, repository)


def url_fault(url: str) -> str | None:
    """Return what is wrong with the address of a source, or None."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or "." not in host.strip("."):
        return "is no address of the web"
    asks = SEARCH_PARAMETERS & set(parse_qs(parts.query))
    if any(engine in host for engine in SEARCH_HOSTS) and (asks or "/search" in parts.path):
        return "is a page of search results"
    if parts.path.rstrip("/").endswith("/search") and asks:
        return "is a page of search results"
    return None


def _dates(document: AnyDoc, today: str) -> Iterator[Finding]:
    for field, value in _stated_dates(document):
        if not _in_calendar(value):
            yield Finding(document.id, field, "is no day of the calendar", value)
        elif value < EARLIEST:
            yield Finding(document.id, field, f"lies before {EARLIEST}", value)
        elif value[:10] > document.read_on[: len(value)]:
            yield Finding(document.id, field, f"lies after read_on {document.read_on}", value)
    if document.read_on > today[: len(document.read_on)]:
        yield Finding(document.id, "read_on", f"lies after today, {today}", document.read_on)


def _stated_dates(document: AnyDoc) -> Iterator[tuple[str, str]]:
    yield "read_on", document.read_on
    if document.published:
        yield "published", document.published
    if isinstance(document, Toolkit) and document.version_date:
        yield "version_date", document.version_date
    for key, source in document.sources.items():
        if source.published:
            yield f"sources.{key}.published", source.published
    for field, item in sourced(document):
        if item.as_of:
            yield f"{field}.as_of", item.as_of


def _in_calendar(value: str) -> bool:
    try:
        date.fromisoformat(f"{value}-01-01"[:10])
    except ValueError:
        return False
    return True


def _shared_names(documents: Sequence[AnyDoc]) -> Iterator[Finding]:
    """Yield the names that lead to several documents of a kind and aren't listed as ambiguous."""
    owners: dict[tuple[Kind, str], dict[str, AnyDoc]] = defaultdict(dict)
    for document in documents:
        for name in names_of(document):
            if name.rank < 2:
                owners[name.kind, name.key][document.id] = document
                if len(name.words) > 2:
                    words = " ".join(sorted(name.words))
                    owners[name.kind, words][document.id] = document
    for (kind, key), named in owners.items():
        first, *others = named
        if not others:
            continue
        bare = {key.removeprefix(maker_of(document)) for document in named.values()} | {key}
        listed = [ambiguous_names().get((kind, short)) for short in bare]
        if not any(item and set(named) <= set(item.choices) for item in listed):
            yield Finding(first, "aliases", f"also name {', '.join(others)}", key)


def _shared_units(documents: Sequence[AnyDoc]) -> Iterator[Finding]:
    """Yield the facts whose unit differs from the one that the same fact has elsewhere."""
    units: dict[str, str] = {}
    for document in documents:
        for fact in document.facts:
            agreed = units.setdefault(fact.name, fact.unit)
            if fact.unit != agreed:
                what = f"is in {agreed} elsewhere"
                yield Finding(document.id, f"facts.{fact.name}", what, fact.unit)
