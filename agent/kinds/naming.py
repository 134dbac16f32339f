"""Short names of things, and where an estimate's workings are."""

from __future__ import annotations

import re

from agent.core.estimate import Estimate
from agent.turn import Turn
from knowledge.schema import Document, Hardware

BITS = {
    "bf16": "16 bit",
    "fp16": "16 bit",
    "fp8": "8 bit (FP8)",
    "int8": "8 bit (INT8)",
    "q8_0": "8 bit (Q8_0)",
    "q4_k_m": "4 bit (Q4_K_M)",
    "awq": "4 bit (AWQ)",
    "gptq": "4 bit (GPTQ)",
    "mxfp4": "4 bit (MXFP4)",
    "nvfp4": "4 bit (NVFP4)",
    "int4": "4 bit (INT4)",
    "exl2": "4 bit (EXL2)",
    **{f"mlx-{bits}bit": f"{bits} bit (MLX)" for bits in (3, 4, 5, 6, 8)},
}


COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def short(document: Document) -> str:
    """Return the title without maker, sizes in brackets and form-factor tails."""
    title = re.sub(r"\s*\(.*?\)", "", document.title).split(" / ")[0]
    title = re.sub(r"^(NVIDIA|AMD|Intel|Apple|Google|AWS)\s+(GeForce\s+)?", "", title)
    title = re.sub(r"\s+(Instruct|reference PCIe card|Generation)$", "", title).strip()
    if document.kind == "hardware":
        title = re.sub(r"(?<=SXM)\d|\s+\d+ ?GB$", "", title).strip()
        title = re.sub(r"(?<=SXM)\d", "", title)
    return title


def cards(count: int, name: str) -> str:
    """Return "one RTX 4090", "two RTX 4090s" or "12 x RTX 4090"."""
    words = dict(enumerate(COUNTED, start=1))
    if count == 1:
        return f"one {name}"
    if count not in words:
        return f"{count} x {name}"
    return f"{words[count]} {name}" + ("" if name[-1] in "sx" else "s")


def bits_name(precision: str) -> str:
    """Return a precision as people say it: "4 bit (Q4_K_M)"."""
    if precision.endswith("bpw"):
        return f"{precision.removesuffix('bpw')} bit"
    return BITS.get(precision, precision.upper())


def bit_steps(hardware: Hardware) -> tuple[str, str, str]:
    """Return the precisions to show for a device at 16, 8 and 4 bit."""
    if hardware.shares_memory or "apple" in hardware.id:
        return "16 bit", "q8_0", "q4_k_m"
    eight = "fp8" if hardware.value("compute_fp8") else "int8"
    return "16 bit", eight, "4 bit"


def working(estimate: Estimate, part: str) -> str:
    """Return the id of the part ("weights", "total", "decode" ...) of an estimate, or ""."""
    ids = [item.id for item in estimate.calculations]
    if part == "users":
        return working(estimate, "total").replace("/total", "/users")
    return next((i for i in ids if i.rpartition("/")[2].startswith(part)), "")


def context_of(turn: Turn, default: int) -> tuple[int, bool]:
    """Return the context in tokens, and whether it was assumed."""
    asked = turn.understanding.context_tokens
    if asked:
        return asked, False
    profile = turn.profile
    if profile.input_tokens and profile.output_tokens:
        return profile.input_tokens + profile.output_tokens, False
    return default, True
