"""The files of a plan: they parse, and take only arguments that the libraries know."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sizing_documents import H100, LLAMA_8B, LLAMA_70B, RTX_4090, UNLAID, device

from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.recipes import RecipeFile
from agent.core.training_files import Toolkit, training_files
from agent.errors import InputError

TESLA_T4 = device("nvidia-t4", "NVIDIA T4", memory_type="GDDR6", memory=16, bandwidth=320)
KNOWN: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "training_arguments.yaml").read_text("utf-8")
)
TRAINERS = {"SFTConfig", "DPOConfig"}
PLANS: dict[str, dict[str, Any]] = {
    "lora": {"hardware": RTX_4090, "method": "lora"},
    "qlora": {"hardware": RTX_4090, "method": "qlora"},
    "turing": {"hardware": TESLA_T4, "method": "qlora"},
    "full": {"hardware": H100, "method": "full", "devices": 8},
    "lean": {"hardware": H100, "method": "full", "form": "lean"},
    "copies": {"hardware": H100, "method": "qlora", "devices": 2},
    "sharded": {"model": LLAMA_70B, "hardware": RTX_4090, "method": "qlora", "devices": 4},
    "dpo": {"hardware": H100, "method": "lora", "objective": "dpo"},
    "encoder": {"hardware": RTX_4090, "method": "encoder"},
    "setfit": {"hardware": TESLA_T4, "method": "setfit"},
    "tagger": {"hardware": RTX_4090, "task_type": "ner"},
    "embedder": {"hardware": RTX_4090, "task_type": "embedding"},
}


def plan(name: str) -> FineTunePlan:
    given = {"model": LLAMA_8B, "labeled_examples": 5000, **PLANS[name]}
    return plan_finetune(given.pop("model"), given.pop("hardware"), **given)


def unknown_arguments(script: str, *, setfit: bool) -> set[tuple[str, str]]:
    """Return each argument of a call to a known callable that it does not take."""
    found = set()
    for node in ast.walk(ast.parse(script)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        key = f"setfit.{name}" if setfit and name == "TrainingArguments" else name
        if key in KNOWN:
            takes = set(KNOWN[key]) | (
                set(KNOWN["TrainingArguments"]) if key in TRAINERS else set()
            )
            found |= {(name, a.arg) for a in node.keywords if a.arg and a.arg not in takes}
    return found


def files(name: str, toolkit: Toolkit = "trl") -> tuple[RecipeFile, ...]:
    return training_files(plan(name), toolkit)


@pytest.mark.parametrize("name", PLANS)
def test_scripts_compile_and_take_only_known_arguments(name: str) -> None:
    scripts = [file for file in files(name) if file.name.endswith(".py")]
    assert scripts
    for file in scripts:
        compile(file.content, file.name, "exec")
        assert unknown_arguments(file.content, setfit=name == "setfit") == set()
        assert "$" not in file.content


def test_an_unknown_argument_would_be_found() -> None:
    script = "SFTConfig(max_seq_length=1, bf16=True)"
    assert unknown_arguments(script, setfit=False) == {("SFTConfig", "max_seq_length")}


@pytest.mark.parametrize("name", ["lora", "qlora", "turing", "full", "sharded"])
def test_axolotl_configs_have_only_known_keys(name: str) -> None:
    config = yaml.safe_load(files(name, "axolotl")[0].content)
    nested = [*config["datasets"], *config["test_datasets"], config.get("fsdp_config", {})]
    assert [key for part in (config, *nested) for key in part if key not in KNOWN["axolotl"]] == []
    assert config["micro_batch_size"] == plan(name).micro_batch
    assert config["bf16"] is (name != "turing")


@pytest.mark.parametrize("name", ["lora", "qlora", "turing"])
def test_unsloth_scripts_take_only_known_arguments(name: str) -> None:
    script = files(name, "unsloth")[0].content
    assert unknown_arguments(script, setfit=False) == set()
    assert f"load_in_4bit={name != 'lora'}" in script


def test_the_script_trains_with_the_planned_settings() -> None:
    made, text = plan("qlora"), files("qlora")[0].content
    assert f"per_device_train_batch_size={made.micro_batch}," in text
    assert f"gradient_checkpointing={made.checkpointing}," in text
    assert f"max_length={made.sequence_tokens}," in text
    assert "load_in_4bit=True" in text
    assert 'optim="paged_adamw_8bit"' in text


@pytest.mark.parametrize(
    ("name", "holds", "lacks"),
    [
        ("turing", "fp16=True", "flash-attn"),
        ("turing", "parameter.data.float()", "torch.bfloat16"),
        ("lora", "bf16=True", "fp16=True"),
        ("full", "torch.float32", "LoraConfig"),
        ("lean", "torch.bfloat16", "float32"),
        ("copies", "device_map", "--use_fsdp"),
        ("sharded", "bnb_4bit_quant_storage=DTYPE", "device_map"),
        ("dpo", "rejected", "packing"),
        ("tagger", "AutoModelForTokenClassification", "SequenceClassification"),
        ("embedder", "MultipleNegativesRankingLoss", "label"),
    ],
)
def test_the_script_follows_device_and_method(name: str, holds: str, lacks: str) -> None:
    text = files(name)[0].content
    assert holds in text
    assert lacks not in text


@pytest.mark.parametrize(
    ("languages", "encoder"), [((), "ModernBERT"), (("en",), "ModernBERT"), (("de", "en"), "xlm-r")]
)
def test_an_encoder_reads_the_language_of_the_texts(
    languages: tuple[str, ...], encoder: str
) -> None:
    made = plan_finetune(
        LLAMA_8B, RTX_4090, labeled_examples=5000, method="encoder", languages=languages
    )
    assert encoder in training_files(made)[0].content


def test_the_split_keeps_equal_prompts_together(tmp_path: Path) -> None:
    script = next(file for file in files("lora") if file.name == "evaluate.py")
    (tmp_path / script.name).write_text(script.content, "utf-8")
    rows = [
        {"messages": [{"role": "user", "content": f"q{n % 50}"}, {"role": "assistant"}]}
        for n in range(200)
    ]
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    subprocess.run([sys.executable, script.name, "split", "all.jsonl"], cwd=tmp_path, check=True)
    sides = [
        [json.loads(line) for line in (tmp_path / f"{side}.jsonl").read_text("utf-8").splitlines()]
        for side in ("train", "test")
    ]
    prompts = [{row["messages"][0]["content"] for row in side} for side in sides]
    assert len(sides[0]) + len(sides[1]) == len(rows)
    assert prompts[0].isdisjoint(prompts[1])
    assert prompts[1]


def test_the_sample_has_the_form_that_the_script_reads() -> None:
    sample = next(file for file in files("lora") if file.name == "examples.jsonl")
    assert [m["role"] for m in json.loads(sample.content)["messages"]] == ["user", "assistant"]


@pytest.mark.parametrize(
    ("changes", "toolkit", "said"),
    [
        ({"labeled_examples": 3}, "trl", "nothing to train"),
        ({"model": UNLAID}, "trl", "repository"),
        ({"devices": 2}, "unsloth", "1 device"),
        ({"objective": "dpo"}, "axolotl", "Valid: trl"),
        ({"precision": "fp8"}, "trl", "Valid: axolotl"),
        ({}, "torchtitan", "Valid: trl, axolotl"),
    ],
)
def test_what_no_file_can_be_made_for_is_refused(
    changes: dict[str, Any], toolkit: Toolkit, said: str
) -> None:
    given = {"model": LLAMA_8B, "labeled_examples": 5000, **changes}
    made = plan_finetune(given.pop("model"), H100, **given)
    with pytest.raises(InputError, match=said):
        training_files(made, toolkit)
