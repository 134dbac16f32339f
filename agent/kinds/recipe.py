"""Fine-tune or deploy: the plan with memory, hours and money, and the file that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.estimate import Estimate, estimate
from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.recipes import RecipeFile, serve_recipe, training_config
from agent.core.training_cost import Method
from agent.errors import InputError
from agent.kinds.fit import asked_hardware, asked_model
from agent.kinds.naming import context_of, short
from agent.kinds.plain import Back
from agent.kinds.rentals import cheapest_rental
from agent.turn import Turn
from knowledge.schema import Hardware, Model

DEFAULT_HARDWARE = "hardware/nvidia-rtx-4090"
DEFAULT_EXAMPLES = 5000
DEFAULT_TOKENS = 1000
SERVE_CONTEXT = 8192
SERVE_STREAMS = 8
METHODS: dict[str, Method] = {"qlora": "qlora", "lora": "lora", "setfit": "setfit"}


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


def work_out(turn: Turn) -> Recipe | Back:
    """Plan the tuning or size the server for the model and device named or assumed."""
    assumed: dict[str, str] = {}
    model, size = asked_model(turn)
    if model is None:
        model = turn.market.tunable()
        assumed["model"] = "the best open model of up to 15B"
    elif size:
        assumed["model"] = f"{short(model)} for a {size} model"
    if model is None:
        return Back("problem", ("Name the model to tune or serve.",))
    hardware, devices = asked_hardware(turn)
    if hardware is None:
        hardware = _stand_in(turn)
        if hardware is None:
            return Back("problem", ("Name the device it should run on.",))
        assumed["hardware"] = f"one {short(hardware)}"
    if not hardware.value("memory"):
        return Back("problem", (f"{short(hardware)} has no memory that other models could use.",))
    if not model.open_weights:
        return Recipe(model, hardware, devices, None, None, None, _closed(model), assumed)
    if turn.understanding.intent == "finetune":
        return _plan(turn, model, hardware, devices, assumed)
    return _server(turn, model, hardware, devices, assumed)


def _stand_in(turn: Turn) -> Hardware | None:
    """Return the cheapest rentable 24 GB card, or the stock default."""
    document = turn.catalogue.get(DEFAULT_HARDWARE) if DEFAULT_HARDWARE in turn.catalogue else None
    return document if isinstance(document, Hardware) else None


def _closed(model: Model) -> str:
    note = f" {model.tuning_note}" if model.tuning_note else ""
    return f"The weights of {short(model)} are not published.{note}"


def _plan(
    turn: Turn, model: Model, hardware: Hardware, devices: int, assumed: dict[str, str]
) -> Recipe:
    profile = turn.profile
    examples = profile.labeled_examples
    if not examples:
        examples = DEFAULT_EXAMPLES
        assumed["labeled_examples"] = f"{DEFAULT_EXAMPLES:,} examples"
    tokens = (profile.input_tokens or 0) + (profile.output_tokens or 0) or DEFAULT_TOKENS
    if tokens == DEFAULT_TOKENS:
        assumed["tokens"] = f"{DEFAULT_TOKENS:,} tokens an example"
    rental = cheapest_rental(turn, hardware)
    low = turn.message.lower()
    encoder = model.specialization == "encoder"
    asked = re.search(r"\b(full(?:[- ]parameter)? (?:fine-?\s?)?tun\w*)\b", low)
    asked = asked or re.search(r"\b(qlora|lora|setfit)\b", low)
    method: Method | None = None
    if asked:
        method = "full" if asked[1].startswith("full") else METHODS[asked[1]]
    if encoder:
        method = "encoder"
    plan = plan_finetune(
        model,
        hardware,
        task_type="classification" if encoder else profile.task_type,
        labeled_examples=examples,
        tokens_per_example=tokens,
        classes=profile.classes,
        devices=devices,
        method=method,
        usd_per_hour=rental.value if rental else None,
        price_source=rental.id if rental else "assumed",
    )
    if method == "lora" and plan.fits is False:
        plan = plan_finetune(
            model,
            hardware,
            task_type=profile.task_type,
            labeled_examples=examples,
            tokens_per_example=tokens,
            devices=devices,
            method="qlora",
            usd_per_hour=rental.value if rental else None,
            price_source=rental.id if rental else "assumed",
        )
    turn.book.state(rental)
    try:
        file = training_config(plan) if plan.fits is not False else None
        refused = None
    except InputError as error:
        file, refused = None, str(error)
    return Recipe(model, hardware, devices, plan, None, file, refused, assumed)


def _server(
    turn: Turn, model: Model, hardware: Hardware, devices: int, assumed: dict[str, str]
) -> Recipe | Back:
    context, guessed = context_of(turn, SERVE_CONTEXT)
    streams = turn.understanding.concurrency or SERVE_STREAMS
    if guessed:
        assumed["context"] = f"{context:,} tokens of context"
    if turn.understanding.concurrency is None:
        assumed["concurrency"] = f"up to {streams} requests at once"
    best: Estimate | None = None
    asked = turn.understanding.precision
    for precision in (asked,) if asked else ("16 bit", "8 bit", "4 bit"):
        try:
            best = estimate(
                model,
                hardware,
                devices,
                precision,
                streams,
                max(1, context - 512),
                512,
                turn.understanding.engine,
                context_tokens=context,
            )
        except InputError as error:
            if asked:
                return Back("problem", (str(error),))
            continue
        if best.fits:
            break
    if best is None:
        return Back("problem", (f"{short(model)} can't be sized on {short(hardware)}.",))
    try:
        file = serve_recipe(best, model, hardware, server=_server_name(turn))
        refused = None
    except InputError as error:
        file, refused = None, str(error)
    return Recipe(model, hardware, devices, None, best, file, refused, assumed)


def _server_name(turn: Turn) -> str | None:
    low = f"{turn.understanding.engine or ''} {turn.message}".lower()
    return next((n for n in ("ollama", "llama.cpp", "vllm") if n in low), None)
