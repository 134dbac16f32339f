"""Tuning: the method asked for, and honest margins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from answering import MakeTurn, answered

from agent.kinds.tuning import FULL
from agent.profile import Profile
from agent.turn import Turn

RTX_4090 = "hardware/nvidia-rtx-4090"
QWEN_14B = ("models/qwen3-14b",)


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
    assert "156 GB in all" in answer.text


def test_memory_is_the_answer_where_no_device_is_named(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "How much memory to QLoRA 70B?", intent="finetune", parameters_b=70)

    assert answer.headline.startswith("About 48 GB")
    assert answer.outcome != "no"


def test_a_card_asked_for_is_the_cheapest_with_room(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "what gpu do i need for qlora finetuning of qwen2.5 32b",
        intent="finetune",
        models=("models/qwen2.5-32b",),
    )

    assert answer.headline == "One RTX 5090 with 32 GB holds QLoRA of Qwen2.5 32B"
    assert "Coder" not in answer.text


def test_memory_that_no_card_has_names_the_cards_that_hold_it(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "and full fine tune?",
        intent="finetune",
        models=("models/qwen2.5-32b",),
        follow_up=True,
    )

    assert answer.headline.startswith("About 599 GB")
    assert answer.headline.endswith("hold it")


@pytest.mark.parametrize(
    ("message", "understood", "said"),
    [
        (
            "how long to finetune it with 100M tokens",
            {"context_tokens": 100_000_000},
            "100,000,000",
        ),
        ("lora auf 20 Millionen Tokens", {}, "20,000,000"),
        ("tune it on a 50k token dataset", {}, "50,000 tokens"),
    ],
)
def test_a_total_of_tokens_is_not_the_length_of_an_example(
    turn_for: MakeTurn, message: str, understood: dict[str, int], said: str
) -> None:
    answer = answered(
        turn_for,
        message,
        intent="finetune",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/nvidia-h100-sxm", 8),),
        **understood,
    )

    assert answer.outcome == "yes"
    assert said in answer.text
    assert "on each of eight cards" in answer.text


def test_what_was_assumed_is_said_and_what_was_stated_is_used(turn_for: MakeTurn) -> None:
    stated = answered(
        turn_for,
        "LoRA of Qwen3 14B on 3,000 narratives",
        intent="finetune",
        models=QWEN_14B,
        patch=Profile(labeled_examples=3000),
    )
    silent = answered(turn_for, "LoRA of Qwen3 14B", intent="finetune", models=QWEN_14B)

    assert "3,000 examples" in stated.text
    assert "5,000" not in stated.text
    assert "Assumed" in silent.text
    assert "5,000 examples of 1,000 tokens" in silent.assumed.values()
    assert "because 5,000" not in silent.text


@pytest.mark.parametrize(
    ("message", "script", "said"),
    [
        ("DPO on Qwen3 14B", "DPOTrainer", "pairs"),
        ("GRPO on Qwen3 14B, how long", None, "Time: not known here"),
        ("KTO on Qwen3 14B", None, "not worked out for KTO"),
    ],
)
def test_the_objective_asked_for_is_not_replaced(
    turn_for: MakeTurn, message: str, script: str | None, said: str
) -> None:
    answer = answered(turn_for, message, intent="finetune", models=QWEN_14B)

    assert said in answer.text
    assert script is None or script in answer.attachments[0].content
    assert bool(answer.attachments) is (script is not None)


@pytest.mark.parametrize("model", ["models/whisper-large-v3", "models/bge-m3"])
def test_a_model_that_writes_no_text_or_reads_none_gets_no_text_plan(
    turn_for: MakeTurn, model: str
) -> None:
    answer = answered(turn_for, "fine tune it on our data", intent="finetune", models=(model,))

    assert answer.outcome is None
    assert answer.attachments == ()
    assert "can't be worked out" in answer.headline


def test_an_apple_chip_is_tuned_with_mlx(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "QLoRA Qwen3 14B on my M3 Max",
        intent="finetune",
        models=QWEN_14B,
        hardware=(("hardware/apple-m3-max", 1),),
    )

    script = answer.attachments[0].content
    assert "mlx_lm.lora" in script
    assert "mlx_lm.convert" in script
    assert "MLX-LM" in answer.text


def test_forty_examples_are_prompted_first(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "fine-tune Qwen3 14B with 40 examples",
        intent="finetune",
        models=QWEN_14B,
        patch=Profile(labeled_examples=40),
    )

    assert answer.headline.startswith("Not yet: prompt")
    assert answer.outcome is None
    assert "40 labeled examples" in answer.text
    assert "Hold out 20 examples" in answer.text


def test_questions_on_texts_are_looked_up_first(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "fine-tune Qwen3 14B on our wiki to answer questions",
        intent="finetune",
        models=QWEN_14B,
        patch=Profile(task_type="qa_closed"),
    )

    assert "Look facts up" in answer.headline
    assert "retrieval" in answer.text


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("LoRA config for 10k chats of 2k tokens", 10_000),
        ("LoRA mit 2.500 Gesprächen", 2_500),
        ("LoRA avec 800 exemples étiquetés", 800),
        ("LoRA on 12,000 past support tickets", 12_000),
        ("LoRA on 2 GPUs", None),
    ],
)
def test_examples_are_counted_by_their_usual_names(
    turn_for: MakeTurn, message: str, count: int | None
) -> None:
    answer = answered(turn_for, message, intent="finetune", models=QWEN_14B)

    assert (f"{count or 5000:,} examples" in answer.text) is True
    assert ("labeled_examples" in answer.assumed) is (count is None)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Axolotl config for QLoRA of Qwen3 14B", "axolotl_qlora_qwen3-14b.yaml"),
        ("Unsloth script for QLoRA of Qwen3 14B", "unsloth_qlora_qwen3-14b.py"),
        ("QLoRA of Qwen3 14B", "train_sft_qlora_qwen3-14b.py"),
    ],
)
def test_the_toolkit_asked_for_gets_the_file(turn_for: MakeTurn, message: str, name: str) -> None:
    answer = answered(
        turn_for, message, intent="finetune", models=QWEN_14B, hardware=((RTX_4090, 1),)
    )

    assert [file.name for file in answer.attachments] == [name, "examples.jsonl", "evaluate.py"]


def test_a_toolkit_that_can_not_is_named_with_the_reason(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "Unsloth script for LoRA of Qwen3 14B",
        intent="finetune",
        models=QWEN_14B,
        hardware=(("hardware/nvidia-h100-sxm", 2),),
    )

    assert "Unsloth gets no file here for several devices" in answer.text
    assert answer.attachments[0].name.startswith("train_sft_lora")


def test_a_full_run_that_does_not_fit_offers_what_does(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "full fine-tuning of Llama 3.3 70B on 8 H100",
        intent="finetune",
        models=("models/llama-3.3-70b",),
        hardware=(("hardware/nvidia-h100-sxm", 8),),
    )

    assert answer.outcome == "no"
    assert "8-bit optimizer would fit" in answer.text
    assert "LoRA of the same model would fit" in answer.text


@pytest.mark.parametrize(
    ("today", "headline"),
    [
        ("2026-11-24", "GPT-4.1: only existing customers can still tune it, until 6 Jan 2027"),
        ("2027-01-07", "No: OpenAI does not tune GPT-4.1"),
    ],
)
def test_hosted_tuning_is_told_by_the_day(turn_for: MakeTurn, today: str, headline: str) -> None:
    def on_that_day(message: str) -> Turn:
        return replace(turn_for(message), today=date.fromisoformat(today))

    answer = answered(
        on_that_day, "fine-tune GPT-4.1?", intent="finetune", models=("models/gpt-4.1",)
    )

    assert answer.headline == headline
    assert "no new customers since 7 May 2026" in answer.text
    assert "Cohere" in answer.text
    assert "0.48-1.35 USD" in answer.text
    assert "0.44" in answer.text


def test_a_precision_the_device_lacks_is_refused_in_the_answer(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "fp8 training of Qwen3 14B on a T4",
        intent="finetune",
        models=QWEN_14B,
        hardware=(("hardware/nvidia-t4", 1),),
    )

    assert answer.kind == "clarification"
    assert "T4 can't train in 'fp8'. Valid on it: fp16" in answer.text


def test_long_examples_that_only_unsloth_holds_get_its_file(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "QLoRA of Llama 3.1 8B with 32k contexts on an RTX 3090",
        intent="finetune",
        models=("models/llama-3.1-8b",),
        hardware=(("hardware/nvidia-rtx-3090", 1),),
        context_tokens=32_768,
    )

    assert answer.outcome == "yes"
    assert answer.headline.startswith("With Unsloth")
    assert answer.attachments[0].name.startswith("unsloth_qlora")


def test_stated_epochs_and_rank_are_planned(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "LoRA of Qwen3 14B with rank 64 for 5 epochs on 2000 chats",
        intent="finetune",
        models=QWEN_14B,
        hardware=(("hardware/nvidia-h100-sxm", 1),),
    )

    assert "2,000 examples of 1,000 tokens, 5 passes" in answer.text
    assert "epochs" not in answer.assumed
    assert "r=64," in answer.attachments[0].content
    assert "num_train_epochs=5," in answer.attachments[0].content


def test_epochs_that_can_not_be_are_refused(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for, "LoRA of Qwen3 14B for -2 epochs", intent="finetune", models=QWEN_14B
    )

    assert answer.kind == "clarification"
    assert "epochs must be above 0, not -2" in answer.text
