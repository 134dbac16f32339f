"""Unlike cards together, system memory beside them, and machines that read memory on the chip."""

from __future__ import annotations

import pytest
from sizing_documents import DEEPSEEK_V3, H100, LLAMA_8B, LLAMA_70B, RTX_4090, RTX_A6000, device

from agent.core.estimate import estimate
from agent.core.machine import SystemMemory, is_mixed, mixed, system_memory
from agent.core.on_chip import reads_on_chip
from knowledge.schema import Model, SlidingWindow

ROOMY = SystemMemory(gb=512)


def test_unlike_cards_have_the_memory_of_all_and_the_pace_of_the_slowest() -> None:
    both, work = mixed(((RTX_4090, 1), (RTX_A6000, 2)), "a mix")

    assert work.value == 24 + 2 * 48
    assert (both.value("memory") or 0) * 3 == work.value
    assert both.value("bandwidth") == RTX_A6000.value("bandwidth")
    assert is_mixed(both)
    assert not is_mixed(RTX_4090)


def test_cards_of_unknown_memory_are_not_added_up() -> None:
    with pytest.raises(ValueError, match="memory and bandwidth"):
        mixed(((RTX_4090, 1), (device("blank", "Blank"), 1)), "a mix")


def test_system_memory_makes_room_and_costs_speed() -> None:
    bare = estimate(LLAMA_70B, RTX_4090, precision="q4_k_m")
    roomy = estimate(LLAMA_70B, RTX_4090, precision="q4_k_m", system_memory=ROOMY)
    small = estimate(LLAMA_70B, RTX_4090, precision="q4_k_m", system_memory=SystemMemory(gb=8))

    assert (bare.fits, roomy.fits, small.fits) == (False, True, False)
    assert 0 < roomy.offloaded_share < 1
    assert (roomy.decode_tok_s.value or 0) < 5
    assert small.decode_tok_s.value is None


def test_what_fits_the_card_leaves_the_system_memory_alone() -> None:
    alone = estimate(LLAMA_8B, RTX_4090, precision="q4_k_m")
    beside = estimate(LLAMA_8B, RTX_4090, precision="q4_k_m", system_memory=ROOMY)

    assert beside.offloaded_share == 0
    assert beside.decode_tok_s == alone.decode_tok_s


def test_experts_in_system_memory_are_read_for_their_active_share_only() -> None:
    sparse = estimate(DEEPSEEK_V3, RTX_4090, precision="q4_k_m", system_memory=ROOMY)
    active_gb = 37 * 4.89 / 8

    assert sparse.fits
    # Attention and shared weights stay on the card, so less than all active weights cross.
    assert (sparse.decode_tok_s.value or 0) > ROOMY.bandwidth_gb_s * 0.7 / active_gb


@pytest.mark.parametrize(
    ("words", "bandwidth"),
    [("256gb ddr5", 80), ("64 GB DDR4", 45.7), ("8-channel ddr5", 320), ("192gb ram", 80)],
)
def test_system_memory_is_as_fast_as_its_kind_and_channels(words: str, bandwidth: float) -> None:
    assert system_memory(64, words).bandwidth_gb_s == bandwidth


def test_memory_on_the_chip_is_told_from_memory_beside_it() -> None:
    wafer = device("wafer", "Wafer", memory_type="on-wafer SRAM", memory=44, bandwidth=21e6)
    fast = device("fast", "Fast", memory_type="custom", memory=1000, bandwidth=8e6)

    assert reads_on_chip(wafer)
    assert reads_on_chip(fast)
    assert not reads_on_chip(H100)


def test_layers_with_a_window_read_long_prompts_faster() -> None:
    layout = LLAMA_8B.architecture
    assert layout is not None
    window = SlidingWindow(window=1024, local_layers=24)
    local = LLAMA_8B.model_copy(
        update={"architecture": layout.model_copy(update={"sliding_window": window})}
    )

    def seconds(model: Model, tokens: int) -> float:
        found = estimate(
            model, H100, precision="bf16", engine="vllm", input_tokens=tokens, output_tokens=0
        )
        return tokens / (found.prefill_tok_s.value or 0.0)

    assert seconds(local, 64_000) < 0.8 * seconds(LLAMA_8B, 64_000)
    assert seconds(local, 1000) == pytest.approx(seconds(LLAMA_8B, 1000))
