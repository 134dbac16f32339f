"""Files that run: a training script for a plan, a serve script for an estimate."""

from __future__ import annotations

from importlib import resources
from math import ceil
from string import Template

from pydantic import BaseModel, ConfigDict

from agent.core.efficiency import TENSOR_PARALLEL, usable
from agent.core.estimate import Estimate
from agent.core.finetune import FineTunePlan
from agent.core.precision import native_precision, parse_precision
from agent.core.shape import shape_of
from agent.core.training_run import LARGEST_ENCODER_B
from agent.core.workings import tail
from agent.errors import InputError
from knowledge.schema import Hardware, Model

ENCODER_MODEL = "answerdotai/ModernBERT-base"
SETFIT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
SERVERS = ("vllm", "sglang", "llama.cpp", "ollama")
LEARNING_RATES = {"lora": "2e-4", "qlora": "2e-4", "full": "1e-5"}
"""Ten times the full rate for adapters (Thinking Machines, "LoRA Without Regret", 2025)."""
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


def training_config(plan: FineTunePlan) -> RecipeFile:
    """Return the training script of `plan`: TRL with PEFT, an encoder trainer, or SetFit.

    Raises:
        InputError: if the plan is to prompt, or its model's repository is not known.
    """
    if plan.method == "prompting":
        raise InputError(
            f"The plan's method is {plan.method!r}: there is nothing to train. "
            "Valid: setfit, encoder, lora, qlora, full."
        )
    if plan.method in ("setfit", "encoder"):
        return _encoder_script(plan)
    if plan.hf_id is None:
        raise InputError(
            f"The repository of {plan.model_title!r} is not in the catalogue, so no script can "
            "name it. Choose a model whose architecture is known."
        )
    quantized = plan.method == "qlora"
    adapters = plan.method != "full"
    name = f"train_{plan.method}_{tail(plan.model)}.py"
    text = _filled(
        "lora.py.txt",
        title=plan.model_title,
        method=plan.method.upper() if adapters else "full",
        hf_id=plan.hf_id,
        launch=_launch(name, plan.devices, quantized=quantized),
        extra_packages=" bitsandbytes" if quantized else "",
        quant_import=", BitsAndBytesConfig" if quantized else "",
        state_import="from accelerate import PartialState\n" if quantized else "",
        narrow="float16" if adapters else "float32",
        quant_argument=_QUANT_ARGUMENT if quantized else "",
        peft_import="from peft import LoraConfig\n" if adapters else "",
        peft=_PEFT if adapters else "None",
        epochs=f"{plan.epochs:g}",
        sequence_tokens=plan.sequence_tokens,
        micro_batch=plan.micro_batch,
        gradient_accumulation=plan.gradient_accumulation,
        learning_rate=LEARNING_RATES[plan.method],
    )
    caption = f"{plan.method.upper()} of {plan.model_title} with TRL and PEFT"
    return RecipeFile(name=name, media_type="text/x-python", content=text, caption=caption)


_PEFT = 'LoraConfig(r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear")'
_QUANT_ARGUMENT = """
    device_map={"": PartialState().process_index},
    quantization_config=BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=DTYPE,
    ),"""


def _launch(name: str, devices: int, *, quantized: bool) -> str:
    if devices == 1:
        return f"python {name}"
    sharded = "" if quantized else " --use_fsdp --fsdp_version 2"
    return f"accelerate launch --num_processes {devices}{sharded} {name}"


def _encoder_script(plan: FineTunePlan) -> RecipeFile:
    few = plan.method == "setfit"
    own = plan.hf_id if plan.parameters_b <= LARGEST_ENCODER_B else None
    text = _filled(
        "setfit.py.txt" if few else "encoder.py.txt",
        title=f"{plan.labeled_examples or 'your'} examples",
        task=(plan.task_type or "classification").replace("_", " "),
        hf_id=own or (SETFIT_MODEL if few else ENCODER_MODEL),
        epochs=f"{plan.epochs:g}",
        sequence_tokens=plan.sequence_tokens,
        micro_batch=plan.micro_batch,
        gradient_accumulation=plan.gradient_accumulation,
    )
    return RecipeFile(
        name=f"train_{plan.method}.py",
        media_type="text/x-python",
        content=text,
        caption="SetFit on few examples" if few else "An encoder tuned on closed labels",
    )


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
        "hf_id": _repository(model),
        "name": tail(model.id),
        "precision": sized.precision.upper(),
        "total_gb": f"{sized.total_gb.value or 0:.1f}",
        "usable_gb": "?" if sized.usable_gb is None else f"{sized.usable_gb:.1f}",
        "max_num_seqs": str(sized.concurrency),
        "max_model_len": str(sized.context_tokens),
    }
    if chosen in ("vllm", "sglang"):
        text = _filled(f"{chosen}.sh.txt", **fields, **_pool_flags(sized, model, hardware, chosen))
    else:
        layers = model.architecture.layers if model.architecture else None
        experts_away = _expert_layers_away(sized, model)
        on_gpu = 999
        if sized.offloaded_share and layers and not experts_away:
            on_gpu = int(layers * (1 - sized.offloaded_share))
        flags = "  --split-mode layer \\\n" if sized.devices > 1 else ""
        flags += f"  --n-cpu-moe {experts_away} \\\n" if experts_away else ""
        text = _filled(
            f"{chosen}.sh.txt",
            **fields,
            gpu_layers=str(on_gpu),
            total_context=str(sized.context_tokens * sized.concurrency),
            extra_flags=flags,
        )
    return RecipeFile(
        name=f"serve_{tail(model.id)}_{chosen.replace('.', '')}.sh",
        media_type="text/x-shellscript",
        content=text,
        caption=f"{model.title} on {sized.devices} x {hardware.title} with {chosen}",
    )


def _expert_layers_away(sized: Estimate, model: Model) -> int:
    """Return how many layers keep their experts in system memory; 0 for a dense model."""
    shape, precision = shape_of(model), parse_precision(sized.precision)
    experts_gb = shape.experts_gb(precision)
    if not (sized.offloaded_share and experts_gb and model.architecture):
        return 0
    share = shape.weight_gb(precision) * sized.offloaded_share / experts_gb
    return ceil(model.architecture.layers * min(1.0, share))


def _repository(model: Model) -> str:
    return model.architecture.hf_id if model.architecture else tail(model.id)


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
    flags = []
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
        note = f"Put {article} {name} checkpoint of this model in place of the repository."
    return {
        "tensor_parallel": str(tensor),
        "extra_flags": "".join(f"  {flag} \\\n" for flag in flags),
        "utilization": f"{usable(hardware, server).share:g}",
        "checkpoint_note": note,
    }


def tensor_parallel_size(model: Model, devices: int) -> int:
    """Return the most devices that can share each layer: a divisor of devices and heads."""
    heads = model.architecture.heads if model.architecture else 8
    return max(size for size in range(1, devices + 1) if devices % size == heads % size == 0)


def _filled(template: str, **fields: object) -> str:
    text = resources.files("agent.core").joinpath(f"data/{template}").read_text("utf-8")
    return Template(text).substitute(fields)
