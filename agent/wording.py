"""How figures are written: few digits, a unit, and never more precision than the value has."""

from __future__ import annotations

from datetime import date
from math import floor, log10

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rounded(value: float, digits: int = 2) -> float:
    """Return `value` with `digits` significant digits; whole numbers below 10**digits stay."""
    if value == 0:
        return 0.0
    places = digits - 1 - floor(log10(abs(value)))
    return round(value, places)


def number(value: float, digits: int = 3) -> str:
    """Return `value` in plain digits with thousands separators: 0.94, 12.5, 1,220."""
    short = rounded(value, digits)
    if short == int(short) or abs(short) >= 10 ** (digits - 1):
        return f"{short:,.0f}"
    return f"{short:,.{max(0, digits - 1 - floor(log10(abs(short))))}f}".rstrip("0").rstrip(".")


def usd(value: float) -> str:
    """Return a sum of money: $0.0021, $4.20, $395, $12,300, -$5.00."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size and rounded(size, 2) < 0.1:
        return f"{sign}${number(size, 2)}"
    if size < 19.995:
        return f"{sign}${size:,.2f}"
    return f"{sign}${size:,.0f}" if size < 1000 else f"{sign}${number(size, 3)}"


def percent(share: float) -> str:
    """Return a share of 0 to 1 as whole percent."""
    return f"{share * 100:.0f}%"


def gigabytes(value: float) -> str:
    """Return GB with no false precision: 0.6 GB, 43 GB, 404 GB, 1.34 TB."""
    if rounded(value, 3) >= 1000:
        return f"{number(value / 1000, 3)} TB"
    return f"{number(value, 2 if value < 100 else 3)} GB"


def seconds(milliseconds: float) -> str:
    """Return a duration given in ms: 40 ms, 1.2 s, 26 s."""
    if rounded(milliseconds, 2) < 1000:
        return f"{number(milliseconds, 2)} ms"
    return f"{number(milliseconds / 1000, 2)} s"


def day(iso: str | date | None) -> str:
    """Return "24 Nov 2026", "Nov 2026" or "2026" for a full or partial ISO date."""
    parts = str(iso or "").split("-")
    if len(parts) == 3:
        return f"{int(parts[2])} {MONTHS[int(parts[1]) - 1]} {parts[0]}"
    if len(parts) == 2:
        return f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return parts[0]


def listing(items: list[str] | tuple[str, ...], word: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def plural(count: float, noun: str) -> str:
    """Return "1 card" or "2 cards"."""
    return f"{number(count)} {noun}" + ("" if count == 1 else "s")
