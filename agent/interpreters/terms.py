"""On which terms is it to be had? A prompt cache, batch prices, hardware rented or bought."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set
from agent.profile import Profile
from agent.understanding import Understanding

_NEAR = 5
"""So many words may stand between "rent" and the hardware that is meant."""
_MOST_BEFORE = 8
_TAKEN_BACK = re.compile(r"\b(?:without|no|not|ohne|sans|sin)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of prices; of the input of one request, so much or such a share is cached."""

    cached_tokens: int | None = None
    cached_share: float | None = None
    batch: bool = False
    acquire: Literal["rent", "buy"] | None = None


def read_terms(reading: Reading, slots: Slots) -> Terms:
    """Return the terms that are stated; the number of cached tokens is taken."""
    batch = any(not _is_of_a_size(reading, hit) for hit in reading.all("slots/batch_price"))
    share = _cached_share(reading, slots)
    cached = _cached(reading, slots) if share is None else None
    return Terms(cached, share, batch, _acquire(reading))


def settle_cached(terms: Terms, slots: Slots, *, profile: Profile) -> Terms:
    """Return `terms` with the cached tokens of a share, once the length of a request is known.

    A cached prompt that is longer than the input stated comes on top of it.
    """
    stated = slots.values.get("input_tokens", profile.input_tokens)
    if not isinstance(stated, int):
        return terms
    if terms.cached_tokens is None and terms.cached_share is not None:
        return replace(terms, cached_tokens=round(terms.cached_share * stated))
    if terms.cached_tokens is not None and terms.cached_tokens > stated:
        slots.values["input_tokens"] = stated + terms.cached_tokens
        slots.words.setdefault("input_tokens", f"{stated} and {terms.cached_tokens} cached")
    return terms


def held_terms(said: Understanding, last: Understanding) -> dict[str, object]:
    """Return the terms of a cost that hold on: its cache, its batch, how hardware is had."""
    if not said.intent == last.intent == "cost":
        return {}
    before = (*last.goes_on_from, last.message)[-_MOST_BEFORE:]
    if _TAKEN_BACK.search(said.message):
        return {"goes_on_from": before}
    return {
        "goes_on_from": before,
        "cached_tokens": said.cached_tokens or last.cached_tokens,
        "batch": said.batch or last.batch,
        "acquire": said.acquire or last.acquire,
    }


def _cached_share(reading: Reading, slots: Slots) -> float | None:
    for hit in nearest_first(reading, reading.all("slots/cached_share"), slots):
        found = free_number(reading, hit, slots)
        if found is not None and 0 < found[1].value <= 100:
            slots.taken.add(found[0])
            return found[1].value / 100
    return None


def _is_of_a_size(reading: Reading, hit: Hit) -> bool:
    """Return whether so many are run at once: "batch size 8", "a batch of 16"."""
    after = reading.token(hit.last + 1)
    return after is not None and (after.text in ("size", "sizes", "of") or after.number is not None)


def _cached(reading: Reading, slots: Slots) -> int | None:
    if reading.has("quantities/kv_cache"):
        return None
    hits = nearest_first(reading, reading.all("slots/cached_tokens"), slots)
    for hit in sorted(hits, key=lambda h: reading.tokens[h.first].number is None):
        found = free_number(reading, hit, slots)
        if found is None or found[1].value < 1:
            continue
        slots.taken.add(found[0])
        return round(found[1].value)
    return None


def _acquire(reading: Reading) -> Literal["rent", "buy"] | None:
    """Return the one way to get hardware that is named, None where both are weighed."""
    rent = any(_is_of_hardware(reading, hit) for hit in reading.all("slots/renting"))
    buy = any(_is_of_hardware(reading, hit) for hit in reading.all("slots/buying"))
    if rent == buy:
        return None
    return "rent" if rent else "buy"


def _is_of_hardware(reading: Reading, hit: Hit) -> bool:
    """Return whether a device stands near, and nothing denies the wish."""
    before = {token.text for token in reading.tokens[max(0, hit.first - 4) : hit.first]}
    if before & word_set("denials"):
        return False
    after = reading.token(hit.last + 1)
    if after is not None and after.text in ("them", "these", "those"):
        return True
    near = reading.tokens[max(0, hit.first - _NEAR) : hit.last + 1 + _NEAR]
    return any(
        (token.product is not None and token.product.kind == "hardware")
        or token.text in word_set("devices")
        for token in near
    )
