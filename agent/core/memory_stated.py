"""Memory as the user stated it, and memory that is no longer sold."""

from __future__ import annotations

import re

from knowledge.schema import Fact, Hardware

STATED = "profile/memory"
"""The source of the memory that the user stated."""
STATED_DEVICE = "hardware/as-stated"
"""The id of a device that no document describes."""
_WITHDRAWN = re.compile(
    r"((?:\d+(?: ?GB)?[/, ]+(?:and )?)*\d+) ?GB[^.;]*?\bwithdrawn", re.IGNORECASE
)


def with_memory(hardware: Hardware, memory_gb: float) -> Hardware:
    """Return `hardware` with `memory_gb` a device in place of the catalogue's figure."""
    fact = Fact(name="memory", value=memory_gb, unit="GB", source=STATED, basis="computed")
    others = tuple(item for item in hardware.facts if item.name != "memory")
    return hardware.model_copy(update={"facts": (fact, *others)})


def memory_is_stated(hardware: Hardware) -> bool:
    """Tell whether the memory is the user's figure and not the catalogue's."""
    fact = hardware.fact("memory")
    return fact is not None and fact.source == STATED


def memory_source(hardware: Hardware) -> str:
    """Return the id of what the memory of `hardware` rests on."""
    fact = hardware.fact("memory")
    worked = fact is not None and fact.source.startswith(("profile/", "calc/"))
    return fact.source if fact and worked else f"{hardware.id}#memory"


def stated_device(
    name: str, memory_gb: float | None, *, maker: str, shared: bool, read_on: str
) -> Hardware:
    """Return a device known only by its name and, where said, its memory. It has no speed.

    Args:
        name: the user's words for it.
        memory_gb: its memory in GB, None where it was not said.
        maker: who makes it, where the name says so.
        shared: whether the memory is that of a whole computer and not of a card.
        read_on: the day of the message.
    """
    found = Hardware(
        id=STATED_DEVICE,
        title=name,
        read_on=read_on,
        vendor=maker,
        device="apu" if shared else "gpu",
        status="unknown",
    )
    return found if memory_gb is None else with_memory(found, memory_gb)


def withdrawn(hardware: Hardware) -> bool:
    """Tell whether the device's own page says that this much memory is no longer sold."""
    memory = hardware.value("memory")
    listed = _WITHDRAWN.search(hardware.availability or "")
    if memory is None or listed is None:
        return False
    return any(float(size) == memory for size in re.findall(r"\d+", listed[1]))
