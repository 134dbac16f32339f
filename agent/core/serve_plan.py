"""The command that serves what an estimate describes: every flag computed, checked, explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil, floor

from agent.core.efficiency import TENSOR_PARALLEL, usable
from agent.core.estimate import Estimate
from agent.core.precision import parse_precision
from agent.core.server_flags import check_flags
from agent.core.servers import (
    Server,
    gguf_in,
    ollama_name,
    parsers_of,
    published_in,
    repository,
    require_server,
    stack_of,
)
from agent.core.spread import (
    OutsideGpu,
    machines,
    outside_gpu,
    tensor_parallel_size,
    whole_experts,
)
from agent.core.workings import tail
from agent.errors import InputError
from knowledge.schema import Hardware, Model

ALL_LAYERS = 99
"""More than any model has: all of them go to the GPU."""
LARGEST_FILE_GB = 50
"""Above this, GGUF files are published in parts, which Ollama can't pull."""
ADAPTER = "out/final"
"""Where the training script of a plan leaves its adapter."""
NGRAM = '{"method": "ngram", "num_speculative_tokens": 4, "prompt_lookup_max": 4}'


@dataclass(frozen=True, slots=True)
class Extras:
    """What is asked for besides: a LoRA adapter, guessed tokens, a cache of 8 bit.

    Tokens are guessed from the prompt, without a second model (vLLM and SGLang). The cache of the
    estimate has 16 bit, so more fits with one of 8 than is said.
    """

    adapter: bool = False
    speculative: bool = False
    narrow_cache: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """What the server is told to load: `word` is a repository, file or shell variable.

    `online` is the value of --quantization where the server makes the format while loading;
    `make` holds the commands that make the file where none is known to be published.
    """

    word: str
    note: str
    known: bool = True
    online: str | None = None
    make: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServePlan:
    """How to serve a model. `command` and `flags` make the command line; a word may be "${...}".

    `image` is None where the server runs without a container; `nodes` are machines.
    """

    name: str
    server: Server
    stack: str
    model: Model
    hardware: Hardware
    sized: Estimate
    weights: Weights
    command: tuple[str, ...]
    flags: tuple[str, ...]
    image: str | None
    kept: OutsideGpu | None = None
    nodes: int = 1
    env: dict[str, str] = field(default_factory=dict)
    modelfile: tuple[str, ...] = ()
    extras: Extras = Extras()

    @property
    def served(self) -> str:
        """The model's name in requests."""
        return (
            "tuned"
            if self.extras.adapter and self.name in ("vllm", "sglang")
            else tail(self.model.id)
        )


def serve_plan(
    sized: Estimate,
    model: Model,
    hardware: Hardware,
    *,
    server: str | None = None,
    extras: Extras | None = None,
) -> ServePlan:
    """Return how to serve what `sized` describes.

    Args:
        sized: the estimate; its context and concurrency become the server's limits.
        model: the model it is of.
        hardware: the device it is on.
        server: a server with a recipe; None follows the estimate's engine.
        extras: what is asked for besides.

    Raises:
        InputError: if the model does not fit, or the server can't run there or load that format.
    """
    usual = "vllm" if sized.engine in TENSOR_PARALLEL else "llama.cpp"
    chosen = server or (sized.engine if sized.engine in _FLAGS else usual)
    found = require_server(chosen, hardware, sized.precision)
    if sized.fits is False and sized.offloaded_share == 0:
        raise InputError(
            f"{model.title} at {sized.precision!r} does not fit {sized.devices} x "
            f"{hardware.title}. Valid: fewer bits, more devices or a smaller model."
        )
    stack = stack_of(hardware) or ""
    plan = ServePlan(
        name=chosen,
        server=found,
        stack=stack,
        model=model,
        hardware=hardware,
        sized=sized,
        weights=_weights(chosen, found, sized, model),
        command=(),
        flags=(),
        image=found.images[stack],
        kept=outside_gpu(sized, model),
        nodes=machines(sized.devices),
        extras=extras or Extras(),
    )
    return _FLAGS[chosen](plan)


def _weights(name: str, server: Server, sized: Estimate, model: Model) -> Weights:
    """Return what the server loads; where no repository is known here, the user has to name it."""
    if name in ("llama.cpp", "ollama"):
        return _gguf(name, sized, model)
    repo, precision = repository(model), sized.precision
    if found := published_in(model, precision):
        own = found == repo
        note = "The checkpoint is the maker's own." if own else f"Published as {found}."
        return Weights(found, note)
    if repo and precision in server.online:
        note = f"{server.title} quantizes the maker's 16-bit checkpoint while loading."
        return Weights(repo, note, online=server.online[precision])
    if repo is None:
        word = f"${{MODEL:?set MODEL to the repository of {model.title}}}"
        return Weights(word, "MODEL is the repository of the weights.", known=False)
    title = precision.upper()
    article = "an" if title[0] in "AEFIMN" else "a"
    what = f"{article} {title} checkpoint of {model.title}"
    note = f"MODEL is {article} {title} checkpoint of this model; llm-compressor makes one."
    return Weights(f"${{MODEL:?set MODEL to {what}}}", note, known=False)


