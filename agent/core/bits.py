"""Bits per weight of the parts of a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bits:
    """Mean bits per weight, scales included.

    `embedding` is of the input embedding, `head` of the output head, of both where they are one
    matrix; `experts` of routed experts, `body` of the rest.
    """

    body: float
    embedding: float
    head: float
    experts: float
