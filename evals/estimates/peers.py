"""What do simple rules and public calculators say about a measured row?

`roofline` and `roofline_055` are formulas. `llmfit`, `ridgepoint` and `aiconfigurator` run the
published packages (extras `peers` and `nvidia`), each with our description of the model and of
the device, so that all are asked the same. Where one does not answer, the value is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent.core.precise import PreciseSpeeds, precise_speeds
from agent.core.precision import Precision
from agent.core.shape import shape_of
from agent.core.sizing import kv_cache_gb
from agent.errors import InputError
from evals.estimates.calculators import llmfit, ridgepoint
from evals.estimates.prediction import NO_ANSWER, Prediction
from evals.estimates.row import Row
from knowledge.schema import Hardware, Model

BELOW_ROOFLINE = 0.55
"""Share of the roofline that llmfit and others expect."""


def roofline(row: Row) -> Prediction:
    """Return the plain roofline: bytes over bandwidth or operations over peak, the slower one.

    Weights are parameters x bits / 8, read once a step with the cache of all streams; a token
    takes 2 operations a parameter. Devices that share each layer add up, those that take turns do
    not. Source: Williams et al. 2009 (doi 10.1145/1498765.1498785).
    """
    if row.model is None or row.precision is None:
        return NO_ANSWER
    try:
        shape = shape_of(row.model)
    except InputError:
        return NO_ANSWER
    weights_gb = shape.total_b * row.precision.bits / 8
    if row.hardware is None:
        return Prediction(file_size_gb=weights_gb)
    memory = row.hardware.value("memory")
    cache_gb = _cache_gb(row.model, row.prompt_tokens + row.answer_tokens)
    room_gb = None if memory is None else memory * (row.devices or 1) - weights_gb
    streams = _streams(row, room_gb, cache_gb)
    needed_gb = weights_gb + streams * cache_gb
    together = row.devices or 1 if row.split not in ("layer", "none") else 1
    bandwidth = row.hardware.value("bandwidth")
    peak = _peak_tflops(row.hardware, row.precision)
    token_s = 2 * shape.active_b / (1000 * peak * together) if peak else 0.0
    prefill = 1 / token_s if token_s else None
    speeds = Prediction(
        prefill_tok_s=prefill,
        memory_gb=needed_gb,
        file_size_gb=weights_gb,
        fits=None if room_gb is None else needed_gb <= weights_gb + room_gb,
    )
    if bandwidth is None:
        return speeds
    read_gb = shape.read_gb(row.precision, sequences=streams)
    read_gb += streams * _cache_gb(row.model, row.mean_context)
    step_s = max(read_gb / (bandwidth * together), streams * token_s)
    prompts_s = 0.0 if row.phase == "decode" else streams * row.prompt_tokens * token_s
    answers = streams * row.answer_tokens
    return replace(
        speeds,
        decode_tok_s=1 / step_s,
        throughput_tok_s=answers / (row.answer_tokens * step_s + prompts_s),
    )


def roofline_055(row: Row) -> Prediction:
    """Return the roofline's speeds times 0.55; its sizes unchanged."""
    plain = roofline(row)
    return replace(
        plain,
        decode_tok_s=_below(plain.decode_tok_s),
        throughput_tok_s=_below(plain.throughput_tok_s),
        prefill_tok_s=_below(plain.prefill_tok_s),
    )


def _below(rate: float | None) -> float | None:
    return None if rate is None else BELOW_ROOFLINE * rate


def _cache_gb(model: Model, tokens: float) -> float:
    return kv_cache_gb(model.architecture, round(tokens)) if model.architecture else 0.0


def _streams(row: Row, room_gb: float | None, cache_gb: float) -> int:
    """Return the streams of `row`; for "max" as many as the memory beside the weights holds."""
    if row.concurrency != "max":
        return row.concurrency or 1
    if room_gb is None or cache_gb == 0:
        return 1
    return max(1, int(room_gb / cache_gb))


def _peak_tflops(hardware: Hardware, precision: Precision) -> float | None:
    rates = [precision.rate] if precision.rate else []
    values = [hardware.value(rate) for rate in [*rates, "compute_bf16", "compute_fp32"]]
    return next((value for value in values if value), None)


def aiconfigurator(row: Row) -> Prediction:
    """Return what AIConfigurator predicts from its measured kernels, on the cards it knows."""
    if row.model is None or row.hardware is None or row.precision is None:
        return NO_ANSWER
    if row.engine_family is None or row.concurrency is None or row.input_tokens is None:
        return NO_ANSWER
    said = precise_speeds(
        row.model,
        row.hardware,
        devices=row.devices or 1,
        precision=row.precision,
        engine=row.engine_family,
        concurrency=row.concurrency,
        input_tokens=row.prompt_tokens,
        output_tokens=max(2, row.answer_tokens),
    )
    if not isinstance(said, PreciseSpeeds):
        return NO_ANSWER
    decoding = said.decode_tok_s * said.concurrency
    return Prediction(
        decode_tok_s=said.decode_tok_s,
        throughput_tok_s=decoding if row.phase == "decode" else said.throughput_tok_s,
        prefill_tok_s=said.prefill_tok_s if not row.depth_tokens else None,
    )


PEERS: dict[str, Callable[[Row], Prediction]] = {
    "roofline": roofline,
    "roofline x 0.55": roofline_055,
    "llmfit": llmfit,
    "ridgepoint": ridgepoint,
    "aiconfigurator": aiconfigurator,
}
"""Every peer by the name that the report prints."""
