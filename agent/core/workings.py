"""The worked calculations behind an estimate, each with its inputs and their sources."""

from __future__ import annotations

from dataclasses import dataclass

from agent.calculation import Calculation, Input
from agent.core import speed
from agent.core.machine import SYSTEM_MEMORY, SYSTEM_SHARE, SystemMemory
from agent.core.memory_stated import memory_source
from agent.core.precise import PreciseSpeeds
from agent.core.precision import Precision
from agent.core.quantity import UNKNOWN, Quantity
from agent.core.sizing import BINARY_GB, Memory, cache_bytes, kv_bytes_per_token
from agent.core.speed import Load
from agent.core.throughput import NO_PEAK, Setup, compute_peak
from knowledge.schema import Hardware, Model


def tail(doc_id: str) -> str:
    """Return the last part of a document id: "models/llama-3.1-8b" gives "llama-3.1-8b"."""
    return doc_id.rpartition("/")[2]


def calculation(
    calc_id: str,
    name: str,
    *,
    formula: str,
    inputs: tuple[Input, ...],
    quantity: Quantity,
    unit: str,
) -> Calculation:
    """Return a worked figure whose sources are those of its inputs.

    Raises:
        ValueError: if the quantity has no value; a figure that is unknown has no workings.
    """
    if quantity.value is None:
        raise ValueError(f"{calc_id!r} has no value to show")
    exact = quantity.low == quantity.value == quantity.high
    sources = dict.fromkeys(item.source for item in inputs if item.source != "assumed")
    return Calculation(
        id=calc_id,
        name=name,
        formula=formula,
        inputs=inputs,
        value=quantity.value,
        unit=unit,
        low=None if exact else quantity.low,
        high=None if exact else quantity.high,
        sources=tuple(sources),
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """What the ids of one estimate's calculations are made of."""

    model: Model
    hardware: Hardware
    precision: Precision
    engine: str
    devices: int
    concurrency: int
    context_tokens: int
    input_tokens: int
    output_tokens: int
    cached_prompt_tokens: int = 0

    @property
    def base(self) -> str:
        """Id stem of what depends on model and precision only."""
        return f"calc/{tail(self.model.id)}/{self.precision.name}"

    @property
    def placed(self) -> str:
        """Id stem of what depends on the devices, the engine and the load too."""
        return (
            f"{self.base}/{tail(self.hardware.id)}-x{self.devices}/{self.engine}"
            f"/b{self.concurrency}-c{self.context_tokens}"
            f"-i{self.input_tokens}-o{self.output_tokens}"
        )

    @property
    def weights_id(self) -> str:
        """Id of the weights."""
        return f"{self.base}/weights"

    @property
    def cache_id(self) -> str:
        """Id of the key-value cache."""
        return f"{self.base}/kv-cache-{self.context_tokens}x{self.concurrency}"


@dataclass(frozen=True, slots=True)
class Speeds:
    """The speeds of one estimate, each unknown unless given."""

    decode: Quantity = UNKNOWN
    throughput: Quantity = UNKNOWN
    ttft: Quantity = UNKNOWN
    prefill: Quantity = UNKNOWN


def memory_workings(
    frame: Frame,
    memory: Memory,
    *,
    total: Quantity,
    usable_why: str,
    share: float,
    beside: SystemMemory,
) -> list[Calculation]:
    """Return the workings of weights, cache, total and usable memory."""
    shape = memory.shape
    bits = shape.bits_per_weight(frame.precision)
    out = [
        calculation(
            frame.weights_id,
            f"weights of {frame.model.title} at {frame.precision.name}",
            formula="parameters x bits per weight / 8",
            inputs=(
                Input(
                    name="parameters",
                    value=shape.total_b,
                    unit="billion",
                    source=shape.source,
                ),
                Input(name="bits per weight", value=round(bits, 3), unit="bits"),
                Input(name="basis of the bits", value=frame.precision.source),
            ),
            quantity=Quantity.exact(memory.weights_gb),
            unit="GB",
        )
    ]
    total_inputs = [
        Input(
            name="weights",
            value=round(memory.weights_gb, 2),
            unit="GB",
            source=frame.weights_id,
        )
    ]
    architecture = frame.model.architecture
    if memory.kv_cache_gb is not None and architecture is not None:
        out.append(
            calculation(
                frame.cache_id,
                f"key-value cache of {frame.model.title}",
                formula="cache per token x context x sequences; windowed layers stop growing",
                inputs=(
                    Input(
                        name="cache per token",
                        value=round(
                            kv_bytes_per_token(
                                architecture,
                                kv_bytes=cache_bytes(frame.precision, frame.engine),
                            )
                            / 1000,
                            1,
                        ),
                        unit="kB",
                        source=f"{frame.model.id}#architecture",
                    ),
                    Input(name="context", value=frame.context_tokens, unit="tokens"),
                    Input(name="sequences", value=frame.concurrency),
                ),
                quantity=Quantity.exact(memory.kv_cache_gb),
                unit="GB",
            )
        )
        total_inputs.append(
            Input(
                name="key-value cache",
                value=round(memory.kv_cache_gb, 2),
                unit="GB",
                source=frame.cache_id,
            )
        )
    total_inputs.append(
        Input(
            name=f"runtime of {frame.engine}",
            value=round(memory.overhead_gb, 2),
            unit="GB",
        )
    )
    out.append(
        calculation(
            f"{frame.placed}/total",
            "memory needed",
            formula="weights + key-value cache + runtime",
            inputs=tuple(total_inputs),
            quantity=total,
            unit="GB",
        )
    )
    stated = frame.hardware.value("memory")
    if memory.usable_gb is not None and stated is not None:
        out.append(
            calculation(
                f"{frame.placed}/usable",
                f"usable memory of {frame.devices} x {frame.hardware.title}",
                formula="devices x memory x 1.074 GB per GiB x usable share"
                + (" + system memory x 1.074 x its usable share" if beside.gb else ""),
                inputs=(
                    Input(name="devices", value=frame.devices),
                    Input(
                        name="memory",
                        value=stated,
                        unit="GB",
                        source=memory_source(frame.hardware),
                    ),
                    Input(name="usable share", value=share),
                    Input(name="why", value=usable_why),
                    *_beside_inputs(beside),
                    Input(
                        name="all memory in GB of 1e9 bytes",
                        value=round(stated * BINARY_GB * frame.devices, 2),
                        unit="GB",
                    ),
                ),
                quantity=Quantity.exact(memory.usable_gb),
                unit="GB",
            )
        )
    return out


def _beside_inputs(beside: SystemMemory) -> tuple[Input, ...]:
    if not beside.gb:
        return ()
    return (
        Input(name="system memory", value=beside.gb, unit="GB", source=SYSTEM_MEMORY),
        Input(name="its usable share", value=SYSTEM_SHARE),
    )


def _offload_inputs(setup: Setup) -> tuple[Input, ...]:
    if not setup.offloaded_share:
        return ()
    return (
        Input(name="share of the weights in system memory", value=round(setup.offloaded_share, 3)),
        Input(name="bandwidth of system memory", value=setup.system_gb_s, unit="GB/s"),
    )


def speed_workings(
    frame: Frame, setup: Setup, load: Load | None, speeds: Speeds, precise: PreciseSpeeds | None
) -> list[Calculation]:
    """Return the workings of the speeds that are known."""
    decode_id, prefill_id = f"{frame.placed}/decode", f"{frame.placed}/prefill"
    out: list[Calculation] = []
    if load is None:
        return out
    if speeds.decode.value is not None:
        out.append(
            _table_working(decode_id, "decode speed of one stream", speeds.decode, precise)
            if precise
            else _decode_working(decode_id, frame, setup, load, speeds.decode)
        )
    if speeds.prefill.value is not None:
        out.append(
            _table_working(prefill_id, "prompt reading speed", speeds.prefill, precise)
            if precise
            else _prefill_working(prefill_id, frame, setup, load, speeds.prefill)
        )
    if speeds.ttft.value is not None:
        out.append(
            calculation(
                f"{frame.placed}/ttft",
                "time to first token",
                formula="prompt tokens / prompt reading speed + one decode step",
                inputs=(
                    Input(
                        name="prompt",
                        value=frame.input_tokens - frame.cached_prompt_tokens,
                        unit="tokens",
                    ),
                    _rate("prompt reading speed", speeds.prefill, prefill_id),
                    _rate("decode speed of one stream", speeds.decode, decode_id),
                ),
                quantity=speeds.ttft,
                unit="s",
            )
        )
    if speeds.throughput.value is not None:
        name = "output tokens of all streams, prompts included"
        out.append(
            _table_working(f"{frame.placed}/throughput", name, speeds.throughput, precise)
            if precise
            else calculation(
                f"{frame.placed}/throughput",
                name,
                formula="copies x streams x output / (streams x prompt time + output / decode "
                "speed)",
                inputs=(
                    Input(name="copies", value=setup.layout.replicas),
                    Input(name="streams", value=load.streams),
                    Input(name="output", value=frame.output_tokens, unit="tokens"),
                    _rate("prompt reading speed", speeds.prefill, prefill_id),
                    _rate("decode speed of one stream", speeds.decode, decode_id),
                ),
                quantity=speeds.throughput,
                unit="tokens/s",
            )
        )
    return out


def _table_working(
    calc_id: str, name: str, quantity: Quantity, precise: PreciseSpeeds
) -> Calculation:
    """Return a figure that a tool looked up in its measured kernel tables."""
    return calculation(
        calc_id,
        name,
        formula=f"looked up and added up by {precise.tool} from measured kernel times",
        inputs=(Input(name="asked", value=precise.asked),),
        quantity=quantity,
        unit="tokens/s",
    )


def _decode_working(
    calc_id: str, frame: Frame, setup: Setup, load: Load, decode: Quantity
) -> Calculation:
    return calculation(
        calc_id,
        "decode speed of one stream",
        formula="1 / (bytes read / (bandwidth x efficiency x devices at work) "
        "+ layers x time per layer + links, streams and step)",
        inputs=(
            Input(
                name="weights read a step",
                value=round(load.read_gb, 2),
                unit="GB",
                source=_active_source(frame.model, frame.weights_id),
            ),
            Input(
                name="cache read a step", value=round(load.cache_gb * load.streams, 2), unit="GB"
            ),
            Input(
                name="bandwidth",
                value=load.bandwidth,
                unit="GB/s",
                source=f"{frame.hardware.id}#bandwidth",
            ),
            Input(name="efficiency", value=round(speed.bandwidth_share(load, setup.rates), 3)),
            Input(name="devices at work", value=round(load.tensor * load.pipeline)),
            Input(name="layers", value=setup.layers),
            Input(
                name="time per layer",
                value=round(speed.layer_s(load, setup.rates) * 1e6),
                unit="us",
            ),
            Input(name="streams", value=frame.concurrency),
            *_offload_inputs(setup),
        ),
        quantity=decode,
        unit="tokens/s",
    )


def _prefill_working(
    calc_id: str, frame: Frame, setup: Setup, load: Load, prefill: Quantity
) -> Calculation:
    peak = compute_peak(setup) or NO_PEAK
    return calculation(
        calc_id,
        "prompt reading speed",
        formula="tokens / ((2 x active parameters x tokens + attention) / (peak x MFU) "
        "+ passes over the weights)",
        inputs=(
            Input(name="tokens", value=round(load.prompt)),
            Input(
                name="active parameters",
                value=setup.shape.active_b,
                unit="billion",
                source=_active_source(frame.model, setup.shape.source),
            ),
            Input(name="peak", value=peak.tflops, unit="TFLOPS", source=peak.source),
            Input(name="MFU", value=round(speed.prompt_share(load, setup.rates), 3)),
        ),
        quantity=prefill,
        unit="tokens/s",
    )


def _rate(name: str, quantity: Quantity, source: str) -> Input:
    return Input(name=name, value=round(quantity.value or 0.0, 3), unit="tokens/s", source=source)


def _active_source(model: Model, otherwise: str) -> str:
    return f"{model.id}#active_parameters" if model.value("active_parameters") else otherwise
