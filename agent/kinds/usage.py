"""How much a device is used and what its power costs: read off the message, else assumed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.defaults import Defaults
from agent.core.running import MONTH_HOURS
from agent.interpreters.lexicon import lexicon
from agent.wording import plural

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_SHARE = re.compile(
    rf"{_NUMBER} ?(?:%|percent|per cent)(?: of the time)?,? (?:average )?"
    r"(?:utili[sz]\w*|used?\b|usage|busy|load(?:ed)?\b|occup\w*|of the time|ausgelastet|auslastung)"
    r"|(?:utili[sz]ation|utili[sz]ed|usage|load|auslastung)(?: of| at|:| is)? ?(?:about )?"
    rf"{_NUMBER} ?%",
    re.IGNORECASE,
)
_DAILY = re.compile(
    rf"{_NUMBER} ?(?:h|hrs?|hours?|stunden) ?(?:/|per|a|each|every|pro|am) ?(?:day|tag)\b",
    re.IGNORECASE,
)
_POWER = re.compile(
    rf"(?P<before>[$€£])? ?{_NUMBER} ?(?P<unit>[$€£]|[a-z]+)? ?(?:/|per|a|an|pro|je) ?"
    r"(?:kwh|kilowatt[ -]?hour)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?:for|over|für|pour|por) (a|one|ein\w*|un\w?|two|three|four|six|twelve|\d+) "
    r"(?:single |whole |full )?"
    r"(days?|tage?|jours?|días?|weeks?|wochen?|semaines?|semanas?|months?|monate?n?|mois|mes|meses"
    r"|years?|jahre?n?|ans?|années?|años?)\b",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "six": 6, "twelve": 12}
_DAYS_OF = {
    "day": "day tag tage jour jours día días days",
    "week": "week weeks woche wochen semaine semaines semana semanas",
    "month": "month months monat monate monaten mois mes meses",
    "year": "year years jahr jahre jahren an ans année années año años",
}
_UNITS = {word: unit for unit, words in _DAYS_OF.items() for word in words.split()}
_YEARS = {"day": 1 / 365.25, "week": 7 / 365.25, "month": 1 / 12, "year": 1.0}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
_HUNDREDTHS = frozenset({"ct", "cts", "cent", "cents"})


@dataclass(frozen=True, slots=True)
class Usage:
    """Hours of use a month, USD a kWh with the price as it was stated, and the span in years.

    `years` is None unless the message says "for a month" or the like, `span_words` that span.
    """

    hours_a_month: float
    usd_per_kwh: float
    hours_stated: bool = False
    price_stated: float | None = None
    currency: str = "USD"
    years: float | None = None
    span_words: str = ""


def read_usage(message: str, values: Defaults) -> Usage:
    """Return the use stated in `message`; around the clock and the usual power price otherwise.

    A price in cents without a currency is in US cents; another currency is converted.
    """
    hours = _hours(message)
    price, currency = _power_price(message)
    years, words = _span(message)
    return Usage(
        MONTH_HOURS if hours is None else hours,
        values["electricity_usd_per_kwh"]
        if price is None
        else price * (lexicon().usd_per_unit[currency] or 1.0),
        hours is not None,
        price,
        currency,
        years,
        words,
    )


def _span(message: str) -> tuple[float | None, str]:
    match = _SPAN.search(message)
    if match is None:
        return None, ""
    said, unit = match[1].lower(), _UNITS[match[2].lower()]
    count = int(said) if said.isdigit() else _COUNTS.get(said, 1)
    return count * _YEARS[unit] if count else None, plural(count, unit)


def _hours(message: str) -> float | None:
    if match := _SHARE.search(message):
        share = _value(match[1] or match[2]) / 100
    elif match := _DAILY.search(message):
        share = _value(match[1]) / 24
    else:
        return None
    return share * MONTH_HOURS if 0 < share <= 1 else None


def _power_price(message: str) -> tuple[float | None, str]:
    match = _POWER.search(message)
    if match is None:
        return None, "USD"
    value, word = _value(match[2]), (match["unit"] or "").lower()
    code = _SIGNS.get(match["before"] or word) or lexicon().spellings.currencies.get(word, "USD")
    if lexicon().usd_per_unit.get(code) is None:
        return None, "USD"
    return (value / 100 if word in _HUNDREDTHS else value), code


def _value(digits: str) -> float:
    return float(digits.replace(",", "."))
