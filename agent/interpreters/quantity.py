"""Which quantity does a question of fact ask for?"""

from __future__ import annotations

from agent.interpreters.lexer import precision_name
from agent.interpreters.reading import Reading

_RATES = {
    "fp8": "compute_fp8",
    "fp4": "compute_fp4",
    "nvfp4": "compute_fp4",
    "mxfp4": "compute_fp4",
    "int8": "compute_int8",
    "bf16": "compute_bf16",
    "fp16": "compute_bf16",
}


def find_quantity(reading: Reading) -> str | None:
    """Return the quantity with the heaviest words, of equals the first; None for "about X"."""
    best: tuple[float, int, str] | None = None
    for label, hits in reading.hits.items():
        if not label.startswith("quantities/"):
            continue
        for hit in hits:
            name = label.partition("/")[2]
            key = (-hit.weight, hit.first, name)
            best = key if best is None or key < best else best
    if best is None:
        return None
    name = best[2]
    if name.startswith("compute"):
        return _rate(reading) or name
    return name


def _rate(reading: Reading) -> str | None:
    for token in reading.tokens:
        if token.kind == "precision":
            return _RATES.get(precision_name(token.text))
    return None
