"""Deployment answers: the server that runs there, in a file that was asked for, or an API client."""

from __future__ import annotations

import ast

import pytest
from answering import MakeTurn, answered

from agent.answer import Answer
from agent.profile import Profile

RTX_4090 = (("hardware/nvidia-rtx-4090", 1),)
L40S = (("hardware/nvidia-l40s", 1),)
QWEN_8B = ("models/qwen3-8b",)
GPT_41 = ("models/gpt-4.1",)


def names(answer: Answer) -> list[str]:
    return [file.name for file in answer.attachments]


@pytest.mark.parametrize(
    ("message", "shown"),
    [("vllm command for Qwen3 8B", "vllm serve"), ("docker compose for Qwen3 8B", "services:")],
)
def test_the_kind_of_file_asked_for_is_shown_and_the_others_attached(
    turn_for: MakeTurn, message: str, shown: str
) -> None:
    answer = answered(
        turn_for, message, intent="deploy", models=QWEN_8B, hardware=L40S, engine="vllm"
    )

    assert f"\n{shown}" in answer.text
    assert names(answer) == [
        "serve_qwen3-8b_vllm.sh",
        "compose.yaml",
        "check_qwen3-8b_vllm.sh",
        "client.py",
    ]
    assert "/v1/chat/completions" in answer.text
    assert "vllm bench serve" in answer.text


def test_every_code_block_is_a_file_so_that_the_page_draws_it_as_one(turn_for: MakeTurn) -> None:
    for model in ("qwen3-8b", "bge-m3", "gpt-4.1"):
        answer = answered(
            turn_for, "deploy it", intent="deploy", models=(f"models/{model}",), hardware=L40S
        )
        coded = [s for s in answer.sections if any("```" in c.text for c in s.claims)]

        assert coded
        assert {section.title for section in coded} <= set(names(answer))


def test_code_fences_end_on_lines_of_their_own(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "serve it", intent="deploy", models=QWEN_8B, hardware=L40S)

    fences = [line for line in answer.text.splitlines() if "```" in line]
    assert len(fences) % 2 == 0
    assert all(fence == "```" for fence in fences[1::2])


@pytest.mark.parametrize(
    ("engine", "device", "reason", "instead"),
    [
        ("vllm", "apple-m3-max", "vLLM itself does not run on M3 Max", "llama-server"),
        ("mlx", "nvidia-rtx-4090", "MLX-LM does not run on RTX 4090", "llama-server"),
        (
            "tensorrt-llm",
            "amd-mi300x",
            "TensorRT-LLM does not run on Instinct MI300X",
            "vllm serve",
        ),
        ("vllm", "nvidia-v100-sxm2-32gb", "vLLM does not run on Tesla V100", "llama-server"),
    ],
)
def test_a_server_that_does_not_run_there_gives_way_to_one_that_does(
    turn_for: MakeTurn, engine: str, device: str, reason: str, instead: str
) -> None:
    answer = answered(
        turn_for,
        f"{engine} command for Qwen3 8B",
        intent="deploy",
        models=QWEN_8B,
        hardware=((f"hardware/{device}", 1),),
        engine=engine,
    )

    assert answer.headline.startswith(reason)
    assert instead in answer.attachments[0].content
    assert "Valid: " in answer.text


def test_a_file_format_goes_to_a_server_that_loads_it(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "sglang command for Qwen3 8B Q4_K_M",
        intent="deploy",
        models=QWEN_8B,
        hardware=RTX_4090,
        engine="sglang",
        precision="q4_k_m",
    )

    assert answer.headline.startswith("SGLang does not load Q4_K_M weights: llama.cpp")
    assert "Qwen/Qwen3-8B-GGUF:Q4_K_M" in answer.attachments[0].content


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("a Modelfile for Qwen3 8B", "serve_qwen3-8b_ollama.sh"),
        ("serve Qwen3 8B as GGUF with vllm", "serve_qwen3-8b_llamacpp.sh"),
    ],
)
def test_a_file_that_one_server_reads_brings_that_server(
    turn_for: MakeTurn, message: str, name: str
) -> None:
    answer = answered(turn_for, message, intent="deploy", models=QWEN_8B, hardware=L40S)

    assert names(answer)[0] == name


def test_there_is_no_container_where_none_reaches_the_device(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "docker compose for Qwen3 8B on my M3 Max",
        intent="deploy",
        models=QWEN_8B,
        hardware=(("hardware/apple-m3-max", 1),),
    )

    assert "outside containers only" in answer.text
    assert "compose.yaml" not in names(answer)


