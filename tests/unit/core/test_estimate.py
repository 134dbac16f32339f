from __future__ import annotations

import pytest
from sizing_documents import (
    A100,
    DEEPSEEK_V3,
    GPT_OSS_20B,
    H100,
    H200,
    LLAMA_8B,
    LLAMA_70B,
    RTX_4090,
    RTX_A6000,
    UNLAID,
    UNMEASURED,
    Item,
)

from agent.core.alternatives import alternatives, fit_table
from agent.core.estimate import estimate
from agent.core.recipes import serve_recipe, tensor_parallel_size
from agent.core.users import users_at_speed
from agent.errors import InputError, UnknownName
from knowledge.catalogue import Catalogue

SHOP = Catalogue(
    [
        Item(document)
        for document in (H100, H200, A100, RTX_4090, RTX_A6000, LLAMA_8B, LLAMA_70B, DEEPSEEK_V3)
    ]
)


def test_the_contract_example_is_answered() -> None:
    found = estimate(LLAMA_8B, H100, 1, "fp16", 1, 512, 128, "vllm")
    assert found.weights_gb.value == pytest.approx(16.06)
    assert found.kv_cache_gb.value == pytest.approx(640 * 131_072 / 1e9)
    assert found.fits is True
    for quantity in (found.decode_tok_s, found.throughput_tok_s, found.ttft_s, found.total_gb):
        assert quantity.low is not None
        assert quantity.value is not None
        assert quantity.high is not None
        assert 0 < quantity.low < quantity.value < quantity.high


def test_names_are_resolved_and_unknown_ones_refused() -> None:
    found = estimate("llama-3.1-8b", "NVIDIA H100 SXM5 80GB", catalogue=SHOP)
    assert (found.model, found.hardware) == (LLAMA_8B.id, H100.id)
    with pytest.raises(UnknownName, match="Flurbo"):
        estimate("Flurbo 9000", H100, catalogue=SHOP)
    with pytest.raises(UnknownName, match="Flurbo"):
        estimate(LLAMA_8B, "Flurbo 9000", catalogue=SHOP)


def test_calculations_have_unique_ids_and_cite_facts_or_each_other() -> None:
    found = estimate(LLAMA_70B, H100, 2, "fp8", 16, 2000, 500)
    ids = [item.id for item in found.calculations]
    assert len(set(ids)) == len(ids)
    assert f"calc/{LLAMA_70B.title}/fp8/weights" in ids
    for item in found.calculations:
        assert item.sources
        for source in item.sources:
            assert source in ids or source.partition("#")[0] in (LLAMA_70B.id, H100.id)


def test_deepseek_needs_more_than_eight_h100() -> None:
    assert estimate(DEEPSEEK_V3, H100, 8).fits is False
    assert estimate(DEEPSEEK_V3, H200, 8).fits is True


def test_what_does_not_fit_has_no_speed() -> None:
    found = estimate(LLAMA_70B, RTX_4090, 1, "fp16")
    assert found.fits is False
    assert found.decode_tok_s.value is None
    assert found.weights_gb.value == pytest.approx(141.1)


def test_offload_gives_a_slow_speed_and_says_what_was_assumed() -> None:
    found = estimate(LLAMA_70B, RTX_4090, 1, "q4_k_m", cpu_offload=True)
    assert 0.3 < found.offloaded_share < 0.7
    assert found.decode_tok_s.value == pytest.approx(2.6, rel=0.3)
    assert any("system memory" in line for line in found.assumptions)


def test_missing_bandwidth_leaves_speed_unknown_and_is_named() -> None:
    found = estimate(LLAMA_70B, UNMEASURED, 1, "4 bit")
    assert found.fits is True
    assert found.decode_tok_s.value is None
    assert f"{UNMEASURED.id}#bandwidth" in found.missing


def test_a_model_without_layout_says_so() -> None:
    found = estimate(UNLAID, H100, 1, "4 bit")
    assert found.kv_cache_gb.value is None
    assert f"{UNLAID.id}#architecture" in found.missing
    assert found.weights_gb.value is not None


def test_most_concurrency_fills_memory_and_beats_one_stream() -> None:
    one = estimate(LLAMA_8B, H100, 1, "fp16", 1, 512, 128)
    most = estimate(LLAMA_8B, H100, 1, "fp16", "max", 512, 128)
    assert most.concurrency == most.max_concurrency
    assert most.fits is True
    assert (most.throughput_tok_s.value or 0) > 10 * (one.throughput_tok_s.value or 0)
    assert (most.decode_tok_s.value or 0) < (one.decode_tok_s.value or 0)


