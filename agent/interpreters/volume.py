"""How many requests a day? Any count in any period, and what changes a count stated before."""

from __future__ import annotations

import re

from agent.core.running import MONTH_DAYS
from agent.interpreters.folding import fold
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.numbers import Number
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set
from agent.profile import Profile

MOST_A_DAY = 1e11
VALID = "a number of requests above 0 and below a hundred billion a day"
BUSINESS_HOURS_A_DAY = 8
WORKING_DAY_SHARE = 5 / 7
_A_CROWD = 10
"""A vaguer number of people than that ("several") multiplies nothing."""
_SHORT_RATES = {"rps": 86400.0, "qps": 86400.0, "rpm": 1440.0, "rph": 24.0, "rpd": 1.0}
_LETTERS = {"s": 86400.0, "h": 24.0, "d": 1.0, "m": 1 / MONTH_DAYS}


def read_volume(reading: Reading, slots: Slots, lexicon: Lexicon) -> None:
    """State requests_per_day where a count and a period stand together."""
    ordered = nearest_first(reading, reading.all("slots/volume"), slots)
    period_first = reading.language == "zh"
    ordered.sort(key=lambda hit: _number_first(reading, hit) == period_first)
    for hit in ordered:
        found = free_number(reading, hit, slots)
        rate = _per_day(reading, hit, lexicon)
        if found is None or rate is None or not _counts_requests(reading, hit, slots):
            continue
        index, number = found
        people = _people(reading, slots, index)
        words = reading.quote(hit)
        value = number.value * rate * (people[1].value if people else 1.0)
        value *= _questions(reading, hit, slots)
        if people:
            words = _span(reading, hit, people[0])
        if not 0 < value < MOST_A_DAY:
            slots.reject(words, "volume", VALID, index)
            return
        slots.put("requests_per_day", value, words, index, *([people[0]] if people else []))
        return


def _number_first(reading: Reading, hit: Hit) -> bool:
    return reading.tokens[hit.first].number is not None


def _per_day(reading: Reading, hit: Hit, lexicon: Lexicon) -> float | None:
    """Return how many times a day the period of `hit` comes, or None where it is none."""
    last = reading.tokens[hit.last].text
    if last in _SHORT_RATES:
        return _SHORT_RATES[last]
    for index in hit.caught:
        word = reading.tokens[index].text
        if word in lexicon.period_days and reading.tokens[index].number is None:
            rate = _rate(reading, index, 1 / lexicon.period_days[word])
            return rate / _periods(reading, index) if rate else None
    if last in _LETTERS and reading.tokens[hit.last - 1].text == "/":
        return _LETTERS[last]
    return None


def _periods(reading: Reading, index: int) -> float:
    """Return of how many periods it is said: "every two weeks", "in the last 30 days"."""
    before, earlier = reading.token(index - 1), reading.token(index - 2)
    if before is None or earlier is None or earlier.text not in word_set("spanning"):
        return 1.0
    if before.text == "other":
        return 2.0
    return before.number.value if before.number and before.number.value > 0 else 1.0


def _rate(reading: Reading, index: int, per_day: float) -> float | None:
    token, before = reading.tokens[index], reading.token(index - 1)
    earlier = reading.token(index - 2)
    if (
        earlier
        and before
        and before.text in ("a", "an", "one")
        and earlier.text in word_set("spans")
    ):
        return None
    if token.text in ("second", "sec") and before and before.text in ("a", "the"):
        after = reading.token(index + 1)
        if after and after.kind == "word" and after.text not in ("in", "at", "during", "on", "and"):
            return None
    if token.text in ("s", "h", "min") and not (before and before.text in ("/", "per", "a", "pro")):
        return None
    if before and before.text in ("working", "work", "business"):
        return per_day * WORKING_DAY_SHARE
    if reading.has("slots/business_hours") and per_day > 1:
        return per_day * BUSINESS_HOURS_A_DAY / 24
    return per_day


def _counts_requests(reading: Reading, hit: Hit, slots: Slots) -> bool:
    if _tells_of_change(reading, hit):
        return False
    before = {token.text for token in reading.tokens[max(0, hit.first - 2) : hit.first]}
    if before & word_set("paid") and hit.last - hit.first <= 2:
        return False
    words = {
        reading.tokens[place].text
        for place in range(hit.first, hit.last)
        if place - 1 not in slots.taken
    }
    places = [i for i in hit.caught if reading.tokens[i].number is not None][:1]
    after = [reading.token(i + 1) for i in places]
    follows = {token.text for token in after if token}
    single = all(reading.tokens[i].text in word_set("single") for i in places)
    if single and follows & {"of", "or", "day", "time"}:
        return False
    spans = {reading.tokens[i].text for i in hit.caught}
    return not (words - spans) & word_set("not_requests") and not follows & word_set("not_requests")


def _tells_of_change(reading: Reading, hit: Hit) -> bool:
    """Return whether "4 queues, categories change every month": the period is not the number's."""
    changes = reading.all("slots/changes_often")
    return any(
        hit.first < other.first <= hit.last and other.last >= hit.last - 1 for other in changes
    )


def _people(reading: Reading, slots: Slots, volume: int) -> tuple[int, Number] | None:
    """Return the number of people where the volume is stated for each of them."""
    if not reading.has("slots/per_person", "slots/each_does"):
        return None
    for hit in nearest_first(reading, reading.all("slots/people"), slots):
        found = free_number(reading, hit, slots)
        if found and found[0] != volume and (found[1].exact or found[1].value >= _A_CROWD):
            return found
    return None


