"""How fast does it run? Decode by bandwidth, prefill by compute, batches by both."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from agent.core.efficiency import (
    TENSOR_PARALLEL,
    DecodeFit,
    PrefillFit,
    decode_fit,
    device_class,
    prefill_fit,
)
from agent.core.precision import Precision
from agent.core.shape import Shape, shape_of
from agent.core.sizing import cache_bytes, kv_cache_gb
from knowledge.schema import Architecture, Hardware, Model

CPU_BANDWIDTH_GB_S = 80.0
"""Assumed for offloaded layers: dual-channel DDR5-5600 is 89.6 GB/s by specification."""
CPU_EFFICIENCY = 0.7
ALLREDUCE_US = {"nvlink": 10.0, "pcie": 30.0}
"""Assumed microseconds of a small all-reduce; two a layer (Megatron-LM, arXiv 1909.08053)."""
LAYER_SPLIT_SHARE = 0.90
"""Speed kept when layers are split over cards, which work in turn."""
DECODE_MFU = 0.40
"""Share of peak reached by batched decode once compute binds."""
FP32_TO_BF16 = 2.0
"""Dense BF16 over FP32 peak of RTX 3090, 4090 and 5090; stands in for unlisted consumer cards."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A compute peak in TFLOPS and where it came from."""

    tflops: float
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """A model at a precision on devices under an engine: what every speed formula needs."""

    model: Model
    hardware: Hardware
    precision: Precision
    engine: str
    devices: int
    offloaded_share: float = 0.0
    system_gb_s: float = CPU_BANDWIDTH_GB_S

    @property
    def shape(self) -> Shape:
        """The division of the model's parameters."""
        return shape_of(self.model)

    @property
    def layers(self) -> int:
        """Number of layers; without an architecture that of the usual shape for its size."""
        if self.model.architecture:
            return self.model.architecture.layers
        return typical_layers(self.shape.active_b)

    @property
    def tensor_parallel(self) -> int:
        """Devices that share each layer's work; 1 where layers are split instead."""
        return self.devices if self.engine in TENSOR_PARALLEL else 1

    @property
    def decode_fit(self) -> DecodeFit:
        """The calibration row for decode."""
        return decode_fit(self.hardware, self.engine, moe=self.shape.active_b < self.shape.total_b)

    @property
    def prefill_fit(self) -> PrefillFit:
        """The calibration row for prefill."""
        return prefill_fit(self.hardware, self.engine)


def typical_layers(active_b: float) -> int:
    """Return the layers a dense decoder of that size usually has: about 16 x P^0.37.

    Fits Llama 1B 16, 8B 32, 70B 80 and 405B 126 within a fifth.
    """
    return max(6, int(16 * math.pow(active_b, 0.37)))


def decode_step_s(setup: Setup, *, context_tokens: float, sequences: float = 1) -> float | None:
    """Return the seconds of one decoding step for a batch, or None without a bandwidth.

    seconds = bytes read / (bandwidth x e) + layers x c, with weights read once and the cache of
    every sequence; compute replaces the first term where it takes longer. Source: roofline of
    Pope et al. 2022 (arXiv 2211.05102) with e and c fitted by device class and engine.
    """
    bandwidth = setup.hardware.value("bandwidth")
    if bandwidth is None:
        return None
    fit = setup.decode_fit
    weights_gb = setup.shape.read_gb(setup.precision, sequences=sequences)
    on_cpu_gb = _read_in_system_gb(setup, sequences)
    read_gb = weights_gb - on_cpu_gb + _cache_gb(setup, context_tokens, sequences)
    parallel = setup.tensor_parallel
    memory_s = read_gb / (bandwidth * fit.e * parallel)
    if setup.devices > 1 and parallel == 1:
        memory_s /= LAYER_SPLIT_SHARE
    memory_s += on_cpu_gb / (setup.system_gb_s * CPU_EFFICIENCY)
    peak = compute_peak(setup)
    compute_s = 0.0
    if peak is not None and sequences > 1:
        flops = 2 * setup.shape.active_b * 1e9 * sequences
        compute_s = flops / (peak.tflops * 1e12 * DECODE_MFU * parallel)
    layer_s = setup.layers * fit.layer_us * 1e-6
    if parallel > 1:
        layer_s += setup.layers * 2 * allreduce_us(setup.hardware) * 1e-6
    return max(memory_s, compute_s) + layer_s


def fastest_step_s(setup: Setup, *, context_tokens: float, sequences: float = 1) -> float | None:
    """Return the seconds below which no decoding step can be: bytes read / bandwidth.

    Speed-ups that read fewer bytes, such as speculative decoding, are not counted.
    """
    bandwidth = setup.hardware.value("bandwidth")
    if bandwidth is None:
        return None
    on_cpu_gb = _read_in_system_gb(setup, sequences)
    read_gb = setup.shape.read_gb(setup.precision, sequences=sequences) - on_cpu_gb
    read_gb += _cache_gb(setup, context_tokens, sequences)
    return read_gb / (bandwidth * setup.tensor_parallel) + on_cpu_gb / setup.system_gb_s