@pytest.mark.parametrize(
    ("message", "flag"),
    [
        ("serve our LoRA of Qwen3 8B", "--enable-lora"),
        ("Qwen3 8B with speculative decoding", "--speculative-config"),
        ("Qwen3 8B mit spekulativem Dekodieren", "--speculative-config"),
        ("Qwen3 8B avec décodage spéculatif", "--speculative-config"),
    ],
)
def test_what_is_asked_besides_is_in_the_flags(turn_for: MakeTurn, message: str, flag: str) -> None:
    asked = {"intent": "deploy", "models": QWEN_8B, "hardware": L40S, "engine": "vllm"}

    assert flag in answered(turn_for, message, **asked).attachments[0].content
    assert flag not in answered(turn_for, "serve it", **asked).attachments[0].content


@pytest.mark.parametrize(
    ("message", "weights"),
    [
        ("Qwen3 8B on an A100 with fp8 kv cache", "Qwen/Qwen3-8B "),
        ("Qwen3 8B AWQ, kv cache in fp8", "Qwen/Qwen3-8B-AWQ "),
    ],
)
def test_the_format_of_the_cache_is_not_that_of_the_weights(
    turn_for: MakeTurn, message: str, weights: str
) -> None:
    answer = answered(
        turn_for,
        message,
        intent="deploy",
        models=QWEN_8B,
        hardware=(("hardware/nvidia-a100-80gb-sxm", 1),),
        engine="vllm",
        precision="awq" if "AWQ" in message else "fp8",
    )

    assert f"vllm serve {weights}" in answer.attachments[0].content
    assert "--kv-cache-dtype fp8" in answer.attachments[0].content
    assert "takes half of what is counted here" in answer.text


@pytest.mark.parametrize(
    ("model", "request_to"),
    [
        ("modernbert-base", "/classify"),
        ("bge-m3", "/v1/embeddings"),
        ("whisper-large-v3", "/v1/audio/transcriptions"),
        ("chronos-2", None),
        ("deberta-v3-base", None),
    ],
)
def test_a_model_that_does_not_chat_gets_no_chat_server(
    turn_for: MakeTurn, model: str, request_to: str | None
) -> None:
    answer = answered(
        turn_for, "deploy it", intent="deploy", models=(f"models/{model}",), hardware=L40S
    )

    assert "chat/completions" not in answer.text
    assert bool(answer.attachments) is (request_to is not None)
    assert (answer.outcome == "yes") is (request_to is not None)
    assert request_to is None or request_to in answer.text


@pytest.mark.parametrize(
    ("message", "patch", "budget", "period"),
    [
        ("GPT-4.1 API, client code with a cap of $50", Profile(), 50, ""),
        ("GPT-4.1 API client, at most 5 dollars a day", Profile(), 5, "%Y-%m-%d"),
        ("GPT-4.1 API client, 20 USD pro Monat", Profile(), 20, "%Y-%m"),
        ("GPT-4.1 API client with a daily cap of $4", Profile(), 4, "%Y-%m-%d"),
        ("GPT-4.1 API client, monthly limit of $200", Profile(), 200, "%Y-%m"),
        ("GPT-4.1 API client", Profile(budget_usd_per_month=70), 70, "%Y-%m"),
        ("GPT-4.1 API client", Profile(), 10, ""),
    ],
)
def test_an_api_gets_a_client_that_stops_at_the_budget(
    turn_for: MakeTurn, message: str, patch: Profile, budget: float, period: str
) -> None:
    answer = answered(turn_for, message, intent="deploy", models=GPT_41, patch=patch)
    tree = ast.parse(answer.attachments[0].content)
    set_to = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }

    assert set_to["BUDGET_USD"] == budget
    assert set_to["PERIOD"] == period
    assert set_to["MODEL"] == "gpt-4.1"
    assert "$2.00 a million tokens in" in answer.text
    assert "14 Jan 2027" in answer.text
    assert ("Assumed" in answer.text) is (budget == 10)


def test_open_weights_go_by_api_only_where_it_is_asked_for(turn_for: MakeTurn) -> None:
    asked = {"intent": "deploy", "models": ("models/deepseek-v4-pro",)}
    client = answered(turn_for, "DeepSeek V4 Pro API client code", **asked)
    server = answered(turn_for, "an OpenAI compatible API of DeepSeek V4 Pro", **asked)

    assert names(client) == ["ask_deepseek_v4_pro.py"]
    assert "ask_deepseek_v4_pro.py" not in names(server)


def test_a_maker_that_the_sdk_can_not_ask_is_said_so(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for, "API client code for Nova Pro", intent="deploy", models=("models/nova-pro",)
    )

    assert "No client of its API is made here" in answer.text
    assert answer.attachments == ()
