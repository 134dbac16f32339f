"""Measured rows as cases of the estimator: what each asks, and what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agent.core.engines import parse_engine
from agent.core.precision import stored_by
from agent.core.speed import Load
from agent.core.streams import most_streams
from agent.core.throughput import Layout, Setup, compute_peak, load_of
from evals.estimates.row import Row

Kind = Literal["decode", "prefill", "throughput"]
KINDS: dict[str, Kind] = {
    "decode_tok_s_single_stream": "decode",
    "prefill_tok_s": "prefill",
    "throughput_tok_s_total_output": "throughput",
}
OLD = "2024-01"
"""Rows before this are of engines whose present releases differ; they teach less about a layer."""
BENCHMARK_LENGTHS = {
    "llama-2-70b": (294, 294),
    "llama-3.1-8b": (778, 128),
    "llama-3.1-405b": (9500, 685),
    "mixtral-8x7b": (350, 145),
    "deepseek-r1": (800, 3880),
}
"""Mean prompt and answer of MLPerf Inference's data set for each model, in its tokens."""


@dataclass(frozen=True, slots=True)
class Case:
    """One measured speed. `value` is in tokens/s; `decode_only` leaves prompts out of the time."""

    row: Row
    setup: Setup
    load: Load
    kind: Kind
    value: float
    decode_only: bool

    @property
    def device(self) -> str:
        """The device's document."""
        return self.setup.hardware.id

    @property
    def model(self) -> str:
        """The model's document."""
        return self.setup.model.id

    @property
    def era(self) -> str:
        """The engine for rows of its early releases, else nothing."""
        return self.setup.engine.family if self.row.date < OLD else ""


def speed_cases(rows: Sequence[Row]) -> list[Case]:
    """Return the rows that the fit can use: resolved, trusted, not held back by a latency bound."""
    return [case for row in rows if (case := _case(row)) is not None]


def setup_of(row: Row) -> Setup | None:
    """Return what was measured in `row`, or None where a name of it is not known."""
    if row.model is None or row.hardware is None or row.precision is None:
        return None
    engine = parse_engine(row.engine)
    layout = None
    if row.tensor_parallel and row.devices:
        pipeline = row.pipeline_parallel or 1
        layout = Layout(row.tensor_parallel, pipeline)
    return Setup(
        row.model,
        row.hardware,
        stored_by(row.precision, engine.family),
        engine,
        row.devices or 1,
        stated_layout=layout,
    )


def _case(row: Row) -> Case | None:
    kind = KINDS.get(row.metric)
    if kind is None or row.suspect or row.latency_bound:
        return None
    setup = setup_of(row)
    if setup is None or (kind != "decode" and compute_peak(setup) is None):
        return None
    load = row_load(row, setup, kind)
    if load is None:
        return None
    return Case(row, setup, load, kind, row.value, row.phase == "decode")


def row_load(row: Row, setup: Setup, kind: Kind) -> Load | None:
    """Return the case that `row` is, in figures."""
    prompt, answer = row.prompt_tokens, float(row.answer_tokens)
    known = BENCHMARK_LENGTHS.get(setup.model.id.rpartition("/")[2])
    if kind == "throughput" and row.input_tokens is None and known:
        prompt, answer = known[0], float(row.output_tokens or known[1])
    if kind == "prefill":
        return load_of(setup, prompt=prompt, output=1, behind=row.depth_tokens or 0)
    streams = (
        most_streams(setup, input_tokens=prompt, output_tokens=answer)
        if row.concurrency == "max"
        else row.concurrency or 1
    )
    context = max(prompt, row.depth_tokens or 0) + answer / 2
    return load_of(setup, prompt=prompt, output=answer, streams=streams, context=context)
