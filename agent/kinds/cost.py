"""A cost question: each route over its life, itemised, and the volume at which they break even."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.candidates import remembered
from agent.core.crossing import BreakEven, break_even
from agent.core.defaults import Defaults, defaults
from agent.core.running import MONTH_DAYS
from agent.core.spend import api_spend
from agent.job import Job, job_of
from agent.kinds import lot
from agent.kinds.cost_search import Search
from agent.kinds.cost_words import COMPARES
from agent.kinds.costing import PLAIN, Terms, api_price, stated_as_rate, terms_of
from agent.kinds.lot import Lot
from agent.kinds.naming import short
from agent.kinds.plain import Back
from agent.kinds.usage import read_usage
from agent.placing import is_bought, priced_devices
from agent.policy import Candidate, ruled_out
from agent.turn import Turn
from agent.wording import number, usd
from knowledge.schema import Hardware, Model

MOST_ROUTES = 4


@dataclass(frozen=True, slots=True)
class Routed:
    """One route with its cost at the job's load; `against` is the constraint that it breaks."""

    candidate: Candidate
    usd_per_month: float
    usd_people: float
    usd_one_time: float
    usd_whole_life: float
    against: str | None = None

    @property
    def usd_use(self) -> float:
        """Return the monthly cost of tokens, machines and power."""
        return self.usd_per_month - self.usd_people


@dataclass(frozen=True, slots=True)
class Costed:
    """The routes, the cheapest first over the horizon, and the break-even of two of them.

    `out` are routes that a constraint of the job rules out; `asked` is the one that the question
    is about: on the devices it names without a model, or the pick whose price a piece it asks for;
    `pair` are the two set against each other, the cheaper first. `values` are the defaults in
    force.
    """

    job: Job
    years: float
    routes: tuple[Routed, ...]
    break_even: BreakEven | None
    values: Defaults
    left_out: tuple[tuple[Hardware, str], ...] = ()
    out: tuple[Routed, ...] = ()
    asked: Routed | None = None
    pair: tuple[Routed, Routed] | None = None
    terms: Terms = PLAIN


_PRICED = re.compile(r"\b(?:how much|cost\w*|pric\w+|kostet|combien|cu[aá]nto)\b", re.IGNORECASE)
_MANY = re.compile(
    r"\b(?:a lot of|lots of|loads of|tons of|many|thousands of|hundreds of|a few) [a-z]+",
    re.IGNORECASE,
)


_CHATS = re.compile(r"\b(?:chats?|conversations?|dialog\w*|chatbot)\b", re.IGNORECASE)


def is_costed(turn: Turn) -> bool:
    """Tell whether a price is asked for so many requests, or for a model on devices to be had."""
    asked = turn.understanding
    if asked.quantity != "price" or len(asked.hardware) > 1:
        return False
    on_devices = bool(asked.parameters_b and asked.hardware and asked.acquire)
    return on_devices or bool(asked.models and _MANY.search(turn.message))


def is_at_a_load(turn: Turn) -> bool:
    """Tell whether models are named with a volume and lengths, and nothing is said of a job."""
    asked = turn.understanding
    stated = asked.patch.requests_per_day and asked.patch.input_tokens and asked.patch.output_tokens
    return bool(len(asked.models) > 1 and stated and turn.profile.task_type is None)


def is_of_the_unknown(turn: Turn) -> bool:
    """Tell whether the cost of products is asked that nothing is known of, and of no other."""
    asked = turn.understanding
    known = asked.models or asked.hardware or asked.parameters_b or turn.profile.task_type
    priced = asked.intent in ("cost", "recommendation") and _PRICED.search(turn.message)
    return bool(asked.unknown and priced and not known)


