"""What a number of requests costs once: the tokens of all of them, or the hours of devices."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.api_prices import ApiPrice
from agent.core.defaults import defaults
from agent.core.running import Load
from agent.job import Job, job_of
from agent.kinds.costing import Terms, terms_notes, terms_of
from agent.kinds.naming import cards, short
from agent.kinds.plain import Back
from agent.market import Offer
from agent.placing import Place, find_place
from agent.turn import Draft, Turn
from agent.wording import number, usd
from knowledge.schema import Model

SHOWN = 1000
"""Requests that a price is shown for beside the lot."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """An open model on devices rented by the hour, kept busy until the lot is done."""

    model: Model
    place: Place
    hours: float
    usd: float


@dataclass(frozen=True, slots=True)
class Lot:
    """So many requests by each hosted model, the cheapest first, and on devices."""

    requests: float
    load: Load
    job: Job
    terms: Terms
    offers: tuple[Offer, ...]
    hosted: tuple[Hosted, ...] = ()

    def price(self, offer: Offer) -> ApiPrice:
        """Return the price of `offer` on the terms asked for."""
        return self.terms.price(offer.price)

    def usd(self, offer: Offer) -> float:
        """Return the price of the lot, in USD."""
        one = self.price(offer).per_request(
            self.load.input_tokens, self.load.output_tokens, self.load.cached_tokens
        )
        return one * self.requests


def work_out(turn: Turn) -> Lot | Back:
    """Price the lot at the models named, else at the usual ones; a volume a day plays no part.

    Devices are chosen as if the lot were the load of one day.
    """
    requests = turn.understanding.total_requests
    if not requests:
        raise RuntimeError("unreachable: called with a number of requests")
    whole = job_of(turn.profile, defaults(), years=turn.settings.horizon_years)
    job = whole.with_value("requests_per_day", requests)
    terms = terms_of(turn)
    load = terms.load(job)
    tokens = (load.input_tokens, load.output_tokens)
    named = [d for i in turn.understanding.models if isinstance(d := turn.catalogue.get(i), Model)]
    if named:
        found = [turn.market.offer(model) for model in named]
    else:
        task = turn.profile.task_type
        found = [turn.market.frontier(task, tokens), turn.market.small_api(task, tokens)]
    lot = Lot(requests, load, job, terms, tuple(offer for offer in found if offer))
    hosted = tuple(h for m in named if m.open_weights and (h := _hosted(turn, lot, m)))
    if not lot.offers and not hosted:
        return Back("problem", ("Name a model with a public price, or describe the job.",))
    offers = tuple(sorted(lot.offers, key=lot.usd))
    return Lot(requests, load, job, terms, offers, hosted)


def _hosted(turn: Turn, lot: Lot, model: Model) -> Hosted | None:
    place = find_place(turn, lot.job, model)
    rate = place.estimate.throughput_tok_s.value if place else None
    if place is None or not rate or place.route != "rented_gpu" or place.price is None:
        return None
    hours = lot.requests * lot.load.output_tokens / rate / 3600
    return Hosted(model, place, hours, hours * place.estimate.devices * (place.price.value or 0.0))


def write(found: Lot, turn: Turn) -> Draft:
    """Draft the sum, the working of the cheapest, and a row for each model."""
    book = turn.book
    book.name(*(name for o in found.offers for name in (o.model.title, short(o.model))))
    book.slots["profile/total"] = f"{found.requests:g} {number(found.requests, 9)} requests"
    rows = [_offer_row(found, offer, turn) for offer in found.offers]
    rows += [_hosted_row(found, hosted, turn) for hosted in found.hosted]
    rows.sort(key=lambda pair: pair[0])
    cheapest, first = rows[0]
    lot = f"{number(found.requests, 9)} request" + ("" if found.requests == 1 else "s")
    name = first.cells[0].text.partition(", rented")[0]
    headline = f"{usd(cheapest)} for {lot}"
    if len(rows) > 1:
        headline += f" with {name}, against {usd(rows[1][0])} of the next"
    assumed = {k: v for k, v in found.job.assumed.items() if k == "tokens"}
    book.slots["profile/assumed"] = "; ".join(assumed.values())
    sections = [
        Section(title="", claims=_working(found, turn)) if found.offers else None,
        Section(title="", table=_table(tuple(row for _, row in rows))) if len(rows) > 1 else None,
        _notes(found, turn, assumed),
    ]
    cited = tuple(
        dict.fromkeys(i for _, row in rows for cell in row.cells for i in cell.evidence_ids)
    )
    return Draft(
        kind="cost",
        headline=headline,
        summary=Claim(
            text=f"{name}, {found.load.input_tokens:,} tokens in and {found.load.output_tokens:,} "
            f"out each: {first.cells[1].text} a thousand requests. People are not counted.",
            evidence_ids=(*cited, "profile/total", "profile/assumed"),
        ),
        sections=tuple(section for section in sections if section),
        assumed=assumed,
        suggestions=("And in batch?", "And every month?", "Show the sources"),
    )


def _table(rows: tuple[Row, ...]) -> Table:
    picked = (rows[0].model_copy(update={"picked": True}), *rows[1:])
    return Table(columns=("model", "a thousand requests", "all of them"), rows=picked)


def _offer_row(found: Lot, offer: Offer, turn: Turn) -> tuple[float, Row]:
    """Return the sum and the row of a hosted model."""
    price, load = found.price(offer), found.load
    one = price.request_cost(load.input_tokens, load.output_tokens, load.cached_tokens)
    statement = turn.book.state(turn.fact(price.statement_id))
    works = [_times(one, count) for count in (SHOWN, found.requests)]
    turn.book.work(one, *works)
    name = short(offer.model) + (f" at {price.provider}" if offer.model.open_weights else "")
    label = name + (", in batch" if price.batch else "")
    cells = (
        Claim(text=label, evidence_ids=statement),
        *(Claim(text=usd(work.value), evidence_ids=(work.id, one.id)) for work in works),
    )
    return works[1].value, Row(cells=cells)


def _times(one: Calculation, count: float) -> Calculation:
    return Calculation(
        id=f"{one.id}/x{count:g}",
        name=f"API cost of {number(count, 9)} requests",
        formula="requests x cost of one",
        inputs=(
            Input(name="requests", value=count),
            Input(name="cost of one", value=one.value, unit="USD", source=one.id),
        ),
        value=one.value * count,
        unit="USD",
        sources=(one.id, *one.sources),
    )


def _hosted_row(found: Lot, hosted: Hosted, turn: Turn) -> tuple[float, Row]:
    """Return the sum and the row of a model on rented devices, kept busy to the end."""
    place, sized = hosted.place, hosted.place.estimate
    if place.price is None:
        raise RuntimeError("unreachable: only rented devices are shown")
    turn.book.name(short(hosted.model), short(place.hardware), place.hardware.title)
    turn.book.work(*sized.calculations)
    work = Calculation(
        id=f"calc/lot/{hosted.model.id}",
        name=f"{short(hosted.model)}: hours of rent for the lot",
        formula="requests x tokens out / output tok/s / 3,600 x devices x price an hour",
        inputs=(
            Input(name="requests", value=found.requests),
            Input(name="tokens in", value=found.load.input_tokens),
            Input(name="tokens out", value=found.load.output_tokens),
            Input(name="output", value=sized.throughput_tok_s.value or 0.0, unit="tok/s"),
            Input(name="hours", value=hosted.hours, unit="hours"),
            Input(name="devices", value=sized.devices),
            Input(name="price", value=place.price.value or 0.0, unit="USD/hour"),
        ),
        value=hosted.usd,
        unit="USD",
        sources=turn.book.state(place.price),
    )
    share = Calculation(
        id=f"{work.id}/thousand",
        name="the same for 1,000 requests",
        formula="USD / requests x 1,000",
        inputs=(Input(name="rent for the lot", value=hosted.usd, unit="USD", source=work.id),),
        value=hosted.usd / found.requests * SHOWN,
        unit="USD",
        sources=(work.id,),
    )
    turn.book.work(work, share)
    where = cards(sized.devices, short(place.hardware))
    label = (
        f"{short(hosted.model)} on {where}, rented for {number(hosted.hours, 2)} hours at "
        f"{usd(place.price.value or 0.0)} an hour each"
    )
    cells = (
        Claim(text=label, evidence_ids=(work.id, place.price.id)),
        Claim(text=usd(share.value), evidence_ids=(share.id,)),
        Claim(text=usd(work.value), evidence_ids=(work.id,)),
    )
    return hosted.usd, Row(cells=cells)


def _working(found: Lot, turn: Turn) -> tuple[Claim, ...]:
    """Return the tokens of the lot at the price a million of the cheapest hosted model."""
    price, load = found.price(found.offers[0]), found.load
    cached = load.cached_tokens if price.cached_usd_per_mtok is not None else 0
    parts = (
        ("tokens in", load.input_tokens - cached, price.input_usd_per_mtok),
        ("cached tokens in", cached, price.cached_usd_per_mtok or 0.0),
        ("tokens out", load.output_tokens, price.output_usd_per_mtok or 0.0),
    )
    sums = [tokens * found.requests * rate / 1e6 for _, tokens, rate in parts]
    if abs(sum(sums) - found.usd(found.offers[0])) > 1e-6 * max(1.0, sum(sums)):
        return ()  # a tier of the price map holds
    claims = []
    for (what, tokens, rate), part in zip(parts, sums, strict=True):
        if not tokens:
            continue
        work = Calculation(
            id=f"calc/lot/{price.doc_id}/{what.replace(' ', '-')}",
            name=f"{what} of the lot",
            formula="requests x tokens x price a million / 1,000,000",
            inputs=(
                Input(name="requests", value=found.requests),
                Input(name=what, value=tokens),
                Input(name="price", value=rate, unit="USD a million", source=price.statement_id),
                Input(name=f"{what} of all", value=tokens * found.requests),
            ),
            value=part,
            unit="USD",
            sources=(price.statement_id,),
        )
        turn.book.work(work)
        text = (
            f"{number(found.requests, 9)} x {tokens:,} {what} are "
            f"{number(tokens * found.requests, 4)}, at {usd(rate)} a million: {usd(part)}."
        )
        claims.append(Claim(text=text, evidence_ids=(work.id,)))
    return tuple(claims)


def _notes(found: Lot, turn: Turn, assumed: dict[str, str]) -> Section | None:
    """Say what was assumed, which terms could not be kept, and which model leaves its API."""
    claims = terms_notes(turn, found.terms, found.job, [o.price for o in found.offers])
    for offer in found.offers:
        leaving = turn.fact(f"{offer.model.id}#retires")
        if leaving is not None:
            turn.book.name(leaving.text.rpartition("replacement ")[2])
            claims.append(Claim(text=f"{leaving.text}.", evidence_ids=turn.book.state(leaving)))
    if assumed:
        text = f"Assumed: {'; '.join(assumed.values())}."
        claims.append(Claim(text=text, evidence_ids=("profile/assumed",)))
    return Section(title="", style="sentences", claims=tuple(claims)) if claims else None
