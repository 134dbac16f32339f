"""Fine-tune or deploy: the plan with memory, hours and money, and the file that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.core.efficiency import TENSOR_PARALLEL
from agent.core.estimate import Estimate, estimate
from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.machine import SystemMemory
from agent.core.memory_stated import withdrawn
from agent.core.recipes import RecipeFile, serve_recipe, training_config
from agent.core.training_cost import Method
from agent.errors import InputError
from agent.kinds import toolkit
from agent.kinds.asked import (
    asked_hardware,
    asked_model,
    is_unlisted,
    nominal_bits,
    read_precision,
    steps,
    unknown_device,
)
from agent.kinds.machine import asked_machine
from agent.kinds.naming import context_of, short
from agent.kinds.plain import Back, NothingKnown
from agent.kinds.rentals import cheapest_rental
from agent.kinds.toolkit import Reviewed
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model

DEFAULT_HARDWARE = "hardware/nvidia-rtx-4090"
DEFAULT_EXAMPLES = 5000
DEFAULT_TOKENS = 1000
SERVE_CONTEXT = 8192
SERVE_STREAMS = 8
METHODS: dict[str, Method] = {"qlora": "qlora", "lora": "lora", "setfit": "setfit"}
FULL = re.compile(
    r"\bfull(?:y|[\s-](?:parameters?|weights?|model))?[\s-]*(?:fine[\s-]?)?tun(?:e|ed|ing)\b"
    r"|\bfull[\s-]?(?:sft|ft)\b|\b(?:fine[\s-]?)?tun(?:e|ing)\b[^.?!]*\bfully\b"
    r"|\ball (?:the |of the |its )?(?:weights|parameters)\b",
    re.IGNORECASE,
)
NAMED_METHOD = re.compile(r"\b(qlora|lora|setfit)\b", re.IGNORECASE)
ASKS_MEMORY = re.compile(r"\b(?:memory|vram|gb|gigabytes?)\b", re.IGNORECASE)
ASKS_TOOL = re.compile(
    r"\b(?:toolkits?|tools?|lib(?:s|rary|raries)?|frameworks?|software)\b", re.IGNORECASE
)
SERVER_WORDS = ("ollama", "llama.cpp", "vllm", "sglang")
SHORTER = (512, 1024, 2048, 4096)
"""Tokens an example at which a tight plan is shown."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A training plan or a sized server, with its file and what was assumed."""

    model: Model
    hardware: Hardware
    devices: int
    plan: FineTunePlan | None
    sized: Estimate | None
    file: RecipeFile | None
    refused: str | None
    assumed: dict[str, str]
    device_assumed: bool = False
    memory_asked: bool = False
    stands_for: str | None = None
    shorter: tuple[FineTunePlan, ...] = ()
    roomier: Hardware | None = None
    least: FineTunePlan | None = None
    beside: SystemMemory | None = None


def work_out(turn: Turn) -> Recipe | Reviewed | NothingKnown | Back:
    """Plan the tuning or size the server for the model and device named or assumed."""
    assumed: dict[str, str] = {}
    model, size = asked_model(turn)
    if model is None and ASKS_TOOL.search(turn.message):
        return toolkit.work_out(turn)
    model = model or _usual_model(turn, assumed)
    if model is None:
        return Back("problem", ("Name the model to tune or serve.",))
    if size:
        turn.book.name(size)
        assumed["model"] = f"{short(model)} stands for {size}"
    if not model.open_weights:
        return _not_open(turn, model, assumed)
    hardware, devices = asked_hardware(turn)
    device_assumed = hardware is None
    hardware = hardware or _stand_in(turn)
    if hardware is None:
        return Back("problem", ("Name the device it should run on.",))
    if (nothing := unknown_device(hardware)) is not None:
        return nothing
    if not hardware.value("memory"):
        return Back("problem", (f"{short(hardware)} has no memory that other models could use.",))
    plan = _plan if turn.understanding.intent == "finetune" else _server
    found = plan(turn, model, hardware, devices, assumed)
    if isinstance(found, Back):
        return found
    if device_assumed:
        assumed["hardware"] = f"one {short(found.hardware)}"
    return replace(found, stands_for=size, device_assumed=device_assumed)


def _usual_model(turn: Turn, assumed: dict[str, str]) -> Model | None:
    assumed["model"] = "the best open model of up to 15B"
    return turn.market.tunable()