def work_out(turn: Turn) -> Costed | Lot | Back:
    """Cost the models named on their routes, or the usual options of the job."""
    if turn.understanding.total_requests:
        return lot.work_out(turn)
    span = read_usage(turn.message, defaults()).years
    years = turn.understanding.years or span or turn.settings.horizon_years
    terms = terms_of(turn)
    values = terms.said.values(defaults())
    if stated_as_rate(turn):
        values = values.replace(peak_to_average=1.0)
    job = _usual_lengths(turn, job_of(turn.profile, defaults(), years=years))
    job = replace(_of_the_bill(turn, job, terms), running=terms.running)
    search = Search(turn, job, values, terms.said)
    candidates = list({c.label: c for c in reversed(search.candidates())}.values())[::-1]
    if not candidates:
        return Back("problem", ("Name a model with a public price, or describe the job.",))
    found = [_routed(_on_terms(turn, c, values, terms), job, years, terms) for c in candidates]
    allowed = [route for route in found if route.against is None or _is_asked(turn, route)]
    routes = sorted((allowed or found)[:MOST_ROUTES], key=lambda route: route.usd_whole_life)
    asked = _on_named(turn, routes) or _of_the_pick(search, routes)
    pair = _pair(turn, routes, asked)
    return Costed(
        job,
        years,
        tuple(routes),
        _crossing(*pair, job, years, terms) if pair else None,
        values,
        _left_out(turn, job, routes),
        tuple(route for route in found if route not in allowed) if allowed else (),
        asked,
        pair,
        terms,
    )


def _usual_lengths(turn: Turn, job: Job) -> Job:
    """Return `job` with the lengths of a chat or of any request where no task is told."""
    profile = turn.profile
    if profile.task_type is not None or "tokens" not in job.assumed:
        return job
    told = " ".join((*turn.understanding.goes_on_from, turn.message))
    usual = defaults().tasks["dialogue" if _CHATS.search(told) else "other"]
    tokens_in = profile.input_tokens or usual.input_tokens
    tokens_out = profile.output_tokens or usual.output_tokens
    assumed = {**job.assumed, "tokens": f"{tokens_in:,} tokens in, {tokens_out:,} out"}
    return replace(job, input_tokens=tokens_in, output_tokens=tokens_out, assumed=assumed)


def _of_the_bill(turn: Turn, job: Job, terms: Terms) -> Job:
    """Return `job` at the volume that today's bill pays for at the first hosted model named."""
    bill = terms.said.bill
    if bill is None or "requests_per_day" not in job.assumed:
        return job
    models = [turn.catalogue.get(i) for i in turn.understanding.models]
    offers = [turn.market.offer(model) for model in models if isinstance(model, Model)]
    offer = next((offer for offer in offers if offer is not None), None)
    if offer is None:
        return job
    load = terms.load(job)
    one = terms.price(offer.price).per_request(
        load.input_tokens, load.output_tokens, load.cached_tokens
    )
    volume = bill / MONTH_DAYS / one * terms.said.times
    told = f"{number(volume)} requests a day, which your bill of {usd(bill)} a month pays for"
    if terms.said.times != 1:
        told = (
            f"{number(volume)} requests a day, {number(terms.said.times)} times what your bill of "
        )
        told += f"{usd(bill)} a month pays for"
    assumed = {**job.assumed, "requests_per_day": told}
    return replace(job, requests_per_day=volume, assumed=assumed)


def _routed(candidate: Candidate, job: Job, years: float, terms: Terms) -> Routed:
    spend = candidate.spend(job)
    return Routed(
        candidate,
        spend.usd_per_month,
        spend.usd_people,
        spend.usd_one_time,
        terms.whole_life(spend, years),
        ruled_out(candidate, job, spend),
    )


def _on_terms(turn: Turn, candidate: Candidate, values: Defaults, terms: Terms) -> Candidate:
    """Return a candidate under a plain label, a hosted one with its tokens bought on `terms`."""
    plain = replace(candidate, label=candidate.label.replace(", prompted", ""))
    listed = api_price(turn, candidate)
    if listed is None or terms.buys_plainly:
        return plain
    price = terms.price(listed)
    return replace(
        plain,
        label=f"{plain.label}, in batch" if price.batch else plain.label,
        spend=remembered(lambda job: api_spend(price, terms.load(job), values)),
    )


