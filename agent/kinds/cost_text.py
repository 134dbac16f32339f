"""The words of a cost answer: the verdict, what it is reckoned at, and the parts behind it."""

from __future__ import annotations

from agent.answer import Claim, Option, Section
from agent.kinds import cost_parts as parts
from agent.kinds.cost import Costed, Routed
from agent.kinds.cost_chart import cost_chart
from agent.kinds.cost_parts import Works
from agent.kinds.costing import (
    cost_workings,
    devices_working,
    model_name,
    span_words,
    thousand_working,
    volume_words,
)
from agent.kinds.naming import cards, short
from agent.turn import Draft, Turn
from agent.wording import number, usd

_UNSHOWN = ("wrong_answer_usd", "labeled_examples", "task_type")


def write(found: Costed, turn: Turn) -> Draft:
    """Draft the verdict, the table, the largest lines and the break-even."""
    book, job = turn.book, found.job
    works = {r.candidate.key: _workings(r, found, turn) for r in (*found.routes, *found.out)}
    book.name(*(model_name(turn, r.candidate) for r in found.routes))
    book.slots["profile/years"] = f"{number(found.years)} years, {number(found.years * 12)} months"
    book.slots.setdefault("profile/requests_per_day", f"{job.requests_per_day:g} assumed")
    book.slots["profile/assumed"] = "; ".join(job.assumed.values())
    headline, text = _verdict(found, turn)
    cited = [i for route in _shown(found, turn) for i in works[route.candidate.key].told]
    load = parts.load_working(turn, found)
    slots = ("profile/requests_per_day", "profile/assumed", "profile/years")
    sections = (
        Section(title="", table=parts.table(found, works)),
        parts.lines(found, works, turn),
        parts.even(found, turn),
        parts.ruled_out(found, works, turn),
        parts.notes(found, turn, works),
        parts.leaving(found, turn),
        _assumed(found),
    )
    return Draft(
        kind="cost",
        headline=headline,
        summary=Claim(text=text, evidence_ids=(*dict.fromkeys(cited), load, *slots)),
        sections=tuple(section for section in sections if section is not None),
        assumed=dict(job.assumed),
        options=tuple(_option(r, found, works) for r in (*found.routes, *found.out)),
        chart=None
        if found.terms.by_total
        else cost_chart(
            [r.candidate for r in found.routes],
            job,
            found.break_even,
            monthly=lambda spend: spend.over_years(found.years) / (12 * found.years),
            y_name=f"USD a month, one-time cost spread over {span_words(found.years)}",
        ),
        suggestions=(
            "And at ten times the volume?",
            "Which of them is good enough?",
            "Show the sources",
        ),
    )


def _shown(found: Costed, turn: Turn) -> tuple[Routed, ...]:
    """Return the routes that the verdict speaks of."""
    asked = (found.asked,) if found.asked else ()
    return (*asked, *_refused(found, turn), *found.routes[:2])


def _refused(found: Costed, turn: Turn) -> tuple[Routed, ...]:
    """Return the routes of the models named where a constraint rules all of them out."""
    named = turn.understanding.models
    routes = [r for r in (*found.routes, *found.out) if r.candidate.model in named]
    return () if any(r.against is None for r in routes) else tuple(routes)


def _workings(route: Routed, found: Costed, turn: Turn) -> Works:
    sums = cost_workings(turn, route.candidate, found.job, found.terms)
    devices = devices_working(turn, route.candidate, found.job)
    return Works(
        sums,
        parts.life_working(route, found, sums, turn),
        thousand_working(turn, route.candidate, found.job).id,
        devices.id if devices else None,
    )


def _verdict(found: Costed, turn: Turn) -> tuple[str, str]:
    """Return the headline and the sentence that follows it."""
    if found.asked is not None:
        return _on_asked(found, found.asked, turn)
    if refused := _refused(found, turn):
        return _of_refused(found, refused[0], turn)
    if len(found.routes) == 1:
        return _of_one(found, turn)
    if all(route.candidate.route == "api" for route in found.routes):
        return _of_hosted(found, turn)
    first, second = found.routes[0], found.routes[1]
    span = span_words(found.years)
    name = model_name(turn, first.candidate)
    best = "cheaper" if len(found.routes) == 2 else "cheapest"
    headline = f"{_who(found, turn)} is the {best} over {span}"
    if model_name(turn, second.candidate) == name:
        where = parts.route_words(first.candidate)
        if first.candidate.route == second.candidate.route:
            where = parts.where(first.candidate)
        headline = f"{best.capitalize()} over {span}: {where}"
    text = (
        f"{usd(first.usd_per_month)} against {usd(second.usd_per_month)} a month, "
        f"{usd(first.usd_whole_life)} against {usd(second.usd_whole_life)} in all, people "
        f"included, at {volume_words(found.job, found.terms, turn)}."
    )
    return headline, text


