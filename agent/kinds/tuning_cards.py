"""One tuning job, planned on any device, and the cards that hold it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.finetune import EPOCHS, FineTunePlan, plan_finetune
from agent.core.finetune_method import Method
from agent.core.memory_stated import withdrawn
from agent.core.training_choice import Form, Objective, TrainingEngine
from agent.kinds.asked import is_unlisted
from agent.kinds.rentals import cheapest_rental
from agent.kinds.tuning_data import Lessons, named_epochs, named_rank
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model

DEFAULT_HARDWARE = "hardware/nvidia-rtx-4090"
COUNTS = (2, 4, 8, 16, 32, 64)
"""Cards of a run that no single card holds; above eight they are whole servers."""
LEAST_CARD_GB = 40
"""Cards of less memory are not proposed by the dozen."""
NAMED_UNSLOTH = re.compile(r"\bunsloth\b", re.IGNORECASE)
NAMED_PRECISION = re.compile(
    r"\b(fp8|bf16|fp16)[\s-]*(?:mixed[\s-]precision\s)?(?:fine[\s-]?)?(?:tun|train)"
    r"|\b(?:tun|train)(?:e|ed|ing)?\b[^.?!]{0,40}\bin (fp8|bf16|fp16)\b",
    re.IGNORECASE,
)
"""A precision beside training; that of a checkpoint is none of it."""


@dataclass(frozen=True, slots=True)
class Planner:
    """One tuning job, planned on any devices and at any length."""

    turn: Turn
    model: Model
    lessons: Lessons
    method: Method | None
    objective: Objective

    def on(
        self,
        hardware: Hardware,
        devices: int,
        *,
        tokens: int | None = None,
        form: Form = "mixed",
        engine: TrainingEngine | None = None,
    ) -> FineTunePlan:
        """Return the plan on `devices` of `hardware`, for examples of `tokens` if given."""
        rental = self.rental(hardware)
        epochs = named_epochs(self.turn)
        profile, lessons = self.turn.profile, self.lessons
        return plan_finetune(
            self.model,
            hardware,
            task_type=profile.task_type or ("classification" if self.method == "encoder" else None),
            labeled_examples=lessons.examples,
            tokens_per_example=tokens or lessons.tokens_per_example,
            training_tokens=lessons.total_tokens,
            classes=profile.classes,
            languages=profile.languages or (),
            epochs=EPOCHS if epochs is None else epochs,
            rank=named_rank(self.turn),
            objective=self.objective,
            devices=devices,
            method=self.method,
            form=form,
            engine=engine or named_engine(self.turn, devices),
            precision=named_precision(self.turn),
            usd_per_hour=rental.value if rental else None,
            price_source=rental.id if rental else "assumed",
        )

    def rental(self, hardware: Hardware) -> Statement | None:
        """Return the cheapest on-demand rental of `hardware`, None where none is known."""
        return None if is_unlisted(hardware) else cheapest_rental(self.turn, hardware)


def stock(turn: Turn) -> Hardware | None:
    """Return the stock device of a question that names none."""
    document = turn.catalogue.get(DEFAULT_HARDWARE) if DEFAULT_HARDWARE in turn.catalogue else None
    return document if isinstance(document, Hardware) else None


def smallest(
    turn: Turn, planner: Planner, stock: Hardware, *, any_size: bool
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


def roomier(turn: Turn, planner: Planner, hardware: Hardware, devices: int) -> Hardware | None:
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


def tight(plan: FineTunePlan) -> bool:
    """Tell whether what can be used lies inside the range of what the run may need."""
    low, high, usable = plan.memory_gb.low, plan.memory_gb.high, plan.usable_gb
    return None not in (low, high, usable) and (low or 0) <= (usable or 0) < (high or 0)


def named_precision(turn: Turn) -> str | None:
    """Return the number format that the message asks to train in, None for the device's best."""
    match = NAMED_PRECISION.search(turn.message)
    return (match[1] or match[2]).lower() if match else None


def named_engine(turn: Turn, devices: int) -> TrainingEngine:
    """Return the software whose memory and speed count: Unsloth's where it is asked for and can."""
    asked = NAMED_UNSLOTH.search(turn.message)
    return "unsloth" if asked and devices == 1 else "transformers"
