"""A cost question: each route over its life, itemised, and the volume at which they break even."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.candidates import remembered
from agent.core.defaults import Defaults, defaults
from agent.core.spend import api_spend, break_even
from agent.job import Job, job_of
from agent.kinds import lot
from agent.kinds.costing import PLAIN, Terms, api_price, stated_as_rate, terms_of
from agent.kinds.lot import Lot
from agent.kinds.naming import short
from agent.kinds.plain import Back
from agent.options import api_candidate, choices, placed_general
from agent.placing import is_bought, priced_devices
from agent.policy import Candidate, ruled_out, weigh
from agent.profile import Owned
from agent.turn import Turn
from knowledge.schema import Hardware, Model

MOST_ROUTES = 4
SIZES_B = ((3.0, 40.0), (100.0, 2500.0))
"""Billions of parameters of the small and the large open model that stand for a named device."""
_OTHERS = re.compile(r"\b(cheap\w*|alternativ\w*|less|günstig\w*|billig\w*|moins|barato)", re.I)


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
    is about where it names devices and no model; `pair` are the two set against each other, the
    cheaper first.
    """

    job: Job
    years: float
    routes: tuple[Routed, ...]
    break_even: float | None
    left_out: tuple[tuple[Hardware, str], ...] = ()
    out: tuple[Routed, ...] = ()
    asked: Routed | None = None
    pair: tuple[Routed, Routed] | None = None
    terms: Terms = PLAIN


def work_out(turn: Turn) -> Costed | Lot | Back:
    """Cost the models named on their routes, or the usual options of the job."""
    if turn.understanding.total_requests:
        return lot.work_out(turn)
    years = turn.understanding.years or turn.settings.horizon_years
    values = defaults().replace(peak_to_average=1.0) if stated_as_rate(turn) else defaults()
    job = job_of(turn.profile, defaults(), years=years)
    terms = terms_of(turn)
    searched = _Search(turn, job, values).candidates()
    candidates = list({c.label: c for c in reversed(searched)}.values())[::-1]
    if not candidates:
        return Back("problem", ("Name a model with a public price, or describe the job.",))
    found = [_routed(_on_terms(turn, c, values, terms), job, years) for c in candidates]
    allowed = [route for route in found if route.against is None or _is_asked(turn, route)]
    routes = sorted((allowed or found)[:MOST_ROUTES], key=lambda route: route.usd_whole_life)
    asked = _on_named(turn, routes)
    pair = _pair(routes, asked)
    return Costed(
        job,
        years,
        tuple(routes),
        _crossing(*pair, job, years) if pair else None,
        _left_out(turn, job, routes),
        tuple(route for route in found if route not in allowed) if allowed else (),
        asked,
        pair,
        terms,
    )


def _routed(candidate: Candidate, job: Job, years: float) -> Routed:
    spend = candidate.spend(job)
    return Routed(
        candidate,
        spend.usd_per_month,
        spend.usd_people,
        spend.usd_one_time,
        spend.over_years(years),
        ruled_out(candidate, job, spend),
    )


def _on_terms(turn: Turn, candidate: Candidate, values: Defaults, terms: Terms) -> Candidate:
    """Return a candidate under a plain label, a hosted one with its tokens bought on `terms`."""
    plain = replace(candidate, label=candidate.label.replace(", prompted", ""))
    listed = api_price(turn, candidate)
    if listed is None or terms == PLAIN:
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
    asked = turn.understanding
    if asked.models or asked.parameters_b:
        return None
    named = {doc_id for doc_id, _ in asked.hardware}
    return next((route for route in routes if route.candidate.hardware in named), None)


def _pair(routes: list[Routed], asked: Routed | None) -> tuple[Routed, Routed] | None:
    """Return the two routes to set against each other, the cheaper first.

    The first of them is the one asked about, else the cheapest; the other is charged otherwise, if
    there is such a one.
    """
    if len(routes) < 2:
        return None
    first = asked or routes[0]
    others = [route for route in routes if route is not first]
    apart = [r for r in others if (r.candidate.route == "api") != (first.candidate.route == "api")]
    second = (apart or others)[0]
    return (first, second) if first.usd_whole_life <= second.usd_whole_life else (second, first)


def _crossing(first: Routed, second: Routed, job: Job, years: float) -> float | None:
    a, b = first.candidate, second.candidate
    return break_even(
        lambda v: a.spend(job.with_value("requests_per_day", v)).over_years(years),
        lambda v: b.spend(job.with_value("requests_per_day", v)).over_years(years),
    )


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


