"""Serve plans: flags that the servers have, figures that add up, files that parse and run."""

from __future__ import annotations

import ast
import itertools
import shlex
import subprocess
from typing import Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from agent.core.efficiency import usable
from agent.core.estimate import Estimate, estimate
from agent.core.resolving import hardware_of, model_of
from agent.core.serve_files import (
    compose_file,
    first_request,
    load_command,
    serve_files,
    serve_script,
)
from agent.core.serve_plan import Extras, ServePlan, serve_plan
from agent.core.server_flags import programs
from agent.core.servers import servers, servers_on
from agent.core.spread import tensor_parallel_size
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, load_folder
from knowledge.schema import Hardware, Model

SHIPPED = Catalogue(load_folder(CORPUS))
MODELS = (
    "qwen3-8b",
    "qwen3-32b",
    "qwen2.5-7b",
    "qwen3-235b-a22b",
    "llama-3.3-70b",
    "gpt-oss-120b",
    "deepseek-v3",
    "qwen3.5-27b",
)
DEVICES = (
    "nvidia-rtx-4090",
    "nvidia-h100-sxm",
    "nvidia-h200-sxm",
    "nvidia-t4",
    "amd-mi300x",
    "amd-rx-7900-xtx",
    "apple-m4-max",
    "nvidia-dgx-spark",
    "intel-arc-b580",
)
COUNTS = (1, 3, 8, 16)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Reservation(Strict):
    driver: Literal["nvidia"]
    count: int
    capabilities: list[Literal["gpu"]]


class Check(Strict):
    test: list[str]
    interval: str
    timeout: str
    retries: int
    start_period: str


class Service(Strict):
    """What our compose files use of the compose specification."""

    image: str
    restart: Literal["unless-stopped", "no"]
    ports: list[str] = []
    volumes: list[str] = []
    deploy: dict[
        Literal["resources"],
        dict[Literal["reservations"], dict[Literal["devices"], list[Reservation]]],
    ] = {}
    devices: list[str] = []
    group_add: list[str] = []
    security_opt: list[str] = []
    ipc: Literal["host"] | None = None
    network_mode: Literal["host"] | None = None
    command: list[str] = []
    entrypoint: list[str] = []
    environment: dict[str, str]
    healthcheck: Check | None = None
    depends_on: dict[str, dict[Literal["condition"], Literal["service_healthy"]]] = {}
    configs: list[dict[Literal["source", "target"], str]] = []


class Compose(Strict):
    services: dict[str, Service]
    volumes: dict[Literal["weights"], dict[str, str]]
    configs: dict[Literal["modelfile"], dict[Literal["content"], str]] = {}


def found(name: str, device: str) -> tuple[Model, Hardware]:
    return model_of(f"models/{name}", SHIPPED), hardware_of(f"hardware/{device}", SHIPPED)


def sized(model: Model, hardware: Hardware, devices: int, precision: str, server: str) -> Estimate:
    engine = "llama.cpp" if server == "ollama" else server
    return estimate(model, hardware, devices, precision, 4, 700, 300, engine, context_tokens=2048)


@pytest.fixture(scope="module")
def plans() -> list[ServePlan]:
    """Return every plan of the sweep that can be made, over all servers and precisions."""
    made = []
    for name, device, count, server in itertools.product(MODELS, DEVICES, COUNTS, servers()):
        model, hardware = found(name, device)
        gguf = server in ("llama.cpp", "ollama")
        for precision in ("q8_0", "q4_k_m") if gguf else ("bf16", "fp8", "awq", "int8"):
            try:
                one = sized(model, hardware, count, precision, server)
                made.append(serve_plan(one, model, hardware, server=server))
            except InputError:
                continue
    return made


def test_the_sweep_covers_every_server_and_stack(plans: list[ServePlan]) -> None:
    assert {plan.name for plan in plans} == set(servers())
    assert {plan.stack for plan in plans} >= {"cuda", "rocm", "radeon", "metal", "intel"}
    assert len(plans) > 300


def test_every_plan_divides_the_heads_and_fits_the_memory(plans: list[ServePlan]) -> None:
    for plan in plans:
        one, architecture = plan.sized, plan.model.architecture
        assert one.usable_gb is not None
        assert (one.total_gb.low or 0) <= one.usable_gb
        assert (one.max_concurrency or 0) >= one.concurrency
        if plan.name not in ("vllm", "sglang"):
            continue
        flags: dict[str, str] = dict(itertools.pairwise(plan.flags))
        tensor = int(flags.get("--tensor-parallel-size") or flags["--tp-size"])
        pipeline = int(flags.get("--pipeline-parallel-size") or flags.get("--pp-size", "1"))
        assert tensor * pipeline == one.devices
        assert architecture is not None
        assert architecture.heads % tensor == 0
        assert pipeline <= architecture.layers


