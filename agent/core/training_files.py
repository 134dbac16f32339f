"""Files that run: a training script or config for a plan, its data sample and its test."""

from __future__ import annotations

import json
from typing import Any, Literal

import yaml

from agent.core.finetune import WARMUP, FineTunePlan
from agent.core.finetune_method import ENCODERS, UNTRAINED
from agent.core.recipes import RecipeFile
from agent.core.training_encoders import encoder_files
from agent.core.training_run import DEVICES_A_SERVER
from agent.core.training_template import filled, planned_values
from agent.core.workings import tail
from agent.errors import InputError

Toolkit = Literal["trl", "axolotl", "unsloth", "mlx"]
TOOLKITS: tuple[Toolkit, ...] = ("trl", "axolotl", "unsloth", "mlx")
METHOD_NAMES = {"lora": "LoRA", "qlora": "QLoRA", "full": "full tuning"}
MOST_ANSWER_TOKENS = 512
FLASH = "kernels-community/"
_CHAT = {
    "messages": [
        {"role": "user", "content": "what goes in"},
        {"role": "assistant", "content": "what should come out"},
    ]
}
_PAIR = {
    "prompt": [{"role": "user", "content": "what goes in"}],
    "chosen": [{"role": "assistant", "content": "the better answer"}],
    "rejected": [{"role": "assistant", "content": "the worse answer"}],
}
_SAMPLES = {"sft": _CHAT, "dpo": _PAIR}
_PREPARE = '''

def last_answer(row):
    """Train on the last answer; what precedes it is the prompt."""
    return {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]}


data = data.map(last_answer, remove_columns=data["train"].column_names)
'''
_RECAST = """\
# TRL keeps adapters on a 4-bit model in bfloat16, which fp16 training on this device can't scale.
for parameter in trainer.model.parameters():
    if parameter.requires_grad:
        parameter.data = parameter.data.float()
"""
_OWN_ARGUMENT = {"sft": "packing=True", "dpo": "beta=0.1"}
_REENTRANT = ',\n        gradient_checkpointing_kwargs={"use_reentrant": True}'
_OPTIMIZERS = {"adamw-mixed": "adamw_torch", "adamw-8bit": "paged_adamw_8bit"}


def training_files(plan: FineTunePlan, toolkit: Toolkit = "trl") -> tuple[RecipeFile, ...]:
    """Return what the plan runs with: the training file, a sample of the data and the test.

    Raises:
        InputError: if there is nothing to train, the model's repository is not known, or the
            toolkit does not do what the plan asks for.
    """
    if toolkit not in TOOLKITS:
        raise InputError(f"There are no files for {toolkit!r}. Valid: {', '.join(TOOLKITS)}.")
    if plan.method in UNTRAINED:
        raise InputError(
            f"The plan's method is {plan.method!r}: there is nothing to train. "
            "Valid: setfit, encoder, lora, qlora, full."
        )
    if plan.method in ENCODERS:
        return encoder_files(plan)
    if plan.hf_id is None or "/" not in plan.hf_id:
        raise InputError(
            f"The repository of {plan.model_title!r} is not in the catalogue, so no script can "
            "name it. Choose a model whose architecture is known."
        )
    if toolkit != "trl" and plan.objective != "sft":
        raise InputError(f"There is no {toolkit} file for {plan.objective!r}. Valid: trl.")
    if plan.precision == "fp8" and toolkit != "axolotl":
        raise InputError(f"There is no {toolkit} file for {plan.precision!r}. Valid: axolotl.")
    write = {"trl": trl_script, "axolotl": axolotl_config, "unsloth": unsloth_script}
    if toolkit == "mlx":
        return (mlx_command(plan),)
    trained = (write[toolkit](plan), _examples(plan))
    return (*trained, _test(plan)) if plan.objective == "sft" else trained


