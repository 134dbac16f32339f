"""The parts of a cost answer: the table, what makes up a route, the break-even, and notes."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Claim, CostLine, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.spend import MONTH_DAYS, SECONDS_A_DAY, UNPRICED
from agent.kinds.cost import Costed, Routed
from agent.kinds.costing import api_price, model_name, stated_as_rate, terms_notes
from agent.kinds.naming import short
from agent.policy import Candidate
from agent.turn import Turn
from agent.wording import number, usd


@dataclass(frozen=True, slots=True)
class Works:
    """Ids of the workings of one route: its sums, its whole life, a thousand requests, devices."""

    sums: tuple[str, ...]
    life: str
    thousand: str
    devices: str | None

    @property
    def told(self) -> tuple[str, ...]:
        """Return those that carry the figures of a sentence: the whole life and the devices."""
        return (self.life, *((self.devices,) if self.devices else ()))

    @property
    def ids(self) -> tuple[str, ...]:
        """Return all of them, the whole life first."""
        return (self.life, *self.sums, self.thousand, *((self.devices,) if self.devices else ()))


def route_words(candidate: Candidate) -> str:
    """Return a route in plain words."""
    return {
        "api": "the API",
        "rented_gpu": "rented GPUs",
        "owned_hardware": "your own hardware",
        "cpu": "a CPU server",
        "cascade": "a cascade",
    }[candidate.route]


def where(candidate: Candidate) -> str:
    """Return the tail of the label that names the devices: "two L4s, rented"."""
    return candidate.label.rpartition(" on ")[2]


def load_working(turn: Turn, found: Costed) -> str:
    """Make the load citable, assumed parts included."""
    job = found.job
    month = job.requests_per_day * MONTH_DAYS
    return turn.book.work(
        Calculation(
            id="calc/load",
            name="requests a month",
            formula="requests a day x 30.4375",
            inputs=(
                Input(name="requests a day", value=job.requests_per_day),
                Input(name="requests a second", value=job.requests_per_day / SECONDS_A_DAY),
                Input(name="tokens in", value=job.input_tokens),
                Input(name="tokens out", value=job.output_tokens),
                Input(name="tokens in a month", value=round(job.input_tokens * month)),
                Input(name="tokens out a month", value=round(job.output_tokens * month)),
            ),
            value=month,
            unit="requests a month",
        )
    )[0]


def life_working(route: Routed, found: Costed, sums: tuple[str, ...], turn: Turn) -> str:
    """Work out the whole-life cost of a route; return the id."""
    return turn.book.work(
        Calculation(
            id=f"calc/life/{route.candidate.key}",
            name=f"{route.candidate.label}: whole-life cost",
            formula="one-time + monthly x 12 x years",
            inputs=(
                Input(name="one-time", value=round(route.usd_one_time, 2), unit="USD"),
                Input(name="monthly", value=round(route.usd_per_month, 2), unit="USD"),
                Input(name="tokens, machines and power", value=route.usd_use, unit="USD a month"),
                Input(name="people", value=round(route.usd_people, 2), unit="USD a month"),
                Input(name="years", value=found.years),
            ),
            value=route.usd_whole_life,
            unit="USD",
            sources=sums,
        )
    )[0]


def table(found: Costed, works: dict[str, Works]) -> Table:
    """Return a row for each route; the price of a thousand requests unless tokens were totalled."""
    columns = [
        "route",
        "tokens or machines, a month",
        "a thousand requests",
        "people, a month",
        "one-time",
        "whole life",
    ]
    rows = [_row(route, found, works[route.candidate.key]) for route in found.routes]
    if found.terms.by_total:
        del columns[2]
        rows = [row.model_copy(update={"cells": row.cells[:2] + row.cells[3:]}) for row in rows]
    return Table(columns=tuple(columns), rows=tuple(rows))


def _row(route: Routed, found: Costed, works: Works) -> Row:
    candidate = route.candidate
    thousand = route.usd_use / (found.job.requests_per_day * MONTH_DAYS) * 1000
    devices = (works.devices,) if works.devices else ()
    return Row(
        cells=(
            Claim(text=candidate.label, evidence_ids=(*candidate.evidence_ids, *devices)),
            Claim(text=usd(route.usd_use), evidence_ids=works.sums),
            Claim(text=usd(thousand), evidence_ids=(works.thousand,)),
            Claim(text=usd(route.usd_people), evidence_ids=works.sums),
            Claim(text=usd(route.usd_one_time), evidence_ids=works.sums),
            Claim(text=usd(route.usd_whole_life), evidence_ids=(works.life,)),
        ),
        picked=route is (found.asked or found.routes[0]),
    )


def lines(found: Costed, works: dict[str, Works], turn: Turn) -> Section:
    """Return the lines of the route asked about, else of the cheapest, the largest first."""
    route = found.asked or found.routes[0]
    spent = route.candidate.spend(found.job).lines
    ranked = sorted(
        (line for line in spent if line.usd_per_month or line.usd_one_time),
        key=lambda line: -(line.usd_per_month * 12 * found.years + line.usd_one_time),
    )
    of = "What makes it up"
    if len(found.routes) > 1:
        of = "What makes up the first" if route is found.routes[0] else "What makes that up"
    claims = [_line(line, works[route.candidate.key], turn) for line in ranked]
    used = _use(route, found, works[route.candidate.key], as_rate=stated_as_rate(turn))
    return Section(title=of, claims=(*claims, *((used,) if used else ())))


def _line(line: CostLine, works: Works, turn: Turn) -> Claim:
    monthly, once = works.sums
    price = turn.book.state(turn.fact(line.source)) if "#" in line.source else ()
    devices = (works.devices,) if works.devices and line.item[0].isdigit() else ()
    sums = f"{usd(line.usd_per_month)} a month" if line.usd_per_month else ""
    text = f"{line.item[:1].upper()}{line.item[1:]}: {sums or f'{usd(line.usd_one_time)} once'}."
    return Claim(text=text, evidence_ids=(monthly if sums else once, *price, *devices))


def _use(route: Routed, found: Costed, works: Works, *, as_rate: bool) -> Claim | None:
    """Say how much of the devices the load uses."""
    used = route.candidate.spend(found.job).utilization
    if works.devices is None or route.candidate.hardware is None or not used:
        return None
    average = found.job.requests_per_day * found.job.output_tokens / SECONDS_A_DAY
    text = (
        f"The load writes {number(average, 2)} tok/s on average, and the devices up to "
        f"{number(average / used, 2)} tok/s"
    )
    if as_rate:
        text += "; the rate you state is taken for the peak"
    elif route.candidate.route == "rented_gpu":
        text += "; idle hours are paid as well"
    return Claim(text=f"{text}.", evidence_ids=(works.devices,))


def even(found: Costed, turn: Turn) -> Section | None:
    """Say at which volume the cheaper one changes; nothing where all are hosted models."""
    if found.pair is None or all(r.candidate.route == "api" for r in found.pair):
        return None
    if found.break_even is None:
        claim = Claim(text="The cheaper stays the cheaper at any volume.")
        return Section(title="Break-even", style="sentences", claims=(claim,))
    first, other = (route.candidate for route in found.pair)
    times = found.break_even / found.job.requests_per_day
    work = Calculation(
        id="calc/break-even",
        name="break-even volume",
        formula="requests a day at which both cost the same over the horizon, solved",
        inputs=(
            Input(name="first", value=first.label),
            Input(name="second", value=other.label),
            Input(name="years", value=found.years),
            Input(name="devices by then", value=_devices_at(found) or "one"),
            Input(name="times your volume", value=times),
        ),
        value=found.break_even,
        unit="requests a day",
    )
    turn.book.work(work)
    side = "above" if times > 1 else "below"
    volume = f"about {number(found.break_even, 2)} requests a day"
    if found.terms.by_total:
        volume = f"about {number(times, 2)} times your tokens"
    text = (
        f"At {volume} both cost the same{_devices_at(found)}; {side} that "
        f"{model_name(turn, other)} on {route_words(other)} is the cheaper."
    )
    claim = Claim(text=text.replace("on the API", "by API"), evidence_ids=(work.id,))
    return Section(title="Break-even", style="sentences", claims=(claim,))


def _devices_at(found: Costed) -> str:
    """Say how many devices the self-hosted side takes by then, where it is more than one."""
    job = found.job.with_value("requests_per_day", found.break_even or 1.0)
    for route in found.pair or ():
        count = route.candidate.spend(job).devices
        if route.candidate.hardware is not None and count and count > 1:
            return f" (by then {count} devices)"
    return ""


def ruled_out(found: Costed, works: dict[str, Works], turn: Turn) -> Section | None:
    """Name the routes that the job rules out with the reason, and what conflicts with a wish."""
    claims = []
    for route in found.out:
        turn.book.name(model_name(turn, route.candidate))
        claims.append(
            Claim(
                text=f"{route.candidate.label}, {usd(route.usd_use)} a month without people: "
                f"{route.against}.",
                evidence_ids=(*works[route.candidate.key].told, *route.candidate.evidence_ids),
            )
        )
    title = "Ruled out" if claims else ""
    for route in found.routes:
        if route.against is not None:
            text = f"{route.candidate.label} conflicts with what you said: {route.against}."
            ids = (*works[route.candidate.key].told, *route.candidate.evidence_ids)
            claims.append(Claim(text=text, evidence_ids=ids))
    return Section(title=title or "In conflict", claims=tuple(claims)) if claims else None


def notes(found: Costed, turn: Turn, works: dict[str, Works]) -> Section | None:
    """Say where sources differ on a price, what could not be costed, and the terms of tokens."""
    priced = [(r, p) for r in found.routes if (p := api_price(turn, r.candidate)) is not None]
    claims = terms_notes(turn, found.terms, found.job, [price for _, price in priced])
    for route, price in priced:
        if price.conflict:
            turn.book.state(turn.fact(price.statement_id))
            text = (
                f"Sources differ on the price of {model_name(turn, route.candidate)} in USD a "
                f"million tokens: {price.conflict}; the dearer hour of the map is used."
            )
            ids = (price.statement_id, *works[route.candidate.key].sums)
            claims.append(Claim(text=text, evidence_ids=ids))
    for device, why in found.left_out:
        turn.book.name(short(device), device.title)
        claims.append(Claim(text=f"{short(device)} is not costed: {why}."))
    for route in found.routes:
        for line in route.candidate.spend(found.job).lines:
            if line.item.endswith(UNPRICED):
                text = f"{line.item}: more are needed at this load and are not in the sum."
                claims.append(Claim(text=text, evidence_ids=works[route.candidate.key].ids))
    return Section(title="", style="sentences", claims=tuple(claims)) if claims else None


def leaving(found: Costed, turn: Turn) -> Section | None:
    """Say which of the models leaves its maker's API within the horizon."""
    claims = []
    for route in found.routes:
        statement = turn.fact(f"{route.candidate.model}#retires") if route.candidate.model else None
        if statement is not None and route.candidate.route == "api":
            turn.book.state(statement)
            name = model_name(turn, route.candidate)
            turn.book.name(name, statement.text.rpartition("replacement ")[2])
            claims.append(
                Claim(
                    text=f"{statement.text}. A move to another model comes on top.",
                    evidence_ids=(statement.id,),
                )
            )
    return Section(title="Leaving", claims=tuple(claims)) if claims else None
