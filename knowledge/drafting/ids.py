"""Ids, makers, names and dates of drafted documents."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import lru_cache
from urllib.parse import quote, urlsplit

from knowledge.catalogue import Catalogue, NameUnknown
from knowledge.facts import slug
from knowledge.names import fold, key_of
from knowledge.schema import Hardware, Kind, Model, Source

FOLDERS: dict[Kind, str] = {
    "hardware": "hardware",
    "model": "models",
    "toolkit": "toolkits",
    "study": "studies",
    "cost": "costs",
    "note": "notes",
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    rf"\b(?:{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? |"
    rf"(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? {MONTH.replace('month', 'month2')},? )"
    r"(?P<year>20\d\d)\b|\b(?P<iso>20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\b",
    re.IGNORECASE,
)
STATED = re.compile(r"(?i)\b(?:published|posted|released|updated|date)\b(?: on)?:?\s*$")
DATELINE = re.compile(r"^\W*[A-Z][\w .,'()-]{1,60}[,(\u2013\u2014-]\s*$")
DASH = re.compile(r"\)?\s*(?:[(/][^)/]{1,30}[)/]\s*)?(?:-|\u2013|\u2014)")
NOT_A_SITE = frozenset({"www", "blog", "news", "newsroom", "investor", "docs", "com", "co", "ir"})


def today() -> str:
    """Return today's date in UTC, as YYYY-MM-DD."""
    return dt.datetime.now(dt.UTC).date().isoformat()


def doc_id_of(kind: Kind, name: str) -> str:
    """Return the id of a document called `name`, in the folder of its kind."""
    plain = re.sub(r"[^a-z0-9.]+", "-", fold(name)).strip("-.")[:80].rstrip("-.")
    return f"{FOLDERS[kind]}/{plain or slug(name)}"


def source_of(
    name: str, url: str | None, publisher: str | None = None, published: str | None = None
) -> Source:
    """Return where a text was read: its address, else the name of its file."""
    web = url if url and re.match(r"https?://\S+$", url) else None
    file = quote(name.replace("\\", "/").rpartition("/")[2] or "text")
    return Source(url=web or f"file:{file}", publisher=publisher, published=published)


def dateline_of(text: str, *, until: str) -> str | None:
    """Return the date after the place that a report starts with ("OSLO, May 12, 2026 -")."""
    for line in text[:1500].splitlines()[:20]:
        match = DATE.search(line)
        if match and DATELINE.search(line[: match.start()]) and DASH.match(line[match.end() :]):
            found = _iso(match)
            return found if found and found <= until else None
    return None


def date_of(text: str, *, until: str) -> str | None:
    """Return the date that the start of `text` states as its own, up to the day `until`.

    Only a dateline ("TAIPEI, June 2, 2026 -") or a date after a word such as "Published" counts.
    """
    for line in text[:3000].splitlines()[:40]:
        for match in DATE.finditer(line):
            before = line[: match.start()]
            alone = not before.strip(" *_#>|-") and len(line.strip(" *_#>|-")) < 60
            led = not before.strip(" *_") and DASH.match(line[match.end() :])
            if alone or led or STATED.search(before) or DATELINE.search(before):
                found = _iso(match)
                if found and found <= until:
                    return found
    return None


def _iso(match: re.Match[str]) -> str | None:
    if match["iso"]:
        return match["iso"]
    month = MONTHS.index((match["month"] or match["month2"]).lower()[:3]) + 1
    try:
        return dt.date(int(match["year"]), month, int(match["day"] or match["day2"])).isoformat()
    except ValueError:
        return None


def checked_date(value: object, *, until: str) -> str | None:
    """Return the ISO date at the start of `value` where it is one, up to the day `until`."""
    match = re.match(
        r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?", str(value)
    )
    return match[0] if match and match[0] <= until else None


@lru_cache(maxsize=2)
def makers(catalogue: Catalogue) -> dict[str, str]:
    """Return the makers of `catalogue`: folded name, first word or hub account to name."""
    accounts: dict[str, Counter[str]] = {}
    found: dict[str, str] = {}
    for document in catalogue.documents:
        if not isinstance(document, Hardware | Model) or "record" in document.vendor:
            continue
        found.setdefault(fold(document.vendor), document.vendor)
        first = fold(document.vendor).split()[0]
        if fold(document.title).split()[0] == first:
            found.setdefault(first, document.vendor)
        if isinstance(document, Model) and document.architecture:
            account = fold(document.architecture.hf_id.partition("/")[0])
            accounts.setdefault(account, Counter())[document.vendor] += 1
    for account, vendors in accounts.items():
        found.setdefault(account, vendors.most_common(1)[0][0])
    return found


def site_of(url: str | None) -> str | None:
    """Return the name of the site at `url` ("acme" of https://www.acme.com/x), or None."""
    host = urlsplit(url or "").hostname or ""
    parts = [part for part in host.split(".")[:-1] if part not in NOT_A_SITE]
    return parts[-1] if parts else None


def known_as(name: str, catalogue: Catalogue, kind: Kind | None = None) -> str | None:
    """Return the id of the document that `name` can only mean, or None."""
    try:
        found = catalogue.resolve(name, kind)
    except NameUnknown:
        return None
    return found.document.id if found.exact else None


def free_aliases(
    names: list[str], title: str, catalogue: Catalogue, doc_id: str
) -> tuple[str, ...]:
    """Return those of `names` that no other document has, each once."""
    kept: dict[str, str] = {}
    for name in names:
        key = name.casefold()
        taken = known_as(name, catalogue)
        if key != title.casefold() and key_of(name) and taken in (None, doc_id):
            kept.setdefault(key, name)
    return tuple(kept.values())
