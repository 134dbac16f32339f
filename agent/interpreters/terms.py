"""On which terms is it to be had? A prompt cache, batch prices, hardware rented or bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set

_NEAR = 5
"""So many words may stand between "rent" and the hardware that is meant."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of prices; `cached_tokens` are the input tokens of one request."""

    cached_tokens: int | None = None
    batch: bool = False
    acquire: Literal["rent", "buy"] | None = None


def read_terms(reading: Reading, slots: Slots) -> Terms:
    """Return the terms that are stated; the number of cached tokens is taken."""
    batch = any(not _is_of_a_size(reading, hit) for hit in reading.all("slots/batch_price"))
    return Terms(_cached(reading, slots), batch, _acquire(reading))


def _is_of_a_size(reading: Reading, hit: Hit) -> bool:
    """Return whether so many are run at once: "batch size 8", "a batch of 16"."""
    after = reading.token(hit.last + 1)
    return after is not None and (after.text in ("size", "sizes", "of") or after.number is not None)


def _cached(reading: Reading, slots: Slots) -> int | None:
    for hit in nearest_first(reading, reading.all("slots/cached_tokens"), slots):
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
    near = reading.tokens[max(0, hit.first - _NEAR) : hit.last + 1 + _NEAR]
    return any(
        (token.product is not None and token.product.kind == "hardware")
        or token.text in word_set("devices")
        for token in near
    )
