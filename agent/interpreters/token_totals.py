"""Are tokens stated for a whole day or month, and not for a request?"""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.lexer import Token
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots
from agent.interpreters.wordlists import word_set
from agent.profile import Profile

_BEFORE = 5
"""So many tokens before a leading period must be free of a count that it could belong to."""
_LEAST_PER_DAY = 1.0


@dataclass(frozen=True, slots=True)
class TokenTotals:
    """Tokens in and out a day, None where not said; `unsplit` are words that do not say which."""

    input_per_day: float | None = None
    output_per_day: float | None = None
    words: str = ""
    unsplit: str | None = None


def read_token_totals(reading: Reading, slots: Slots, lexicon: Lexicon) -> TokenTotals:
    """Return the tokens of a whole period: "2M tokens in and 300k out per day"; mark them used.

    The prices "per million tokens" are units and no amount: their numbers are used up as well.
    """
    for hit in reading.all("slots/token_unit"):
        for index in hit.caught:
            number = reading.tokens[index].number
            if number is not None and number.value in (1e3, 1e6, 1e9):
                slots.taken.add(index)
    for place in range(len(reading.tokens)):
        days = _period_days(reading, place, lexicon)
        if days is None:
            continue
        first = place - 1 if _is_each(reading, place - 1) else place
        run = _run_before(reading, first - 1) or _run_after(reading, first, place + 1)
        totals = _totals(reading, slots, run, place, days)
        if totals is not None:
            return totals
    return TokenTotals()


def put_token_totals(totals: TokenTotals, slots: Slots, *, profile: Profile) -> None:
    """State the lengths of a request such that the totals hold; one request a day where unsaid."""
    pair = {"input_tokens": totals.input_per_day, "output_tokens": totals.output_per_day}
    if not any(pair.values()):
        return
    stated = slots.values.get("requests_per_day")
    requests = stated if isinstance(stated, int | float) else profile.requests_per_day
    if not requests:
        requests = 1.0
        slots.put("requests_per_day", requests, totals.words)
    for slot, tokens in pair.items():
        if tokens:
            slots.put(slot, max(1, round(tokens / requests)), totals.words)


def _period_days(reading: Reading, place: int, lexicon: Lexicon) -> float | None:
    """Return the days of a period that stands for "each of it": "per day", "a month", "daily"."""
    text = reading.tokens[place].text
    if text not in lexicon.period_days or lexicon.period_days[text] < _LEAST_PER_DAY:
        return None
    after = reading.token(place + 1)  # a "monthly bill" is a period of the money
    if after is not None and after.text in word_set("bills"):
        return None
    alone = text in lexicon.class_words["each"]
    return lexicon.period_days[text] if alone or _is_each(reading, place - 1) else None


def _is_each(reading: Reading, place: int) -> bool:
    token = reading.token(place)
    return token is not None and token.text in word_set("each")


def _run_before(reading: Reading, last: int) -> tuple[int, int] | None:
    """Return the stretch of words on token counts that ends at `last`."""
    first = last
    while first >= 0 and _is_of_tokens(reading, first):
        first -= 1
    return _checked(reading, first + 1, last)


def _run_after(reading: Reading, period: int, first: int) -> tuple[int, int] | None:
    """Return the stretch after a period that opens a sentence: "per day: 2M in, 300k out"."""
    before = reading.tokens[max(0, period - _BEFORE) : period]
    if any(token.number is not None for token in before):
        return None
    while (token := reading.token(first)) is not None and token.text in word_set("pushing"):
        first += 1
    last = first
    while last < len(reading.tokens) and _is_of_tokens(reading, last):
        last += 1
    return _checked(reading, first, last - 1)


def _is_of_tokens(reading: Reading, place: int) -> bool:
    token = reading.tokens[place]
    if token.kind == "number":
        return True
    return token.kind in ("word", "mark") and token.text in word_set("token_counts")


def _checked(reading: Reading, first: int, last: int) -> tuple[int, int] | None:
    """Return the stretch where it counts tokens, or has both an input and an output.

    "500 of 800 tokens a day" counts requests and their length.
    """
    if any(_is_length(reading, place) for place in range(first, last + 1)):
        return None
    words = {token.text for token in reading.tokens[first : last + 1]}
    numbers = sum(token.number is not None for token in reading.tokens[first : last + 1])
    counts = bool(words & word_set("token_words"))
    both = bool(words & word_set("token_inputs")) and bool(words & word_set("token_outputs"))
    return (first, last) if numbers and (counts or (both and numbers > 1)) else None


def _is_length(reading: Reading, place: int) -> bool:
    """Return whether the number at `place` is the 800 of "500 of 800 tokens"."""
    number, of, count = (reading.token(place - step) for step in (0, 1, 2))
    if number is None or of is None or count is None or number.number is None:
        return False
    return of.text == "of" and count.number is not None


def _totals(
    reading: Reading, slots: Slots, run: tuple[int, int] | None, period: int, days: float
) -> TokenTotals | None:
    if run is None:
        return None
    first, last = run
    places = [i for i in range(first, last + 1) if reading.tokens[i].number is not None]
    if any(place in slots.taken for place in places):
        return None
    leads = _side_of(reading.tokens[max(first, places[0] - 2) : places[0]]) is not None
    found: dict[str, float] = {}
    side: str | None = None
    for place, after in zip(places, [*places[1:], last + 1], strict=True):
        number = reading.tokens[place].number
        before = reading.tokens[max(first, place - 2) : place]
        side = _side_of(before if leads else reading.tokens[place + 1 : after])
        if number is not None and side is not None and side not in found:
            found[side] = number.value / days
    if found and side is None:
        return None
    words = reading.words(min(first, period), max(last, period))
    if not found:
        return TokenTotals(unsplit=words)
    slots.taken.update(places)
    return TokenTotals(found.get("input"), found.get("output"), words)


def _side_of(tokens: tuple[Token, ...]) -> str | None:
    """Return "input" or "output", whichever the first telling word of `tokens` says."""
    for token in tokens:
        if token.text in word_set("token_inputs"):
            return "input"
        if token.text in word_set("token_outputs"):
            return "output"
    return None
