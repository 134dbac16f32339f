"""If it does not fit: what would? Every proposal comes from the catalogue and is estimated anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.core.efficiency import device_class
from agent.core.estimate import Estimate, estimate
from agent.core.memory_stated import withdrawn
from agent.core.precision import parse_precision
from agent.core.resolving import hardware_of, model_of
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.schema import Hardware, Model

Change = Literal["fewer_bits", "more_devices", "bigger_device", "smaller_model", "cpu_offload"]
MAX_DEVICES = 8
"""More cards than one usual server holds are not proposed."""
_SIZE_ORDER = ("tiny", "small", "mid", "large", "ultra_large")


class FitRow(BaseModel):
    """One line of a fit table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bits: int
    precision: str
    estimate: Estimate


class Alternative(BaseModel):
    """One change that makes the model, or its stand-in, fit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    change: Change
    label: str
    model: str
    hardware: str
    devices: int
    precision: str
    estimate: Estimate


def fit_table(
    model: str | Model,
    hardware: str | Hardware,
    devices: int = 1,
    *,
    context_tokens: int | None = None,
    engine: str | None = None,
    catalogue: Catalogue | None = None,
) -> tuple[FitRow, ...]:
    """Return the estimate at 16, 8 and 4 bit, in that order.

    Raises:
        InputError: if a value can't be used.
    """
    found_model = model_of(model, catalogue)
    found_hardware = hardware_of(hardware, catalogue)
    rows = []
    for bits in (16, 8, 4):
        result = estimate(
            found_model,
            found_hardware,
            devices,
            f"{bits} bit",
            engine=engine,
            context_tokens=context_tokens,
        )
        rows.append(FitRow(bits=bits, precision=result.precision, estimate=result))
    return tuple(rows)


def alternatives(
    model: str | Model,
    hardware: str | Hardware,
    devices: int = 1,
    precision: str | None = None,
    *,
    concurrency: int = 1,
    context_tokens: int | None = None,
    engine: str | None = None,
    catalogue: Catalogue,
) -> tuple[Alternative, ...]:
    """Return what would fit instead, at most one of each change, smallest change first.

    Fewer bits on the same devices; more of the same device; one bigger device that ships, of the
    same maker if there is one; the largest smaller model of the same maker, else of any; part of
    the weights in system memory.

    Raises:
        InputError: if a value can't be used.
    """
    found_model = model_of(model, catalogue)
    found_hardware = hardware_of(hardware, catalogue)
    job = _Job(found_model, found_hardware, devices, precision, concurrency, context_tokens, engine)
    found = (
        job.fewer_bits(),
        job.more_devices(),
        job.bigger_device(d for d in catalogue.of("hardware") if isinstance(d, Hardware)),
        job.smaller_model(d for d in catalogue.of("model") if isinstance(d, Model)),
        job.cpu_offload(),
    )
    return tuple(alternative for alternative in found if alternative is not None)


class _Job:
    """The request that did not fit, and the ways to change it."""

    def __init__(
        self,
        model: Model,
        hardware: Hardware,
        devices: int,
        precision: str | None,
        concurrency: int,
        context_tokens: int | None,
        engine: str | None,
    ) -> None:
        self._model = model
        self._hardware = hardware
        self._devices = devices
        self._precision = precision
        self._concurrency = concurrency
        self._context = context_tokens
        self._engine = engine
        self._asked = self._estimate()

    def _estimate(
        self,
        *,
        model: Model | None = None,
        hardware: Hardware | None = None,
        devices: int | None = None,
        precision: str | None = None,
        cpu_offload: bool = False,
    ) -> Estimate:
        return estimate(
            model or self._model,
            hardware or self._hardware,
            devices or self._devices,
            precision or self._precision,
            self._concurrency,
            engine="llama.cpp" if cpu_offload else self._engine,
            context_tokens=self._context,
            cpu_offload=cpu_offload,
        )

    def _record(self, change: Change, label: str, result: Estimate) -> Alternative:
        return Alternative(
            change=change,
            label=label,
            model=result.model,
            hardware=result.hardware,
            devices=result.devices,
            precision=result.precision,
            estimate=result,
        )

    def fewer_bits(self) -> Alternative | None:
        """Try 8, then 4 bit, where that is less than was asked for."""
        for text in ("8 bit", "4 bit", "q3_k_m"):
            bits = parse_precision(text, engine=self._engine, hardware=self._hardware).bits
            if bits >= self._asked.bits_per_weight - 0.5:
                continue
            result = self._estimate(precision=text)
            if result.fits:
                label = f"{self._model.title} at {result.precision} on the same device"
                return self._record("fewer_bits", label, result)
        return None

    def more_devices(self) -> Alternative | None:
        """Double the devices until it fits, up to one server."""
        count = self._devices * 2
        while count <= MAX_DEVICES:
            result = self._estimate(devices=count)
            if result.fits:
                label = f"{count} x {self._hardware.title}"
                return self._record("more_devices", label, result)
            count *= 2
        return None

    def bigger_device(self, listed: Iterable[Hardware]) -> Alternative | None:
        """Take the smallest device on sale that holds it, of the same maker first.

        One device is tried before as many as were asked about.
        """
        own = self._hardware.value("memory") or 0.0
        candidates = [
            device
            for device in listed
            if device.status == "shipping"
            and device.id != self._hardware.id
            and not withdrawn(device)
            and device.unit_scope == "per device"
            and device_class(device) != "other"
            and device.value("bandwidth")
            and (device.value("memory") or 0.0) > own
        ]
        candidates.sort(
            key=lambda device: (
                device.vendor != self._hardware.vendor,
                device.value("memory") or 0.0,
                -(device.value("bandwidth") or 0.0),
            )
        )
        for count in dict.fromkeys((1, self._devices)):
            for device in candidates:
                try:
                    result = self._estimate(hardware=device, devices=count)
                except InputError:
                    continue
                if result.fits:
                    label = f"{count} x {device.title}"
                    return self._record("bigger_device", label, result)
        return None

    def smaller_model(self, listed: Iterable[Model]) -> Alternative | None:
        """Take the largest smaller general model that fits, of the same maker first."""
        own = self._model.value("parameters") or float("inf")
        candidates = [
            model
            for model in listed
            if model.open_weights
            and (model.value("parameters") or own) < own
            and model.architecture is not None
            and model.specialization == self._model.specialization
            and _SIZE_ORDER.index(model.size_class) <= _SIZE_ORDER.index(self._model.size_class)
        ]
        candidates.sort(
            key=lambda model: (
                model.vendor != self._model.vendor,
                -(model.value("parameters") or 0.0),
                model.id,
            )
        )
        for model in candidates:
            try:
                result = self._estimate(model=model)
            except InputError:
                continue
            if result.fits:
                label = f"{model.title} on the same device"
                return self._record("smaller_model", label, result)
        return None

    def cpu_offload(self) -> Alternative | None:
        """Keep part of the weights in system memory, with llama.cpp at 4 bit.

        Unified memory is the system's memory: there is no other.
        """
        if self._hardware.shares_memory:
            return None
        result = self._estimate(precision="q4_k_m", cpu_offload=True)
        if not 0 < result.offloaded_share < 1:
            return None
        label = f"{result.offloaded_share:.0%} of the weights in system memory"
        return self._record("cpu_offload", label, result)
