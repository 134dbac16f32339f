"""Which class is a device of, and what do engines leave of its memory?"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from agent.core.engines import parse_engine
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
TENSOR_PARALLEL = frozenset(
    {"vllm", "sglang", "tensorrt-llm", "lmdeploy", "mlc-llm", "qserve", "tgi"}
)
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


class Overhead(_Row):
    """Runtime memory beyond weights and cache; the table's head says what each figure is."""

    share: float
    fixed_gb: float
    activations: float = 0.0
    logits: float = 0.0
    reserved_tokens: int = 0


class Usable(_Row):
    """The share of physical memory that a server may fill, and why."""

    share: float
    why: str


class _Table(_Row):
    overhead: dict[str, Overhead]
    usable: dict[str, Usable]


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
    """Return the family of the engine that `text` names: "Ollama" runs "llama.cpp".

    Raises:
        InputError: if no such engine is known, or it only trains.
    """
    engine = parse_engine(text)
    if engine.trains:
        raise InputError(f"{engine.product} trains models and does not serve them.")
    return engine.family


def default_engine(hardware: Hardware, precision: Precision | None = None) -> str:
    """Return the engine most used on that kind of device: llama.cpp on desktops, else vLLM."""
    if precision is not None and precision.kind == "gguf":
        return "llama.cpp"
    if precision is not None and precision.name.startswith("mlx"):
        return "mlx"
    return "llama.cpp" if device_class(hardware) in _CONSUMER else "vllm"


def overhead(engine: str, release: str = "") -> Overhead:
    """Return the runtime memory that a family of engines, or one release of it, takes."""
    table = _table().overhead
    return (table.get(release) if release else None) or table.get(engine) or table[""]


def usable(hardware: Hardware, engine: str) -> Usable:
    """Return the share of memory that a server on `hardware` may fill."""
    kind = device_class(hardware)
    if kind in {"apple_ultra", "apple_max"}:
        return _table().usable["apple"]
    if kind in _UNIFIED or (kind == "other" and hardware.device == "apu"):
        return _table().usable["unified"]
    return _table().usable["pool" if engine in TENSOR_PARALLEL else "plain"]
