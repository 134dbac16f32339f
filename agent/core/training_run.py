"""The hours and money of a training run, worked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from agent.calculation import Calculation, Input
from agent.core.efficiency import device_class
from agent.core.finetune_method import ENCODERS
from agent.core.quantity import UNKNOWN, Quantity
from agent.core.throughput import Peak, peak_16bit
from agent.core.training_choice import LARGEST_ENCODER_B, TEXTS, Choice, Objective, total_quantity
from agent.core.training_fit import coefficients
from agent.core.training_speed import (
    LinkedCard,
    flops_per_parameter,
    link_of,
    reached_tflops,
    tokens_per_second,
)
from agent.core.workings import calculation, tail
from knowledge.schema import Hardware, Model

SETFIT_PAIRS = 20
"""Default of the SetFit library's num_iterations."""
MEASURED = frozenset({"datacentre", "workstation", "geforce"})
"""Classes of device on which training was measured."""
DEVICES_A_SERVER = 8
UNMEASURED_SPREAD = 0.7
"""Assumed: a factor of two either way on a class of device, or for a mixture, not measured."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What is trained on: examples of so many tokens, or `total_tokens` in all."""

    examples: int | None
    tokens_per_example: int
    epochs: float
    total_tokens: float | None = None
    objective: Objective = "sft"

    @property
    def tokens(self) -> float | None:
        """Tokens of one epoch, None where the number of examples is not known."""
        if self.total_tokens is not None:
            return self.total_tokens
        return None if self.examples is None else float(self.examples * self.tokens_per_example)


def card_of(hardware: Hardware) -> LinkedCard | None:
    """Return what the speed rests on of `hardware`, None where its 16-bit peak is not known."""
    peak = peak_16bit(hardware)
    if peak is None:
        return None
    return LinkedCard(
        tflops=peak.tflops,
        bandwidth=hardware.value("bandwidth") or math.inf,
        kind=device_class(hardware),
        link=link_of(hardware),
    )


