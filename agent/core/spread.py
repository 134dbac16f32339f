"""How is a model spread: over devices that share layers, over machines, into system memory?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from agent.core.estimate import Estimate
from agent.core.shape import shape_of
from knowledge.schema import Model

DEVICES_A_NODE = 8
LAYERS_UNKNOWN = 32
FP8_BLOCK = 128
"""Rows and columns that share a scale in the FP8 checkpoints of most makers."""


@dataclass(frozen=True, slots=True)
class OutsideGpu:
    """Layers whose weights, or whose experts alone, stay in system memory, and their GB.

    `dense` layers without experts come before them.
    """

    layers: int
    dense: int
    of_experts: bool
    ram_gb: float


def outside_gpu(sized: Estimate, model: Model) -> OutsideGpu | None:
    """Return what stays in system memory, or None where all fits or the GPU can't hold the rest.

    Of a mixture of experts the experts stay outside, layer by layer, so that attention and cache
    keep to the GPU (llama.cpp, --n-cpu-moe); of a dense model whole layers do.
    """
    if sized.offloaded_share == 0:
        return None
    weights = sized.weights_gb.value or 0.0
    layers, dense = LAYERS_UNKNOWN, 0
    if model.architecture is not None:
        moe = model.architecture.moe
        dense = (moe.dense_layers or 0) if moe else 0
        layers = model.architecture.layers - dense
    shape = shape_of(model)
    of_experts = shape.routed_b > 0 and model.architecture is not None
    movable = weights * (shape.routed_b / shape.total_b if of_experts else 1.0)
    if sized.offloaded_share * weights > movable:
        return None
    count = ceil(sized.offloaded_share * weights / movable * layers)
    return OutsideGpu(count, dense, of_experts, movable * count / layers)


def tensor_parallel_size(model: Model, devices: int) -> int:
    """Return the most devices of a node that can share each layer.

    It divides the devices and the query heads; the key-value heads it divides, or is a multiple
    of them, for each device then holds a copy (vLLM and SGLang alike).
    """
    each = devices // machines(devices)
    if model.architecture is None:
        return max(size for size in (1, 2, 4, 8) if each % size == 0)
    heads, kv_heads = model.architecture.heads, model.architecture.kv_heads
    copied = model.architecture.attention in ("mla", "mqa")
    return max(
        size
        for size in range(1, each + 1)
        if each % size == heads % size == 0
        and (copied or kv_heads % size == 0 or size % kv_heads == 0)
    )


def machines(devices: int) -> int:
    """Return the fewest machines of at most eight devices that hold equally many."""
    return next(
        nodes
        for nodes in range(1, devices + 1)
        if devices % nodes == 0 and devices // nodes <= DEVICES_A_NODE
    )


def whole_experts(model: Model, devices: int) -> int | None:
    """Return over how many devices whole experts go, None where each can be cut instead.

    Cut pieces must hold whole blocks of FP8 scales (model card of Qwen3-235B-A22B-FP8).
    """
    architecture = model.architecture
    moe = architecture.moe if architecture else None
    size = moe.expert_intermediate_size if moe else None
    tensor = tensor_parallel_size(model, devices)
    return tensor if size and size % (tensor * FP8_BLOCK) else None
