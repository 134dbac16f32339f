"""How many requests a day? Any count in any period, and what changes a count stated before."""

from __future__ import annotations

import re

from agent.interpreters.lexicon import Lexicon
from agent.interpreters.numbers import Number
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.profile import Profile

MOST_A_DAY = 1e11
VALID = "a number of requests above 0 and below 10^11 a day"
BUSINESS_HOURS_A_DAY = 8
WORKING_DAY_SHARE = 5 / 7
_SHORT_RATES = {"rps": 86400.0, "qps": 86400.0, "rpm": 1440.0, "rph": 24.0, "rpd": 1.0}
_LETTERS = {"s": 86400.0, "h": 24.0, "d": 1.0, "m": 1 / 30.4}
_NOT_REQUESTS = frozenset(
    {"token", "tokens", "tok", "toks", "gb", "tb", "mb", "kwh", "wh", "watts", "hours", "hour", "h",
     "minutes", "minute", "mins", "seconds", "stunden", "heures", "horas", "words", "percent", "usd",
     "dollars", "euros", "cents", "years", "year", "months", "weeks", "epochs", "ms", "gpus", "gpu",
     "labels", "labelled", "labeled", "annotated"}
)  # fmt: skip


_PAID = frozenset("pay paying paid spend spending spent costs costing bill".split())
_SPANS = frozenset({"for", "over", "during", "within", "after", "next", "fur", "pour"})


def read_volume(reading: Reading, slots: Slots, lexicon: Lexicon) -> None:
    """State requests_per_day where a count and a period stand together."""
    ordered = nearest_first(reading, reading.all("slots/volume"))
    ordered.sort(key=lambda hit: not _number_first(reading, hit))
    for hit in ordered:
        found = free_number(reading, hit, slots)
        rate = _per_day(reading, hit, lexicon)
        if found is None or rate is None or not _counts_requests(reading, hit):
            continue
        index, number = found
        people = _people(reading, slots, index)
        words = reading.quote(hit)
        value = number.value * rate * (people[1].value if people else 1.0)
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
            return _rate(reading, index, 1 / lexicon.period_days[word])
    if last in _LETTERS and reading.tokens[hit.last - 1].text == "/":
        return _LETTERS[last]
    return None


def _rate(reading: Reading, index: int, per_day: float) -> float | None:
    token, before = reading.tokens[index], reading.token(index - 1)
    earlier = reading.token(index - 2)
    if earlier and before and before.text in ("a", "an", "one") and earlier.text in _SPANS:
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


def _counts_requests(reading: Reading, hit: Hit) -> bool:
    before = {token.text for token in reading.tokens[max(0, hit.first - 2) : hit.first]}
    if before & _PAID and hit.last - hit.first <= 2:
        return False
    words = {token.text for token in reading.tokens[hit.first : hit.last]}
    numbers = [reading.tokens[i] for i in hit.caught if reading.tokens[i].number is not None]
    after = [reading.token(i + 1) for i in hit.caught if reading.tokens[i].number is not None]
    follows = {token.text for token in after if token}
    single = all(token.text in ("one", "un", "une", "ein", "eine", "una") for token in numbers)
    if single and follows & {"of", "or", "day", "time"}:
        return False
    spans = {reading.tokens[i].text for i in hit.caught}
    return not (words - spans) & _NOT_REQUESTS and not follows & _NOT_REQUESTS


def _people(reading: Reading, slots: Slots, volume: int) -> tuple[int, Number] | None:
    """Return the number of people where the volume is stated for each of them."""
    if not reading.has("slots/per_person"):
        return None
    for hit in reading.all("slots/people"):
        found = free_number(reading, hit, slots)
        if found and found[0] != volume:
            return found
    return None


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
    words = [t.text for t in reading.tokens if t.text in lexicon.period_days and len(t.text) > 1]
    return words[-1] if words else None


def _old_rate(words: str, lexicon: Lexicon) -> float:
    """Return how many times a day the period in `words` comes; 1 where it names none."""
    for word in reversed(re.findall(r"\w+", words.lower())):
        if word in lexicon.period_days:
            return 1 / lexicon.period_days[word]
    return 1.0


_FOLDS = {"double": 2, "doubles": 2, "doubled": 2, "twice": 2, "triple": 3, "triples": 3, "tripled": 3,
          "quadruple": 4, "quadruples": 4, "halve": 0.5, "halves": 0.5, "halved": 0.5, "half": 0.5,
          "tenfold": 10, "twofold": 2, "threefold": 3, "fivefold": 5, "hundredfold": 100,
          "verzehnfacht": 10, "verdoppelt": 2, "duplica": 2, "decuple": 10, "翻倍": 2}  # fmt: skip


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
    grows = reading.has("slots/growth")
    for index, token in enumerate(reading.tokens):
        after = reading.token(index + 1)
        if token.number is not None and index not in slots.taken and after is not None:
            if after.text in ("x", "times", "fold", "mal", "fois", "veces", "倍"):
                return token.number.value
        if token.kind == "percent" and token.number is not None and grows:
            shrinks = re.search(r"drop|fall|shrink|less|down|sink", reading.text.lower())
            return 1 + (-1 if shrinks else 1) * token.number.value / 100
    if not grows:
        return None
    for token in reading.tokens:
        if token.text in _FOLDS:
            return float(_FOLDS[token.text])
    return None
