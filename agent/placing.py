"""Where an open model can run for a job: hardware that is owned, bought or rented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.core.defaults import Defaults, defaults
from agent.core.estimate import Estimate, estimate
from agent.core.spend import Load, Spend, gpu_count, owned_spend, rented_spend
from agent.errors import InputError
from agent.job import Job
from agent.kinds.naming import short
from agent.kinds.rentals import cheapest_rental
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model

COUNTS = (1, 2, 4, 8)
STREAMS = 16
PRECISIONS = ("8 bit", "4 bit")
LONGEST_WAIT_MS = 60_000.0
"""Where no limit is set, a set-up that takes longer for one answer is not proposed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A model sized on devices that hold it, with the fact that prices them."""

    route: Literal["rented_gpu", "owned_hardware"]
    hardware: Hardware
    estimate: Estimate
    price: Statement | None
    owned: int = 0


def find_place(turn: Turn, job: Job, model: Model, *, on: str | None = None) -> Place | None:
    """Return the cheapest place for `model`: what the user owns or names, else what fits the job.

    Data that must stay in the building needs bought hardware; otherwise GPUs are rented. With `on`,
    the id of a device, only that device is tried.
    """
    owned = owned_place(turn, job, model)
    if owned is not None:
        return owned
    bought = job.residency == "on_premises"
    offers = priced_devices(turn, bought=bought)
    named = {doc_id for doc_id, _ in turn.understanding.hardware}
    asked = [pair for pair in offers if pair[0].id in named and on in (None, pair[0].id)]
    if on is not None:
        return _cheapest(job, model, asked, bought=bought)
    return _cheapest(job, model, asked, bought=bought) or _cheapest(
        job, model, offers, bought=bought
    )


def owned_place(turn: Turn, job: Job, model: Model) -> Place | None:
    """Return the first of the user's own devices that holds `model`, or None."""
    for doc_id, count in job.hardware or ():
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Hardware):
            sized = _sized(model, document, count, job)
            if sized is not None:
                return Place("owned_hardware", document, sized, None, owned=count)
    return None


def _cheapest(
    job: Job,
    model: Model,
    offers: list[tuple[Hardware, Statement]],
    *,
    bought: bool,
) -> Place | None:
    """Return the devices that carry the whole load for the least, and answer in time."""
    load = Load(job.requests_per_day, job.input_tokens, job.output_tokens)
    best: tuple[float, Place] | None = None
    for hardware, price in offers:
        unit = price.value or 0.0
        for count in COUNTS:
            if best is not None and unit * count >= best[0]:
                break
            sized = _sized(model, hardware, count, job)
            if sized is None:
                continue
            rate = sized.throughput_tok_s.value or 1.0
            needed, _ = gpu_count(load, defaults(), tokens_per_second=rate, devices=count)
            if best is None or unit * needed < best[0]:
                route: Literal["rented_gpu", "owned_hardware"] = (
                    "owned_hardware" if bought else "rented_gpu"
                )
                best = (unit * needed, Place(route, hardware, sized, price))
            break
    return best[1] if best else None


def priced_devices(turn: Turn, *, bought: bool) -> list[tuple[Hardware, Statement]]:
    """Return shipping GPUs with a purchase or a rental price, the cheapest first."""
    found = []
    for document in turn.catalogue.of("hardware"):
        if not isinstance(document, Hardware) or document.status != "shipping":
            continue
        if document.device not in ("gpu", "apu") or document.unit_scope != "per device":
            continue
        price = turn.fact(f"{document.id}#price") if bought else cheapest_rental(turn, document)
        if price is not None and price.value:
            found.append((document, price))
    return sorted(found, key=lambda pair: (pair[1].value or 0.0, pair[0].id))


def _sized(model: Model, hardware: Hardware, count: int, job: Job) -> Estimate | None:
    """Return the estimate at the largest precision that fits, or None where none does."""
    context = job.input_tokens + job.output_tokens
    limit = model.architecture.context_tokens if model.architecture else context
    prompt = max(1, min(job.input_tokens, limit - job.output_tokens))
    for precision in PRECISIONS:
        try:
            sized = estimate(model, hardware, count, precision, STREAMS, prompt, job.output_tokens)
        except InputError:
            continue
        if sized.fits and sized.throughput_tok_s.value and _in_time(sized, job):
            return sized
    return None


def _in_time(sized: Estimate, job: Job) -> bool:
    """Tell whether an answer comes within the job's limit, or a minute where none is set."""
    speed, first = sized.decode_tok_s.value, sized.ttft_s.value
    if not speed or first is None:
        return False
    return first + job.output_tokens / speed <= (job.latency_ms or LONGEST_WAIT_MS) / 1000


def place_spend(
    place: Place, load: Load, defaults: Defaults, *, project: str, runs_usd: float
) -> Spend:
    """Return what serving `load` at `place` costs."""
    sized = place.estimate
    name = short(place.hardware)
    rate = sized.throughput_tok_s.value or 1.0
    if place.route == "rented_gpu":
        return rented_spend(
            load,
            defaults,
            name=name,
            usd_per_hour=(place.price.value or 0.0) if place.price else 0.0,
            price_id=place.price.id if place.price else "assumed",
            tokens_per_second=rate,
            devices=sized.devices,
            project=project,
            runs_usd=runs_usd,
        )
    return owned_spend(
        load,
        defaults,
        name=name,
        watts=place.hardware.value("power"),
        purchase_usd=place.hardware.value("price"),
        price_id=place.price.id if place.price else "yours already",
        tokens_per_second=rate,
        devices=sized.devices,
        project=project,
        runs_usd=runs_usd,
        owned=place.owned,
    )
