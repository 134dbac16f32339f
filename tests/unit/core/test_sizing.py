from __future__ import annotations

import pytest
from sizing_documents import (
    A100,
    CLOSED,
    DEEPSEEK_V3,
    GPT_OSS_20B,
    H100,
    HYBRID,
    LLAMA_8B,
    LLAMA_70B,
    LLAMA_405B,
    RTX_4070_TI,
    RTX_4090,
    RTX_5000_ADA,
    RTX_A6000,
    UNLAID,
    UNMEASURED,
)

from agent.core.precision import (
    native_precision,
    parse_precision,
    require_supported,
    stored_by,
)
from agent.core.shape import shape_of
from agent.core.sizing import Memory, kv_bytes_per_token, kv_cache_gb, size, weights_gb
from agent.errors import InputError
from knowledge.schema import Hardware, Model, SlidingWindow


def sized(model: Model, hardware: Hardware, precision: str, devices: int = 1) -> Memory:
    return size(
        model,
        hardware,
        precision=parse_precision(precision),
        engine="llama.cpp",
        devices=devices,
        context_tokens=1024,
        concurrency=1,
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("FP-16", "fp16"),
        ("half", "fp16"),
        ("16 bit", "fp16"),
        ("16", "fp16"),
        ("bfloat16", "bf16"),
        ("Q4", "q4_k_m"),
        ("Q4_K_M", "q4_k_m"),
        ("4 bit", "awq"),
        ("4-bit", "awq"),
        ("int4", "int4"),
        ("w4a16", "int4"),
        ("8 bit", "int8"),
        ("FP8", "fp8"),
        ("4.25 bpw", "4.25bpw"),
        ("AWQ 4-bit", "awq"),
        ("4bit gptq", "gptq"),
        ("unquantized", "fp16"),
        ("MLX 6-bit", "mlx-6bit"),
        ("exl2 5.0", "5.0bpw"),
        ("EXL3 3.5bpw", "3.5bpw"),
        ("1.58 bit", "1.58bpw"),
        ("UD-Q2_K_XL", "q2_k_xl"),
        ("UD-IQ1_S", "ud-iq1_s"),
        ("BitNet", "tq1_0"),
    ],
)
def test_free_spellings_name_a_precision(text: str, name: str) -> None:
    assert parse_precision(text).name == name


def test_bare_bits_follow_engine_and_device() -> None:
    assert parse_precision("4bit", engine="llama.cpp").name == "q4_k_m"
    assert parse_precision("8 bit", engine="llama.cpp").name == "q8_0"
    assert parse_precision("8bit", engine="vllm", hardware=H100).name == "fp8"
    assert parse_precision("8bit", engine="vllm", hardware=A100).name == "int8"


@pytest.mark.parametrize("text", ["", "banana", "q99", "0 bpw", "-4"])
def test_an_unknown_precision_is_refused_with_the_nearest_names(text: str) -> None:
    with pytest.raises(InputError, match=r"nearest names are (\w[\w.-]*, ){4}\w[\w.-]*;"):
        parse_precision(text)


def test_fp8_on_a_device_without_it_is_refused() -> None:
    with pytest.raises(InputError, match="int8"):
        require_supported(parse_precision("fp8"), A100)
    require_supported(parse_precision("q4_k_m"), A100)
    require_supported(parse_precision("fp8"), UNMEASURED)


def test_makers_precision_is_known() -> None:
    assert native_precision(DEEPSEEK_V3).name == "fp8"
    assert native_precision(GPT_OSS_20B).name == "mxfp4"
    assert native_precision(LLAMA_8B).name == "bf16"


@pytest.mark.parametrize(
    ("model", "precision", "gb"),
    [
        (LLAMA_70B, "fp16", 141),
        (LLAMA_70B, "8 bit", 71),
        (LLAMA_70B, "q4_k_m", 43),
        (LLAMA_8B, "q4_k_m", 4.92),
        (LLAMA_8B, "awq", 5.73),
        (LLAMA_70B, "awq", 39.8),
        (DEEPSEEK_V3, "q4_k_m", 407),
        (GPT_OSS_20B, "mxfp4", 13.8),
    ],
)
def test_weights_match_published_files(model: Model, precision: str, gb: float) -> None:
    assert weights_gb(model, parse_precision(precision)) == pytest.approx(gb, rel=0.03)


