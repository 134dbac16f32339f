"""What a device costs: to rent from each provider, and to run where it is owned."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.buying import BuyOrRent, power_usd_per_hour
from agent.core.defaults import defaults
from agent.kinds import cost
from agent.kinds.asked import asked_hardware
from agent.kinds.cost import Costed
from agent.kinds.cost_words import BUYS, RENTS, read_thread
from agent.kinds.costing import span_words
from agent.kinds.lot import Lot
from agent.kinds.naming import cards, short
from agent.kinds.plain import Back
from agent.kinds.rentals import Wish, offers, provider_of, read_wish, unmet
from agent.kinds.usage import Usage, read_usage
from agent.placing import server_share
from agent.turn import Draft, Turn
from agent.wording import day, number, usd
from knowledge import Statement
from knowledge.schema import Hardware

MOST_OFFERS = 6
_RUNS = re.compile(r"\b(?:per|a|each|every) (?:month|year)\b|\b(?:monthly|yearly)\b", re.I)
_SPANNED = re.compile(
    r"\b(?:for|over) (?:an?|one|two|three|six|\d+) (?:\w+ )?(?:day|week|month|year)s?\b"
    r"|\ba month\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rented:
    """Offers for a device as wished for, the cheapest first, its purchase price, and both weighed.

    `weighed` is None where either price is not known; `owned` says that the devices are the user's;
    `unmet` what of the provider or the commitment named is not known.
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
    unmet: str | None = None


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
    found = offers(turn, hardware)
    price = turn.fact(f"{hardware.id}#price")
    known = price if price is not None and price.value else None
    usage = _usage(turn)
    said = read_thread(turn.message, asked.goes_on_from)
    values = said.values(defaults())
    years = usage.years or asked.years or turn.settings.horizon_years
    power = power_usd_per_hour(
        hardware.value("power") or 0.0,
        devices,
        pue=defaults()["pue"],
        usd_per_kwh=usage.usd_per_kwh,
    )
    weighed = None
    if found:
        purchase = (known.value or 0.0) * devices * (1 + server_share(hardware)) if known else 0.0
        rent = (found[0].value or 0.0) * devices
        kilowatts = (hardware.value("power") or 0.0) * devices / 1000
        hosting = kilowatts * values["hosting_usd_per_kw_month"]
        resale = (known.value or 0.0) * devices * values["resale_share"] if known else 0.0
        weighed = BuyOrRent(years, usage.hours_a_month, purchase, rent, power, hosting, resale)
    return Rented(
        hardware,
        devices,
        found,
        known,
        usage,
        years,
        weighed,
        power,
        owned=_is_owned(turn, hardware),
        both=_is_of_both(turn, usage),
        unmet=unmet(turn, hardware),
    )


def _told(turn: Turn) -> str:
    """Return the message after those that it goes on from."""
    return ". ".join((*turn.understanding.goes_on_from, turn.message))


def _usage(turn: Turn) -> Usage:
    """Return the use that the message states, else what the one before on the same cost did."""
    now = read_usage(turn.message, defaults())
    if now.hours_stated or now.price_stated is not None:
        return now
    earlier = (read_usage(text, defaults()) for text in reversed(turn.understanding.goes_on_from))
    told = next((u for u in earlier if u.hours_stated or u.price_stated is not None), now)
    return replace(told, years=now.years, span_words=now.span_words)


def is_priced(turn: Turn) -> bool:
    """Tell whether a question for a price says how many, how long, where or against what."""
    asked, wish = turn.understanding, read_wish(turn)
    if len(asked.hardware) != 1 or asked.models or asked.parameters_b:
        return False
    stated = bool(asked.years or _SPANNED.search(turn.message) or asked.hardware[0][1] > 1)
    if asked.quantity == "rental":
        return stated or wish != Wish()
    owned = asked.hardware[0][0] in {doc_id for doc_id, _ in turn.profile.hardware or ()}
    if owned and asked.quantity == "price" and _RUNS.search(turn.message):
        return True
    against = bool(BUYS.search(turn.message)) and (asked.years is not None or stated)
    return wish != Wish() or against


def _is_owned(turn: Turn, hardware: Hardware) -> bool:
    owned = {doc_id for doc_id, _ in turn.profile.hardware or ()}
    return hardware.id in owned and turn.understanding.acquire is None


def _is_of_both(turn: Turn, usage: Usage) -> bool:
    """Tell whether buying is to be set against renting: both are named, or neither and a span."""
    asked, told = turn.understanding, _told(turn)
    if BUYS.search(told):
        return asked.acquire != "buy" or bool(RENTS.search(told))
    return asked.acquire is None and bool(asked.years) and usage.years is None


def write_offers(found: Rented, turn: Turn) -> Draft:
    """Draft the hourly offers and what the hours used come to, a month or the span asked for."""
    name = short(found.hardware)
    sums = [_sum(found, offer, turn) for offer in found.offers[:MOST_OFFERS]]
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
        for offer, work in zip(found.offers, sums, strict=False)
    )
    used = _used(found)
    columns = ("offer", "an hour, one device", f"{_span(found)} {used}", "read")
    each = f"{usd(cheapest.value or 0)} an hour for each device"
    if len(found.offers) > 1:
        each = (
            f"{usd(cheapest.value or 0)} to {usd(dearest.value or 0)} an hour for each, by provider"
        )
    many = cards(found.devices, name)
    whose = "" if len(found.offers) > 1 else f" at {provider_of(cheapest)}"
    turn.book.name(*(provider_of(offer) for offer in found.offers))
    return Draft(
        kind="cost",
        headline=f"{'From ' if len(found.offers) > 1 else ''}{usd(sums[0].value)} {_span(found)} "
        f"{used}{whose}",
        summary=Claim(
            text=f"{many[0].upper()}{many[1:]} rented: {each}. Idle hours are paid as well.",
            evidence_ids=(*turn.book.state(cheapest, dearest), sums[0].id, "profile/message"),
        ),
        sections=(Section(title="", table=Table(columns=columns, rows=rows)),),
        suggestions=(f"Buy or rent {many} for 3 years?", f"What can I run on {many}?"),
    )


def _used(found: Rented) -> str:
    """Return the hours of use in words."""
    if not found.usage.hours_stated:
        return "around the clock"
    return f"at {number(found.usage.hours_a_month)} hours a month"


def _span(found: Rented) -> str:
    """Return the span that a sum is for: "a month", "for 3 years"."""
    years = found.usage.years
    if years is None or abs(12 * years - 1) < 1e-6:
        return "a month"
    return f"for {found.usage.span_words or span_words(years)}"


def _sum(found: Rented, offer: Statement, turn: Turn) -> Calculation:
    turn.book.state(offer)
    hours = found.usage.hours_a_month * 12 * (found.usage.years or 1 / 12)
    work = Calculation(
        id=f"calc/rent/{offer.id}-x{found.devices}",
        name=f"rent {_span(found)} {_used(found)}",
        formula="devices x price an hour x hours; a month has 730.5",
        inputs=(
            Input(name="devices", value=found.devices),
            Input(name="price", value=offer.value or 0.0, unit="USD/hour", source=offer.id),
            Input(name="hours", value=round(hours, 2), unit="hours"),
            Input(name="hours a month", value=round(found.usage.hours_a_month, 2), unit="hours"),
        ),
        value=(offer.value or 0.0) * found.devices * hours,
        unit="USD",
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
