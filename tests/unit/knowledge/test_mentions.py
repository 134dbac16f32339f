from __future__ import annotations

import pytest

from knowledge.catalogue import Catalogue

H100 = "hardware/nvidia-h100-sxm"
A100 = "hardware/nvidia-a100-80gb-sxm"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Does DeepSeek V3 run on one 8xH100 node?", {"models/deepseek-v3": 1, H100: 8}),
        ("How many users on one H100?", {H100: 1}),
        ("8 x H100", {H100: 8}),
        ("8 \N{MULTIPLICATION SIGN} H100", {H100: 8}),
        ("4 H100s", {H100: 4}),
        ("H100 x8", {H100: 8}),
        ("h100x4", {H100: 4}),
        ("H100s (x2)", {H100: 2}),
        ("an 8-GPU H100 server", {H100: 8}),
        ("DGX H100", {H100: 8}),
        ("2 DGX H100", {H100: 16}),
        ("our HGX H100 box", {H100: 8}),
        ("two 8xH100 nodes", {H100: 16}),
        ("4 nodes of 8 H100s", {H100: 32}),
        ("10,000 H100s", {H100: 10_000}),
        ("2026 H100 prices", {H100: 1}),
        ("4x 80GB A100", {A100: 4}),
        ("we own two 4090s", {"hardware/nvidia-rtx-4090": 2}),
        ("a pair of 3090s", {"hardware/nvidia-rtx-3090": 2}),
        ("eight used RTX 3090", {"hardware/nvidia-rtx-3090": 8}),
        ("dual A6000", {"hardware/nvidia-rtx-a6000": 2}),
        ("DGX Spark", {"hardware/nvidia-dgx-spark-gb10": 1}),
        ("is chronos good enough on one A10?", {"models/chronos-2": 1, "hardware/nvidia-a10": 1}),
        (
            "H200 or MI300X for a 70B model?",
            {"hardware/nvidia-h200-sxm": 1, "hardware/amd-mi300x": 1},
        ),
        ("Unsloth or Axolotl?", {"toolkits/unsloth": 1, "toolkits/axolotl": 1}),
        ("llama 3.1 8B", {"models/llama-3.1-8b": 1}),
        ("the 8B Llama 3.1", {"models/llama-3.1-8b": 1}),
        ("qwen 3 14b", {"models/qwen3-14b": 1}),
        ("ollama run qwen3:8b", {"toolkits/ollama": 1, "models/qwen3-8b": 1}),
        ("gpt4o-mini", {"models/gpt-4o-mini": 1}),
        ("GPT-5 mini and GPT-5", {"models/gpt-5-mini": 1, "models/gpt-5": 1}),
        ("meta-llama/Llama-3.3-70B-Instruct", {"models/llama-3.3-70b": 1}),
        ("Phi-4 14B", {"models/phi-4": 1}),
        ("NVIDIA's H100 and AMD's MI355X", {H100: 1, "hardware/amd-mi355x": 1}),
        ("使用H100运行Llama 3.1 8B", {H100: 1, "models/llama-3.1-8b": 1}),
        ("what does the LoRA Land study say", {"studies/lora-land-2024": 1}),
        ("Command A+", {"models/command-a-plus": 1}),
        ("vLLM 0.33 with 4-bit Qwen3-8B", {"toolkits/vllm": 1, "models/qwen3-8b": 1}),
        ("is a 4090 enough?", {"hardware/nvidia-rtx-4090": 1}),
        ("4090 vs 5090", {"hardware/nvidia-rtx-4090": 1, "hardware/nvidia-rtx-5090": 1}),
        ("Triton or vLLM?", {"toolkits/triton": 1, "toolkits/vllm": 1}),
        ("haystack or langchain", {"toolkits/haystack": 1, "toolkits/langchain": 1}),
        ("we use Chroma today", {"toolkits/chroma": 1}),
        ("is haiku enough", {"models/claude-haiku-5-5": 1}),
        ("Chroma?", {"toolkits/chroma": 1}),
        ("auf zwei RTX 3090", {"hardware/nvidia-rtx-3090": 2}),
        ("auf zwei gebrauchten 3090ern möglich?", {"hardware/nvidia-rtx-3090": 2}),
        ("mit vier H100", {H100: 4}),
        ("deux RTX 4090 pour le service", {"hardware/nvidia-rtx-4090": 2}),
        ("sur trois cartes A100", {A100: 3}),
        ("¿cabe en una 4090 con 32k?", {"hardware/nvidia-rtx-4090": 1}),
        ("con cuatro RTX 4090", {"hardware/nvidia-rtx-4090": 4}),
        ("wie teuer ist eine 5090", {"hardware/nvidia-rtx-5090": 1}),
        ("läuft es auf drei 3060?", {"hardware/nvidia-rtx-3060-12gb": 3}),
        ("two 4060 ti", {"hardware/nvidia-rtx-4060-ti-16gb": 2}),
        ("macbook pro m3 max 36gb", {"hardware/apple-m3-max": 1}),
        ("a MacBook Pro with the M1 Max chip", {"hardware/apple-m1-max": 1}),
        ("M2 Ultra Mac Studio, 192gb", {"hardware/apple-m2-ultra": 1}),
        ("two mac minis with m4 pro and 48gb", {"hardware/apple-m4-pro": 2}),
        ("a Mac Studio", {"hardware/apple-m3-ultra": 1}),
        (
            "mac mini or an m4 max",
            {"hardware/apple-m4": 1, "hardware/apple-m4-max": 1},
        ),
        ("llama 8b on 2 4090, fast", {"models/llama-3.1-8b": 1, "hardware/nvidia-rtx-4090": 2}),
        ("a 5090 and 512 GB of RAM", {"hardware/nvidia-rtx-5090": 1}),
        ("llama-server flags", {"toolkits/llama-cpp": 1}),
        ("can I tune with MLX", {"toolkits/mlx-lm": 1}),
        ("deepseek v3.1", {"models/deepseek-v3-0324": 1}),
    ],
)
def test_products_are_found_with_their_count(
    catalogue: Catalogue, text: str, expected: dict[str, int]
) -> None:
    assert {item.doc_id: item.count for item in catalogue.mentions(text)} == expected