class TrainingRun:
    """The training run: what its hours rest on."""

    def __init__(self, model: Model, hardware: Hardware, choice: Choice, data: TrainingSet) -> None:
        """Hold the run that was chosen."""
        self._model = model
        self._hardware = hardware
        self._choice = choice
        self._data = data
        self._devices = choice.run.devices if choice.run else 1
        self._peak: Peak | None = peak_16bit(hardware)
        self._card = card_of(hardware)

    def speed(self) -> Quantity:
        """Return the tokens a second of all devices together."""
        card, run = self._card, self._choice.run
        if card is None or run is None:
            return UNKNOWN
        spread = UNMEASURED_SPREAD if self.unmeasured() else coefficients().speed_spread
        return Quantity.spread(tokens_per_second(run, card), spread)

    def unmeasured(self) -> str | None:
        """Return what of this run nobody measured, None where rows like it exist."""
        if self._choice.run is None or self._card is None:
            return None
        layout = self._choice.run.layout
        if self._choice.method in ENCODERS:
            return "encoders"
        if layout.mixture:
            return "mixtures of experts"
        if self._devices > DEVICES_A_SERVER:
            return "runs over several servers"
        return None if self._card.kind in MEASURED else "this class of device"

    def hours(self) -> Quantity:
        """Return the hours on all devices together."""
        if self._choice.run is None:
            return Quantity.exact(0.0)
        speed, tokens = self.speed(), self._data.tokens
        if speed.value is None or tokens is None:
            return UNKNOWN
        read = tokens * self._texts() * self._data.epochs / 3600
        return Quantity(
            value=read / speed.value,
            low=read / (speed.high or speed.value),
            high=read / (speed.low or speed.value),
        )

    def _texts(self) -> float:
        """Return how many texts an example is read as: SetFit's pairs, DPO's two answers."""
        if self._choice.method == "setfit":
            return 2.0 * SETFIT_PAIRS
        return TEXTS[self._data.objective]

    def missing(self, usd_per_hour: float | None) -> tuple[str, ...]:
        """Return what lacks for memory, hours or money."""
        lacks = {
            f"{self._hardware.id}#memory": self._hardware.value("memory") is None,
            f"{self._hardware.id}#compute_bf16": self._peak is None,
            "labeled_examples": self._data.tokens is None,
            "usd_per_hour": usd_per_hour is None,
        }
        return tuple(name for name, lacking in lacks.items() if lacking)

    def assumptions(self) -> tuple[str, ...]:
        """Return what the figures rest on besides facts."""
        run = self._choice.run
        out = [f"{self._data.tokens_per_example} tokens an example, {self._data.epochs:g} epochs."]
        if run is not None and not run.layout.stated:
            out.append("The layout is the usual one of a model of that size.")
        if self._stands_in() and run is not None:
            out.append(
                f"An encoder of {run.layout.total_b:g}B parameters is tuned in place of "
                f"{self._model.title}."
            )
        if self._choice.method == "setfit":
            out.append(f"SetFit draws {SETFIT_PAIRS} pairs an example, both sides encoded.")
        peak = self._peak
        if peak is not None and peak.note:
            out.append(f"Compute: {peak.note}.")
        return tuple(out)

    def workings(
        self, hours: Quantity, usd: Quantity, usd_per_hour: float | None, price_source: str
    ) -> tuple[Calculation, ...]:
        """Return the worked figures that are known."""
        base = (
            f"calc/{tail(self._model.id)}/{self._choice.method}/"
            f"{tail(self._hardware.id)}-x{self._devices}"
        )
        out = [*self._memory(base), *self._speed(base), *self._hours(base, hours)]
        if usd.value and usd_per_hour is not None:
            out.append(
                calculation(
                    f"{base}/training-cost",
                    "rent of one training run",
                    formula="hours x devices x price",
                    inputs=(
                        Input(
                            name="hours",
                            value=round(hours.value or 0.0, 3),
                            unit="h",
                            source=f"{base}/training-hours",
                        ),
                        Input(name="devices", value=self._devices),
                        Input(name="price", value=usd_per_hour, unit="USD/h", source=price_source),
                    ),
                    quantity=usd,
                    unit="USD",
                )
            )
        return tuple(out)

    def _parameters_source(self) -> str:
        return "assumed" if self._stands_in() else f"{self._model.id}#parameters"

    def _stands_in(self) -> bool:
        """Tell whether a small encoder is tuned in place of the model."""
        own = self._model.value("parameters") or math.inf
        return self._choice.method in ENCODERS and own > LARGEST_ENCODER_B

    def _memory(self, base: str) -> list[Calculation]:
        memory, run = self._choice.memory, self._choice.run
        if memory is None or run is None:
            return []
        parts = {
            "weights": memory.weights_gb,
            "gradients": memory.gradients_gb,
            "optimizer states" + ("" if run.full else " and adapters"): memory.states_gb,
            "activations": memory.activations_gb,
            "logits": memory.logits_gb,
            "runtime": memory.runtime_gb,
        }
        sources = {"weights": self._parameters_source()}
        each = calculation(
            f"{base}/training-memory{'-each' if self._devices > 1 else ''}",
            f"memory to tune {self._model.title} by {self._choice.method}"
            + (", each device" if self._devices > 1 else ""),
            formula=" + ".join(parts),
            inputs=tuple(
                Input(
                    name=name,
                    value=round(value, 2),
                    unit="GB",
                    source=sources.get(name, "assumed"),
                )
                for name, value in parts.items()
            ),
            quantity=total_quantity(memory),
            unit="GB",
        )
        if self._devices == 1:
            return [each]
        total = calculation(
            f"{base}/training-memory",
            "memory of all devices",
            formula="memory of each x devices",
            inputs=(
                Input(
                    name="memory of each",
                    value=round(memory.total_gb, 2),
                    unit="GB",
                    source=each.id,
                ),
                Input(name="devices", value=self._devices),
            ),
            quantity=total_quantity(memory, self._devices),
            unit="GB",
        )
        return [total, each]

    def _speed(self, base: str) -> list[Calculation]:
        card, run, peak, speed = self._card, self._choice.run, self._peak, self.speed()
        if card is None or run is None or peak is None or speed.value is None:
            return []
        return [
            calculation(
                f"{base}/training-speed",
                "tokens read a second in training",
                formula="devices x tokens at once / time of a step; the step by operations over "
                "the compute reached, attention, unpacking and launching included",
                inputs=(
                    Input(name="devices", value=self._devices),
                    Input(name="tokens at once", value=run.tokens),
                    Input(
                        name="operations for each parameter and token",
                        value=flops_per_parameter(run),
                    ),
                    Input(
                        name="parameters multiplied",
                        value=round(run.layout.multiplied_b, 3),
                        unit="billion",
                        source=self._parameters_source(),
                    ),
                    Input(name="peak", value=peak.tflops, unit="TFLOPS", source=peak.source),
                    Input(
                        name="compute reached",
                        value=round(reached_tflops(run, card), 1),
                        unit="TFLOPS",
                    ),
                ),
                quantity=speed,
                unit="tokens/s",
            )
        ]

    def _hours(self, base: str, hours: Quantity) -> list[Calculation]:
        data = self._data
        if not hours.value:
            return []
        read = (
            (Input(name="tokens of the training set", value=data.total_tokens),)
            if data.total_tokens is not None
            else (
                Input(name="examples", value=data.examples or 0),
                Input(name="tokens an example", value=data.tokens_per_example),
            )
        )
        return [
            calculation(
                f"{base}/training-hours",
                "hours of training",
                formula="tokens x texts x epochs / tokens a second / 3600",
                inputs=(
                    *read,
                    Input(name="epochs", value=data.epochs),
                    Input(name="texts read an example", value=self._texts()),
                    Input(
                        name="speed",
                        value=round(self.speed().value or 0.0, 1),
                        unit="tokens/s",
                        source=f"{base}/training-speed",
                    ),
                ),
                quantity=hours,
                unit="h",
            )
        ]
