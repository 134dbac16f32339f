"""The worked calculations behind an estimate, each with its inputs and their sources."""

from __future__ import annotations

from dataclasses import dataclass

from agent.calculation import Calculation, Input
from agent.core.machine import SYSTEM_MEMORY, SYSTEM_SHARE, SystemMemory
from agent.core.memory_stated import memory_source
from agent.core.precision import Precision
from agent.core.quantity import Quantity
from agent.core.sizing import BINARY_GB, Memory, cache_bytes, kv_bytes_per_token
from agent.core.throughput import Setup, compute_peak
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
    frame: Frame,
    setup: Setup,
    *,
    decode: Quantity,
    throughput: Quantity,
    ttft: Quantity,
    prefill: Quantity,
) -> list[Calculation]:
    """Return the workings of the speeds that are known."""
    out: list[Calculation] = []
    shape = setup.shape
    fit = setup.decode_fit
    read_gb = shape.read_gb(frame.precision, sequences=frame.concurrency)
    bandwidth = frame.hardware.value("bandwidth")
    decode_id = f"{frame.placed}/decode"
    prefill_id = f"{frame.placed}/prefill"
    if decode.value is not None and bandwidth is not None:
        out.append(
            calculation(
                decode_id,
                "decode speed of one stream",
                formula="1 / (bytes read / (bandwidth x efficiency x parallel devices) "
                "+ layers x time per layer)",
                inputs=(
                    Input(
                        name="weights read a step",
                        value=round(read_gb, 2),
                        unit="GB",
                        source=_active_source(frame.model, frame.weights_id),
                    ),
                    Input(
                        name="bandwidth",
                        value=bandwidth,
                        unit="GB/s",
                        source=f"{frame.hardware.id}#bandwidth",
                    ),
                    Input(name="efficiency", value=round(fit.e, 3)),
                    Input(name="parallel devices", value=setup.tensor_parallel),
                    Input(name="layers", value=setup.layers),
                    Input(name="time per layer", value=round(fit.layer_us), unit="us"),
                    Input(name="streams", value=frame.concurrency),
                    *_offload_inputs(setup),
                ),
                quantity=decode,
                unit="tokens/s",
            )
        )
    peak = compute_peak(setup)
    if prefill.value is not None and peak is not None:
        moe = shape.active_b < shape.total_b
        out.append(
            calculation(
                prefill_id,
                "prompt reading speed",
                formula="tokens / ((2 x active parameters x tokens + attention) / (peak x MFU))",
                inputs=(
                    Input(name="tokens", value=frame.input_tokens),
                    Input(
                        name="active parameters",
                        value=shape.active_b,
                        unit="billion",
                        source=_active_source(frame.model, shape.source),
                    ),
                    Input(
                        name="peak",
                        value=peak.tflops,
                        unit="TFLOPS",
                        source=peak.source,
                    ),
                    Input(
                        name="MFU",
                        value=setup.prefill_fit.moe_mfu if moe else setup.prefill_fit.mfu,
                    ),
                ),
                quantity=prefill,
                unit="tokens/s",
            )
        )
    if ttft.value is not None:
        out.append(
            calculation(
                f"{frame.placed}/ttft",
                "time to first token",
                formula="prompt tokens / prompt reading speed + one decode step",
                inputs=(
                    Input(name="prompt", value=frame.input_tokens, unit="tokens"),
                    _rate("prompt reading speed", prefill, prefill_id),
                    _rate("decode speed of one stream", decode, decode_id),
                ),
                quantity=ttft,
                unit="s",
            )
        )
    if throughput.value is not None:
        out.append(
            calculation(
                f"{frame.placed}/throughput",
                "output tokens of all streams, prompts included",
                formula="streams x output / (streams x prompt time + output / decode speed)",
                inputs=(
                    Input(name="streams", value=frame.concurrency),
                    Input(name="output", value=frame.output_tokens, unit="tokens"),
                    _rate("prompt reading speed", prefill, prefill_id),
                    _rate("decode speed of one stream", decode, decode_id),
                ),
                quantity=throughput,
                unit="tokens/s",
            )
        )
    return out


def _rate(name: str, quantity: Quantity, source: str) -> Input:
    return Input(name=name, value=round(quantity.value or 0.0, 3), unit="tokens/s", source=source)


def _active_source(model: Model, otherwise: str) -> str:
    return f"{model.id}#active_parameters" if model.value("active_parameters") else otherwise
