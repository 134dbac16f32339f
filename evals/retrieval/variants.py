"""What is compared: ways to make one ranking of what the parts of the search found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evals.retrieval.engine import Found, Scored, fused

BASE = "scaled scores"
"""The fusion of the search, which all others are compared with."""
NAMED = f"{BASE}, named"
PRIOR = 0.05
"""How much a document of today gains over an old one."""
UNDATED_YEARS = 2.0


@dataclass(frozen=True, slots=True)
class Origin:
    """What chunks are from, one entry a chunk: the document and its age in years."""

    documents: Sequence[str]
    years: Sequence[float]


Rank = Callable[[Found, Origin], Scored]


@dataclass(frozen=True, slots=True)
class Variant:
    """A name and how it ranks."""

    name: str
    rank: Rank


def variants(*, own: bool) -> tuple[Variant, ...]:
    """Return what is compared on any collection, and more where documents have names."""
    return (*_general(), *(_own() if own else ()))


def _general() -> Iterator[Variant]:
    yield Variant("by meaning alone", lambda found, _: found.meaning)
    yield Variant("by words alone", lambda found, _: found.words)
    yield Variant("by words alone, another BM25", lambda found, _: found.textbook)
    yield Variant(BASE, lambda found, _: fused(found.meaning, found.words))
    for share in (0.3, 0.5, 0.7):
        yield Variant(f"{BASE}, {share} meaning", _convex(share))
    for k in (10, 20, 60):
        yield Variant(f"RRF, k = {k}", _rrf(k))
    yield Variant(f"{BASE}, feedback", lambda found, _: fused(found.fed_back, found.words))


def _own() -> Iterator[Variant]:
    yield Variant(
        f"{BASE}, titles in the words", lambda found, _: fused(found.meaning, found.titled_words)
    )
    yield Variant(NAMED, lambda found, _: with_named(found))
    yield Variant(f"{NAMED}, titles in the words", lambda found, _: _named_and_titled(found))
    yield Variant("RRF, k = 20, named", lambda found, _: reciprocal(*_parts(found), k=20))
    yield Variant(
        f"{NAMED}, newer first", lambda found, origin: newer_first(with_named(found), origin)
    )
    for most in (3, 5, 8):
        yield Variant(f"{NAMED}, at most {most} a document", _limited(most))


def with_named(found: Found) -> Scored:
    """Return the fused ranking in which named documents are also ranked among themselves."""
    return fused(*_parts(found))


def convex(one: Scored, other: Scored, share: float) -> Scored:
    """Return `share` * one + (1 - share) * other, of scores scaled to 0..1 each."""
    totals: dict[int, float] = {}
    for ranking, weight in ((one, share), (other, 1 - share)):
        for place, scaled in fused(ranking):
            totals[place] = totals.get(place, 0.0) + weight * scaled
    return _ordered(totals)


def reciprocal(*rankings: Scored, k: int) -> Scored:
    """Return the sum of 1 / (k + rank): Cormack, Clarke and Buettcher, SIGIR 2009."""
    totals: dict[int, float] = {}
    for ranking in rankings:
        for rank, (place, _) in enumerate(ranking, start=1):
            totals[place] = totals.get(place, 0.0) + 1 / (k + rank)
    return _ordered(totals)


def limited(ranking: Scored, origin: Origin, most: int) -> Scored:
    """Return `ranking` without what comes after `most` of the same document."""
    taken: Counter[str] = Counter()
    kept: list[tuple[int, float]] = []
    for place, score in ranking:
        taken[origin.documents[place]] += 1
        if taken[origin.documents[place]] <= most:
            kept.append((place, score))
    return tuple(kept)


def newer_first(ranking: Scored, origin: Origin) -> Scored:
    """Return `ranking` with PRIOR more for a document of today, half as much a year before."""
    return _ordered(
        {place: score * (1 + PRIOR * 0.5 ** origin.years[place]) for place, score in ranking}
    )


def years_between(published: str | None, today: str) -> float:
    """Return the years from `published` to `today` ("2026", "2026-11" or a day each)."""
    return max(0.0, _year(today) - _year(published)) if published else UNDATED_YEARS


def _year(date: str) -> float:
    year, *month = re.findall(r"\d+", date)[:2]
    return int(year) + (int(month[0]) if month else 6) / 12


def _convex(share: float) -> Rank:
    return lambda found, _: convex(found.meaning, found.words, share)


def _rrf(k: int) -> Rank:
    return lambda found, _: reciprocal(found.meaning, found.words, k=k)


def _limited(most: int) -> Rank:
    return lambda found, origin: limited(with_named(found), origin, most)


def _parts(found: Found) -> tuple[Scored, ...]:
    return found.meaning, found.words, found.named_meaning, found.named_words


def _named_and_titled(found: Found) -> Scored:
    within = (found.named_meaning, found.titled_named_words)
    return fused(found.meaning, found.titled_words, *within)


def _ordered(totals: dict[int, float]) -> Scored:
    return tuple(sorted(totals.items(), key=lambda item: (-item[1], item[0])))
