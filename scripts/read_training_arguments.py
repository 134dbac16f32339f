"""Read which arguments the training libraries take, without importing them.

The names guard the files that the advisor hands out: a test holds each generated script and config
against them. Run it on a folder that holds the unpacked packages:
`python scripts/read_training_arguments.py FOLDER`.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import yaml

OUT = Path(__file__).resolve().parents[1] / "tests" / "unit" / "core" / "training_arguments.yaml"
HEAD = """\
# Written by scripts/read_training_arguments.py from the sources of the packages named; do not edit.
# Per callable of a generated script, or per file: the names that it takes. SFTConfig and DPOConfig
# take those of TrainingArguments besides.
"""
BASE = ("trl/trainer/base_config.py", "_BaseConfig")
CLASSES = {
    "SFTConfig": (("trl/trainer/sft_config.py", "SFTConfig"), BASE),
    "DPOConfig": (("trl/trainer/dpo_config.py", "DPOConfig"), BASE),
    "TrainingArguments": (("transformers/training_args.py", "TrainingArguments"),),
    "LoraConfig": (("peft/tuners/lora/config.py", "LoraConfig"),),
    "setfit.TrainingArguments": (("setfit/training_args.py", "TrainingArguments"),),
}
FUNCTIONS = {
    "SFTTrainer": ("trl/trainer/sft_trainer.py", "SFTTrainer", "__init__"),
    "DPOTrainer": ("trl/trainer/dpo_trainer.py", "DPOTrainer", "__init__"),
    "BitsAndBytesConfig": (
        "transformers/utils/quantization_config.py",
        "BitsAndBytesConfig",
        "__init__",
    ),
    "FastLanguageModel.from_pretrained": (
        "unsloth/models/loader.py",
        "FastLanguageModel",
        "from_pretrained",
    ),
    "FastLanguageModel.get_peft_model": (
        "unsloth/models/llama.py",
        "FastLlamaModel",
        "get_peft_model",
    ),
}
SCHEMAS = "axolotl/utils/schemas"


def main() -> None:
    """Read the names and write them."""
    folder = Path(sys.argv[1])
    found: dict[str, list[str]] = {
        name: sorted({field for path, cls in sources for field in fields(folder / path, cls)})
        for name, sources in CLASSES.items()
    }
    found |= {
        name: parameters(folder / path, cls, function)
        for name, (path, cls, function) in FUNCTIONS.items()
    }
    found["axolotl"] = sorted(
        {name for path in (folder / SCHEMAS).glob("*.py") for name in fields(path, None)}
    )
    versions = sorted(path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info"))
    text = yaml.safe_dump({"read_from": versions, **found}, width=200, default_flow_style=None)
    OUT.write_text(HEAD + text, encoding="utf-8")


def fields(path: Path, cls: str | None) -> list[str]:
    """Return the annotated fields of a class, or of all classes of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        item.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and cls in (None, node.name)
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]


def parameters(path: Path, cls: str, function: str) -> list[str]:
    """Return the parameters of a method."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == cls:
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == function:
                    given = (*item.args.args, *item.args.kwonlyargs)
                    return sorted(arg.arg for arg in given if arg.arg != "self")
    raise SystemExit(f"{path} has no {cls}.{function}")


if __name__ == "__main__":
    main()
