"""A cost question: each route over its life, itemised, and the volume at which they break even."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.defaults import defaults
from agent.core.spend import break_even
from agent.job import Job, job_of
from agent.kinds.plain import Back
from agent.options import api_candidate, choices, placed_general
from agent.placing import priced_devices
from agent.policy import Candidate, weigh
from agent.turn import Turn
from knowledge.schema import Hardware, Model

MOST_ROUTES = 4


@dataclass(frozen=True, slots=True)
class Routed:
    """One route with its cost at the job's load."""

    candidate: Candidate
    usd_per_month: float
    usd_people: float
    usd_one_time: float
    usd_whole_life: float

    @property
    def usd_use(self) -> float:
        """Return the monthly cost of tokens, machines and power."""
        return self.usd_per_month - self.usd_people


@dataclass(frozen=True, slots=True)
class Costed:
    """The routes, the cheapest first over the horizon, and the break-even of the first two."""

    job: Job
    years: float
    routes: tuple[Routed, ...]
    break_even: float | None
    left_out: tuple[tuple[Hardware, str], ...] = ()


def work_out(turn: Turn) -> Costed | Back:
    """Cost the models named on their routes, or the usual options of the job."""
    years = turn.understanding.years or turn.settings.horizon_years
    job = job_of(turn.profile, defaults(), years=years)
    candidates = _candidates(turn, job)
    if not candidates:
        return Back("problem", ("Name a model with a public price, or describe the job.",))
    routes = []
    for candidate in candidates[:MOST_ROUTES]:
        spend = candidate.spend(job)
        routes.append(
            Routed(
                candidate,
                spend.usd_per_month,
                spend.usd_people,
                spend.usd_one_time,
                spend.over_years(years),
            )
        )
    routes.sort(key=lambda route: route.usd_whole_life)
    crossing = None
    if len(routes) >= 2:
        first, second = routes[0].candidate, rival(routes).candidate
        crossing = break_even(
            lambda v: first.spend(job.with_value("requests_per_day", v)).over_years(years),
            lambda v: second.spend(job.with_value("requests_per_day", v)).over_years(years),
        )
    return Costed(job, years, tuple(routes), crossing, _left_out(turn, job, routes))


def _left_out(turn: Turn, job: Job, routes: list[Routed]) -> tuple[tuple[Hardware, str], ...]:
    """Return the devices that were named but carry no route, and why."""
    used = {route.candidate.hardware for route in routes}
    named = [turn.catalogue.get(i) for i, _ in turn.understanding.hardware]
    bought = job.residency == "on_premises"
    priced = {hardware.id for hardware, _ in priced_devices(turn, bought=bought)}
    unpriced = f"no {'purchase price' if bought else 'price by the hour'} is known"
    return tuple(
        (
            device,
            "it was not found to hold the model and answer in time"
            if device.id in priced
            else unpriced,
        )
        for device in named
        if isinstance(device, Hardware) and device.id not in used
    )


def rival(routes: list[Routed]) -> Routed:
    """Return the route to break even with: one that is charged otherwise, if there is one."""
    first = routes[0]
    other = [
        r for r in routes[1:] if (r.candidate.route == "api") != (first.candidate.route == "api")
    ]
    return (other or routes[1:])[0]


def _candidates(turn: Turn, job: Job) -> list[Candidate]:
    named = [turn.catalogue.get(i) for i in turn.understanding.models]
    found: list[Candidate] = []
    for model in named:
        if isinstance(model, Model):
            found += _routes_of(turn, job, model)
    size = turn.understanding.parameters_b
    if size:
        open_models = turn.market.open_general(
            min_parameters_b=0.85 * size, max_parameters_b=1.15 * size
        )
        for model in open_models[:1]:
            found += _routes_of(turn, job, model, own=True)
    if len(found) >= 2:
        return found
    if found and turn.profile.task_type is None:
        return found
    usual = [c for c in choices(turn, job, defaults()).candidates if c.route != "cascade"]
    if found:
        keys = {c.key for c in found}
        other = [c for c in usual if (c.route == "api") != (found[0].route == "api")]
        return [*found, *[c for c in other if c.key not in keys][:2]]
    ranked = sorted(usual, key=lambda c: weigh(c, job, 0.0).usd_total)
    seen: dict[str, Candidate] = {}
    for candidate in ranked:
        seen.setdefault(candidate.verdict, candidate)
    return list(seen.values())


def _routes_of(turn: Turn, job: Job, model: Model, *, own: bool = False) -> list[Candidate]:
    """Return the API route of a model, and the self-hosted one where its weights are open."""
    found = []
    if not own and (candidate := api_candidate(turn, job, defaults(), model)):
        found.append(candidate)
    if not model.open_weights:
        return found
    devices = dict.fromkeys(doc_id for doc_id, _ in turn.understanding.hardware)
    hosted = [
        candidate
        for device in devices
        if (candidate := placed_general(turn, job, defaults(), model, on=device))
    ]
    if not hosted and (cheapest := placed_general(turn, job, defaults(), model)):
        hosted = [cheapest]
    return [*found, *hosted]
