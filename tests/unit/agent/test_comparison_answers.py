"""Side by side: ties, counts, one width; and tools that their own pages rule out."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered, table

MAC = ("hardware/apple-m3-ultra", 1)


def test_equal_devices_have_no_leader(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Compare MI355X and B300 memory",
        intent="comparison",
        hardware=(("hardware/amd-mi355x", 1), ("hardware/nvidia-b300-sxm", 1)),
    )

    assert answer.headline.startswith("Equal in memory and bandwidth")


def test_a_leader_is_still_named(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "H200 or H100?",
        intent="comparison",
        hardware=(("hardware/nvidia-h200-sxm", 1), ("hardware/nvidia-h100-sxm", 1)),
    )

    assert answer.headline == "H200 SXM has more memory and bandwidth"


def test_devices_are_compared_at_one_width_and_as_many_as_asked(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "2x RTX 5090 vs M3 Ultra for Llama 3.3 70B",
        intent="comparison",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/nvidia-rtx-5090", 2), MAC),
    )

    precision = next(row for row in table(answer) if row[0] == "precision")
    assert len({cell.partition(" (")[0] for cell in precision[1:]}) == 1
    assert "64 GB (2 x 32 GB)" in answer.text
    assert "2 x RTX 5090" in answer.headline


def test_equal_room_is_no_reason_to_pick(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "MI355X or B300 for Llama 3.3 70B?",
        intent="comparison",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/amd-mi355x", 1), ("hardware/nvidia-b300-sxm", 1)),
    )

    assert "more room" not in answer.text
    assert "about equal" in answer.text


def test_a_4_bit_model_is_compared_in_its_own_format(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "H100 vs MI300X for gpt-oss-120b",
        intent="comparison",
        models=("models/gpt-oss-120b",),
        hardware=(("hardware/nvidia-h100-sxm", 1), ("hardware/amd-mi300x", 1)),
    )

    precision = next(row for row in table(answer) if row[0] == "precision")
    assert precision[1:] == ["4 bit (MXFP4)", "4 bit (MXFP4)"]


@pytest.mark.parametrize(
    ("message", "first"),
    [
        ("Toolkit for fine-tuning on a single consumer GPU", "Unsloth"),
        ("Which library for tuning on one gaming card?", "Unsloth"),
        ("Which tool for fine-tuning on many NVIDIA GPUs?", "NeMo family"),
    ],
)
def test_a_tool_is_picked_by_what_its_page_says_it_is_for(
    turn_for: MakeTurn, message: str, first: str
) -> None:
    answer = answered(turn_for, message, intent="toolkit")

    assert answer.headline == f"Start with {first}"
    assert first == "NeMo family" or "NeMo" not in answer.text


def test_a_question_for_a_tool_read_as_tuning_still_gets_tools(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "best finetuning lib for one 24gb gpu",
        intent="finetune",
        hardware=(("hardware/nvidia-rtx-3090", 1),),
    )

    assert answer.headline == "Start with Unsloth"


@pytest.mark.parametrize(
    ("message", "models", "headline", "first_row"),
    [
        (
            "mmlu pro of phi-4 vs llama 3.3 70b",
            ("phi-4", "llama-3.3-70b"),
            "Phi-4 is ahead on MMLU-Pro: 70.4 against 68.9",
            "MMLU-Pro",
        ),
        (
            "claude sonnet 4.5 vs gpt-5 price and context",
            ("claude-sonnet-4-5", "gpt-5"),
            "GPT-5 is cheaper and has the longer context",
            "USD a million tokens",
        ),
        (
            "which is bigger, kimi k2 or deepseek v3?",
            ("kimi-k2", "deepseek-v3"),
            "Kimi K2 is the larger",
            "parameters",
        ),
        (
            "SWE-bench of gpt-5 and claude opus 4.5",
            ("gpt-5", "claude-opus-4-5"),
            "Claude Opus 4.5 is ahead on SWE-bench Verified: 80.9 against 74.9",
            "SWE-bench Verified",
        ),
    ],
)
def test_what_the_message_names_leads_a_comparison_of_models(
    turn_for: MakeTurn, message: str, models: tuple[str, ...], headline: str, first_row: str
) -> None:
    ids = tuple(f"models/{name}" for name in models)

    answer = answered(turn_for, message, intent="comparison", models=ids)

    assert answer.headline == headline
    assert table(answer)[0][0] == first_row


def test_models_are_compared_on_the_device_named(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "gemma 3 27b vs qwen3 32b on a 3090",
        intent="comparison",
        models=("models/gemma-3-27b", "models/qwen3-32b"),
        hardware=(("hardware/nvidia-rtx-3090", 1),),
    )

    assert answer.headline.startswith("Both fit one RTX 3090 at 4 bit")
    assert len([row for row in table(answer) if "tok/s" in row[1] and "tok/s" in row[2]]) == 1


def test_what_one_device_cannot_hold_is_compared_at_the_counts_needed(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "mi300x oder h200 für deepseek r1",
        intent="comparison",
        models=("models/deepseek-r1",),
        hardware=(("hardware/amd-mi300x", 1), ("hardware/nvidia-h200-sxm", 1)),
    )

    assert answer.headline == "4 x Instinct MI300X hold DeepSeek-R1; it takes 8 x H200 SXM"


def test_small_cards_hold_a_large_model_at_4_bit(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "4090 vs 3090 for llama 3.3 70b",
        intent="comparison",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/nvidia-rtx-4090", 1), ("hardware/nvidia-rtx-3090", 1)),
    )

    assert answer.headline.endswith("2 x RTX 4090 and 2 x RTX 3090")


@pytest.mark.parametrize(
    ("message", "headline"),
    [
        ("is the 5090 2x faster than the 4090?", "Nearly"),
        ("4090 or 5090, price?", "RTX 4090 is cheaper to buy"),
        ("is the 5090 as good as the 4090?", "RTX 5090 has more memory and bandwidth"),
    ],
)
def test_what_is_said_or_asked_of_two_devices_leads(
    turn_for: MakeTurn, message: str, headline: str
) -> None:
    named = (("hardware/nvidia-rtx-5090", 1), ("hardware/nvidia-rtx-4090", 1))

    answer = answered(turn_for, message, intent="comparison", hardware=named)

    assert answer.headline == headline


def test_a_closed_model_is_no_rival_on_a_card(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "gpt-5 vs qwen3 32b on a 4090",
        intent="comparison",
        models=("models/gpt-5", "models/qwen3-32b"),
        hardware=(("hardware/nvidia-rtx-4090", 1),),
    )

    assert answer.headline.startswith("Qwen3-32B fits one RTX 4090")
    assert "can only be called at the maker" in answer.headline


def test_ranges_that_overlap_have_no_faster_one(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "MI300X or H200 for Llama 3.3 70B?",
        intent="comparison",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/amd-mi300x", 1), ("hardware/nvidia-h200-sxm", 1)),
    )

    assert "faster" not in answer.text
    assert "Speed for one user is about equal" in answer.text


def test_what_is_not_sold_gets_a_warning_and_no_speed(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Sohu vs B200 for Llama 3.3 70B",
        intent="comparison",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/etched-sohu", 1), ("hardware/nvidia-b200-sxm", 1)),
    )

    assert "can't be bought" in answer.headline
    assert table(answer)[-1][1] == "no estimate: not on sale"


def test_chips_that_hold_the_weights_go_by_documented_speeds(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "groq vs cerebras for a 70B",
        intent="comparison",
        parameters_b=70.0,
        hardware=(("hardware/groq-lpu-v1", 1), ("hardware/cerebras-wse3", 1)),
    )

    assert "Cerebras WSE-3: a speed is documented" in answer.headline
    assert [row[0] for row in table(answer)] == ["speed, one user"]


def test_another_form_of_a_device_is_its_other_side(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "h100 pcie oder sxm?",
        intent="fact",
        hardware=(("hardware/nvidia-h100-pcie", 1),),
    )

    assert answer.kind == "comparison"
    assert "H100 SXM" in answer.headline


@pytest.mark.parametrize(
    ("message", "toolkits", "users", "headline"),
    [
        ("ollama vs vllm", ("ollama", "vllm"), 200, "vLLM, for many users at once"),
        ("ollama or vllm for 50 people", ("ollama", "vllm"), None, "vLLM, for many users at once"),
        (
            "Unsloth oder Axolotl für eine einzelne 3090?",
            ("unsloth", "axolotl"),
            None,
            "Unsloth, for one GPU",
        ),
        (
            "vLLM or sglang or llama.cpp for one 4090",
            ("vllm", "sglang", "llama-cpp"),
            None,
            "llama.cpp, for one GPU",
        ),
        ("vllm or mlx-lm on a mac", ("vllm", "mlx-lm"), None, "MLX-LM, for a Mac"),
        ("trl or unsloth for dpo", ("trl", "unsloth"), None, "TRL, for preference tuning"),
        (
            "unsloth vs axolotl",
            ("unsloth", "axolotl"),
            None,
            "Unsloth or Axolotl: it depends on who runs it and on what",
        ),
    ],
)
def test_the_situation_picks_the_tool(
    turn_for: MakeTurn, message: str, toolkits: tuple[str, ...], users: int | None, headline: str
) -> None:
    answer = answered(
        turn_for,
        message,
        intent="comparison",
        toolkits=tuple(f"toolkits/{name}" for name in toolkits),
        concurrency=users,
    )

    assert answer.headline == headline


@pytest.mark.parametrize("toolkits", [("toolkits/vllm",), ("toolkits/vllm", "toolkits/sglang")])
def test_a_complaint_cites_the_thread_it_was_read_in(
    turn_for: MakeTurn, toolkits: tuple[str, ...]
) -> None:
    intent = "toolkit" if len(toolkits) == 1 else "comparison"
    answer = answered(turn_for, "What do users complain about?", intent=intent, toolkits=toolkits)

    told = [claim for claim in answer.claims if "ne user's report" in claim.text]
    cited = {item: source.url for source in answer.citations for item in source.evidence_ids}
    assert told
    assert all("/issues/" in (cited[claim.evidence_ids[0]] or "") for claim in told)
