"""The files of a serve plan: a script, a compose file, and a client that also loads the server."""

from __future__ import annotations

import json
import shlex
from importlib import resources
from string import Template
from typing import Any

import yaml

from agent.core.recipes import RecipeFile
from agent.core.serve_plan import ADAPTER, ServePlan, layers_on_gpu, shares
from agent.core.server_flags import check_flags, programs
from agent.core.servers import repository
from agent.core.workings import tail

ROUNDS = 8
"""Requests of each stream in the load test, so that the first and the last weigh little."""
AMD = ("rocm", "rocm_mi2", "rocm_mi35x")
_PACKAGES = {"vllm": "vllm", "sglang": "sglang[all]"}
_WIDTH = 100


class _Row(list[str]):
    """A list that YAML writes on one line."""


class _Compose(yaml.SafeDumper):
    """Writes short lists on one line."""


_Compose.add_representer(
    _Row,
    lambda dumper, row: dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=True),
)


def serve_files(plan: ServePlan) -> tuple[RecipeFile, ...]:
    """Return the script, the compose file where there is a container, the checks, the client."""
    compose = compose_file(plan)
    containers = (compose,) if compose else ()
    return (serve_script(plan), *containers, check_script(plan), client_file(plan))


def serve_script(plan: ServePlan) -> RecipeFile:
    """Return a shell script that installs the server where it is a package, and starts it."""
    lines = ["#!/usr/bin/env bash", *(f"# {line}" for line in _about(plan)), "set -euo pipefail"]
    if plan.stack in (*AMD, "radeon") and plan.name in _PACKAGES:
        lines.insert(-1, f"# Run it inside {plan.image}, which brings ROCm.")
    package = _PACKAGES.get(plan.name)
    if package and plan.stack == "cuda":
        lines.append(f'pip install "{package}=={programs()[plan.name].version}"')
    lines += _ollama_lines(plan) if plan.name == "ollama" else [command_line(plan)]
    return _file(plan, "serve", "sh", "text/x-shellscript", "\n".join(lines) + "\n")


def command_line(plan: ServePlan) -> str:
    """Return the command that serves, a flag a line, bound to this machine."""
    host = ("--host", "127.0.0.1", "--port", str(plan.server.port))
    return _wrapped(plan.command, (*plan.flags, *host))


def load_command(plan: ServePlan) -> str:
    """Return the command that measures what was estimated: the server's own tool where it has one.

    llama-bench runs the model itself, one stream at a time; Ollama has no such tool, so the
    client's own load test stands in.
    """
    sized = plan.sized
    lengths = ("--random-input-len", str(sized.input_tokens), "--random-output-len")
    many = ("--num-prompts", str(_prompts(plan)), "--max-concurrency", str(sized.concurrency))
    url = ("--base-url", f"http://127.0.0.1:{plan.server.port}", "--model", plan.served)
    tokenizer = ("--tokenizer", repository(plan.model) or plan.weights.word)
    flags: tuple[str, ...]
    if plan.name == "vllm":
        command = ("vllm", "bench", "serve")
        flags = ("--backend", "openai-chat", *url, "--endpoint", "/v1/chat/completions")
        flags += (*tokenizer, "--dataset-name", "random", *lengths, str(sized.output_tokens))
        flags += (*many, "--ignore-eos")
        check_flags("vllm bench serve", flags)
        return _wrapped(command, flags)
    if plan.name == "sglang":
        command = ("python3", "-m", "sglang.benchmark.serving")
        flags = ("--backend", "sglang-oai-chat", *url, *tokenizer, "--dataset-name", "random-ids")
        flags += (*lengths, str(sized.output_tokens), "--random-range-ratio", "1.0", *many)
        check_flags("sglang.benchmark.serving", flags)
        return _wrapped(command, flags)
    if plan.name == "llama.cpp":
        source = "-hf" if plan.weights.known else "-m"
        flags = (source, plan.weights.word, "-p", str(sized.input_tokens))
        flags += ("-n", str(sized.output_tokens), "-ngl", str(layers_on_gpu(plan)))
        if plan.kept is not None and plan.kept.of_experts:
            flags += ("-ncmoe", str(plan.kept.dense + plan.kept.layers))
        if sized.devices > 1:
            flags += ("-ts", "/".join(shares(plan)))
        check_flags("llama-bench", flags)
        return _wrapped(("llama-bench",), flags)
    return "python client.py --load"


