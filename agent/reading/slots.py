"""The slots of a job in a message: each number is read by the words around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.reading.numbers import Number, find_numbers

PERIODS_A_DAY: dict[str, float] = {
    "second": 86_400.0,
    "minute": 1_440.0,
    "hour": 24.0,
    "day": 1.0,
    "week": 1 / 7,
    "month": 1 / 30.4375,
    "quarter": 1 / 91.3125,
    "year": 1 / 365.25,
}
PERIOD_WORDS: dict[str, str] = {
    "sec": "second", "s": "second", "sekunde": "second", "seconde": "second", "segundo": "second",
    "min": "minute", "minuto": "minute",
    "hr": "hour", "h": "hour", "stunde": "hour", "heure": "hour", "hora": "hour",
    "tag": "day", "jour": "day", "día": "day", "dia": "day", "d": "day",
    "wk": "week", "woche": "week", "semaine": "week", "semana": "week",
    "mo": "month", "monat": "month", "mois": "month", "mes": "month", "mth": "month",
    "yr": "year", "jahr": "year", "an": "year", "año": "year", "annum": "year",
}  # fmt: skip
ADVERBS = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "yearly": "year",
    "annually": "year", "täglich": "day", "pro tag": "day", "am tag": "day", "每天": "day",
    "一天": "day", "每月": "month", "每小时": "hour", "diario": "day", "al día": "day",
    "par jour": "day", "im monat": "month", "par mois": "month", "al mes": "month",
    "overnight": "day", "every night": "day", "every morning": "day",
}  # fmt: skip
_PERIOD = "|".join([*PERIODS_A_DAY, *sorted(PERIOD_WORDS, key=len, reverse=True)])
RATE = re.compile(
    rf"^[^\d.?!;]{{0,60}}?(?:\b(?:a|an|per|each|every|pro|par|por|al|am|in a|je)\s|/\s?)"
    rf"(?:single\s|business\s|working\s)?(?P<period>{_PERIOD})s?\b",
    re.IGNORECASE,
)
ADVERB_AFTER = re.compile(rf"^[^\d.?!;]{{0,40}}?(?P<word>{'|'.join(ADVERBS)})", re.IGNORECASE)
ADVERB_BEFORE = re.compile(rf"(?P<word>{'|'.join(ADVERBS)})[^\d.?!;]{{0,30}}$", re.IGNORECASE)
CORRECTION = re.compile(
    rf"\b(?:sorry|i meant|i mean|meant|actually|correction|rather|no,)\b[^.?!]{{0,30}}?"
    rf"(?:\b(?:per|a|an|each)\s)(?P<period>{_PERIOD})\b",
    re.IGNORECASE,
)
MULTIPLE = re.compile(
    r"\b(?:(?P<word>double|twice|tripl\w*|quadrupl\w*|tenfold|ten ?times|hundredfold|halv\w*|half)"
    r"|(?P<times>\d+(?:\.\d+)?) ?(?:x|times|fold|-fold|mal))\b",
    re.IGNORECASE,
)
MULTIPLES = {"doubl": 2, "twice": 2, "tripl": 3, "quadr": 4, "tenfo": 10, "ten t": 10, "tenti": 10,
             "hundr": 100, "halv": 0.5, "half": 0.5}  # fmt: skip
COUNT_NOUN = re.compile(
    r"^\W{0,3}(?:[a-zäöüß'-]+\s){0,4}?(?P<noun>labell?ed|labels?|annotat\w+|examples?|samples?|"
    r"training (?:data|pairs|examples|rows|set)|tagged|hand-?coded|classified|gelabelte?\w*|"
    r"beispiele?n?|exemples?|ejemplos?|标注|样本|(?:past|historical|old|resolved|closed|solved|"
    r"already \w+|existing) [a-z]+|q&a pairs|question.answer pairs|pairs)",
    re.IGNORECASE,
)
CLASSES = re.compile(
    r"^\W{0,3}(?:[a-zäöüß'-]+\s){0,3}?(?:queues?|categor\w+|kategorien?|classes|klassen|intents?|topics?|departments?|"
    r"buckets?|labels|tags|teams|folders|types of|classe?s|类别|个类)\b",
    re.IGNORECASE,
)
INTO = re.compile(
    r"\b(?:into|one of|between|among|across)\s(?:one of\s)?(?:our\s|the\s)?$", re.IGNORECASE
)
NO_LABELS = re.compile(
    r"\b(?:no|not any|without(?: any)?|zero|don'?t have (?:any )?|haven'?t (?:got )?(?:any )?|"
    r"do not have (?:any )?|lack|keine?|pas de|sin|没有)\s?(?:[a-z'-]+\s){0,3}?"
    r"(?:labell?ed|labels?|annotat\w+|training data|examples?|tagged|beispiele|gelabelt\w*|exemples|"
    r"ejemplos|标注)|\bnothing (?:is )?(?:labell?ed|annotated)|\bunlabell?ed\b|"
    r"\bnone (?:of (?:it|them) )?(?:is |are )?labell?ed|\bhaven'?t labell?ed",
    re.IGNORECASE,
)
MONEY_BEFORE = re.compile(r"(?:us)?[$€£]\s?$", re.IGNORECASE)
MONEY_AFTER = re.compile(
    r"^\s?(?:[$€£]|usd\b|eur\b|euros?\b|dollars?\b|bucks\b|gbp\b|cents?\b|ct\b)", re.IGNORECASE
)
WRONG_WORDS = re.compile(
    r"\b(?:wrong|mistakes?|errors?|misrout\w*|misclassif\w*|false|miss(?:ed)?|incorrect|fehler|"
    r"bad answer|slip)\b",
    re.IGNORECASE,
)
BUDGET_WORDS = re.compile(
    r"\b(?:budget|spend|max(?:imum)?|at most|up to|no more than|afford|cap|limit|under|less than|below)\b",
    re.IGNORECASE,
)
LATENCY_BEFORE = re.compile(
    r"(?:\bunder|\bwithin|\bbelow|\bless than|\bmax(?:imum)?(?: of)?|\bat most|\bfaster than|\bin|<=?|≤|\bup to|\blatency(?: of| under| below| budget(?: of)?)?|\bunter|\bsub-?)\s?$",
    re.IGNORECASE,
)
MILLISECONDS = re.compile(r"^\s?-?(?:ms|milliseconds?|millis|msec)\b", re.IGNORECASE)
SECONDS = re.compile(
    r"^\s?-?(?:s|secs?|seconds?|sekunden?|secondes?|segundos?)\b(?! ago)", re.IGNORECASE
)
TOKENS_IN = re.compile(
    r"^\s?-?(?:tokens?\s)?(?:in(?:put)?\b|prompt|input tokens|tokens? (?:in|of (?:prompt|input|context)|prompts?|each in)|-?token prompts?|tokens? long prompts?|tokens? input)",
    re.IGNORECASE,
)
TOKENS_OUT = re.compile(
    r"^\s?-?(?:tokens?\s)?(?:out(?:put)?\b|output tokens|tokens? (?:out|of (?:output|answer)|answers?|replies|response)|-?token (?:answers?|outputs?|replies|responses?)|completion)",
    re.IGNORECASE,
)
TOKENS = re.compile(r"^\s?-?tokens?\b(?!\s?(?:/|per|a)\s?s)", re.IGNORECASE)
PER_SECOND = re.compile(
    r"^\s?(?:tok(?:en)?s?\s?(?:/|per|a|pro)\s?s(?:ec(?:ond)?)?\b|tps\b|t/s\b)", re.IGNORECASE
)
CONTEXT_AFTER = re.compile(
    r"^\s?-?(?:tokens?\s(?:of\s)?)?(?:context|ctx|kontext|window)", re.IGNORECASE
)
CONTEXT_BEFORE = re.compile(
    r"(?:context(?: window| length| size)?(?: of)?|ctx(?: of)?)\s?[=:]?\s?$", re.IGNORECASE
)
USERS = re.compile(
    r"^\s?(?:[a-z]+\s){0,2}?(?:users?|people|sessions|streams|clients|nutzer)?\s?(?:at once|at the same time|simultaneous\w*|concurrent\w*|in parallel|parallel|gleichzeitig)|^\s?concurrent|^\s?simultaneous",
    re.IGNORECASE,
)
USERS_PLAIN = re.compile(r"^\s?(?:users?|people|employees|staff|nutzer)\b", re.IGNORECASE)
WORDS_EACH = re.compile(r"^\s?-?words?\b", re.IGNORECASE)
PAGES_EACH = re.compile(
    r"^\s?-?pages?\b(?:\s(?:each|long|documents?|pdfs?|contracts?|reports?))", re.IGNORECASE
)
YEARS = re.compile(r"^\s?-?(?:years?|yrs?|jahre?n?|ans|años)\b", re.IGNORECASE)
PERCENT = re.compile(r"^\s?(?:%|percent|prozent)", re.IGNORECASE)
QUALITY = re.compile(
    r"\b(?:accura\w+|correct|precision|recall|f1|right|quality|genauigkeit)\b", re.IGNORECASE
)
ENGINEERS = re.compile(
    r"^\s?(?:[a-z]+\s){0,2}?(?:ml|ai|machine.learning|data|software|backend)?\s?(?:engineers?|scientists?|devs?|developers?|ml people)\b",
    re.IGNORECASE,
)
NO_ENGINEERS = re.compile(
    r"\b(?:no|without(?: any)?|don'?t have (?:any )?(?:an? )?|zero)\s(?:in-?house\s)?(?:ml|ai|machine.learning|data)\s?(?:team|people|engineers?|scientists?|staff|skills|expertise|experience)",
    re.IGNORECASE,
)
WORDS_TO_TOKENS = 1.33
PAGE_TOKENS = 665
"""About 500 words a page at 1.33 tokens a word."""
MOST_A_DAY = 1e12
MOST_TOKENS = 1e9


@dataclass(slots=True)
class Found:
    """What the numbers of a message state: values, the words they came from, and faults."""

    values: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def put(self, slot: str, value: float, words: str) -> None:
        """Keep the first reading of a slot."""
        if slot not in self.values:
            self.values[slot] = value
            self.words[slot] = re.sub(r"\s+", " ", words).strip(" ,.;:")


def read_slots(text: str, *, language: str, products: list[tuple[int, int]]) -> Found:
    """Return the slots that the numbers of `text` state; numbers in product names are passed."""
    found = Found()
    for number in find_numbers(text, language):
        if any(start < number.end and number.start < end for start, end in products):
            continue
        _read(number, text, found)
    if NO_LABELS.search(text):
        match = NO_LABELS.search(text)
        found.values["labeled_examples"] = 0
        found.words["labeled_examples"] = match[0] if match else ""
    if match := NO_ENGINEERS.search(text):
        found.put("ml_engineers", 0, match[0])
    return found


def _read(number: Number, text: str, found: Found) -> None:
    after, before = (
        text[number.end : number.end + 110],
        text[max(0, number.start - 60) : number.start],
    )
    for reader in READERS:
        if reader(number, before, after, text, found):
            return


def _span(text: str, number: Number, extra: int) -> str:
    return text[number.start : number.end + extra]


def _money(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    currency = MONEY_BEFORE.search(before) or MONEY_AFTER.match(after)
    if not currency:
        return False
    value = number.value
    if "cent" in currency[0].lower() or currency[0].strip().lower() == "ct":
        value /= 100
    sentence_before = re.split(r"[.!?;]", before)[-1]
    tail = re.split(r"[.!?;]", after)[0]
    if value < 0:
        found.problems.append(f"{number.words!r} is no sum of money; it must be 0 or more.")
        return True
    if WRONG_WORDS.search(sentence_before) or WRONG_WORDS.search(tail[:50]):
        found.put("wrong_answer_usd", value, text[number.start - 1 : number.end + 30])
        return True
    rate = RATE.match(after) or ADVERB_AFTER.match(after)
    if BUDGET_WORDS.search(sentence_before) or rate:
        period = _period(rate) if rate else "month"
        per_month = value * PERIODS_A_DAY[period] * 30.4375
        found.put("budget_usd_per_month", per_month, _span(text, number, rate.end() if rate else 0))
    return True


def _period(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups.get("word"):
        return ADVERBS[groups["word"].lower()]
    period = (groups.get("period") or "day").lower()
    return PERIOD_WORDS.get(period, period)


def _negative(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    if number.value >= 0:
        return False
    noun = re.match(r"^\s?([a-zäöü]+)", after, re.IGNORECASE)
    what = f" {noun[1]}" if noun else ""
    found.problems.append(f"{number.words}{what} can't be: a count must be above 0.")
    return True


def _per_second(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    if not PER_SECOND.match(after):
        return False
    found.put("tokens_per_second", number.value, _span(text, number, 8))
    return True


def _context(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    if not (CONTEXT_AFTER.match(after) or CONTEXT_BEFORE.search(before)):
        return False
    value = number.value
    # "32k context" means 32 x 1,024.
    if number.scale == 1000 and value <= 2_000_000:
        value = round(value / 1000) * 1024
    if not _too_many(value, MOST_TOKENS, number, "tokens of context", found):
        found.put("context_tokens", value, _span(text, number, 8))
    return True


def _too_many(value: float, limit: float, number: Number, noun: str, found: Found) -> bool:
    if value <= limit:
        return False
    found.problems.append(
        f"{number.words.strip()} {noun} is beyond any machine; give a usual number."
    )
    return True


def _latency(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    if match := MILLISECONDS.match(after):
        found.put("latency_ms", number.value, _span(text, number, match.end()))
        return True
    match = SECONDS.match(after)
    if match and (
        LATENCY_BEFORE.search(before)
        or re.search(r"latency|respond|answer|reply", before + after[:40], re.I)
    ):
        found.put("latency_ms", number.value * 1000, _span(text, number, match.end()))
        return True
    return False


def _percent(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    if not PERCENT.match(after):
        return False
    if QUALITY.search(after[:60]) or QUALITY.search(before[-40:]):
        if number.value > 100:
            found.problems.append(
                f"{number.words}% can't be: a share right lies between 0 and 100%."
            )
        else:
            found.put("quality_bar", number.value / 100, _span(text, number, 12))
    return True


def _years(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    if not YEARS.match(after):
        return False
    if number.value <= 15 and not re.search(r"\bof\b", after[:14]):
        found.put("years", number.value, _span(text, number, 6))
    return True


def _classes(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    match = CLASSES.match(after)
    if not match or number.value > 5000 or number.value < 2 or RATE.match(after):
        return False
    if re.search(r"\blabels$", match[0], re.I) and not INTO.search(before):
        return False
    found.put("classes", number.value, _span(text, number, match.end()))
    return True


def _labels(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    match = COUNT_NOUN.match(after)
    if not match or number.value < 0:
        return False
    rate = RATE.match(after)
    if rate and rate.end() < match.end() + 15:
        return False
    if not _too_many(number.value, MOST_A_DAY, number, "examples", found):
        found.put("labeled_examples", number.value, _span(text, number, match.end()))
    return True


def _tokens(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    for slot, pattern in (("output_tokens", TOKENS_OUT), ("input_tokens", TOKENS_IN)):
        match = pattern.match(after)
        if match and not (
            slot == "input_tokens" and re.match(r"^\s?in\s(?:the|our|a|one|total)\b", after)
        ):
            if not _too_many(number.value, MOST_TOKENS, number, "tokens", found):
                found.put(slot, number.value, _span(text, number, match.end()))
            return True
    for pattern, factor in ((WORDS_EACH, WORDS_TO_TOKENS), (PAGES_EACH, PAGE_TOKENS)):
        match = pattern.match(after)
        if match and not RATE.match(after):
            found.put("input_tokens", number.value * factor, _span(text, number, match.end()))
            return True
    match = TOKENS.match(after)
    if match and not RATE.match(after):
        if _too_many(number.value, MOST_TOKENS, number, "tokens", found):
            return True
        slot = (
            "output_tokens"
            if re.search(r"\b(?:out|output|answer|reply|generat\w+)\b[^,;.]{0,15}$", before, re.I)
            else "input_tokens"
        )
        found.put(slot, number.value, _span(text, number, match.end()))
        return True
    return False


def _users(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    match = USERS.match(after)
    if match and number.value >= 1:
        found.put("concurrency", number.value, _span(text, number, match.end()))
        return True
    plain = USERS_PLAIN.match(after)
    if plain and not RATE.match(after):
        found.put("people", number.value, _span(text, number, plain.end()))
        return True
    return False


def _engineers(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    match = ENGINEERS.match(after)
    if not match or number.value > 500:
        return False
    found.put("ml_engineers", number.value, _span(text, number, match.end()))
    return True


def _volume(number: Number, before: str, after: str, text: str, found: Found) -> bool:
    rate = RATE.match(after) or ADVERB_AFTER.match(after)
    lead = None if rate else ADVERB_BEFORE.search(before)
    if not rate and not lead:
        return False
    if re.match(
        r"^\s?(?:gb|tb|mb|gpus?|hours?|stunden|kwh|w\b|watts?|layers|years?)\b", after, re.I
    ):
        return False
    period = _period(rate or lead) if (rate or lead) else "day"
    noun = re.match(r"^\s?tokens?\b", after, re.I)
    if noun:
        if not _too_many(number.value, MOST_A_DAY, number, "tokens", found):
            daily = number.value * PERIODS_A_DAY[period]
            found.put("tokens_per_day", daily, _span(text, number, 10))
        return True
    value = number.value * PERIODS_A_DAY[period]
    if number.value == 0:
        found.problems.append("0 requests can't be costed; give the number you expect.")
        return True
    if not _too_many(value, MOST_A_DAY, number, "requests", found):
        end = rate.end() if rate else 20
        each = _each(before)
        found.put("requests_per_day", value * each, _span(text, number, end))
    return True


def _each(before: str) -> float:
    """Return the number of people where "each of 200 people asks 5 a day"."""
    match = re.search(
        r"(\d[\d,]*)\s(?:users?|people|employees|staff|agents|reps)\b[^.?!]{0,40}\beach\b[^.?!]{0,25}$",
        before,
        re.I,
    )
    return float(match[1].replace(",", "")) if match else 1.0


READERS: tuple[Callable[[Number, str, str, str, Found], bool], ...] = (
    _money,
    _negative,
    _per_second,
    _percent,
    _context,
    _latency,
    _classes,
    _labels,
    _tokens,
    _users,
    _engineers,
    _volume,
    _years,
)