def _questions(reading: Reading, hit: Hit, slots: Slots) -> float:
    """Return how many questions each has where tests are counted, else 1."""
    counted = {token.text for token in reading.tokens[hit.first : hit.last + 1]}
    if not counted & word_set("tests"):
        return 1.0
    for parts in reading.all("slots/test_questions"):
        found = free_number(reading, parts, slots)
        if found and found[1].value > 0 and found[0] not in hit.caught:
            slots.taken.add(found[0])
            return found[1].value
    return 1.0


def _span(reading: Reading, hit: Hit, other: int) -> str:
    return reading.words(min(hit.first, other), max(hit.last, other))


def read_correction(reading: Reading, slots: Slots, lexicon: Lexicon, *, profile: Profile) -> None:
    """Rescale the volume stated before: "sorry, per week" keeps its number, changes its period."""
    before = profile.requests_per_day
    if before is None or "requests_per_day" in slots.values or not _corrects(reading):
        return
    period = _bare_period(reading, lexicon)
    if period is None:
        return
    old = profile.words.get("requests_per_day", "")
    per_day = _old_rate(old, lexicon)
    value = before / per_day * (1 / lexicon.period_days[period])
    slots.put("requests_per_day", value, f"{old} ({reading.text.strip()})".strip())


def _corrects(reading: Reading) -> bool:
    return reading.has("slots/correction") or reading.word_count <= 4


def _bare_period(reading: Reading, lexicon: Lexicon) -> str | None:
    if any(token.number is not None for token in reading.tokens):
        return None
    words = [
        token.text
        for place, token in enumerate(reading.tokens)
        if token.text in lexicon.period_days
        and len(token.text) > 1
        and not _is_other(reading, place)
    ]
    return words[-1] if words else None


def _is_other(reading: Reading, place: int) -> bool:
    """Return whether a period is the one that is wrong: "per week, not per day"."""
    before = {token.text for token in reading.tokens[max(0, place - 2) : place]}
    return bool(before & (word_set("denials") | word_set("instead") | {"of"}))


def _old_rate(words: str, lexicon: Lexicon) -> float:
    """Return how many times a day the period in `words` comes; 1 where it names none."""
    for word in reversed(re.findall(r"\w+", words.lower())):
        if word in lexicon.period_days:
            return 1 / lexicon.period_days[word]
    return 1.0


def read_bare_volume(reading: Reading, slots: Slots, lexicon: Lexicon, *, profile: Profile) -> None:
    """Read "and at 5k?" or "with 300 requests?" as a volume in the period stated before."""
    if profile.requests_per_day is None or "requests_per_day" in slots.values:
        return
    old = profile.words.get("requests_per_day", "")
    counted_before = frozenset(re.findall(r"[^\W\d_]{4,}", fold(old)))
    counted_before -= lexicon.period_days.keys()
    for index, token in enumerate(reading.tokens):
        number = token.number
        if number is None or index in slots.taken or token.kind != "number":
            continue
        counted = _counts_those(reading, index, counted_before)
        asked = number.value >= _LEAST_BARE or _counts_those(reading, index, word_set("requests"))
        if not (counted or (asked and says_no_more(reading))):
            continue
        value = number.value * _old_rate(old, lexicon)
        if 0 < value < MOST_A_DAY:
            slots.put("requests_per_day", value, reading.text.strip(), index)
        return


def _counts_those(reading: Reading, index: int, nouns: frozenset[str]) -> bool:
    """Return whether one of the next two words is of `nouns`: what was counted before."""
    after = [reading.token(index + step) for step in (1, 2)]
    return any(token is not None and token.text in nouns for token in after)


def says_no_more(reading: Reading) -> bool:
    """Return whether nothing beside the number says what it is of: "and if it were 5,000?"."""
    beside = word_set("bare_volume") | word_set("be") | word_set("requests")
    return all(t.text in beside for t in reading.tokens if t.kind == "word")


_LEAST_BARE = 50
_FOLDS = {
    2: "doubling",
    3: "tripling",
    4: "quadrupling",
    5: "fivefold",
    10: "tenfold",
    100: "hundredfold",
    0.5: "halving",
}


def read_growth(reading: Reading, slots: Slots, *, profile: Profile) -> None:
    """Multiply the volume stated before: "if volume grows tenfold", "10x", "half the traffic"."""
    before = profile.requests_per_day
    if before is None or "requests_per_day" in slots.values:
        return
    factor = _factor(reading, slots)
    if factor is None:
        return
    value = before * factor
    old = profile.words.get("requests_per_day", "")
    words = f"{old}; {reading.text.strip()}" if old else reading.text.strip()
    if 0 < value < MOST_A_DAY:
        slots.put("requests_per_day", value, words)
    else:
        slots.reject(reading.text.strip(), "volume", VALID)


def _factor(reading: Reading, slots: Slots) -> float | None:
    """Return what the volume is multiplied by: a figure "times", a percentage, or a word."""
    for index, token in enumerate(reading.tokens):
        after = reading.token(index + 1)
        times = after is not None and after.text in word_set("times")
        beyond = reading.token(index + 2)
        counts = beyond is not None and (beyond.product or beyond.number or beyond.size_b)
        other = beyond is not None and beyond.text in word_set("times_better")
        if times and not counts and not other and token.number and index not in slots.taken:
            return token.number.value
    if not reading.has("slots/growth"):
        return None
    words = {token.text for token in reading.tokens}
    for token in reading.tokens:
        if token.kind == "percent" and token.number is not None:
            sign = -1 if words & word_set("shrinking") else 1
            return 1 + sign * token.number.value / 100
    return next((factor for factor, name in _FOLDS.items() if words & word_set(name)), None)
