from __future__ import annotations

import pytest
from sizing_documents import (
    CLOSED,
    H100,
    LLAMA_8B,
    LLAMA_70B,
    RTX_4070_TI,
    RTX_4090,
    UNLAID,
    UNMEASURED,
    dense,
    model,
)

from agent.core.finetune import plan_finetune
from agent.core.finetune_method import advise_method
from agent.core.recipes import training_config
from agent.core.training_cost import training_hours, training_memory
from agent.errors import InputError
from knowledge.schema import TaskType

LLAMA_3B = model("llama-3.2-3b", 3.21, architecture=dense(28, 3072, 24, 8, tied_embeddings=True))


@pytest.mark.parametrize(
    ("task", "examples", "classes", "method"),
    [
        ("classification", 0, 12, "prompting"),
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


def test_memory_matches_torchtune_on_a_3b_model() -> None:
    lora = training_memory(LLAMA_3B, "lora", micro_batch_tokens=8192)
    qlora = training_memory(LLAMA_3B, "qlora", micro_batch_tokens=8192)
    assert lora.total_gb == pytest.approx(9.1, rel=0.1)
    assert qlora.total_gb == pytest.approx(4.9, rel=0.15)


def test_hours_are_flops_over_reached_compute() -> None:
    hours = training_hours(8, "lora", tokens=1e7, epochs=3, peak_tflops=1000, mfu=0.4)
    assert hours == pytest.approx(4 * 8e9 * 3e7 / (1000e12 * 0.4) / 3600)
    assert training_hours(8, "prompting", tokens=1, epochs=1, peak_tflops=1, mfu=1) == 0


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


@pytest.mark.parametrize("method", ["setfit", "encoder", "lora", "qlora", "full"])
def test_training_scripts_are_valid_python(method: str) -> None:
    plan = plan_finetune(
        LLAMA_8B,
        H100,
        task_type="classification",
        labeled_examples=500,
        devices=2,
        method=method,  # type: ignore[arg-type]
    )
    script = training_config(plan)
    compile(script.content, script.name, "exec")
    assert "$" not in script.content


def test_the_script_trains_with_the_planned_batch() -> None:
    plan = plan_finetune(LLAMA_8B, RTX_4070_TI, labeled_examples=5000)
    text = training_config(plan).content
    assert f"per_device_train_batch_size={plan.micro_batch}," in text
    assert f"max_length={plan.sequence_tokens}," in text
    assert "load_in_4bit=True" in text
    assert 'MODEL = "maker/model"' in text


def test_qlora_is_copied_where_each_card_holds_it_and_sharded_where_not() -> None:
    one = plan_finetune(LLAMA_70B, H100, labeled_examples=5000, method="qlora")
    eight = plan_finetune(LLAMA_70B, H100, labeled_examples=5000, method="qlora", devices=8)
    small = plan_finetune(LLAMA_70B, RTX_4090, labeled_examples=5000, method="qlora", devices=4)

    assert eight.copies
    assert (eight.memory_gb.value or 0) / 8 == pytest.approx(one.memory_gb.value, rel=0.01)
    assert small.fits
    assert not small.copies
    assert (small.memory_gb.value or 0) < 2 * (one.memory_gb.value or 0)
    assert "device_map" in training_config(eight).content
    assert "bnb_4bit_quant_storage=DTYPE" in training_config(small).content
    assert "--use_fsdp" in training_config(small).content


def test_sharded_qlora_matches_pefts_guide() -> None:
    memory = training_memory(LLAMA_70B, "qlora", micro_batch_tokens=4096, devices=2)
    assert memory.total_gb / 2 == pytest.approx(35.6, rel=0.1)


def test_a_token_total_is_the_training_set() -> None:
    by_examples = plan_finetune(LLAMA_8B, H100, labeled_examples=100_000, method="lora")
    by_tokens = plan_finetune(LLAMA_8B, H100, training_tokens=1e8, method="lora")
    assert by_tokens.hours == by_examples.hours
    assert by_tokens.sequence_tokens == 1024
    assert by_tokens.missing == ("usd_per_hour",)


def test_dpo_reads_two_answers_and_a_reference() -> None:
    sft = plan_finetune(LLAMA_8B, H100, labeled_examples=5000, method="lora")
    dpo = plan_finetune(LLAMA_8B, H100, labeled_examples=5000, method="lora", objective="dpo")
    assert (dpo.hours.value or 0) == pytest.approx(3 * (sft.hours.value or 0))
    assert "DPOTrainer" in training_config(dpo).content
    assert "rejected" in training_config(dpo).content
    full = training_memory(LLAMA_8B, "full", objective="dpo")
    assert full.states_gb == pytest.approx(18 * full.weights_gb / 2)


def test_no_script_for_prompting_or_an_unnamed_repository() -> None:
    prompting = plan_finetune(LLAMA_8B, RTX_4090, labeled_examples=3)
    with pytest.raises(InputError, match="nothing to train"):
        training_config(prompting)
    unnamed = plan_finetune(UNLAID, H100, labeled_examples=5000)
    with pytest.raises(InputError, match="repository"):
        training_config(unnamed)
