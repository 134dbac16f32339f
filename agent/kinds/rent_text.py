"""The words of renting, buying and running a device, and the workings behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.buying import BuyOrRent
from agent.core.defaults import defaults
from agent.core.running import MONTH_HOURS
from agent.kinds.costing import span_words
from agent.kinds.naming import cards, short
from agent.kinds.rent import Rented, write_offers, write_without_offer
from agent.placing import server_share
from agent.turn import Draft, Turn
from agent.wording import day, number, percent, usd
from knowledge import Statement

OLD = timedelta(days=365)
"""A purchase price older than this is shown with its date."""
SHORT_MONTHS = 6
"""For a shorter span nobody would buy."""
NEAR = 0.1
"""Totals that differ by less than this share are called level."""


def write(found: Rented, turn: Turn) -> Draft:
    """Draft what was asked for: the offers, both ways weighed, or the running of what is owned."""
    turn.book.name(short(found.hardware), found.hardware.title)
    if found.owned and not found.both:
        return _running(found, turn)
    if found.weighed is None:
        return write_without_offer(found, turn)
    if found.price is not None and (found.both or turn.understanding.acquire == "buy"):
        return _weighed(found, found.weighed, turn)
    draft = write_offers(found, turn)
    if found.weighed.months < SHORT_MONTHS:
        return replace(draft, sections=(*_unmet(found), *draft.sections, *_conflict(turn)))
    bought = _bought_claims(found, found.weighed, turn)
    even = _even(found, found.weighed, turn)
    against = Section(title="Against buying", style="sentences", claims=(*bought, *even))
    sections = (*_unmet(found), *draft.sections, against, *_conflict(turn))
    if not found.both or draft.summary is None:
        return replace(draft, sections=sections)
    worth = found.weighed.even_purchase / found.devices
    ids = (*draft.summary.evidence_ids, *(i for claim in even for i in claim.evidence_ids))
    return replace(
        draft,
        headline=f"Rent, unless you can buy below about {usd(worth)} a device",
        summary=draft.summary.model_copy(update={"evidence_ids": ids}),
        sections=sections,
    )


def _unmet(found: Rented) -> tuple[Section, ...]:
    """Say what of the provider or the commitment named is not known."""
    if found.unmet is None:
        return ()
    claims = (Claim(text=f"{found.unmet}."),)
    return (Section(title="", style="sentences", claims=claims),)


def _conflict(turn: Turn) -> tuple[Section, ...]:
    """Say that rented devices are out of the building, where the data must not leave it."""
    if turn.profile.data_residency != "on_premises":
        return ()
    text = "Renting conflicts with what you said: the data may not leave your building."
    return (Section(title="", style="sentences", claims=(Claim(text=text),)),)


def _weighed(found: Rented, weighed: BuyOrRent, turn: Turn) -> Draft:
    """Draft the verdict of buying against renting, both totals, and where they meet."""
    span, many = span_words(found.years), cards(found.devices, short(found.hardware))
    hours = f"{number(weighed.hours_a_month)} hours a month"
    rent, buy = _rent(found, weighed.hours_a_month, turn), _buy(found, weighed, turn)
    power = weighed.power_per_hour * weighed.hours_a_month
    clock = _rent(found, MONTH_HOURS, turn)
    rows = [
        _row("rent, around the clock", 0.0, clock.value / weighed.months, clock),
        _row("buy", weighed.purchase, power + weighed.hosting, buy),
    ]
    used = "around the clock"
    if found.usage.hours_stated:
        used = f"{hours} ({percent(weighed.hours_a_month / MONTH_HOURS)} of the time)"
        rows.insert(0, _row(f"rent, {hours}", 0.0, rent.value / weighed.months, rent))
    cheapest = found.offers[0]
    each = " each" if found.devices > 1 else ""
    columns = ("way", "once", "a month", f"over {span}")
    return Draft(
        kind="cost",
        headline=_verdict(weighed, span),
        summary=Claim(
            text=f"{many[0].upper()}{many[1:]}, used {used}; the cheapest offer known is "
            f"{usd(cheapest.value or 0)} an hour{each}. People cost the same either way.",
            evidence_ids=(rent.id, buy.id, *turn.book.state(cheapest), "profile/message"),
        ),
        sections=(
            *_unmet(found),
            Section(title="", table=Table(columns=columns, rows=tuple(rows))),
            Section(title="Break-even", style="sentences", claims=_even(found, weighed, turn)),
            Section(title="What makes up buying", claims=_bought_claims(found, weighed, turn)),
            *_conflict(turn),
        ),
        suggestions=(f"What can I run on {many}?", "And over one year?", "Show the sources"),
    )


def _verdict(weighed: BuyOrRent, span: str) -> str:
    buys = weighed.buy < weighed.rent
    low, high = sorted((weighed.rent, weighed.buy))
    if high - low <= NEAR * high:
        ways = ("buy", "rent") if buys else ("rent", "buy")
        return f"Nearly level over {span}: {usd(low)} to {ways[0]}, {usd(high)} to {ways[1]}"
    return f"{'Buy' if buys else 'Rent'}: {usd(low)} against {usd(high)} over {span}"


def _row(label: str, once: float, monthly: float, total: Calculation) -> Row:
    return Row(
        cells=(
            Claim(text=label, evidence_ids=(total.id,)),
            Claim(text=usd(once), evidence_ids=(total.id,)) if once else Claim(text="none"),
            Claim(text=usd(monthly), evidence_ids=(total.id,)),
            Claim(text=usd(total.value), evidence_ids=(total.id,)),
        )
    )


def _rent(found: Rented, hours: float, turn: Turn) -> Calculation:
    """Work out the rent of so many hours a month over the horizon."""
    offer, months = found.offers[0], found.years * 12
    monthly = (offer.value or 0.0) * found.devices * hours
    work = Calculation(
        id=f"calc/rent/{found.hardware.id}-{hours:g}-hours",
        name=f"rent over {span_words(found.years)}",
        formula="devices x price an hour x hours a month x months",
        inputs=(
            Input(name="devices", value=found.devices),
            Input(name="price", value=offer.value or 0.0, unit="USD/hour", source=offer.id),
            Input(name="used a month", value=round(hours, 2), unit="hours"),
            Input(name="of the time", value=hours / MONTH_HOURS, unit="share"),
            Input(name="months", value=round(months, 2)),
            Input(name="years", value=found.years),
            Input(name="a month", value=round(monthly, 2), unit="USD"),
        ),
        value=monthly * months,
        unit="USD",
        sources=turn.book.state(offer),
    )
    turn.book.work(work)
    return work


def _buy(found: Rented, weighed: BuyOrRent, turn: Turn) -> Calculation:
    """Work out purchase and power over the horizon."""
    parts = (_purchase(found, weighed, turn), _power(found, weighed.hours_a_month, turn))
    work = Calculation(
        id=f"calc/rent/{found.hardware.id}-bought",
        name=f"buying over {span_words(found.years)}",
        formula="purchase + (power + hosting) a month x months - resale; without people and repair",
        inputs=(
            Input(name="purchase", value=parts[0].value, unit="USD", source=parts[0].id),
            Input(name="power", value=parts[1].value, unit="USD a month", source=parts[1].id),
            Input(name="hosting", value=weighed.hosting, unit="USD a month"),
            Input(
                name="power and hosting",
                value=parts[1].value + weighed.hosting,
                unit="USD a month",
            ),
            Input(name="resale", value=weighed.resale, unit="USD"),
            Input(name="months", value=round(weighed.months, 2)),
            Input(name="years", value=found.years),
        ),
        value=weighed.buy,
        unit="USD",
        sources=tuple(part.id for part in parts),
    )
    turn.book.work(work)
    return work


def _purchase(found: Rented, weighed: BuyOrRent, turn: Turn) -> Calculation:
    price, share = _price(found), server_share(found.hardware)
    source = turn.fact(defaults().values["server_share"].source) if share else None
    work = Calculation(
        id=f"calc/rent/{found.hardware.id}-purchase",
        name="purchase",
        formula="devices x price x (1 + share for their place in a server)",
        inputs=(
            Input(name="devices", value=found.devices),
            Input(name="price", value=price.value or 0.0, unit="USD", source=price.id),
            Input(name="for the server", value=share, unit="share"),
        ),
        value=weighed.purchase,
        unit="USD",
        sources=turn.book.state(price, source),
    )
    turn.book.work(work)
    return work


def _power(found: Rented, hours: float, turn: Turn) -> Calculation:
    """Work out the power of a month at full draw in the hours used."""
    usage, watts = found.usage, turn.fact(f"{found.hardware.id}#power")
    stated: tuple[Input, ...] = ()
    if usage.price_stated is not None:
        unit = f"{usage.currency} a kWh"
        stated = (Input(name="price stated", value=usage.price_stated, unit=unit),)
    work = Calculation(
        id=f"calc/rent/{found.hardware.id}-power-{hours:g}",
        name="power a month",
        formula="devices x watts x PUE / 1,000 x hours used x price a kWh, at full power",
        inputs=(
            Input(name="devices", value=found.devices),
            Input(name="watts", value=found.hardware.value("power") or 0.0, unit="W"),
            Input(name="PUE", value=defaults()["pue"], source=defaults().values["pue"].source),
            Input(name="used a month", value=round(hours, 2), unit="hours"),
            Input(name="price", value=usage.usd_per_kwh, unit="USD a kWh"),
            *stated,
        ),
        value=found.power_per_hour * hours,
        unit="USD a month",
        sources=turn.book.state(watts),
    )
    turn.book.work(work)
    return work


def _price(found: Rented) -> Statement:
    if found.price is None:
        raise RuntimeError("unreachable: called with a price")
    return found.price


def _bought_claims(found: Rented, weighed: BuyOrRent, turn: Turn) -> tuple[Claim, ...]:
    """Return what buying takes: the price with its date where it is old, the server, the power."""
    if found.price is None:
        return ()
    purchase, power = _purchase(found, weighed, turn), _power(found, weighed.hours_a_month, turn)
    share = server_share(found.hardware)
    server = f", {percent(share)} on top for a place in a server" if share else ""
    each = f"{usd(found.price.value or 0)}{_dated(found.price, turn)}"
    text = f"{number(found.devices)} x {each}{server}: {usd(weighed.purchase)} once."
    usage = found.usage
    rate = f"{usd(usage.usd_per_kwh)} a kWh"
    if usage.price_stated is not None and usage.currency != "USD":
        rate = f"{usage.price_stated:g} {usage.currency} ({usd(usage.usd_per_kwh)}) a kWh"
    running = f"Power at {rate}, PUE {defaults()['pue']:g} included: {usd(power.value)} a month."
    bought = _buy(found, weighed, turn)
    return (
        Claim(text=text, evidence_ids=(purchase.id, *turn.book.state(found.price))),
        Claim(text=running, evidence_ids=(power.id, "profile/message")),
        Claim(text=_kept(weighed), evidence_ids=(bought.id,)),
    )


def _kept(weighed: BuyOrRent) -> str:
    """Say what is counted for the place the devices stand in, and for their resale."""
    place = "Hosting: nothing, they stand in your own room"
    if weighed.hosting:
        place = f"Hosting in a data centre: {usd(weighed.hosting)} a month, assumed"
    resale = "nothing is counted for a resale: they are written off over the span"
    if weighed.resale:
        resale = f"sold at the end for {usd(weighed.resale)}, by your word"
    return f"{place}; {resale}."


def _dated(price: Statement, turn: Turn) -> str:
    """Return the date of a purchase price that is older than a year: " (price of Sep 2022)"."""
    known = price.as_of or ""
    if not known or turn.today - date.fromisoformat(f"{known}-01-01"[:10]) <= OLD:
        return ""
    return f" (a price of {day(known[:7])})"


def _even(found: Rented, weighed: BuyOrRent, turn: Turn) -> tuple[Claim, ...]:
    """Say from how many hours of use a month buying pays, at the cheapest offer and the dearest."""
    span = span_words(found.years)
    if found.price is None:
        return (_worth(found, weighed, turn),)
    cheap = _even_work(found, weighed, found.offers[0], turn)
    text = f"Over {span} renting at the cheapest offer stays the cheaper at any use."
    if weighed.even_hours is not None:
        text = f"Over {span} buying pays from {_hours(weighed.even_hours)}."
    claims = [Claim(text=text, evidence_ids=(cheap.id,))]
    dearest = found.offers[-1]
    dear = BuyOrRent(
        found.years,
        weighed.hours_a_month,
        weighed.purchase,
        (dearest.value or 0.0) * found.devices,
        weighed.power_per_hour,
        weighed.hosting,
        weighed.resale,
    )
    if len(found.offers) > 1 and dear.even_hours is not None:
        work = _even_work(found, dear, dearest, turn)
        price = f"{usd(dearest.value or 0)} an hour"
        text = f"Against the dearest offer, {price}, from {_hours(dear.even_hours)}."
        claims.append(Claim(text=text, evidence_ids=(work.id, dearest.id)))
    return tuple(claims)


def _hours(hours: float) -> str:
    return f"about {number(hours, 2)} hours of use a month ({percent(hours / MONTH_HOURS)})"


def _even_work(found: Rented, weighed: BuyOrRent, offer: Statement, turn: Turn) -> Calculation:
    hours = weighed.even_hours
    work = Calculation(
        id=f"calc/rent/{offer.id}-even",
        name="hours of use a month from which buying pays",
        formula="purchase / months / (rent an hour - power an hour); a month has 730.5 hours",
        inputs=(
            Input(name="purchase", value=weighed.fixed, unit="USD"),
            Input(name="months", value=round(weighed.months, 2)),
            Input(name="years", value=found.years),
            Input(
                name="rent of all", value=weighed.rent_per_hour, unit="USD/hour", source=offer.id
            ),
            Input(name="power of all", value=weighed.power_per_hour, unit="USD/hour"),
            Input(name="of the time", value=(hours or MONTH_HOURS) / MONTH_HOURS, unit="share"),
        ),
        value=MONTH_HOURS if hours is None else hours,
        unit="hours",
        sources=turn.book.state(offer),
    )
    turn.book.work(work)
    return work


def _worth(found: Rented, weighed: BuyOrRent, turn: Turn) -> Claim:
    """Say below which price buying would pay where no purchase price is known."""
    rent = _rent(found, weighed.hours_a_month, turn)
    power = _power(found, weighed.hours_a_month, turn)
    work = Calculation(
        id=f"calc/rent/{found.hardware.id}-worth",
        name="price of a device at which buying costs as much as renting",
        formula="(rent - power x months) / devices, its place in a server included",
        inputs=(
            Input(name="rent", value=rent.value, unit="USD", source=rent.id),
            Input(name="power", value=power.value, unit="USD a month", source=power.id),
            Input(name="devices", value=found.devices),
            Input(name="used a month", value=weighed.hours_a_month, unit="hours"),
            Input(name="years", value=found.years),
        ),
        value=weighed.even_purchase / found.devices,
        unit="USD",
        sources=(rent.id, power.id),
    )
    turn.book.work(work)
    text = (
        f"No purchase price is known. Over {span_words(found.years)}, used "
        f"{number(weighed.hours_a_month)} hours a month, buying pays below about "
        f"{usd(work.value)} a device, its place in a server included."
    )
    return Claim(text=text, evidence_ids=(work.id,))


def _running(found: Rented, turn: Turn) -> Draft:
    """Draft what devices cost that are owned already: power and people, no price."""
    power = _power(found, found.usage.hours_a_month, turn)
    values = defaults()
    hours = values.hours("ready_made_hours_per_month")
    people = hours * values["engineer_usd_per_hour"]
    work = Calculation(
        id=f"calc/rent/{found.hardware.id}-running",
        name="running what is owned",
        formula="power + hours of an engineer x rate",
        inputs=(
            Input(name="power", value=power.value, unit="USD a month", source=power.id),
            Input(name="of an engineer", value=hours, unit="hours a month"),
            values.input("engineer_usd_per_hour"),
            Input(name="people", value=people, unit="USD a month"),
        ),
        value=power.value + people,
        unit="USD a month",
        sources=(power.id,),
    )
    turn.book.work(work)
    many = cards(found.devices, short(found.hardware))
    return Draft(
        kind="cost",
        headline=f"{usd(work.value)} a month to run your {many}, people included",
        summary=Claim(
            text=f"Power at full draw is {usd(power.value)} a month ("
            f"{usd(found.usage.usd_per_kwh)} a kWh, PUE {values['pue']:g}), and looking after them "
            f"{usd(people)}. They are yours, so no price counts.",
            evidence_ids=(power.id, work.id),
        ),
        suggestions=(f"What can I run on {many}?", f"What would renting {many} cost?"),
    )
