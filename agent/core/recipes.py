"""Files that run: a training script for a plan, a serve script for an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from math import ceil
from string import Template

from pydantic import BaseModel, ConfigDict

from agent.core.efficiency import TENSOR_PARALLEL, usable
from agent.core.estimate import Estimate
from agent.core.finetune import FineTunePlan
from agent.core.precision import native_precision
from agent.core.shape import shape_of
from agent.core.training_run import LARGEST_ENCODER_B
from agent.core.workings import tail
from agent.errors import InputError
from knowledge.schema import Hardware, Model

ENCODER_MODEL = "answerdotai/ModernBERT-base"
SETFIT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
SERVERS = ("vllm", "sglang", "llama.cpp", "ollama")
LEARNING_RATES = {
    "sft": {"lora": "2e-4", "qlora": "2e-4", "full": "1e-5"},
    "dpo": {"lora": "5e-6", "qlora": "5e-6", "full": "5e-7"},
}
"""Ten times the full rate for adapters (Thinking Machines, "LoRA Without Regret", 2025); for DPO
those of TRL's own example script."""
METHOD_NAMES = {"lora": "LoRA", "qlora": "QLoRA", "full": "full tuning"}
DEVICES_A_NODE = 8
ALL_LAYERS = 99
"""More than any model has: all of them go to the GPU."""
LAYERS_UNKNOWN = 32
_ONLINE_QUANTIZATION = {
    "vllm": {"fp8": "fp8", "nf4": "bitsandbytes", "nf4-dq": "bitsandbytes"},
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
    if plan.hf_id is None or "/" not in plan.hf_id:
        raise InputError(
            f"The repository of {plan.model_title!r} is not in the catalogue, so no script can "
            "name it. Choose a model whose architecture is known."
        )
    quantized = plan.method == "qlora"
    adapters = plan.method != "full"
    sharded = plan.devices > 1 and not plan.copies
    name = f"train_{plan.objective}_{plan.method}_{tail(plan.model)}.py"
    text = _filled(
        "lora.py.txt",
        title=plan.model_title,
        method=METHOD_NAMES[plan.method],
        trainer=plan.objective.upper(),
        data=_DATA[plan.objective],
        hf_id=plan.hf_id,
        launch=_launch(name, plan.devices, quantized=quantized, sharded=sharded),
        extra_packages=" bitsandbytes" if quantized else "",
        quant_import=", BitsAndBytesConfig" if quantized else "",
        state_import="from accelerate import PartialState\n" if quantized and not sharded else "",
        narrow="float16" if adapters else "float32",
        quant_argument=_quant_argument(sharded=sharded) if quantized else "",
        peft_import="from peft import LoraConfig\n" if adapters else "",
        peft=_PEFT if adapters else "None",
        own_argument=_OWN_ARGUMENT[plan.objective] + (_REENTRANT if quantized and sharded else ""),
        epochs=f"{plan.epochs:g}",
        sequence_tokens=plan.sequence_tokens,
        micro_batch=plan.micro_batch,
        gradient_accumulation=plan.gradient_accumulation,
        learning_rate=LEARNING_RATES[plan.objective][plan.method],
    )
    caption = f"{plan.objective.upper()} by {METHOD_NAMES[plan.method]} of {plan.model_title}"
    return RecipeFile(
        name=name,
        media_type="text/x-python",
        content=text,
        caption=f"{caption} with TRL{' and PEFT' if adapters else ''}",
    )


_PEFT = 'LoraConfig(r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear")'


def mlx_config(plan: FineTunePlan) -> RecipeFile:
    """Return the command that tunes on an Apple chip with MLX-LM, which CUDA's tools can't.

    Source of the flags: mlx_lm/LORA.md of MLX-LM.

    Raises:
        InputError: if the plan is no LoRA, QLoRA or full SFT of a model whose repository is known.
    """
    if plan.method not in METHOD_NAMES or plan.objective != "sft" or "/" not in (plan.hf_id or ""):
        raise InputError(
            f"There is no MLX-LM command for {plan.method!r} of {plan.model_title!r}. "
            "Valid: lora, qlora or full SFT of a model whose repository is known."
        )
    hf_id, quantized = plan.hf_id or "", plan.method == "qlora"
    tokens = plan.training_tokens or (plan.labeled_examples or 0) * plan.tokens_per_example
    convert = f'mlx_lm.convert --hf-path "{hf_id}" --mlx-path base-4bit -q\n' if quantized else ""
    text = _filled(
        "mlx.sh.txt",
        title=plan.model_title,
        method=METHOD_NAMES[plan.method],
        convert=convert,
        model="base-4bit" if quantized else hf_id,
        kind="full" if plan.method == "full" else "lora",
        iters=max(1, round(tokens / plan.tokens_per_example * plan.epochs / plan.micro_batch)),
        micro_batch=plan.micro_batch,
        sequence_tokens=plan.sequence_tokens,
        learning_rate=LEARNING_RATES["sft"][plan.method],
    )
    return RecipeFile(
        name=f"train_{plan.method}_{tail(plan.model)}_mlx.sh",
        media_type="text/x-shellscript",
        content=text,
        caption=f"{METHOD_NAMES[plan.method]} of {plan.model_title} with MLX-LM",
    )


_DATA = {
    "sft": '{"prompt": "what goes in", "completion": "what should come out"}',
    "dpo": '{"prompt": "what goes in", "chosen": "the better answer", "rejected": "the worse"}',
}
_OWN_ARGUMENT = {"sft": "packing=True", "dpo": "beta=0.1"}


_REENTRANT = ',\n        gradient_checkpointing_kwargs={"use_reentrant": True}'


def _quant_argument(*, sharded: bool) -> str:
    """Return the 4-bit loading: whole on each card, or stored so that FSDP can shard it.

    Sources: PEFT's guides to quantization and to FSDP with QLoRA.
    """
    place = "" if sharded else '\n    device_map={"": PartialState().process_index},'
    store = "\n        bnb_4bit_quant_storage=DTYPE," if sharded else ""
    return f"""{place}
    quantization_config=BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=DTYPE,{store}
    ),"""


def _launch(name: str, devices: int, *, quantized: bool, sharded: bool) -> str:
    """Return the command that starts the script on all devices."""
    if devices == 1:
        return f"python {name}"
    flags = f"--num_processes {devices}"
    if devices > DEVICES_A_NODE:
        flags += (
            f" --num_machines {-(-devices // DEVICES_A_NODE)} --machine_rank RANK"
            " --main_process_ip HEAD --main_process_port 29500"
        )
    if sharded:
        version = "1 --fsdp_use_orig_params false" if quantized else "2"
        flags += (
            f" --use_fsdp --fsdp_version {version}"
            " --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP"
            " --fsdp_state_dict_type FULL_STATE_DICT"
        )
    return f"accelerate launch {flags} {name}"


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
