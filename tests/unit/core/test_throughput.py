from __future__ import annotations

import pytest
from sizing_documents import (
    A100,
    DEEPSEEK_V3,
    H100,
    H200,
    LLAMA_8B,
    LLAMA_70B,
    RTX_4070_TI,
    RTX_4090,
    RTX_A6000,
    UNMEASURED,
    device,
)

from agent.core.decode_ceiling import bandwidth_needed, bits_that_fit, decode_ceiling
from agent.core.efficiency import device_class, engine_name
from agent.core.engines import parse_engine
from agent.core.estimate import Estimate, estimate
from agent.core.precision import parse_precision
from agent.core.rates import TERMS, fitted, is_measured, rates, spread
from agent.core.throughput import Layout, Setup, compute_peak, typical_layers
from agent.errors import InputError
from knowledge.schema import Hardware, Model


def setup(
    model: Model, hardware: Hardware, precision: str, engine: str = "llama.cpp", devices: int = 1
) -> Setup:
    return Setup(model, hardware, parse_precision(precision), parse_engine(engine), devices)


def run(
    model: Model, hardware: Hardware, precision: str, engine: str = "llama.cpp", **asked: int
) -> Estimate:
    return estimate(model, hardware, precision=precision, engine=engine, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "hardware", "precision", "measured"),
    [
        (LLAMA_8B, RTX_4090, "q4_k_m", 127.7),
        (LLAMA_8B, RTX_4090, "fp16", 54.3),
        (LLAMA_8B, RTX_A6000, "q4_k_m", 102.2),
        (LLAMA_70B, RTX_A6000, "q4_k_m", 14.6),
        (LLAMA_8B, RTX_4070_TI, "q4_k_m", 82.2),
    ],
)
def test_decode_is_near_published_llama_cpp_runs(
    model: Model, hardware: Hardware, precision: str, measured: float
) -> None:
    found = run(model, hardware, precision, input_tokens=0, output_tokens=1024).decode_tok_s
    assert found.value == pytest.approx(measured, rel=0.15)
    assert (found.low or 0) < measured < (found.high or 0)


@pytest.mark.parametrize(
    ("model", "hardware", "precision", "tokens", "measured"),
    [
        (LLAMA_8B, RTX_4090, "q4_k_m", 1024, 6899),
        (LLAMA_8B, RTX_4090, "q4_k_m", 8192, 4040),
        (LLAMA_8B, RTX_4070_TI, "q4_k_m", 1024, 3653),
    ],
)
def test_prefill_is_near_published_llama_cpp_runs(
    model: Model, hardware: Hardware, precision: str, tokens: int, measured: float
) -> None:
    found = run(model, hardware, precision, input_tokens=tokens, output_tokens=0)
    assert found.prefill_tok_s.value == pytest.approx(measured, rel=0.3)
    assert found.throughput_tok_s.value is None


def test_without_bandwidth_or_compute_there_is_no_speed() -> None:
    blind = run(LLAMA_8B, UNMEASURED, "q4_k_m")
    for quantity in (blind.decode_tok_s, blind.prefill_tok_s, blind.throughput_tok_s, blind.ttft_s):
        assert quantity.value is quantity.low is quantity.high is None
    assert f"{UNMEASURED.id}#bandwidth" in blind.missing


def test_without_a_peak_one_stream_still_has_a_decode_speed() -> None:
    board = device("board", "Board", memory_type="LPDDR5", memory=16, bandwidth=50)
    found = run(LLAMA_8B, board, "q4_k_m")
    assert 1 < (found.decode_tok_s.value or 0) < 50 / 4.9
    assert found.prefill_tok_s.value is found.throughput_tok_s.value is None
    assert "hardware/board#compute_bf16" in found.missing


def test_tensor_parallel_divides_the_bytes_and_layer_split_does_not() -> None:
    def speed(engine: str, devices: int) -> float:
        return run(LLAMA_70B, H200, "fp8", engine, devices=devices).decode_tok_s.value or 0.0

    assert 1.5 < speed("vllm", 4) / speed("vllm", 1) < 4.0
    assert speed("llama.cpp", 4) < speed("llama.cpp", 1)


def test_a_benchmark_entry_runs_copies_where_one_fits_a_card() -> None:
    assert setup(LLAMA_8B, H100, "fp8", "MLPerf v5.1 NVIDIA", 8).layout == Layout(1, 1, 8)
    assert setup(LLAMA_70B, H100, "fp16", "MLPerf v5.1 NVIDIA", 8).layout == Layout(4, 1, 2)
    assert setup(LLAMA_8B, H100, "fp8", "TensorRT-LLM 1.0", 8).layout == Layout(8)


def test_batches_gain_until_the_cache_or_compute_binds() -> None:
    def rate(streams: int) -> float:
        found = run(LLAMA_8B, H100, "fp16", "vllm", concurrency=streams)
        return found.throughput_tok_s.value or 0.0

    found = [rate(streams) for streams in (1, 8, 64, 512)]
    assert found == sorted(found)
    assert found[1] / found[0] > 4
    assert found[3] / found[2] < 8


