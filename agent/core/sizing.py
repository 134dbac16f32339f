"""Does it fit? Weights, key-value cache, runtime overhead and what the device really offers."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.efficiency import TENSOR_PARALLEL, Overhead, overhead, usable
from agent.core.precision import Precision
from agent.core.shape import Shape, shape_of
from knowledge.schema import Architecture, Hardware, Model

KV_BYTES = 2.0
"""Bytes of one cached number: 16 bit, the default of every engine here."""
KV_BYTES_FP8 = 1.0
"""NVIDIA's FP8 and FP4 checkpoints for TensorRT-LLM quantize the cache to 8 bit too."""
KV_BYTES_4BIT = 0.5
"""QServe keeps the cache in 4 bit (W4A8KV4, Lin et al. 2024, arXiv 2405.04532)."""
BINARY_GB = 2**30 / 1e9
"""Memory is sold in powers of two: a card of 24 GB holds 24 x 1.074 GB of 1e9 bytes."""

UNKNOWN_CACHE_LIMIT = 0.7
"""Where the cache can't be computed, weights below this share of memory still count as fitting."""


def weights_gb(model: Model, precision: Precision) -> float:
    """Return the size of the weights in GB (1e9 bytes): parameters x bits per weight / 8."""
    return shape_of(model).weight_gb(precision)


def kv_bytes_per_token(architecture: Architecture, *, kv_bytes: float = KV_BYTES) -> float:
    """Return the cache one more token takes while every layer still grows, in bytes.

    2 x layers x kv_heads x head_dim x bytes for MHA, GQA and MQA (Shazeer 2019, arXiv 1911.02150;
    Ainslie et al. 2023, arXiv 2305.13245). Latent attention keeps one vector a layer:
    layers x (kv_rank + rope_dim) x bytes (DeepSeek-V2, arXiv 2405.04434). Hybrids count only their
    full-attention layers. Layers with a window may have heads of their own.
    """
    full, windowed = cached_layers(architecture)
    return full * _layer_bytes(architecture, kv_bytes) + windowed * _window_bytes(
        architecture, kv_bytes
    )


def cached_layers(architecture: Architecture) -> tuple[int, int]:
    """Return how many layers cache the whole context, and how many only a window of it."""
    layers = architecture.full_attention_layers or architecture.layers
    window = architecture.sliding_window
    windowed = min(window.local_layers, layers) if window else 0
    return layers - windowed, windowed


def cache_bytes(precision: Precision, engine: str) -> float:
    """Return the bytes of one cached number: 2, 1 under TensorRT-LLM at FP8 or FP4, QServe 0.5."""
    if engine == "qserve":
        return KV_BYTES_4BIT
    small = engine == "tensorrt-llm" and precision.name in {"fp8", "nvfp4"}
    return KV_BYTES_FP8 if small else KV_BYTES


def _layer_bytes(architecture: Architecture, kv_bytes: float) -> float:
    if architecture.mla is not None:
        return (architecture.mla.kv_lora_rank + architecture.mla.qk_rope_head_dim) * kv_bytes
    kv_heads = architecture.heads if architecture.attention == "mha" else architecture.kv_heads
    return 2 * kv_heads * architecture.head_dim * kv_bytes


def _window_bytes(architecture: Architecture, kv_bytes: float) -> float:
    window = architecture.sliding_window
    if window is None or window.kv_heads is None:
        return _layer_bytes(architecture, kv_bytes)
    return 2 * window.kv_heads * (window.head_dim or architecture.head_dim) * kv_bytes


def kv_cache_gb(
    architecture: Architecture,
    context_tokens: int,
    *,
    sequences: float = 1,
    kv_bytes: float = KV_BYTES,
) -> float:
    """Return the cache of `sequences` contexts of `context_tokens` each, in GB (1e9 bytes).

    Layers with a sliding window stop growing at the window.
    """
    full, windowed = cached_layers(architecture)
    kept = full * context_tokens * _layer_bytes(architecture, kv_bytes)
    if architecture.sliding_window:
        seen = min(context_tokens, architecture.sliding_window.window)
        kept += windowed * seen * _window_bytes(architecture, kv_bytes)
    return kept * sequences / 1e9


def usable_gb(hardware: Hardware, engine: str, *, devices: int = 1) -> float | None:
    """Return the memory that weights, cache and runtime may take together, in GB (1e9 bytes)."""
    memory = hardware.value("memory")
    if memory is None:
        return None
    binary = BINARY_GB if memory >= 1 else 1.0
    return memory * binary * usable(hardware, engine).share * devices


def overhead_gb(weights_and_cache_gb: float, extra: Overhead, *, devices: int = 1) -> float:
    """Return the runtime's own memory: a fixed part a device and a share of weights and cache.

    Source: measured use less weights and cache, by engine over published memory rows.
    """
    return extra.fixed_gb * devices + extra.share * weights_and_cache_gb


