"""Which chip is meant where a machine is named: the one named with it, else the usual one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.mentions import Mention
from knowledge.names import ambiguous_names, fold, key_of

REACH = 40
"""Characters between a machine and its chip."""
ANOTHER = re.compile(
    r"[?!;/&]|\b(?:or|and|vs|versus|than|against|over|oder|und|gegen|als|ou|et|que|contre|o|y|contra)\b"
)
"""What tells two devices apart: "a Mac mini or an M4 Max"."""


def name_chips(mentions: Sequence[Mention], text: str) -> tuple[Mention, ...]:
    """Return `mentions` without the machines whose chip `text` names beside them.

    The chip takes over the machine's count. Where no document describes the chip, neither stays.
    """
    folded = fold(text)
    kept = list(mentions)
    for machine in mentions:
        named = ambiguous_names().get((machine.kind, key_of(machine.words.rstrip("s"))))
        if named is None or named.chip is None:
            continue
        chip = _chip_beside(machine, re.compile(rf"\b{named.chip}"), folded)
        if chip is None:
            continue
        kept.remove(machine)
        kept = [
            replace(item, count=max(item.count, machine.count))
            if item.start < chip[1] and chip[0] < item.end and item.kind == "hardware"
            else item
            for item in kept
        ]
    return tuple(kept)


def _chip_beside(machine: Mention, chip: re.Pattern[str], folded: str) -> tuple[int, int] | None:
    """Return where the chip of `machine` stands, after it or else before it."""
    after = chip.search(folded, machine.end, machine.end + REACH)
    if after and not ANOTHER.search(folded, machine.end, after.start()):
        return after.span()
    before = list(chip.finditer(folded, max(0, machine.start - REACH), machine.start))
    if before and not ANOTHER.search(folded, before[-1].end(), machine.start):
        return before[-1].span()
    return None
