"""Which way of adapting a model suits the data? Thresholds come from published comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.schema import TaskType

Method = Literal["prompting", "retrieval", "setfit", "encoder", "lora", "qlora", "full"]
METHODS: tuple[Method, ...] = (
    "prompting",
    "retrieval",
    "setfit",
    "encoder",
    "lora",
    "qlora",
    "full",
)
UNTRAINED: frozenset[Method] = frozenset({"prompting", "retrieval"})
ENCODERS: frozenset[Method] = frozenset({"setfit", "encoder"})
LABEL_TASKS: frozenset[TaskType] = frozenset({"classification", "moderation"})
ENCODER_TASKS: frozenset[TaskType] = frozenset({"ner", "embedding", "retrieval_ranking"})
LOOKED_UP: frozenset[TaskType] = frozenset({"qa_open_knowledge"})
READ_OUT: frozenset[TaskType] = frozenset({"qa_closed"})
"""Answers stand in given texts: without answered questions to learn from, search comes first."""
SETFIT_PER_CLASS = 8
"""SetFit with 8 examples a class rivals full tuning on 3,000 (arXiv 2209.11055)."""
ENCODER_EXAMPLES = 2000
"""From about here a fully tuned encoder is at least as good as SetFit (same paper, figure 1)."""
TAGGING_EXAMPLES = 500
"""Assumed: below this, token tagging by a tuned encoder is unstable."""
LORA_EXAMPLES = 100
"""Assumed: fewer pairs than this serve better as examples in the prompt. LIMA (arXiv 2305.11206)
shows 1,000 careful examples to suffice."""
ENOUGH_EXAMPLES = 1000
"""LIMA, as above."""
FULL_EXAMPLES = 100_000
"""With data at this scale full tuning outlearns LoRA (arXiv 2405.09673)."""
FULL_TOKENS = 1e9
"""On texts without labels LoRA falls behind full tuning from about here (same paper)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A method and the reason for it, a clause that follows "because"."""

    method: Method
    why: str


def advise_method(
    *,
    task_type: TaskType | None,
    labeled_examples: int | None,
    classes: int | None = None,
    training_tokens: float | None = None,
) -> Advice:
    """Return the method that suits the data, before any look at the hardware.

    Facts are looked up better than learned: tuning on texts adds little knowledge where retrieval
    finds it (Ovadia et al. 2023, arXiv 2312.05934).
    """
    if task_type in LOOKED_UP or (task_type in READ_OUT and not labeled_examples):
        return Advice("retrieval", "facts are found better by search than learned from texts")
    if labeled_examples is None:
        return _without_count(task_type, training_tokens or 0.0)
    if labeled_examples == 0:
        return Advice("prompting", "there are no labeled examples to learn from")
    if task_type in LABEL_TASKS:
        return _for_labels(labeled_examples, SETFIT_PER_CLASS * (classes or 2))
    count = f"{labeled_examples:,} labeled examples"
    if task_type in ENCODER_TASKS:
        if labeled_examples < TAGGING_EXAMPLES:
            return Advice("prompting", f"{count} are too few to tune an encoder")
        return Advice("encoder", f"an encoder is enough with {count}")
    if labeled_examples < LORA_EXAMPLES:
        return Advice("prompting", f"{count} serve better as examples in the prompt")
    if labeled_examples >= FULL_EXAMPLES:
        return Advice("full", f"full tuning outlearns adapters at {count}")
    return Advice("lora", f"adapters learn free text from {count}")


def _without_count(task_type: TaskType | None, tokens: float) -> Advice:
    if task_type in LABEL_TASKS or task_type in ENCODER_TASKS:
        return Advice("encoder", "an encoder learns closed labels")
    if tokens >= FULL_TOKENS:
        return Advice("full", "full tuning outlearns adapters on so many tokens")
    return Advice("lora", "adapters are enough for free text")


def _for_labels(examples: int, least: int) -> Advice:
    count = f"{examples:,} labeled examples"
    if examples < least:
        return Advice("prompting", f"{count} are fewer than {SETFIT_PER_CLASS} a class")
    if examples < ENCODER_EXAMPLES:
        return Advice(
            "setfit", f"few-shot tuning of an encoder is enough for closed labels with {count}"
        )
    return Advice("encoder", f"an encoder learns closed labels from {count}")


def most_useful(task_type: TaskType | None, classes: int | None = None) -> int:
    """Return from how many labeled examples on training is worth a try for that task."""
    if task_type in LABEL_TASKS:
        return SETFIT_PER_CLASS * (classes or 2)
    return TAGGING_EXAMPLES if task_type in ENCODER_TASKS else LORA_EXAMPLES
