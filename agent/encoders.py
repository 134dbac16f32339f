"""Small models that read a request in one pass, on CPU servers or GPUs, whichever costs less."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from agent.candidates import Bench, load_of, remembered
from agent.core.spend import (
    Spend,
    cpu_requests_per_second,
    encoder_spend,
    owned_spend,
    rented_spend,
)
from agent.job import Job
from agent.kinds.naming import cards, short
from agent.placing import priced_devices
from agent.policy import Candidate, Chance
from knowledge import Statement
from knowledge.schema import Hardware, Model


@dataclass(frozen=True, slots=True)
class Reader:
    """A small model for a job: what it is called in the list of options, its size and odds."""

    model: Model
    key: str
    label: str
    parameters_b: float
    chance: Callable[[Job], Chance]
    tuned: bool
    toolkit: str | None = None


@dataclass(frozen=True, slots=True)
class _Device:
    """A GPU that reads `tokens_s` tokens a second, its price, and how many the user owns."""

    hardware: Hardware
    price: Statement | None
    tokens_s: float
    owned: int = 0


def reader_candidates(bench: Bench, reader: Reader) -> list[Candidate]:
    """Return the reader on CPU servers, on the cheapest GPU and on each that is named.

    The one that answers in time for the least comes first.
    """
    found = [_on_cpu(bench, reader), *_on_gpus(bench, reader)]
    return sorted(found, key=lambda c: (_too_slow(c, bench.job), _whole_month(c, bench.job)))


def _too_slow(candidate: Candidate, job: Job) -> bool:
    return job.latency_ms is not None and (candidate.latency_ms or 0.0) > job.latency_ms


def _whole_month(candidate: Candidate, job: Job) -> float:
    spend = candidate.spend(job)
    return spend.usd_per_month + spend.usd_one_time / (12 * job.years)


def cpu_latency_ms(bench: Bench, parameters_b: float) -> float:
    """Return the time of one request on a CPU server: reading it, and the way."""
    rate = cpu_requests_per_second(load_of(bench.job), bench.defaults, parameters_b * 1000)
    return bench.defaults["service_latency_ms"] + 1000 / rate


def _on_cpu(bench: Bench, reader: Reader) -> Candidate:
    bench.book.name(reader.model.title, short(reader.model))
    spend = remembered(
        lambda job: encoder_spend(
            load_of(job),
            bench.defaults,
            parameters_m=reader.parameters_b * 1000,
            tuned=reader.tuned,
        )
    )
    servers = cards(spend(bench.job).devices or 1, "small CPU server")
    return Candidate(
        key=reader.key,
        label=f"{reader.label}, on {servers}",
        verdict="specialized",
        route="cpu",
        chance=reader.chance,
        spend=spend,
        model=reader.model.id,
        toolkit=reader.toolkit,
        latency_ms=cpu_latency_ms(bench, reader.parameters_b),
        evidence_ids=bench.book.state(bench.turn.fact(f"{reader.model.id}#parameters")),
    )


def _on_gpus(bench: Bench, reader: Reader) -> list[Candidate]:
    """Return the reader on GPUs of the user, else on the cheapest one; and on the named ones."""
    named = {doc_id for doc_id, _ in bench.turn.understanding.hardware}
    placed = [_on_gpu(bench, reader, device) for device in _devices(bench, reader.parameters_b)]
    placed.sort(key=lambda c: (_too_slow(c, bench.job), _whole_month(c, bench.job)))
    return [c for i, c in enumerate(placed) if i == 0 or c.hardware in named]


def _devices(bench: Bench, parameters_b: float) -> Iterator[_Device]:
    """Yield the user's GPUs, or those to buy or rent, whose 16-bit peak is known."""
    job, bought = bench.job, bench.job.residency == "on_premises"
    if job.hardware == ():
        return
    owned = dict(job.hardware or ())
    offers: list[tuple[Hardware, Statement | None]] = [*priced_devices(bench.turn, bought=bought)]
    if owned:
        own = [d for i in owned if isinstance(d := bench.turn.catalogue.get(i), Hardware)]
        offers = [(device, bench.turn.fact(f"{device.id}#price")) for device in own]
    for hardware, price in offers:
        peak = hardware.value("compute_bf16") or hardware.value("compute_fp16")
        if peak:
            # A forward pass takes two operations a parameter and token.
            rate = bench.defaults["encoder_gpu_share"] * peak * 1e12 / (2 * parameters_b * 1e9)
            yield _Device(hardware, price, rate, owned.get(hardware.id, 0))


def _on_gpu(bench: Bench, reader: Reader, device: _Device) -> Candidate:
    own = device.owned > 0 or bench.job.residency == "on_premises"
    spend = remembered(lambda job: _gpu_spend(bench, reader, device, job, own=own))
    count = spend(bench.job).devices or 1
    had = "rented"
    if own:
        had = "your own" if count <= device.owned else "bought"
        if 0 < device.owned < count:
            had = f"{count - device.owned} of them to buy"
    reading_s = bench.job.input_tokens / device.tokens_s
    bench.book.name(device.hardware.title, short(device.hardware))
    base = _on_cpu(bench, reader)
    return replace(
        base,
        key=f"{reader.key}/{device.hardware.id}",
        label=f"{reader.label}, on {cards(count, short(device.hardware))}, {had}",
        route="owned_hardware" if own else "rented_gpu",
        spend=spend,
        hardware=device.hardware.id,
        devices=count,
        latency_ms=bench.defaults["service_latency_ms"] + 1000 * reading_s,
        leaves_premises=not own,
        own_gpu=own,
        evidence_ids=(*base.evidence_ids, *bench.book.state(device.price)),
    )


def _gpu_spend(bench: Bench, reader: Reader, device: _Device, job: Job, *, own: bool) -> Spend:
    name, defaults, price = short(device.hardware), bench.defaults, device.price
    rate = device.tokens_s / job.input_tokens * job.output_tokens
    project = "encoder_project_hours" if reader.tuned else "ready_made_project_hours"
    runs = "encoder_runs_usd" if reader.tuned else None
    if not own:
        return rented_spend(
            load_of(job),
            defaults,
            name=name,
            usd_per_hour=(price.value or 0.0) if price else 0.0,
            price_id=price.id if price else "assumed",
            tokens_per_second=rate,
            devices=1,
            project=project,
            runs=runs,
        )
    return owned_spend(
        load_of(job),
        defaults,
        name=name,
        watts=device.hardware.value("power"),
        purchase_usd=device.hardware.value("price"),
        price_id=price.id if price else "yours already",
        tokens_per_second=rate,
        devices=1,
        project=project,
        runs=runs,
        owned=device.owned,
    )
