"""How much a figure is: its number, its unit, and what both come to in the base unit.

Only units between which a rounding or a rescaling is usual have a dimension; all other figures
(requests, tokens, points) are plain numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS: dict[str, tuple[str, float]] = {
    "kB": ("memory", 1e-6),
    "MB": ("memory", 1e-3),
    "GB": ("memory", 1.0),
    "TB": ("memory", 1e3),
    "MB/s": ("bandwidth", 1e-3),
    "GB/s": ("bandwidth", 1.0),
    "TB/s": ("bandwidth", 1e3),
    "W": ("power", 1.0),
    "kW": ("power", 1e3),
    "us": ("time", 1e-6),
    "ms": ("time", 1e-3),
    "s": ("time", 1.0),
    "seconds": ("time", 1.0),
    "minutes": ("time", 60.0),
    "h": ("time", 3600.0),
    "hours": ("time", 3600.0),
    "TFLOPS": ("compute", 1.0),
    "PFLOPS": ("compute", 1e3),
    "TOPS": ("integer compute", 1.0),
    "%": ("share", 0.01),
    "percent": ("share", 0.01),
    "probability": ("share", 1.0),
    "share": ("share", 1.0),
    "USD": ("money", 1.0),
    "$": ("money", 1.0),
    "€": ("euros", 1.0),
    "tok/s": ("pace", 1.0),
    "tokens/s": ("pace", 1.0),
    "tokens a second": ("pace", 1.0),
    "tokens per second": ("pace", 1.0),
}
"""Unit -> dimension and size in the dimension's base unit."""
SCALES = {
    "k": 1e3,
    "K": 1e3,
    "thousand": 1e3,
    "M": 1e6,
    "million": 1e6,
    "B": 1e9,
    "billion": 1e9,
}
SIGNS = "$€"
UNIT_WORDS = "|".join(
    re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True) if unit not in SIGNS
)
FIRST_UNIT = re.compile(rf"[{SIGNS}]|(?:{UNIT_WORDS})(?!\w)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure of the evidence: `raw` as it stands there, `base` in the base unit."""

    raw: float
    base: float
    dimension: str | None = None


def quantity(value: float, unit: str | None) -> Quantity:
    """Return `value` in `unit`; "USD a month" is money, "billion parameters" a large number."""
    words = unit or ""
    found = FIRST_UNIT.match(words)
    if found is None:
        return Quantity(value, value * SCALES.get(words.partition(" ")[0], 1.0))
    dimension, size = UNITS[found[0]]
    return Quantity(value, value * size, dimension)
