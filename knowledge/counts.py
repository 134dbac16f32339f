"""How many devices a text speaks of: "8xH100", "two 4090s", "DGX H100", "H100 x8"."""

from __future__ import annotations

import re

WORDS = {
    "a pair of": 2,
    "pair of": 2,
    "a couple of": 2,
    "couple of": 2,
    "half a dozen": 6,
    "a dozen": 12,
    "one": 1,
    "single": 1,
    "two": 2,
    "dual": 2,
    "double": 2,
    "three": 3,
    "triple": 3,
    "four": 4,
    "quad": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "sixteen": 16,
    "thirty-two": 32,
    "sixty-four": 64,
}
NUMBER = (
    r"(?<![\w.,$\-])(?P<n>\d{1,3}(?:,\d{3})+|\d{1,6}|" + "|".join(sorted(WORDS, reverse=True)) + ")"
)
BETWEEN = (
    r"(?:(?:used|new|nvidia|amd|intel|apple|google|our|own|spare|rented|refurbished|old|idle|dedicated"
    r"|local|consumer|datacenter|geforce|radeon|instinct|tesla|cloud|of|the|those|these"
    r"|\d+\s?gb)[\s-]+){0,3}"
)
BEFORE = re.compile(
    NUMBER + r"(?:\s*(?:x|\*)\s*|[\s-]+)(?:(?:gpu|way|card)s?\s+)?" + BETWEEN + r"$"
)
AFTER = re.compile(
    r"(?:'?s)?\s*\(?\s*(?:x\s*(?P<n>\d{1,4})\)?|(?P<m>\d{1,3})\s?(?:x|-?gpus?))(?![\w.])"
)
SYSTEM = re.compile(r"(?:^|[\s-])[dh]gx[\s-]+$")
SYSTEM_NAME = re.compile(r"[dh]gx[\s-](?!spark)")
NODES = re.compile(r"(?:'?s)?\s+(?:nodes|servers|boxes|machines|systems|hosts)\b")
NODES_OF = re.compile(
    NUMBER + r"\s+(?:nodes|servers|boxes|machines|systems|hosts)\s+(?:of|with|each with)\s+$"
)
DEVICES_A_SYSTEM = 8
"""Devices in a DGX or HGX system of A100, H100, H200, B200 or B300 (NVIDIA's product pages)."""


def count_devices(text: str, *, start: int, end: int) -> int:
    """Return how many of the device named at `start` to `end` of folded `text` are meant."""
    before, after = text[:start], text[end:]
    devices = DEVICES_A_SYSTEM if SYSTEM_NAME.match(text[start:end]) else 1
    if match := SYSTEM.search(before):
        devices, before = DEVICES_A_SYSTEM, before[: match.start()] + " "
    number = BEFORE.search(before)
    if number and not _is_year(number["n"], after):
        outside = before[: number.start()]
        count = _value(number["n"])
        nodes = NODES_OF.search(outside)
        if nodes is None and NODES.match(after):
            nodes = re.search(NUMBER + r"\s+$", outside)
        if nodes:
            count *= _value(nodes["n"])
        return max(1, count * devices)
    trailing = AFTER.match(after)
    if trailing:
        return max(1, int(trailing["n"] or trailing["m"]) * devices)
    return devices


def _value(number: str) -> int:
    return WORDS[number] if number in WORDS else int(number.replace(",", ""))


def _is_year(number: str, after: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d", number)) and not after.startswith("s")
