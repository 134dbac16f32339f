"""What a training run takes of each device: weights, gradients, states, activations, logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.core.training_fit import Coefficients, coefficients
from agent.core.training_layout import Layout

MemoryMethod = Literal["lora", "qlora", "full", "adapter", "adapter_v2"]
Optimizer = Literal[
    "adamw-mixed",
    "adamw",
    "adamw-8bit",
    "adamw-in-backward",
    "adamw-8bit-in-backward",
    "paged-in-backward",
]
Checkpointing = Literal["none", "selective", "full", "offload"]
Sharding = Literal["none", "sharded", "fsdp-frozen"]
Engine = Literal["transformers", "unsloth", "deepspeed", "torchtune", "litgpt", "llm.q"]

STATE_BYTES: dict[Optimizer, tuple[float, float]] = {
    "adamw-mixed": (4.0, 12.0),
    "adamw": (2.0, 4.0),
    "adamw-8bit": (2.0, 2.0),
    "adamw-in-backward": (0.0, 4.0),
    "adamw-8bit-in-backward": (0.0, 2.0),
    "paged-in-backward": (0.0, 0.0),
}
"""Bytes of gradient and of optimizer state for each trained parameter, its 16-bit weight aside.

Mixed precision keeps gradients, a master copy and both AdamW moments in 32 bit: 18 bytes in all, as
in LLaMA-Factory's hardware table; 8-bit moments after Dettmers et al. 2021 (arXiv 2110.02861)."""
NF4_BITS = {"nf4": 4.5, "nf4-dq": 4.127, "gptq": 4.156}
"""QLoRA (arXiv 2305.14314): 4 bits and a 32-bit scale for 64 weights, or that scale quantized."""
WIDE_BITS = 16.0
"""Embeddings and output head, which quantizers leave alone."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training step on each of `devices`: `batch` texts of `sequence` tokens.

    `precision` is that of the frozen weights, or fp8 for the products of a full run. `trained_b`
    are the trained parameters in billions; None is all of them. `keeps_gradients` tells that
    gradients stay over several batches, as gradient accumulation has it. `texts` are those an
    example is read as.
    """

    layout: Layout
    method: MemoryMethod
    engine: Engine = "transformers"
    precision: str = "bf16"
    batch: int = 1
    sequence: int = 1024
    trained_b: float | None = None
    optimizer: Optimizer = "adamw-mixed"
    checkpointing: Checkpointing = "full"
    fused_loss: bool = True
    compiled: bool = False
    devices: int = 1
    sharding: Sharding = "none"
    keeps_gradients: bool = True
    reference: bool = False

    @property
    def tokens(self) -> int:
        """Tokens that a device takes at once."""
        return self.batch * self.sequence

    @property
    def full(self) -> bool:
        """Tell whether all weights are trained."""
        return self.method == "full"


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Memory of each device at the peak, in GB (1e9 bytes)."""

    weights_gb: float
    gradients_gb: float
    states_gb: float
    activations_gb: float
    logits_gb: float
    runtime_gb: float
    total_gb: float

    @property
    def trained_gb(self) -> float:
        """Gradients, optimizer states and adapters together."""
        return self.gradients_gb + self.states_gb


def training_memory(run: Run, fit: Coefficients | None = None) -> TrainingMemory:
    """Return the memory of each device at the peak of `run`.

    weights + states + max(gradients, activations + logits) + runtime. The larger of the two counts
    because gradients come to be while activations go; where gradients stay over several batches,
    both do. Activations are layers x tokens x numbers kept x 2 bytes without checkpointing; with
    it, one hidden vector a layer and the layer that is recomputed (Chen et al. 2016, arXiv
    1604.06174). The fitted coefficients are those of `python -m evals.training`.
    """
    use = fit or coefficients()
    layout, share = run.layout, 1.0 if run.sharding == "none" else 1.0 / run.devices
    weights = layout.total_b * WIDE_BITS / 8
    if run.precision in NF4_BITS:
        wide_b = layout.head_b * (1 if layout.tied else 2)
        narrow_b = layout.total_b - wide_b
        weights = (narrow_b * NF4_BITS[run.precision] + wide_b * WIDE_BITS) / 8
    if run.reference and run.full:
        weights *= 2
    trained_b = layout.total_b if run.trained_b is None else run.trained_b
    gradient_bytes, state_bytes = STATE_BYTES[run.optimizer]
    gradients = trained_b * gradient_bytes * share
    states = trained_b * state_bytes * share
    if not run.full:
        states += trained_b * WIDE_BITS / 8 * share
    weights *= share + (1.0 if run.sharding == "fsdp-frozen" else 0.0)
    activations = _activations_gb(run, use)
    logits = run.tokens * layout.vocab / 1e9
    logits *= use.fused_bytes if run.fused_loss else use.logits_bytes
    both = run.keeps_gradients or not run.full
    moving = activations + logits
    peak = gradients + moving if both else max(gradients, moving)
    known = weights + states + peak
    extra = use.runtime_share.get(run.engine, use.runtime_share["transformers"])
    runtime = use.fixed_gb + extra * weights
    if run.sharding == "sharded":
        runtime += use.sharded_gb.get(run.engine, use.sharded_gb["transformers"])
    return TrainingMemory(
        weights_gb=weights,
        gradients_gb=gradients if both else max(0.0, peak - moving),
        states_gb=states,
        activations_gb=activations,
        logits_gb=logits,
        runtime_gb=runtime,
        total_gb=known + runtime,
    )


def _activations_gb(run: Run, use: Coefficients) -> float:
    layout = run.layout
    numbers = layout.inner * use.activation_scale
    numbers += use.method_products.get(run.method, 0.0) * layout.products
    numbers *= use.compiled_scale if run.compiled else 1.0
    if run.checkpointing in ("none", "selective"):
        kept = layout.layers * numbers
    else:
        kept = numbers + (layout.layers * layout.hidden if run.checkpointing == "full" else 0)
    return run.tokens * kept * 2 / 1e9
