"""Speeds from measured kernel tables: NVIDIA's AIConfigurator, where it is installed and knows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal

from agent.core import kernel_tables
from agent.core.kernel_tables import BuiltIn, NoAnswer, Question
from agent.core.precision import Precision, native_precision
from agent.core.sizing import KV_BYTES_FP8, cache_bytes
from knowledge.schema import Architecture, Hardware, Model

PACKAGE = "aiconfigurator-core"
SYSTEMS = {
    "hardware/nvidia-a100-80gb-sxm": "a100_sxm",
    "hardware/nvidia-b200-sxm": "b200_sxm",
    "hardware/nvidia-b300-sxm": "b300_sxm",
    "hardware/nvidia-gb200-nvl72": "gb200",
    "hardware/nvidia-gb300-nvl72": "gb300",
    "hardware/nvidia-h100-sxm": "h100_sxm",
    "hardware/nvidia-h200-sxm": "h200_sxm",
    "hardware/nvidia-l40s": "l40s",
    "hardware/nvidia-rtx-pro-6000-blackwell": "rtx_pro_6000_server",
}
"""The tool's name of each device that it has measured tables for."""
BACKENDS = {"vllm": "vllm", "sglang": "sglang", "tensorrt-llm": "trtllm"}
FORMATS = {"bf16": "bfloat16", "fp16": "bfloat16", "fp8": "fp8", "nvfp4": "nvfp4"}
"""The tool's name of each format that it has measured. It has no tables for 4-bit integers."""
MXFP4_EXPERTS = "w4a8_mxfp4_mxfp8"
"""How TensorRT-LLM runs MXFP4 experts on cards that multiply 4-bit floats."""
POOR_FOR_EXPERTS = frozenset({"l40s"})
"""Its tables of experts there give a quarter of what was measured: 8 rows, 0.24 to 0.65."""
SAME_SIZE = 0.03
"""A written configuration stands for a model whose parameters it gives within this share."""
SAME_MEMORY = 0.12
"""Two statements of one card's memory differ by up to the step from GB to GiB."""


@dataclass(frozen=True, slots=True)
class PreciseSpeeds:
    """Speeds of one deployment. Rates in tokens/s, times in seconds.

    `decode_tok_s` is one stream's at `concurrency`, `throughput_tok_s` the output of all streams
    with the reading of prompts in the time, `ttft_s` and `prefill_tok_s` those of one prompt on
    an idle server. `tool` is name and version, `asked` what it was asked, in words.
    """

    decode_tok_s: float
    throughput_tok_s: float
    ttft_s: float
    prefill_tok_s: float
    concurrency: int
    tool: str
    asked: str


@dataclass(frozen=True, slots=True)
class NoSpeeds:
    """The tool does not answer. `reason` says why, None where it does not concern the device."""

    reason: str | None


def precise_speeds(
    model: Model,
    hardware: Hardware,
    *,
    devices: int,
    precision: Precision,
    engine: str,
    concurrency: int | Literal["max"],
    input_tokens: int,
    output_tokens: int,
) -> PreciseSpeeds | NoSpeeds:
    """Return what AIConfigurator predicts from its measured kernel tables, or why it does not.

    Nothing is downloaded: the model is a configuration that the tool ships, or one written from
    its architecture. With concurrency "max" the batch of the best throughput is sought; a mixture
    of experts runs in the layout that gives the most. The first answer for a device loads its
    tables (about half a second). One batch then takes some 10 ms, a search for the best one up
    to a second or two for a mixture of experts, a repeated question nothing.

    Source: AIConfigurator (arXiv 2601.06288).
    """
    system = SYSTEMS.get(hardware.id)
    if system is None or engine not in BACKENDS:
        return NoSpeeds(None)
    try:
        question = _question(
            model,
            hardware,
            system,
            devices=devices,
            precision=precision,
            engine=engine,
            concurrency=concurrency,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
        )
        answer = kernel_tables.ask(question)
    except NoAnswer as error:
        return NoSpeeds(str(error))
    return PreciseSpeeds(
        decode_tok_s=answer.decode_tok_s,
        throughput_tok_s=answer.throughput_tok_s,
        ttft_s=answer.ttft_s,
        prefill_tok_s=answer.prefill_tok_s,
        concurrency=answer.concurrency,
        tool=f"AIConfigurator {version(PACKAGE)}",
        asked=(
            f"{model.title} at {precision.name} on {devices} x {system}, {answer.layout}, "
            f"{engine} {answer.engine_version}, {answer.concurrency} streams of "
            f"{input_tokens} + {output_tokens} tokens"
        ),
    )


