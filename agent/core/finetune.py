"""A fine-tuning plan: method, memory, hours and money, each worked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from agent.calculation import Calculation
from agent.core.finetune_method import advise_method
from agent.core.quantity import UNKNOWN, Quantity
from agent.core.resolving import hardware_of, model_of
from agent.core.shape import shape_of
from agent.core.sizing import context_limit, usable_gb
from agent.core.training_cost import (
    TEXTS,
    MemoryMethod,
    Method,
    Objective,
    TrainingMemory,
    training_memory,
)
from agent.core.training_run import TrainingRun, TrainingSet
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.schema import Hardware, Model, TaskType

MICRO_BATCH_TOKENS = 4096
"""Tokens a device takes at once where memory allows."""
EFFECTIVE_BATCH = 16
"""Examples between two optimizer steps."""
MEMORY_SPREAD = 0.15
SHORTEST_SEQUENCE = 256
LADDER: dict[Method, tuple[MemoryMethod, ...]] = {
    "full": ("full", "lora", "qlora"),
    "lora": ("lora", "qlora"),
    "qlora": ("qlora",),
}
NAMES: dict[Method, str] = {"full": "full tuning", "lora": "LoRA", "qlora": "QLoRA"}
METHODS: tuple[Method, ...] = ("prompting", "setfit", "encoder", "lora", "qlora", "full")


class FineTunePlan(BaseModel):
    """How to adapt a model to the data. Memory in GB (1e9 bytes) of all devices together.

    `copies` tells that each device holds the whole model, so that it must fit each of them.
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
    labeled_examples: int | None
    classes: int | None
    training_tokens: float | None
    tokens_per_example: int
    epochs: float
    sequence_tokens: int
    micro_batch: int
    gradient_accumulation: int
    memory_gb: Quantity
    copies: bool
    usable_gb: float | None
    fits: bool | None
    hours: Quantity
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
    epochs: float = 3,
    objective: Objective = "sft",
    devices: int = 1,
    method: Method | None = None,
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
        epochs: passes over the data.
        objective: "sft" on answers, or "dpo" on pairs of a better and a worse one.
        devices: how many devices train together.
        method: fix the method instead of having it advised.
        usd_per_hour: rent of one device; None leaves the money unknown.
        price_source: id of the fact or calculation that the rent came from.
        catalogue: where names are looked up; None is the one that ships.

    Raises:
        InputError: if a value can't be used; UnknownName if a name is not in the catalogue.
    """
    _check(
        devices, tokens_per_example, epochs, labeled_examples, training_tokens, usd_per_hour, method
    )
    found_model = model_of(model, catalogue)
    found_hardware = hardware_of(hardware, catalogue)
    if not found_model.open_weights:
        raise InputError(
            f"The weights of {found_model.title!r} are not open, so it can't be tuned on own "
            "hardware. Choose a model with open weights, or the maker's tuning service."
        )
    advice = advise_method(task_type=task_type, labeled_examples=labeled_examples, classes=classes)
    sequence = _sequence_tokens(found_model, tokens_per_example)
    chosen, why = method or advice.method, "as asked for" if method else advice.why
    available = usable_gb(found_hardware, "transformers", devices=devices)
    sizing = _Sizing(found_model, sequence, devices, available, objective)
    chosen, why, memory, micro_batch = sizing.fit(chosen, why, fixed=method is not None)
    total = UNKNOWN if memory is None else Quantity.spread(memory.total_gb, MEMORY_SPREAD)
    data = TrainingSet(labeled_examples, tokens_per_example, epochs, training_tokens, objective)
    run = TrainingRun(found_model, found_hardware, chosen, devices, data)
    hours = run.hours()
    usd = _money(hours, usd_per_hour, devices)
    return FineTunePlan(
        method=chosen,
        why=why,
        model=found_model.id,
        model_title=found_model.title,
        hf_id=found_model.architecture.hf_id if found_model.architecture else None,
        parameters_b=shape_of(found_model).total_b,
        hardware=found_hardware.id,
        devices=devices,
        task_type=task_type,
        objective=objective,
        labeled_examples=labeled_examples,
        classes=classes,
        training_tokens=training_tokens,
        tokens_per_example=tokens_per_example,
        epochs=epochs,
        sequence_tokens=sequence,
        micro_batch=micro_batch,
        gradient_accumulation=max(1, round(EFFECTIVE_BATCH / (micro_batch * devices))),
        memory_gb=total,
        copies=memory is not None and memory.copies,
        usable_gb=available,
        fits=_fits(memory, available),
        hours=hours,
        usd=usd,
        missing=run.missing(usd_per_hour),
        assumptions=run.assumptions(),
        calculations=run.workings(memory, total, hours, usd, usd_per_hour, price_source),
    )


def _check(
    devices: int,
    tokens_per_example: int,
    epochs: float,
    labeled_examples: int | None,
    training_tokens: float | None,
    usd_per_hour: float | None,
    method: str | None,
) -> None:
    for name, value in (("devices", devices), ("tokens_per_example", tokens_per_example)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f"{name} must be a whole number of at least 1, not {value!r}.")
    if not epochs > 0:
        raise InputError(f"epochs must be above 0, not {epochs!r}.")
    if labeled_examples is not None and labeled_examples < 0:
        raise InputError(f"labeled_examples must be 0 or more, not {labeled_examples!r}.")
    if training_tokens is not None and not training_tokens > 0:
        raise InputError(f"training_tokens must be above 0, not {training_tokens!r}.")
    if usd_per_hour is not None and not usd_per_hour > 0:
        raise InputError(f"usd_per_hour must be above 0, not {usd_per_hour!r}.")
    if method is not None and method not in METHODS:
        raise InputError(f"No method called {method!r} is known. Valid: {', '.join(METHODS)}.")


def _sequence_tokens(model: Model, tokens_per_example: int) -> int:
    """Return a power of two with room for one example, at most the model's context."""
    wanted = max(SHORTEST_SEQUENCE, 1 << (tokens_per_example - 1).bit_length())
    return min(wanted, context_limit(model) or wanted)


