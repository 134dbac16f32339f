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


def test_the_users_stated_decide_and_a_no_says_how_many_fit(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "does one h100 serve llama 3.3 70b awq to 20 users with 8k context each?",
        intent="speed",
        models=("models/llama-3.3-70b",),
        hardware=H100,
        concurrency=20,
        context_tokens=8000,
    )

    assert answer.outcome == "no"
    assert answer.headline.startswith("No, 13 of 20 users")
    assert "What would work instead" in answer.text


@pytest.mark.parametrize(
    ("message", "rate", "start", "outcome"),
    [
        ("how fast with 64 users?", None, "About", "yes"),
        ("does it serve 64 users?", None, "Yes, 64 users", "yes"),
        ("64 users at 5 tok/s?", 5.0, "Yes, 64 users", "yes"),
        ("64 users at 500 tok/s?", 500.0, "No, 64 users", "no"),
    ],
)
def test_a_speed_for_so_many_users_is_given_for_so_many(
    turn_for: MakeTurn, message: str, rate: float | None, start: str, outcome: str
) -> None:
    answer = answered(
        turn_for,
        message,
        intent="speed",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/nvidia-h100-sxm", 2),),
        concurrency=64,
        tokens_per_second=rate,
    )

    assert answer.headline.startswith(start)
    assert "64 users" in answer.headline
    assert answer.outcome == outcome


@pytest.mark.parametrize(
    ("device", "model", "said"),
    [
        ("hardware/cerebras-wse3", "models/llama-3.3-70b", "About 1,800 tokens per second"),
        ("hardware/taalas-hc1", "models/llama-3.1-8b", "About 17,000 tokens per second"),
        ("hardware/groq-lpu-v1", "models/llama-3.3-70b", "No speed of the Groq LPU v1"),
        ("hardware/cerebras-wse3", "models/qwen3-32b", "No figure for Qwen3-32B"),
    ],
)
def test_on_chip_memory_is_told_by_what_others_state(
    turn_for: MakeTurn, device: str, model: str, said: str
) -> None:
    for intent in ("speed", "fit"):
        answer = answered(
            turn_for, "how fast?", intent=intent, models=(model,), hardware=((device, 1),)
        )
        assert answer.headline.startswith(said)
        assert answer.outcome is None
        assert answer.calculations == ()


def test_a_follow_up_keeps_the_precision_of_the_answer_before(turn_for: MakeTurn) -> None:
    mac = "hardware/apple-m4-max"
    asked = {"intent": "speed", "models": ("models/llama-3.3-70b",), "memory_gb": 64}
    first = answered(turn_for, "how fast?", hardware=((mac, 1),), **asked)
    again = answered(
        turn_for, "and two?", before=first, hardware=((mac, 2),), follow_up=True, **asked
    )

    assert "Q4_K_M" in first.text
    assert "Q4_K_M" in again.text


@pytest.mark.parametrize(("rate", "by_memory"), [(10, True), (80, False)])
def test_what_limits_the_users_is_named(
    turn_for: MakeTurn, rate: float, *, by_memory: bool
) -> None:
    answer = answered(
        turn_for,
        f"how many users at {rate} tok/s?",
        intent="speed",
        models=("models/llama-3.1-8b",),
        hardware=H100,
        tokens_per_second=rate,
    )

    assert ("the memory holds no more" in answer.text) is by_memory


def test_system_memory_never_widens_the_weights(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "how fast is qwen3 32b on a 3090 with 128gb ram?",
        intent="speed",
        models=("models/qwen3-32b",),
        hardware=(("hardware/nvidia-rtx-3090", 1),),
    )

    assert "at 4 bit" in answer.text
