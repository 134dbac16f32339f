"""How fast does an engine work on a device? Fitted terms, pooled over what two cases share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from agent.core.efficiency import device_class
from agent.core.engines import Engine
from agent.core.precision import Precision
from knowledge.schema import Hardware

TERMS: Mapping[str, tuple[str, ...]] = {
    "bandwidth_share": ("family", "product", "class", "pair", "device", "version", "format"),
    "bandwidth_share_by_bandwidth": (),
    "bandwidth_share_moe": (),
    "layer_s": ("style", "product", "class", "pair", "device", "version", "style_format", "era"),
    "layer_s_by_bandwidth": (),
    "layer_s_hybrid": (),
    "cache_cost": ("style", "class"),
    "router_s": ("product", "class"),
    "expert_s": (),
    "step_s": (),
    "stream_s": ("product", "version"),
    "compute_share": ("product", "class", "device", "version"),
    "attention_compute_share": (),
    "prompt_share": ("style", "product", "class", "pair", "device", "version", "format"),
    "prompt_share_by_peak": ("style",),
    "prompt_share_moe": ("class", "style"),
    "prompt_share_by_expert_tokens": (),
    "prompt_attention": ("style", "class"),
    "narrow_peak": (),
    "allreduce_s_fast": (),
    "allreduce_s_slow": (),
    "link_gb_s_fast": ("version", "product"),
    "link_gb_s_slow": ("version", "product", "device"),
    "hop_s": (),
    "split_cost": ("era",),
    "split_gain": (),
    "overlap": (),
    "eager_overlap": (),
    "chunk_cost": (),
}
"""Every term, and the groups over which its deviations are pooled. See `speed` for what each is."""
STYLES: Mapping[str, tuple[str, ...]] = {
    "eager": ("transformers", "litgpt"),
    "kernel": ("gpt-fast", "exllama", "autoawq"),
    "native": ("llama.cpp", "mlx", "ktransformers", "openvino", "onnxruntime"),
    "server": ("vllm", "sglang", "tensorrt-llm", "lmdeploy", "mlc-llm", "qserve", "tgi"),
}
"""How an engine issues its work: op by op from Python, as fused kernels, natively, or as a server
with captured graphs. An engine never measured takes after its style."""


POOLED = {
    "apple_ultra": "apple",
    "apple_max": "apple",
    "strix_halo": "radeon",
    "inference": "workstation",
}
"""Classes of one make whose measurements are pooled."""


class Spread(BaseModel):
    """Half an 80% interval on a log scale, by style of engine.

    "" stands for any other style, "unmeasured" for an engine never measured on that class.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    decode: dict[str, float]
    throughput: dict[str, float]
    prefill: dict[str, float]


class Fitted(BaseModel):
    """The fitted terms: for each a base value, and deviations keyed "group:level"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int
    terms: dict[str, dict[str, float]]
    spread: Spread


@lru_cache(maxsize=1)
def fitted() -> Fitted:
    """Return the fit that ships, made by `scripts/fit_estimator.py` from the measured rows."""
    text = resources.files("agent.core").joinpath("data/rates.json").read_text("utf-8")
    return Fitted.model_validate(json.loads(text))


def levels(engine: Engine, hardware: Hardware, precision: Precision) -> dict[str, str]:
    """Return the level of each group that a case belongs to."""
    style = style_of(engine.family)
    kind = pooled_class(hardware)
    narrow = {"fp8": "fp8", "nvfp4": "fp4", "nf4": "nf4"}
    held = narrow.get(precision.name, precision.kind)
    return {
        "style": style,
        "family": engine.family,
        "product": engine.product,
        "class": kind,
        "pair": f"{engine.product}/{kind}",
        "device": hardware.id.rpartition("/")[2],
        "version": release(engine),
        "format": held,
        "style_format": f"{style}/{'float' if held == 'float' else 'quantized'}",
        "era": "",
    }


def pooled_class(hardware: Hardware) -> str:
    """Return the class of device over which measurements are pooled."""
    if hardware.device == "cpu":
        return "cpu"
    kind = device_class(hardware)
    return POOLED.get(kind, kind)


def style_of(family: str) -> str:
    """Return how an engine of that family issues its work; a server where that is not known."""
    return next((style for style, names in STYLES.items() if family in names), "server")


def release(engine: Engine) -> str:
    """Return the release that speeds differ by: a benchmark entry, a backend, or major.minor."""
    if engine.tuned:
        return f"{engine.family} tuned"
    if engine.backend in {"rocm", "vulkan"}:
        return engine.backend
    if engine.version and engine.family in {"vllm", "tensorrt-llm", "transformers"}:
        return f"{engine.family} {'.'.join(engine.version.split('.')[:2])}"
    return ""


def rates(engine: Engine, hardware: Hardware, precision: Precision) -> dict[str, float]:
    """Return every term for one case: the base plus the deviations of the groups it belongs to.

    A level that was never measured adds nothing, so the case takes after what it shares.
    """
    return _rates(tuple(levels(engine, hardware, precision).items()))


@lru_cache(maxsize=4096)
def _rates(at: tuple[tuple[str, str], ...]) -> dict[str, float]:
    level = dict(at)
    found = {}
    for name, groups in TERMS.items():
        values = fitted().terms[name]
        found[name] = values[""] + sum(
            values.get(f"{group}:{level[group]}", 0.0) for group in groups if level[group]
        )
    return found


def is_measured(engine: Engine, hardware: Hardware) -> bool:
    """Tell whether that engine was measured on that class of device; "other" is no class."""
    if pooled_class(hardware) == "other":
        return False
    pair = f"pair:{engine.product}/{pooled_class(hardware)}"
    return pair in fitted().terms["bandwidth_share"]


def spread(quantity: str, engine: Engine, hardware: Hardware) -> float:
    """Return half the 80% interval of "decode", "throughput" or "prefill", on a log scale.

    Source: errors on rows whose whole device or whole model was left out of the fit.
    """
    known: dict[str, float] = getattr(fitted().spread, quantity)
    if not is_measured(engine, hardware):
        return known["unmeasured"]
    return known.get(style_of(engine.family), known[""])