def test_llama_cpp_stores_the_rest_of_mxfp4_in_8_bit() -> None:
    stored = stored_by(parse_precision("mxfp4"), "llama.cpp")
    assert weights_gb(GPT_OSS_20B, stored) == pytest.approx(12.1, rel=0.02)


def test_cache_per_token_of_latent_and_grouped_attention() -> None:
    assert DEEPSEEK_V3.architecture is not None
    assert LLAMA_405B.architecture is not None
    assert kv_bytes_per_token(DEEPSEEK_V3.architecture) == pytest.approx(70_272)
    assert kv_bytes_per_token(LLAMA_405B.architecture) == pytest.approx(516_096)


def test_windowed_layers_stop_growing() -> None:
    architecture = GPT_OSS_20B.architecture
    assert architecture is not None
    growing = 2 * 12 * 8 * 64 * 2 * 10_000 / 1e9
    assert kv_cache_gb(architecture, 20_000) - kv_cache_gb(architecture, 10_000) == pytest.approx(
        growing
    )


def test_windowed_layers_may_have_heads_of_their_own() -> None:
    assert GPT_OSS_20B.architecture is not None
    window = SlidingWindow(window=1024, local_layers=20, kv_heads=16, head_dim=256)
    architecture = GPT_OSS_20B.architecture.model_copy(update={"sliding_window": window})
    near, far = 20 * 2 * 16 * 256 * 2, 4 * 2 * 8 * 64 * 2
    assert kv_bytes_per_token(architecture) == near + far
    assert kv_cache_gb(architecture, 4096) == pytest.approx((near * 1024 + far * 4096) / 1e9)


def test_hybrids_count_full_attention_layers_only() -> None:
    assert HYBRID.architecture is not None
    assert kv_bytes_per_token(HYBRID.architecture) == 2 * 16 * 4 * 256 * 2


def test_a_batch_touches_more_experts_but_never_all_twice() -> None:
    shape, precision = shape_of(DEEPSEEK_V3), parse_precision("fp8")
    one, many = (shape.read_gb(precision, sequences=count) for count in (1, 100_000))
    assert one == pytest.approx(37, rel=0.05)
    assert many == pytest.approx(shape.weight_gb(precision), rel=0.01)


@pytest.mark.parametrize(
    ("model", "hardware", "precision", "devices", "fits"),
    [
        (LLAMA_8B, RTX_4070_TI, "fp16", 1, False),
        (LLAMA_70B, RTX_4070_TI, "q4_k_m", 1, False),
        (LLAMA_70B, RTX_A6000, "q4_k_m", 1, True),
        (LLAMA_70B, RTX_5000_ADA, "fp16", 4, False),
        (LLAMA_70B, RTX_A6000, "fp16", 2, False),
        (LLAMA_70B, RTX_A6000, "fp16", 3, True),
        (LLAMA_8B, RTX_4090, "fp16", 1, True),
        (DEEPSEEK_V3, H100, "q4_k_m", 4, False),
    ],
)
def test_fit_edges_agree_with_measurements(
    model: Model, hardware: Hardware, precision: str, devices: int, fits: bool
) -> None:
    assert sized(model, hardware, precision, devices).fits is fits


def test_max_context_is_the_longest_that_fits() -> None:
    memory = sized(LLAMA_70B, RTX_A6000, "q4_k_m")
    longest = memory.max_context_tokens
    assert longest is not None
    for tokens, fits in ((longest, True), (longest + 50, False)):
        again = size(
            LLAMA_70B,
            RTX_A6000,
            precision=parse_precision("q4_k_m"),
            engine="llama.cpp",
            devices=1,
            context_tokens=tokens,
            concurrency=1,
        )
        assert again.fits is fits


def test_without_layout_weights_are_known_and_cache_is_not() -> None:
    small, tight = sized(UNLAID, H100, "q4_k_m"), sized(UNLAID, RTX_4090, "q4_k_m")
    assert small.weights_gb == pytest.approx(32 * 4.89 / 8)
    assert small.kv_cache_gb is None
    assert small.max_concurrency is None
    assert small.fits is True
    assert tight.fits is None


def test_a_model_of_unknown_size_can_not_be_sized() -> None:
    with pytest.raises(InputError, match="closed"):
        shape_of(CLOSED)