@dataclass(frozen=True, slots=True)
class _Search:
    """What may be costed: the models and devices named, else the usual options of the job."""

    turn: Turn
    job: Job
    values: Defaults

    def candidates(self) -> list[Candidate]:
        """Return the routes to cost, those that were asked for first."""
        found = self._named()
        if len(found) >= 2 and not self._wants_others():
            return found
        if found and self.turn.profile.task_type is None and not self._wants_others():
            return found
        if not found:
            found = self._on_devices()
        keys = {candidate.key for candidate in found}
        usual = [c for c in self._usual() if c.key not in keys]
        if found and self.turn.understanding.models and not self._wants_others():
            usual = [c for c in usual if (c.route == "api") != (found[0].route == "api")][:2]
        return [*found, *usual]

    def _wants_others(self) -> bool:
        """Tell whether a follow-up asks for something else than what was spoken of."""
        asked = self.turn.understanding
        several = len(asked.models) > 1 or bool(asked.patch.stated())
        return asked.follow_up and not several and bool(_OTHERS.search(asked.message))

    def _named(self) -> list[Candidate]:
        asked, found = self.turn.understanding, []
        models = () if self._is_left_behind() else asked.models
        for document in (self.turn.catalogue.get(i) for i in models):
            if isinstance(document, Model):
                found += self._routes_of(document)
        if asked.parameters_b:
            low, high = 0.85 * asked.parameters_b, 1.15 * asked.parameters_b
            sized = self.turn.market.open_general(min_parameters_b=low, max_parameters_b=high)
            for model in sized[:1]:
                found += self._hosted(model)
        return found

    def _is_left_behind(self) -> bool:
        """Tell whether hosted models alone are carried over into a question about a device."""
        asked = self.turn.understanding
        if not asked.follow_up or asked.acquire is None or not self._names(asked.hardware):
            return False
        models = [self.turn.catalogue.get(i) for i in asked.models]
        closed = all(isinstance(m, Model) and not m.open_weights for m in models)
        return closed and not self._names([(i, 1) for i in asked.models])

    def _names(self, products: Iterable[Owned]) -> bool:
        """Tell whether the message itself names one of `products`."""
        words = self.turn.message.lower()
        return any(
            alias in words for i, _ in products for alias in self.turn.catalogue.get(i).aliases
        )

    def _routes_of(self, model: Model) -> list[Candidate]:
        """Return the API route of a model, and the self-hosted one where its weights are open."""
        by_api = api_candidate(self.turn, self.job, self.values, model)
        found = [by_api] if by_api else []
        return found + (self._hosted(model) if model.open_weights else [])

    def _hosted(self, model: Model) -> list[Candidate]:
        on_each = [self._placed(model, device) for device in self._devices()]
        hosted = [candidate for candidate in on_each if candidate]
        if not hosted and (cheapest := self._placed(model, None)):
            return [cheapest]
        return hosted

    def _placed(self, model: Model, device: str | None) -> Candidate | None:
        return placed_general(self.turn, self.job, self.values, model, on=device)

    def _devices(self) -> tuple[str, ...]:
        named = tuple(doc_id for doc_id, _ in self.turn.understanding.hardware)
        owned = tuple(doc_id for doc_id, _ in self.job.hardware or ())
        return tuple(dict.fromkeys(named or owned))

    def _on_devices(self) -> list[Candidate]:
        """Return the best open models, a small and a large one, on the devices named or owned."""
        found = []
        for device in self._devices():
            for low, high in SIZES_B:
                models = self.turn.market.open_general(min_parameters_b=low, max_parameters_b=high)
                placed = (self._placed(model, device) for model in models[:6])
                found += [next(filter(None, placed), None)]
        return [candidate for candidate in found if candidate]

    def _usual(self) -> list[Candidate]:
        """Return the cheapest option of each kind that the job allows, and of each it does not."""
        options = choices(self.turn, self.job, self.values).candidates
        ranked = sorted(
            (weigh(c, self.job, 0.0) for c in options if c.route != "cascade"),
            key=lambda weighed: weighed.usd_total,
        )
        first: dict[tuple[str, bool], Candidate] = {}
        for weighed in ranked:
            kind = (weighed.candidate.verdict, weighed.ruled_out_because is None)
            first.setdefault(kind, weighed.candidate)
        return list(first.values())
