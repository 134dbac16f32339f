"""Figures in running text with their units, read without any help from the advisor's own code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Dimension = Literal[
    "bytes", "bandwidth", "power", "energy", "time", "money", "share", "compute", "parameters",
    "tokens", "token_rate", "euros",
]  # fmt: skip
UNITS: dict[str, tuple[Dimension, float]] = {
    "kb": ("bytes", 1e3),
    "mb": ("bytes", 1e6),
    "gb": ("bytes", 1e9),
    "gib": ("bytes", 1.073741824e9),
    "tb": ("bytes", 1e12),
    "mb/s": ("bandwidth", 1e6),
    "gb/s": ("bandwidth", 1e9),
    "tb/s": ("bandwidth", 1e12),
    "w": ("power", 1.0),
    "watt": ("power", 1.0),
    "watts": ("power", 1.0),
    "kw": ("power", 1e3),
    "mw": ("power", 1e6),
    "kwh": ("energy", 1.0),
    "mwh": ("energy", 1e3),
    "us": ("time", 1e-6),
    "ms": ("time", 1e-3),
    "milliseconds": ("time", 1e-3),
    "s": ("time", 1.0),
    "sec": ("time", 1.0),
    "second": ("time", 1.0),
    "seconds": ("time", 1.0),
    "min": ("time", 60.0),
    "minute": ("time", 60.0),
    "minutes": ("time", 60.0),
    "h": ("time", 3600.0),
    "hour": ("time", 3600.0),
    "hours": ("time", 3600.0),
    "day": ("time", 86_400.0),
    "days": ("time", 86_400.0),
    "week": ("time", 604_800.0),
    "weeks": ("time", 604_800.0),
    "month": ("time", 2_629_800.0),
    "months": ("time", 2_629_800.0),
    "year": ("time", 31_557_600.0),
    "years": ("time", 31_557_600.0),
    "usd": ("money", 1.0),
    "dollars": ("money", 1.0),
    "%": ("share", 0.01),
    "percent": ("share", 0.01),
    "gflops": ("compute", 1e9),
    "tflops": ("compute", 1e12),
    "tops": ("compute", 1e12),
    "pflops": ("compute", 1e15),
    "b": ("parameters", 1e9),
    "bn": ("parameters", 1e9),
    "tokens": ("tokens", 1.0),
    "tok/s": ("token_rate", 1.0),
    "tokens/s": ("token_rate", 1.0),
    "t/s": ("token_rate", 1.0),
    "tokens a second": ("token_rate", 1.0),
    "tokens per second": ("token_rate", 1.0),
}
PERIODS = {
    "hour": "hour", "h": "hour", "day": "day", "month": "month", "mo": "month", "year": "year",
}  # fmt: skip
SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "t": 1e12,
    "trillion": 1e12,
}  # fmt: skip
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
SPELLED = {word: float(value) for value, word in enumerate(_WORDS, start=1)} | {"twelve": 12.0}
_UNIT = "|".join(sorted((re.escape(u) for u in UNITS if u != "%"), key=len, reverse=True))
FIGURE = re.compile(
    r"(?<![\w.])(?P<money>(?:US)?[$€]\s?)?(?P<digits>\d[\d,]*(?:\.\d+)?)"
    r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|[kKM])(?![A-Za-z/]))?"
    rf"(?:\s?(?P<percent>%)|[\s-]?(?P<unit>{_UNIT})(?![A-Za-z/]))?"
    r"(?:\s?(?:per|an?|/)\s?(?P<period>hour|h|day|month|mo|year)\b)?",
    re.IGNORECASE,
)
RANGE = re.compile(r"^\s?(?:-|\u2013|to|and)\s?(?:(?:US)?[$€]\s?)?$")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as shown. `step` is the worth of its last digit; both in the base unit."""

    words: str
    value: float
    step: float
    stated: float
    dimension: Dimension | None = None
    period: str | None = None
    binary: float | None = None
    """Its other reading, where "32k" may stand for 32,768."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that evidence holds, in the base unit, and the number as it was `stated`.

    `open_unit` says that no unit was given, so that a figure of any unit may stand for it.
    """

    value: float
    dimension: Dimension | None = None
    period: str | None = None
    stated: float | None = None
    open_unit: bool = True


def figures(text: str) -> list[Figure]:
    """Return the figures of `text`; the first of a range takes the unit of the second."""
    matches = list(FIGURE.finditer(text))
    found: list[Figure] = []
    for index, match in enumerate(matches):
        borrowed = None
        if index + 1 < len(matches) and RANGE.match(text[match.end() : matches[index + 1].start()]):
            borrowed = matches[index + 1]
        found.append(_figure(match, borrowed))
    return found


