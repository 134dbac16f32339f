"""How much is to be done once, or in words a month? Counts that are no daily volume."""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.lengths import TOKENS_PER_WORD, WORDS_PER_PAGE
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.volume import says_no_more
from agent.interpreters.wordlists import word_set
from agent.profile import Profile

_LEAST_WORDS = 20_000
"""Fewer words than that, of no period, are the length of one text."""
_MOST = 1e12


@dataclass(frozen=True, slots=True)
class WordTotal:
    """Words of a whole stock, or of `days` days."""

    words: float
    days: float | None
    quote: str


def read_word_total(reading: Reading, slots: Slots, lexicon: Lexicon) -> WordTotal | None:
    """Return "12 million words a month" or "12 million words once"; its number is taken."""
    hits = nearest_first(reading, reading.all("slots/words_total"), slots)
    for hit in sorted(hits, key=lambda h: h.first - h.last):
        found = free_number(reading, hit, slots)
        if found is None or not 1 <= found[1].value <= _MOST:
            continue
        periods = [t.text for t in reading.tokens[hit.first : hit.last + 1] if t.number is None]
        days = [lexicon.period_days[text] for text in periods if text in lexicon.period_days]
        if not days and (found[1].value < _LEAST_WORDS or not _is_once(reading)):
            continue
        slots.taken.add(found[0])
        return WordTotal(found[1].value, days[0] if days else None, reading.quote(hit))
    return None


def put_word_total(total: WordTotal | None, reading: Reading, slots: Slots) -> float | None:
    """State the requests of a period, of a page each where no length is said; return a stock's.

    A page has 500 words. A translation is as long as its text.
    """
    if total is None:
        return None
    page = round(WORDS_PER_PAGE * TOKENS_PER_WORD)
    slots.put("input_tokens", page, total.quote)
    length = slots.values["input_tokens"]
    if reading.has("tasks/translation") and isinstance(length, int):
        slots.put("output_tokens", length, total.quote)
    requests = total.words * TOKENS_PER_WORD / (length if isinstance(length, int) else page)
    if total.days is None:
        return requests
    slots.put("requests_per_day", requests / total.days, total.quote)
    return None


def read_total_requests(reading: Reading, slots: Slots, *, profile: Profile) -> float | None:
    """Return how many items a cost is asked for, or a job done once has; None for a volume.

    In a thread with a volume, "with 300 requests?" is another volume, "for 300 requests" a total.
    """
    if "requests_per_day" in slots.values:
        return None
    labels = ["slots/total_of", "slots/total_stock"]
    if _is_once(reading) and (profile.requests_per_day is None or _says_once(reading)):
        labels.append("slots/total_count")
    for label in labels:
        for hit in nearest_first(reading, reading.all(label), slots):
            found = free_number(reading, hit, slots)
            if found is None or _is_of_something_else(reading, hit, found[0]):
                continue
            if label == "slots/total_of" and not _is_once(reading):
                continue
            if 1 < found[1].value <= _MOST:
                slots.taken.add(found[0])
                return found[1].value
    return None


def read_bare_total(reading: Reading, slots: Slots) -> float | None:
    """Return the number of "and for 50k?" where the total before was of so many items."""
    for index, token in enumerate(reading.tokens):
        number = token.number
        if number is None or token.kind != "number" or index in slots.taken:
            continue
        if number.value > 1 and says_no_more(reading):
            slots.taken.add(index)
            return number.value
    return None


def _is_once(reading: Reading) -> bool:
    """Return whether a cost is asked for, or the work is said to be done once."""
    asked = reading.has("slots/how_much", "intents/cost", "quantities/price", "talk/asks_sum")
    return asked or _says_once(reading)


def _says_once(reading: Reading) -> bool:
    """Return whether "once" is said, and not "once a week"."""
    hits = reading.all("slots/once")
    after = [reading.token(hit.last + 1) for hit in hits]
    return any(token is None or token.text not in word_set("each") for token in after)


def _is_of_something_else(reading: Reading, hit: Hit, index: int) -> bool:
    after = reading.token(index + 1)
    beyond = reading.token(hit.last + 1)
    each = beyond is not None and beyond.text in word_set("each") | {"@"}
    return each or (after is not None and after.text in word_set("not_requests"))