def trl_script(plan: FineTunePlan) -> RecipeFile:
    """Return a script of TRL and PEFT (checked against TRL 1.16, PEFT 0.21, Transformers 5.24)."""
    quantized = plan.method == "qlora"
    adapters = plan.method != "full"
    sharded = plan.devices > 1 and not plan.copies
    name = f"train_{plan.objective}_{plan.method}_{tail(plan.model)}.py"
    needed = ("peft" if adapters else "", "datasets accelerate", *_extra_packages(plan))
    text = filled(
        "trl.py.txt",
        title=plan.model_title,
        method=METHOD_NAMES[plan.method],
        trainer=plan.objective.upper(),
        packages=" ".join(filter(None, needed)),
        splitter=" (evaluate.py splits your file)" if plan.objective == "sft" else "",
        data=json.dumps(_SAMPLES[plan.objective]),
        launch=_launch(name, plan, sharded=sharded),
        quant_import=", BitsAndBytesConfig" if quantized else "",
        state_import="from accelerate import PartialState\n" if quantized and not sharded else "",
        dtype=_dtype(plan),
        attention=plan.attention,
        quant_argument=_quant_argument(sharded=sharded) if quantized else "",
        peft_import="from peft import LoraConfig\n" if adapters else "",
        peft=_lora(plan) if adapters else "None",
        prepare=_PREPARE if plan.objective == "sft" else "",
        own_argument=_OWN_ARGUMENT[plan.objective] + (_REENTRANT if quantized and sharded else ""),
        checkpointing=plan.checkpointing,
        keep_best=plan.devices == 1,
        recast=_RECAST if quantized and plan.precision == "fp16" else "",
        optimizer=_OPTIMIZERS[plan.optimizer],
        **planned_values(plan),
    )
    caption = f"{plan.objective.upper()} by {METHOD_NAMES[plan.method]} of {plan.model_title}"
    return RecipeFile(
        name=name,
        media_type="text/x-python",
        content=text,
        caption=f"{caption} with TRL{' and PEFT' if adapters else ''}",
    )


def axolotl_config(plan: FineTunePlan) -> RecipeFile:
    """Return a config of Axolotl (checked against the schema of Axolotl 0.19)."""
    config: dict[str, Any] = {"base_model": plan.hf_id}
    if plan.method != "full":
        config |= {
            "adapter": plan.method,
            "load_in_4bit": plan.method == "qlora",
            "lora_r": plan.rank,
            "lora_alpha": 2 * plan.rank,
            "lora_dropout": 0.05,
            "lora_target_linear": True,
        }
    flash = plan.attention.startswith(FLASH)
    config |= {
        "datasets": [{"path": "train.jsonl", "ds_type": "json", "type": "chat_template"}],
        "test_datasets": [
            {"path": "test.jsonl", "ds_type": "json", "type": "chat_template", "split": "train"}
        ],
        "sequence_len": plan.sequence_tokens,
        "sample_packing": flash,
        "attn_implementation": "flash_attention_2" if flash else "sdpa",
        "micro_batch_size": plan.micro_batch,
        "gradient_accumulation_steps": plan.gradient_accumulation,
        "num_epochs": plan.epochs,
        "optimizer": _OPTIMIZERS[plan.optimizer],
        "learning_rate": plan.learning_rate,
        "lr_scheduler": "cosine",
        "warmup_ratio": WARMUP,
        "bf16": plan.precision == "bf16",
        "fp16": plan.precision == "fp16",
        "gradient_checkpointing": plan.checkpointing,
        "chunked_cross_entropy": True,
        "evals_per_epoch": 1,
        "saves_per_epoch": 1,
        "logging_steps": 10,
        "output_dir": "out/final",
        "seed": 42,
    }
    if plan.precision == "fp8":
        config |= {"fp8": True, "bf16": True}
    if plan.devices > 1 and not plan.copies:
        config |= {
            "fsdp_version": 2,
            "fsdp_config": {
                "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
                "state_dict_type": "FULL_STATE_DICT",
                "reshard_after_forward": True,
            },
        }
    name = f"axolotl_{plan.method}_{tail(plan.model)}.yaml"
    head = (
        f"# {plan.model_title}: {METHOD_NAMES[plan.method]} with Axolotl, planned by Rightsize.\n"
        f"# Needs: pip install axolotl\n# Data:  {json.dumps(_CHAT)}\n"
        f"# Run:   axolotl train {name}\n"
    )
    return RecipeFile(
        name=name,
        media_type="application/yaml",
        content=head + yaml.safe_dump(config, sort_keys=False),
        caption=f"{METHOD_NAMES[plan.method]} of {plan.model_title} with Axolotl",
    )


def unsloth_script(plan: FineTunePlan) -> RecipeFile:
    """Return a script of Unsloth (checked against Unsloth 2026.10), for one device.

    Raises:
        InputError: if the plan takes several devices.
    """
    if plan.devices > 1:
        raise InputError(
            f"The Unsloth script is for 1 device, not {plan.devices!r}. Valid there: trl, axolotl."
        )
    name = f"unsloth_{plan.method}_{tail(plan.model)}.py"
    adapters = (
        ""
        if plan.method == "full"
        else "model = FastLanguageModel.get_peft_model(\n    model,\n"
        f"    r={plan.rank},\n    lora_alpha={2 * plan.rank},\n    lora_dropout=0,\n"
        '    use_gradient_checkpointing="unsloth",\n    random_state=0,\n)\n'
    )
    text = filled(
        "unsloth.py.txt",
        title=plan.model_title,
        method=METHOD_NAMES[plan.method],
        name=name,
        data=json.dumps(_CHAT),
        four_bits=plan.method == "qlora",
        sixteen_bits=plan.method == "lora",
        full=plan.method == "full",
        adapters=adapters,
        **planned_values(plan),
    )
    return RecipeFile(
        name=name,
        media_type="text/x-python",
        content=text,
        caption=f"{METHOD_NAMES[plan.method]} of {plan.model_title} with Unsloth",
    )


