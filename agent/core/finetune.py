"""A fine-tuning plan: method, settings, memory, hours and money, each worked."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

from agent.calculation import Calculation
from agent.core.finetune_method import ENCODERS, METHODS, UNTRAINED, Advice, Method, advise_method
from agent.core.quantity import UNKNOWN, Quantity
from agent.core.resolving import hardware_of, model_of
from agent.core.sizing import context_limit, usable_gb
from agent.core.training_choice import (
    EFFECTIVE_BATCH,
    TEXTS,
    Choice,
    Chooser,
    Form,
    Objective,
    TrainingEngine,
    rank_for,
    total_quantity,
)
from agent.core.training_device import TrainingPrecision, attention_kernel, check_precision
from agent.core.training_layout import layout_of
from agent.core.training_memory import Optimizer, TrainingMemory
from agent.core.training_run import TrainingRun, TrainingSet, card_of
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.schema import Hardware, Model, TaskType

SHORTEST_SEQUENCE = 256
EPOCHS = 3.0
LEARNING_RATES: dict[Objective, dict[Method, float]] = {
    "sft": {"lora": 2e-4, "qlora": 2e-4, "full": 1e-5, "encoder": 5e-5, "setfit": 2e-5},
    "dpo": {"lora": 5e-6, "qlora": 5e-6, "full": 5e-7},
}
"""Ten times the full rate for adapters (Thinking Machines, "LoRA Without Regret", 2025); for DPO
those of TRL's own example script; for encoders the usual ones of their papers."""
WARMUP = 0.03
"""Share of the steps over which the rate climbs; at least one step."""


