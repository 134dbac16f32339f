"""Serving and tuning: as many streams as fit, the method asked for, and honest margins."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered

from agent.kinds.recipe import FULL

RTX_4090 = "hardware/nvidia-rtx-4090"
QWEN_14B = ("models/qwen3-14b",)


def test_a_server_gets_as_many_full_streams_as_fit(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "vllm command for Qwen3 14B on 2x RTX 4090 with 32k context",
        intent="deploy",
        models=QWEN_14B,
        hardware=((RTX_4090, 2),),
        engine="vllm",
        context_tokens=32_768,
    )

    assert answer.outcome == "yes"
    assert "--max-num-seqs 2" in answer.attachments[0].content
    assert "2 users at the full 32,768 tokens" in answer.text


def test_users_beyond_the_memory_are_refused_with_the_file_for_fewer(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Serve Qwen3 14B on 2x RTX 4090 with 32k for 30 users",
        intent="deploy",
        models=QWEN_14B,
        hardware=((RTX_4090, 2),),
        concurrency=30,
        context_tokens=32_768,
    )

    assert answer.outcome == "no"
    assert answer.headline.startswith("Not 30 at once")
    assert answer.attachments


@pytest.mark.parametrize(
    ("engine", "expected"), [("sglang", "sglang.launch_server"), ("vllm", "vllm serve")]
)
def test_the_server_asked_for_is_the_one_in_the_file(
    turn_for: MakeTurn, engine: str, expected: str
) -> None:
    answer = answered(
        turn_for,
        f"{engine} command for Qwen3 8B on a 4090",
        intent="deploy",
        models=("models/qwen3-8b",),
        hardware=((RTX_4090, 1),),
        engine=engine,
    )

    assert expected in answer.attachments[0].content


def test_a_server_without_a_recipe_is_not_replaced(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "TensorRT-LLM command for Qwen3 8B on an H100",
        intent="deploy",
        models=("models/qwen3-8b",),
        hardware=(("hardware/nvidia-h100-sxm", 1),),
        engine="tensorrt-llm",
    )

    assert answer.attachments == ()
    assert "no file for that server" in answer.headline


def test_a_checkpoint_note_reads_as_english(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Deploy DeepSeek V3 on 4 H200",
        intent="deploy",
        models=("models/deepseek-v3",),
        hardware=(("hardware/nvidia-h200-sxm", 4),),
    )

    assert "Put an AWQ checkpoint" in answer.text
    assert answer.citations


def test_a_run_at_the_edge_of_the_memory_is_no_plain_yes(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "QLoRA Qwen3 32B on one RTX 4090",
        intent="finetune",
        models=("models/qwen3-32b",),
        hardware=((RTX_4090, 1),),
    )

    assert answer.outcome is None
    assert "Only just" in answer.headline
    assert "RTX 5090" in answer.text
    assert "4,096" in answer.text


@pytest.mark.parametrize(
    ("message", "full"),
    [
        ("Fully fine-tune Llama 3.1 8B on 2x A100?", True),
        ("full fine-tuning of an 8B", True),
        ("full-parameter tuning", True),
        ("Full SFT of Qwen3 8B", True),
        ("tune all the weights", True),
        ("full fine tune (no lora) of llama 3.1 8b", True),
        ("fine-tune it on our full ticket history", False),
        ("LoRA of Llama 3.1 8B", False),
    ],
)
def test_full_tuning_is_read_in_its_usual_words(message: str, *, full: bool) -> None:
    assert bool(FULL.search(message)) is full


def test_fully_is_planned_as_full(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Fully fine-tune Llama 3.1 8B on 2x A100?",
        intent="finetune",
        models=("models/llama-3.1-8b",),
        hardware=(("hardware/nvidia-a100-80gb-sxm", 2),),
    )

    assert "full tuning" in answer.headline.lower()
    assert "146 GB" in answer.text


def test_memory_is_the_answer_where_no_device_is_named(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "How much memory to QLoRA 70B?", intent="finetune", parameters_b=70)

    assert answer.headline.startswith("About 47 GB")
    assert answer.outcome != "no"


def test_system_memory_beside_a_card_keeps_experts_off_it(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "llama.cpp flags for qwen3 235b on 24gb gpu + 192gb ram",
        intent="deploy",
        models=("models/qwen3-235b-a22b",),
        hardware=(("hardware/nvidia-rtx-3090", 1),),
        memory_gb=24,
        engine="llama.cpp",
    )

    assert answer.outcome != "no"
    assert "--n-cpu-moe" in answer.text
    assert "192 GB of system memory" in answer.text
