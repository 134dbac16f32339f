"""What a fine-tuning run takes: memory and hours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from agent.core.efficiency import device_class
from agent.core.precision import parse_precision
from agent.core.shape import Shape, shape_of
from agent.core.throughput import typical_layers
from knowledge.schema import Hardware, Model

Method = Literal["prompting", "setfit", "encoder", "lora", "qlora", "full"]
MemoryMethod = Literal["lora", "qlora", "full"]
Objective = Literal["sft", "dpo"]

FULL_BYTES = 18.0
"""Bytes a parameter: weights, gradients and AdamW states in mixed precision (LLaMA-Factory's
hardware table)."""
LORA_BYTES = 2.0
"""Bytes a frozen 16-bit parameter (the same table)."""
ADAPTER_BYTES = 0.08
"""Adapters of rank 16 on all linear layers are about 0.5% of the parameters, 16 bytes each."""
LAYER_BYTES = 34.0
"""Bytes per token and hidden unit of the one layer that is recomputed (Korthikanti et al. 2022,
arXiv 2205.05198)."""
SHARDED_QLORA = 1.28
"""PEFT's guide to FSDP with QLoRA (Llama 2 70B, two cards, 2 x 2048 tokens each) reports 35.6 GB a
card without offload where the parts below add up to 27.9."""
FIXED_GB = 0.5
"""CUDA context and workspace."""
FLOPS_PER_PARAM_TOKEN = {"full": 6.0, "encoder": 6.0, "setfit": 6.0, "lora": 4.0, "qlora": 4.0}
"""6 P forward and backward (Kaplan et al. 2020, arXiv 2001.08361); LoRA skips the gradients of
the frozen weights, about 4 P."""
TEXTS = {"sft": 1, "dpo": 2}
"""Texts an example: DPO reads the chosen and the rejected answer (arXiv 2305.18290)."""
REFERENCE_FLOPS = 2.0
"""Forward pass of DPO's reference model, by parameter and token (Kaplan et al. 2020)."""
TRAINING_MFU = {"datacentre": 0.40, "workstation": 0.40, "geforce": 0.45}
"""torchtune reaches 0.44 on A100 with packed Llama 3.2 3B. LLM.Q, a leaner stack, reaches 0.57 on
H100, 0.65 on RTX PRO 6000 and 0.8 on RTX 5090."""
DEFAULT_MFU = 0.30
"""Assumed where training was not measured."""
QLORA_SLOWDOWN = 1.02
"""torchtune, Llama 3.2 3B on A100: 8,210 tokens/s for LoRA, 8,035 for QLoRA."""


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Memory of a run on all its devices together, in GB (1e9 bytes).

    `copies` tells that each device holds the whole model; else the model is sharded over them.
    """

    weights_gb: float
    states_gb: float
    activations_gb: float
    total_gb: float
    copies: bool = False


def training_memory(
    model: Model,
    method: MemoryMethod,
    *,
    micro_batch_tokens: int = 8192,
    devices: int = 1,
    copies: bool = False,
    objective: Objective = "sft",
) -> TrainingMemory:
    """Return the memory of all devices together, with gradient checkpointing.

    The model is sharded (FSDP) unless each device holds a copy (DDP). Weights and states by bytes
    per parameter, and for each device activations of tokens x hidden x (2 x layers + 34) bytes; the
    loss is fused, so no logits are kept. Full DPO keeps a frozen 16-bit reference besides; with
    adapters the reference is the model without them. Against torchtune's Llama 3.2 3B on A100 at
    2 x 4096 tokens: 9.1 GB measured for LoRA, 4.9 for QLoRA.
    """
    shape = shape_of(model)
    if method == "full":
        weights, states = shape.total_b * LORA_BYTES, shape.total_b * (FULL_BYTES - LORA_BYTES)
        states += shape.total_b * LORA_BYTES if objective == "dpo" else 0.0
    else:
        weights = shape.total_b * LORA_BYTES
        weights = shape.weight_gb(parse_precision("nf4-dq")) if method == "qlora" else weights
        states = shape.total_b * ADAPTER_BYTES
    if copies:
        weights, states = weights * devices, states * devices
    activations = _activations_gb(model, shape, micro_batch_tokens) * devices
    if method == "qlora" and devices > 1 and not copies:
        weights, states, activations = (
            part * SHARDED_QLORA for part in (weights, states, activations)
        )
    total = weights + states + activations + FIXED_GB * devices
    return TrainingMemory(weights, states, activations, total, copies)


def _activations_gb(model: Model, shape: Shape, tokens: int) -> float:
    if model.architecture:
        layers, hidden = model.architecture.layers, float(model.architecture.hidden_size)
    else:
        layers = typical_layers(shape.active_b)
        hidden = math.sqrt(shape.active_b * 1e9 / (12 * layers))
    return tokens * hidden * (2 * layers + LAYER_BYTES) / 1e9


def training_mfu(hardware: Hardware) -> float:
    """Return the share of the 16-bit peak that training reaches on that class of device."""
    return TRAINING_MFU.get(device_class(hardware), DEFAULT_MFU)


def training_hours(
    active_params_b: float,
    method: Method,
    *,
    tokens: float,
    epochs: float,
    peak_tflops: float,
    mfu: float,
    devices: int = 1,
    objective: Objective = "sft",
) -> float:
    """Return the hours of training: tokens x epochs x FLOPs per token / (devices x peak x MFU).

    `tokens` are all that one epoch reads, both answers of a pair included. Prompting takes none.
    Source of the FLOPs: Kaplan et al. 2020 (arXiv 2001.08361); MFU as defined for PaLM (arXiv
    2204.02311).
    """
    if method == "prompting":
        return 0.0
    flops = flops_per_token(method, objective) * active_params_b * 1e9 * tokens * epochs
    slow = QLORA_SLOWDOWN if method == "qlora" else 1.0
    return flops * slow / (peak_tflops * 1e12 * mfu * devices) / 3600


def flops_per_token(method: Method, objective: Objective) -> float:
    """Return the FLOPs of one token, for each active parameter."""
    return FLOPS_PER_PARAM_TOKEN[method] + (REFERENCE_FLOPS if objective == "dpo" else 0.0)