def test_the_most_streams_are_those_that_memory_holds() -> None:
    most = estimate(LLAMA_8B, H100, 1, "fp16", "max", 512, 128, "vllm")
    assert most.fits
    assert most.concurrency > 200
    assert (most.total_gb.value or 0) <= (most.usable_gb or 0)
    fewer = run(LLAMA_8B, H100, "fp16", "vllm", concurrency=most.concurrency // 4)
    assert (most.throughput_tok_s.value or 0) > (fewer.throughput_tok_s.value or 0)


def test_a_mixture_reads_its_active_weights_for_one_stream() -> None:
    found = run(DEEPSEEK_V3, H200, "fp8", "vllm", devices=8)
    assert 30 < (found.decode_tok_s.value or 0) < 8 * decode_ceiling(37, 8, 4800)


def test_prefill_slows_down_with_the_prompt_and_less_of_it_cached_takes_longer() -> None:
    short, long = (
        run(LLAMA_8B, H100, "fp16", "vllm", input_tokens=tokens) for tokens in (1024, 65_536)
    )
    assert (short.prefill_tok_s.value or 0) > 1.2 * (long.prefill_tok_s.value or 0)
    cached = run(LLAMA_8B, H100, "fp16", "vllm", input_tokens=65_536, cached_prompt_tokens=60_000)
    assert (cached.ttft_s.value or 0) < 0.25 * (long.ttft_s.value or 0)


def test_offloaded_weights_slow_decoding_to_system_memory() -> None:
    fits = run(LLAMA_70B, RTX_A6000, "q4_k_m")
    split = estimate(LLAMA_70B, RTX_4090, precision="q4_k_m", cpu_offload=True)
    assert split.offloaded_share > 0.4
    assert (fits.decode_tok_s.value or 0) > 4 * (split.decode_tok_s.value or 0)


def test_unlisted_peak_of_a_consumer_card_is_stated_as_taken_from_fp32() -> None:
    peak = compute_peak(setup(LLAMA_8B, RTX_4070_TI, "q4_k_m"))
    assert peak is not None
    assert peak.tflops == pytest.approx(80.2)
    assert "FP32" in peak.note


@pytest.mark.parametrize(
    ("title", "vendor", "memory_type", "kind"),
    [
        ("Apple M2 Ultra", "Apple", "unified memory", "apple_ultra"),
        ("Apple M4 Max", "Apple", "unified memory", "apple_max"),
        ("NVIDIA DGX Spark", "NVIDIA", "LPDDR5X unified", "gb10"),
        ("NVIDIA L40S", "NVIDIA", "GDDR6", "inference"),
        ("AMD Instinct MI300X", "AMD", "HBM3", "instinct"),
        ("AMD Radeon RX 7900 XTX", "AMD", "GDDR6", "radeon"),
        ("AMD Ryzen AI Max+ 395", "AMD", "LPDDR5X-8000 unified", "strix_halo"),
        ("Maker Card", "Maker", "LPDDR5", "other"),
    ],
)
def test_devices_fall_into_measured_classes(
    title: str, vendor: str, memory_type: str, kind: str
) -> None:
    assert device_class(device("x", title, vendor, memory_type)) == kind


def test_an_engine_not_measured_on_a_class_is_said_and_takes_after_what_it_shares() -> None:
    vllm = parse_engine("vllm")
    assert is_measured(vllm, A100)
    assert not is_measured(vllm, UNMEASURED)
    assert "not measured" in " ".join(run(LLAMA_8B, RTX_4090, "fp16", "sglang").assumptions)
    assert rates(vllm, UNMEASURED, parse_precision("fp16")) != rates(
        parse_engine("transformers"), UNMEASURED, parse_precision("fp16")
    )


def test_every_term_was_fitted_and_every_kind_has_an_interval() -> None:
    assert set(fitted().terms) == set(TERMS)
    for quantity in ("decode", "throughput", "prefill"):
        for engine in ("vllm", "llama.cpp", "mlx", "transformers", "TGI"):
            assert 0.05 < spread(quantity, parse_engine(engine), H100) < 1.5


def test_engines_are_read_in_common_spellings() -> None:
    assert engine_name("Ollama") == "llama.cpp"
    assert engine_name("TRT-LLM") == "tensorrt-llm"
    with pytest.raises(InputError, match="vllm"):
        engine_name("steam")


@pytest.mark.parametrize(("active_b", "layers"), [(1.24, 16), (8.03, 32), (70.6, 80), (405, 126)])
def test_usual_layers_are_within_a_quarter(active_b: float, layers: int) -> None:
    assert typical_layers(active_b) == pytest.approx(layers, rel=0.25)


def test_ceilings_of_an_announcement() -> None:
    assert decode_ceiling(700, 4.39, 100) == pytest.approx(0.26, rel=0.01)
    assert decode_ceiling(7, 4, 100) == pytest.approx(28.6, rel=0.01)
    assert bandwidth_needed(7, 4, 30) == pytest.approx(105)
    assert bits_that_fit(700, 384) == pytest.approx(4.39, rel=0.001)
    with pytest.raises(InputError):
        decode_ceiling(0, 4, 100)
    with pytest.raises(InputError):
        bandwidth_needed(7, 4, 0)
    with pytest.raises(InputError):
        bits_that_fit(0, 384)
