"""Ask AIConfigurator: the one place that knows the tool's own calls."""

from __future__ import annotations

import logging
import math
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from knowledge.schema import Architecture

MAX_STREAMS = 1024
"""The most streams a device: the tables end there."""
STEP_TOKENS = 8192
"""The most prompt tokens of one step, the default of the three engines."""


class NoAnswer(Exception):
    """The tool has no answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How devices share a model: tensor and data parallel attention, and experts likewise."""

    tensor: int
    data: int = 1
    expert_tensor: int = 1
    experts: int = 1

    def __str__(self) -> str:
        """Say it in words."""
        if self.data > 1:
            return f"{self.data} copies of attention with the experts spread over them"
        spread = f" and experts spread over {self.experts}" if self.experts > 1 else ""
        return f"tensor parallel over {self.tensor}{spread}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the tool; equal questions are answered from memory.

    The model is the id of a configuration that the tool ships (`built_in`) or the text of a
    config.json. `weights`, `expert_weights` and `cache` are the tool's names of formats; None is
    what the configuration says.
    """

    built_in: str | None
    config_json: str
    moe: bool
    system: str
    backend: str
    devices: int
    weights: str | None
    expert_weights: str | None
    cache: str | None
    concurrency: int | Literal["max"]
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Rates in tokens/s, times in seconds."""

    decode_tok_s: float
    throughput_tok_s: float
    ttft_s: float
    prefill_tok_s: float
    concurrency: int
    layout: Layout
    engine_version: str


def require_installed() -> None:
    """Check that the tool is there, and keep it from writing warnings.

    Raises:
        NoAnswer: if it is not installed.
    """
    try:
        import aiconfigurator_core  # noqa: F401
    except ImportError as error:
        raise NoAnswer("AIConfigurator is not installed (extra 'nvidia')") from error
    logging.getLogger("aiconfigurator_core").setLevel(logging.ERROR)


def memory_gb(system: str) -> float:
    """Return the memory of the tool's card, as it is sold."""
    from aiconfigurator_core.sdk.perf_database import load_system_spec

    return float(load_system_spec(system)["gpu"]["mem_capacity"]) / 2**30


def runs_fp4(system: str) -> bool:
    """Return whether the card multiplies 4-bit floats."""
    from aiconfigurator_core.sdk.perf_database import is_blackwell_system

    return bool(is_blackwell_system(system))


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A configuration that the tool ships, and whether it is of quantized weights."""

    id: str
    quantized: bool


@lru_cache(maxsize=512)
def built_in(architecture: Architecture) -> BuiltIn | None:
    """Return the configuration that the tool ships for a model.

    That is the one of its id, or else one of the same dimensions: an unquantized one, or of the
    same maker, as successive versions of a model are.
    """
    from aiconfigurator_core.sdk.common import DefaultHFModels
    from aiconfigurator_core.sdk.utils import get_model_config_from_model_path

    maker = architecture.hf_id.partition("/")[0]
    wanted = {
        "layers": architecture.layers,
        "hidden_size": architecture.hidden_size,
        "n": architecture.heads,
        "vocab": architecture.vocab_size,
        "num_experts": architecture.moe.experts if architecture.moe else 0,
    }
    names = sorted(DefaultHFModels, key=lambda name: (name != architecture.hf_id, name))
    for name in names:
        known = get_model_config_from_model_path(name)
        quantized = bool(known["raw_config"].get("quant_algo"))
        same = all((known[key] or 0) == value for key, value in wanted.items())
        if name == architecture.hf_id or (same and (not quantized or name.startswith(f"{maker}/"))):
            return BuiltIn(name, quantized)
    return None


@lru_cache(maxsize=4096)
def ask(question: Question) -> Answer:
    """Return the answer for the layout with the most throughput, from measured kernels only.

    Raises:
        NoAnswer: if some kernel of every layout was not measured, or it does not fit.
    """
    reasons: list[str] = []
    tried = [_tried(question, layout, reasons) for layout in _layouts(question)]
    found = [answer for answer in tried if answer]
    if not found:
        raise NoAnswer(f"AIConfigurator: {reasons[0]}")
    return max(found, key=lambda answer: answer.throughput_tok_s)


def _layouts(question: Question) -> Iterator[Layout]:
    """Yield the layouts worth a try."""
    n = question.devices
    yield Layout(n, expert_tensor=n)
    if question.moe and n > 1:
        yield Layout(n, experts=n)
        if question.concurrency == "max" or question.concurrency >= n:
            yield Layout(1, data=n, experts=n)


def _tried(question: Question, layout: Layout, reasons: list[str]) -> Answer | None:
    """Return the speeds of one layout; where the tool has none, add its message to `reasons`."""
    try:
        return _run(question, layout)
    except Exception as error:  # the tool raises errors of every class where it has no data
        reasons.append(_in_short(error))
        return None


def _in_short(error: Exception) -> str:
    """Return the start of the tool's message, without its keys and paths on this machine."""
    return (
        re.split(r" *[{(,\n]| at ", str(error))[0].rpartition("error: ")[2] or type(error).__name__
    )


