"""How a job is split: a share said to be easy beside a hard rest, or each user's own device."""

from __future__ import annotations

import re

from agent.interpreters.slots import Slots

_SHARE = re.compile(
    r"\b(?P<percent>\d{1,2}(?:\.\d+)?)\s?(?:%|percent|prozent|per cent)"
    r"|\b(?P<part>\w+)\s+(?:out\s+of|in|of)\s+(?:every\s+)?(?P<whole>three|four|five|ten)\b",
    re.IGNORECASE,
)
_REST = re.compile(
    r"\b(?:the\s+(?:rest|others?|remainder|remaining)|der\s+rest|le\s+reste|el\s+resto)\b",
    re.IGNORECASE,
)
_EASY = re.compile(
    r"\b(?:same|easy|simple|routine|repetitive|repeats?|repeated|trivial|standard|templates?|faqs?"
    r"|boilerplate|straightforward|basic|known|einfach\w*|dieselben|gleichen)\b",
    re.IGNORECASE,
)
_HARD = re.compile(
    r"\b(?:hard|harder|gnarly|complex|complicated|multi-?\s?step|tricky|difficult|edge\s+cases?"
    r"|reasoning|judge?ment|messy|weird|nasty|involved|schwierig\w*|komplex\w*|knifflig\w*)\b",
    re.IGNORECASE,
)
_NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_ON_DEVICE = re.compile(
    r"\b(?:on|in|inside)[\s-](?:the|a|an|each|every|our|their|his|her|my|your|users?'?s?|players?'?s?)"
    r"?\s?(?:\w+['\u2019]s?\s+)?(?:\d+\s?gb\s+)?(?:own\s+)?"
    r"(?:device|tablet|phone|smartphone|ipad|iphone|handheld|laptop|graphics\s+card|gaming\s+pc)s?\b"
    r"|\bon-device\b|\bon\s+device\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:users?|players?|customers?|clients?|tablets?|phones?|smartphones?|ipads?|iphones?"
    r"|handhelds?|on[\s-]device|offline)\b",
    re.IGNORECASE,
)


def read_shares(message: str, slots: Slots) -> None:
    """State the easy share of the requests, and that the job runs on each user's device."""
    split = _split(message)
    if split is not None:
        slots.put("routine_share", *split)
    device = _ON_DEVICE.search(message)
    if device and _ELSEWHERE.search(message):
        slots.put("on_device", True, device[0])


def _split(message: str) -> tuple[float, str] | None:
    """Return (easy share, words) where a share is set against a rest, and one of them is hard."""
    first = _SHARE.search(message)
    if first is None:
        return None
    share = _share(first)
    if share is None:
        return None
    after = message[first.end() :]
    rest = _REST.search(after) or _complement(after, share)
    if rest is None:
        return None
    there, other = after[: rest.start()], after[rest.end() :]
    if _EASY.search(there) or (_HARD.search(other) and not _HARD.search(there)):
        return share, message[first.start() :].strip()
    if _HARD.search(there) or _EASY.search(other):
        return round(1 - share, 4), message[first.start() :].strip()
    return None


def _share(found: re.Match[str]) -> float | None:
    if found["percent"]:
        share = float(found["percent"]) / 100
    else:
        part, whole = (_NUMBERS.get(found[name].lower()) for name in ("part", "whole"))
        if part is None or whole is None:
            return None
        share = part / whole
    return share if 0 < share < 1 else None


def _complement(text: str, share: float) -> re.Match[str] | None:
    """Return the second share where both make up the whole: "70% ..., 30% ..."."""
    return next(
        (m for m in _SHARE.finditer(text) if (s := _share(m)) and abs(s + share - 1) < 0.01), None
    )