def mlx_command(plan: FineTunePlan) -> RecipeFile:
    """Return the command that tunes on an Apple chip with MLX-LM, which CUDA's tools can't.

    Source of the flags: mlx_lm/LORA.md of MLX-LM.
    """
    hf_id, quantized = plan.hf_id or "", plan.method == "qlora"
    tokens = plan.training_tokens or (plan.labeled_examples or 0) * plan.tokens_per_example
    convert = f'mlx_lm.convert --hf-path "{hf_id}" --mlx-path base-4bit -q\n' if quantized else ""
    text = filled(
        "mlx.sh.txt",
        title=plan.model_title,
        convert=convert,
        model="base-4bit" if quantized else hf_id,
        method=METHOD_NAMES[plan.method],
        kind="full" if plan.method == "full" else "lora",
        checkpoint="  --grad-checkpoint \\\n" if plan.checkpointing else "",
        iters=max(1, round(tokens / plan.tokens_per_example * plan.epochs / plan.micro_batch)),
        **planned_values(plan),
    )
    return RecipeFile(
        name=f"train_{plan.method}_{tail(plan.model)}_mlx.sh",
        media_type="text/x-shellscript",
        content=text,
        caption=f"{METHOD_NAMES[plan.method]} of {plan.model_title} with MLX-LM",
    )


def _examples(plan: FineTunePlan) -> RecipeFile:
    line = json.dumps(_SAMPLES[plan.objective])
    return RecipeFile(
        name="examples.jsonl",
        media_type="application/jsonl",
        content=f"{line}\n",
        caption="The form of the examples, one a line",
    )


def _test(plan: FineTunePlan) -> RecipeFile:
    quantized = plan.method == "qlora"
    text = filled(
        "evaluate.py.txt",
        hf_id=plan.hf_id,
        packages=" bitsandbytes" if quantized else "",
        quant_import=", BitsAndBytesConfig" if quantized else "",
        quant_argument="\n        quantization_config=BitsAndBytesConfig("
        'load_in_4bit=True, bnb_4bit_quant_type="nf4"),'
        if quantized
        else "",
        answer_tokens=min(MOST_ANSWER_TOKENS, plan.sequence_tokens),
    )
    return RecipeFile(
        name="evaluate.py",
        media_type="text/x-python",
        content=text,
        caption="Splits off a test set, and compares the tuned model on it",
    )


def _extra_packages(plan: FineTunePlan) -> tuple[str, ...]:
    small = plan.optimizer == "adamw-8bit" or plan.method == "qlora"
    flash = plan.attention.startswith(FLASH)
    return ("bitsandbytes" if small else "", "kernels" if flash else "")


def _dtype(plan: FineTunePlan) -> str:
    """Return the format of the weights: 32 bit where all of them are trained in mixed precision."""
    if plan.method == "full" and plan.form == "mixed":
        return "float32"
    return "float16" if plan.precision == "fp16" else "bfloat16"


def _lora(plan: FineTunePlan) -> str:
    return (
        f"LoraConfig(\n        r={plan.rank},\n        lora_alpha={2 * plan.rank},\n"
        '        lora_dropout=0.05,\n        target_modules="all-linear",\n    )'
    )


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


def _launch(name: str, plan: FineTunePlan, *, sharded: bool) -> str:
    """Return the command that starts the script on all devices."""
    if plan.devices == 1:
        return f"python {name}"
    flags = f"--num_processes {plan.devices}"
    if plan.devices > DEVICES_A_SERVER:
        flags += (
            f" --num_machines {-(-plan.devices // DEVICES_A_SERVER)} --machine_rank RANK"
            " --main_process_ip HEAD --main_process_port 29500"
        )
    if sharded:
        version = "1 --fsdp_use_orig_params false" if plan.method == "qlora" else "2"
        flags += (
            f" --use_fsdp --fsdp_version {version}"
            " --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP"
            " --fsdp_state_dict_type FULL_STATE_DICT"
        )
    return f"accelerate launch {flags} {name}"
