"""The parts of a cost answer: the table, what makes up a route, the break-even, and notes."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.running import MONTH_DAYS, SECONDS_A_DAY
from agent.core.spend import UNPRICED
from agent.kinds.cost import Costed, Routed
from agent.kinds.cost_lines import itemised
from agent.kinds.costing import api_price, model_name, stated_as_rate, terms_notes
from agent.kinds.naming import short
from agent.kinds.rentals import unmet
from agent.policy import Candidate
from agent.turn import Turn
from agent.wording import listing, number, percent, usd


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
                Input(name="requests a week", value=7 * job.requests_per_day),
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
            Claim(text=usd(route.usd_use), evidence_ids=(works.life,)),
            Claim(text=usd(thousand), evidence_ids=(works.thousand,)),
            Claim(text=usd(route.usd_people), evidence_ids=(works.life,)),
            Claim(text=usd(route.usd_one_time), evidence_ids=(works.life,)),
            Claim(text=usd(route.usd_whole_life), evidence_ids=(works.life,)),
        ),
        picked=route is (found.asked or found.routes[0]),
    )


def lines(found: Costed, works: dict[str, Works], turn: Turn) -> tuple[Section, ...]:
    """Return the lines of the route asked about and of the one it is set against."""
    of_tokens = found.asked is not None and found.asked.candidate.route == "api"
    alone = found.pair is None or all_hosted(found) or of_tokens
    alone = alone or found.terms.said.piece is not None
    shown = (leading(found),) if alone else found.pair or ()
    sections = [
        itemised(route, found, turn, sums=works[route.candidate.key].sums) for route in shown
    ]
    used = [_use(route, found, works[route.candidate.key], turn) for route in shown]
    told = {claim.text: claim for claim in used if claim}
    claims = (*told.values(), _rates(found, turn))
    return (*sections, Section(title="", style="sentences", claims=claims))


def _rates(found: Costed, turn: Turn) -> Claim:
    """Say how the columns are rounded and what an hour of an engineer is taken at."""
    rate = found.values.values["engineer_usd_per_hour"]
    salary = turn.fact(rate.source)
    work = Calculation(
        id="calc/rate",
        name="an hour of an engineer",
        formula="a salary over the hours of a year",
        inputs=(Input(name="basis", value=rate.why, source=rate.source),),
        value=rate.value,
        unit=rate.unit,
    )
    text = (
        "Lines are rounded so that each column adds up to its total. An engineer's hour is taken "
        f"at {usd(rate.value)}: {rate.why}."
    )
    return Claim(text=text, evidence_ids=(*turn.book.work(work), *turn.book.state(salary)))


def leading(found: Costed) -> Routed:
    """Return the route asked about, else the cheapest."""
    return found.asked or found.routes[0]


def all_hosted(found: Costed) -> bool:
    """Tell whether both routes set against each other are hosted models."""
    return all(route.candidate.route == "api" for route in found.pair or ())


def _use(route: Routed, found: Costed, works: Works, turn: Turn) -> Claim | None:
    """Say how much of what is paid for the load uses, and for which hours that is."""
    spend = route.candidate.spend(found.job)
    if works.devices is None or route.candidate.hardware is None or not spend.utilization:
        return None
    average = found.job.requests_per_day * found.job.output_tokens / SECONDS_A_DAY
    text = f"{short_label(route)}: the load writes {number(average, 2)} tok/s on average"
    peak = found.values["peak_to_average"]
    if stated_as_rate(turn):
        text += ", and the rate you state is taken for the peak"
    elif found.job.running != "in_batch" and peak > 1:
        text += f" and is taken to peak at {number(peak)} times that"
    used = percent(spend.utilization) if spend.utilization >= 0.01 else "hardly any"
    text += f", so {used} of the hours paid for is used. "
    switched_off = found.job.running != "by_the_hour" or peak > 1
    running = found.job.running if switched_off else "always"
    return Claim(text=text + _RUN[running], evidence_ids=(works.devices,))


_RUN = {
    "always": 'Idle hours are paid as well; switching off at night ("scale to zero") or work that '
    'may wait ("in batch") would cost less.',
    "by_the_hour": "The devices are taken to be off in the other hours; the seconds of starting "
    "them are left out.",
    "in_batch": "The work of a day is done in one go, in whole hours, and the devices are off in "
    "the others.",
}


def short_label(route: Routed) -> str:
    """Return the model of a route, or its label where it has none."""
    return route.candidate.label.split(",")[0]


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


def stand_ins(found: Costed, turn: Turn) -> Section | None:
    """Say which device named is not costed, and which model stands for one named by its size."""
    claims = []
    for device, why in found.left_out:
        turn.book.name(short(device), device.title)
        text = f"{short(device)} is not costed: {why}."
        others = [r.candidate.hardware for r in found.routes if r.candidate.hardware]
        if others:
            stand_in = turn.catalogue.get(others[0])
            turn.book.name(short(stand_in), stand_in.title)
            text = f"{text} The cheapest that holds the model stands in: {short(stand_in)}."
        claims.append(Claim(text=text))
    named = set(turn.understanding.models)
    rivals = [r for r in found.routes if r.candidate.hardware and r.candidate.model not in named]
    if rivals and named and not turn.understanding.parameters_b and turn.understanding.hardware:
        text = (
            "The best-rated open models that the device holds are set against what you name; "
            "they may answer worse."
        )
        claims.append(Claim(text=text))
    for name in turn.understanding.unknown:
        near = [short(document) for document in turn.catalogue.nearest(name, n=2)]
        turn.book.name(name, *near)
        hint = f"; the nearest names are {listing(near, 'and')}" if near else ""
        claims.append(Claim(text=f"Nothing is known here of {name}: it is not costed{hint}."))
    for document in (turn.catalogue.get(i) for i in _rented(found)):
        if (said := unmet(turn, document)) is not None:
            turn.book.name(short(document))
            claims.append(Claim(text=f"{said}."))
    size = turn.understanding.parameters_b
    sized = [r.candidate for r in found.routes if r.candidate.hardware and r.candidate.model]
    if size and sized:
        name = f"{number(size)}B"
        turn.book.name(name, model_name(turn, sized[0]))
        text = (
            f"{model_name(turn, sized[0])} stands for your {name}: the best-rated open model of "
            "that size here; another one costs about the same to run."
        )
        claims.append(Claim(text=text, evidence_ids=("profile/message",)))
    return Section(title="", style="sentences", claims=tuple(claims)) if claims else None


def _rented(found: Costed) -> tuple[str, ...]:
    """Return the ids of the devices that are rented."""
    rented = [r.candidate.hardware for r in found.routes if r.candidate.route == "rented_gpu"]
    return tuple(dict.fromkeys(i for i in rented if i))


def notes(found: Costed, turn: Turn, works: dict[str, Works]) -> Section | None:
    """Say where sources differ on a price, and the terms of tokens."""
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
    for route in found.routes:
        for line in route.candidate.spend(found.job).lines:
            if line.item.endswith(UNPRICED):
                text = f"{line.item}: more are needed at this load and are not in the sum."
                work = Calculation(
                    id=f"calc/unpriced/{route.candidate.key}",
                    name=line.item,
                    formula="devices for the load - devices at hand",
                    inputs=(),
                    value=float(line.item.partition(" ")[0]),
                    unit="devices",
                    sources=works[route.candidate.key].ids,
                )
                claims.append(Claim(text=text, evidence_ids=turn.book.work(work)))
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
