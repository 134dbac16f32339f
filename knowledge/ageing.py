"""How long a fact holds: prices and states of maintenance weeks, specifications years."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.documents import AnyDoc
from knowledge.facts import Statement, statements
from knowledge.schema import Note, Toolkit

FactKind = Literal[
    "rental price",
    "API price",
    "retirement notice",
    "state of maintenance",
    "purchase price",
    "cost line",
    "measurement",
    "claim",
    "text",
    "score",
    "comparison",
    "specification",
]
EXPIRY_DAYS: dict[FactKind, int] = {
    "rental price": 60,
    "API price": 60,
    "retirement notice": 60,
    "state of maintenance": 90,
    "purchase price": 180,
    "cost line": 540,
    "measurement": 540,
    "claim": 540,
    "text": 730,
    "score": 1095,
    "comparison": 1825,
    "specification": 1825,
}
"""Days after which a fact of each kind should be read again."""
LASTING: frozenset[FactKind] = frozenset({"claim", "score", "comparison", "specification"})
"""These do not change once true: their age counts from our reading, not from their date."""
GROUPS: dict[str, FactKind] = {
    "rental": "rental price",
    "price": "API price",
    "date": "retirement notice",
    "item": "cost line",
    "measured": "measurement",
    "claim": "claim",
    "score": "score",
    "comparison": "comparison",
}


@dataclass(frozen=True, slots=True)
class Age:
    """How old something is, in days, and whether it should be read again; `reason` says why."""

    kind: FactKind
    days: int
    stale: bool
    reason: str

    @property
    def overdue(self) -> float:
        """The age as a share of what the kind allows; above 1 it is stale."""
        return self.days / EXPIRY_DAYS[self.kind]


def age(document: AnyDoc, today: date) -> Age:
    """Return the age of what in `document` is most overdue, the newest of each kind counting."""
    if isinstance(document, Note):
        return note_age(document.published, document.read_on, today)
    newest: dict[FactKind, date] = {}
    for kind, on in _dated(document):
        newest[kind] = max(on, newest.get(kind, on))
    return max((_age(kind, on, today) for kind, on in newest.items()), key=lambda age: age.overdue)


def note_age(published: str | None, read_on: str, today: date) -> Age:
    """Return the age of a text without typed facts; both dates may be partial."""
    return _age("text", _on("text", published, read_on), today)


def fact_age(statement: Statement, document: AnyDoc, today: date) -> Age:
    """Return the age of one statement of `document`."""
    kind = kind_of(statement)
    return _age(kind, _on(kind, statement.as_of, document.read_on), today)


def kind_of(statement: Statement) -> FactKind:
    """Return what kind of fact a statement is."""
    if statement.group in GROUPS:
        return GROUPS[statement.group]
    return "purchase price" if statement.unit == "USD" else "specification"


def span(days: int) -> str:
    """Return a number of days as people say it: 83 days, 7 months, 3 years."""
    for size, unit in ((365, "year"), (30, "month")):
        if days >= 2 * size and (size > 30 or days >= 120):
            count = days // size
            return f"{count} {unit}s"
    return f"{days} day{'' if days == 1 else 's'}"


def latest_day(partial: str) -> date:
    """Return the last day that a date such as "2026", "2026-08" or "2026-08-31" can mean."""
    year, month, day = (*map(int, partial.split("-")), 0, 0)[:3]
    month = month or 12
    last = monthrange(year, month)[1]
    return date(year, month, min(day or last, last))


def _dated(document: AnyDoc) -> Iterator[tuple[FactKind, date]]:
    """Yield each kind of fact in `document` with the day it was true."""
    for statement in statements(document):
        if statement.value is not None or statement.group != "fact":
            kind = kind_of(statement)
            yield kind, _on(kind, statement.as_of, document.read_on)
    if isinstance(document, Toolkit):
        yield "state of maintenance", latest_day(document.read_on)
    yield "specification", latest_day(document.read_on)


def _on(kind: FactKind, as_of: str | None, read_on: str) -> date:
    read = latest_day(read_on)
    return read if kind in LASTING or not as_of else min(latest_day(as_of), read)


def _age(kind: FactKind, on: date, today: date) -> Age:
    days = max(0, (today - on).days)
    limit = EXPIRY_DAYS[kind]
    reason = f"{kind[0].upper()}{kind[1:]}: {span(days)} old, good for {span(limit)}"
    return Age(kind, days, days > limit, reason)