def _question(
    model: Model,
    hardware: Hardware,
    system: str,
    *,
    devices: int,
    precision: Precision,
    engine: str,
    concurrency: int | Literal["max"],
    input_tokens: int,
    output_tokens: int,
) -> Question:
    """Return the question in the tool's words.

    Raises:
        NoAnswer: if it can't be put.
    """
    if output_tokens < 2:
        raise NoAnswer("AIConfigurator needs at least two output tokens")
    kernel_tables.require_installed()
    _require_memory(hardware, system)
    architecture = model.architecture
    if architecture is None:
        raise NoAnswer(f"the architecture of {model.title} is not known")
    if architecture.moe and system in POOR_FOR_EXPERTS:
        raise NoAnswer(f"AIConfigurator is far too low for mixtures of experts on {system}")
    shipped = kernel_tables.built_in(architecture)
    if not shipped and not _is_plain(architecture):
        raise NoAnswer(f"AIConfigurator has no configuration of {model.title}")
    own = shipped is not None and _is_own(precision, model, shipped)
    weights = None if own else _format(precision)
    fp4 = own and precision.name == "mxfp4" and engine == "tensorrt-llm"
    experts = MXFP4_EXPERTS if fp4 and kernel_tables.runs_fp4(system) else weights
    small = cache_bytes(precision, engine) == KV_BYTES_FP8
    return Question(
        built_in=shipped.id if shipped else None,
        config_json="" if shipped else _config_json(architecture),
        moe=architecture.moe is not None,
        system=system,
        backend=BACKENDS[engine],
        devices=devices,
        weights=weights,
        expert_weights=experts,
        cache=None if own else "fp8" if small else "bfloat16",
        concurrency=concurrency,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
    )


def _require_memory(hardware: Hardware, system: str) -> None:
    """Check that the tool's card has the memory that `hardware` states."""
    stated = hardware.value("memory")
    assumed = kernel_tables.memory_gb(system)
    if stated is None or abs(stated - assumed) > SAME_MEMORY * assumed:
        raise NoAnswer(f"AIConfigurator's {system} has {assumed:.0f} GB, not {stated} GB")


def _is_own(precision: Precision, model: Model, shipped: BuiltIn) -> bool:
    """Return whether the configuration is of weights in that format."""
    plain = precision.name in {"bf16", "fp16"}
    return precision.name == native_precision(model).name and shipped.quantized != plain


def _format(precision: Precision) -> str:
    """Return the tool's name of the format."""
    if precision.name not in FORMATS:
        raise NoAnswer(f"AIConfigurator has no tables for {precision.name}")
    return FORMATS[precision.name]


def _is_plain(architecture: Architecture) -> bool:
    """Return whether gated layers of full attention, all alike, give the model's parameters."""
    moe = architecture.moe
    if architecture.mla or architecture.sliding_window or architecture.attention == "hybrid":
        return False
    if moe and (moe.shared_intermediate_size or moe.dense_layers):
        return False
    width = moe.expert_intermediate_size if moe else architecture.intermediate_size
    stated = architecture.parameters_b
    if width is None or stated is None:
        return False
    heads = 2 * architecture.heads + 2 * architecture.kv_heads
    layer = heads * architecture.head_dim + 3 * width * (moe.experts if moe else 1)
    outside = architecture.vocab_size * (1 if architecture.tied_embeddings else 2)
    computed = architecture.hidden_size * (architecture.layers * layer + outside) / 1e9
    return abs(computed - stated) <= SAME_SIZE * stated


def _config_json(architecture: Architecture) -> str:
    """Return a config.json with the dimensions that the tool reads."""
    moe = architecture.moe
    config = {
        "architectures": ["MixtralForCausalLM" if moe else "LlamaForCausalLM"],
        "num_hidden_layers": architecture.layers,
        "hidden_size": architecture.hidden_size,
        "num_attention_heads": architecture.heads,
        "num_key_value_heads": architecture.kv_heads,
        "head_dim": architecture.head_dim,
        "vocab_size": architecture.vocab_size,
        "max_position_embeddings": architecture.context_tokens,
        "intermediate_size": architecture.intermediate_size,
        "tie_word_embeddings": architecture.tied_embeddings,
    }
    if moe:
        config |= {
            "num_local_experts": moe.experts,
            "num_experts_per_tok": moe.experts_per_token,
            "moe_intermediate_size": moe.expert_intermediate_size,
        }
    return json.dumps(config)
