"""How the Knowledge page says what kind a document is, how old, and on what it rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agent.wording import day, listing, number, plural
from knowledge.ageing import EXPIRY_DAYS, Age, span
from knowledge.schema import Basis, Kind
from ui.components.evidence import BADGES
from ui.components.markup import icon, literal, plain
from ui.knowledge_desk import Row

KINDS: dict[Kind, tuple[str, str]] = {
    "hardware": ("Hardware", "Hardware"),
    "model": ("Model", "Models"),
    "toolkit": ("Toolkit", "Toolkits"),
    "study": ("Study", "Studies"),
    "cost": ("Costs", "Costs"),
    "note": ("Note", "Notes"),
}
"""Kind -> one, many."""


def native_badge(basis: Basis) -> str:
    """Return the badge of a basis for a Markdown label."""
    colour, symbol, words, _ = BADGES[basis]
    return f":{colour}-badge[:material/{symbol}: {words}]"


def age_badge(age: Age) -> str:
    """Return a red badge with the age of what is stale as HTML, or ""."""
    if not age.stale:
        return ""
    return (
        f'<span class="rs-badge rs-badge-red" title="{plain(age.reason)}">{icon("schedule")}'
        f"{plain(span(age.days))} old</span>"
    )


def mark(row: Row) -> str:
    """Return the one mark that a row wears for a Markdown label: to confirm, stale, or ""."""
    if row.unreviewed:
        return f":yellow-badge[:material/rate_review: {row.unreviewed} to confirm]"
    if row.age.stale:
        return f":red-badge[:material/schedule: {span(row.age.days)} old]"
    return ""


def when(row: Row) -> str:
    """Return the date of the event or, without one, that of the reading."""
    return day(row.published) if row.published else f"read {day(row.read_on)}"


def kind_words(row: Row) -> str:
    """Return the kind and, for a document of the user, that it is theirs."""
    word = KINDS[row.kind][0]
    return f"{word}, yours" if row.mine else word


def label(row: Row, passage: str | None) -> str:
    """Return a row of the list as a Markdown label."""
    parts = [
        f"**{literal(row.title)}**",
        f":small[{literal(kind_words(row))}]",
        f":small[{literal(when(row))}]",
        native_badge(row.basis),
        mark(row),
    ]
    if passage:
        parts.append(f"*{literal(clipped(passage))}*")
    return " ".join(filter(None, parts))


def clipped(text: str, most: int = 170) -> str:
    """Return the first `most` characters of `text` on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} ..."


def staleness(rows: Sequence[Row]) -> tuple[str, str]:
    """Return the headline on what is stale and the sentence below it."""
    stale = [row for row in rows if row.age.stale]
    rule = (
        f"A rental price counts as old after {span(EXPIRY_DAYS['rental price'])}, "
        f"a specification after {span(EXPIRY_DAYS['specification'])}."
    )
    if not rows:
        return "No documents yet", "Add one, or load the starter set with `rightsize index`."
    if not stale:
        return "Nothing is past its date", rule
    kinds = Counter(row.age.kind for row in stale)
    named = [plural(count, kind) for kind, count in kinds.most_common(3)]
    others = sum(kinds.values()) - sum(count for _, count in kinds.most_common(3))
    if others:
        named.append(plural(others, "other"))
    one = len(stale) == 1
    headline = (
        f"{number(len(stale), 6)} of {number(len(rows), 6)} documents "
        f"{'holds a figure' if one else 'hold figures'} past {'its' if one else 'their'} date"
    )
    return headline, f"To be read again: {listing(named)}. {rule}"