def _on_asked(found: Costed, asked: Routed, turn: Turn) -> tuple[str, str]:
    """Answer for the devices that the question names: that sum first, then what is cheaper."""
    devices = turn.catalogue.get(asked.candidate.hardware or "")
    where = cards(asked.candidate.devices or 1, short(devices))
    yours = "your " if asked.candidate.label.endswith("your own") else ""
    headline = f"{usd(asked.usd_per_month)} a month on {yours}{where}, people included"
    text = (
        f"{asked.candidate.label}: {usd(asked.usd_use)} for the machines and power, "
        f"{usd(asked.usd_people)} for people; {usd(asked.usd_whole_life)} in all over "
        f"{span_words(found.years)}, at {volume_words(found.job, found.terms, turn)}."
    )
    first = found.routes[0]
    if first is not asked:
        text += (
            f" {first.candidate.label} would be cheaper: {usd(first.usd_per_month)} a month, "
            f"{usd(first.usd_whole_life)} in all."
        )
    return headline, text


def _of_refused(found: Costed, refused: Routed, turn: Turn) -> tuple[str, str]:
    """Price what was asked for, say that it is ruled out, and name the cheapest that is left."""
    left = next((route for route in found.routes if route.against is None), None)
    headline = (
        f"{model_name(turn, refused.candidate)} would cost {usd(refused.usd_use)} a month but is "
        f"ruled out: {refused.against}"
    )
    load = volume_words(found.job, found.terms, turn)
    if left is None:
        return headline, f"Reckoned at {load}. Nothing else that was costed keeps to it either."
    text = (
        f"The cheapest that is left is {left.candidate.label}: {usd(left.usd_use)} a month and "
        f"{usd(left.usd_people)} for people, {usd(left.usd_whole_life)} in all over "
        f"{span_words(found.years)}, at {load}."
    )
    return headline, text


def _of_one(found: Costed, turn: Turn) -> tuple[str, str]:
    first = found.routes[0]
    what = "tokens" if first.candidate.route == "api" else "machines"
    if first.candidate.route == "owned_hardware":
        what = "power"
    text = (
        f"{first.candidate.label}, at {volume_words(found.job, found.terms, turn)}. People add "
        f"{usd(first.usd_people)} a month; {usd(first.usd_whole_life)} in all over "
        f"{span_words(found.years)}."
    )
    for route in found.out:
        if route.candidate.model in turn.understanding.models:
            text += f" {model_name(turn, route.candidate)} is ruled out: {route.against}."
    return f"{usd(first.usd_use)} a month for the {what}", text


def _of_hosted(found: Costed, turn: Turn) -> tuple[str, str]:
    """Hosted models need the same people: their tokens decide."""
    first, second = found.routes[0], found.routes[1]
    best = "cheaper" if len(found.routes) == 2 else "cheapest"
    headline = (
        f"{model_name(turn, first.candidate)} is the {best}: {usd(first.usd_use)} a month for the "
        f"tokens, against {usd(second.usd_use)}"
    )
    if len(found.routes) > 2:
        headline += " of the next"
    text = (
        f"Reckoned at {volume_words(found.job, found.terms, turn)}. People add about "
        f"{usd(first.usd_people)} a month to each."
    )
    return headline, text


def _who(found: Costed, turn: Turn) -> str:
    """Name the cheapest route: its model, and "by API" where a copy of one's own is costed too."""
    first, *others = (route.candidate for route in found.routes)
    both = first.route == "api" and any(other.model == first.model for other in others)
    return model_name(turn, first) + (" by API" if both else "")


def _assumed(found: Costed) -> Section | None:
    listed = "; ".join(v for k, v in found.job.assumed.items() if k not in _UNSHOWN)
    if not listed:
        return None
    claim = Claim(text=f"Assumed: {listed}.", evidence_ids=("profile/assumed",))
    return Section(title="", style="sentences", claims=(claim,))


def _option(route: Routed, found: Costed, works: dict[str, Works]) -> Option:
    candidate = route.candidate
    return Option(
        label=candidate.label,
        route=candidate.route,
        verdict=candidate.verdict,
        model=candidate.model,
        hardware=candidate.hardware,
        devices=candidate.devices,
        usd_per_month=round(route.usd_per_month, 2),
        usd_one_time=round(route.usd_one_time, 2),
        latency_ms=candidate.latency_ms,
        ruled_out_because=route.against,
        lines=candidate.spend(found.job).lines,
        evidence_ids=works[candidate.key].sums,
    )
