"""The check that every figure of a claim stands in the evidence which the claim cites.

A figure passes when some cited evidence holds the same value in the same dimension at the precision
shown; units of one dimension are converted (share and percent, GB and TB, ms and s, millions).
Product names and precision names may hold digits; they are taken out before figures are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, isclose, isfinite, log10

from agent.answer import Claim
from agent.evidence import EvidenceBook
from agent.measures import SCALES, SIGNS, UNIT_WORDS, UNITS, Quantity, quantity
from agent.wording import MONTHS

FIGURE = re.compile(
    # "15-20" is a range; "GPT-4" and "top-5" are names.
    r"(?<![\w.,])(?<!(?<!\d)-)[$€~]?(?P<digits>\d[\d,]*(?:\.\d+)?)"
    r"(?:\s?(?P<scale>[kKMB](?![A-Za-z/])|million\b|billion\b|thousand\b))?"
    rf"(?:\s?(?P<unit>{UNIT_WORDS})(?![\w/]))?"
)
PRECISION = re.compile(
    r"\b(?:\d{1,2}[- ]bits?(?! a weight)|I?Q\d(?:_[A-Z0-9]+)*"
    r"|(?:BF|FP|INT|TF|MXFP|NVFP|W)\d+(?:A\d+)?|e\dm\d|int\d|fp\d+|bf16)\b"
)
DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}}) )?(?P<month>{'|'.join(MONTHS)})[a-z]* (?P<year>20\d\d)\b"
    r"|\b(?P<iso>20\d\d-\d\d(?:-\d\d)?)\b"
)
ORDINAL_LIST = re.compile(r"(?m)^\s*\d+\. ")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as shown, in its unit: `step` is the value of its last significant digit."""

    words: str
    value: float
    step: float
    unit: str | None = None

    @property
    def quantity(self) -> Quantity:
        """The figure as evidence for others."""
        return quantity(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a claim says that its evidence does not."""

    claim: str
    problem: str


def figures(text: str, names: Iterable[str] = ()) -> list[Figure]:
    """Return the numbers of `text`, product names, precisions and dates left out."""
    bare = without_names(text, names)
    bare = DATE.sub(" ", PRECISION.sub(" ", ORDINAL_LIST.sub("", bare)))
    return [_figure(match) for match in FIGURE.finditer(bare)]


def without_names(text: str, names: Iterable[str]) -> str:
    """Return `text` with product names blanked, the longest first."""
    ordered = sorted({name for name in names if any(map(str.isdigit, name))}, key=len, reverse=True)
    if not ordered:
        return text
    # A count written before a name ("2x RTX 4090") stays a figure.
    pattern = "|".join(rf"(?<!\w){re.escape(name)}s?(?!\w)" for name in ordered)
    return re.sub(pattern, " ", text, flags=re.IGNORECASE)


def _figure(match: re.Match[str]) -> Figure:
    digits = match["digits"].rstrip(",")
    plain = digits.replace(",", "")
    scale = SCALES.get(match["scale"] or "", 1.0)
    decimals = len(plain.split(".")[1]) if "." in plain else 0
    if decimals:
        step = 10.0**-decimals
    else:
        significant = plain.rstrip("0") or plain
        zeros = len(plain) - len(significant)
        # "61,000" may stand for 60,973; "60,000" only for what rounds to it at two digits.
        step = 10.0 ** min(zeros, max(0, len(plain) - 2))
    sign = match[0][0]
    return Figure(
        words=match[0].strip(),
        value=float(plain) * scale,
        step=step * scale,
        unit=sign if sign in SIGNS else match["unit"],
    )


def carried(figure: Figure, known: Iterable[Quantity]) -> bool:
    """Tell whether something `known`, perhaps in another unit, shows as `figure`."""
    return any(_shows(value, figure) for item in known for value in _in_unit_of(figure, item))


def _in_unit_of(figure: Figure, item: Quantity) -> tuple[float, ...]:
    """Return what `item` may read as where `figure` stands; nothing in another dimension."""
    if figure.unit is None:
        return item.raw, item.base
    dimension, size = UNITS[figure.unit]
    if item.dimension is None:
        share = dimension == "share" and abs(item.raw) <= 1
        return (item.raw / size,) if share else ()
    return (item.base / size,) if item.dimension == dimension else ()


def _shows(scaled: float, figure: Figure) -> bool:
    """Tell whether a value, rounded as the figure is, reads as the figure."""
    near = abs(scaled - figure.value) <= figure.step * 0.5001
    if not near and not isclose(scaled, figure.value, rel_tol=1e-9):
        return False
    # A factor may not turn a tiny value into a match by rounding to zero.
    if figure.value == 0 or not isfinite(figure.value):
        return True
    return bool(abs(scaled) >= 10 ** floor(log10(figure.value)) * 0.4)


def dates(text: str) -> list[str]:
    """Return the dates of `text` as partial ISO dates."""
    found = []
    for match in DATE.finditer(text):
        if match["iso"]:
            found.append(match["iso"])
        else:
            iso = f"{match['year']}-{MONTHS.index(match['month']) + 1:02d}"
            found.append(f"{iso}-{int(match['day']):02d}" if match["day"] else iso)
    return found


def check_claim(claim: Claim, book: EvidenceBook, *, today: str) -> list[Fault]:
    """Return what `claim` states without evidence; an empty list means that it holds."""
    unknown = [item for item in claim.evidence_ids if item not in book]
    if unknown:
        return [Fault(claim.text, f"cites {unknown[0]!r}, which is no evidence of this turn")]
    texts = [book.text(item) for item in claim.evidence_ids]
    known = [found for item in claim.evidence_ids for found in book.quantities(item)]
    known += [figure.quantity for text in texts for figure in figures(text, book.names)]
    faults = [
        Fault(claim.text, f"the figure {figure.words!r} stands in no cited evidence")
        for figure in figures(claim.text, book.names)
        if not carried(figure, known)
    ]
    known_dates = {today, *(item for text in texts for item in dates(text))}
    faults += [
        Fault(claim.text, f"the date {item} stands in no cited evidence")
        for item in dates(claim.text)
        if not any(known.startswith(item) for known in known_dates)
    ]
    return faults


def check_claims(claims: Sequence[Claim], book: EvidenceBook, *, today: str) -> list[Fault]:
    """Return the faults of all claims, in order."""
    return [fault for claim in claims for fault in check_claim(claim, book, today=today)]