def _not_open(turn: Turn, model: Model, assumed: dict[str, str]) -> Recipe | Back:
    hardware = asked_hardware(turn)[0] or _stand_in(turn)
    if hardware is None:
        return Back("problem", (_closed(model),))
    return Recipe(model, hardware, 1, None, None, None, _closed(model), assumed)


def _stand_in(turn: Turn) -> Hardware | None:
    """Return the stock device of a question that names none."""
    document = turn.catalogue.get(DEFAULT_HARDWARE) if DEFAULT_HARDWARE in turn.catalogue else None
    return document if isinstance(document, Hardware) else None


def _larger(turn: Turn, hardware: Hardware) -> list[Hardware]:
    """Return NVIDIA cards on sale or for rent with more memory, the smallest first."""
    own = hardware.value("memory") or 0.0
    found = [
        device
        for device in turn.catalogue.of("hardware")
        if isinstance(device, Hardware)
        and device.status == "shipping"
        and device.device == "gpu"
        and device.unit_scope == "per device"
        and device.vendor == "NVIDIA"
        and (device.value("memory") or 0.0) > own
        and (device.rentals or device.value("price"))
        and not withdrawn(device)
    ]
    return sorted(found, key=lambda d: (d.value("memory") or 0.0, _hourly(d), d.id))


def _rental(turn: Turn, hardware: Hardware) -> Statement | None:
    return None if is_unlisted(hardware) else cheapest_rental(turn, hardware)


def _hourly(device: Hardware) -> float:
    return min((rental.usd_per_hour for rental in device.rentals), default=float("inf"))


def _closed(model: Model) -> str:
    note = f" {model.tuning_note}" if model.tuning_note else ""
    return f"The weights of {short(model)} are not published.{note}"


def _plan(
    turn: Turn,
    model: Model,
    hardware: Hardware,
    devices: int,
    assumed: dict[str, str],
) -> Recipe | Back:
    profile = turn.profile
    device_assumed = asked_hardware(turn)[0] is None
    examples = profile.labeled_examples
    if not examples:
        examples = DEFAULT_EXAMPLES
        assumed["labeled_examples"] = f"{DEFAULT_EXAMPLES:,} examples"
    tokens = (profile.input_tokens or 0) + (profile.output_tokens or 0)
    tokens = tokens or turn.understanding.context_tokens or DEFAULT_TOKENS
    if tokens == DEFAULT_TOKENS:
        assumed["tokens"] = f"{DEFAULT_TOKENS:,} tokens an example"
    method = _method(turn, model)
    planner = _Planner(turn, model, devices, examples, method)
    plan = planner.on(hardware, tokens)
    least = plan if device_assumed else None
    if plan.fits is False and device_assumed:
        # No device was named, so one that holds it stands in; else the stock one stays.
        for device in _larger(turn, hardware):
            larger = planner.on(device, tokens)
            if larger.fits and not tight(larger):
                hardware, plan = device, larger
                break
    if method == "lora" and plan.fits is False:
        plan = replace(planner, method="qlora").on(hardware, tokens)
    turn.book.state(_rental(turn, hardware))
    try:
        file = training_config(plan) if plan.fits is not False else None
        refused = None
    except InputError as error:
        file, refused = None, str(error)
    shorter: tuple[FineTunePlan, ...] = ()
    roomier: Hardware | None = None
    if tight(plan):
        same = replace(planner, method=plan.method)
        shorter = tuple(same.on(hardware, length) for length in SHORTER)
        roomier = next(
            (
                device
                for device in _larger(turn, hardware)
                if (more := same.on(device, tokens)).fits and not tight(more)
            ),
            None,
        )
    return Recipe(
        model,
        hardware,
        devices,
        plan,
        None,
        file,
        refused,
        assumed,
        device_assumed,
        bool(ASKS_MEMORY.search(turn.message)),
        shorter=shorter,
        roomier=roomier,
        least=least,
    )


def tight(plan: FineTunePlan) -> bool:
    """Tell whether what can be used lies inside the range of what the run may need."""
    low, high, usable = plan.memory_gb.low, plan.memory_gb.high, plan.usable_gb
    return None not in (low, high, usable) and (low or 0) <= (usable or 0) < (high or 0)


