"""What is compared: ways to make one ranking of what the parts of the search found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evals.retrieval.engine import Found, Places, Scored, fused
from knowledge.search import FUSION_K

BASE = f"RRF, k = {FUSION_K}"
"""The variant that all others are compared with."""
PRIOR = 0.02
"""How much a document of today gains over an old one."""
UNDATED_YEARS = 2.0


@dataclass(frozen=True, slots=True)
class Origin:
    """What chunks are from, one entry a chunk: the document and its age in years."""

    documents: Sequence[str]
    years: Sequence[float]


Rank = Callable[[Found, Origin], Places]


@dataclass(frozen=True, slots=True)
class Variant:
    """A name and how it ranks."""

    name: str
    rank: Rank


def variants(*, own: bool) -> tuple[Variant, ...]:
    """Return what is compared on any collection, and more where documents have names."""
    return (*_general(), *(_own() if own else ()))


def _general() -> Iterator[Variant]:
    yield Variant("by meaning alone", lambda found, _: _places(found.meaning))
    yield Variant("by words alone", lambda found, _: found.words)
    yield Variant("by words alone, another BM25", lambda found, _: _places(found.textbook))
    for k in (10, FUSION_K, 60):
        yield Variant(f"RRF, k = {k}", _both(k))
    for share in (0.3, 0.5, 0.7):
        yield Variant(f"convex, {share} meaning", _convex(share))
    yield Variant(
        f"{BASE}, another BM25",
        lambda found, _: fused(_places(found.meaning), _places(found.textbook)),
    )
    yield Variant(f"{BASE}, feedback", lambda found, _: fused(found.fed_back, found.words))


def _own() -> Iterator[Variant]:
    yield Variant(
        f"{BASE}, titles in the words",
        lambda found, _: fused(_places(found.meaning), found.titled_words),
    )
    yield Variant(f"{BASE}, named", lambda found, _: with_named(found))
    yield Variant(f"{BASE}, named, titles in the words", lambda found, _: _named_and_titled(found))
    yield Variant(
        f"{BASE}, named, newer first", lambda found, origin: newer_first(with_named(found), origin)
    )
    for most in (3, 5, 8):
        yield Variant(f"{BASE}, named, at most {most} a document", _limited(most))


def with_named(found: Found) -> Places:
    """Return the fused ranking in which named documents are also ranked among themselves."""
    return fused(_places(found.meaning), found.words, found.named_meaning, found.named_words)


def convex(one: Scored, other: Scored, share: float) -> Places:
    """Return the places by `share` * one + (1 - share) * other, scores scaled to 0..1 each.

    Bruch, Gai and Ingber, ACM TOIS 42(1), 2023; what a ranking does not hold has 0 in it.
    """
    totals: dict[int, float] = {}
    for ranking, weight in ((one, share), (other, 1 - share)):
        low, high = (ranking[-1][1], ranking[0][1]) if ranking else (0.0, 0.0)
        for place, score in ranking:
            scaled = (score - low) / (high - low) if high > low else 1.0
            totals[place] = totals.get(place, 0.0) + weight * scaled
    return tuple(sorted(totals, key=lambda place: (-totals[place], place)))


def limited(places: Places, origin: Origin, most: int) -> Places:
    """Return `places` without what comes after `most` of the same document."""
    taken: Counter[str] = Counter()
    kept: list[int] = []
    for place in places:
        taken[origin.documents[place]] += 1
        if taken[origin.documents[place]] <= most:
            kept.append(place)
    return tuple(kept)


def newer_first(places: Places, origin: Origin) -> Places:
    """Return `places` with PRIOR more for a document of today, half as much a year before."""
    scores = {
        place: (1 + PRIOR * 0.5 ** origin.years[place]) / (FUSION_K + rank)
        for rank, place in enumerate(places, start=1)
    }
    return tuple(sorted(scores, key=lambda place: -scores[place]))


def years_between(published: str | None, today: str) -> float:
    """Return the years from `published` to `today` ("2026", "2026-11" or a day each)."""
    return max(0.0, _year(today) - _year(published)) if published else UNDATED_YEARS


def _year(date: str) -> float:
    year, *month = re.findall(r"\d+", date)[:2]
    return int(year) + (int(month[0]) if month else 6) / 12


def _both(k: int) -> Rank:
    return lambda found, _: fused(_places(found.meaning), found.words, k=k)


def _convex(share: float) -> Rank:
    return lambda found, _: convex(found.meaning, found.textbook, share)


def _limited(most: int) -> Rank:
    return lambda found, origin: limited(with_named(found), origin, most)


def _named_and_titled(found: Found) -> Places:
    within = (found.named_meaning, found.titled_named_words)
    return fused(_places(found.meaning), found.titled_words, *within)


def _places(scored: Scored) -> Places:
    return tuple(place for place, _ in scored)
