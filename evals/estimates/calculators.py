"""The public calculators: each package is run with our description of model and device.

Both are asked what a person could ask them: a model by its dimensions, a device by its name or
its data sheet, a context, a format. They come with the extra `peers`; without it, or for what
they do not know, the answer is empty.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent.core.shape import shape_of
from agent.errors import InputError
from evals.estimates.prediction import NO_ANSWER, Prediction
from evals.estimates.row import Row
from knowledge.schema import Architecture, Model

LLMFIT_FORMATS = {
    "fp32": "F32",
    "fp16": "F16",
    "bf16": "BF16",
    "q8_0": "Q8_0",
    "q6_k": "Q6_K",
    "q5_k_m": "Q5_K_M",
    "q4_k_m": "Q4_K_M",
    "q4_0": "Q4_0",
    "q3_k_m": "Q3_K_M",
    "q2_k": "Q2_K",
    "awq": "AWQ-4bit",
    "gptq": "GPTQ-Int4",
    "int4": "GPTQ-Int4",
    "int8": "GPTQ-Int8",
    "mlx-4bit": "mlx-4bit",
    "mlx-8bit": "mlx-8bit",
}
"""The formats that llmfit's `plan` accepts, by our names."""


def llmfit(row: Row) -> Prediction:
    """Return what `llmfit plan` says of a card alone, and `llmfit info` of reading a prompt.

    The model goes in as a custom model and the device as a hardware profile with its own memory,
    bandwidth and 16-bit peak. It has no figure for several streams at once, and for several
    devices only their memory together.
    """
    described = _llmfit_model(row.model) if row.model else None
    profile = _llmfit_profile(row)
    if described is None:
        return NO_ANSWER
    name = json.loads(described)["name"]
    if row.metric == "prefill_tok_s" and profile:
        found = _llmfit_run(described, profile, ("info", name))
        return Prediction(prefill_tok_s=found["models"][0]["prefill_tps"] if found else None)
    quant = LLMFIT_FORMATS.get(row.precision.name) if row.precision else None
    if quant is None or (row.hardware_name and profile is None):
        return NO_ANSWER
    context = str(row.prompt_tokens + row.answer_tokens)
    asked = ("plan", name, "--context", context, "--quant", quant)
    plan = _llmfit_run(described, profile, asked)
    if not plan:
        return NO_ANSWER
    if profile is None:
        return Prediction(file_size_gb=plan["disk_size_gb"])
    card = next(path for path in plan["run_paths"] if path["path"] == "gpu")
    needed = plan["minimum"]["vram_gb"]
    one = row.concurrency == 1
    return Prediction(
        decode_tok_s=card["estimated_tps"] if one else None,
        memory_gb=needed if one else None,
        fits=needed <= json.loads(profile)["hardware"]["total_ram_gb"],
    )


def _llmfit_model(model: Model) -> str | None:
    """Return the entry of a custom model: parameters and dimensions as our documents say."""
    try:
        shape = shape_of(model)
    except InputError:
        return None
    entry: dict[str, Any] = {
        "name": f"measured/{model.id.rpartition('/')[2]}",
        "provider": model.vendor,
        "parameter_count": f"{shape.total_b:.3f}B",
        "parameters_raw": round(shape.total_b * 1e9),
        "min_ram_gb": 1.0,
        "recommended_ram_gb": 1.0,
        "quantization": "Q4_K_M",
        "context_length": 1_048_576,
        "use_case": "General",
    }
    if shape.active_b < shape.total_b:
        if model.architecture is None:
            return None
        entry |= {"is_moe": True, "active_parameters": round(shape.active_b * 1e9)}
    if model.architecture:
        entry |= _llmfit_dimensions(model.architecture)
    return json.dumps(entry)


def _llmfit_dimensions(architecture: Architecture) -> dict[str, Any]:
    """Return the dimensions that llmfit reads."""
    entry: dict[str, Any] = {
        "num_hidden_layers": architecture.layers,
        "num_attention_heads": architecture.heads,
        "num_key_value_heads": architecture.kv_heads,
        "head_dim": architecture.head_dim,
        "hidden_size": architecture.hidden_size,
        "vocab_size": architecture.vocab_size,
    }
    if architecture.moe:
        entry |= {
            "num_experts": architecture.moe.experts,
            "active_experts": architecture.moe.experts_per_token,
            "moe_intermediate_size": architecture.moe.expert_intermediate_size,
            "shared_expert_intermediate_size": architecture.moe.shared_intermediate_size,
        }
    if architecture.full_attention_layers:
        full = architecture.full_attention_layers
        entry["attention_layout"] = {"full": full, "linear": architecture.layers - full}
    return entry


