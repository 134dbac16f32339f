from __future__ import annotations

import pytest
from sizing_documents import (
    CLOSED,
    H100,
    LLAMA_8B,
    LLAMA_70B,
    RTX_4070_TI,
    RTX_4090,
    UNMEASURED,
    dense,
    device,
    model,
)

from agent.core.finetune import plan_finetune
from agent.core.finetune_method import Method, advise_method
from agent.core.training_device import attention_kernel, training_precisions
from agent.errors import InputError
from knowledge.schema import Hardware, Model, TaskType

TESLA_T4 = device("nvidia-t4", "NVIDIA T4", memory_type="GDDR6", memory=16, bandwidth=320)
A6000 = device("nvidia-rtx-a6000", "NVIDIA RTX A6000", memory_type="GDDR6", memory=48)
QWEN_32B = model(
    "qwen3-32b",
    32.76,
    architecture=dense(64, 5120, 64, 8, intermediate_size=25600, vocab_size=151_936),
)


@pytest.mark.parametrize(
    ("task", "examples", "classes", "method"),
    [
        ("classification", 0, 12, "prompting"),
        ("qa_open_knowledge", 5_000, None, "retrieval"),
        ("dialogue", 40, None, "prompting"),
        ("classification", 200, 12, "setfit"),
        ("classification", 60_000, 12, "encoder"),
        ("ner", 5_000, None, "encoder"),
        ("ner", 50, None, "prompting"),
        ("summarization", 20, None, "prompting"),
        ("summarization", 5_000, None, "lora"),
        ("translation", 500_000, None, "full"),
        (None, None, None, "lora"),
        ("moderation", None, None, "encoder"),
    ],
)
def test_the_method_follows_the_data(
    task: TaskType | None, examples: int | None, classes: int | None, method: str
) -> None:
    advice = advise_method(task_type=task, labeled_examples=examples, classes=classes)
    assert advice.method == method
    assert advice.why


def test_an_8b_lora_fits_24_gb_and_is_priced() -> None:
    plan = plan_finetune(
        LLAMA_8B,
        RTX_4090,
        task_type="summarization",
        labeled_examples=5000,
        usd_per_hour=0.44,
    )
    assert plan.method == "lora"
    assert plan.fits is True
    assert plan.usd.value == pytest.approx(0.44 * (plan.hours.value or 0))
    assert [item.id.rpartition("/")[2] for item in plan.calculations] == [
        "training-memory",
        "training-speed",
        "training-hours",
        "training-cost",
    ]


def test_what_does_not_fit_steps_down_and_says_so() -> None:
    small = plan_finetune(LLAMA_8B, RTX_4070_TI, labeled_examples=5000)
    assert small.method == "qlora"
    assert "LoRA does not fit, QLoRA does" in small.why
    hopeless = plan_finetune(LLAMA_70B, RTX_4090, labeled_examples=5000)
    assert hopeless.fits is False
    assert "not even QLoRA" in hopeless.why
    assert plan_finetune(LLAMA_70B, H100, labeled_examples=5000).method == "qlora"


def test_a_fixed_method_is_kept() -> None:
    plan = plan_finetune(LLAMA_8B, RTX_4090, labeled_examples=5000, method="full")
    assert plan.method == "full"
    assert plan.fits is False


def test_labels_are_learned_by_a_small_encoder_even_if_a_large_model_is_named() -> None:
    plan = plan_finetune(LLAMA_8B, RTX_4090, task_type="classification", labeled_examples=60_000)
    assert plan.method == "encoder"
    assert (plan.hours.value or 0) < 2
    assert any("encoder of 0.149B" in line for line in plan.assumptions)
    assert (plan.memory_gb.high or 0) < 24


