"""A model at a precision on devices under an engine, and the speeds that follow."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

from agent.core import rates, speed
from agent.core.efficiency import TENSOR_PARALLEL, device_class
from agent.core.engines import Engine
from agent.core.precision import Precision
from agent.core.shape import Shape, shape_of
from agent.core.sizing import cache_bytes, cached_layers, kv_cache_gb
from agent.core.speed import Load
from knowledge.schema import Architecture, Hardware, Model

CPU_BANDWIDTH_GB_S = 80.0
"""Assumed for offloaded layers: dual-channel DDR5-5600 is 89.6 GB/s by specification."""
PEAK_OVER_FP32 = {"workstation": 4.0}
"""Dense 16-bit over FP32 peak of RTX A6000 and 6000 Ada; on other cards it is `FP32_TO_16BIT`."""
FP32_TO_16BIT = 2.0
"""Dense BF16 over FP32 peak of RTX 3090, 4090 and 5090."""
NARROW_TO_16BIT = (("compute_fp8", 2.0), ("compute_fp4", 4.0))
"""Narrow peaks over the 16-bit one, on every NVIDIA card that publishes all three."""
APPLE_TFLOPS_PER_GB_S = 0.034
"""FP32 TFLOPS over GB/s of M2 Ultra (27.2 of 800), M3 Ultra and M4 Max, as reviewers state them;
Apple's GPUs multiply 16-bit numbers no faster. Apple itself publishes no peak."""
CHUNKS_AT_ONCE = 4.0
"""Micro-batches of 512 in llama.cpp's default batch of 2048."""
TUNED_FILL = 0.6
"""Share of memory that one copy's weights take at most where a benchmark entry runs copies."""
MODULE = re.compile(r"\b(SXM\d?|OAM|NVL\d*)\b")
"""Module forms, whose boards link every card."""
PCIE = re.compile(r"pcie\s*(\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Peak:
    """A compute peak in TFLOPS and where it came from."""

    tflops: float
    source: str
    note: str = ""


NO_PEAK = Peak(1.0, "assumed")
"""Stands in where no peak is known and none is needed."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How devices share a model: each layer over `tensor`, layers over `pipeline`, whole copies."""

    tensor: int
    pipeline: int = 1
    replicas: int = 1


@dataclass(frozen=True)
class Setup:
    """A model at a precision on devices under an engine: what every speed formula needs."""

    model: Model
    hardware: Hardware
    precision: Precision
    engine: Engine
    devices: int
    offloaded_share: float = 0.0
    system_gb_s: float = CPU_BANDWIDTH_GB_S
    stated_layout: Layout | None = None

    @cached_property
    def shape(self) -> Shape:
        """The division of the model's parameters."""
        return shape_of(self.model)

    @property
    def layers(self) -> int:
        """Number of layers; without an architecture that of the usual shape for its size."""
        if self.model.architecture:
            return self.model.architecture.layers
        return typical_layers(self.shape.active_b)

    @cached_property
    def layout(self) -> Layout:
        """How the devices share the model: as stated, or as the engine does by default.

        Servers divide each layer over all devices; an entry to a benchmark runs as many copies as
        fit; other engines give each device some of the layers.
        """
        if self.stated_layout:
            return self.stated_layout
        if self.engine.family not in TENSOR_PARALLEL:
            return Layout(1)
        if not self.engine.tuned:
            return Layout(self.devices)
        tensor, memory = 1, self.hardware.value("memory") or math.inf
        weights_gb = self.shape.weight_gb(self.precision)
        while tensor < self.devices and weights_gb > TUNED_FILL * tensor * memory:
            tensor *= 2
        return Layout(min(tensor, self.devices), replicas=max(1, self.devices // tensor))

    @property
    def splits_layers(self) -> bool:
        """Whether devices take turns at the layers instead of working together."""
        layout = self.layout
        return self.devices > layout.tensor * layout.pipeline * layout.replicas

    @property
    def is_moe(self) -> bool:
        """Whether a token uses only some of the parameters."""
        return self.shape.active_b < self.shape.total_b

    @cached_property
    def rates(self) -> dict[str, float]:
        """The fitted terms of this engine on this device at this precision."""
        return rates.rates(self.engine, self.hardware, self.precision)


def typical_layers(active_b: float) -> int:
    """Return the layers a dense decoder of that size usually has: about 16 x P^0.37.

    Fits Llama 1B 16, 8B 32, 70B 80 and 405B 126 within a fifth.
    """
    return max(6, int(16 * math.pow(active_b, 0.37)))


def typical_hidden(active_b: float, layers: int) -> float:
    """Return the width of a dense decoder of that size: P = 12 x layers x hidden^2."""
    return math.sqrt(active_b * 1e9 / (12 * layers))


def load_of(
    setup: Setup,
    *,
    prompt: float,
    output: float,
    streams: float = 1,
    behind: float = 0.0,
    context: float | None = None,
) -> Load | None:
    """Return the case in figures, or None without a bandwidth.

    Without a compute peak only `speed.step_s` of one stream is of use: see `compute_peak`.
    `behind` tokens are in the cache before the prompt; `context` is the mean number of cached
    tokens while the answer is generated, by default what the lengths give.
    """
    hardware, shape, layout = setup.hardware, setup.shape, setup.layout
    bandwidth = hardware.value("bandwidth")
    if bandwidth is None:
        return None
    peak, base = compute_peak(setup) or NO_PEAK, peak_16bit(hardware) or NO_PEAK
    architecture = setup.model.architecture
    mean = behind + prompt + output / 2 if context is None else context
    style = rates.style_of(setup.engine.family)
    native = style == "native"
    chunk = speed.CHUNK_TOKENS["native" if native else "other"]
    together = chunk if native else 2 * chunk * layout.tensor
    seen = min(together, max(1.0, prompt) * max(1.0, streams)) * shape.expert_share
    usual = typical_hidden(shape.active_b, setup.layers)
    return Load(
        streams=streams,
        prompt=max(1.0, prompt),
        output=output,
        read_gb=shape.read_gb(setup.precision, sequences=streams),
        chunk_gb=shape.read_gb(setup.precision, sequences=512),
        cache_gb=_cache_gb(setup, mean),
        system_gb=_system_gb(setup, streams),
        system_chunk_gb=_system_gb(setup, 512),
        system_gb_s=setup.system_gb_s,
        layers=setup.layers,
        hidden=architecture.hidden_size if architecture else usual,
        active_b=shape.active_b,
        experts=architecture.moe.experts if architecture and architecture.moe else 0,
        group=_group(architecture),
        attention_tflop=_attention_tflop(architecture, prompt, behind),
        step_attention_tflop=_step_attention_tflop(architecture, mean),
        devices=setup.devices,
        tensor=layout.tensor,
        pipeline=layout.pipeline,
        replicas=layout.replicas,
        bandwidth=bandwidth,
        peak_16bit=base.tflops,
        peak=peak.tflops,
        link_generation=_link_generation(hardware),
        chunk_tokens=chunk,
        log_bandwidth=math.log(bandwidth / 1000),
        log_peak=math.log(base.tflops / speed.USUAL_PEAK_TFLOPS),
        log_expert_tokens=math.log(seen / speed.EXPERT_TOKENS),
        batched=float(streams > 1),
        parallel=float(layout.tensor > 1),
        moe=float(setup.is_moe),
        hybrid=float(architecture is not None and architecture.attention == "hybrid"),
        eager=float(style == "eager"),
        slow_link=float(not has_fast_link(hardware)),
        split=float(setup.splits_layers),
        turns=_turns(setup, prompt / chunk),
    )


def _turns(setup: Setup, chunks: float) -> float:
    """Return how many devices that take turns are at work on a prompt of so many chunks.

    A pipeline of d devices and c chunks takes c + d - 1 turns (Huang et al. 2018, arXiv
    1811.06965); llama.cpp keeps up to `CHUNKS_AT_ONCE` chunks under way.
    """
    if not setup.splits_layers:
        return 1.0
    under_way = min(CHUNKS_AT_ONCE, max(1.0, chunks))
    return under_way * setup.devices / (under_way + setup.devices - 1)


def _cache_gb(setup: Setup, tokens: float) -> float:
    architecture = setup.model.architecture
    if architecture is None:
        return 0.0
    kv_bytes = cache_bytes(setup.precision, setup.engine.family)
    return kv_cache_gb(architecture, max(1, round(tokens)), kv_bytes=kv_bytes)


def _group(architecture: Architecture | None) -> float:
    """Return how many query heads share a key head; latent attention has none to repeat."""
    if architecture is None or architecture.mla or not architecture.kv_heads:
        return 1.0
    return architecture.heads / architecture.kv_heads


def _attention_tflop(architecture: Architecture | None, tokens: float, behind: float) -> float:
    """Return the work of causal attention in a prompt: 4 x heads x head_dim a pair of tokens.

    tokens^2 / 2 + tokens x behind pairs in a full layer; in one with a window no token looks
    further back than it (Kaplan et al. 2020, arXiv 2001.08361).
    """
    if architecture is None:
        return 0.0
    full, windowed = cached_layers(architecture)
    pairs = tokens**2 / 2 + tokens * behind
    window = architecture.sliding_window.window if architecture.sliding_window else 0
    compared = full * pairs + windowed * min(pairs, tokens * window)
    return 4 * architecture.heads * architecture.head_dim * compared / 1e12


def _step_attention_tflop(architecture: Architecture | None, tokens: float) -> float:
    """Return the work of attention for one generated token; latent attention works per rank."""
    if architecture is None:
        return 0.0
    full, windowed = cached_layers(architecture)
    window = architecture.sliding_window.window if architecture.sliding_window else 0
    seen = full * tokens + windowed * min(tokens, window)
    width = 4 * architecture.head_dim
    if architecture.mla:
        width = 2 * (2 * architecture.mla.kv_lora_rank + architecture.mla.qk_rope_head_dim)
    return architecture.heads * width * seen / 1e12


def _system_gb(setup: Setup, sequences: float) -> float:
    """Return the weights that a step reads from system memory: routed experts go there first.

    Source: llama.cpp's `--n-cpu-moe`, which keeps attention and shared weights on the card.
    """
    if not setup.offloaded_share:
        return 0.0
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


def has_fast_link(hardware: Hardware) -> bool:
    """Tell whether such cards are linked faster than by PCIe, without an optional bridge."""
    text = (hardware.interconnect or "").lower()
    if not text:
        return bool(MODULE.search(f"{hardware.title} {hardware.form_factor or ''}"))
    if "bridge" in text or "optional" in text:
        return False
    return bool(re.search(r"(?<!no )(nvlink|infinity fabric|xgmi|ici|neuronlink|roce)", text))


def _link_generation(hardware: Hardware) -> float:
    """Return the width of a PCIe link against generation 4, which is taken where none is stated."""
    found = PCIE.search(hardware.interconnect or "")
    return 2.0 ** (int(found[1]) - 4) if found else 1.0


def peak_16bit(hardware: Hardware) -> Peak | None:
    """Return the dense 16-bit peak, stated or derived from another peak, or None."""
    for name in ("compute_bf16", "compute_fp16"):
        value = hardware.value(name)
        if value and hardware.vendor != "Apple":
            return Peak(value, f"{hardware.id}#{name}")
    for name, ratio in NARROW_TO_16BIT:
        value = hardware.value(name)
        if value:
            note = f"16-bit peak taken as 1/{ratio:g} of the stated narrower one"
            return Peak(value / ratio, f"{hardware.id}#{name}", note)
    fp32, bandwidth = hardware.value("compute_fp32"), hardware.value("bandwidth")
    if fp32:
        ratio = PEAK_OVER_FP32.get(device_class(hardware), FP32_TO_16BIT)
        ratio = 1.0 if hardware.vendor == "Apple" or hardware.device == "cpu" else ratio
        note = f"16-bit peak taken as {ratio:g} x the FP32 peak"
        return Peak(fp32 * ratio, f"{hardware.id}#compute_fp32", note)
    if hardware.vendor == "Apple" and bandwidth:
        note = f"Apple publishes no peak: taken as {APPLE_TFLOPS_PER_GB_S} TFLOPS for each GB/s"
        return Peak(bandwidth * APPLE_TFLOPS_PER_GB_S, f"{hardware.id}#bandwidth", note)
    return None


def compute_peak(setup: Setup) -> Peak | None:
    """Return the dense peak that applies to the precision, or None where none is known.

    FP8, FP4 and 8-bit integers run at their own rate where it is stated; weight-only and GGUF
    formats are widened and run at 16 bit.
    """
    hardware = setup.hardware
    names = {"fp8": ("compute_fp8",), "nvfp4": ("compute_fp4", "compute_fp8")}
    wanted = names.get(setup.precision.name, ())
    if setup.precision.kind == "integer":
        wanted = ("compute_int8",)
    for name in wanted:
        value = hardware.value(name)
        if value:
            return Peak(value, f"{hardware.id}#{name}")
    return peak_16bit(hardware)


def fastest_step_s(setup: Setup, load: Load) -> float:
    """Return the seconds below which no decoding step can be: bytes read / bandwidth.

    Speed-ups that read fewer bytes, such as speculative decoding, are not counted.
    """
    read_gb = load.read_gb - load.system_gb + load.streams * load.cache_gb
    at_work = load.tensor * load.pipeline
    return read_gb / (load.bandwidth * at_work) + load.system_gb / setup.system_gb_s