def first_request(plan: ServePlan) -> str:
    """Return the commands that ask whether the server is up, then for a first answer."""
    url = f"http://127.0.0.1:{plan.server.port}"
    body = {"model": plan.served, "messages": [{"role": "user", "content": "Hello"}]}
    return (
        f"curl -f {url}{plan.server.health}\n"
        f"curl {url}/v1/chat/completions -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body))}"
    )


def check_script(plan: ServePlan) -> RecipeFile:
    """Return a script that asks a first question and then measures what was estimated."""
    text = (
        "#!/usr/bin/env bash\n# Once it is up: is it well, and does it answer?\n"
        f"set -euo pipefail\n{first_request(plan)}\n\n"
        f"# Is it as fast as planned?\n{load_command(plan)}\n"
    )
    return _file(plan, "check", "sh", "text/x-shellscript", text)


def compose_file(plan: ServePlan) -> RecipeFile | None:
    """Return the compose file, or None where the server runs there without a container."""
    if plan.image is None:
        return None
    service: dict[str, Any] = {"image": plan.image, "restart": "unless-stopped"}
    port, host = plan.server.port, "0.0.0.0" if plan.nodes == 1 else "127.0.0.1"
    if plan.nodes == 1:
        service["ports"] = [f"127.0.0.1:{port}:{port}"]
    service["volumes"] = [f"weights:{plan.server.cache.folder}"]
    service |= _access(plan)
    if plan.name == "ollama":
        service["environment"] = dict(plan.env)
    else:
        flags = (*plan.flags, "--host", host, "--port", str(port))
        first = {"vllm": plan.command[2:], "sglang": plan.command}.get(plan.name, ())
        service["command"] = _Row([*first, *_in_container(plan, flags)])
        service["environment"] = {"HF_TOKEN": "${HF_TOKEN:-}"}
    service["environment"][plan.server.cache.variable] = plan.server.cache.folder
    if plan.extras.adapter:
        service["volumes"].append(f"${{ADAPTER_FOLDER:-./{ADAPTER}}}:/adapter:ro")
    if not plan.weights.known and plan.name in ("llama.cpp", "ollama"):
        service["volumes"].append("${MODELS:?folder of the GGUF file}:/models:ro")
    test = _Row(["CMD", "ollama", "list"]) if plan.name == "ollama" else _curl(plan)
    service["healthcheck"] = {
        "test": test,
        "interval": "10s",
        "timeout": "5s",
        "retries": 6,
        "start_period": "30m",
    }
    services, configs = {plan.name.replace(".", "-"): service}, {}
    if plan.name == "ollama":
        services["model"] = _creating(plan)
        configs = {"modelfile": {"content": "\n".join(_modelfile(plan, folder="/models")) + "\n"}}
    content: dict[str, Any] = {"services": services, "volumes": {"weights": {}}}
    content |= {"configs": configs} if configs else {}
    text = yaml.dump(content, Dumper=_Compose, sort_keys=False, width=_WIDTH)
    head = "".join(f"# {line}\n" for line in _about(plan))
    return RecipeFile(
        name="compose.yaml",
        media_type="application/yaml",
        content=head + text,
        caption=f"{plan.model.title} in {plan.image}",
    )


def client_file(plan: ServePlan) -> RecipeFile:
    """Return a client for the server that also measures it under load."""
    speed = plan.sized.throughput_tok_s
    planned = (
        None if not speed.low or not speed.high else (round(speed.low, 1), round(speed.high, 1))
    )
    text = resources.files("agent.core").joinpath("data/client.py.txt").read_text("utf-8")
    content = Template(text).substitute(
        title=plan.model.title,
        base_url=f"http://127.0.0.1:{plan.server.port}/v1",
        served=plan.served,
        streams=plan.sized.concurrency,
        prompts=_prompts(plan),
        tokens_in=plan.sized.input_tokens,
        tokens_out=plan.sized.output_tokens,
        planned=planned,
    )
    return RecipeFile(
        name="client.py",
        media_type="text/x-python",
        content=content,
        caption="A first request, and a load test against the plan",
    )


def _prompts(plan: ServePlan) -> int:
    return plan.sized.concurrency * ROUNDS


def _about(plan: ServePlan) -> list[str]:
    """Return what the file serves, what it needs, where the weights are from, and its version."""
    sized, program = plan.sized, programs()[plan.name]
    usable = "?" if sized.usable_gb is None else f"{sized.usable_gb:.1f}"
    kept = "" if plan.kept is None else f" {plan.kept.ram_gb:.0f} GB of it in system memory."
    about = [
        f"{plan.model.title} on {sized.devices} x {plan.hardware.title} with {plan.server.title}, "
        "planned by Rightsize.",
        f"Needs {sized.total_gb.value or 0:.1f} GB; {usable} GB are usable.{kept}",
        plan.weights.note,
        *(f"  {line}" for line in plan.weights.make),
        f"Flags checked against {plan.server.title} {program.version}.",
    ]
    if plan.nodes > 1:
        headless = ", with --headless added on all but the first" if plan.name == "vllm" else ""
        about.append(f"Run it on each of {plan.nodes} machines{headless}.")
    return about


