"""What of the training model was fitted to published measurements."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Coefficients(BaseModel):
    """The fitted part of the memory and the speed of training. `evals.training` fits and checks it.

    `fixed_gb` and the others in GB are of 1e9 bytes; spreads are those of 80% intervals, as factors
    e^spread either way.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    activation_scale: float = Field(gt=0)
    compiled_scale: float = Field(gt=0)
    logits_bytes: float = Field(gt=0)
    fused_bytes: float = Field(gt=0)
    fixed_gb: float = Field(ge=0)
    method_products: dict[str, float] = {}
    runtime_share: dict[str, float]
    sharded_gb: dict[str, float]
    mfu: float = Field(gt=0, lt=1)
    device_factor: dict[str, float]
    engine_factor: dict[str, float]
    layer_ms: dict[str, float]
    fp8_gain: float = Field(gt=0)
    unpack_share: float = Field(gt=0)
    link_share: float = Field(gt=0)
    memory_spread: float = Field(gt=0)
    speed_spread: float = Field(gt=0)


@lru_cache(maxsize=1)
def coefficients() -> Coefficients:
    """Return the coefficients that ship."""
    text = resources.files("agent.core").joinpath("data/training.yaml").read_text("utf-8")
    return Coefficients.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
