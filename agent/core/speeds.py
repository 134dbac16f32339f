"""The speeds of one estimate and their intervals, from the fitted terms or from kernel tables."""

from __future__ import annotations

from agent.core import speed
from agent.core.precise import PreciseSpeeds, precise_speeds
from agent.core.quantity import UNKNOWN, Quantity
from agent.core.rates import spread
from agent.core.speed import Load
from agent.core.throughput import Setup, compute_peak, fastest_step_s
from agent.core.workings import Frame, Speeds

OFFLOAD_SPREAD = 0.25
"""Extra spread where system memory is read: its speed is assumed and processors differ."""


def table_speeds(frame: Frame, setup: Setup) -> PreciseSpeeds | None:
    """Return what measured kernel tables predict, where such a tool is installed and knows."""
    if setup.offloaded_share or frame.cached_prompt_tokens or not frame.input_tokens:
        return None
    found = precise_speeds(
        frame.model,
        frame.hardware,
        devices=frame.devices,
        precision=frame.precision,
        engine=frame.engine,
        concurrency=frame.concurrency,
        input_tokens=frame.input_tokens,
        output_tokens=frame.output_tokens,
    )
    return found if isinstance(found, PreciseSpeeds) else None


def speeds_of(frame: Frame, setup: Setup, load: Load, precise: PreciseSpeeds | None) -> Speeds:
    """Return the speeds with their intervals."""
    known = compute_peak(setup) is not None
    batched = frame.concurrency > 1
    extra = OFFLOAD_SPREAD if setup.offloaded_share > 0 else 0.0
    step_spread = (
        spread("throughput" if batched else "decode", setup.engine, frame.hardware) + extra
    )
    prompt_spread = spread("prefill", setup.engine, frame.hardware) + extra
    fastest = 1 / fastest_step_s(setup, load)
    step = 1 / precise.decode_tok_s if precise else speed.step_s(load, setup.rates)
    decode = Quantity.spread(1 / step, step_spread) if known or not batched else UNKNOWN
    decode = _below(decode, max(fastest, 1 / step))
    if not known:
        return Speeds(decode=decode)
    prompt = speed.prompt_s(load, setup.rates) if frame.input_tokens else 0.0
    together = speed.throughput_tok_s(load, setup.rates) if frame.output_tokens else None
    if precise:
        prompt = frame.input_tokens / precise.prefill_tok_s
        together = precise.throughput_tok_s
    throughput = UNKNOWN
    if together is not None:
        # All streams together can't give more than each of them does at its best.
        most = (decode.high or 0.0) * frame.concurrency
        throughput_spread = spread("throughput", setup.engine, frame.hardware) + extra
        throughput = _below(Quantity.spread(together, throughput_spread), max(most, together))
    read = frame.input_tokens - frame.cached_prompt_tokens
    return Speeds(
        decode=decode,
        throughput=throughput,
        ttft=Quantity.spread(prompt + step, prompt_spread if prompt else step_spread),
        prefill=Quantity.spread(read / prompt, prompt_spread) if read and prompt else UNKNOWN,
    )


def _below(quantity: Quantity, most: float) -> Quantity:
    """Return `quantity` with its upper end at `most` or lower."""
    if quantity.high is None or quantity.high <= most:
        return quantity
    return quantity.model_copy(update={"high": most})
