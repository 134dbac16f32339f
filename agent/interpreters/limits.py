"""Which limits does the user set? Latency, budget, quality, the price of a mistake, a deadline."""

from __future__ import annotations

from agent.core.running import MONTH_DAYS
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set

INSTANT_MS = 100.0
REAL_TIME_MS = 1000.0
NEAR_REAL_TIME_MS = 10_000.0
"""What feels instant, keeps the flow of thought and keeps attention: Nielsen, Usability
Engineering, 1993, chapter 5."""
OVERNIGHT_MS = 8 * 3.6e6
BATCH_MS = 24 * 3.6e6
"""The providers' batch interfaces promise an answer within 24 hours."""
_MS = ((3.6e6, "hours"), (6e4, "minutes"), (1e3, "seconds"))


def read_latency(reading: Reading, slots: Slots) -> None:
    """State latency_ms from a duration, else from words such as "real time" or "overnight"."""
    for hit in nearest_first(reading, reading.all("slots/latency"), slots):
        found = free_number(reading, hit, slots)
        unit = _unit_ms(reading, hit)
        if _is_clip(reading, hit):
            continue
        if found is None:
            if reading.tokens[hit.last].kind == "word" and not _numbers(reading, hit):
                half = 0.5 if "half" in reading.quote(hit).lower() else 1.0
                slots.put("latency_ms", unit * half, reading.quote(hit))
            continue
        index, number = found
        words = _whole(reading, hit, index)
        if number.value <= 0:
            slots.reject(words, "latency", "a time above 0, such as 200 ms", index)
        elif number.value * unit <= BATCH_MS * 31:
            slots.put("latency_ms", number.value * unit, words, index)
    _latency_in_words(reading, slots)


def _latency_in_words(reading: Reading, slots: Slots) -> None:
    spoken = (
        ("slots/typing", INSTANT_MS),
        ("slots/near_realtime", NEAR_REAL_TIME_MS),
        ("slots/realtime", REAL_TIME_MS),
        ("slots/overnight", OVERNIGHT_MS),
        ("slots/relaxed", BATCH_MS),
        ("slots/batch", BATCH_MS),
    )
    not_live = word_set("not_live")
    for label, value in spoken:
        for hit in reading.all(label):
            word = reading.tokens[hit.first].text
            beside = reading.token(hit.last + 1)
            other = beside is not None and (
                beside.number is not None or beside.text in word_set("not_real_time")
            )
            if word in ("live", "batch") and (other or _before(reading, hit) & not_live):
                continue
            if not _denied(reading, hit):
                slots.put("latency_ms", value, reading.quote(hit))


def _unit_ms(reading: Reading, hit: Hit) -> float:
    words = [t.text for t in reading.tokens[hit.first : hit.last + 1]]
    for word in reversed(words):
        for factor, name in _MS:
            if word in word_set(name):
                return factor
    return 1.0


def _numbers(reading: Reading, hit: Hit) -> bool:
    return any(t.number is not None for t in reading.tokens[hit.first : hit.last + 1])


def _is_clip(reading: Reading, hit: Hit) -> bool:
    """Return whether the duration is that of a recording or of a run, not of an answer."""
    after = {t.text for t in reading.tokens[hit.last + 1 : hit.last + 3]}
    before = _before(reading, hit)
    inside = {t.text for t in reading.tokens[hit.first : hit.last + 1]}
    return bool(
        after & word_set("clips") or inside & word_set("rates") or before & {"tokens", "per"}
    )


def _before(reading: Reading, hit: Hit) -> set[str]:
    return {t.text for t in reading.tokens[max(0, hit.first - 2) : hit.first]}


def _denied(reading: Reading, hit: Hit) -> bool:
    """Return whether a "not" or "no" stands a few words before, with no comma between."""
    for token in reversed(reading.tokens[max(0, hit.first - 5) : hit.first]):
        if token.kind in ("mark", "stop"):
            return False
        if token.text in word_set("denials"):
            return True
    return False


def _whole(reading: Reading, hit: Hit, index: int) -> str:
    """Return the longest quotation of the kind of `hit` around the number at `index`."""
    same = [
        other
        for other in reading.all(hit.label)
        if index in other.caught and other.last <= hit.last and hit.first - other.first <= 3
    ]
    return reading.quote(max(same, key=lambda other: other.last - other.first, default=hit))


def read_budget(reading: Reading, slots: Slots, lexicon: Lexicon) -> None:
    """State budget_usd_per_month; a budget with no period counts as monthly.

    What is spent now, a price of a unit and the price of a machine are no budget.
    """
    if reading.has("slots/budget_open"):
        slots.clear("budget_usd_per_month")
        return
    if not reading.has("slots/spend_now"):
        for hit in nearest_first(reading, reading.all("slots/budget"), slots):
            _read_one_budget(reading, hit, slots, lexicon)
    if reading.has("slots/budget_zero"):
        slots.put("budget_usd_per_month", 0.0, reading.quote(reading.all("slots/budget_zero")[0]))


