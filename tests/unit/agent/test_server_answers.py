"""Serving: as many streams as fit, and the server asked for."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered

from agent.kinds.serving import stated_ram
from agent.profile import Profile

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

    assert "MODEL is an AWQ checkpoint" in answer.text
    assert answer.citations


def test_a_stated_load_sizes_the_server_and_the_card_is_named(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "vllm for llama 3.3 70b at 50 requests per second, 1000 in 200 out",
        intent="deploy",
        models=("models/llama-3.3-70b",),
        engine="vllm",
        patch=Profile(
            requests_per_day=4_320_000,
            input_tokens=1000,
            output_tokens=200,
            words={"requests_per_day": "50 requests per second"},
        ),
    )

    assert answer.outcome == "yes"
    assert "No card was named" in answer.text
    assert "behind a load balancer" in answer.text
    assert "a month" in answer.text
    assert "--max-model-len 1200" in answer.attachments[0].content


def test_experts_go_to_system_memory_where_it_is_stated(turn_for: MakeTurn) -> None:
    message = "llama.cpp flags for qwen3 235b on a 24gb gpu + 192gb ram"
    understood = {
        "intent": "deploy",
        "models": ("models/qwen3-235b-a22b",),
        "hardware": (("hardware/nvidia-rtx-3090", 1),),
        "engine": "llama.cpp",
    }
    answer = answered(turn_for, message, **understood)
    small = answered(turn_for, message.replace("192gb", "48gb"), **understood)

    script = answer.attachments[0].content
    assert "--n-cpu-moe 83" in script
    assert "--n-gpu-layers 99" in script
    assert "of your 192 GB" in answer.text
    assert small.attachments == ()
    assert small.outcome == "no"


@pytest.mark.parametrize(
    ("message", "gigabytes"),
    [("64 GB of RAM", 64), ("192gb DDR5 RAM", 192), ("1 TB system memory", 1000), ("24 GB", None)],
)
def test_system_memory_is_read_beside_a_gpu(message: str, gigabytes: float | None) -> None:
    assert stated_ram(message) == gigabytes
