"""The templates of training scripts, and the planned values that all of them take."""

from __future__ import annotations

from importlib import resources
from string import Template

from agent.core.finetune import WARMUP, FineTunePlan


def planned_values(plan: FineTunePlan) -> dict[str, object]:
    """Return the values that every toolkit takes."""
    return {
        "hf_id": plan.hf_id,
        "epochs": f"{plan.epochs:g}",
        "sequence_tokens": plan.sequence_tokens,
        "micro_batch": plan.micro_batch,
        "gradient_accumulation": plan.gradient_accumulation,
        "learning_rate": f"{plan.learning_rate:g}",
        "warmup": max(1, round(WARMUP * (plan.steps or 0))),
        "bf16": plan.precision != "fp16",
        "fp16": plan.precision == "fp16",
    }


def filled(template: str, **fields: object) -> str:
    """Return the template of that name with its fields filled in."""
    text = resources.files("agent.core").joinpath(f"data/{template}").read_text("utf-8")
    return Template(text).substitute({name: str(value) for name, value in fields.items()})
