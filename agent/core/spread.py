"""How is a model spread: over devices that share layers, over machines, into system memory?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil

from agent.core.estimate import Estimate
from agent.core.shape import shape_of
from knowledge.schema import Model

DEVICES_A_NODE = 8
LAYERS_UNKNOWN = 32
BISECTIONS = 40
"""Halvings of the range in which the lightest heaviest group lies."""
FP8_BLOCK = 128
"""Rows and columns that share a scale in the FP8 checkpoints of most makers."""


@dataclass(frozen=True, slots=True)
class OutsideGpu:
    """Layers whose weights, or whose experts alone, stay in system memory, and their GB.

    `dense` layers without experts come before them. `split` are the layers of each device where
    experts stay outside: those without experts are light, so the first devices hold more of them.
    """

    layers: int
    dense: int
    of_experts: bool
    ram_gb: float
    split: tuple[int, ...] = ()


def outside_gpu(sized: Estimate, model: Model) -> OutsideGpu | None:
    """Return what stays in system memory, or None where all fits or the GPU can't hold the rest.

    Of a mixture of experts the experts stay outside, layer by layer, so that attention and cache
    keep to the GPU (llama.cpp, --n-cpu-moe); of a dense model whole layers do.
    """
    if sized.offloaded_share == 0:
        return None
    weights, shape = sized.weights_gb.value or 0.0, shape_of(model)
    moe = model.architecture.moe if model.architecture else None
    dense = (moe.dense_layers or 0) if moe else 0
    layers = model.architecture.layers - dense if model.architecture else LAYERS_UNKNOWN
    of_experts = shape.routed_b > 0 and model.architecture is not None
    movable = weights * (shape.routed_b / shape.total_b if of_experts else 1.0)
    if sized.offloaded_share * weights > movable:
        return None
    least = ceil(sized.offloaded_share * weights / movable * layers)
    if not of_experts:
        return OutsideGpu(least, dense, of_experts, movable * least / layers)
    cache = sized.kv_cache_gb.value or 0.0
    light = (weights - movable + cache) / (layers + dense)
    room = (sized.usable_gb or 0.0) - ((sized.total_gb.value or 0.0) - weights - cache)
    for count in range(least, layers + 1):
        costs = [light] * (dense + count) + [light + movable / layers] * (layers - count)
        split = _evenly(costs, sized.devices)
        if _heaviest(costs, split) <= room / sized.devices:
            return OutsideGpu(count, dense, of_experts, movable * count / layers, split)
    return None


def _evenly(costs: list[float], groups: int) -> tuple[int, ...]:
    """Return how many neighbours each group holds so that the heaviest is as light as possible."""
    low, high = max(costs), sum(costs)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(costs, middle)) <= groups else (middle, high)
    sizes = _filled(costs, high)
    return (*sizes, *[0] * (groups - len(sizes)))


def _filled(costs: list[float], most: float) -> list[int]:
    """Return how many neighbours each group takes where none may weigh more than `most`."""
    sizes, held = [0], 0.0
    for cost in costs:
        if held + cost > most:
            sizes, held = [*sizes, 0], 0.0
        sizes[-1] += 1
        held += cost
    return sizes


def _heaviest(costs: list[float], split: tuple[int, ...]) -> float:
    ends = list(accumulate(split, initial=0))
    return max(sum(costs[a:b]) for a, b in pairwise(ends))


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
