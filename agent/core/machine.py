"""A machine of several unlike cards, with system memory beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.calculation import Calculation, Input
from agent.core.sizing import BINARY_GB
from agent.core.throughput import CPU_BANDWIDTH_GB_S
from knowledge.schema import Fact, Hardware

MIXED = "calc/mixed-cards/memory"
"""The id of the memory that unlike cards have together, worked from each card's own."""
SYSTEM_MEMORY = "profile/system_memory"
"""The source of the system memory that the user stated."""
SYSTEM_SHARE = 0.90
"""The operating system keeps about a tenth of the system memory."""
CHANNELS = 2
"""Memory channels of a desktop."""
DDR4_SHARE = 3200 / 5600
"""DDR4-3200 against the DDR5-5600 that `CPU_BANDWIDTH_GB_S` is taken for."""


@dataclass(frozen=True, slots=True)
class SystemMemory:
    """System memory beside cards: GB as sold, GB/s, and what the GB/s are taken for."""

    gb: float
    bandwidth_gb_s: float = CPU_BANDWIDTH_GB_S
    taken_for: str = "dual-channel DDR5"

    @property
    def usable_gb(self) -> float:
        """What weights may take of it, in GB of 1e9 bytes."""
        return self.gb * BINARY_GB * SYSTEM_SHARE


def system_memory(gb: float, words: str) -> SystemMemory:
    """Return system memory with the bandwidth of the kind and channels that `words` name.

    A desktop's two channels of DDR5 where nothing is said; bandwidth grows with the channels.
    """
    kind = "DDR4" if re.search(r"\bddr4\b", words, re.IGNORECASE) else "DDR5"
    said = re.search(r"\b(\d{1,2})[\s-]*channel", words, re.IGNORECASE)
    channels = int(said[1]) if said and int(said[1]) > 0 else CHANNELS
    rate = CPU_BANDWIDTH_GB_S * (DDR4_SHARE if kind == "DDR4" else 1.0) * channels / CHANNELS
    rate = round(rate, 1)
    name = "dual-channel" if channels == CHANNELS else f"{channels}-channel"
    return SystemMemory(gb, rate, f"{name} {kind}")


def mixed(parts: tuple[tuple[Hardware, int], ...], title: str) -> tuple[Hardware, Calculation]:
    """Return the slowest of unlike cards with the mean memory of all, and how that was worked.

    Cards that take turns at the layers wait for the slowest; their memory adds up, so as many of
    the device returned as there are cards have the memory of all.

    Raises:
        ValueError: if a card has no memory or bandwidth.
    """
    if any(not card.value("memory") or not card.value("bandwidth") for card, _ in parts):
        raise ValueError("cards can be added up only where memory and bandwidth are known")
    count = sum(number for _, number in parts)
    total = sum((card.value("memory") or 0.0) * number for card, number in parts)
    slowest = min((card for card, _ in parts), key=lambda card: card.value("bandwidth") or 0.0)
    fact = Fact(name="memory", value=total / count, unit="GB", source=MIXED, basis="computed")
    facts = (fact, *(item for item in slowest.facts if item.name != "memory"))
    inputs = tuple(
        Input(
            name=f"{number} x {card.title}",
            value=(card.value("memory") or 0.0) * number,
            unit="GB",
            source=f"{card.id}#memory",
        )
        for card, number in parts
    )
    work = Calculation(
        id=MIXED,
        name="memory of all cards together",
        formula="sum of the cards' memory",
        inputs=(*inputs, Input(name="cards", value=count)),
        value=total,
        unit="GB",
        sources=tuple(item.source for item in inputs),
    )
    return slowest.model_copy(update={"title": title, "facts": facts}), work


def is_mixed(hardware: Hardware) -> bool:
    """Tell whether `hardware` stands for several unlike cards."""
    fact = hardware.fact("memory")
    return fact is not None and fact.source == MIXED