class FineTunePlan(BaseModel):
    """How to adapt a model to the data. `memory_gb` in GB (1e9 bytes) of all devices together.

    `copies` tells that each device holds the whole model, so that it must fit each of them.
    `parts` is the memory of each device, part by part; `unmeasured` names what makes the hours
    uncertain by a factor of two.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Method
    why: str
    model: str
    model_title: str
    hf_id: str | None
    parameters_b: float
    hardware: str
    devices: int
    task_type: TaskType | None
    objective: Objective
    form: Form
    labeled_examples: int | None
    classes: int | None
    languages: tuple[str, ...]
    training_tokens: float | None
    tokens_per_example: int
    epochs: float
    sequence_tokens: int
    micro_batch: int
    gradient_accumulation: int
    steps: int | None
    rank: int
    learning_rate: float
    optimizer: Optimizer
    precision: TrainingPrecision
    attention: str
    checkpointing: bool
    memory_gb: Quantity
    parts: TrainingMemory | None
    copies: bool
    usable_gb: float | None
    fits: bool | None
    tokens_per_second: Quantity
    hours: Quantity
    unmeasured: str | None
    usd: Quantity
    missing: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    calculations: tuple[Calculation, ...] = ()


def plan_finetune(
    model: str | Model,
    hardware: str | Hardware,
    *,
    task_type: TaskType | None = None,
    labeled_examples: int | None = None,
    tokens_per_example: int = 1000,
    training_tokens: float | None = None,
    classes: int | None = None,
    languages: tuple[str, ...] = (),
    epochs: float = EPOCHS,
    rank: int | None = None,
    objective: Objective = "sft",
    devices: int = 1,
    method: Method | None = None,
    form: Form = "mixed",
    engine: TrainingEngine = "transformers",
    precision: str | None = None,
    usd_per_hour: float | None = None,
    price_source: str = "assumed",
    catalogue: Catalogue | None = None,
) -> FineTunePlan:
    """Plan how to adapt `model` to the data on `devices` of `hardware`.

    Args:
        model: a model document or name.
        hardware: a hardware document or name.
        task_type: what the model is to do; None counts as free text.
        labeled_examples: how many examples there are; None is unknown.
        tokens_per_example: prompt and answer together.
        training_tokens: tokens of the whole training set; None is examples x tokens an example.
        classes: number of labels, for classification.
        languages: ISO 639-1 codes of the texts; none counts as English.
        epochs: passes over the data.
        rank: of the adapters; None follows the size of the set.
        objective: "sft" on answers, or "dpo" on pairs of a better and a worse one.
        devices: how many devices train together.
        method: fix the method instead of having it advised.
        form: of a full run, "mixed" (18 bytes a parameter) or "lean" (6: 16-bit weights and
            gradients, 8-bit states).
        engine: "transformers" (TRL, PEFT, Axolotl), or "unsloth", which keeps activations in system
            memory.
        precision: number format of the products; None is the best of the device.
        usd_per_hour: rent of one device; None leaves the money unknown.
        price_source: id of the fact or calculation that the rent came from.
        catalogue: where names are looked up; None is the one that ships.

    Raises:
        InputError: if a value can't be used; UnknownName if a name is not in the catalogue.
    """
    _check_counts(devices=devices, tokens_per_example=tokens_per_example)
    if rank is not None:
        _check_counts(rank=rank)
    _check_data(epochs, labeled_examples, training_tokens, usd_per_hour, method)
    found_model = model_of(model, catalogue)
    found_hardware = hardware_of(hardware, catalogue)
    if not found_model.open_weights:
        raise InputError(
            f"The weights of {found_model.title!r} are not open, so it can't be tuned on own "
            "hardware. Choose a model with open weights, or the maker's tuning service."
        )
    format_ = check_precision(found_hardware, precision)
    advice = advise_method(
        task_type=task_type,
        labeled_examples=labeled_examples,
        classes=classes,
        training_tokens=training_tokens,
    )
    if method:
        advice = Advice(method, "as asked for")
    sequence = _sequence_tokens(found_model, tokens_per_example)
    available = usable_gb(found_hardware, "transformers")
    rank = rank or rank_for(labeled_examples)
    chooser = Chooser(
        layout=layout_of(found_model),
        sequence=sequence,
        devices=devices,
        available_gb=available,
        objective=objective,
        rank=rank,
        precision=format_,
        card=card_of(found_hardware),
        engine=engine,
    )
    choice = chooser.choose(advice.method, advice.why, fixed=method is not None, form=form)
    data = TrainingSet(labeled_examples, tokens_per_example, epochs, training_tokens, objective)
    run = TrainingRun(found_model, found_hardware, choice, data)
    hours = run.hours()
    usd = _money(hours, usd_per_hour, devices)
    batch = choice.run.batch // TEXTS[objective] if choice.run else 1
    accumulation = max(1, round(EFFECTIVE_BATCH / (batch * devices)))
    return FineTunePlan(
        method=choice.method,
        why=choice.why,
        model=found_model.id,
        model_title=found_model.title,
        hf_id=found_model.architecture.hf_id if found_model.architecture else None,
        parameters_b=chooser.layout.total_b,
        hardware=found_hardware.id,
        devices=devices,
        task_type=task_type,
        objective=objective,
        form=choice.form,
        labeled_examples=labeled_examples,
        classes=classes,
        languages=languages,
        training_tokens=training_tokens,
        tokens_per_example=tokens_per_example,
        epochs=epochs,
        sequence_tokens=sequence,
        micro_batch=batch,
        gradient_accumulation=accumulation,
        steps=_steps(data, choice, batch * accumulation * devices),
        rank=rank,
        learning_rate=LEARNING_RATES[objective].get(choice.method, 0.0),
        optimizer=choice.run.optimizer if choice.run else "adamw",
        precision=format_,
        attention=attention_kernel(found_hardware),
        checkpointing=choice.run is not None and choice.run.checkpointing != "none",
        memory_gb=_total(choice, devices),
        parts=choice.memory,
        copies=choice.run is not None and devices > 1 and not _sharded(choice),
        usable_gb=None if available is None else available * devices,
        fits=_fits(choice, available),
        tokens_per_second=run.speed(),
        hours=hours,
        unmeasured=run.unmeasured(),
        usd=usd,
        missing=run.missing(usd_per_hour),
        assumptions=run.assumptions(),
        calculations=run.workings(hours, usd, usd_per_hour, price_source),
    )


def _check_counts(**counts: int) -> None:
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f"{name} must be a whole number of at least 1, not {value!r}.")


def _check_data(
    epochs: float,
    labeled_examples: int | None,
    training_tokens: float | None,
    usd_per_hour: float | None,
    method: str | None,
) -> None:
    if not (epochs > 0 and math.isfinite(epochs)):
        raise InputError(f"epochs must be above 0, not {epochs!r}. Usual: 1 to 5.")
    if labeled_examples is not None and labeled_examples < 0:
        raise InputError(f"labeled_examples must be 0 or more, not {labeled_examples!r}.")
    if training_tokens is not None and not training_tokens > 0:
        raise InputError(f"training_tokens must be above 0, not {training_tokens!r}.")
    if usd_per_hour is not None and not usd_per_hour > 0:
        raise InputError(f"usd_per_hour must be above 0, not {usd_per_hour!r}.")
    if method is not None and method not in METHODS:
        raise InputError(f"No method called {method!r} is known. Valid: {', '.join(METHODS)}.")
    if method not in (None, *UNTRAINED) and labeled_examples == 0 and training_tokens is None:
        raise InputError(
            f"labeled_examples is {labeled_examples!r}, so {method!r} has nothing to train on. "
            f"Valid: 1 or more examples, or a method without training: {', '.join(UNTRAINED)}."
        )


def _sequence_tokens(model: Model, tokens_per_example: int) -> int:
    """Return a power of two with room for one example, at most the model's context."""
    wanted = max(SHORTEST_SEQUENCE, 1 << (tokens_per_example - 1).bit_length())
    return min(wanted, context_limit(model) or wanted)


def _steps(data: TrainingSet, choice: Choice, rows: int) -> int | None:
    """Return the optimizer steps of the whole run; packed rows are filled to their length."""
    if data.tokens is None or choice.run is None:
        return None
    packed = choice.method not in ENCODERS and data.objective == "sft"
    length = choice.run.sequence if packed else data.tokens_per_example
    return max(1, math.ceil(data.tokens / length / rows * data.epochs))


def _sharded(choice: Choice) -> bool:
    return choice.run is not None and choice.run.sharding == "sharded"


def _total(choice: Choice, devices: int) -> Quantity:
    return UNKNOWN if choice.memory is None else total_quantity(choice.memory, devices)


def _fits(choice: Choice, available: float | None) -> bool | None:
    if choice.memory is None or available is None:
        return None
    return choice.memory.total_gb <= available


def _money(hours: Quantity, usd_per_hour: float | None, devices: int) -> Quantity:
    if hours.value is None or usd_per_hour is None:
        return UNKNOWN
    rate = usd_per_hour * devices
    return Quantity(
        value=hours.value * rate, low=(hours.low or 0) * rate, high=(hours.high or 0) * rate
    )
