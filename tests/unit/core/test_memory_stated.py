"""Memory as stated, memory no longer sold, and what follows for estimates."""

from __future__ import annotations

import pytest

from agent.core.alternatives import alternatives
from agent.core.estimate import estimate
from agent.core.finetune import plan_finetune
from agent.core.memory_stated import (
    STATED,
    memory_is_stated,
    memory_source,
    stated_device,
    with_memory,
    withdrawn,
)
from agent.core.serve_files import serve_script
from agent.core.serve_plan import serve_plan
from knowledge import CORPUS, Catalogue
from knowledge.documents import load_folder
from knowledge.schema import Hardware, Model


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(load_folder(CORPUS))


def hardware(catalogue: Catalogue, name: str) -> Hardware:
    found = catalogue.get(f"hardware/{name}")
    assert isinstance(found, Hardware)
    return found


def model(catalogue: Catalogue, name: str) -> Model:
    found = catalogue.get(f"models/{name}")
    assert isinstance(found, Model)
    return found


def test_an_estimate_rests_on_the_stated_memory(catalogue: Catalogue) -> None:
    ultra = hardware(catalogue, "apple-m3-ultra")
    found = estimate(model(catalogue, "qwen3-32b"), with_memory(ultra, 64.0), precision="q4_k_m")
    usable = next(c for c in found.calculations if c.id.endswith("/usable"))

    assert found.usable_gb == pytest.approx(64 * 2**30 / 1e9 * 0.76)
    assert STATED in usable.sources
    assert ultra.value("memory") == 512
    assert memory_source(ultra) == "hardware/apple-m3-ultra#memory"
    assert not memory_is_stated(ultra)


def test_only_the_size_that_the_page_names_is_withdrawn(catalogue: Catalogue) -> None:
    ultra = hardware(catalogue, "apple-m3-ultra")

    assert withdrawn(ultra)
    assert not withdrawn(with_memory(ultra, 96.0))
    assert not withdrawn(hardware(catalogue, "nvidia-h100-sxm"))


def test_what_is_no_longer_sold_is_not_proposed(catalogue: Catalogue) -> None:
    ultra = with_memory(hardware(catalogue, "apple-m3-ultra"), 96.0)
    found = alternatives(
        model(catalogue, "llama-3.1-405b"), ultra, precision="q4_k_m", catalogue=catalogue
    )
    bigger = [item for item in found if item.change == "bigger_device"]

    assert all(item.hardware != ultra.id for item in bigger)
    assert all(item.change != "cpu_offload" for item in found)


def test_a_computer_keeps_a_share_for_itself_and_a_card_less() -> None:
    pi = stated_device("board", 8.0, maker="not known", shared=True, read_on="2026-11-24")
    card = stated_device("card", 8.0, maker="not known", shared=False, read_on="2026-11-24")
    mac = stated_device("MacBook Air", 8.0, maker="Apple", shared=True, read_on="2026-11-24")
    catalogue = Catalogue(load_folder(CORPUS))
    small = model(catalogue, "qwen3-4b")
    usable = [
        estimate(small, device, precision="q4_k_m", engine="llama.cpp").usable_gb or 0.0
        for device in (mac, pi, card)
    ]

    assert usable == sorted(usable)
    assert len(set(usable)) == 3


@pytest.mark.parametrize("streams", [1, 2, 8, 32, 128])
@pytest.mark.parametrize("device", ["nvidia-a10g", "nvidia-rtx-4090", "nvidia-h100-sxm"])
def test_all_streams_together_give_no_more_than_each_at_its_best(
    catalogue: Catalogue, device: str, streams: int
) -> None:
    found = estimate(model(catalogue, "qwen3-8b"), hardware(catalogue, device), 1, "fp16", streams)
    each, together = found.decode_tok_s, found.throughput_tok_s
    if each.high is None or together.high is None:
        return

    assert together.high <= each.high * streams * (1 + 1e-9)
    assert (together.low or 0) <= together.high


def test_a_tight_run_takes_the_smallest_batch(catalogue: Catalogue) -> None:
    plan = plan_finetune(
        model(catalogue, "qwen3-32b"), hardware(catalogue, "nvidia-rtx-4090"), method="qlora"
    )

    assert plan.fits
    assert plan.micro_batch == 1
    assert (plan.memory_gb.high or 0) > (plan.usable_gb or 0)


@pytest.mark.parametrize("server", ["vllm", "sglang"])
def test_both_pool_servers_get_their_own_flags(catalogue: Catalogue, server: str) -> None:
    small, card = model(catalogue, "qwen3-8b"), hardware(catalogue, "nvidia-h100-sxm")
    sized = estimate(small, card, 1, "fp8", 4, engine=server, context_tokens=8192)
    text = serve_script(serve_plan(sized, small, card, server=server)).content

    assert "$" not in text.replace("${", "")
    assert "Qwen/Qwen3-8B-FP8" in text
    limit = "--max-num-seqs 4" if server == "vllm" else "--max-running-requests 4"
    assert limit in text