def test_unknown_figures_stay_unknown_and_are_named() -> None:
    plan = plan_finetune(LLAMA_8B, UNMEASURED)
    assert plan.hours.value is None
    assert plan.usd.value is None
    assert set(plan.missing) == {
        f"{UNMEASURED.id}#compute_bf16",
        "labeled_examples",
        "usd_per_hour",
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"devices": 0}, "devices"),
        ({"tokens_per_example": 0}, "tokens_per_example"),
        ({"epochs": 0}, "epochs"),
        ({"rank": 0}, "rank must be a whole number"),
        ({"epochs": -1}, "epochs must be above 0, not -1"),
        ({"epochs": float("nan")}, "epochs"),
        ({"labeled_examples": -1}, "labeled_examples"),
        ({"training_tokens": 0}, "training_tokens"),
        ({"usd_per_hour": 0}, "usd_per_hour"),
        ({"method": "magic"}, "qlora"),
    ],
)
def test_unusable_values_are_refused_by_name(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        plan_finetune(LLAMA_8B, RTX_4090, **changes)  # type: ignore[arg-type]


def test_closed_weights_can_not_be_tuned() -> None:
    with pytest.raises(InputError, match="not open"):
        plan_finetune(CLOSED, RTX_4090)


@pytest.mark.parametrize(
    ("model_", "card", "devices", "method", "fits"),
    [
        (LLAMA_8B, RTX_4090, 1, "lora", True),
        (LLAMA_8B, RTX_4090, 1, "full", False),
        (QWEN_32B, RTX_4090, 1, "qlora", None),
        (QWEN_32B, RTX_4090, 1, "lora", False),
        (LLAMA_70B, A6000, 1, "qlora", None),
        (LLAMA_70B, H100, 1, "qlora", True),
        (LLAMA_70B, H100, 8, "lora", True),
        (LLAMA_70B, H100, 8, "full", False),
        (LLAMA_70B, H100, 32, "full", True),
    ],
)
def test_the_edges_of_fit(
    model_: Model, card: Hardware, devices: int, method: Method, fits: bool | None
) -> None:
    """None is inside the interval: it may or may not fit."""
    plan = plan_finetune(model_, card, labeled_examples=5000, devices=devices, method=method)
    usable = plan.usable_gb or 0
    low, high = plan.memory_gb.low or 0, plan.memory_gb.high or 0
    assert (True if high <= usable else False if low > usable else None) is fits


@pytest.mark.parametrize(
    ("card", "precisions", "kernel"),
    [
        (TESLA_T4, ("fp16",), "sdpa"),
        (RTX_4090, ("bf16", "fp16", "fp8"), "kernels-community/flash-attn2"),
        (A6000, ("bf16", "fp16"), "kernels-community/flash-attn2"),
        (H100, ("bf16", "fp16", "fp8"), "kernels-community/flash-attn2"),
    ],
)
def test_a_device_trains_in_what_it_has(
    card: Hardware, precisions: tuple[str, ...], kernel: str
) -> None:
    assert training_precisions(card) == precisions
    assert attention_kernel(card) == kernel


@pytest.mark.parametrize(("card", "precision"), [(TESLA_T4, "bf16"), (A6000, "fp8")])
def test_a_precision_the_device_lacks_is_refused(card: Hardware, precision: str) -> None:
    with pytest.raises(InputError, match=rf"{card.title}.*{precision}.*fp16"):
        plan_finetune(LLAMA_8B, card, labeled_examples=5000, precision=precision)


def test_fp8_is_faster_than_bf16_on_a_full_run() -> None:
    slow, fast = (
        plan_finetune(
            LLAMA_8B, H100, labeled_examples=5000, devices=8, method="full", precision=name
        )
        for name in ("bf16", "fp8")
    )
    assert (fast.hours.value or 0) < 0.9 * (slow.hours.value or 0)


def test_a_run_without_examples_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="'lora' has nothing to train on"):
        plan_finetune(LLAMA_8B, RTX_4090, labeled_examples=0, method="lora")


def test_qlora_is_copied_where_each_card_holds_it_and_sharded_where_not() -> None:
    one = plan_finetune(LLAMA_70B, H100, labeled_examples=5000, method="qlora")
    eight = plan_finetune(LLAMA_70B, H100, labeled_examples=5000, method="qlora", devices=8)
    small = plan_finetune(LLAMA_70B, RTX_4090, labeled_examples=5000, method="qlora", devices=4)

    assert eight.copies
    assert (eight.memory_gb.value or 0) / 8 == pytest.approx(one.memory_gb.value, rel=0.01)
    assert not small.copies
    assert (small.memory_gb.value or 0) < 2 * (one.memory_gb.value or 0)


def test_a_token_total_is_the_training_set() -> None:
    by_examples = plan_finetune(LLAMA_8B, H100, labeled_examples=100_000, method="lora")
    by_tokens = plan_finetune(LLAMA_8B, H100, training_tokens=1e8, method="lora")
    assert by_tokens.hours == by_examples.hours
    assert by_tokens.sequence_tokens == 1024
    assert by_tokens.missing == ("usd_per_hour",)


def test_dpo_reads_two_answers_and_a_reference() -> None:
    sft = plan_finetune(LLAMA_8B, H100, labeled_examples=5000, method="lora")
    dpo = plan_finetune(LLAMA_8B, H100, labeled_examples=5000, method="lora", objective="dpo")
    assert (dpo.hours.value or 0) == pytest.approx(3 * (sft.hours.value or 0), rel=0.2)
