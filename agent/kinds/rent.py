"""What a device costs: by the hour from each provider, by the month, and against buying it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.spend import MONTH_HOURS
from agent.kinds.asked import asked_hardware
from agent.kinds.naming import cards, short
from agent.kinds.plain import Back
from agent.turn import Draft, Turn
from agent.wording import day, number, usd
from knowledge import Statement
from knowledge.schema import Hardware

MOST_OFFERS = 6


@dataclass(frozen=True, slots=True)
class Rented:
    """On-demand offers for a device, the cheapest first, and its purchase price if known."""

    hardware: Hardware
    devices: int
    offers: tuple[Statement, ...]
    price: Statement | None


def work_out(turn: Turn) -> Rented | Back:
    """Collect the offers of the device named."""
    hardware, devices = asked_hardware(turn)
    if hardware is None:
        return Back("problem", ("Name the device: what should it cost to rent?",))
    offers = sorted(
        (s for s in turn.catalogue.statements(hardware.id) if s.group == "rental" and s.value),
        key=lambda s: s.value or 0.0,
    )
    price = turn.fact(f"{hardware.id}#price")
    known = price if price is not None and price.value else None
    return Rented(hardware, devices, tuple(offers), known)


def write(found: Rented, turn: Turn) -> Draft:
    """Draft the hourly offers, the month around the clock, and the months until buying pays."""
    name = short(found.hardware)
    turn.book.name(name, found.hardware.title)
    if not found.offers:
        return _no_offer(found, turn, name)
    monthly = [_month(found, offer, turn) for offer in found.offers[:MOST_OFFERS]]
    cheapest, dearest = found.offers[0], found.offers[-1]
    ids = turn.book.state(cheapest, dearest)
    rows = tuple(
        Row(
            cells=(
                Claim(text=offer.text.partition(" at ")[2], evidence_ids=(offer.id,)),
                Claim(text=usd(offer.value or 0), evidence_ids=turn.book.state(offer)),
                Claim(text=usd(work.value), evidence_ids=(work.id,)),
                Claim(text=day(offer.as_of) or "undated", evidence_ids=(offer.id,)),
            )
        )
        for offer, work in zip(found.offers, monthly, strict=False)
    )
    columns = ("offer", "an hour, one device", "a month around the clock", "read")
    sections = [Section(title="", table=Table(columns=columns, rows=rows))]
    if found.price is not None:
        sections.append(_buying(found, monthly[0], turn))
    return Draft(
        kind="cost",
        headline=f"From {usd(monthly[0].value)} a month around the clock",
        summary=Claim(
            text=f"{cards(found.devices, name)[0].upper()}{cards(found.devices, name)[1:]} rented: "
            f"{usd(cheapest.value or 0)} to {usd(dearest.value or 0)} an hour for each device, by "
            "provider. Idle hours are paid as well.",
            evidence_ids=(*ids, monthly[0].id),
        ),
        sections=tuple(sections),
        suggestions=(f"What can I run on {cards(1, name)}?", f"How many users can {name} serve?"),
    )


def _month(found: Rented, offer: Statement, turn: Turn) -> Calculation:
    turn.book.state(offer)
    work = Calculation(
        id=f"calc/rent/{offer.id}-x{found.devices}",
        name="rent around the clock",
        formula="devices x price an hour x 730.5 hours",
        inputs=(
            Input(name="devices", value=found.devices),
            Input(name="price", value=offer.value or 0.0, unit="USD/hour", source=offer.id),
        ),
        value=(offer.value or 0.0) * found.devices * MONTH_HOURS,
        unit="USD a month",
        sources=(offer.id,),
    )
    turn.book.work(work)
    return work


def _buying(found: Rented, month: Calculation, turn: Turn) -> Section:
    price = found.price
    if price is None or price.value is None:
        raise RuntimeError("unreachable: called with a price")
    turn.book.state(price)
    work = Calculation(
        id=f"calc/rent/{found.hardware.id}-buying",
        name="months of the cheapest rent that buy the device",
        formula="devices x purchase price / rent a month; without power, server and people",
        inputs=(
            Input(name="purchase price", value=price.value, unit="USD", source=price.id),
            Input(name="devices", value=found.devices),
            Input(name="rent", value=month.value, unit="USD a month", source=month.id),
        ),
        value=price.value * found.devices / month.value,
        unit="months",
        sources=(price.id, month.id),
    )
    turn.book.work(work)
    text = (
        f"Bought at {usd(price.value)} each, the cheapest rent is spent after "
        f"{number(work.value, 2)} months, before power, server and people."
    )
    return Section(
        title="Against buying",
        style="sentences",
        claims=(Claim(text=text, evidence_ids=(work.id, price.id)),),
    )


def _no_offer(found: Rented, turn: Turn, name: str) -> Draft:
    if found.price is None:
        return Draft(
            kind="cost",
            headline=f"No price is known for {name}",
            summary=Claim(text="Neither a rental nor a purchase price was found in the sources."),
            missing=(f"{found.hardware.id}#price",),
        )
    ids = turn.book.state(found.price)
    return Draft(
        kind="cost",
        headline=f"{usd(found.price.value or 0)} to buy; no rental price is known",
        summary=Claim(text=f"{found.price.text}.", evidence_ids=ids),
        suggestions=(f"What can I run on {cards(1, name)}?",),
    )
