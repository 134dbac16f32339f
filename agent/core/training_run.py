"""The hours and money of a training run, worked."""

from __future__ import annotations

from dataclasses import dataclass

from agent.calculation import Calculation, Input
from agent.core.quantity import UNKNOWN, Quantity
from agent.core.shape import shape_of
from agent.core.throughput import Peak, peak_16bit
from agent.core.training_cost import (
    TEXTS,
    Method,
    Objective,
    TrainingMemory,
    flops_per_token,
    training_hours,
    training_mfu,
)
from agent.core.workings import calculation, tail
from knowledge.schema import Hardware, Model

HOURS_SPREAD = 0.7
"""Factor of two either way: torchtune on A100 ran at 2.1k tokens/s unpacked and 7.1k packed."""
ENCODER_METHODS: frozenset[Method] = frozenset({"setfit", "encoder"})
LARGEST_ENCODER_B = 1.0
"""Above this the model is not an encoder, and a small encoder is tuned in its place."""
ENCODER_PARAMS_B = 0.149
"""ModernBERT-base (arXiv 2412.13663)."""
SETFIT_PAIRS = 20
"""Default of the SetFit library's num_iterations."""


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


class TrainingRun:
    """The training run: what its hours rest on."""

    def __init__(
        self,
        model: Model,
        hardware: Hardware,
        method: Method,
        devices: int,
        data: TrainingSet,
    ) -> None:
        """Hold the run; where a large model is given, encoder methods tune a small one."""
        self._model = model
        self._hardware = hardware
        self._method: Method = method
        self._devices = devices
        self._data = data
        shape = shape_of(model)
        small = method in ENCODER_METHODS and shape.active_b > LARGEST_ENCODER_B
        self._active_b = ENCODER_PARAMS_B if small else shape.active_b
        self._params_source = "assumed" if small else shape.source

    def _peak(self) -> Peak | None:
        return peak_16bit(self._hardware)

    def hours(self) -> Quantity:
        """Return the hours on all devices together."""
        peak = self._peak()
        if self._method == "prompting":
            return Quantity.exact(0.0)
        if peak is None or self._data.tokens is None:
            return UNKNOWN
        value = training_hours(
            self._active_b,
            self._method,
            tokens=self._data.tokens * self._texts(),
            epochs=self._data.epochs,
            peak_tflops=peak.tflops,
            mfu=training_mfu(self._hardware),
            devices=self._devices,
            objective=self._data.objective,
        )
        return Quantity.spread(value, HOURS_SPREAD)

    def _texts(self) -> float:
        """Return how many texts an example is read as: SetFit's pairs, DPO's two answers."""
        return 2.0 * SETFIT_PAIRS if self._method == "setfit" else TEXTS[self._data.objective]

    def missing(self, usd_per_hour: float | None) -> tuple[str, ...]:
        """Return what lacks for memory, hours or money."""
        out = []
        if self._hardware.value("memory") is None:
            out.append(f"{self._hardware.id}#memory")
        if self._peak() is None:
            out.append(f"{self._hardware.id}#compute_bf16")
        if self._data.tokens is None:
            out.append("labeled_examples")
        if usd_per_hour is None:
            out.append("usd_per_hour")
        return tuple(out)

    def assumptions(self) -> tuple[str, ...]:
        """Return what the figures rest on besides facts."""
        out = [
            f"{self._data.tokens_per_example} tokens an example, {self._data.epochs:g} epochs.",
            "Gradient checkpointing and a fused loss; adapters of rank 16 on all linear layers.",
            f"Training reaches {training_mfu(self._hardware):.0%} of the 16-bit peak.",
        ]
        if self._params_source == "assumed":
            out.append(
                f"An encoder of {ENCODER_PARAMS_B:g}B parameters (ModernBERT-base) is tuned in "
                f"place of {self._model.title}; it takes a few GB."
            )
        if self._method == "setfit":
            out.append(f"SetFit draws {SETFIT_PAIRS} pairs an example, both sides encoded.")
        peak = self._peak()
        if peak is not None and peak.note:
            out.append(f"Compute: {peak.note}.")
        return tuple(out)

    def workings(
        self,
        memory: TrainingMemory | None,
        total: Quantity,
        hours: Quantity,
        usd: Quantity,
        usd_per_hour: float | None,
        price_source: str,
    ) -> tuple[Calculation, ...]:
        """Return the worked figures."""
        base = (
            f"calc/{tail(self._model.id)}/{self._method}/{tail(self._hardware.id)}-x{self._devices}"
        )
        out: list[Calculation] = []
        if memory is not None:
            out.append(
                calculation(
                    f"{base}/training-memory",
                    f"memory to tune {self._model.title} by {self._method}",
                    formula="weights + gradients, optimizer and adapters + activations + runtime",
                    inputs=(
                        Input(
                            name="weights",
                            value=round(memory.weights_gb, 2),
                            unit="GB",
                            source=f"{self._model.id}#parameters",
                        ),
                        Input(
                            name="gradients, optimizer and adapters",
                            value=round(memory.states_gb, 2),
                            unit="GB",
                        ),
                        Input(name="activations", value=round(memory.activations_gb, 2), unit="GB"),
                    ),
                    quantity=total,
                    unit="GB",
                )
            )
        peak = self._peak()
        if memory is not None and self._devices > 1:
            out.append(self._per_device(base, total))
        if hours.value and peak is not None and self._data.tokens is not None:
            out.append(
                calculation(
                    f"{base}/training-hours",
                    "hours of training",
                    formula="tokens x texts x epochs x FLOPs per parameter "
                    "x active parameters / (devices x peak x MFU)",
                    inputs=(
                        *self._tokens_read(),
                        Input(name="epochs", value=self._data.epochs),
                        Input(name="texts read an example", value=self._texts()),
                        Input(
                            name="FLOPs per parameter and token",
                            value=flops_per_token(self._method, self._data.objective),
                        ),
                        Input(
                            name="active parameters",
                            value=self._active_b,
                            unit="billion",
                            source=self._params_source,
                        ),
                        Input(name="devices", value=self._devices),
                        Input(name="peak", value=peak.tflops, unit="TFLOPS", source=peak.source),
                        Input(name="MFU", value=training_mfu(self._hardware)),
                    ),
                    quantity=hours,
                    unit="h",
                )
            )
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

    def _tokens_read(self) -> tuple[Input, ...]:
        data = self._data
        if data.total_tokens is not None:
            return (Input(name="tokens of the training set", value=data.total_tokens),)
        return (
            Input(name="examples", value=data.examples or 0),
            Input(name="tokens an example", value=data.tokens_per_example),
        )

    def _per_device(self, base: str, total: Quantity) -> Calculation:
        each = {
            name: None if value is None else value / self._devices
            for name, value in (("value", total.value), ("low", total.low), ("high", total.high))
        }
        return calculation(
            f"{base}/training-memory-each",
            "memory of each device",
            formula="memory / devices",
            inputs=(
                Input(
                    name="memory",
                    value=round(total.value or 0.0, 2),
                    unit="GB",
                    source=f"{base}/training-memory",
                ),
                Input(name="devices", value=self._devices),
            ),
            quantity=Quantity(**each),
            unit="GB",
        )
