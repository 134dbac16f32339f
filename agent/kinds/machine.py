"""Which machine is asked about: cards that work together, and system memory beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim
from agent.core.efficiency import TENSOR_PARALLEL
from agent.core.estimate import Estimate
from agent.core.machine import SYSTEM_MEMORY, SystemMemory, is_mixed, mixed, system_memory
from agent.kinds.asked import asked_hardware, is_unlisted
from agent.kinds.naming import cards, short
from agent.turn import Turn
from agent.wording import listing, number
from knowledge.schema import Hardware

_GB_PER_TB = 1000
_AMOUNT = r"(?P<gb{n}>\d{{1,4}})\s?(?P<unit{n}>gb|gigs?|gigabytes?|tb)"
_KIND = (
    r"(?:(?:system|main|host|regular|normal|cpu)\s+(?:ram|memory)|(?:\w+[\s-]channel\s+)?ddr[345]"
    r"|dram|ram|rdimm)\b"
)
_SYSTEM = re.compile(
    rf"\b{_AMOUNT.format(n=1)}(?:\s+of)?[\s-]+{_KIND}|\b{_KIND}[\s:(-]+{_AMOUNT.format(n=2)}\b",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\b(?:or|vs\.?|versus|oder|instead|rather|than|which)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Machine:
    """The devices asked about, as many as they are, and the system memory beside them."""

    hardware: Hardware
    devices: int
    beside: SystemMemory | None = None

    @property
    def name(self) -> str:
        """The machine in words: "two RTX 3090s", "one RTX 3090 with 192 GB of system memory"."""
        name = device_name(self.hardware, self.devices)
        if self.beside is None:
            return name
        return f"{name} with {number(self.beside.gb, 4)} GB of system memory"

    @property
    def holds(self) -> str:
        """The memory of its devices as it is sold, as a clause: "the device has 24 GB"."""
        memory = self.hardware.value("memory") or 0
        if is_mixed(self.hardware):
            return f"together the cards have {number(memory * self.devices)} GB"
        if self.devices == 1:
            return f"the device has {number(memory)} GB"
        return f"each of the {cards(self.devices, 'card')} has {number(memory)} GB"


def device_name(hardware: Hardware, devices: int) -> str:
    """Return the devices in words: "two RTX 3090s", "one RTX 3090 and one RTX 4090"."""
    return hardware.title if is_mixed(hardware) else cards(devices, short(hardware))


def asked_machine(turn: Turn) -> Machine | None:
    """Return the machine of the question, or None where it names none.

    Several cards of one message work together unless it asks which of them.
    """
    together = _together(turn)
    if together is None:
        hardware, devices = asked_hardware(turn)
        if hardware is None:
            return None
    else:
        hardware, devices = together
    return Machine(hardware, devices, _beside(turn, hardware))


def _together(turn: Turn) -> tuple[Hardware, int] | None:
    named = [(turn.catalogue.get(i), count) for i, count in turn.understanding.hardware]
    parts = tuple(
        (device, count)
        for device, count in named
        if isinstance(device, Hardware)
        and device.device == "gpu"
        and device.value("memory")
        and device.value("bandwidth")
    )
    if len(parts) < 2 or len(parts) < len(named) or _EITHER.search(turn.message):
        return None
    title = listing([cards(count, short(device)) for device, count in parts])
    turn.book.name(*(short(device) for device, _ in parts))
    hardware, work = mixed(parts, title)
    turn.book.work(work)
    turn.book.state(*(turn.fact(source) for source in work.sources))
    return hardware, sum(count for _, count in parts)


def _beside(turn: Turn, hardware: Hardware) -> SystemMemory | None:
    """Return the system memory stated beside a card; a shared memory has none beside it."""
    if hardware.shares_memory or is_unlisted(hardware):
        return None
    said = _SYSTEM.search(turn.message)
    if said is None:
        return None
    gb, unit = (said["gb1"], said["unit1"]) if said["gb1"] else (said["gb2"], said["unit2"])
    size = float(gb) * (_GB_PER_TB if unit.lower() == "tb" else 1)
    turn.book.slots[SYSTEM_MEMORY] = f"{size:g} GB of system memory, as stated"
    return system_memory(size, turn.message)


def taking_turns(machine: Machine, item: Estimate) -> Claim | None:
    """Return that devices take turns at the layers, where they do."""
    if machine.devices == 1 or item.engine in TENSOR_PARALLEL:
        return None
    pace = ", and the slowest sets the pace" if is_mixed(machine.hardware) else ""
    return Claim(
        text=f"The devices take turns at the layers{pace}: together they hold more, they are not "
        "faster."
    )


def system_memory_note(turn: Turn, beside: SystemMemory | None) -> Claim | None:
    """Return what the speed of the system memory is taken to be."""
    if beside is None:
        return None
    rate = f"{beside.bandwidth_gb_s:g} GB/s"
    turn.book.slots[SYSTEM_MEMORY] += f", taken at {rate} for {beside.taken_for}"
    return Claim(
        text=f"Speeds take the system memory for {beside.taken_for} at {rate}; more memory "
        "channels raise them in proportion.",
        evidence_ids=(SYSTEM_MEMORY,),
    )
