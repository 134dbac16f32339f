"""The settings of a run that fit the device: batch, length, rank, optimizer, checkpointing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from agent.core.finetune_method import ENCODERS, UNTRAINED, Method
from agent.core.quantity import Quantity
from agent.core.training_fit import coefficients
from agent.core.training_layout import Layout
from agent.core.training_memory import (
    Checkpointing,
    Optimizer,
    Run,
    Sharding,
    TrainingMemory,
    training_memory,
)
from agent.core.training_speed import LinkedCard, tokens_per_second

Objective = Literal["sft", "dpo"]
TrainingEngine = Literal["transformers", "unsloth"]
Form = Literal["mixed", "lean"]
"""Of a full run: 18 bytes a parameter, or 6 with 16-bit weights and 8-bit optimizer states."""

BATCH_TOKENS = 4096
"""Tokens a device takes at once where memory allows."""
EFFECTIVE_BATCH = 16
"""Examples between two optimizer steps."""
RANK = 16
SMALL_SET = 1000
LARGE_SET = 50_000
RANKS = (8, 16, 32)
"""By the size of the set: a small one needs, and bears, fewer parameters ("LoRA Without Regret",
Thinking Machines 2025, relates capacity to the information in the set)."""
TEXTS = {"sft": 1, "dpo": 2}
"""Texts an example: DPO reads the chosen and the rejected answer (arXiv 2305.18290)."""
Adapted = Literal["lora", "qlora", "full"]
LADDER: dict[Method, tuple[Adapted, ...]] = {
    "full": ("full", "lora", "qlora"),
    "lora": ("lora", "qlora"),
    "qlora": ("qlora",),
}
NAMES: dict[Method, str] = {"full": "full tuning", "lora": "LoRA", "qlora": "QLoRA"}
ENCODER_LAYOUT = Layout(
    total_b=0.149,
    active_b=0.149,
    layers=22,
    hidden=768,
    query=768,
    key=768,
    ffn=1152,
    gated=True,
    vocab=50_368,
    tied=True,
)
"""ModernBERT-base (arXiv 2412.13663)."""
SETFIT_LAYOUT = Layout(
    total_b=0.0227,
    active_b=0.0227,
    layers=6,
    hidden=384,
    query=384,
    key=384,
    ffn=1536,
    gated=False,
    vocab=30_522,
    tied=True,
)
"""all-MiniLM-L6-v2, from its published config."""
LARGEST_ENCODER_B = 1.0
"""Above this the model is not an encoder, and a small encoder is tuned in its place."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A method with the run that fits best; without a run there is nothing to train."""

    method: Method
    why: str
    run: Run | None
    memory: TrainingMemory | None
    form: Form = "mixed"


def rank_for(examples: int | None) -> int:
    """Return the rank of the adapters for a set of that size."""
    if examples is None:
        return RANK
    small, usual, large = RANKS
    return small if examples < SMALL_SET else large if examples >= LARGE_SET else usual


def total_quantity(memory: TrainingMemory, devices: int = 1) -> Quantity:
    """Return the memory of all devices together, in GB, with the 80% interval of the fit.

    It never goes below the weights, which are known.
    """
    value = memory.total_gb * devices
    factor = math.exp(coefficients().memory_spread)
    return Quantity(
        value=value, low=max(memory.weights_gb * devices, value / factor), high=value * factor
    )


@dataclass(frozen=True, slots=True)
class Chooser:
    """One model on its devices; `available_gb` is that of one device. None is unknown."""

    layout: Layout
    sequence: int
    devices: int
    available_gb: float | None
    objective: Objective
    rank: int
    precision: str
    card: LinkedCard | None
    engine: TrainingEngine = "transformers"

    def choose(self, method: Method, why: str, *, fixed: bool, form: Form = "mixed") -> Choice:
        """Return method, reason and run; a full run steps down to LoRA and QLoRA if not fixed."""
        if method in UNTRAINED:
            return Choice(method, why, None, None)
        if method in ENCODERS:
            return self._encoder(method, why)
        for step in LADDER[method][:1] if fixed else LADDER[method]:
            run, memory = self._best(step, form)
            if self._holds(memory) is not False:
                short = f"; {NAMES[method]} does not fit, {NAMES[step]} does"
                return Choice(step, why if step == method else why + short, run, memory, form)
        short = "" if fixed else f"; not even {NAMES[step]} fits this hardware"
        return Choice(step, why + short, run, memory, form)

    def _holds(self, memory: TrainingMemory, *, surely: bool = False) -> bool | None:
        if self.available_gb is None:
            return None
        spread = math.exp(coefficients().memory_spread) if surely else 1.0
        return memory.total_gb * spread <= self.available_gb

    def _encoder(self, method: Method, why: str) -> Choice:
        """Return a full run of a small encoder, the model itself where it is one.

        Its head gives labels, so nothing is multiplied with the vocabulary.
        """
        few = method == "setfit"
        own = self.layout.total_b <= LARGEST_ENCODER_B
        layout = self.layout if own else SETFIT_LAYOUT if few else ENCODER_LAYOUT
        inner_b = layout.active_b - layout.head_b * (1 if layout.tied else 2)
        run = Run(
            layout=replace(layout, active_b=max(inner_b, 0.01), vocab=1),
            method="full",
            batch=max(1, min(EFFECTIVE_BATCH, 4 * BATCH_TOKENS // self.sequence)),
            sequence=self.sequence,
            checkpointing="none",
            devices=self.devices,
        )
        while self._holds(training_memory(run), surely=True) is False and run.batch > 1:
            run = replace(run, batch=run.batch // 2)
        return Choice(method, why, run, training_memory(run))

    def _best(self, method: Adapted, form: Form) -> tuple[Run, TrainingMemory]:
        """Return the fastest of the runs that surely fit, else the smallest of all.

        Where each device holds the whole model (DDP), no weights travel; else it is sharded.
        """
        every = [(run, training_memory(run)) for run in self._runs(method, form)]
        sure = [pair for pair in every if self._holds(pair[1], surely=True) is not False]
        if not sure:
            return min(every, key=lambda pair: pair[1].total_gb)
        card = self.card
        if card is None:
            return sure[0]
        return max(sure, key=lambda pair: tokens_per_second(pair[0], card))

    def _runs(self, method: Adapted, form: Form) -> Iterator[Run]:
        """Yield the runs to choose from, those that compute nothing twice first."""
        texts = TEXTS[self.objective]
        most = max(1, BATCH_TOKENS // (self.sequence * texts))
        full = method == "full"
        small = method == "qlora" or self.engine == "unsloth" or (full and form == "lean")
        optimizer: Optimizer = "adamw-8bit" if small else "adamw-mixed"
        whole = Run(
            layout=self.layout,
            method=method,
            engine=self.engine,
            precision="nf4-dq" if method == "qlora" else self.precision if full else "bf16",
            batch=most * texts,
            sequence=self.sequence,
            trained_b=None if full else self.layout.adapters_b(self.rank),
            optimizer=optimizer,
            devices=self.devices,
            reference=self.objective == "dpo",
        )
        shardings: tuple[Sharding, ...] = ("none", "sharded")
        ways: tuple[Checkpointing, ...] = ("none", "full")
        if self.engine == "unsloth":
            ways = ("offload",)
        counts = [most >> step for step in range(most.bit_length())]
        for sharding, way, count in product(shardings[: self.devices], ways, counts):
            yield replace(whole, batch=count * texts, checkpointing=way, sharding=sharding)