def _figure(match: re.Match[str], borrowed: re.Match[str] | None) -> Figure:
    digits = match["digits"].rstrip(",").replace(",", "")
    own = match["unit"] or match["percent"] or match["money"]
    source = match if own or borrowed is None else borrowed
    scale_word = match["scale"] or (source["scale"] if source is borrowed and borrowed else None)
    scale = SCALES.get((scale_word or "").casefold(), 1.0)
    dimension, factor = _dimension(source)
    if (scale_word or "").casefold() in {"billion", "bn"} and dimension is None:
        dimension = "parameters"
    unit = scale * factor
    period = match["period"] or (borrowed["period"] if borrowed else None)
    return Figure(
        words=match[0].strip(),
        value=float(digits) * unit,
        step=_step(digits) * unit,
        stated=float(digits),
        dimension=dimension,
        period=PERIODS[period.casefold()] if period else None,
        binary=float(digits) * 1024 if scale_word in {"k", "K"} else None,
    )


def _dimension(match: re.Match[str]) -> tuple[Dimension | None, float]:
    if match["money"]:
        return ("euros" if "€" in match["money"] else "money"), 1.0
    unit = "%" if match["percent"] else (match["unit"] or "")
    return UNITS.get(unit.casefold(), (None, 1.0))


def _step(digits: str) -> float:
    """Return the worth of the last digit shown; at least two digits count as shown."""
    if "." in digits:
        return float(10.0 ** -len(digits.split(".")[1]))
    zeros = len(digits) - len(digits.rstrip("0"))
    return float(10.0 ** max(0, min(zeros, len(digits) - 2)))


def known_from_text(text: str) -> list[Known]:
    """Return what the figures of a quote or of the user's words make known."""
    stated = [Known(f.value, f.dimension, f.period, f.stated) for f in figures(text)]
    spelled = re.findall(rf"\b(?:{'|'.join(SPELLED)})\b", text, re.IGNORECASE)
    return stated + [Known(SPELLED[word.casefold()]) for word in spelled]


def known_from_value(value: float, unit: str) -> list[Known]:
    """Return what a stated value with its unit makes known ("GB", "USD/month", "share")."""
    lowered = unit.casefold().strip()
    head, _, tail = lowered.partition("/") if lowered not in UNITS else (lowered, "", "")
    period = next((PERIODS[w] for w in re.findall(r"[a-z]+", lowered) if w in PERIODS), None)
    first = re.split(r"[\s(]", head)[0]
    if first in {"usd", "$"}:
        period = period or (PERIODS.get(tail) if tail else None)
        return [Known(value, "money", period, value, open_unit=False)]
    if lowered in {"share", "probability", "odds", "0 to 1", "fraction"}:
        return [Known(value, "share", None, value, open_unit=False)]
    if first in {"billion", "bn"}:
        return [Known(value * 1e9, "parameters", None, value, open_unit=False)]
    key = lowered if lowered in UNITS else first
    if key in UNITS and not tail:
        dimension, factor = UNITS[key]
        return [Known(value * factor, dimension, None, value, open_unit=False)]
    return [Known(value, None, period)]


def carried(figure: Figure, known: Iterable[Known]) -> bool:
    """Tell whether something known shows as `figure` at the digits shown."""
    return any(_shows(figure, item) for item in known)


def _shows(figure: Figure, item: Known) -> bool:
    if figure.period and item.period and figure.period != item.period:
        return False
    same = figure.dimension == item.dimension
    if same or figure.dimension is None or (item.dimension is None and item.open_unit):
        values = _readings(figure, item, same=same)
    else:
        values = []
    slack = figure.step * 0.5001 + abs(figure.value) * 1e-9
    targets = [figure.value] if figure.binary is None else [figure.value, figure.binary]
    return any(abs(value - target) <= slack for value in values for target in targets)


def _readings(figure: Figure, item: Known, *, same: bool) -> list[float]:
    """Return the known value as the figure might show it."""
    if same:
        return [item.value]
    if figure.dimension is None:
        # A bare figure, such as a cell under a column that names the unit.
        return [item.value, item.value if item.stated is None else item.stated]
    if figure.dimension == "share":
        return [item.value, item.value / 100]
    if figure.dimension in {"money", "euros", "tokens", "time", "parameters", "token_rate"}:
        # A value without a unit ("for three years") is read in the figure's own unit.
        unit = figure.value / figure.stated if figure.stated else 1.0
        return [item.value * unit, item.value]
    return []