def _read_one_budget(reading: Reading, hit: Hit, slots: Slots, lexicon: Lexicon) -> None:
    found = free_number(reading, hit, slots)
    if found is None or _is_unit_price(reading, found[0]):
        return
    index, number = found
    days = _period_days(reading, hit, index, lexicon)
    if days is None and _near(reading, "slots/one_off", index):
        return
    code = reading.tokens[index].currency or "USD"
    usd = lexicon.usd_per_unit[code]
    words = reading.quote(hit) if days else reading.words(hit.first, max(hit.last, index))
    if usd is None:
        valid = "an amount in US dollars, euros, pounds, Swiss francs or yen"
        slots.reject(words, "budget", valid, index)
        return
    monthly = number.value * usd * (MONTH_DAYS / days if days else 1.0)
    if 0 <= monthly <= 1e12:
        slots.put("budget_usd_per_month", round(monthly, 2), words, index)
    else:
        slots.reject(words, "budget", "an amount from 0 to a trillion US dollars a month", index)


def _period_days(reading: Reading, hit: Hit, index: int, lexicon: Lexicon) -> float | None:
    """Return the days of the period that stands in the phrase or right after the amount."""
    end = min(len(reading.tokens), max(hit.last, index) + 4)
    for place in range(index + 1, end):
        token = reading.tokens[place]
        if token.kind == "stop" or token.number is not None:
            return None
        if token.text in lexicon.period_days and token.text not in ("s", "h"):
            return lexicon.period_days[token.text]
    for place in range(hit.first, index):
        token = reading.tokens[place]
        if token.text in lexicon.period_days and token.text not in ("s", "h", "second"):
            return lexicon.period_days[token.text]
    return None


def _is_unit_price(reading: Reading, index: int) -> bool:
    priced = reading.all("slots/unit_price", "slots/wrong_cost")
    return any(index in hit.caught for hit in priced)


def _near(reading: Reading, label: str, index: int) -> bool:
    return any(
        abs(hit.first - index) <= 7 and reading.same_sentence(hit.first, index)
        for hit in reading.all(label)
    )


def read_wrong_cost(reading: Reading, slots: Slots, lexicon: Lexicon) -> None:
    """State wrong_answer_usd, what one mistake costs."""
    for hit in nearest_first(reading, reading.all("slots/wrong_cost"), slots):
        found = free_number(reading, hit, slots)
        if found is None:
            continue
        index, number = found
        usd = lexicon.usd_per_unit[reading.tokens[index].currency or "USD"]
        if number.value < 0 or usd is None:
            valid = "an amount of 0 or more in US dollars, euros, pounds, francs or yen"
            slots.reject(reading.quote(hit), "cost of a mistake", valid, index)
        else:
            slots.put("wrong_answer_usd", round(number.value * usd, 4), reading.quote(hit), index)
        return
    _read_bare_cost(reading, slots)


def _read_bare_cost(reading: Reading, slots: Slots) -> None:
    """State wrong_answer_usd from a number that ends its clause: "if a mistake costs 2000?"."""
    for hit in nearest_first(reading, reading.all("slots/wrong_cost_bare"), slots):
        found = free_number(reading, hit, slots)
        after = reading.token(hit.last + 1)
        ends = after is None or after.kind in ("mark", "stop")
        if found is not None and ends and found[1].value >= 0:
            slots.put("wrong_answer_usd", found[1].value, reading.quote(hit), found[0])
            return


def read_quality(reading: Reading, slots: Slots) -> None:
    """State quality_bar, the share that must be right; what a system reaches today is none."""
    apart = {
        index
        for hit in reading.all("slots/uptime", "slots/quality_now")
        if not any(token.kind == "mark" for token in reading.tokens[hit.first : hit.last])
        for index in hit.caught
    }
    for label in ("slots/error_rate", "slots/quality"):
        for hit in nearest_first(reading, reading.all(label), slots):
            found = free_number(reading, hit, slots)
            if found is None or found[0] in apart:
                continue
            index, _ = found
            share = _share(reading, hit, index)
            if share is None:
                continue
            share = 1 - share if label == "slots/error_rate" else share
            words = _whole(reading, hit, index)
            if 0 < share <= 1:
                slots.put("quality_bar", round(share, 6), words, index)
            else:
                slots.reject(words, "quality", "a share above 0% and up to 100%", index)


def _share(reading: Reading, hit: Hit, index: int) -> float | None:
    token = reading.tokens[index]
    if token.number is None:
        return None
    if token.kind == "percent":
        return token.number.value / 100
    others = [i for i in hit.caught if i != index and reading.tokens[i].number is not None]
    if others:
        whole = reading.tokens[others[0]].number
        return token.number.value / whole.value if whole and whole.value else None
    if 0 < token.number.value <= 1:
        return token.number.value
    return token.number.value / 100 if 50 <= token.number.value <= 100 else None


def read_deadline(reading: Reading, slots: Slots) -> None:
    """State deadline, in the user's words."""
    hits = [hit for hit in reading.all("slots/deadline") if not _denied(reading, hit)]
    free = [hit for hit in hits if not set(hit.caught) & slots.taken]
    if free:
        hit = min(free, key=lambda h: (-h.last, h.last - h.first))
        slots.put("deadline", reading.quote(hit), reading.quote(hit), *hit.caught)