@dataclass(frozen=True, slots=True)
class _Sizing:
    """One model on its devices, sized by any method."""

    model: Model
    sequence: int
    devices: int
    available: float | None
    objective: Objective

    def fit(
        self, method: Method, why: str, *, fixed: bool
    ) -> tuple[Method, str, TrainingMemory | None, int]:
        """Return method, reason, memory and micro-batch; full steps down to LoRA and QLoRA."""
        if method in ("prompting", "setfit", "encoder"):
            return method, why, None, max(1, min(EFFECTIVE_BATCH, self._most()))
        steps = LADDER[method][:1] if fixed else LADDER[method]
        for step in steps:
            memory, micro_batch = self._roomiest(step)
            if _fits(memory, self.available) is not False:
                short = f"; {NAMES[method]} does not fit, {NAMES[step]} does"
                return step, why if step == method else why + short, memory, micro_batch
        short = "" if fixed else f"; not even {NAMES[steps[-1]]} fits this hardware"
        return steps[-1], why + short, memory, 1

    def _most(self) -> int:
        return max(1, MICRO_BATCH_TOKENS // (self.sequence * TEXTS[self.objective]))

    def _roomiest(self, method: MemoryMethod) -> tuple[TrainingMemory, int]:
        """Return the memory at the largest micro-batch that surely fits, else at one example.

        QLoRA is copied to each device where that fits (DDP), else sharded as the others are.
        """
        for copies in (True, False) if method == "qlora" and self.devices > 1 else (False,):
            micro_batch = self._most()
            while True:
                memory = training_memory(
                    self.model,
                    method,
                    micro_batch_tokens=micro_batch * self.sequence * TEXTS[self.objective],
                    devices=self.devices,
                    copies=copies,
                    objective=self.objective,
                )
                if _fits(memory, self.available, spread=MEMORY_SPREAD) is not False:
                    return memory, micro_batch
                if micro_batch == 1:
                    break
                micro_batch //= 2
        return memory, 1


def _fits(
    memory: TrainingMemory | None, available: float | None, *, spread: float = 0.0
) -> bool | None:
    if memory is None or available is None:
        return None
    return memory.total_gb * math.exp(spread) <= available


def _money(hours: Quantity, usd_per_hour: float | None, devices: int) -> Quantity:
    if hours.value is None or usd_per_hour is None:
        return UNKNOWN
    rate = usd_per_hour * devices
    return Quantity(
        value=hours.value * rate, low=(hours.low or 0) * rate, high=(hours.high or 0) * rate
    )
