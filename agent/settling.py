"""What a question is about when its words leave it open: its products and its load decide.

A model with a device is a question of fit; a model with a load is a question of cost, also where
it is set against a device; a described
job with labels wants a pick even where it speaks of money; a stage of the life cycle without a job
asks for a tool.
"""

from __future__ import annotations

from agent.kinds.toolkit import stage_of
from agent.understanding import Intent, Understanding

OPEN_FACTS = frozenset({None, "memory", "context", "compute_bf16", "compute_fp8", "compute_int8"})
"""Quantities that a bare mention of a precision or a length is read as."""


def settled(reading: Understanding) -> Understanding:
    """Return `reading` with the intent that its products, load and job imply."""
    intent = _intent(reading)
    return reading if intent == reading.intent else reading.model_copy(update={"intent": intent})


def _intent(reading: Understanding) -> Intent:
    patch, intent = reading.patch, reading.intent
    loaded = patch.requests_per_day is not None or patch.input_tokens is not None
    job = patch.task_type is not None
    model = bool(reading.models) or reading.parameters_b is not None
    if intent == "fact" and model and reading.hardware and reading.quantity in OPEN_FACTS:
        return "fit"
    labeled = bool(patch.labeled_examples or patch.classes)
    if intent == "comparison" and model and reading.hardware and patch.requests_per_day:
        return "cost"
    unasked = intent in ("fact", "vague", "recommendation")
    if unasked and reading.models and loaded and not job and not labeled:
        return "cost"
    if intent == "cost" and not model and not reading.hardware and not reading.follow_up:
        if labeled:
            return "recommendation"
        if not job and not loaded:
            return "vague"
    if intent == "vague" and not job and not loaded and not reading.problems:
        return "toolkit" if _asks_for_a_tool(reading) else "vague"
    return intent


def _asks_for_a_tool(reading: Understanding) -> bool:
    words = f" {reading.message.lower()} "
    asking = any(
        phrase in words
        for phrase in (
            "what do i use",
            "what do we use",
            "how do i ",
            "how do we ",
            "something ",
            "which tool",
            "what tool",
            "open source",
            "library",
            " lib ",
            "framework",
        )
    )
    return asking and not reading.models and stage_of(reading.message) is not None