def _wrapped(command: tuple[str, ...], flags: tuple[str, ...]) -> str:
    lines = [" ".join(_quoted(word) for word in command)]
    for word in flags:
        if word.startswith("-"):
            lines.append(word)
        else:
            lines[-1] += f" {_quoted(word)}"
    return " \\\n  ".join(lines)


def _quoted(word: str) -> str:
    return f'"{word}"' if "${" in word else shlex.quote(word)


def _modelfile(plan: ServePlan, *, folder: str = "") -> list[str]:
    """Return the Modelfile; in a container the file lies in `folder`."""
    if not folder:
        return list(plan.modelfile)
    return [
        line.replace("${MODEL:?", f"{folder}/${{MODEL_FILE:?").replace(
            "set MODEL", "set MODEL_FILE"
        )
        for line in plan.modelfile
    ]


def _ollama_lines(plan: ServePlan) -> list[str]:
    """Return the lines that start Ollama and make the model from its Modelfile."""
    variables = " ".join(f"{name}={value}" for name, value in plan.env.items())
    port = plan.server.port
    return [
        "cat > Modelfile <<END",
        *plan.modelfile,
        "END",
        f"{variables} OLLAMA_HOST=127.0.0.1:{port} ollama serve &",
        "until ollama list > /dev/null 2>&1; do sleep 1; done",
        f"ollama create {plan.served} -f Modelfile",
        "wait",
    ]


def _in_container(plan: ServePlan, flags: tuple[str, ...]) -> list[str]:
    """Return the flags with files where the container has them."""
    if plan.extras.adapter:
        flags = tuple(
            word.replace(f"${{ADAPTER:-{ADAPTER}}}", "/adapter").replace(
                "${ADAPTER:?set ADAPTER to the adapter as a GGUF file}", "/adapter/adapter.gguf"
            )
            for word in flags
        )
    if plan.name == "llama.cpp" and not plan.weights.known:
        flags = tuple(
            word.replace("${MODEL:?set MODEL", "/models/${MODEL_FILE:?set MODEL_FILE")
            for word in flags
        )
    return list(flags)


def _access(plan: ServePlan) -> dict[str, Any]:
    """Return how the container reaches the devices."""
    if plan.stack == "cpu":
        return {}
    if plan.stack in ("cuda", "old_cuda"):
        wanted = {"driver": "nvidia", "count": plan.sized.devices // plan.nodes}
        devices = [{**wanted, "capabilities": _Row(["gpu"])}]
        access: dict[str, Any] = {"deploy": {"resources": {"reservations": {"devices": devices}}}}
    elif plan.stack in AMD or "rocm" in (plan.image or ""):
        access = {"devices": ["/dev/kfd", "/dev/dri"], "group_add": ["video"]}
        access["security_opt"] = ["seccomp=unconfined"]
    else:
        access = {"devices": ["/dev/dri"], "group_add": ["video"]}
    if plan.name in _PACKAGES:
        access["ipc"] = "host"
    if plan.nodes > 1:
        access["network_mode"] = "host"
    return access


def _curl(plan: ServePlan) -> _Row:
    url = f"http://127.0.0.1:{plan.server.port}{plan.server.health}"
    return _Row(["CMD", "curl", "-f", url])


def _creating(plan: ServePlan) -> dict[str, Any]:
    """Return the service that makes the model once Ollama is up, and ends."""
    return {
        "image": plan.image,
        "depends_on": {"ollama": {"condition": "service_healthy"}},
        "environment": {"OLLAMA_HOST": f"ollama:{plan.server.port}"},
        "configs": [{"source": "modelfile", "target": "/Modelfile"}],
        "entrypoint": _Row(["ollama", "create", plan.served, "-f", "/Modelfile"]),
        "restart": "no",
    }


def _file(plan: ServePlan, verb: str, suffix: str, media_type: str, content: str) -> RecipeFile:
    return RecipeFile(
        name=f"{verb}_{tail(plan.model.id)}_{plan.name.replace('.', '')}.{suffix}",
        media_type=media_type,
        content=content,
        caption=f"{plan.model.title} on {plan.sized.devices} x {plan.hardware.title} with "
        f"{plan.server.title}",
    )