def test_every_file_parses_and_has_flags_that_the_server_knows(plans: list[ServePlan]) -> None:
    for plan in plans:
        for file in serve_files(plan):
            if file.name.startswith("check_"):
                assert shlex.split(file.content.replace("\\\n", " "), comments=True)
            elif file.name.endswith(".sh"):
                words = shlex.split(file.content.replace("\\\n", " "), comments=True)
                assert set(plan.flags) <= set(words)
            elif file.name.endswith(".py"):
                ast.parse(file.content)
            else:
                content = Compose.model_validate(yaml.safe_load(file.content))
                assert all(service.image == plan.image for service in content.services.values())
        assert shlex.split(load_command(plan).replace("\\\n", " "))


def test_bash_reads_every_script_and_command(plans: list[ServePlan]) -> None:
    texts = [
        f"{serve_script(plan).content}\n{load_command(plan)}\n{first_request(plan)}"
        for plan in plans
    ]
    script = "\n".join(f"f{n}() {{\n{text}\n}}" for n, text in enumerate(texts))

    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_compose_files_exist_where_the_device_reaches_into_containers(
    plans: list[ServePlan],
) -> None:
    for plan in plans:
        assert (compose_file(plan) is not None) is (plan.stack != "metal")


def test_variables_of_ollama_are_its_own(plans: list[ServePlan]) -> None:
    known = programs()["ollama"].flags
    for plan in plans:
        parameters = [line.split()[1] for line in plan.modelfile if line.startswith("PARAMETER")]
        assert set(plan.env) | set(parameters) <= set(known)


@pytest.mark.parametrize(
    ("server", "device", "precision", "message"),
    [
        (
            "vllm",
            "apple-m4-max",
            "q8_0",
            "itself does not run on Apple M4 Max, but a plug-in.*Valid: llama.cpp, Ollama",
        ),
        ("tensorrt-llm", "amd-mi300x", "bf16", "Valid: vLLM, SGLang, llama.cpp, Ollama"),
        ("vllm", "intel-gaudi-3", "bf16", "but a plug-in.*Valid: none that has a recipe here"),
        ("mlx", "nvidia-rtx-4090", "bf16", "MLX-LM does not run"),
        ("sglang", "nvidia-rtx-4090", "q4_k_m", "does not load Q4_K_M.*Valid: llama.cpp, Ollama"),
        ("llama.cpp", "nvidia-h100-sxm", "awq", "does not load AWQ.*Valid: vLLM, SGLang"),
        ("vllm", "nvidia-v100-sxm2-32gb", "fp16", "Valid: llama.cpp, Ollama"),
        ("nginx", "nvidia-rtx-4090", "bf16", "no recipe for 'nginx'. Valid: vLLM"),
    ],
)
def test_a_server_that_cannot_is_refused_with_those_that_can(
    server: str, device: str, precision: str, message: str
) -> None:
    model, hardware = found("qwen3-0.6b", device)
    one = estimate(model, hardware, 1, precision)

    with pytest.raises(InputError, match=message):
        serve_plan(one, model, hardware, server=server)


def test_a_device_without_a_server_here_has_none() -> None:
    assert servers_on(hardware_of("hardware/google-tpu-v5e", SHIPPED)) == ()


@pytest.mark.parametrize(
    ("name", "devices", "tensor"),
    [("qwen3-32b", 3, 1), ("qwen3-32b", 16, 8), ("qwen2.5-7b", 8, 4), ("llama-3.3-70b", 12, 2)],
)
def test_devices_that_do_not_divide_the_heads_form_a_pipeline(
    name: str, devices: int, tensor: int
) -> None:
    assert tensor_parallel_size(model_of(f"models/{name}", SHIPPED), devices) == tensor


@pytest.mark.parametrize(
    ("server", "precision", "device", "flags"),
    [
        ("vllm", "awq", "nvidia-rtx-4090", "Qwen/Qwen3-8B-AWQ"),
        ("vllm", "fp8", "nvidia-h100-sxm", "Qwen/Qwen3-8B-FP8"),
        (
            "vllm",
            "int8",
            "nvidia-rtx-4090",
            "${MODEL:?set MODEL to an INT8 checkpoint of Qwen3-8B}",
        ),
        ("llama.cpp", "q4_k_m", "nvidia-rtx-4090", "--hf-repo Qwen/Qwen3-8B-GGUF:Q4_K_M"),
        ("llama.cpp", "q3_k_m", "nvidia-rtx-4090", "--model ${MODEL:?set MODEL to the Q3_K_M GGUF"),
    ],
)
def test_weights_are_a_known_repository_or_asked_for(
    server: str, precision: str, device: str, flags: str
) -> None:
    model, hardware = found("qwen3-8b", device)
    plan = serve_plan(sized(model, hardware, 1, precision, server), model, hardware, server=server)

    assert flags in " ".join((*plan.command, *plan.flags))


def test_a_format_made_while_loading_is_said_so() -> None:
    model, hardware = found("phi-4", "nvidia-h100-sxm")
    plan = serve_plan(sized(model, hardware, 1, "fp8", "vllm"), model, hardware)

    assert "--quantization fp8" in " ".join(plan.flags)
    assert "while loading" in serve_files(plan)[0].content