@pytest.mark.parametrize(
    "text",
    [
        "a 70B model",
        "our own 8B",
        "we get 4090 tickets a day and 3070 requests",
        "it costs $4080 or 4080 USD",
        "the sol of the earth, a nova, a command and a flash",
        "Inspect the logs. Evidently, it works.",
        "jobs on Apache Spark",
        "write a haiku about autumn",
        "Claude 3 Opus",
        "Gemini 1.5 Flash",
        "GPT-4 Turbo",
        "Llama 9",
        "Llama 3.3 8B",
        "RTX 5080 Super",
        "wir haben 4090 Tickets am Tag",
        "we sold 4090 and 3070 units",
        "jetson orin nano super",
        "MacBook Pro with an M2 Pro chip",
        "GPT-5 pro",
        "TRL 9",
        "one card of 24 GB",
        "",
    ],
)
def test_other_versions_and_ordinary_words_are_no_mention(catalogue: Catalogue, text: str) -> None:
    assert catalogue.mentions(text) == ()


def test_a_mention_says_where_it_stands_and_in_which_words(catalogue: Catalogue) -> None:
    text = "Would two RTX 4090s do?"

    (mention,) = catalogue.mentions(text)

    assert text[mention.start : mention.end] == mention.words == "RTX 4090s"
    assert (mention.kind, mention.exact) == ("hardware", True)


def test_the_longest_name_wins(catalogue: Catalogue) -> None:
    (mention,) = catalogue.mentions("MacBook Pro M4 Max")

    assert mention.words == "MacBook Pro M4 Max"


def test_a_long_text_is_read_quickly(catalogue: Catalogue) -> None:
    text = "We compare the H100 with Llama 3.1 8B on vLLM for 4,000 tickets a day. " * 400

    assert len(catalogue.mentions(text)) == 1200


@pytest.mark.parametrize("text", ["on a 24gb 4090", "a 24 GB 4090", "my 24gb 3090"])
def test_a_bare_number_after_a_memory_size_is_a_card(catalogue: Catalogue, text: str) -> None:
    assert [m.kind for m in catalogue.mentions(text)] == ["hardware"]
