"""A fine-tuning plan for the method, the data and the card asked for or assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agent.core.finetune import FineTunePlan
from agent.core.finetune_method import UNTRAINED, Advice, Method, advise_method
from agent.core.recipes import RecipeFile
from agent.core.training_choice import RANK
from agent.core.training_files import Toolkit, training_files
from agent.core.training_layout import layout_of
from agent.core.training_memory import MemoryMethod, Run, TrainingMemory, training_memory
from agent.errors import InputError
from agent.kinds.naming import cards, short
from agent.kinds.plain import Back
from agent.kinds.tuning_cards import Planner, roomier, smallest, stock, tight
from agent.kinds.tuning_data import Lessons, named_epochs, read_lessons
from agent.turn import Turn
from knowledge.schema import Hardware, Model

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
NAMED_TOOLKIT = re.compile(r"\b(axolotl|unsloth|trl|mlx)\b", re.IGNORECASE)
NEAR = 0.15
"""Sizes that differ by less may stand for one another."""
CLOSE = 0.05
"""Sizes that differ by less are one size."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """A training plan with its file, and what was assumed for it."""

    model: Model
    hardware: Hardware
    devices: int
    plan: FineTunePlan
    files: tuple[RecipeFile, ...]
    assumed: dict[str, str]
    first: Advice | None = None
    """What to do before any training, where training is not what the data asks for."""
    lean: FineTunePlan | None = None
    """A full run in the lean form, where the usual one does not fit."""
    offloaded: FineTunePlan | None = None
    """The run with Unsloth, where only that surely fits."""
    toolkit: Toolkit | None = None
    """The toolkit asked for."""
    refused: str | None = None
    """Why the toolkit asked for got no file."""
    objective: str = "sft"
    """The objective asked for; the plan is that of SFT where it is neither SFT nor DPO."""
    device_assumed: bool = False
    epochs_stated: bool = False
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
    model = _of_that_size(turn, model, stands_for)
    if not _learns_text(model):
        return Beyond(model, {"lora": _floor(model, "lora"), "full": _floor(model, "full")})
    lessons = read_lessons(turn, model)
    objective = named_objective(turn)
    method = named_method(turn, model)
    first = _first(turn, lessons) if method is None or lessons.none_yet else None
    if first is not None:
        method = method or "lora"
    planner = Planner(turn, model, lessons, method, "dpo" if objective == "dpo" else "sft")
    least = None
    device_assumed = hardware is None
    card_asked = device_assumed and bool(ASKS_CARD.search(turn.message))
    if hardware is None:
        hardware = stock(turn)
        if hardware is None:
            return Back("problem", ("Name the device it should run on.",))
        least = planner.on(hardware, 1)
        hardware, devices = smallest(turn, planner, hardware, any_size=card_asked)
        assumed = {**assumed, "hardware": cards(devices, short(hardware))}
    plan = planner.on(hardware, devices)
    if method == "lora" and plan.fits is False:
        plan = _stepped_down(planner, plan, hardware, devices)
    if method == "encoder":
        plan = plan.model_copy(update={"why": f"{short(model)} is an encoder"})
    turn.book.state(planner.rental(hardware))
    same = replace(planner, method=plan.method)
    offloaded = _offloaded(same, plan, hardware, devices)
    files, refused = _files(turn, plan, hardware, objective)
    if offloaded is not None and not files and objective == "sft":
        files = training_files(offloaded, "unsloth")
    return Tuning(
        model,
        hardware,
        devices,
        plan,
        files,
        {**assumed, **lessons.assumed},
        first=first,
        lean=_lean(same, plan, hardware, devices),
        offloaded=offloaded,
        toolkit=named_toolkit(turn),
        refused=refused,
        objective=objective,
        device_assumed=device_assumed,
        epochs_stated=named_epochs(turn) is not None,
        memory_asked=bool(ASKS_MEMORY.search(turn.message)),
        time_asked=bool(ASKS_TIME.search(turn.message)),
        card_asked=card_asked,
        stands_for=stands_for,
        shorter=tuple(same.on(hardware, devices, tokens=n) for n in _lengths(plan))
        if tight(plan)
        else (),
        roomier=roomier(turn, same, hardware, devices) if tight(plan) else None,
        least=least,
    )


def _of_that_size(turn: Turn, model: Model, stands_for: str | None) -> Model:
    """Return the open dense model nearest the size asked for, where only a size was named.

    Memory goes with size, so a stand-in of another size would be wrong at the edge.
    """
    size = turn.understanding.parameters_b
    if stands_for is None or size is None or turn.understanding.models:
        return model
    found = turn.market.open_general(
        min_parameters_b=(1 - NEAR) * size, max_parameters_b=(1 + NEAR) * size
    )
    dense = [m for m in found if m.architecture and m.architecture.moe is None]
    apart = {m.id: abs((m.value("parameters") or 0.0) - size) for m in dense}
    named = [m for m in dense if re.search(rf"(?<![\w.]){size:g}b\b", m.title, re.IGNORECASE)]
    close = [m for m in named if apart[m.id] <= CLOSE * size]
    return next(iter(close or named), min(dense, key=lambda m: apart[m.id], default=model))


def _floor(model: Model, method: MemoryMethod) -> TrainingMemory:
    """Return the memory of a run before any activation."""
    layout = layout_of(model)
    trained = None if method == "full" else layout.adapters_b(RANK)
    return training_memory(Run(layout, method, batch=0, trained_b=trained))


def _first(turn: Turn, lessons: Lessons) -> Advice | None:
    """Return what to do before training, None where the data asks for training."""
    if lessons.total_tokens is not None and "labeled_examples" not in lessons.assumed:
        return None
    profile = turn.profile
    advice = advise_method(
        task_type=profile.task_type,
        labeled_examples=0 if lessons.none_yet else lessons.examples,
        classes=profile.classes,
    )
    return advice if advice.method in UNTRAINED else None


def _offloaded(
    planner: Planner, plan: FineTunePlan, hardware: Hardware, devices: int
) -> FineTunePlan | None:
    """Return the run with Unsloth, which keeps activations in system memory, if that helps."""
    short = plan.fits is False or tight(plan)
    adapters = plan.method in ("lora", "qlora") and plan.objective == "sft"
    if not (short and adapters and devices == 1 and hardware.vendor == "NVIDIA"):
        return None
    other = planner.on(hardware, 1, engine="unsloth")
    return other if other.fits and not tight(other) else None


def _lean(
    planner: Planner, plan: FineTunePlan, hardware: Hardware, devices: int
) -> FineTunePlan | None:
    """Return the full run with 16-bit weights and 8-bit states, where only that fits."""
    if plan.method != "full" or plan.fits is not False:
        return None
    lean = planner.on(hardware, devices, form="lean")
    return lean if lean.fits else None


def _lengths(plan: FineTunePlan) -> tuple[int, ...]:
    """Return the lengths of example to show a tight plan at: usual ones, or parts of its own."""
    if plan.sequence_tokens <= SHORTER[-1]:
        return SHORTER
    return tuple(plan.sequence_tokens // part for part in (8, 4, 2, 1))


def _stepped_down(
    planner: Planner, plan: FineTunePlan, hardware: Hardware, devices: int
) -> FineTunePlan:
    """Return the plan by QLoRA where LoRA was asked for and only QLoRA fits."""
    small = replace(planner, method="qlora").on(hardware, devices)
    why = "LoRA does not fit and QLoRA does"
    return small.model_copy(update={"why": why}) if small.fits else plan


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


def _files(
    turn: Turn, plan: FineTunePlan, hardware: Hardware, objective: str
) -> tuple[tuple[RecipeFile, ...], str | None]:
    """Return the files of a plan that fits, and why the toolkit asked for got none."""
    if plan.fits is False or objective not in ("sft", "dpo"):
        return (), None
    asked = named_toolkit(turn)
    refused = None
    usual: Toolkit = "mlx" if hardware.vendor == "Apple" else "trl"
    order: tuple[Toolkit, ...] = (*((asked,) if asked else ()), usual, "axolotl")
    for toolkit in order:
        try:
            return training_files(plan, toolkit), refused
        except InputError as error:
            refused = str(error) if toolkit == asked else refused
    return (), refused


def named_toolkit(turn: Turn) -> Toolkit | None:
    """Return the training toolkit that the message names."""
    toolkits: dict[str, Toolkit] = {
        "axolotl": "axolotl",
        "unsloth": "unsloth",
        "trl": "trl",
        "mlx": "mlx",
    }
    match = NAMED_TOOLKIT.search(turn.message)
    return toolkits[match[1].lower()] if match else None
