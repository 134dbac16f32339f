"""How many devices a text speaks of: "8xH100", "zwei 3090", "DGX H100", "H100 x8"."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml

from knowledge.names import DATA
from knowledge.schema import Record


class DeviceWords(Record):
    """Words that stand around the name of a device, folded."""

    counts: dict[int, tuple[str, ...]]
    between: tuple[str, ...]
    lead: tuple[str, ...]
    follow: tuple[str, ...]
    lines: tuple[str, ...]


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of `words`, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


DEVICE_WORDS = DeviceWords.model_validate(
    yaml.load((DATA / "device_words.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
)
COUNTS = {word: count for count, words in DEVICE_WORDS.counts.items() for word in words}
NUMBER = rf"(?<![\w.,$\-])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|{any_of(COUNTS)})"
BETWEEN = rf"(?:(?:{any_of(DEVICE_WORDS.between)}|\d+\s?gb)[\s-]+){{0,3}}"
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
    return COUNTS[number] if number in COUNTS else int(number.replace(",", ""))


def _is_year(number: str, after: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d", number)) and not after.startswith("s")
