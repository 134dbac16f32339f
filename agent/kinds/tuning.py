"""A fine-tuning plan for the method, the data and the card asked for or assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.memory_stated import withdrawn
from agent.core.recipes import RecipeFile, mlx_config, training_config
from agent.core.sizing import context_limit
from agent.core.training_cost import Method, Objective, TrainingMemory, training_memory
from agent.errors import InputError
from agent.kinds.asked import is_unlisted
from agent.kinds.naming import cards, short
from agent.kinds.plain import Back
from agent.kinds.rentals import cheapest_rental
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model

DEFAULT_HARDWARE = "hardware/nvidia-rtx-4090"
DEFAULT_EXAMPLES = 5000
DEFAULT_TOKENS = 1000
LONGEST_CONTEXT = 1_000_000
"""Tokens above this are those of a whole training set, where a model states no limit."""
COUNTS = (2, 4, 8, 16, 32, 64)
"""Cards of a run that no single card holds; above eight they are whole servers."""
LEAST_CARD_GB = 40
"""Cards of less memory are not proposed by the dozen."""
SHORTER = (512, 1024, 2048, 4096)
"""Tokens an example at which a tight plan is shown."""
METHODS: dict[str, Method] = {"qlora": "qlora", "lora": "lora", "setfit": "setfit"}
FULL = re.compile(
    r"\bfull(?:y|[\s-](?:parameters?|weights?|model))?[\s-]*(?:fine[\s-]?)?tun(?:e|ed|ing)\b"
    r"|\bfull[\s-]?(?:sft|ft)\b|\b(?:(?:fine[\s-]?)?tun(?:e|ing)|ft)\b[^.?!]*\bfull(?:y\b|(?=\s+on\b))"
    r"|\ball (?:the |of the |its )?(?:weights|parameters)\b",
    re.IGNORECASE,
)
NAMED_METHOD = re.compile(r"\b(qlora|lora|setfit)\b", re.IGNORECASE)
OBJECTIVE = re.compile(
    r"\b(dpo|grpo|ppo|rloo|rlhf|rlvr|kto|orpo|simpo|ipo|cpo"
    r"|reinforcement (?:learning|fine[\s-]?tuning))\b",
    re.IGNORECASE,
)
ASKS_MEMORY = re.compile(r"\b(?:memory|vram|gb|gigabytes?)\b", re.IGNORECASE)
ASKS_CARD = re.compile(
    r"\b(?:what|which|welche\w*|quelle?|qu[eé])\s+(?:kind of |size of )?(?:\w+\s)?"
    r"(?:gpus?|cards?|hardware|grafikkarten?|carte|tarjeta)\b",
    re.IGNORECASE,
)
ASKS_TIME = re.compile(
    r"\bhow (?:long|many (?:hours|days))\b|\bwie lange\b|\bcombien de temps\b|\bcu[aá]nto tarda",
    re.IGNORECASE,
)
ASKS_TOOL = re.compile(
    r"\b(?:toolkits?|tools?|lib(?:s|rary|raries)?|frameworks?|software)\b", re.IGNORECASE
)
_SET = r"(?:data\s?set|corpus|training (?:set|data)|total)"
_UNIT = r"(k|m(?:io)?|b|mrd|thousand|million(?:en|s|es)?|billion|milliarden?)?[\s-]?tokens?"
_MANY = r"(m(?:io)?|b|mrd|million(?:en|s|es)?|billion|milliarden?)[\s-](?:de )?tokens?"
WHOLE_SET = re.compile(
    rf"(\d[\d.,]*)\s?{_MANY}"
    rf"|(\d[\d.,]*)\s?{_UNIT}(?=[^.?!]{{0,20}}\b(?:{_SET}s?|of (?:text|data|logs?|docs?))\b)"
    rf"|\b{_SET}\s+(?:of|with|has|is)\s+(?:about\s+)?(\d[\d.,]*)\s?{_UNIT}",
    re.IGNORECASE,
)
"""No example has a million tokens, so that many are the whole set."""
SCALE = {"k": 1e3, "t": 1e3, "m": 1e6}


@dataclass(frozen=True, slots=True)
class Tuning:
    """A training plan with its file, and what was assumed for it."""

    model: Model
    hardware: Hardware
    devices: int
    plan: FineTunePlan
    file: RecipeFile | None
    assumed: dict[str, str]
    objective: str = "sft"
    """The objective asked for; the plan is that of SFT where it is neither SFT nor DPO."""
    device_assumed: bool = False
    memory_asked: bool = False
    time_asked: bool = False
    card_asked: bool = False
    stands_for: str | None = None
    shorter: tuple[FineTunePlan, ...] = ()
    roomier: Hardware | None = None
    least: FineTunePlan | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """A model that is not trained on text: only what its weights take is known."""

    model: Model
    least: dict[str, TrainingMemory] = field(default_factory=dict)
    """Memory by method, activations left out."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """The training set: how many examples, how long, or tokens in all; and what was assumed."""

    examples: int | None
    tokens_per_example: int
    total_tokens: float | None
    assumed: dict[str, str]


def work_out(
    turn: Turn,
    model: Model,
    hardware: Hardware | None,
    devices: int,
    *,
    stands_for: str | None,
    assumed: dict[str, str],
) -> Tuning | Beyond | Back:
    """Plan the run; where no device is named, on the smallest stock card that holds it."""
    if not _learns_text(model):
        parts = {m: training_memory(model, m, micro_batch_tokens=0) for m in ("lora", "full")}
        return Beyond(model, parts)
    lessons = read_lessons(turn, model)
    objective = named_objective(turn)
    method = named_method(turn, model)
    planner = _Planner(turn, model, lessons, method, "dpo" if objective == "dpo" else "sft")
    least = None
    device_assumed = hardware is None
    card_asked = device_assumed and bool(ASKS_CARD.search(turn.message))
    if hardware is None:
        hardware = _stock(turn)
        if hardware is None:
            return Back("problem", ("Name the device it should run on.",))
        least = planner.on(hardware, 1)
        hardware, devices = _smallest(turn, planner, hardware, any_size=card_asked)
        assumed = {**assumed, "hardware": cards(devices, short(hardware))}
    plan = planner.on(hardware, devices)
    if method == "lora" and plan.fits is False:
        plan = _stepped_down(planner, plan, hardware, devices)
    if method == "encoder":
        plan = plan.model_copy(update={"why": f"{short(model)} is an encoder"})
    turn.book.state(planner.rental(hardware))
    same = replace(planner, method=plan.method)
    return Tuning(
        model,
        hardware,
        devices,
        plan,
        _file(plan, hardware) if objective in ("sft", "dpo") else None,
        {**assumed, **lessons.assumed},
        objective=objective,
        device_assumed=device_assumed,
        memory_asked=bool(ASKS_MEMORY.search(turn.message)),
        time_asked=bool(ASKS_TIME.search(turn.message)),
        card_asked=card_asked,
        stands_for=stands_for,
        shorter=tuple(same.on(hardware, devices, tokens=n) for n in SHORTER) if tight(plan) else (),
        roomier=_roomier(turn, same, hardware, devices) if tight(plan) else None,
        least=least,
    )


def _stepped_down(
    planner: _Planner, plan: FineTunePlan, hardware: Hardware, devices: int
) -> FineTunePlan:
    """Return the plan by QLoRA where LoRA was asked for and only QLoRA fits."""
    small = replace(planner, method="qlora").on(hardware, devices)
    why = "LoRA does not fit and QLoRA does"
    return small.model_copy(update={"why": why}) if small.fits else plan


def tight(plan: FineTunePlan) -> bool:
    """Tell whether what can be used lies inside the range of what the run may need."""
    low, high, usable = plan.memory_gb.low, plan.memory_gb.high, plan.usable_gb
    return None not in (low, high, usable) and (low or 0) <= (usable or 0) < (high or 0)


def read_lessons(turn: Turn, model: Model) -> Lessons:
    """Return the training set as stated. More tokens than a model can read at once are all of it.

    What is not stated is assumed, and named.
    """
    profile = turn.profile
    assumed = {}
    stated = (profile.input_tokens or 0) + (profile.output_tokens or 0)
    stated = stated or turn.understanding.context_tokens or 0
    total = _whole_set(turn.message)
    if total is None and stated > (context_limit(model) or LONGEST_CONTEXT):
        total = float(stated)
    length = 0 if total == stated else stated
    if not length:
        assumed["tokens"] = f"{DEFAULT_TOKENS:,} tokens an example"
    length = length or DEFAULT_TOKENS
    examples = profile.labeled_examples or None
    if total is None and examples is None:
        assumed["labeled_examples"] = f"{DEFAULT_EXAMPLES:,} examples of {length:,} tokens"
        total = float(DEFAULT_EXAMPLES * length)
    return Lessons(examples, length, total, assumed)


def _whole_set(message: str) -> float | None:
    """Return the tokens of a "dataset of 50k tokens", or None where no total is told."""
    match = WHOLE_SET.search(message)
    if match is None:
        return None
    digits, unit = next((match[i], match[i + 1]) for i in (1, 3, 5) if match[i])
    unit = (unit or "").lower()
    scale = 1e9 if unit.startswith(("b", "mrd", "milliard")) else SCALE.get(unit[:1], 1.0)
    return float(digits.rstrip(".,").replace(",", "")) * scale


def named_objective(turn: Turn) -> str:
    """Return what the run optimizes: "sft" unless the message names another, such as "grpo"."""
    for text in _said(turn):
        if match := OBJECTIVE.search(text):
            name = match[1].lower()
            return "reinforcement learning" if name.startswith("reinforcement") else name
    return "sft"


def named_method(turn: Turn, model: Model) -> Method | None:
    """Return the method asked for; an encoder has one of its own beside SetFit."""
    for text in _said(turn):
        named = NAMED_METHOD.search(text)
        if model.specialization == "encoder":
            return "setfit" if named and named[1].lower() == "setfit" else "encoder"
        if FULL.search(text):
            return "full"
        if named:
            return METHODS[named[1].lower()]
    return None


def _said(turn: Turn) -> Iterator[str]:
    """Yield the message, then the question that it follows where that asked for a plan too."""
    yield turn.message
    last = turn.last_answer
    if turn.understanding.follow_up and last is not None and last.kind == "finetune":
        yield last.question


def _learns_text(model: Model) -> bool:
    """Tell whether it is trained on text: it reads and writes it, or is an encoder of it."""
    reads = "text" in model.modalities_in
    return reads and ("text" in model.modalities_out or model.specialization == "encoder")


@dataclass(frozen=True, slots=True)
class _Planner:
    """One tuning job, planned on any devices and at any length."""

    turn: Turn
    model: Model
    lessons: Lessons
    method: Method | None
    objective: Objective

    def on(self, hardware: Hardware, devices: int, *, tokens: int | None = None) -> FineTunePlan:
        """Return the plan on `devices` of `hardware`, for examples of `tokens` if given."""
        rental = self.rental(hardware)
        profile, lessons = self.turn.profile, self.lessons
        return plan_finetune(
            self.model,
            hardware,
            task_type="classification" if self.method == "encoder" else profile.task_type,
            labeled_examples=lessons.examples,
            tokens_per_example=tokens or lessons.tokens_per_example,
            training_tokens=lessons.total_tokens,
            classes=profile.classes,
            objective=self.objective,
            devices=devices,
            method=self.method,
            usd_per_hour=rental.value if rental else None,
            price_source=rental.id if rental else "assumed",
        )

    def rental(self, hardware: Hardware) -> Statement | None:
        """Return the cheapest on-demand rental of `hardware`, None where none is known."""
        return None if is_unlisted(hardware) else cheapest_rental(self.turn, hardware)


def _stock(turn: Turn) -> Hardware | None:
    """Return the stock device of a question that names none."""
    document = turn.catalogue.get(DEFAULT_HARDWARE) if DEFAULT_HARDWARE in turn.catalogue else None
    return document if isinstance(document, Hardware) else None


def _smallest(
    turn: Turn, planner: _Planner, stock: Hardware, *, any_size: bool
) -> tuple[Hardware, int]:
    """Return the cards that surely hold the run: the stock one, a larger one, or several.

    With `any_size` smaller cards than the stock one are tried too. Several cards are those of the
    least rent in all. Where nothing holds it, the stock card stays.
    """
    listed = _listed(turn)
    size = stock.value("memory") or 0.0
    larger = [card for card in listed if (card.value("memory") or 0.0) > size]
    for card in listed if any_size and planner.method else (stock, *larger):
        if _surely(planner.on(card, 1)):
            return card, 1
    for count in COUNTS:
        found = [
            (rent.value * count, card.id, card)
            for card in larger
            if (card.value("memory") or 0.0) >= LEAST_CARD_GB
            and (rent := planner.rental(card)) is not None
            and rent.value
            and (count <= 8 or "nvlink" in (card.interconnect or "").lower())
            and _surely(planner.on(card, count))
        ]
        if found:
            return min(found)[2], count
    return stock, 1


def _surely(plan: FineTunePlan) -> bool:
    return (plan.fits is True or plan.memory_gb.value is None) and not tight(plan)


def _roomier(turn: Turn, planner: _Planner, hardware: Hardware, devices: int) -> Hardware | None:
    """Return the next larger card that holds the run with room."""
    size = hardware.value("memory") or 0.0
    larger = (card for card in _listed(turn) if (card.value("memory") or 0.0) > size)
    return next((card for card in larger if _surely(planner.on(card, devices))), None)


def _listed(turn: Turn) -> list[Hardware]:
    """Return NVIDIA cards on sale or for rent, the smallest and cheapest first."""
    found = [
        device
        for device in turn.catalogue.of("hardware")
        if isinstance(device, Hardware)
        and device.status == "shipping"
        and device.device == "gpu"
        and device.unit_scope == "per device"
        and device.vendor == "NVIDIA"
        and device.value("memory")
        and (device.rentals or device.value("price"))
        and not withdrawn(device)
    ]
    return sorted(found, key=lambda d: (d.value("memory") or 0.0, _hourly(d), d.id))


def _hourly(device: Hardware) -> float:
    return min((rental.usd_per_hour for rental in device.rentals), default=float("inf"))


def _file(plan: FineTunePlan, hardware: Hardware) -> RecipeFile | None:
    """Return the script of a plan that fits, None where there is none for it."""
    if plan.fits is False:
        return None
    try:
        return mlx_config(plan) if hardware.vendor == "Apple" else training_config(plan)
    except InputError:
        return None