def _gguf(name: str, sized: Estimate, model: Model) -> Weights:
    title = sized.precision.upper()
    listed = gguf_in(model, sized.precision)
    if name == "ollama":
        library = ollama_name(model, sized.precision)
        if library:
            return Weights(library, "From Ollama's library.")
        if listed and (sized.weights_gb.value or 0.0) > LARGEST_FILE_GB:
            listed = None
        if listed:
            return Weights(f"hf.co/{listed}", f"The {title} file of {listed.partition(':')[0]}.")
    elif listed:
        return Weights(listed, f"The {title} file of {listed.partition(':')[0]}.")
    of = repository(model) or model.title
    file = f"{tail(model.id)}-{title}.gguf"
    wide = parse_precision(sized.precision).kind != "gguf"
    target = file if wide else "wide.gguf"
    make = [f"python convert_hf_to_gguf.py FOLDER --outtype bf16 --outfile {target}"]
    if not wide:
        make.append(f"llama-quantize wide.gguf {file} {title}")
    return Weights(
        f"${{MODEL:?set MODEL to the {title} GGUF file of {of}}}",
        f"MODEL is the {title} GGUF file of {of}.",
        known=False,
        make=(f"hf download {of} --local-dir FOLDER", *make),
    )


def _pool(plan: ServePlan, *, own: dict[str, str]) -> list[str]:
    """Return the flags that vLLM and SGLang share, `own` spelling each server's names."""
    sized, model = plan.sized, plan.model
    tensor = tensor_parallel_size(model, sized.devices)
    flags = ["--served-model-name", tail(model.id), own["tensor"], str(tensor)]
    if tensor < sized.devices:
        flags += [own["pipeline"], str(sized.devices // tensor)]
    if plan.nodes > 1:
        rank = "${NODE_RANK:?0 on the first machine, then 1 and so on}"
        flags += ["--nnodes", str(plan.nodes), "--node-rank", rank]
        flags += [own["head"], own["head_address"]]
    if plan.weights.online:
        flags += ["--quantization", plan.weights.online]
    flags += [own["context"], str(sized.context_tokens), own["batch"], str(sized.concurrency)]
    flags += [own["memory"], f"{_memory_share(plan):g}"]
    return flags


def _memory_share(plan: ServePlan) -> float:
    """Return the share of memory that the server may take, as the estimate assumed it.

    SGLang counts weights and cache alone (--mem-fraction-static), vLLM all of its own use.
    """
    sized, share = plan.sized, usable(plan.hardware, plan.name).share
    weights, cache, total = sized.weights_gb.value, sized.kv_cache_gb.value, sized.total_gb.value
    known = weights is not None and cache is not None and total is not None
    if plan.name == "vllm" or not known or not sized.usable_gb:
        return share
    beside = (total or 0.0) - (weights or 0.0) - (cache or 0.0)
    return floor(share * (1 - beside / sized.usable_gb) * 1000) / 1000


def _whole_experts(plan: ServePlan) -> int | None:
    """Return over how many devices whole experts go, None where each can be cut instead."""
    blocked = plan.sized.precision == "fp8" and not plan.weights.online
    return whole_experts(plan.model, plan.sized.devices) if blocked else None


def _vllm(plan: ServePlan) -> ServePlan:
    flags = _pool(
        plan,
        own={
            "tensor": "--tensor-parallel-size",
            "pipeline": "--pipeline-parallel-size",
            "head": "--master-addr",
            "head_address": "${HEAD:?address of the first machine}",
            "context": "--max-model-len",
            "batch": "--max-num-seqs",
            "memory": "--gpu-memory-utilization",
        },
    )
    parsers = parsers_of(plan.model, "vllm", plan.weights.word)
    flags += parsers.own
    if parsers.tools:
        flags += ["--enable-auto-tool-choice", "--tool-call-parser", parsers.tools]
    if parsers.reasoning:
        flags += ["--reasoning-parser", parsers.reasoning]
    if _whole_experts(plan):
        flags.append("--enable-expert-parallel")
    if plan.extras.adapter:
        flags += ["--enable-lora", "--max-lora-rank", "16"]
        flags += ["--lora-modules", f"tuned=${{ADAPTER:-{ADAPTER}}}"]
    if plan.extras.speculative:
        flags += ["--speculative-config", NGRAM]
    if plan.extras.narrow_cache:
        flags += ["--kv-cache-dtype", "fp8"]
    return _checked(plan, ("vllm", "serve", plan.weights.word), flags)


def _sglang(plan: ServePlan) -> ServePlan:
    flags = ["--model-path", plan.weights.word]
    flags += _pool(
        plan,
        own={
            "tensor": "--tp-size",
            "pipeline": "--pp-size",
            "head": "--dist-init-addr",
            "head_address": "${HEAD:?address of the first machine}:50000",
            "context": "--context-length",
            "batch": "--max-running-requests",
            "memory": "--mem-fraction-static",
        },
    )
    parsers = parsers_of(plan.model, "sglang", plan.weights.word)
    for flag, value in (
        ("--tool-call-parser", parsers.tools),
        ("--reasoning-parser", parsers.reasoning),
    ):
        flags += [flag, value] if value else []
    if whole := _whole_experts(plan):
        flags += ["--ep-size", str(whole)]
    if plan.extras.adapter:
        flags += ["--enable-lora", "--lora-paths", f"tuned=${{ADAPTER:-{ADAPTER}}}"]
    if plan.extras.speculative:
        flags += ["--speculative-algorithm", "NGRAM"]
    if plan.extras.narrow_cache:
        flags += ["--kv-cache-dtype", "fp8_e4m3"]
    return _checked(plan, ("python3", "-m", "sglang.launch_server"), flags)


def _llama_cpp(plan: ServePlan) -> ServePlan:
    _require_one_machine(plan)
    sized, kept = plan.sized, plan.kept
    source = "--hf-repo" if plan.weights.known else "--model"
    flags = [source, plan.weights.word, "--alias", plan.served]
    flags += ["--ctx-size", str(sized.context_tokens * sized.concurrency)]
    flags += ["--parallel", str(sized.concurrency)]
    flags += ["--n-gpu-layers", str(layers_on_gpu(plan))]
    if kept is not None and kept.of_experts:
        flags += ["--n-cpu-moe", str(kept.dense + kept.layers)]
    if sized.devices > 1:
        flags += ["--split-mode", "layer", "--tensor-split", ",".join(shares(plan))]
    if plan.extras.adapter:
        flags += ["--lora", "${ADAPTER:?set ADAPTER to the adapter as a GGUF file}"]
    if plan.extras.narrow_cache:
        flags += ["--cache-type-k", "q8_0", "--cache-type-v", "q8_0"]
    if plan.extras.speculative:
        raise InputError(
            "No draft is planned here for llama.cpp. Valid with speculative decoding: vLLM, SGLang."
        )
    return _checked(plan, ("llama-server",), flags)


def _ollama(plan: ServePlan) -> ServePlan:
    _require_one_machine(plan)
    if plan.extras.speculative:
        raise InputError(
            "Ollama has no speculative decoding. Valid with speculative decoding: vLLM, SGLang."
        )
    sized = plan.sized
    modelfile = [f"FROM {plan.weights.word}", f"PARAMETER num_ctx {sized.context_tokens}"]
    if plan.kept is not None:
        modelfile.append(f"PARAMETER num_gpu {layers_on_gpu(plan)}")
    if plan.extras.adapter:
        modelfile.append("ADAPTER ${ADAPTER:?set ADAPTER to the adapter as a GGUF file}")
    env = {
        "OLLAMA_CONTEXT_LENGTH": str(sized.context_tokens),
        "OLLAMA_NUM_PARALLEL": str(sized.concurrency),
    }
    if plan.extras.narrow_cache:
        env |= {"OLLAMA_FLASH_ATTENTION": "1", "OLLAMA_KV_CACHE_TYPE": "q8_0"}
    return replace(plan, command=("ollama", "serve"), env=env, modelfile=tuple(modelfile))


def layers_on_gpu(plan: ServePlan) -> int:
    """Return the layers to load to the GPU: all, but for those that stay outside whole."""
    kept, architecture = plan.kept, plan.model.architecture
    if kept is None or architecture is None or (kept.of_experts and plan.name == "llama.cpp"):
        return ALL_LAYERS
    return max(0, architecture.layers - ceil(plan.sized.offloaded_share * architecture.layers))


def shares(plan: ServePlan) -> list[str]:
    """Return the share of the layers that each device holds: even, but for experts outside."""
    split = plan.kept.split if plan.kept else ()
    return [str(layers) for layers in split or [1] * plan.sized.devices]


def _require_one_machine(plan: ServePlan) -> None:
    if plan.nodes > 1:
        raise InputError(
            f"{plan.server.title} is planned on one machine here, not on {plan.sized.devices} "
            "devices. Valid over several machines: vLLM, SGLang."
        )


def _checked(plan: ServePlan, command: tuple[str, ...], flags: list[str]) -> ServePlan:
    check_flags(plan.name, flags)
    return replace(plan, command=command, flags=tuple(flags))


_FLAGS: dict[str, Callable[[ServePlan], ServePlan]] = {
    "vllm": _vllm,
    "sglang": _sglang,
    "llama.cpp": _llama_cpp,
    "ollama": _ollama,
}
