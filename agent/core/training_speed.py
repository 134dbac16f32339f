"""How fast a training run goes: operations over the compute reached, with what stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.core.efficiency import DeviceClass
from agent.core.training_fit import Coefficients, coefficients
from agent.core.training_memory import NF4_BITS, Run
from knowledge.schema import Hardware

FORWARD, BACKWARD, WEIGHT_GRADIENTS = 2.0, 2.0, 2.0
"""Operations for each parameter and token (Kaplan et al. 2020, arXiv 2001.08361): 6 in all when
everything is trained; adapters spare the gradients of the frozen weights, 4."""
UNPACK_BYTES = 4.5
"""Bytes moved for each 4-bit weight and pass: read, written in 16 bits and read again."""
LINK_GB_S = {"nvlink": 300.0, "pcie": 25.0}
"""One way: NVLink of A100 is 600 GB/s both ways; PCIe 4.0 x16 is 32 GB/s by specification."""
MIXTURE_SHARE = 0.4
"""Assumed for mixtures of experts, of which no training was measured: the share of the rate of a
dense model that reading prompts keeps."""
OVERLAP = 4.0
"""How sharply the slowest of compute, launching and the links hides the others: a p-norm."""


@dataclass(frozen=True, slots=True)
class LinkedCard:
    """What the speed of training rests on: dense 16-bit TFLOPS, GB/s, class, kind of link."""

    tflops: float
    bandwidth: float
    kind: DeviceClass
    link: Literal["nvlink", "pcie"]


def link_of(hardware: Hardware) -> Literal["nvlink", "pcie"]:
    """Return how devices of that kind are linked."""
    text = (hardware.interconnect or "").lower()
    return "nvlink" if "nvlink" in text and "no nvlink" not in text else "pcie"


def flops_per_parameter(run: Run) -> float:
    """Return the operations for each parameter and token: 6 full, 4 with adapters, 2 recomputed.

    Checkpointing goes forward twice, 8 over 6 or 4/3 of a full run. A frozen reference model, as
    DPO has it, adds one pass forward.
    """
    flops = FORWARD + BACKWARD + (WEIGHT_GRADIENTS if run.full else 0.0)
    flops += FORWARD if run.checkpointing in ("full", "offload") else 0.0
    return flops + (FORWARD if run.reference else 0.0)


def reached_tflops(run: Run, card: LinkedCard, fit: Coefficients | None = None) -> float:
    """Return the TFLOPS that the products of `run` reach on one device."""
    use = fit or coefficients()
    engine = use.engine_factor.get(run.engine, 1.0)
    if run.engine == "torchtune" and not run.compiled:
        engine = use.engine_factor["torchtune-eager"]
    reached = card.tflops * use.mfu * use.device_factor.get(card.kind, 1.0) * engine
    return reached * (MIXTURE_SHARE if run.layout.mixture else 1.0)


def step_s(run: Run, card: LinkedCard, fit: Coefficients | None = None) -> float:
    """Return the seconds that one device takes for one batch, forward and backward.

    The slowest of three hides the others: products and attention with the unpacking of weights,
    launching kernels layer by layer, and gathering sharded weights over the links.
    """
    use = fit or coefficients()
    layout = run.layout
    passes = flops_per_parameter(run)
    body_b = max(0.0, layout.multiplied_b - layout.head_b)
    body = passes * body_b * run.tokens / (use.fp8_gain if run.precision == "fp8" else 1.0)
    head = passes * layout.head_b * run.tokens
    attention = passes * layout.layers * layout.query * run.sequence * run.tokens / 1e9
    compute = (body + head + attention) / 1e3 / reached_tflops(run, card, use)
    sweeps = 3 if run.checkpointing in ("full", "offload") else 2
    if run.precision in NF4_BITS:
        unpacked_b = body_b + layout.total_b - layout.active_b
        compute += sweeps * unpacked_b * UNPACK_BYTES / (card.bandwidth * use.unpack_share)
    launched = f"{run.engine}-sharded" if run.sharding == "sharded" else run.engine
    layer_ms = use.layer_ms.get(launched, use.layer_ms.get(run.engine, 0.0))
    launch = layout.layers * layer_ms / 1e3
    links = 0.0
    if run.sharding == "sharded" and run.devices > 1:
        bits = NF4_BITS.get(run.precision, 16.0)
        moved = (sweeps + (1 if run.full else 0)) * layout.total_b * bits / 8
        links = moved * (run.devices - 1) / run.devices / (LINK_GB_S[card.link] * use.link_share)
    parts = (compute, launch, links)
    return float(sum(part**OVERLAP for part in parts) ** (1 / OVERLAP))


def tokens_per_second(run: Run, card: LinkedCard, fit: Coefficients | None = None) -> float:
    """Return the tokens that all devices of `run` read in a second."""
    return run.devices * run.tokens / step_s(run, card, fit)
