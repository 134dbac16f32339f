"""Which number formats and attention kernels a device trains with."""

from __future__ import annotations

import re
from typing import Literal

from agent.errors import InputError
from knowledge.schema import Hardware

TrainingPrecision = Literal["bf16", "fp16", "fp8"]
_BEFORE_AMPERE = re.compile(
    r"\b(?:T4|V100|P100|P40|P4|K80|M40|M60|TITAN|GTX|RTX 20\d\d|QUADRO RTX|TURING|VOLTA|PASCAL)\b",
    re.IGNORECASE,
)
"""NVIDIA devices below compute capability 8.0, which have no bfloat16."""
_WITH_FP8 = re.compile(r"\b(?:RTX (?:40|50)\d\d|\w+ ADA|L4|L40S?|BLACKWELL)\b", re.IGNORECASE)
"""Ada and Blackwell, where a document states no FP8 rate."""


def training_precisions(hardware: Hardware) -> tuple[TrainingPrecision, ...]:
    """Return the formats that `hardware` can train in, the best first.

    bfloat16 needs compute capability 8.0 (Ampere) on NVIDIA; FP8 needs 8.9 (Ada, Hopper and newer)
    or an AMD Instinct with an FP8 rate.
    """
    if hardware.vendor == "NVIDIA" and _BEFORE_AMPERE.search(hardware.title):
        return ("fp16",)
    fp8 = bool(hardware.value("compute_fp8"))
    if hardware.vendor == "NVIDIA":
        fp8 = fp8 or bool(_WITH_FP8.search(hardware.title))
    return ("bf16", "fp16", "fp8") if fp8 else ("bf16", "fp16")


def check_precision(hardware: Hardware, precision: str | None) -> TrainingPrecision:
    """Return the precision to train in: the one asked for, else the best of the device.

    Raises:
        InputError: if the device can't train in it.
    """
    valid = training_precisions(hardware)
    if precision is None:
        return valid[0]
    for name in valid:
        if name == precision.lower():
            return name
    raise InputError(
        f"{hardware.title} can't train in {precision!r}. Valid on it: {', '.join(valid)}."
    )


def attention_kernel(hardware: Hardware) -> str:
    """Return the attention that Transformers should load: a flash kernel, or PyTorch's own.

    The published kernels need Ampere or newer; elsewhere `sdpa` runs, and keeps packed texts apart
    by a mask.
    """
    modern = hardware.vendor == "NVIDIA" and "bf16" in training_precisions(hardware)
    return "kernels-community/flash-attn2" if modern else "sdpa"
