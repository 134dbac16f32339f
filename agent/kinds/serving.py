"""A server sized for the load: on the devices named, else on the cheapest that carry it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import ceil

from agent.core.defaults import defaults
from agent.core.efficiency import TENSOR_PARALLEL, default_engine, device_class
from agent.core.estimate import Estimate, estimate
from agent.core.precision import GGUF_ENGINES, native_precision
from agent.core.recipes import RecipeFile
from agent.core.serve_plan import outside_gpu
from agent.errors import InputError
from agent.kinds.asked import FOUR_BITS, is_unlisted, nominal_bits, read_precision, steps
from agent.kinds.naming import cards, context_of, short
from agent.kinds.plain import Back
from agent.kinds.rentals import cheapest_rental
from agent.placing import COUNTS, priced_devices
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model

STOCK = "hardware/nvidia-rtx-4090"
SERVE_CONTEXT = 8192
SERVE_STREAMS = 8
ANSWER_TOKENS = 512
REQUEST = (1000, 200)
"""Assumed tokens in and out of a request, where only their rate is stated."""
STREAMS = (8, 16, 32, 64, 128, 256)
"""Requests at once that are tried for a stated load, up to vLLM's default on small cards."""
SECONDS_A_DAY = 86_400
SERVER_WORDS = ("ollama", "llama.cpp", "vllm", "sglang")
LAYER_SERVERS = ("ollama", "llama.cpp")
"""Servers that keep in system memory what the GPU can't hold."""
GGUF_STEPS = ("q8_0", "q4_k_m", "q3_k_m", "q2_k")
FREE_RAM = 0.9
"""Assumed share of the system memory that the weights may take."""
_RAM = re.compile(
    r"(\d{1,4})\s?(gb|tb)\s+(?:of\s+)?(?:system\s+|main\s+|cpu\s+|host\s+)?"
    r"(?:ddr\d\s+)?(?:ram|memory beside|system memory|arbeitsspeicher)\b",
    re.IGNORECASE,
)
_A_SECOND = re.compile(
    r"second|sec\b|/\s?s\b|\brps\b|\bqps\b|sekunde|seconde|segundo", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second at the peak, and how many servers like this one carry them."""

    requests_per_second: float
    per_server: float
    servers: int
    is_peak: bool
    """Whether the rate was stated by the second, so that no peak is added to an average."""


@dataclass(frozen=True, slots=True)
class Server:
    """A sized server with its file, and what was assumed for it."""

    model: Model
    hardware: Hardware
    devices: int
    sized: Estimate
    file: RecipeFile | None
    refused: str | None
    assumed: dict[str, str]
    device_assumed: bool = False
    stands_for: str | None = None
    load: Load | None = None
    rent: Statement | None = None
    ram_gb: float | None = None
    """System memory beside the GPU, as stated."""


def work_out(
    turn: Turn,
    model: Model,
    hardware: Hardware | None,
    devices: int,
    *,
    stands_for: str | None,
    assumed: dict[str, str],
) -> Server | Back:
    """Size the server and write its file; where no device is named, choose one."""
    assumed = dict(assumed)
    device_assumed = hardware is None
    wanted = _wanted(turn, model, assumed)
    if hardware is None:
        chosen = _choose(turn, wanted)
        if chosen is None:
            return Back("problem", (f"Nothing rented by the hour here holds {short(model)}.",))
        hardware, devices = chosen
        assumed["hardware"] = cards(devices, short(hardware))
    ram = stated_ram(turn.message)
    best = wanted.on(hardware, devices) or _offloaded(wanted, hardware, devices, ram)
    if best is None:
        best = _anyhow(wanted, hardware, devices)
    if best is None:
        return Back("problem", (f"{short(model)} can't be sized on {short(hardware)}.",))
    if turn.understanding.concurrency is None:
        one = best.concurrency == 1
        assumed["concurrency"] = (
            f"{'one request' if one else f'up to {best.concurrency} requests'} at once"
        )
    try:
        file, refused = serve_recipe(best, model, hardware, server=wanted.server), None
    except InputError as error:
        file, refused = None, str(error)
    return Server(
        model,
        hardware,
        devices,
        best,
        file,
        refused,
        assumed,
        device_assumed,
        stands_for,
        wanted.carried_by(best),
        None if is_unlisted(hardware) else cheapest_rental(turn, hardware),
        ram,
    )


def stated_ram(message: str) -> float | None:
    """Return the system memory in GB that the message states beside a GPU."""
    match = _RAM.search(message)
    if match is None:
        return None
    return float(match[1]) * (1000 if match[2].lower() == "tb" else 1)


def _wanted(turn: Turn, model: Model, assumed: dict[str, str]) -> _Wanted:
    """Return what the server has to do, with what was assumed noted in `assumed`."""
    asked, profile = turn.understanding, turn.profile
    rate, is_peak = _rate(turn)
    context, guessed = context_of(turn, SERVE_CONTEXT)
    answer = profile.output_tokens or min(ANSWER_TOKENS, max(1, context // 2))
    if guessed and rate is not None:
        prompt, answer = profile.input_tokens or REQUEST[0], profile.output_tokens or REQUEST[1]
        context = prompt + answer
        assumed["context"] = f"requests of {prompt:,} tokens in and {answer:,} out"
    elif guessed:
        assumed["context"] = f"{context:,} tokens of context"
    answer = min(answer, max(1, context - 1))
    server = _server_name(turn)
    engine = "llama.cpp" if server == "ollama" else server or asked.engine
    precision = read_precision(model, asked.precision)
    return _Wanted(
        model, context, answer, asked.concurrency, rate, is_peak, engine, server, precision
    )


def _rate(turn: Turn) -> tuple[float | None, bool]:
    """Return the requests a second at the peak, and whether they were stated by the second."""
    profile = turn.profile
    if not profile.requests_per_day:
        return None, False
    is_peak = bool(_A_SECOND.search(profile.words.get("requests_per_day", "")))
    peak = 1.0 if is_peak else defaults()["peak_to_average"]
    return profile.requests_per_day * peak / SECONDS_A_DAY, is_peak


@dataclass(frozen=True, slots=True)
class _Wanted:
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
        busy = self.rate is not None or (self.concurrency or 1) > SERVE_STREAMS
        if self.engine is None and busy and hardware.device == "gpu":
            return "vllm"
        return self.engine or default_engine(hardware)

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


def _choose(turn: Turn, wanted: _Wanted) -> tuple[Hardware, int] | None:
    """Return the stock card where it does what is wanted, else the devices of the least rent.

    Desktop cards count one by one only: servers of many are rented with data-centre cards.
    """
    stock = turn.catalogue.get(STOCK) if STOCK in turn.catalogue else None
    plain = wanted.rate is None and wanted.concurrency is None
    if plain and isinstance(stock, Hardware) and _holds(wanted, stock, 1, streams=2):
        return stock, 1
    best: tuple[float, Hardware, int] | None = None
    for hardware, price in priced_devices(turn, bought=False):
        if hardware.vendor != "NVIDIA":
            continue
        unit, desktop = price.value or 0.0, device_class(hardware) != "datacentre"
        for count in COUNTS[:1] if desktop else COUNTS:
            if best is not None and unit * count >= best[0]:
                break
            sized = _holds(wanted, hardware, count, streams=SERVE_STREAMS)
            if sized is None:
                continue
            load = wanted.carried_by(sized)
            servers = load.servers if load else 1
            if desktop and servers > 1:
                break
            rent = unit * count * servers
            if best is None or rent < best[0]:
                best = (rent, hardware, count)
            if servers == 1:
                break
    return (best[1], best[2]) if best else None


def _holds(wanted: _Wanted, hardware: Hardware, count: int, *, streams: int) -> Estimate | None:
    """Return the estimate where `count` devices hold the streams wanted or given, else None."""
    try:
        sized = wanted.on(hardware, count, roughly=True)
    except InputError:
        return None
    if sized is None or not sized.fits or sized.concurrency < (wanted.concurrency or streams):
        return None
    return sized


def _offloaded(
    wanted: _Wanted, hardware: Hardware, devices: int, ram_gb: float | None
) -> Estimate | None:
    """Return the widest GGUF file that GPU and system memory hold together, for one request.

    Only where system memory is stated, or the server asked for can use it.
    """
    if hardware.device != "gpu" or wanted.server not in (None, *LAYER_SERVERS):
        return None
    if ram_gb is None and wanted.server is None:
        return None
    streams = wanted.concurrency or 1
    native = native_precision(wanted.model)
    formats = (native.name,) if native.bits < FOUR_BITS else GGUF_STEPS
    for precision in (wanted.precision,) if wanted.precision else formats:
        try:
            sized = wanted.at(precision, hardware, devices, streams, engine="llama.cpp")
        except InputError:
            continue
        kept = outside_gpu(sized, wanted.model)
        if kept is not None and (ram_gb is None or kept.ram_gb <= ram_gb * FREE_RAM):
            return sized
    return None


def _anyhow(wanted: _Wanted, hardware: Hardware, devices: int) -> Estimate | None:
    """Return the narrowest format although it does not fit, so that it can be said by how much."""
    found = list(wanted.formats(hardware, devices, wanted.concurrency or SERVE_STREAMS))
    return found[-1] if found else None


def _format(precision: str, engine: str) -> str:
    """Return the precision as the engine stores it: llama.cpp has GGUF names, others have bits."""
    gguf = precision.startswith("q")
    if engine in GGUF_ENGINES and nominal_bits(precision) == 8 and not gguf:
        return "q8_0"
    return f"{nominal_bits(precision)} bit" if gguf and engine in TENSOR_PARALLEL else precision


def _server_name(turn: Turn) -> str | None:
    """Return the server asked for, one without a recipe too."""
    engine = turn.understanding.engine
    low = f"{engine or ''} {turn.message}".lower()
    return next((name for name in SERVER_WORDS if name in low), None) or engine
