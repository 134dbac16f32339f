"""How much of a device's bandwidth and compute does an engine reach? A measured table."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from agent.core.precision import Precision
from agent.errors import InputError
from knowledge.schema import Hardware

DeviceClass = Literal[
    "geforce",
    "workstation",
    "inference",
    "datacentre",
    "gb10",
    "apple_ultra",
    "apple_max",
    "strix_halo",
    "radeon",
    "instinct",
    "other",
]
TENSOR_PARALLEL = frozenset({"vllm", "sglang", "tensorrt-llm", "lmdeploy"})
"""Engines that divide each layer over the devices; the others give each device some layers."""
_CONSUMER = frozenset(
    {
        "geforce",
        "workstation",
        "gb10",
        "apple_ultra",
        "apple_max",
        "strix_halo",
        "radeon",
    }
)
_UNIFIED = frozenset({"gb10", "strix_halo"})


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DecodeFit(_Row):
    """Share `e` of bandwidth reached, fixed time a layer in microseconds, mean relative error."""

    device: str = ""
    engine: str = ""
    e: float
    layer_us: float
    error: float
    measured: bool = True


class PrefillFit(_Row):
    """Share of peak of matrix products, attention's share of that; `tflops` replaces the peak."""

    device: str = ""
    engine: str = ""
    mfu: float
    moe_mfu: float
    attention: float
    error: float
    tflops: float | None = None
    measured: bool = True


class Overhead(_Row):
    """Runtime memory beyond weights and cache: a share of both, and a fixed part a device."""

    share: float
    fixed_gb: float


class Usable(_Row):
    """The share of physical memory that a server may fill, and why."""

    share: float
    why: str


class _Table(_Row):
    decode: tuple[DecodeFit, ...]
    fallback: DecodeFit
    moe_layer_us: dict[str, float]
    prefill: tuple[PrefillFit, ...]
    prefill_fallback: PrefillFit
    overhead: dict[str, Overhead]
    usable: dict[str, Usable]
    engines: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = resources.files("agent.core").joinpath("data/efficiency.yaml").read_text("utf-8")
    return _Table.model_validate(yaml.safe_load(text))


def device_class(hardware: Hardware) -> DeviceClass:
    """Return the class whose measurements stand for `hardware`: by maker, memory, product line."""
    memory = (hardware.memory_type or "").upper()
    title = hardware.title.upper()
    if hardware.vendor == "Apple":
        return "apple_ultra" if "ULTRA" in title else "apple_max"
    if hardware.vendor == "NVIDIA":
        return _nvidia_class(memory, title)
    if hardware.vendor == "AMD":
        if "HBM" in memory:
            return "instinct"
        return "strix_halo" if "LPDDR" in memory else "radeon"
    return "other"


def _nvidia_class(memory: str, title: str) -> DeviceClass:
    if "HBM" in memory:
        return "datacentre"
    if "LPDDR" in memory:
        return "gb10"
    if "SRAM" in memory:
        return "other"
    if "GEFORCE" in title:
        return "geforce"
    return "workstation" if "RTX" in title else "inference"


def engine_name(text: str) -> str:
    """Return the engine that `text` names: "Ollama" runs llama.cpp, "TRT-LLM" is "tensorrt-llm".

    Raises:
        InputError: if no such engine is known.
    """
    wanted = _squeezed(text)
    for name, aliases in _table().engines.items():
        if wanted in {_squeezed(word) for word in (name, *aliases)}:
            return name
    raise InputError(f"No engine called {text!r} is known. Valid: {', '.join(_table().engines)}.")


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def default_engine(hardware: Hardware, precision: Precision | None = None) -> str:
    """Return the engine most used on that kind of device: llama.cpp on desktops, else vLLM."""
    if precision is not None and precision.kind == "gguf":
        return "llama.cpp"
    if precision is not None and precision.name.startswith("mlx"):
        return "mlx"
    return "llama.cpp" if device_class(hardware) in _CONSUMER else "vllm"


def decode_fit(hardware: Hardware, engine: str, *, moe: bool) -> DecodeFit:
    """Return the fitted decode row, or the engine's mean over other classes with a wide error.

    Source: least-relative-error fits to published single-stream decode measurements.
    """
    kind = device_class(hardware)
    rows = [row for row in _table().decode if row.engine == engine]
    exact = [row for row in rows if row.device == kind]
    fallback = _table().fallback
    if exact:
        fit = exact[0]
    elif rows:
        fit = DecodeFit(
            e=sum(row.e for row in rows) / len(rows),
            layer_us=sum(row.layer_us for row in rows) / len(rows),
            error=max(fallback.error, *(row.error for row in rows)),
            measured=False,
        )
    else:
        fit = fallback.model_copy(update={"measured": False})
    if not moe:
        return fit
    extra = _table().moe_layer_us
    return fit.model_copy(update={"layer_us": fit.layer_us + extra.get(kind, extra["default"])})


def prefill_fit(hardware: Hardware, engine: str) -> PrefillFit:
    """Return the fitted prefill row of that class and engine, or a wide fallback.

    Servers with fused attention read prompts alike on every class, so their row on data-centre
    cards comes before another engine's row on the same class.
    """
    kind = device_class(hardware)
    rows = [row for row in _table().prefill if row.device == kind]
    exact = [row for row in rows if row.engine == engine]
    if exact:
        return exact[0]
    if engine in TENSOR_PARALLEL:
        rows = [row for row in _table().prefill if row.engine == engine] or rows
    if rows:
        return rows[-1].model_copy(
            update={"error": _table().prefill_fallback.error, "measured": False}
        )
    return _table().prefill_fallback.model_copy(update={"measured": False})


def overhead(engine: str) -> Overhead:
    """Return the runtime memory that `engine` takes beyond weights and cache."""
    return _table().overhead[engine]


def usable(hardware: Hardware, engine: str) -> Usable:
    """Return the share of memory that a server on `hardware` may fill."""
    kind = device_class(hardware)
    if kind in {"apple_ultra", "apple_max"}:
        return _table().usable["apple"]
    if kind in _UNIFIED or (kind == "other" and hardware.device == "apu"):
        return _table().usable["unified"]
    return _table().usable["pool" if engine in TENSOR_PARALLEL else "plain"]