def test_whole_experts_go_to_devices_where_their_blocks_can_not_be_cut() -> None:
    model, hardware = found("qwen3-235b-a22b", "nvidia-h100-sxm")
    eight = serve_plan(sized(model, hardware, 8, "fp8", "vllm"), model, hardware)
    four = serve_plan(sized(model, hardware, 4, "fp8", "vllm"), model, hardware)

    assert "--enable-expert-parallel" in eight.flags
    assert "--enable-expert-parallel" not in four.flags


def test_sglang_leaves_room_for_what_is_neither_weights_nor_cache(plans: list[ServePlan]) -> None:
    for plan in (plan for plan in plans if plan.name == "sglang"):
        one, flags = plan.sized, dict(itertools.pairwise(plan.flags))
        share = usable(plan.hardware, "sglang").share
        static = float(flags["--mem-fraction-static"])
        capacity = (one.usable_gb or 0) / share

        assert static < share
        assert static * capacity * 1.002 >= (one.weights_gb.value or 0) + (
            one.kv_cache_gb.value or 0
        )


@pytest.mark.parametrize("devices", [1, 2, 4])
def test_cards_hold_the_layers_whose_experts_stay_outside_evenly(devices: int) -> None:
    model, hardware = found("qwen3-235b-a22b", "nvidia-rtx-4090")
    one = estimate(model, hardware, devices, "q4_k_m", 1, 700, 300, "llama.cpp", cpu_offload=True)
    plan = serve_plan(one, model, hardware)
    kept, architecture = plan.kept, model.architecture
    assert kept is not None
    assert architecture is not None
    light, full = heavy_and_light(one, kept.ram_gb / kept.layers, architecture.layers)
    ends = list(itertools.accumulate(kept.split, initial=0))
    loads = [
        sum(light if layer < kept.layers else full for layer in range(start, end))
        for start, end in itertools.pairwise(ends)
    ]

    assert sum(kept.split) == architecture.layers
    assert max(loads) <= (one.usable_gb or 0) / devices
    assert max(loads) - min(loads) <= full
    shown = ",".join(str(layers) for layers in kept.split)
    assert (f"--tensor-split {shown}" in " ".join(plan.flags)) is (devices > 1)


def heavy_and_light(one: Estimate, expert_gb: float, layers: int) -> tuple[float, float]:
    """Return the GB of a layer without its experts, and with them."""
    both = (one.weights_gb.value or 0) + (one.kv_cache_gb.value or 0)
    light = both / layers - expert_gb
    return light, light + expert_gb


@pytest.mark.parametrize("server", ["vllm", "sglang"])
def test_an_adapter_and_speculation_come_on_request(server: str) -> None:
    model, hardware = found("qwen3-8b", "nvidia-l40s")
    one = sized(model, hardware, 1, "bf16", server)
    plan = serve_plan(
        one,
        model,
        hardware,
        server=server,
        extras=Extras(adapter=True, speculative=True, narrow_cache=True),
    )
    script, compose, *_ = serve_files(plan)

    assert "--enable-lora" in plan.flags
    assert "tuned=${ADAPTER:-out/final}" in script.content
    assert "tuned=/adapter" in compose.content
    assert "ngram" in " ".join(plan.flags).lower()
    assert "--kv-cache-dtype fp8" in " ".join(plan.flags)


def test_speculation_is_refused_where_it_is_not_planned() -> None:
    model, hardware = found("qwen3-8b", "nvidia-rtx-4090")
    one = sized(model, hardware, 1, "q4_k_m", "llama.cpp")

    with pytest.raises(InputError, match="Valid with speculative decoding: vLLM, SGLang"):
        serve_plan(one, model, hardware, extras=Extras(speculative=True))


@pytest.mark.parametrize(
    ("precision", "tools"), [("bf16", "--tokenizer-mode mistral"), ("fp8", None)]
)
def test_a_parser_that_needs_the_makers_files_comes_with_these_only(
    precision: str, tools: str | None
) -> None:
    model, hardware = found("mistral-small-3.1", "nvidia-h100-sxm")
    flags = " ".join(
        serve_plan(sized(model, hardware, 1, precision, "vllm"), model, hardware).flags
    )

    assert ("--tool-call-parser mistral" in flags) is (tools is not None)
    assert tools is None or tools in flags


def test_ollama_gets_its_limits_and_a_file_it_can_pull() -> None:
    model, hardware = found("llama-3.3-70b", "apple-m4-max")
    plan = serve_plan(
        sized(model, hardware, 1, "q4_k_m", "ollama"), model, hardware, server="ollama"
    )
    large, card = found("qwen3-235b-a22b", "nvidia-h200-sxm")
    parts = serve_plan(sized(large, card, 2, "q4_k_m", "ollama"), large, card, server="ollama")

    assert plan.modelfile == ("FROM llama3.3:70b", "PARAMETER num_ctx 2048")
    assert plan.env == {"OLLAMA_CONTEXT_LENGTH": "2048", "OLLAMA_NUM_PARALLEL": "4"}
    assert parts.modelfile[0].startswith("FROM ${MODEL:?")
