from __future__ import annotations

import pytest
from sizing_documents import (
    A100,
    DEEPSEEK_V3,
    H100,
    LLAMA_8B,
    LLAMA_70B,
    RTX_4070_TI,
    RTX_4090,
    RTX_A6000,
    UNMEASURED,
    device,
)

from agent.core.decode_ceiling import bandwidth_needed, bits_that_fit, decode_ceiling
from agent.core.efficiency import decode_fit, device_class, engine_name
from agent.core.precision import parse_precision
from agent.core.throughput import (
    Setup,
    compute_peak,
    decode_step_s,
    prefill_s,
    throughput_tok_s,
    typical_layers,
)
from agent.errors import InputError
from knowledge.schema import Hardware, Model


def setup(
    model: Model, hardware: Hardware, precision: str, engine: str = "llama.cpp", devices: int = 1
) -> Setup:
    return Setup(model, hardware, parse_precision(precision), engine, devices)


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
    step = decode_step_s(setup(model, hardware, precision), context_tokens=512)
    assert step is not None
    assert 1 / step == pytest.approx(measured, rel=0.15)


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
    seconds = prefill_s(setup(model, hardware, precision), tokens)
    assert seconds is not None
    assert tokens / seconds == pytest.approx(measured, rel=0.3)


def test_without_bandwidth_or_compute_there_is_no_speed() -> None:
    blind = setup(LLAMA_8B, UNMEASURED, "q4_k_m")
    assert decode_step_s(blind, context_tokens=512) is None
    assert prefill_s(blind, 512) is None
    assert throughput_tok_s(blind, concurrency=1, input_tokens=512, output_tokens=128) is None


def test_tensor_parallel_divides_the_bytes_and_layer_split_does_not() -> None:
    def speed(engine: str, devices: int) -> float:
        step = decode_step_s(setup(LLAMA_70B, H100, "fp16", engine, devices), context_tokens=512)
        assert step is not None
        return 1 / step

    assert 2.0 < speed("vllm", 4) / speed("vllm", 1) < 4.0
    assert speed("llama.cpp", 4) < speed("llama.cpp", 1)


def test_batches_gain_until_the_cache_or_compute_binds() -> None:
    def rate(streams: int) -> float:
        found = throughput_tok_s(
            setup(LLAMA_8B, H100, "fp16", "vllm"),
            concurrency=streams,
            input_tokens=512,
            output_tokens=128,
        )
        assert found is not None
        return found

    rates = [rate(streams) for streams in (1, 8, 64, 512)]
    assert rates == sorted(rates)
    assert rates[1] / rates[0] > 4
    assert rates[3] / rates[2] < 8


def test_a_mixture_reads_its_active_weights_for_one_stream() -> None:
    step = decode_step_s(setup(DEEPSEEK_V3, H100, "fp8", "vllm", 8), context_tokens=512)
    assert step is not None
    assert 1 / step < 8 * decode_ceiling(37, 8, 3350)
    assert 1 / step > 30


def test_prefill_grows_faster_than_the_prompt() -> None:
    work = setup(LLAMA_8B, RTX_4090, "q4_k_m")
    short, long = prefill_s(work, 1024), prefill_s(work, 32768)
    assert short is not None
    assert long is not None
    assert long > 40 * short


def test_offloaded_weights_slow_decoding_to_system_memory() -> None:
    whole = setup(LLAMA_70B, RTX_4090, "q4_k_m")
    split = Setup(LLAMA_70B, RTX_4090, parse_precision("q4_k_m"), "llama.cpp", 1, 0.5)
    fast, slow = (decode_step_s(item, context_tokens=512) for item in (whole, split))
    assert fast is not None
    assert slow is not None
    assert slow > 5 * fast


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


def test_an_unmeasured_pair_has_a_wider_error() -> None:
    known = decode_fit(A100, "vllm", moe=False)
    unknown = decode_fit(UNMEASURED, "vllm", moe=False)
    assert known.measured
    assert not unknown.measured
    assert unknown.error > known.error


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
