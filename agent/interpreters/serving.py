"""How should it run? Precision, context, users at once, tokens a second, years."""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.lexer import precision_name
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set

MOST_CONTEXT = 100_000_000
MOST_USERS = 1_000_000
MOST_YEARS = 30


@dataclass(frozen=True, slots=True)
class Serving:
    """What is asked of serving; None is not said."""

    precision: str | None = None
    context_tokens: int | None = None
    concurrency: int | None = None
    tokens_per_second: float | None = None
    years: float | None = None


def read_serving(reading: Reading, slots: Slots) -> Serving:
    """Return how it should run; numbers used here are taken."""
    speed = _speed(reading, slots)
    context = _whole(reading, slots, "slots/context", MOST_CONTEXT, "context")
    users = _whole(reading, slots, "slots/concurrency", MOST_USERS, "number of users at once")
    return Serving(_precision(reading), context, users, speed, _years(reading, slots))


def _precision(reading: Reading) -> str | None:
    for index, token in enumerate(reading.tokens):
        if token.kind != "precision":
            continue
        before = reading.token(index - 1)
        quarter = (
            token.text in ("q2", "q3", "q4") and before and before.text in word_set("quarters")
        )
        if not quarter:
            return precision_name(token.text)
    return None


def _speed(reading: Reading, slots: Slots) -> float | None:
    for hit in nearest_first(reading, reading.all("slots/tokens_per_second"), slots):
        found = free_number(reading, hit, slots)
        if found is None:
            continue
        index, number = found
        if number.value > 0:
            slots.taken.add(index)
            return number.value
        slots.reject(reading.quote(hit), "speed", "a number of tokens a second above 0", index)
    return None


def _whole(reading: Reading, slots: Slots, label: str, most: int, what: str) -> int | None:
    for hit in nearest_first(reading, reading.all(label), slots):
        found = free_number(reading, hit, slots)
        if found is None or _is_volume(reading, hit):
            continue
        index, number = found
        if 1 <= number.value <= most:
            slots.taken.add(index)
            return round(number.value)
        slots.reject(reading.quote(hit), what, f"a number from 1 to {most:,}", index)
    return None


def _is_volume(reading: Reading, hit: Hit) -> bool:
    """Return whether a period follows, which makes it a volume, or "/s", which makes it a rate."""
    after = [reading.token(hit.last + step) for step in (1, 2)]
    words = [token.text for token in after if token]
    return bool(words) and (
        words[0] in ("daily", "monthly", "weekly", "/")
        or (len(words) > 1 and words[0] in ("a", "per") and words[1] in word_set("periods"))
    )


def _years(reading: Reading, slots: Slots) -> float | None:
    for hit in nearest_first(reading, reading.all("slots/years"), slots):
        found = free_number(reading, hit, slots)
        if found is None or reading.has("slots/labels_history"):
            continue
        index, number = found
        slots.taken.add(index)
        months = reading.tokens[hit.last].text in word_set("months")
        years = number.value / 12 if months else number.value
        if 0 < years <= MOST_YEARS:
            return years
        slots.reject(reading.quote(hit), "number of years", "a number above 0 and up to 30", index)
    return None