def _run(question: Question, layout: Layout) -> Answer:
    """Return the speeds of one layout."""
    from aiconfigurator_core.sdk.backends.factory import get_backend
    from aiconfigurator_core.sdk.config import RuntimeConfig
    from aiconfigurator_core.sdk.perf_database import get_database

    database = get_database(question.system, question.backend, "current", database_mode="SILICON")
    server = _Server(get_backend(question.backend), _model(question, layout), database)
    lengths = partial(RuntimeConfig, isl=question.input_tokens, osl=question.output_tokens)
    alone = server.static(lengths(batch_size=1))
    if question.concurrency == "max":
        rate, streams = server.best(lengths(ttft=math.inf, tpot=math.inf))
    elif question.concurrency == 1:
        rate, streams = alone["tokens/s"], 1
    else:
        each = question.concurrency // layout.data
        rate, streams = server.batched(lengths(batch_size=each)), each * layout.data
    together = server.static(lengths(batch_size=streams // layout.data))
    return Answer(
        decode_tok_s=1000 / together["tpot"],
        throughput_tok_s=rate,
        ttft_s=alone["ttft"] / 1000,
        prefill_tok_s=1000 * question.input_tokens / alone["context_latency"],
        concurrency=streams,
        layout=layout,
        engine_version=database.version if database else "",
    )


@dataclass(frozen=True, slots=True)
class _Server:
    """The tool's engine, model and tables. Its results are dicts with times in milliseconds."""

    backend: Any
    model: Any
    tables: Any

    def static(self, lengths: Any) -> dict[str, float]:
        """Return prompt and generation of one batch that starts together.

        Only one stream is checked for memory: a server does not read all prompts at once.
        """
        found = self.backend.run_static(self.model, self.tables, lengths, mode="static")
        if lengths.batch_size == 1 and found.check_oom():
            raise NoAnswer("it does not fit")
        return dict(found.get_result_dict())

    def best(self, lengths: Any) -> tuple[float, int]:
        """Return the highest throughput in tokens/s that fits, and its streams."""
        found = self.backend.find_best_agg_result_under_constraints(
            self.model, self.tables, lengths, max_batch_size=MAX_STREAMS, top_k=1
        ).get_summary_df()
        if found.empty:
            raise NoAnswer("it does not fit")
        row = found.iloc[0]
        return float(row["tokens/s"]), int(row["concurrency"])

    def batched(self, lengths: Any) -> float:
        """Return the throughput of a fixed batch, at the best share of prompts in a step."""
        rates = []
        for prompts in _prompts_a_step(lengths):
            found = self.backend.run_agg(
                self.model, self.tables, lengths, ctx_tokens=prompts * lengths.isl
            )
            if not (found.check_oom() or found.check_kv_cache_oom()):
                rates.append(found.get_result_dict()["tokens/s"])
        if not rates:
            raise NoAnswer("it does not fit")
        return float(max(rates))


def _prompts_a_step(lengths: Any) -> Iterator[int]:
    """Yield how many prompts one step may read: powers of two that leave a stream to answer."""
    prompts = 1
    while prompts == 1 or prompts * lengths.isl <= STEP_TOKENS:
        yield prompts
        prompts *= 2
        if prompts >= lengths.batch_size:
            return


def _model(question: Question, layout: Layout) -> Any:
    """Return the tool's model of the question in that layout."""
    return _loaded(
        question.built_in,
        question.config_json,
        question.backend,
        (question.weights, question.expert_weights, question.cache),
        layout,
    )


@lru_cache(maxsize=256)
def _loaded(
    built_in_id: str | None,
    config_json: str,
    backend: str,
    formats: tuple[str | None, str | None, str | None],
    layout: Layout,
) -> Any:
    """Return a model. It is shipped with the tool or read from a folder, so nothing is sought."""
    from aiconfigurator_core.sdk import common
    from aiconfigurator_core.sdk.config import ModelConfig
    from aiconfigurator_core.sdk.models import get_model

    weights, expert_weights, cache = formats
    settings = ModelConfig(
        tp_size=layout.tensor,
        attention_dp_size=layout.data,
        moe_tp_size=layout.expert_tensor,
        moe_ep_size=layout.experts,
        gemm_quant_mode=common.GEMMQuantMode[weights] if weights else None,
        moe_quant_mode=common.MoEQuantMode[expert_weights] if expert_weights else None,
        kvcache_quant_mode=common.KVCacheQuantMode[cache] if cache else None,
        fmha_quant_mode=common.FMHAQuantMode.bfloat16,
    )
    if built_in_id:
        return get_model(built_in_id, settings, backend)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(config_json, "utf-8")
        return get_model(folder, settings, backend)
