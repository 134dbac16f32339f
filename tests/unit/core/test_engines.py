"""Engine names as benchmarks write them: family, version and what the build runs on."""

import pytest

from agent.core.engines import engine_families, parse_engine
from agent.errors import InputError


@pytest.mark.parametrize(
    ("text", "family", "version", "backend"),
    [
        ("TensorRT-LLM 1.0", "tensorrt-llm", "1.0", None),
        ("TensorRT-LLM W8A8", "tensorrt-llm", None, None),
        ("TRT-LLM v0.17.0.post1", "tensorrt-llm", "0.17.0.post1", None),
        ("llama.cpp rocm6_4_4-hblt0", "llama.cpp", None, "rocm"),
        ("llama.cpp (best of HIP/Vulkan for prefill)", "llama.cpp", None, None),
        ("llama.cpp 7c082bc41", "llama.cpp", "7c082bc41", None),
        ("llama.cpp (b4567, CUDA)", "llama.cpp", "b4567", "cuda"),
        ("llama.cpp 4bit", "llama.cpp", None, None),
        ("gguf file", "llama.cpp", None, None),
        ("vllm-0.6.3", "vllm", "0.6.3", None),
        ("vLLM 0.6.4 ROCm", "vllm", "0.6.4", "rocm"),
        ("MLX-LM 0.28.2", "mlx", "0.28.2", "metal"),
        ("exllamav3 1.0.0+cu128.torch2.8.0", "exllama", "1.0.0", "cuda"),
        ("LMDeploy TurboMind 0.2.0", "lmdeploy", "0.2.0", None),
        ("MLPerf v5.1 HPE: TensorRT 10.11.0.33, CUDA 12.9", "tensorrt-llm", "10.11.0.33", "cuda"),
        ("MLPerf v5.1 AMD: vLLM 0.9.0.2.dev108+g71.rocm641", "vllm", "0.9.0.2.dev108", "rocm"),
        ("MLPerf v4.1 AMD", "vllm", None, None),
        ("Hugging Face TGI", "tgi", None, None),
    ],
)
def test_an_engine_is_read_with_its_version_and_backend(
    text: str, family: str, version: str | None, backend: str | None
) -> None:
    found = parse_engine(text)
    assert (found.family, found.version, found.backend) == (family, version, backend)
    assert family in engine_families()


def test_a_version_is_that_of_the_product_named() -> None:
    found = parse_engine("Ollama 0.5.4")
    assert (found.family, found.product, found.version) == ("llama.cpp", "Ollama", "0.5.4")


@pytest.mark.parametrize(
    ("text", "trains"), [("torchtune", True), ("LLM.Q", True), ("vLLM", False)]
)
def test_what_only_trains_is_told_apart(text: str, trains: bool) -> None:
    assert parse_engine(text).trains is trains


@pytest.mark.parametrize("text", ["steam", "", "nano-vllm", "transformers.js", "MLPerf v6.0 Acme"])
def test_an_unknown_engine_is_named_with_the_families(text: str) -> None:
    with pytest.raises(InputError, match=r"No engine called .*llama\.cpp, vllm"):
        parse_engine(text)
