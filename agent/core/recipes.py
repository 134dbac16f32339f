"""Files that run: a training script for a plan, a serve script for an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from math import ceil
from string import Template

from pydantic import BaseModel, ConfigDict

from agent.core.efficiency import TENSOR_PARALLEL, usable
from agent.core.estimate import Estimate
from agent.core.precision import native_precision
from agent.core.shape import shape_of
from agent.core.workings import tail
from agent.errors import InputError
from knowledge.schema import Hardware, Model

SERVERS = ("vllm", "sglang", "llama.cpp", "ollama")
ALL_LAYERS = 99
"""More than any model has: all of them go to the GPU."""
LAYERS_UNKNOWN = 32
_ONLINE_QUANTIZATION = {
    "vllm": {"fp8": "fp8", "nf4": "bitsandbytes"},
    "sglang": {"fp8": "fp8"},
}
"""Formats that a server makes itself from a 16-bit checkpoint while loading."""
_TITLES = {"vllm": "vLLM", "sglang": "SGLang"}


class RecipeFile(BaseModel):
    """A text file that runs, with the name to save it under."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    media_type: str
    content: str
    caption: str


def serve_recipe(
    sized: Estimate, model: Model, hardware: Hardware, *, server: str | None = None
) -> RecipeFile:
    """Return the script that serves what `sized` describes, with its flags computed.

    Args:
        sized: the estimate; its context and concurrency become the server's limits.
        model: the model it is of.
        hardware: the device it is on.
        server: one of `SERVERS`; None follows the estimate's engine.

    Raises:
        InputError: if the model does not fit, the server is not one of these, or it can't read
            the estimate's precision.
    """
    usual = "vllm" if sized.engine in TENSOR_PARALLEL else "llama.cpp"
    chosen = server or (sized.engine if sized.engine in SERVERS else usual)
    if chosen not in SERVERS:
        raise InputError(f"There is no recipe for {chosen!r}. Valid: {', '.join(SERVERS)}.")
    if sized.fits is False and sized.offloaded_share == 0:
        raise InputError(
            f"{model.title} at {sized.precision!r} does not fit {sized.devices} x "
            f"{hardware.title}. Valid: fewer bits, more devices or a smaller model."
        )
    fields = {
        "title": model.title,
        "hardware": hardware.title,
        "devices": str(sized.devices),
        "hf_id": _checkpoint(model),
        "name": tail(model.id),
        "precision": sized.precision.upper(),
        "total_gb": f"{sized.total_gb.value or 0:.1f}",
        "usable_gb": "?" if sized.usable_gb is None else f"{sized.usable_gb:.1f}",
        "max_num_seqs": str(sized.concurrency),
        "max_model_len": str(sized.context_tokens),
    }
    if chosen in ("vllm", "sglang"):
        text = _filled(
            f"{chosen}.sh.txt", **{**fields, **_pool_flags(sized, model, hardware, chosen)}
        )
    else:
        kept = outside_gpu(sized, model)
        flags = ["--split-mode layer"] if sized.devices > 1 else []
        if kept is not None and kept.of_experts:
            flags.append(f"--n-cpu-moe {kept.dense + kept.layers}")
        by_expert = kept is not None and kept.of_experts and chosen == "llama.cpp"
        text = _filled(
            f"{chosen}.sh.txt",
            **fields,
            gpu_layers=str(_layers_on_gpu(sized, model, None if by_expert else kept)),
            total_context=str(sized.context_tokens * sized.concurrency),
            memory_note="" if kept is None else f" {kept.ram_gb:.0f} GB of it in system memory.",
            extra_flags="".join(f"  {flag} \\\n" for flag in flags),
        )
    return RecipeFile(
        name=f"serve_{tail(model.id)}_{chosen.replace('.', '')}.sh",
        media_type="text/x-shellscript",
        content=text,
        caption=f"{model.title} on {sized.devices} x {hardware.title} with {chosen}",
    )


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


def _layers_on_gpu(sized: Estimate, model: Model, kept: OutsideGpu | None) -> int:
    """Return the layers to load to the GPU: all, but for those that stay outside whole."""
    if kept is None or model.architecture is None:
        return ALL_LAYERS
    layers = model.architecture.layers
    return max(0, layers - ceil(sized.offloaded_share * layers))


def _checkpoint(model: Model) -> str:
    """Return the repository of the weights, else the model's title."""
    hf_id = model.architecture.hf_id if model.architecture else ""
    return hf_id if "/" in hf_id else model.title


def _repository(model: Model) -> str:
    """Return the repository as a shell word; where it is not known here, the user has to set it."""
    name = _checkpoint(model)
    return (
        name if "/" in name else "${MODEL:?set MODEL to the repository of " + f"{model.title}" + "}"
    )


def _pool_flags(sized: Estimate, model: Model, hardware: Hardware, server: str) -> dict[str, str]:
    """Return tensor parallel size, memory share and what the precision needs in vLLM or SGLang.

    Raises:
        InputError: if the server can't serve the precision.
    """
    if sized.precision.startswith(("q", "iq", "mlx")):
        raise InputError(
            f"Precision {sized.precision!r} is a format of another server. "
            f"Valid with {server}: bf16, fp8, int8, awq, gptq, nvfp4, mxfp4."
        )
    tensor = tensor_parallel_size(model, sized.devices)
    flags, own = [], {"hf_id": _repository(model)}
    if tensor < sized.devices:
        flags.append(f"--pipeline-parallel-size {sized.devices // tensor}")
    online = _ONLINE_QUANTIZATION[server].get(sized.precision)
    native = sized.precision in {"bf16", "fp16", native_precision(model).name}
    note = "The checkpoint is the maker's own."
    if online and not native:
        flags.append(f"--quantization {online}")
        note = f"{_TITLES[server]} quantizes the maker's 16-bit checkpoint while loading."
    elif not native:
        name = sized.precision.upper()
        article = "an" if name[0] in "AEFIMN" else "a"
        note = f"MODEL is {article} {name} checkpoint of this model."
        own["hf_id"] = f"${{MODEL:?set MODEL to {article} {name} checkpoint of {model.title}}}"
    return {
        "tensor_parallel": str(tensor),
        "extra_flags": "".join(f"  {flag} \\\n" for flag in flags),
        "utilization": f"{usable(hardware, server).share:g}",
        "checkpoint_note": note,
        **own,
    }


def tensor_parallel_size(model: Model, devices: int) -> int:
    """Return the most devices that can share each layer: a divisor of devices and heads."""
    heads = model.architecture.heads if model.architecture else 8
    return max(size for size in range(1, devices + 1) if devices % size == heads % size == 0)


def _filled(template: str, **fields: object) -> str:
    text = resources.files("agent.core").joinpath(f"data/{template}").read_text("utf-8")
    return Template(text).substitute(fields)