def prompt_gb(architecture: Architecture, extra: Overhead, *, tokens: float) -> float:
    """Return what reading `tokens` of prompt at once holds on each device, in GB (1e9 bytes).

    Three feed-forward and three model widths of 16-bit activations, and the logits, as far as the
    engine keeps them.
    """
    moe = architecture.moe
    width = architecture.intermediate_size or 0
    if moe and moe.expert_intermediate_size:
        width = moe.expert_intermediate_size * moe.experts_per_token
    activations = 6 * (width + architecture.hidden_size) * extra.activations
    return tokens * (activations + extra.logits * architecture.vocab_size) / 1e9


@dataclass(frozen=True, slots=True)
class Memory:
    """What a model takes on a device. All in GB of 1e9 bytes; None is unknown."""

    shape: Shape
    weights_gb: float
    kv_cache_gb: float | None
    overhead_gb: float
    total_gb: float
    usable_gb: float | None
    on_device_gb: float | None
    fits: bool | None
    max_context_tokens: int | None
    max_concurrency: int | None


def size(
    model: Model,
    hardware: Hardware,
    *,
    precision: Precision,
    engine: str,
    devices: int,
    context_tokens: int,
    concurrency: int,
    copies: int = 1,
    prompt_tokens: int = 0,
    release: str = "",
    beside_gb: float = 0.0,
) -> Memory:
    """Size `model` on `devices` of `hardware` for `concurrency` contexts of `context_tokens`.

    `beside_gb` of system memory take what the devices do not. `copies` of the model share the
    devices and the contexts. `prompt_tokens` of each context are read at once by an engine that
    reads whole prompts; `release` is the engine's, where memory differs by it.

    Without an architecture the cache is unknown: `fits` is then False where the weights alone are
    too large, True where they leave at least 30% of the memory, and otherwise None.
    """
    shape = shape_of(model)
    weights = shape.weight_gb(precision) * copies
    architecture = model.architecture
    kv_bytes = cache_bytes(precision, engine)
    cache = (
        kv_cache_gb(architecture, context_tokens, sequences=concurrency, kv_bytes=kv_bytes)
        if architecture
        else None
    )
    runtime = overhead(engine, release)
    if architecture and cache is not None:
        least = kv_cache_gb(architecture, max(1, runtime.reserved_tokens), kv_bytes=kv_bytes)
        cache = max(cache, least if runtime.reserved_tokens else 0.0)
    extra = overhead_gb(weights + (cache or 0.0), runtime, devices=devices)
    if architecture:
        read = prompt_gb(architecture, runtime, tokens=prompt_tokens * concurrency)
        extra += read * (1 if engine in TENSOR_PARALLEL else devices)
    total = weights + (cache or 0.0) + extra
    on_device = usable_gb(hardware, engine, devices=devices)
    available = None if on_device is None else on_device + beside_gb
    fits = None if available is None else total <= available
    if fits and cache is None and available is not None and total > UNKNOWN_CACHE_LIMIT * available:
        fits = None
    room = _room_gb(weights, available, runtime, devices)
    return Memory(
        shape=shape,
        weights_gb=weights,
        kv_cache_gb=cache,
        overhead_gb=extra,
        total_gb=total,
        usable_gb=available,
        on_device_gb=on_device,
        fits=fits,
        max_context_tokens=max_context(
            model, room_gb=room, sequences=concurrency, kv_bytes=kv_bytes
        ),
        max_concurrency=max_sequences(
            model, room_gb=room, context_tokens=context_tokens, kv_bytes=kv_bytes
        ),
    )


def _room_gb(
    weights: float, available: float | None, extra: Overhead, devices: int
) -> float | None:
    """Return what is left for the cache: usable memory less weights and overhead."""
    if available is None:
        return None
    return (available - extra.fixed_gb * devices) / (1 + extra.share) - weights


def max_context(
    model: Model, *, room_gb: float | None, sequences: int, kv_bytes: float = KV_BYTES
) -> int | None:
    """Return the longest context that `room_gb` of cache holds for each of `sequences`.

    The model's own limit caps it. 0 means that not even the weights fit.
    """
    architecture = model.architecture
    if room_gb is None or architecture is None:
        return None
    limit = context_limit(model) or architecture.context_tokens
    if kv_cache_gb(architecture, limit, sequences=sequences, kv_bytes=kv_bytes) <= room_gb:
        return limit
    low, high = 0, limit
    while high - low > 1:
        middle = (low + high) // 2
        fits = kv_cache_gb(architecture, middle, sequences=sequences, kv_bytes=kv_bytes) <= room_gb
        low, high = (middle, high) if fits else (low, middle)
    return low


def max_sequences(
    model: Model, *, room_gb: float | None, context_tokens: int, kv_bytes: float = KV_BYTES
) -> int | None:
    """Return how many contexts of `context_tokens` the cache holds at once."""
    if room_gb is None or model.architecture is None:
        return None
    one_gb = kv_cache_gb(model.architecture, context_tokens, kv_bytes=kv_bytes)
    return max(0, int(room_gb / one_gb))


def context_limit(model: Model) -> int | None:
    """Return the longest context the model accepts: its fact, else its architecture's."""
    stated = model.value("context")
    if stated:
        return int(stated)
    return model.architecture.context_tokens if model.architecture else None
