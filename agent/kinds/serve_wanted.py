"""What a server has to do, sized on any devices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import ceil

from agent.core.efficiency import TENSOR_PARALLEL, default_engine
from agent.core.estimate import Estimate, estimate
from agent.core.precision import GGUF_ENGINES
from agent.core.servers import servers_on
from agent.errors import InputError
from agent.kinds.asked import nominal_bits, steps
from knowledge.schema import Hardware, Model

SERVE_STREAMS = 8
STREAMS = (8, 16, 32, 64, 128, 256)
"""Requests at once that are tried for a stated load, up to vLLM's default on small cards."""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second at the peak, and how many servers like this one carry them."""

    requests_per_second: float
    per_server: float
    servers: int
    is_peak: bool
    """Whether the rate was stated by the second, so that no peak is added to an average."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the server has to do, sized on any devices."""

    model: Model
    context: int
    answer: int
    concurrency: int | None
    rate: float | None
    is_peak: bool
    engine: str | None
    server: str | None
    precision: str | None
    asks_gguf: bool

    def on(self, hardware: Hardware, devices: int, *, roughly: bool = False) -> Estimate | None:
        """Return the widest format that holds the streams on `devices`, None where none does.

        For a stated rate as few streams at once as carry it, or `roughly` as many as fit; else
        fewer full contexts than the usual number count too, two before one.
        """
        found = []
        for item in self.formats(hardware, devices, self.concurrency or SERVE_STREAMS):
            if item.fits:
                return self._for_rate(item, hardware, devices, roughly=roughly)
            found.append(item)
        for least in (2, 1):
            for item in found:
                if (item.max_concurrency or 0) >= least:
                    streams = min(item.concurrency, item.max_concurrency or 1)
                    return self.at(item.precision, hardware, devices, streams)
        return None

    def formats(self, hardware: Hardware, devices: int, streams: int) -> Iterator[Estimate]:
        """Yield an estimate for each format to try, the widest first.

        Raises:
            InputError: if the precision asked for can't be used.
        """
        if self.precision:
            yield self.at(self.precision, hardware, devices, streams)
            return
        for precision in steps(self.model, hardware):
            with suppress(InputError):
                yield self.at(precision, hardware, devices, streams)

    def at(
        self,
        precision: str,
        hardware: Hardware,
        devices: int,
        streams: int,
        *,
        engine: str | None = None,
    ) -> Estimate:
        """Return the estimate for `streams` full contexts at once; `engine` may use RAM too."""
        used = engine or self.engine_on(hardware)
        return estimate(
            self.model,
            hardware,
            devices,
            _format(precision, used),
            streams,
            max(1, self.context - self.answer),
            self.answer,
            used,
            context_tokens=self.context,
            cpu_offload=engine is not None,
        )

    def engine_on(self, hardware: Hardware) -> str:
        """Return the engine asked for; for a stated load on a GPU vLLM, else the usual one."""
        if self.engine is not None:
            return self.engine
        busy = self.rate is not None or (self.concurrency or 1) > SERVE_STREAMS
        usual = "vllm" if busy and hardware.device == "gpu" else default_engine(hardware)
        able = servers_on(hardware)
        return usual if usual in able or not able else "llama.cpp"

    def _for_rate(
        self, item: Estimate, hardware: Hardware, devices: int, *, roughly: bool
    ) -> Estimate:
        """Return `item` with the fewest streams that carry the rate, else with the most."""
        if self.rate is None or self.concurrency is not None:
            return item
        fitting = [n for n in STREAMS if n <= (item.max_concurrency or 0)]
        for streams in fitting[-1:] if roughly else fitting:
            item = self.at(item.precision, hardware, devices, streams)
            if (item.throughput_tok_s.value or 0.0) >= self.rate * self.answer:
                break
        return item

    def carried_by(self, item: Estimate) -> Load | None:
        """Return how many servers like `item` carry the rate, None where none was stated."""
        speed = item.throughput_tok_s.value
        if self.rate is None or not speed:
            return None
        each = speed / self.answer
        return Load(self.rate, each, max(1, ceil(self.rate / each)), self.is_peak)


def _format(precision: str, engine: str) -> str:
    """Return the precision as the engine stores it: llama.cpp has GGUF names, others have bits."""
    gguf = precision.startswith("q")
    if engine in GGUF_ENGINES and nominal_bits(precision) == 8 and not gguf:
        return "q8_0"
    return f"{nominal_bits(precision)} bit" if gguf and engine in TENSOR_PARALLEL else precision
