"""Machines that read weights from memory on the chip: the estimates here do not describe them."""

from __future__ import annotations

from knowledge.schema import Hardware

READS_A_SECOND = 1000
"""Off-chip memory is read through 5 to 100 times a second; on-chip memory thousands of times."""


def reads_on_chip(hardware: Hardware) -> bool:
    """Tell whether decoding reads on-chip memory, which several chips or wafers share.

    Such a machine is known by SRAM among its memory or by a bandwidth that reads all of its memory
    more than `READS_A_SECOND` times a second. Its speed rests on how a model is laid out over
    chips, which bandwidth x efficiency does not describe.
    """
    if "SRAM" in (hardware.memory_type or "").upper():
        return True
    memory, bandwidth = hardware.value("memory"), hardware.value("bandwidth")
    return bool(memory and bandwidth and bandwidth / memory > READS_A_SECOND)
