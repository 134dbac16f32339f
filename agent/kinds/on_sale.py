"""Whether a device can be had: by anybody, by an office, and what can be bought in its place."""

from __future__ import annotations

import re

from agent.core.memory_stated import withdrawn
from agent.turn import Turn
from knowledge.schema import Hardware

BIG_USD, BIG_WATTS = 100_000, 5_000
"""From these on a device is bought by a data centre and not by an office."""
NOT_OUT = ("announced", "sampling", "ip_only", "cancelled")
NOT_SOLD = re.compile(
    r"\bno\b[^.;]*\bsales?\b|\bnot (?:for|on) sale|\bnot sold"
    r"|\bown (?:services|use|data)|\binternal",
    re.IGNORECASE,
)
NEARLY = 0.75
"""From this share of the memory on, a device has nearly as much."""


def is_not_sold(hardware: Hardware) -> bool:
    """Tell whether the device can't be bought, by its status or by its document's own words."""
    return hardware.status in NOT_OUT or bool(NOT_SOLD.search(hardware.availability or ""))


def is_for_data_centres(hardware: Hardware) -> bool:
    """Tell whether one device costs or draws more than an office can take."""
    price, power = hardware.value("price") or 0.0, hardware.value("power") or 0.0
    return price >= BIG_USD or power >= BIG_WATTS


def instead(turn: Turn, hardware: Hardware) -> tuple[Hardware, ...]:
    """Return devices on sale now with as much memory, else nearly as much; the cheapest first."""
    memory = hardware.value("memory")
    if memory is None or hardware.status == "shipping":
        return ()
    found = [
        d
        for d in turn.catalogue.of("hardware")
        if isinstance(d, Hardware)
        and d.status == "shipping"
        and d.value("price")
        and memory * NEARLY <= (d.value("memory") or 0) <= memory * 4
        and d.device in ("gpu", "apu")
        and not withdrawn(d)
    ]
    enough = [d for d in found if (d.value("memory") or 0) >= memory]
    return tuple(sorted(enough or found, key=lambda d: d.value("price") or 0)[:2])
