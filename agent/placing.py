"""Where an open model can run for a job: hardware that is owned, bought or rented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.core.defaults import Defaults, defaults
from agent.core.estimate import Estimate, estimate
from agent.core.running import Load, paid
from agent.core.spend import Spend, owned_spend, rented_spend
from agent.errors import InputError
from agent.job import Job
from agent.kinds.naming import short
from agent.kinds.rentals import cheapest_rental
from agent.profile import Owned
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model

COUNTS = (1, 2, 4, 8)
STREAMS = (16, 64, 128)
"""Requests at once on one replica; more of them where fewer do not carry the load."""
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

    How hardware is to be had is what the message says; where it doesn't, data that must stay in the
    building needs bought hardware, and otherwise GPUs are rented. With `on`, the id of a device,
    only that device is tried.
    """
    owned = owned_place(turn, job, model, on=on)
    if owned is not None:
        return owned
    bought = is_bought(turn, job)
    offers = priced_devices(turn, bought=bought)
    named = {doc_id for doc_id, _ in turn.understanding.hardware}
    asked = [pair for pair in offers if pair[0].id in named and on in (None, pair[0].id)]
    counts = {doc_id: count for doc_id, count in turn.understanding.hardware if count > 1}
    found = _cheapest(job, model, asked, bought=bought, counts=counts)
    if on is not None and found is None and turn.understanding.acquire != "rent":
        return _bought(turn, job, model, on, counts)
    if on is not None or found is not None:
        return found
    return _cheapest(job, model, offers, bought=bought)


def _bought(
    turn: Turn, job: Job, model: Model, doc_id: str, counts: Mapping[str, int]
) -> Place | None:
    """Return a device that is named and has no other price as bought, whole machines included."""
    device, price = turn.catalogue.get(doc_id), turn.fact(f"{doc_id}#price")
    if not isinstance(device, Hardware) or price is None or not price.value:
        return None
    return _cheapest(job, model, [(device, price)], bought=True, counts=counts)


def _owned(turn: Turn, job: Job) -> tuple[Owned, ...]:
    """Return the devices at hand: none where renting is asked for, nor those that are to be bought.

    A message that speaks of buying names what is still to be had.
    """
    acquire = turn.understanding.acquire
    if acquire is None:
        return job.hardware or ()
    named = {doc_id for doc_id, _ in turn.understanding.hardware}
    at_hand = () if acquire == "rent" else job.hardware or ()
    return tuple(item for item in at_hand if item[0] not in named)


def is_bought(turn: Turn, job: Job) -> bool:
    """Tell whether hardware that is not owned yet is to be bought, not rented."""
    acquire = turn.understanding.acquire
    return acquire == "buy" or (acquire is None and job.residency == "on_premises")


def owned_place(turn: Turn, job: Job, model: Model, *, on: str | None = None) -> Place | None:
    """Return the first of the user's own devices that holds `model`, or None; `on` one alone."""
    for doc_id, count in _owned(turn, job):
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Hardware) and on in (None, doc_id):
            sized = _sized(model, document, count, job)
            if sized is not None:
                price = turn.fact(f"{doc_id}#price")
                known = price if price is not None and price.value else None
                return Place("owned_hardware", document, sized, known, owned=count)
    return None


def _cheapest(
    job: Job,
    model: Model,
    offers: list[tuple[Hardware, Statement]],
    *,
    bought: bool,
    counts: Mapping[str, int] | None = None,
) -> Place | None:
    """Return the devices that carry the whole load for the least, and answer in time.

    `counts` are the devices of one replica where the message states how many.
    """
    best: tuple[float, Place] | None = None
    for hardware, price in offers:
        unit = price.value or 0.0
        stated = (counts or {}).get(hardware.id)
        for count in (stated,) if stated else COUNTS:
            if best is not None and unit * count >= best[0]:
                break
            sized = _sized(model, hardware, count, job)
            if sized is None:
                continue
            needed = _needed(sized, job)
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


def _needed(sized: Estimate, job: Job) -> int:
    """Return the devices that carry the peak of the load."""
    load = Load(job.requests_per_day, job.input_tokens, job.output_tokens, running=job.running)
    rate = sized.throughput_tok_s.value or 1.0
    return paid(load, defaults(), tokens_per_second=rate, devices=sized.devices).devices


def _sized(model: Model, hardware: Hardware, count: int, job: Job) -> Estimate | None:
    """Return the estimate at the largest precision that fits, or None where none does.

    Where one replica does not carry the load, it is run at the number of streams that takes the
    fewest devices and still answers in time.
    """
    for precision in PRECISIONS:
        best: Estimate | None = None
        for streams in STREAMS:
            sized = _sized_at(model, hardware, count, job, precision, streams)
            if sized is None:
                break
            if best is None or _needed(sized, job) < _needed(best, job):
                best = sized
            if _needed(best, job) == count:
                break
        if best is not None:
            return best
    return None


def _sized_at(
    model: Model, hardware: Hardware, count: int, job: Job, precision: str, streams: int
) -> Estimate | None:
    """Return the estimate where it fits and answers in time, else None."""
    context = job.input_tokens + job.output_tokens
    limit = model.architecture.context_tokens if model.architecture else context
    prompt = max(1, min(job.input_tokens, limit - job.output_tokens))
    try:
        sized = estimate(model, hardware, count, precision, streams, prompt, job.output_tokens)
    except InputError:
        return None
    usable = sized.fits and sized.throughput_tok_s.value and _in_time(sized, job)
    return sized if usable else None


def _in_time(sized: Estimate, job: Job) -> bool:
    """Tell whether an answer comes within the job's limit, or a minute where none is set."""
    speed, first = sized.decode_tok_s.value, sized.ttft_s.value
    if not speed or first is None:
        return False
    return first + job.output_tokens / speed <= (job.latency_ms or LONGEST_WAIT_MS) / 1000


def place_spend(
    place: Place, load: Load, defaults: Defaults, *, project: str, runs: str | None
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
            runs=runs,
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
        runs=runs,
        owned=place.owned,
        server_share=server_share(place.hardware),
    )


def server_share(hardware: Hardware) -> float:
    """Return what a place in a server adds to the price of a device; whole machines need none."""
    return defaults()["server_share"] if hardware.device == "gpu" else 0.0
