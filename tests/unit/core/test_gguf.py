"""Sizes of published files, from 0.5B to 123B parameters and from 1 to 16 bit."""

from __future__ import annotations

import pytest

from agent.core.precision import parse_precision, stored_by
from agent.core.resolving import model_of
from agent.core.shape import shape_of
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, load_folder

MIB, GIB = 2**20 / 1e9, 2**30 / 1e9


@pytest.fixture(scope="module")
def corpus() -> Catalogue:
    return Catalogue(load_folder(CORPUS))


@pytest.mark.parametrize(
    ("model", "precision", "gb"),
    [
        # Rows of no multiple of 256: huggingface.co/ThomasBaruzier/Qwen2.5-0.5B-Instruct-GGUF.
        ("Qwen2.5-0.5B", "IQ1_S", 302 * MIB),
        ("Qwen2.5-0.5B", "IQ2_XS", 310 * MIB),
        ("Qwen2.5-0.5B", "Q2_K_S", 316 * MIB),
        ("Qwen2.5-0.5B", "IQ3_XXS", 319 * MIB),
        ("Qwen2.5-0.5B", "Q3_K_M", 339 * MIB),
        ("Qwen2.5-0.5B", "IQ4_XS", 334 * MIB),
        ("Qwen2.5-0.5B", "Q4_K_M", 380 * MIB),
        ("Qwen2.5-0.5B", "Q5_1", 400 * MIB),
        ("Qwen2.5-0.5B", "Q6_K", 483 * MIB),
        ("Qwen2.5-0.5B", "Q8_0", 507 * MIB),
        # tools/quantize/README.md of llama.cpp.
        ("Llama-3.1-8B", "iq1_m", 2.01 * GIB),
        ("Llama-3.1-8B", "iq2_m", 2.74 * GIB),
        ("Llama-3.1-8B", "iq3_xs", 3.27 * GIB),
        ("Llama-3.1-8B", "q2_k", 2.95 * GIB),
        ("Llama-3.1-8B", "q3_k_l", 4.02 * GIB),
        ("Llama-3.1-8B", "q4_k_s", 4.36 * GIB),
        ("Llama-3.1-8B", "q5_k_m", 5.33 * GIB),
        # Files of bartowski/gemma-2-27b-it-GGUF, one matrix for embedding and head.
        ("Gemma-2-27B", "Q3_K_S", 12.2),
        ("Gemma-2-27B", "Q3_K_L", 14.5),
        ("Gemma-2-27B", "Q4_K_S", 15.7),
        # kyuz0/amd-strix-halo-toolboxes: large, sparse, and without the eyes.
        ("Devstral-2-123B", "q3_k_s", 50.63 * GIB),
        ("Qwen3-Coder-30B-A3B", "q4_k_m", 17.35 * GIB),
        ("Gemma-3-27B", "bf16", 50.31 * GIB),
        ("gpt-oss-120b", "mxfp4", 59.02 * GIB),
    ],
)
def test_a_gguf_file_is_sized_within_one_percent(
    corpus: Catalogue, model: str, precision: str, gb: float
) -> None:
    stored = stored_by(parse_precision(precision, engine="llama.cpp"), "llama.cpp")
    assert shape_of(model_of(model, corpus)).weight_gb(stored) == pytest.approx(gb, rel=0.01)


def test_eyes_count_where_the_engine_loads_them(corpus: Catalogue) -> None:
    shape = shape_of(model_of("Gemma-3-27B", corpus))
    assert shape.weight_gb(parse_precision("bf16")) == pytest.approx(27.43 * 2)


@pytest.mark.parametrize(
    ("text", "bits", "head", "cache"),
    [
        ("exl3-4.0bpw-mul1", 4.0, 6, None),
        ("gptq_int8", 8.1875, None, None),
        ("nf4-dq", 4.127, None, None),
        ("nf4", 4.5, None, None),
        ("W4A8KV4", 4.156, None, 4),
        ("fp8_e4m3", 8, None, None),
        ("w4a16_g128", 4.156, None, None),
    ],
)
def test_formats_say_what_they_keep_wider(
    text: str, bits: float, head: float | None, cache: float | None
) -> None:
    found = parse_precision(text)
    assert (found.bits, found.head_bits, found.kv_bits) == (bits, head, cache)
    assert found.wide_bits == 16


def test_double_quantization_saves_what_was_measured(corpus: Catalogue) -> None:
    """LitGPT measured 8.32 and 7.72 GB for Llama 2 13B, whatever else it held."""
    shape = shape_of(model_of("Llama-2-13B", corpus))
    saved = shape.weight_gb(parse_precision("nf4")) - shape.weight_gb(parse_precision("nf4-dq"))
    assert saved == pytest.approx(8.32 - 7.72, rel=0.03)