def _method(turn: Turn, model: Model) -> Method | None:
    """Return the method asked for; an encoder has one of its own."""
    if model.specialization == "encoder":
        return "encoder"
    if FULL.search(turn.message):
        return "full"
    named = NAMED_METHOD.search(turn.message)
    return METHODS[named[1].lower()] if named else None


@dataclass(frozen=True, slots=True)
class _Planner:
    """One tuning job, planned on any device and at any length."""

    turn: Turn
    model: Model
    devices: int
    examples: int
    method: Method | None

    def on(self, hardware: Hardware, tokens: int) -> FineTunePlan:
        """Return the plan on `hardware` for examples of `tokens`."""
        rental = _rental(self.turn, hardware)
        profile = self.turn.profile
        return plan_finetune(
            self.model,
            hardware,
            task_type="classification" if self.method == "encoder" else profile.task_type,
            labeled_examples=self.examples,
            tokens_per_example=tokens,
            classes=profile.classes,
            devices=self.devices,
            method=self.method,
            usd_per_hour=rental.value if rental else None,
            price_source=rental.id if rental else "assumed",
        )


def _server(
    turn: Turn, model: Model, hardware: Hardware, devices: int, assumed: dict[str, str]
) -> Recipe | Back:
    context, guessed = context_of(turn, SERVE_CONTEXT)
    machine = asked_machine(turn)
    beside = machine.beside if machine else None
    streams = turn.understanding.concurrency or (1 if beside else SERVE_STREAMS)
    if guessed:
        assumed["context"] = f"{context:,} tokens of context"
    if turn.understanding.concurrency is None:
        assumed["concurrency"] = (
            "one request at once" if streams == 1 else (f"up to {streams} requests at once")
        )
    server = _server_name(turn)
    engine = "llama.cpp" if server == "ollama" else server or turn.understanding.engine
    engine = engine or ("llama.cpp" if beside else None)
    asked = read_precision(model, turn.understanding.precision)
    sized = _Sizing(model, hardware, devices, context, engine, beside)
    found: list[Estimate] = []
    for precision in (asked,) if asked else steps(model, hardware):
        try:
            found.append(sized.at(_format(precision, engine), streams))
        except InputError:
            if asked:
                raise
    if not found:
        return Back("problem", (f"{short(model)} can't be sized on {short(hardware)}.",))
    fitting = [item for item in found if item.fits]
    alone = (item for item in fitting if not item.offloaded_share)
    best = next(alone, fitting[-1] if fitting else None)
    if best is None:
        best = _with_fewer(sized, found, streams)
        if best is not None and turn.understanding.concurrency is None:
            assumed["concurrency"] = f"{best.concurrency} full-length requests at once"
    best = best or found[-1]
    try:
        file = serve_recipe(best, model, hardware, server=server)
        refused = None
    except InputError as error:
        file, refused = None, str(error)
    return Recipe(model, hardware, devices, None, best, file, refused, assumed, beside=beside)


def _with_fewer(sized: _Sizing, found: list[Estimate], streams: int) -> Estimate | None:
    """Return the widest format that holds two full contexts, else one."""
    for least in (2, 1):
        for item in found:
            if (item.max_concurrency or 0) >= least:
                return sized.at(item.precision, min(streams, item.max_concurrency or 1))
    return None


@dataclass(frozen=True, slots=True)
class _Sizing:
    """One server, sized at any precision and number of streams."""

    model: Model
    hardware: Hardware
    devices: int
    context: int
    engine: str | None
    beside: SystemMemory | None = None

    def at(self, precision: str, streams: int) -> Estimate:
        """Return the estimate for `streams` full contexts at once."""
        answer = min(512, max(1, self.context // 2))
        return estimate(
            self.model,
            self.hardware,
            self.devices,
            precision,
            streams,
            max(1, self.context - answer),
            answer,
            self.engine,
            context_tokens=self.context,
            system_memory=self.beside,
        )


def _format(precision: str, engine: str | None) -> str:
    """Return the precision as the engine stores it: a GGUF name means that width elsewhere."""
    gguf = precision.startswith("q")
    return f"{nominal_bits(precision)} bit" if gguf and engine in TENSOR_PARALLEL else precision


def _server_name(turn: Turn) -> str | None:
    """Return the server asked for, one without a recipe too."""
    engine = turn.understanding.engine
    low = f"{engine or ''} {turn.message}".lower()
    return next((name for name in SERVER_WORDS if name in low), None) or engine
