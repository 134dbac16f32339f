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