def _read_in_system_gb(setup: Setup, sequences: float) -> float:
    """Return the weights that a step reads from system memory: routed experts go there first.

    Source: llama.cpp's `--n-cpu-moe`, which keeps attention and shared weights on the card.
    """
    shape, precision = setup.shape, setup.precision
    away_gb = shape.weight_gb(precision) * setup.offloaded_share
    experts_gb = shape.experts_gb(precision)
    read_gb = shape.read_gb(precision, sequences=sequences)
    if not experts_gb:
        return read_gb * setup.offloaded_share
    share = min(1.0, away_gb / experts_gb)
    expert_read_gb = shape.experts_read_gb(precision, sequences=sequences)
    rest_gb = shape.weight_gb(precision) - experts_gb
    rest_share = max(0.0, away_gb - experts_gb) / rest_gb if rest_gb > 0 else 0.0
    return expert_read_gb * share + (read_gb - expert_read_gb) * rest_share


def _cache_gb(setup: Setup, context_tokens: float, sequences: float) -> float:
    architecture = setup.model.architecture
    if architecture is None:
        return 0.0
    return kv_cache_gb(
        architecture,
        round(context_tokens),
        sequences=sequences,
        kv_bytes=cache_bytes(setup.precision, setup.engine),
    )


def allreduce_us(hardware: Hardware) -> float:
    """Return the assumed time of one all-reduce in microseconds, by the cards' link."""
    text = (hardware.interconnect or "").lower()
    fast = re.search(r"(?<!no )(nvlink|infinity fabric|xgmi|ici|neuronlink|roce)", text)
    return ALLREDUCE_US["nvlink" if fast else "pcie"]


def compute_peak(setup: Setup) -> Peak | None:
    """Return the dense peak that applies to the precision, or None where none is known.

    FP8 weights run at the FP8 rate; weight-only and GGUF formats are widened and run at 16 bit.
    """
    hardware = setup.hardware
    measured = setup.prefill_fit.tflops
    if measured:
        return Peak(measured, "assumed", "rate measured on this class of device")
    names = ["compute_bf16", "compute_fp16"]
    if setup.precision.name == "fp8":
        names.insert(0, "compute_fp8")
    if setup.precision.name == "nvfp4":
        names.insert(0, "compute_fp4")
    if setup.precision.kind == "integer":
        names.insert(0, "compute_int8")
    for name in names:
        value = hardware.value(name)
        if value:
            return Peak(value, f"{hardware.id}#{name}")
    fp32 = hardware.value("compute_fp32")
    if fp32 and device_class(hardware) in {"geforce", "radeon", "workstation"}:
        note = "16-bit peak taken as twice the FP32 peak"
        return Peak(fp32 * FP32_TO_BF16, f"{hardware.id}#compute_fp32", note)
    return None


def prefill_s(setup: Setup, tokens: int) -> float | None:
    """Return the seconds to read a prompt of `tokens`, or None without a compute figure.

    2 x active parameters x tokens / (peak x MFU), plus causal attention of
    4 x heads x head_dim FLOPs for each pair of tokens compared (Kaplan et al. 2020,
    arXiv 2001.08361), never less than one pass over the weights.
    """
    peak = compute_peak(setup)
    bandwidth = setup.hardware.value("bandwidth")
    if peak is None or bandwidth is None:
        return None
    fit = setup.prefill_fit
    shape = setup.shape
    mfu = fit.moe_mfu if shape.active_b < shape.total_b else fit.mfu
    rate = peak.tflops * 1e12 * mfu * _prefill_scaling(setup)
    seconds = 2 * shape.active_b * 1e9 * tokens / rate
    architecture = setup.model.architecture
    if architecture is not None:
        width = architecture.heads * architecture.head_dim
        pairs = _attended_pairs(architecture, tokens)
        seconds += 4 * width * pairs / (rate * fit.attention)
    one_pass_gb = shape.read_gb(setup.precision, sequences=tokens)
    on_cpu_gb = _read_in_system_gb(setup, tokens)
    floor_s = (one_pass_gb - on_cpu_gb) / (
        bandwidth * setup.decode_fit.e * setup.tensor_parallel
    ) + on_cpu_gb / (setup.system_gb_s * CPU_EFFICIENCY)
    return max(seconds, floor_s)


def _attended_pairs(architecture: Architecture, tokens: int) -> float:
    """Return the pairs of tokens that causal attention compares, over all layers.

    tokens^2 / 2 in a full layer; in one with a window no token looks further back than it.
    """
    layers = architecture.full_attention_layers or architecture.layers
    window = architecture.sliding_window
    local = min(window.local_layers, layers) if window else 0
    seen = min(window.window, tokens) if window else 0
    return (layers - local) * tokens**2 / 2 + local * seen * (tokens - seen / 2)


def _prefill_scaling(setup: Setup) -> float:
    """Return by how much tensor parallelism speeds prefill: about 0.85 for each doubling."""
    parallel = setup.tensor_parallel
    return parallel * 0.85 ** (parallel.bit_length() - 1)


def throughput_tok_s(
    setup: Setup, *, concurrency: int, input_tokens: int, output_tokens: int
) -> float | None:
    """Return output tokens per second over all streams, prompts included, or None.

    One round serves `concurrency` requests: their prefills one after another, then the decode
    steps together at the mean context.
    """
    context = input_tokens + output_tokens / 2
    step = decode_step_s(setup, context_tokens=context, sequences=concurrency)
    prompt = prefill_s(setup, input_tokens)
    if step is None or prompt is None:
        return None
    return concurrency * output_tokens / (concurrency * prompt + output_tokens * step)
