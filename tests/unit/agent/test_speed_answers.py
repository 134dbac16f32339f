"""How fast? Prompt lengths as stated, one stream as one stream, rates only where asked."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered, table

from agent.profile import Profile

A10G = (("hardware/nvidia-a10g", 1),)
H100 = (("hardware/nvidia-h100-sxm", 1),)


def test_the_first_token_is_the_answer_where_it_is_asked_for(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "TTFT for a 32k prompt, 8B, A10G?",
        intent="speed",
        hardware=A10G,
        parameters_b=8,
    )

    assert "to the first token" in answer.headline
    assert "32,000 tokens" in answer.text


@pytest.mark.parametrize(
    ("message", "patch"),
    [
        ("first token of a 6,000-token prompt?", Profile()),
        ("first token?", Profile(input_tokens=6000)),
    ],
)
def test_a_stated_prompt_is_the_one_that_is_timed(
    turn_for: MakeTurn, message: str, patch: Profile
) -> None:
    answer = answered(
        turn_for,
        message,
        intent="speed",
        models=("models/qwen3-8b",),
        hardware=H100,
        patch=patch,
    )

    assert "6,000 tokens" in answer.text


@pytest.mark.parametrize("device", ["nvidia-rtx-4090", "nvidia-h100-sxm", "apple-m3-ultra"])
def test_one_stream_sees_what_all_see_together(turn_for: MakeTurn, device: str) -> None:
    answer = answered(
        turn_for,
        "How fast is Qwen3 8B?",
        intent="speed",
        models=("models/qwen3-8b",),
        hardware=((f"hardware/{device}", 1),),
    )

    rows = table(answer)
    assert rows[0][0] == "1"
    assert rows[0][1] == rows[0][2]
    for row in rows:
        count = int(row[0])
        each = float(row[1].removesuffix(" tok/s").split("-")[1].replace(",", ""))
        together = float(row[2].removesuffix(" tok/s").split("-")[1].replace(",", ""))
        assert together <= count * each * 1.06


def test_a_rate_that_nobody_asked_for_is_not_refused(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Llama 3.3 70B for how many users on an M3 Ultra?",
        intent="speed",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/apple-m3-ultra", 1),),
    )

    assert "at that rate" not in answer.headline
    assert "asked for" not in answer.text
