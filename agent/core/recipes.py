"""Files that run: a training script for a plan."""

from __future__ import annotations

from importlib import resources
from string import Template

from pydantic import BaseModel, ConfigDict

from agent.core.finetune import FineTunePlan
from agent.core.training_run import LARGEST_ENCODER_B
from agent.core.workings import tail
from agent.errors import InputError

ENCODER_MODEL = "answerdotai/ModernBERT-base"
SETFIT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
LEARNING_RATES = {
    "sft": {"lora": "2e-4", "qlora": "2e-4", "full": "1e-5"},
    "dpo": {"lora": "5e-6", "qlora": "5e-6", "full": "5e-7"},
}
"""Ten times the full rate for adapters (Thinking Machines, "LoRA Without Regret", 2025); for DPO
those of TRL's own example script."""
METHOD_NAMES = {"lora": "LoRA", "qlora": "QLoRA", "full": "full tuning"}
DEVICES_A_NODE = 8


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


def _filled(template: str, **fields: object) -> str:
    text = resources.files("agent.core").joinpath(f"data/{template}").read_text("utf-8")
    return Template(text).substitute(fields)
