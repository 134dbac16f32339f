"""How much memory has the device, in the user's own words?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.interpreters.reading import Reading

_COUNT = r"(?:(?P<count>\d{1,3}|one|single|two|four|eight)\s*(?:x\s*)?)?"
_AMOUNT = re.compile(
    _COUNT
    + r"(?<![\d.,])(?P<value>\d{1,4}(?:\.\d)?)[\s-]?(?P<unit>gb|gig|gigs|gigabytes?|tb)\b(?!\s?/)",
    re.IGNORECASE,
)
_CARD = r"gpus?|cards?|vram|graphics|video|nvidia|accelerators?|grafik\w*|kart\w*|cartes?|tarjetas?"
_COMPUTER = (
    r"mac|macs|mac ?books?|imacs?|laptops?|notebooks?|pcs?|computers?|desktops?|raspberry|pi"
    r"|phones?|iphones?|ipads?|minis?|box|boxes|workstations?|servers?|ram|cpus?|machines?|rigs?|studio"
    r"|unified|system memory"
)
_OWNER = re.compile(
    rf"\s*(?:of\s+)?(?:\w+\s+)?(?:{_CARD}|{_COMPUTER}|devices?|memory|chips?|m[1-5]|ones?|versions?|variants?)\b",
    re.I,
)
_HOLDS = re.compile(
    r"(?:^|\W)(?:on|in|into|within|with|has|have|having|got|only|under|of|auf|mit|sur|avec|con)\W*$",
    re.I,
)
_OWNS = re.compile(
    rf"\b(?:{_CARD}|{_COMPUTER}|devices?|chips?)(?:\s+(?:with|has|having|of|mit|avec|con)\s*|\s*[(,]\s*)$",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"\b(?:needs?|takes?|weighs?|requires?|uses?|using|is|are|model|file|weights|another|extra"
    r"|down to)(?:\s+(?:about|around|some|over|only|up to))?\W*$",
    re.I,
)
_OTHER = re.compile(
    r"\s*(?:of\s+)?(?:\w+\s+)?(?:files?|data\w*|text|documents?|logs?|code|storage|disk|ssd|hdd|weights"
    r"|checkpoints?|downloads?|bandwidth|corpus|images|per second)\b",
    re.I,
)
_ENDS = re.compile(r"\s*(?:[?.,;)]|$|be enough|enough|sufficient|reichen|suffit)", re.I)
_NEAR = 30
_GB_PER_TB = 1000
_COUNTS = {"one": 1, "single": 1, "two": 2, "four": 4, "eight": 8}


@dataclass(frozen=True, slots=True)
class StatedMemory:
    """GB of one device as stated, how many of it, and whether a graphics card is meant.

    `start` and `end` are the place of the amount in the text.
    """

    gb: float
    count: int
    is_card: bool
    start: int
    end: int


def stated_memory(reading: Reading) -> StatedMemory | None:
    """Return the memory of a device that the user states; what a model or a file takes is none."""
    products = [(t.start, t.end) for t in reading.tokens if t.product is not None]
    devices = [
        (t.start, t.end)
        for t in reading.tokens
        if t.product is not None and t.product.kind == "hardware"
    ]
    text = reading.text
    for match in _AMOUNT.finditer(text):
        start, end = match.span("value")[0], match.end()
        before, after = text[:start], text[end:]
        if any(first < end and start < last for first, last in products) or _OTHER.match(after):
            continue
        owned = _OWNER.match(after) is not None
        beside = any(_is_beside(text, device, start, end) for device in devices)
        held = _HOLDS.search(text[: match.start()]) is not None and _ENDS.match(after) is not None
        held = held or _OWNS.search(before) is not None
        if not (owned or beside or held) or (_NEEDS.search(before) and not owned):
            continue
        count = match["count"]
        gb = float(match["value"]) * (_GB_PER_TB if match["unit"].lower() == "tb" else 1)
        number = _COUNTS.get(count.lower()) or int(count) if count else 1
        if gb > 0:
            return StatedMemory(gb, max(1, number), _is_card(reading), *match.span())
    return None


def _is_beside(text: str, device: tuple[int, int], start: int, end: int) -> bool:
    """Return whether an amount stands right before a device, or soon after in its clause."""
    between = text[end : device[0]] if end <= device[0] else text[device[1] : start]
    if end <= device[0]:
        return not between.strip(" -")
    return len(between) <= _NEAR and not re.search(
        r"[?.;!]|\b(?:and|need|needs|or|run|fit)\b", between
    )


def _is_card(reading: Reading) -> bool:
    """Return whether a graphics card can be meant: none is where only a computer is named."""
    text = reading.text
    if reading.has("slots/no_gpu"):
        return False
    card = re.search(rf"\b(?:{_CARD})\b", text, re.IGNORECASE) is not None
    return card or re.search(rf"\b(?:{_COMPUTER})\b", text, re.IGNORECASE) is None
