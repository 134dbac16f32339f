"""A measurement that others published, with its names resolved for the calculators."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.core.efficiency import engine_name
from agent.core.precision import Precision, parse_precision
from agent.core.resolving import hardware_of, model_of
from agent.errors import InputError
from knowledge.errors import DocumentError
from knowledge.schema import Hardware, Model

MEASURED = Path(__file__).parent.parent / "data" / "measured.jsonl"
UNSTATED_PROMPT = 16
"""Prompt tokens where a source states none: such tables come from a one-line prompt."""
UNSTATED_ANSWER = 128
"""Answer tokens where a source states none, the default length of the tools in question."""

Metric = Literal[
    "decode_tok_s_single_stream",
    "throughput_tok_s_total_output",
    "prefill_tok_s",
    "memory_gb",
    "file_size_gb",
    "oom",
]
Split = Literal["none", "layer", "tensor", "tensor+layer", "experts", "not stated"]
_T = TypeVar("_T")


class Row(BaseModel):
    """One published figure. `model`, `hardware`, `precision`, `engine_family` are resolved names.

    What a row asks of `estimate`:

    * `decode_tok_s_single_stream`: one stream. `input_tokens` are in the cache when the first
      token is generated, `output_tokens` follow, so the mean context is `mean_context`: 512 for
      1,024 tokens generated from nothing, 32,784 for 32 tokens at a depth of 32,768.
    * `prefill_tok_s`: `input_tokens` read behind `depth_tokens` that are in the cache already.
    * `throughput_tok_s_total_output`: output tokens of all streams on all devices. `phase`
      "decode" leaves the reading of prompts out, "whole" has it in the time.
      `concurrency` "max" is the best batch that the server found. `latency_bound` rows (MLPerf
      server and interactive) had to answer in time, so they lie below that best batch.
    * `memory_gb`: all devices together, with the cache of `input_tokens + output_tokens` filled.
    * `file_size_gb`: the weight file; no device. `oom`: it did not fit.

    `split` says how the devices share a model: layers in turn, each layer over all of them
    (`tensor_parallel` x `pipeline_parallel` where both), or experts spread with attention
    replicated. "not stated" are MLPerf systems, which may run one copy on each device.
    MLPerf prompts are not in the rows: their datasets publish no mean length.
    `bits_per_weight` is the source's or the file's figure, `bits_basis` says which.
    Sizes are in GB (1e9 bytes), speeds in tokens/s; `value` of `oom` is 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    id: str
    source_url: str
    source_locator: str
    source_table: str
    date: str
    engine: str
    model_name: str
    precision_name: str
    hardware_name: str | None = None
    bits_per_weight: float | None = None
    bits_basis: str | None = None
    devices: int | None = Field(default=None, ge=1)
    split: Split | None = None
    tensor_parallel: int | None = None
    pipeline_parallel: int | None = None
    concurrency: int | Literal["max"] | None = None
    latency_bound: bool = False
    input_tokens: int | None = None
    output_tokens: float | None = None
    depth_tokens: int | None = None
    metric: Metric
    phase: Literal["decode", "whole"] | None = None
    value: float
    unit: Literal["tokens/s", "GB", "boolean"]
    notes: str | None = None
    suspect: str | None = None

    model: Model | None = None
    hardware: Hardware | None = None
    precision: Precision | None = None
    engine_family: str | None = None
    unresolved: tuple[str, ...] = ()

    @property
    def prompt_tokens(self) -> int:
        """Return the prompt of the call, at least 1: what is in the cache before generation."""
        stated = UNSTATED_PROMPT if self.input_tokens is None else self.input_tokens
        return max(1, stated)

    @property
    def answer_tokens(self) -> int:
        """Return the generated tokens of the call, at least 1."""
        stated = UNSTATED_ANSWER if self.output_tokens is None else self.output_tokens
        return max(1, round(stated))

    @property
    def mean_context(self) -> float:
        """Return the tokens in the cache of one stream, averaged over its generation."""
        return (self.input_tokens or 0) + self.answer_tokens / 2

    @property
    def resolved(self) -> bool:
        """Return whether model, device and format are known, as far as the row has them."""
        return not self.unresolved


def load_rows(path: Path = MEASURED) -> list[Row]:
    """Return the rows of a measurement file, resolved against the catalogue that ships.

    Names that the catalogue lacks leave `model`, `hardware`, `precision` or `engine_family` None
    and a reason in `unresolved`. A memory size in the device's name replaces the catalogue's:
    machines of one chip are sold with several.

    Raises:
        DocumentError: if a line is not valid; it names the file and the line.
    """
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            rows.append(_resolved(Row.model_validate(json.loads(line))))
        except (ValidationError, json.JSONDecodeError) as error:
            raise DocumentError(f"{path.name}, line {number}: {error}") from error
    return rows


def _resolved(row: Row) -> Row:
    """Return `row` with its names looked up."""
    reasons: list[str] = []
    family = None
    if row.metric != "file_size_gb":
        family = _found(lambda: engine_name(row.engine), reasons)
    device = row.hardware_name
    return row.model_copy(
        update={
            "model": _found(lambda: _model(row.model_name), reasons),
            "hardware": _found(lambda: _hardware(device), reasons) if device else None,
            "precision": _found(
                lambda: parse_precision(row.precision_name, engine=family), reasons
            ),
            "engine_family": family,
            "unresolved": tuple(reasons),
        }
    )


def _found(look_up: Callable[[], _T], reasons: list[str]) -> _T | None:
    """Return what `look_up` finds; where it finds nothing, add its message to `reasons`."""
    try:
        return look_up()
    except InputError as error:
        reasons.append(str(error))
        return None


@lru_cache(maxsize=256)
def _model(name: str) -> Model:
    return model_of(name, None)


@lru_cache(maxsize=256)
def _hardware(name: str) -> Hardware:
    found = hardware_of(name, None)
    stated = re.search(r"\b(\d+)\s?GB?\b", name)
    return _with_memory(found, float(stated[1])) if stated else found


def _with_memory(hardware: Hardware, memory_gb: float) -> Hardware:
    """Return `hardware` with that memory: the benchmarked machine's, not the largest sold."""
    facts = tuple(
        fact.model_copy(update={"value": memory_gb}) if fact.name == "memory" else fact
        for fact in hardware.facts
    )
    return hardware.model_copy(update={"facts": facts})
