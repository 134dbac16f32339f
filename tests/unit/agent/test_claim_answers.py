"""Claims: what a message says of a model or a device is judged before anything else is told."""

from __future__ import annotations

from typing import Any

import pytest
from answering import MakeTurn, answered

from agent.profile import Profile

SPARK = (("hardware/nvidia-dgx-spark-gb10", 1),)


def claimed(turn_for: MakeTurn, message: str, **understood: Any) -> Any:
    return answered(turn_for, message, intent="reality_check", **understood)


@pytest.mark.parametrize(
    ("message", "headline", "says"),
    [
        (
            "Our Zeta-3B outperforms GPT-5 on all reasoning benchmarks on any smartphone at 200 "
            "tokens per second",
            "Don't believe it as stated",
            ["published comparisons on reasoning", "367 GB/s", "no phone is described here"],
        ),
        (
            "Our 8B beats GPT-5 on SWE-bench on a laptop",
            "Unlikely, and not shown",
            ["SWE-bench Verified: GPT-5 74.9", "no model of up to 8B", "fastest laptop chip"],
        ),
        (
            "A startup says its 1.5B model beats GPT-5 at text to sql",
            "Possible, but not shown",
            ["won 6 and lost 4 of 10", "none was about as small"],
        ),
    ],
)
def test_superiority_is_judged_before_memory(
    turn_for: MakeTurn, message: str, headline: str, says: list[str]
) -> None:
    answer = claimed(turn_for, message, models=("models/gpt-5",))

    assert answer.headline == headline
    assert [words for words in says if words not in answer.text] == []
    assert answer.text.index("published comparisons") < answer.text.index("at the usual 4 bit")


def test_a_described_model_is_judged_by_the_boards_that_list_both(turn_for: MakeTurn) -> None:
    answer = claimed(
        turn_for, "Phi-4 beats GPT-4o at math. true?", models=("models/phi-4", "models/gpt-4o")
    )

    assert answer.outcome == "no"
    assert "LMArena math: Phi-4" in answer.text


def test_an_unknown_model_that_is_said_to_win_is_no_missing_product(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Our new Zeta-8B outperforms GPT-5 at translation",
        intent="fit",
        models=("models/gpt-5",),
        unknown=("Zeta-8B",),
    )

    assert answer.kind == "reality_check"


@pytest.mark.parametrize(
    ("message", "headline"),
    [
        ("Is it true that fine-tuned small models beat GPT-4 at moderation?", "Often true"),
        ("Do small models really beat GPT-4 at function calling?", "Sometimes true"),
    ],
)
def test_a_claim_on_small_models_at_large_is_counted(
    turn_for: MakeTurn, message: str, headline: str
) -> None:
    assert claimed(turn_for, message).headline == headline


def test_a_job_with_a_claim_in_it_stays_a_job(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "We read that a 7B beats GPT-5. Which for our 500 emails a day?",
        intent="recommendation",
        patch=Profile(task_type="classification", requests_per_day=500),
        models=("models/gpt-5",),
    )

    assert answer.kind == "recommendation"


@pytest.mark.parametrize(
    ("message", "devices", "headline", "says"),
    [
        (
            "B200 is 30x faster than H100",
            ("nvidia-b200-sxm", "nvidia-h100-sxm"),
            "No, not as stated",
            "2.3 times the bandwidth",
        ),
        (
            "M3 Ultra runs deepseek r1 at 17.5 tokens per second",
            ("apple-m3-ultra",),
            "Yes, by its published figures",
            "17-18 tokens/s",
        ),
        ("1 petaflop on a DGX Spark", ("nvidia-dgx-spark-gb10",), "Partly", "500 TFLOPS in FP4"),
        (
            "Groq does 500 tok/s on llama 3.3 70b",
            ("groq-lpu-v1",),
            "Not ruled out, but not shown",
            "spread over at least 188",
        ),
    ],
)
def test_what_is_said_of_a_device_is_set_against_its_own_figures(
    turn_for: MakeTurn, message: str, devices: tuple[str, ...], headline: str, says: str
) -> None:
    answer = claimed(
        turn_for,
        message,
        hardware=tuple((f"hardware/{name}", 1) for name in devices),
        models=("models/llama-3.3-70b",) if "llama" in message else ("models/deepseek-r1",),
    )

    assert answer.headline == headline
    assert says in answer.text


def test_a_name_before_a_colon_is_the_device(turn_for: MakeTurn) -> None:
    answer = claimed(turn_for, "DGX Spark: 1 petaflop, runs 200B models", parameters_b=200.0)

    assert "128 GB" in answer.text
    assert "2.7 tokens/s" in answer.text


def test_a_card_that_nobody_sells_is_not_on_sale(turn_for: MakeTurn) -> None:
    answer = claimed(turn_for, "Wait for Taalas?", hardware=(("hardware/taalas-hc1", 1),))

    assert answer.headline == "No. Don't plan on it"
    assert "no card sales found" in answer.text
    assert "hard-wired" in answer.text
    assert "is on sale" not in answer.text


def test_a_data_centre_machine_is_called_one(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Is a Cerebras a good idea for an office of 12?",
        intent="fact",
        hardware=(("hardware/cerebras-wse3", 1),),
    )

    assert answer.headline.endswith("is a machine for a data centre")
    assert "$2,500,000" in answer.text
    assert "23,000 W" in answer.text


def test_less_memory_is_not_as_much(turn_for: MakeTurn) -> None:
    answer = claimed(turn_for, "Sohu real?", hardware=(("hardware/etched-sohu", 1),))

    assert "with as much memory" not in answer.text or "128 GB" not in answer.text


def test_a_check_of_the_largest_document_stays_readable(turn_for: MakeTurn) -> None:
    answer = claimed(
        turn_for,
        "Skymizer says 700B on one card",
        hardware=(("hardware/skymizer-htx301", 1),),
        parameters_b=700.0,
    )

    assert len(answer.text.split()) <= 415
