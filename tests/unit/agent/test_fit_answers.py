"""Does it fit? With memory, users, devices and models as they were stated."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered, table

from agent.core.decode_ceiling import LEAST_BITS, holds

MAC = (("hardware/apple-m3-ultra", 1),)
QWEN = ("models/qwen3-32b",)
LLAMA = ("models/llama-3.3-70b",)
H100 = "hardware/nvidia-h100-sxm"


def test_stated_memory_takes_the_place_of_the_largest_option(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Qwen3 32B on a Mac Studio with 64GB",
        intent="fit",
        models=QWEN,
        hardware=MAC,
        memory_gb=64,
    )

    assert [row[3] for row in table(answer)] == ["no", "yes", "yes"]
    assert "64 GB you stated" in answer.text
    assert "512" not in answer.text


@pytest.mark.parametrize("memory", [16.0, 32.0, 64.0, 96.0, 192.0])
def test_more_stated_memory_never_holds_less(turn_for: MakeTurn, memory: float) -> None:
    def fitting(size: float) -> int:
        answer = answered(turn_for, "fit?", intent="fit", models=QWEN, hardware=MAC, memory_gb=size)
        return [row[3] for row in table(answer)].count("yes")

    assert fitting(memory) <= fitting(memory * 2)


def test_a_card_is_not_given_the_memory_of_its_computer(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Llama 3.3 70B on an RTX 4090 with 128 GB",
        intent="fit",
        models=LLAMA,
        hardware=(("hardware/nvidia-rtx-4090", 1),),
        memory_gb=128,
    )

    assert answer.outcome == "no"


def test_memory_that_is_no_longer_sold_is_said_so(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "M3 Ultra, Qwen3 32B?", intent="fit", models=QWEN, hardware=MAC)

    assert "withdrawn March 2026" in answer.text


def test_a_model_far_too_large_gets_what_it_needs_and_no_speed(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "1T parameter model on one 32 GB card at 100 tokens/s?",
        intent="speed",
        parameters_b=1000,
        tokens_per_second=100,
        memory_gb=32,
    )

    assert answer.outcome == "no"
    assert "611 GB" in answer.text
    assert "do not hold" in answer.text
    assert "Even if" in answer.text


@pytest.mark.parametrize(
    ("size", "memory", "expected"), [(700, 384, True), (1000, 32, False), (70, 24, False)]
)
def test_no_model_is_squeezed_below_the_fewest_usable_bits(
    size: float, memory: float, *, expected: bool
) -> None:
    assert holds(size, memory) is expected
    assert 3 <= LEAST_BITS <= 4


def test_a_claim_on_a_device_that_can_not_hold_it_is_no(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Is it true that a 1T model runs on a Radeon AI PRO R9700?",
        intent="reality_check",
        parameters_b=1000,
        hardware=(("hardware/amd-radeon-ai-pro-r9700", 1),),
    )

    assert answer.outcome == "no"
    assert "does not fit" in answer.headline
    worded = [claim.text for section in answer.sections for claim in section.claims]
    speeds = [text for text in worded if "tokens/s" in text]
    assert all(text.startswith("Even if it fitted") for text in speeds)
    assert all(section.table is None or section.table.rows for section in answer.sections)


@pytest.mark.parametrize(
    ("message", "memory"), [("Raspberry Pi 5, 3B?", None), ("A 3B on a Raspberry Pi 5?", 8.0)]
)
def test_a_device_without_document_is_not_dropped(
    turn_for: MakeTurn, message: str, memory: float | None
) -> None:
    answer = answered(turn_for, message, intent="fit", parameters_b=3, memory_gb=memory)

    assert "RTX" not in answer.text
    if memory is None:
        assert answer.headline == "No figures are known here for the Raspberry Pi 5"
        assert answer.outcome is None
    else:
        assert answer.outcome == "yes"
        assert "8 GB you stated" in answer.text


def test_a_laptop_of_stated_memory_gets_models_that_surely_fit(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "What runs on a 16 GB MacBook Air M2?", intent="fit", memory_gb=16)

    needs = [float(row[2].removesuffix(" GB")) for row in table(answer)]
    assert needs
    assert max(needs) < 16 * 1.074 * 0.76
    assert "MacBook Air M2" in answer.headline


def test_an_unlisted_device_alone_is_not_known(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "What can I run on a MacBook Air M2?", intent="fit")

    assert answer.kind == "no_evidence"
    assert "MacBook Air M2" in answer.headline


@pytest.mark.parametrize(
    ("message", "models", "said"),
    [
        ("Does Llama 3.1 70B fit on an H100?", LLAMA, "stands for Llama 3.1 70B"),
        ("Mistral Nemo 12B on an H100?", ("models/mistral-7b",), "stands for Mistral Nemo 12B"),
    ],
)
def test_a_stand_in_is_named_as_one(
    turn_for: MakeTurn, message: str, models: tuple[str, ...], said: str
) -> None:
    answer = answered(turn_for, message, intent="fit", models=models, hardware=((H100, 1),))

    assert said in answer.text
    assert "Mistral 7B" not in answer.text


@pytest.mark.parametrize(
    ("message", "model"),
    [
        ("Llama 3.3 70B on an H100?", "models/llama-3.3-70b"),
        ("gpt-oss-120b on an H100?", "models/gpt-oss-120b"),
        ("qwen 3 32b on an H100?", "models/qwen3-32b"),
        ("DeepSeek-V3 671B on an H100?", "models/deepseek-v3"),
    ],
)
def test_a_model_called_by_its_name_has_no_stand_in(
    turn_for: MakeTurn, message: str, model: str
) -> None:
    answer = answered(turn_for, message, intent="fit", models=(model,), hardware=((H100, 1),))

    assert "stands for" not in answer.text


def test_a_no_names_every_part_of_the_need(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Llama 3.3 70B at 8 bit on one H100",
        intent="fit",
        models=LLAMA,
        hardware=((H100, 1),),
        precision="8bit",
    )

    assert answer.outcome == "no"
    assert answer.summary is not None
    for part in ("weights", "tokens of context", "runtime", "can be used"):
        assert part in answer.summary.text


def test_users_that_cause_a_no_are_named_with_how_many_fit(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Llama 3.1 405B on 8x H100 with 128k for 20 users",
        intent="fit",
        models=("models/llama-3.1-405b",),
        hardware=((H100, 8),),
        concurrency=20,
        context_tokens=128_000,
    )

    assert answer.headline.startswith("No, 5 of 20 users")
    assert answer.outcome == "no"


def test_what_nobody_can_buy_is_no_yes(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Can the HTX301 run Llama 405B?",
        intent="fit",
        models=("models/llama-3.1-405b",),
        hardware=(("hardware/skymizer-htx301", 1),),
    )

    assert answer.outcome is None
    assert "can't be bought" in answer.headline


def test_weights_published_at_4_bit_are_never_called_awq(turn_for: MakeTurn) -> None:
    for device in (H100, "hardware/amd-mi300x"):
        answer = answered(
            turn_for,
            "gpt-oss-120b at 4 bit?",
            intent="fit",
            models=("models/gpt-oss-120b",),
            hardware=((device, 1),),
            precision="4bit",
        )
        assert "MXFP4" in answer.text
        assert "AWQ" not in answer.text


def test_unlike_cards_of_one_message_hold_a_model_together(turn_for: MakeTurn) -> None:
    both = (("hardware/nvidia-rtx-3090", 1), ("hardware/nvidia-rtx-4090", 1))
    answer = answered(
        turn_for,
        "rtx 3090 + rtx 4090, llama 70b q4?",
        intent="fit",
        models=LLAMA,
        hardware=both,
        precision="q4",
    )

    assert answer.outcome == "yes"
    assert "together the cards have 48 GB" in answer.text
    assert "slowest sets the pace" in answer.text


@pytest.mark.parametrize(
    ("words", "outcome"),
    [("192gb ram", "yes"), ("ram 192 GB", "yes"), ("192GB DDR5-6000", "yes"), ("64gb ram", "no")],
)
def test_system_memory_beside_a_card_counts(turn_for: MakeTurn, words: str, outcome: str) -> None:
    answer = answered(
        turn_for,
        f"qwen3 235b q4 on a 3090 with {words}",
        intent="fit",
        models=("models/qwen3-235b-a22b",),
        hardware=(("hardware/nvidia-rtx-3090", 1),),
        precision="q4",
    )

    assert answer.outcome == outcome
    assert ("experts in system memory" in answer.headline) == (outcome == "yes")


@pytest.mark.parametrize(
    ("message", "device"),
    [
        ("can a gtx 1660 super 6gb run llama 3.1 8b", "gtx 1660 super"),
        ("llama 3.1 8b on a pi 5 8gb", "pi 5"),
        ("llama 3.1 8b on a 16 gb rtx 4070 ti super", "rtx 4070 ti super"),
    ],
)
def test_an_unlisted_card_is_sized_on_the_memory_beside_its_name(
    turn_for: MakeTurn, message: str, device: str
) -> None:
    answer = answered(turn_for, message, intent="fit", models=("models/llama-3.1-8b",))

    assert f"No document here describes the {device}" in answer.text
    assert "tok/s" not in answer.text


def test_a_variant_of_a_known_device_is_not_answered_with_its_figures(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "can i run qwen3 8b on a jetson orin nano",
        intent="fit",
        models=("models/qwen3-8b",),
        hardware=(("hardware/nvidia-jetson-agx-orin-64", 1),),
    )

    assert answer.outcome is None
    assert answer.headline == "No figures are known here for the jetson orin nano"


def test_a_size_that_no_model_has_is_sized_itself(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "run a 400 trillion param model on a 4090",
        intent="fit",
        parameters_b=400_000,
        hardware=(("hardware/nvidia-rtx-4090", 1),),
    )

    assert answer.outcome == "no"
    assert "TB short" in answer.headline


def test_a_closed_service_gets_open_models_instead(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "can i run chatgpt on my own server", intent="fit")

    assert answer.outcome == "no"
    assert "ChatGPT" in answer.headline
    assert len(table(answer)) >= 2


@pytest.mark.parametrize("users", [1, 40])
def test_speeds_of_what_fits_instead_are_headed_by_their_load(
    turn_for: MakeTurn, users: int
) -> None:
    answer = answered(
        turn_for,
        "llama 3.3 70b q4 on a 3060",
        intent="fit",
        models=LLAMA,
        hardware=(("hardware/nvidia-rtx-3060-12gb", 1),),
        precision="q4",
        concurrency=users,
    )

    heads = [s.table.columns for s in answer.sections if s.table and "instead" in s.table.columns]
    assert heads
    assert ("speed, one user" in heads[0]) == (users == 1)


@pytest.mark.parametrize(
    ("message", "model", "said"),
    [
        ("kv cache of llama 3.1 8b at 128k fp16", "models/llama-3.1-8b", "17.2 GB for 131,072"),
        ("kv cache per token for qwen3 32b", "models/qwen3-32b", "262,144 bytes a token"),
        ("kv cache per token of deepseek v3", "models/deepseek-v3", "70,272 bytes a token"),
        ("kv cache of llama 4 scout at 10m", "models/llama-4-scout", "493 GB for 10,000,000"),
        ("fp8 kv cache per token for qwen3 32b", "models/qwen3-32b", "131,072 bytes a token"),
    ],
)
def test_the_cache_is_worked_from_the_layout(
    turn_for: MakeTurn, message: str, model: str, said: str
) -> None:
    answer = answered(turn_for, message, intent="fact", models=(model,), quantity="kv_cache")

    assert said in answer.headline
    assert "layers x" in answer.text
