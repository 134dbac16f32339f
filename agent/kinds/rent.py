"""What a device costs: to rent from each provider, and to run where it is owned."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.buying import BuyOrRent, power_usd_per_hour
from agent.core.defaults import defaults
from agent.core.running import MONTH_HOURS
from agent.kinds import cost
from agent.kinds.asked import asked_hardware
from agent.kinds.cost import Costed
from agent.kinds.lot import Lot
from agent.kinds.naming import cards, short
from agent.kinds.plain import Back
from agent.kinds.usage import Usage, read_usage
from agent.placing import server_share
from agent.turn import Draft, Turn
from agent.wording import day, usd
from knowledge import Statement
from knowledge.schema import Hardware

MOST_OFFERS = 6
_RENTS = re.compile(r"\b(?:rent|leas|miet|louer|alquil)\w*", re.IGNORECASE)
_BUYS = re.compile(r"\b(?:buy|purchas|kauf|acheter|comprar)\w*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rented:
    """On-demand offers for a device, the cheapest first, its purchase price, and both weighed.

    `weighed` is None where either price is not known; `owned` says that the devices are the user's.
    """

    hardware: Hardware
    devices: int
    offers: tuple[Statement, ...]
    price: Statement | None
    usage: Usage
    years: float
    weighed: BuyOrRent | None
    power_per_hour: float
    owned: bool = False
    both: bool = False


def work_out(turn: Turn) -> Rented | Costed | Lot | Back:
    """Collect the offers of the device named, and weigh buying against the cheapest.

    What a described job costs on devices of one's own is a question of that job.
    """
    hardware, devices = asked_hardware(turn)
    if hardware is None:
        return Back("problem", ("Name the device: what should it cost to rent?",))
    if _is_owned(turn, hardware) and turn.profile.task_type is not None:
        return cost.work_out(turn)
    asked = turn.understanding
    offers = sorted(
        (s for s in turn.catalogue.statements(hardware.id) if s.group == "rental" and s.value),
        key=lambda s: s.value or 0.0,
    )
    price = turn.fact(f"{hardware.id}#price")
    known = price if price is not None and price.value else None
    usage = read_usage(asked.message, defaults())
    years = usage.years or asked.years or turn.settings.horizon_years
    power = power_usd_per_hour(
        hardware.value("power") or 0.0,
        devices,
        pue=defaults()["pue"],
        usd_per_kwh=usage.usd_per_kwh,
    )
    weighed = None
    if offers:
        purchase = (known.value or 0.0) * devices * (1 + server_share(hardware)) if known else 0.0
        rent = (offers[0].value or 0.0) * devices
        weighed = BuyOrRent(years, usage.hours_a_month, purchase, rent, power)
    return Rented(
        hardware,
        devices,
        tuple(offers),
        known,
        usage,
        years,
        weighed,
        power,
        owned=_is_owned(turn, hardware),
        both=_is_of_both(turn, usage),
    )


def _is_owned(turn: Turn, hardware: Hardware) -> bool:
    owned = {doc_id for doc_id, _ in turn.profile.hardware or ()}
    return hardware.id in owned and turn.understanding.acquire is None


def _is_of_both(turn: Turn, usage: Usage) -> bool:
    """Tell whether buying is to be set against renting: both are named, or neither and a span."""
    asked = turn.understanding
    if _BUYS.search(asked.message):
        return asked.acquire != "buy" or bool(_RENTS.search(asked.message))
    return asked.acquire is None and bool(asked.years) and usage.years is None


def write_offers(found: Rented, turn: Turn) -> Draft:
    """Draft the hourly offers and the month around the clock."""
    name = short(found.hardware)
    months = [_month(found, offer, turn) for offer in found.offers[:MOST_OFFERS]]
    cheapest, dearest = found.offers[0], found.offers[-1]
    rows = tuple(
        Row(
            cells=(
                Claim(text=offer.text.partition(" at ")[2], evidence_ids=(offer.id,)),
                Claim(text=usd(offer.value or 0), evidence_ids=turn.book.state(offer)),
                Claim(text=usd(work.value), evidence_ids=(work.id,)),
                Claim(text=day(offer.as_of) or "undated", evidence_ids=(offer.id,)),
            )
        )
        for offer, work in zip(found.offers, months, strict=False)
    )
    columns = ("offer", "an hour, one device", "a month around the clock", "read")
    each = f"{usd(cheapest.value or 0)} an hour for each device"
    if len(found.offers) > 1:
        each = (
            f"{usd(cheapest.value or 0)} to {usd(dearest.value or 0)} an hour for each, by provider"
        )
    many = cards(found.devices, name)
    return Draft(
        kind="cost",
        headline=f"{'From ' if len(found.offers) > 1 else ''}{usd(months[0].value)} a month around "
        "the clock",
        summary=Claim(
            text=f"{many[0].upper()}{many[1:]} rented: {each}. Idle hours are paid as well.",
            evidence_ids=(*turn.book.state(cheapest, dearest), months[0].id),
        ),
        sections=(Section(title="", table=Table(columns=columns, rows=rows)),),
        suggestions=(f"Buy or rent {many} for 3 years?", f"What can I run on {many}?"),
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


def write_without_offer(found: Rented, turn: Turn) -> Draft:
    """Draft the purchase price where no rental is known, or that neither is."""
    name = short(found.hardware)
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
