"""The measured rows of training, as data with their sources."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from agent.core.training_layout import Layout
from agent.core.training_memory import (
    Checkpointing,
    Engine,
    MemoryMethod,
    Optimizer,
    Run,
    Sharding,
)

Metric = Literal["memory_gb", "tok_s", "out_of_memory"]


class Dimensions(BaseModel):
    """A model's dimensions; `total` in billions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    total: float
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    gated: bool
    vocab: int
    tied: bool

    def layout(self) -> Layout:
        """Return them as the training model takes them."""
        return Layout(
            total_b=self.total,
            active_b=self.total,
            layers=self.layers,
            hidden=self.hidden,
            query=self.heads * self.head_dim,
            key=self.kv_heads * self.head_dim,
            ffn=self.ffn,
            gated=self.gated,
            vocab=self.vocab,
            tied=self.tied,
        )


class Row(BaseModel):
    """One published measurement. Memory in GB (1e9 bytes) of each device, speed over all devices.

    `fit` False keeps a row out of the fit and the errors; `note` says why.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    source: str
    locator: str
    date: str
    engine: Engine
    model: str
    hardware: str
    devices: int = Field(gt=0)
    method: MemoryMethod
    precision: Literal["bf16", "fp8", "nf4", "nf4-dq", "gptq"]
    batch: int = Field(gt=0)
    sequence: int = Field(gt=0)
    sequence_basis: str = "stated"
    trained_b: float | None = None
    trained_rank: int | None = None
    optimizer: Optimizer
    checkpointing: Checkpointing
    fused_loss: bool
    compiled: bool
    sharding: Sharding
    metric: Metric
    value: float = Field(gt=0)
    fit: bool = True
    note: str | None = None

    def run(self) -> Run:
        """Return the row as a run."""
        layout = layouts()[self.model]
        trained = self.trained_b
        if trained is None and self.trained_rank is not None:
            trained = layout.adapters_b(self.trained_rank)
        return Run(
            layout=layout,
            method=self.method,
            engine=self.engine,
            precision=self.precision,
            batch=self.batch,
            sequence=self.sequence,
            trained_b=trained,
            optimizer=self.optimizer,
            checkpointing=self.checkpointing,
            fused_loss=self.fused_loss,
            compiled=self.compiled,
            devices=self.devices,
            sharding=self.sharding,
            keeps_gradients=self.engine in ("transformers", "deepspeed"),
        )


@lru_cache(maxsize=1)
def layouts() -> dict[str, Layout]:
    """Return the layouts of the measured models by name."""
    text = resources.files("evals").joinpath("data/training_models.yaml").read_text("utf-8")
    found = yaml.load(text, Loader=yaml.CSafeLoader)
    return {name: Dimensions.model_validate(row).layout() for name, row in found.items()}


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Return all rows."""
    text = resources.files("evals").joinpath("data/measured_training.jsonl").read_text("utf-8")
    return tuple(Row.model_validate(json.loads(line)) for line in text.splitlines())