def _llmfit_profile(row: Row) -> str | None:
    """Return a hardware profile. "Unified" memory is how a profile says that there is a GPU."""
    memory = row.hardware.value("memory") if row.hardware else None
    bandwidth = row.hardware.value("bandwidth") if row.hardware else None
    if row.hardware is None or memory is None or bandwidth is None:
        return None
    hardware = {
        "total_ram_gb": memory * (row.devices or 1),
        "unified_memory": True,
        "gpu_memory_bandwidth_gbps": bandwidth,
        "ddr_bandwidth_gbps": bandwidth,
    }
    tflops = row.hardware.value("compute_bf16") or row.hardware.value("compute_fp32")
    if tflops:
        hardware["gpu_compute_tflops_fp16"] = tflops
    return json.dumps({"schema_version": 1, "name": "device", "hardware": hardware})


@lru_cache(maxsize=4096)
def _llmfit_run(model: str, profile: str | None, arguments: tuple[str, ...]) -> dict[str, Any]:
    """Run llmfit in a folder of its own, so that nothing measured on this machine comes in."""
    try:
        from llmfit import find_llmfit_bin
    except ImportError:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models.json").write_text(f"[{model}]", "utf-8")
        command = [str(find_llmfit_bin())]
        if profile:
            (home / "device.json").write_text(profile, "utf-8")
            command += ["--profile", str(home / "device.json")]
        done = subprocess.run(
            [*command, *arguments, "--json"],
            env={"HOME": folder, "LLMFIT_CUSTOM_MODELS": str(home / "models.json")},
            capture_output=True,
            check=False,
            timeout=60,
        )
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {}


RIDGEPOINT_DEVICES = {
    "hardware/nvidia-a100-40gb-sxm": "a100-40gb",
    "hardware/nvidia-a100-80gb-pcie": "a100-80gb",
    "hardware/nvidia-a100-80gb-sxm": "a100-80gb",
    "hardware/nvidia-b200-sxm": "b200-192gb",
    "hardware/nvidia-gb200-nvl72": "gb200-192gb",
    "hardware/nvidia-h100-sxm": "h100-80gb",
    "hardware/nvidia-h200-sxm": "h200-141gb",
    "hardware/nvidia-l40s": "l40s-48gb",
    "hardware/nvidia-rtx-3090": "rtx3090-24gb",
    "hardware/nvidia-rtx-4090": "rtx4090-24gb",
    "hardware/nvidia-rtx-5090": "rtx5090-32gb",
    "hardware/amd-mi300x": "mi300x-192gb",
}
"""The devices that ridgepoint knows, by our ids."""
RIDGEPOINT_FORMATS = frozenset(
    {"fp16", "bf16", "fp8", "int8", "awq", "gptq", "q4_k_m", "q4_0", "q8_0", "q6_k", "q5_k_m"}
    | {"q3_k_m", "q2_k"}
)


def ridgepoint(row: Row) -> Prediction:
    """Return what ridgepoint's `fit` says: best values for one stream of that context.

    Memory is weights, overhead and the cache of the row's streams; what vLLM sets aside besides
    is not counted, as the rows measured the model alone. It has no figure for several streams.
    """
    try:
        from ridgepoint import _core
    except ImportError:
        return NO_ANSWER
    shape = _ridgepoint_shape(row.model)
    gpu = RIDGEPOINT_DEVICES.get(row.hardware.id) if row.hardware else "a100-80gb"
    if shape is None or gpu is None or row.precision is None:
        return NO_ANSWER
    dtype = "gptq" if row.precision.name == "int4" else row.precision.name
    if dtype not in RIDGEPOINT_FORMATS:
        return NO_ANSWER
    engine = "llamacpp" if row.engine_family == "llama.cpp" else "vllm"
    context = row.prompt_tokens + row.answer_tokens
    asked = (gpu, row.devices or 1, engine, dtype, "fp16", context, row.prompt_tokens, True)
    said = json.loads(_core.fit_shape(*shape, *asked))
    weights = said["memory"]["weights_bytes"]["best"] / 1e9
    if row.hardware is None:
        return Prediction(file_size_gb=weights)
    one = row.concurrency == 1
    cache = said["capacity"]["bytes_per_seq"] / 1e9
    overhead = said["memory"]["overhead_bytes"]["best"] / 1e9
    return Prediction(
        decode_tok_s=said["speed"]["decode_tok_s"]["best"] if one else None,
        prefill_tok_s=row.prompt_tokens / said["speed"]["ttft_s"]["best"],
        memory_gb=weights + overhead + cache if one else None,
        file_size_gb=weights,
        fits=said["verdict"]["serves"],
    )


def _ridgepoint_shape(model: Model | None) -> tuple[str | int, ...] | None:
    """Return the dimensions that ridgepoint reads, None without an architecture."""
    if model is None or model.architecture is None:
        return None
    a = model.architecture
    shape = shape_of(model)
    parameters = (round(shape.total_b * 1e9), round(shape.active_b * 1e9))
    kind = "mla" if a.mla else "mha" if a.kv_heads == a.heads else "gqa"
    latent = (a.mla.kv_lora_rank, a.mla.qk_rope_head_dim) if a.mla else (0, 0)
    cached = a.full_attention_layers or a.layers
    heads = (a.head_dim, a.heads, a.kv_heads)
    return (model.id, a.layers, cached, a.hidden_size, *parameters, kind, *heads, *latent)
