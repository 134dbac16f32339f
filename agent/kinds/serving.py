"""A server sized for the load: on the devices named, else on the cheapest that carry it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.core.defaults import defaults
from agent.core.efficiency import device_class
from agent.core.estimate import Estimate
from agent.core.precision import native_precision, parse_precision
from agent.core.recipes import RecipeFile
from agent.core.serve_files import serve_files
from agent.core.serve_plan import Extras, ServePlan, serve_plan
from agent.core.servers import barred, servers_on
from agent.core.spread import outside_gpu
from agent.errors import InputError
from agent.kinds.asked import FOUR_BITS, is_unlisted, read_precision
from agent.kinds.naming import cards, context_of, short
from agent.kinds.plain import Back
from agent.kinds.rentals import cheapest_rental
from agent.kinds.serve_wanted import SERVE_STREAMS, Load, Wanted
from agent.placing import COUNTS, priced_devices
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model

STOCK = "hardware/nvidia-rtx-4090"
SERVE_CONTEXT = 8192
ANSWER_TOKENS = 512
REQUEST = (1000, 200)
"""Assumed tokens in and out of a request, where only their rate is stated."""
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
_ADAPTER = re.compile(r"\b(?:q?lora|adapter|adaptateur|adaptador)(?:s|es)?\b", re.IGNORECASE)
_SPECULATIVE = re.compile(r"sp[eé][ck]ulati|spekulativ|prompt lookup", re.IGNORECASE)
_GGUF = re.compile(r"\bgguf\b", re.IGNORECASE)
_NARROW_CACHE = re.compile(
    r"(?:fp8|q8(?:_0)?|int8|8.?bits?|quanti[sz]ed?)\W+k/?v|k/?v.{0,3}cache\W+(?:\w+\W+)?(?:fp8|q8|int8|8.?bit)",
    re.IGNORECASE,
)
_A_SECOND = re.compile(
    r"second|sec\b|/\s?s\b|\brps\b|\bqps\b|sekunde|seconde|segundo", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Server:
    """A sized server with its file, and what was assumed for it."""

    model: Model
    hardware: Hardware
    devices: int
    sized: Estimate
    plan: ServePlan | None
    files: tuple[RecipeFile, ...]
    refused: str | None
    assumed: dict[str, str]
    device_assumed: bool = False
    stands_for: str | None = None
    load: Load | None = None
    rent: Statement | None = None
    ram_gb: float | None = None
    """System memory beside the GPU, as stated."""
    barred: str | None = None
    """Why the server asked for was replaced."""


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
    reason = _barred(wanted, hardware)
    if reason is not None:
        wanted = replace(wanted, server=None, engine="llama.cpp" if wanted.asks_gguf else None)
    extras = _extras(turn.message)
    easier = extras.adapter or extras.speculative
    if easier and wanted.engine is None and "vllm" in servers_on(hardware):
        wanted = replace(wanted, engine="vllm")
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
    plan, refused = None, None
    try:
        plan = serve_plan(
            best,
            model,
            hardware,
            server=wanted.server,
            extras=extras,
        )
    except InputError as error:
        refused = str(error)
    return Server(
        model,
        hardware,
        devices,
        best,
        plan,
        serve_files(plan) if plan else (),
        refused,
        assumed,
        device_assumed,
        stands_for,
        wanted.carried_by(best),
        None if is_unlisted(hardware) else cheapest_rental(turn, hardware),
        ram,
        reason,
    )


def _extras(message: str) -> Extras:
    return Extras(
        adapter=bool(_ADAPTER.search(message)),
        speculative=bool(_SPECULATIVE.search(message)),
        narrow_cache=bool(_NARROW_CACHE.search(message)),
    )


def _barred(wanted: Wanted, hardware: Hardware) -> str | None:
    """Say why the server asked for can't do what is wanted on that device, None where it can."""
    name = wanted.server
    return None if name is None else barred(name, hardware, "q4_k_m" if wanted.asks_gguf else None)


def stated_ram(message: str) -> float | None:
    """Return the system memory in GB that the message states beside a GPU."""
    match = _RAM.search(message)
    if match is None:
        return None
    return float(match[1]) * (1000 if match[2].lower() == "tb" else 1)


def _wanted(turn: Turn, model: Model, assumed: dict[str, str]) -> Wanted:
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
    named = None if _is_of_the_cache(turn) else asked.precision
    precision = read_precision(model, named)
    asks_gguf = _GGUF.search(turn.message) is not None or (named is not None and _is_gguf(named))
    return Wanted(
        model,
        context,
        answer,
        asked.concurrency,
        rate,
        is_peak,
        engine,
        server,
        precision,
        asks_gguf,
    )


def _is_of_the_cache(turn: Turn) -> bool:
    """Return whether the precision named is the cache's alone, and not the weights'."""
    phrase = _NARROW_CACHE.search(turn.message)
    named = (turn.understanding.precision or "").lower()
    return phrase is not None and named[:2] not in _NARROW_CACHE.sub("", turn.message).lower()


def _is_gguf(precision: str) -> bool:
    """Return whether a format of llama.cpp's files was named, not just a number of bits."""
    try:
        return parse_precision(precision).kind == "gguf"
    except InputError:
        return False


def _rate(turn: Turn) -> tuple[float | None, bool]:
    """Return the requests a second at the peak, and whether they were stated by the second."""
    profile = turn.profile
    if not profile.requests_per_day:
        return None, False
    is_peak = bool(_A_SECOND.search(profile.words.get("requests_per_day", "")))
    peak = 1.0 if is_peak else defaults()["peak_to_average"]
    return profile.requests_per_day * peak / SECONDS_A_DAY, is_peak


def _choose(turn: Turn, wanted: Wanted) -> tuple[Hardware, int] | None:
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


def _holds(wanted: Wanted, hardware: Hardware, count: int, *, streams: int) -> Estimate | None:
    """Return the estimate where `count` devices hold the streams wanted or given, else None."""
    try:
        sized = wanted.on(hardware, count, roughly=True)
    except InputError:
        return None
    if sized is None or not sized.fits or sized.concurrency < (wanted.concurrency or streams):
        return None
    return sized


def _offloaded(
    wanted: Wanted, hardware: Hardware, devices: int, ram_gb: float | None
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


def _anyhow(wanted: Wanted, hardware: Hardware, devices: int) -> Estimate | None:
    """Return the narrowest format although it does not fit, so that it can be said by how much."""
    found = list(wanted.formats(hardware, devices, wanted.concurrency or SERVE_STREAMS))
    return found[-1] if found else None


def _server_name(turn: Turn) -> str | None:
    """Return the server asked for, one without a recipe too."""
    engine = turn.understanding.engine
    low = f"{engine or ''} {turn.message}".lower().replace("modelfile", "ollama")
    return next((name for name in SERVER_WORDS if name in low), None) or engine