def _is_asked(turn: Turn, route: Routed) -> bool:
    """Tell whether the message itself asks for that way of having hardware."""
    wanted = {"rent": "rented_gpu", "buy": "owned_hardware"}.get(turn.understanding.acquire or "")
    return route.candidate.route == wanted


def _on_named(turn: Turn, routes: list[Routed]) -> Routed | None:
    """Return the route that alone is asked about: one model, on the devices named or by API."""
    asked = turn.understanding
    if len(asked.models) + bool(asked.parameters_b) > 1 or COMPARES.search(turn.message):
        return None
    named = {doc_id for doc_id, _ in asked.hardware}
    if named or not asked.models:
        return next((route for route in routes if route.candidate.hardware in named), None)
    own = [route for route in routes if route.candidate.model == asked.models[0]]
    if asked.acquire is not None:
        own = [route for route in own if _is_asked(turn, route)]
    return own[0] if len(own) == 1 < len(routes) else None


def _of_the_pick(search: Search, routes: list[Routed]) -> Routed | None:
    """Return the route that the thread picked before, where the price of a piece is asked."""
    label = search.picked_before()
    return next((route for route in routes if route.candidate.label == label), None)


def _pair(turn: Turn, routes: list[Routed], asked: Routed | None) -> tuple[Routed, Routed] | None:
    """Return the two routes to set against each other, the cheaper first.

    Where the question names a hosted model and a way to have devices, those. Else the first is the
    one asked about or the cheapest, and the other is charged otherwise, if there is such a one.
    """
    if len(routes) < 2:
        return None
    named = _named_sides(turn, routes)
    first = asked or routes[0]
    others = [route for route in routes if route is not first]
    apart = [r for r in others if (r.candidate.route == "api") != (first.candidate.route == "api")]
    first, second = named or (first, (apart or others)[0])
    return (first, second) if first.usd_whole_life <= second.usd_whole_life else (second, first)


def _named_sides(turn: Turn, routes: list[Routed]) -> tuple[Routed, Routed] | None:
    """Return the cheapest hosted model that is named and the cheapest devices of another."""
    asked = turn.understanding
    if not (asked.hardware or asked.acquire or asked.parameters_b):
        return None
    sides = (
        (hosted, own)
        for hosted in routes
        if hosted.candidate.route == "api" and hosted.candidate.model in asked.models
        for own in routes
        if own.candidate.hardware and own.candidate.model != hosted.candidate.model
    )
    return next(sides, None)


def _crossing(
    first: Routed, second: Routed, job: Job, years: float, terms: Terms
) -> BreakEven | None:
    def whole_life(route: Routed, volume: float) -> float:
        spend = route.candidate.spend(job.with_value("requests_per_day", volume))
        return terms.whole_life(spend, years)

    return break_even(lambda v: whole_life(first, v), lambda v: whole_life(second, v))


def _left_out(turn: Turn, job: Job, routes: Iterable[Routed]) -> tuple[tuple[Hardware, str], ...]:
    """Return the devices that were named but carry no route, and why."""
    used = {route.candidate.hardware for route in routes}
    devices = [turn.catalogue.get(i) for i, _ in turn.understanding.hardware]
    return tuple(
        (device, _why_left_out(turn, job, device))
        for device in devices
        if isinstance(device, Hardware) and device.id not in used
    )


def _why_left_out(turn: Turn, job: Job, device: Hardware) -> str:
    models = [turn.catalogue.get(i) for i in turn.understanding.models]
    closed = [m for m in models if isinstance(m, Model) and not m.open_weights]
    if closed and len(closed) == len(models):
        return f"{short(closed[0])} runs at its maker only, as its weights can't be had"
    bought = is_bought(turn, job)
    ready = {hardware.id for hardware, _ in priced_devices(turn, bought=bought)}
    ready |= {doc_id for doc_id, _ in job.hardware or ()}
    if device.id in ready:
        return "it was not found to hold the model and answer in time"
    return f"no {'purchase price' if bought else 'price by the hour'} is known"
