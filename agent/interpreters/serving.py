"""How should it run? Precision, context, users at once, tokens a second, years."""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.lexer import precision_name
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set

MOST_CONTEXT = 100_000_000
LEAST_CONTEXT = 256
"""Fewer tokens "each" are something else: "20 users, 3 chats each"."""
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


def read_serving(reading: Reading, slots: Slots, *, goes_on: bool) -> Serving:
    """Return how it should run; numbers used here are taken.

    `goes_on` says that the question before was about fit or speed.
    """
    speed = _speed(reading, slots)
    context = _whole(reading, slots, "slots/context", MOST_CONTEXT, "context")
    if context is None:
        context = _whole(reading, slots, "slots/context_each", MOST_CONTEXT, "context")
    users = _whole(reading, slots, "slots/concurrency", MOST_USERS, "number of users at once")
    at_once = goes_on or reading.has("intents/speed", "intents/fit") or _names_a_setup(reading)
    at_once = at_once or context is not None
    if users is None and at_once and not reading.has("slots/each_does"):
        users = _whole(reading, slots, "slots/users_bare", MOST_USERS, "number of users at once")
    years = _years(reading, slots) or _span_in_passing(reading, slots)
    return Serving(_precision(reading), context, users, speed, years)


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
        if found is None or _is_volume(reading, hit) or _is_prompt(reading, hit):
            continue
        index, number = found
        if label == "slots/context_each" and not _is_context(reading, hit, number.value):
            continue
        if 1 <= number.value <= most:
            slots.taken.add(index)
            return round(number.value)
        slots.reject(reading.quote(hit), what, f"a number from 1 to {most:,}", index)
    return None


def _is_context(reading: Reading, hit: Hit, tokens: float) -> bool:
    """Return whether so many tokens of "each" are meant: not "20 users at 30 requests a day"."""
    after = reading.token(hit.last + 1)
    alone = after is None or after.kind != "word" or after.text in word_set("of_a_context")
    return tokens >= LEAST_CONTEXT and alone


def _is_prompt(reading: Reading, hit: Hit) -> bool:
    """Return whether a prompt of that length is meant, not the room for one: "32k prompts"."""
    after = reading.token(hit.last + 1)
    counted = reading.tokens[hit.last].text in word_set("token_words")
    prompts = word_set("prompts") | ({"in"} if counted else set())
    return hit.label == "slots/context" and after is not None and after.text in prompts


def _names_a_setup(reading: Reading) -> bool:
    """Return whether a model or a size stands with a device."""
    sized = any(t.size_b or (t.product and t.product.kind == "model") for t in reading.tokens)
    device = any(t.product and t.product.kind == "hardware" for t in reading.tokens)
    return sized and device


def _is_volume(reading: Reading, hit: Hit) -> bool:
    """Return whether a period follows, which makes it a volume, or "/s", which makes it a rate."""
    after = [reading.token(hit.last + step) for step in (1, 2)]
    words = [token.text for token in after if token]
    return bool(words) and (
        words[0] in ("daily", "monthly", "weekly", "/")
        or (len(words) > 1 and words[0] in ("a", "per") and words[1] in word_set("periods"))
    )


def _span_in_passing(reading: Reading, slots: Slots) -> float | None:
    """Return the years of "..., 3 years" or "for 24 months", where costs are asked about."""
    if not reading.has("intents/cost", "talk/hosting_self"):
        return None
    for index, token in enumerate(reading.tokens):
        if token.number is None or index in slots.taken or not _is_aside(reading, index):
            continue
        years = token.number.value * _years_in(reading.tokens[index + 1].text)
        if 0 < years <= MOST_YEARS:
            slots.taken.add(index)
            return years
    return None


def _is_aside(reading: Reading, index: int) -> bool:
    """Return whether a number and its unit stand apart: between marks, or after "for"."""
    before, after = reading.token(index - 1), reading.token(index + 2)
    opens = before is None or before.kind in ("mark", "stop") or before.text in word_set("over")
    ends = after is None or after.kind in ("mark", "stop")
    return opens and ends and reading.token(index + 1) is not None


def _years_in(unit: str) -> float:
    if unit in word_set("years_of"):
        return 1.0
    return 1 / 12 if unit in word_set("months_of") else 0.0


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