def test_unmeasured_classes_have_a_wider_range() -> None:
    known = estimate(LLAMA_8B, A100, 1, "fp16", engine="vllm").decode_tok_s
    unknown = estimate(LLAMA_8B, A100, 1, "fp16", engine="mlx").decode_tok_s
    assert known.value is not None
    assert unknown.value is not None
    assert (unknown.high or 0) / unknown.value > (known.high or 0) / known.value


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"devices": 0}, "devices"),
        ({"devices": -2}, "devices"),
        ({"devices": True}, "devices"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": "many"}, "max"),
        ({"input_tokens": -1}, "input_tokens"),
        ({"output_tokens": -1}, "output_tokens"),
        ({"context_tokens": 0}, "context_tokens"),
        ({"context_tokens": 2_000_000}, "131,072"),
        ({"precision": "banana"}, "banana"),
        ({"engine": "steam"}, "steam"),
    ],
)
def test_unusable_values_are_refused_by_name(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        estimate(LLAMA_8B, H100, **changes)  # type: ignore[arg-type]


def test_fp8_on_a_device_without_it_is_refused_but_the_makers_fp8_is_widened() -> None:
    with pytest.raises(InputError, match="fp8"):
        estimate(LLAMA_8B, A100, 1, "fp8")
    found = estimate(DEEPSEEK_V3, A100, 8)
    assert found.precision == "bf16"
    assert any("widened" in line for line in found.assumptions)


def test_native_mxfp4_is_used_when_no_precision_is_given() -> None:
    found = estimate(GPT_OSS_20B, RTX_4090)
    assert found.precision == "mxfp4"
    assert found.fits is True


def test_the_fit_table_has_three_rows_with_falling_weights() -> None:
    rows = fit_table(LLAMA_70B, H100)
    weights = [row.estimate.weights_gb.value or 0 for row in rows]
    assert [row.bits for row in rows] == [16, 8, 4]
    assert weights == sorted(weights, reverse=True)
    assert [row.estimate.fits for row in rows] == [False, True, True]


def test_alternatives_come_from_the_catalogue_and_fit() -> None:
    found = {
        item.change: item for item in alternatives(LLAMA_70B, RTX_4090, 1, "4 bit", catalogue=SHOP)
    }
    assert found["more_devices"].devices == 2
    assert found["bigger_device"].hardware == RTX_A6000.id
    assert found["smaller_model"].model == LLAMA_8B.id
    assert 0 < found["cpu_offload"].estimate.offloaded_share < 1
    for change, item in found.items():
        assert item.estimate.fits or change == "cpu_offload"


def test_fewer_bits_are_proposed_where_they_help() -> None:
    found = alternatives(LLAMA_70B, H100, 1, "fp16", catalogue=SHOP)
    assert found[0].change == "fewer_bits"
    assert found[0].precision == "fp8"


def test_a_vllm_recipe_has_computed_flags() -> None:
    sized = estimate(LLAMA_70B, H100, 2, "fp8", 16, 4000, 1000, "vllm")
    text = serve_recipe(sized, LLAMA_70B, H100).content
    for flag in (
        "--tensor-parallel-size 2",
        "--max-model-len 5000",
        "--max-num-seqs 16",
        "--quantization fp8",
        "--gpu-memory-utilization 0.9",
    ):
        assert flag in text


def test_llama_cpp_and_ollama_recipes_share_the_context_over_slots() -> None:
    sized = estimate(LLAMA_8B, RTX_4090, 1, "4 bit", 4, 3000, 1000)
    assert "--ctx-size 16000" in serve_recipe(sized, LLAMA_8B, RTX_4090).content
    assert "num_ctx 4000" in serve_recipe(sized, LLAMA_8B, RTX_4090, server="ollama").content


def test_a_recipe_for_what_does_not_fit_is_refused() -> None:
    sized = estimate(LLAMA_70B, RTX_4090, 1, "fp16")
    with pytest.raises(InputError, match="does not fit"):
        serve_recipe(sized, LLAMA_70B, RTX_4090)
    with pytest.raises(InputError, match="vllm"):
        serve_recipe(sized, LLAMA_70B, RTX_4090, server="nginx")
    gguf = estimate(LLAMA_8B, RTX_4090, 1, "q4_k_m")
    with pytest.raises(InputError, match="another server"):
        serve_recipe(gguf, LLAMA_8B, RTX_4090, server="vllm")


def test_tensor_parallel_size_divides_devices_and_heads() -> None:
    assert tensor_parallel_size(LLAMA_70B, 8) == 8
    assert tensor_parallel_size(LLAMA_70B, 6) == 2
    assert tensor_parallel_size(LLAMA_70B, 3) == 1


def test_users_at_a_speed_is_the_largest_count_that_keeps_it() -> None:
    found = users_at_speed(LLAMA_8B, H100, 40, precision="fp16")
    assert found is not None
    assert (found.decode_tok_s.value or 0) >= 40
    above = estimate(LLAMA_8B, H100, 1, "fp16", found.concurrency + 1, 512, 128)
    assert (above.decode_tok_s.value or 0) < 40 or not above.fits
    assert users_at_speed(LLAMA_8B, H100, 100_000, precision="fp16") is None
    assert users_at_speed(LLAMA_8B, UNMEASURED, 10, precision="4 bit") is None
    with pytest.raises(InputError, match="tokens_per_second"):
        users_at_speed(LLAMA_8B, H100, 0)
