"""The words of a cost answer: the verdict, what it is reckoned at, and the parts behind it."""

from __future__ import annotations

from agent.answer import Chart, Claim, Option, Section
from agent.calculation import Calculation, Input
from agent.kinds import cost_parts as parts
from agent.kinds.cost import Costed, Routed
from agent.kinds.cost_asked import a_year, accepted, in_currency, of_break_even, per_piece
from agent.kinds.cost_chart import cost_chart
from agent.kinds.cost_even import called, even, scenario
from agent.kinds.cost_lines import cost_file
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

SAVED = "calc/saved"
_UNSHOWN = ("wrong_answer_usd", "labeled_examples", "task_type")


def write(found: Costed, turn: Turn) -> Draft:
    """Draft the verdict, the table, the largest lines and the break-even."""
    book, job = turn.book, found.job
    works = {r.candidate.key: _workings(r, found, turn) for r in (*found.routes, *found.out)}
    book.name(*(model_name(turn, r.candidate) for r in found.routes))
    book.slots["profile/years"] = f"{number(found.years)} years, {number(found.years * 12)} months"
    book.slots.setdefault("profile/requests_per_day", f"{job.requests_per_day:g} assumed")
    book.slots["profile/assumed"] = "; ".join(job.assumed.values())
    cited = [i for route in _shown(found, turn) for i in works[route.candidate.key].told]
    load = parts.load_working(turn, found)
    slots = ("profile/requests_per_day", "profile/assumed", "profile/years", "profile/message")
    break_even, said_of_all = even(found, turn), found.terms.said.piece is None
    headline, said = _verdict(found, turn)
    saved = (SAVED,) if SAVED in book else ()
    known = dict.fromkeys((*said.evidence_ids, *cited, *saved, load, *slots))
    summary = said.model_copy(update={"evidence_ids": tuple(known)})
    sections = (
        _aside(found, turn),
        parts.stand_ins(found, turn),
        Section(title="", table=parts.table(found, works)),
        *parts.lines(found, works, turn),
        break_even if said_of_all and not found.terms.said.asks_even else None,
        scenario(found, turn) if said_of_all else None,
        parts.ruled_out(found, works, turn),
        parts.notes(found, turn, works),
        parts.leaving(found, turn),
        _assumed(found),
    )
    return Draft(
        kind="cost",
        headline=headline,
        summary=summary,
        sections=tuple(section for section in sections if section is not None),
        assumed=dict(job.assumed),
        options=tuple(_option(r, found, works) for r in (*found.routes, *found.out)),
        attachments=(cost_file(found, turn),),
        chart=None if found.terms.by_total else _chart(found),
        suggestions=(
            "And at ten times the volume?",
            "Which of them is good enough?",
            "Show the sources",
        ),
    )


def _chart(found: Costed) -> Chart | None:
    """Return the chart of the whole life spread over its months, as the break-even counts it."""
    months = 12 * found.years
    at = found.break_even
    return cost_chart(
        [route.candidate for route in found.routes],
        found.job,
        at.first if at else None,
        monthly=lambda spend: found.terms.whole_life(spend, found.years) / months,
        y_name=f"USD a month, one-time cost spread over {span_words(found.years)}",
        again=at.second if at else None,
    )


def _shown(found: Costed, turn: Turn) -> tuple[Routed, ...]:
    """Return the routes that the verdict speaks of."""
    asked = (found.asked,) if found.asked else ()
    told = _set_against(found, turn) if len(found.routes) > 1 else ()
    shown = (*asked, *_refused(found, turn), *(found.pair or ()), *told, *found.routes[:1])
    return tuple({route.candidate.key: route for route in shown}.values())


def _refused(found: Costed, turn: Turn) -> tuple[Routed, ...]:
    """Return the routes of the models named where a constraint rules all of them out."""
    named = turn.understanding.models
    routes = [r for r in (*found.routes, *found.out) if r.candidate.model in named]
    return () if any(r.against is None for r in routes) else tuple(routes)


def _workings(route: Routed, found: Costed, turn: Turn) -> Works:
    sums = cost_workings(turn, route.candidate, found.job, found.terms)
    devices = devices_working(turn, route.candidate, found.job, found.values)
    return Works(
        sums,
        parts.life_working(route, found, sums, turn),
        thousand_working(turn, route.candidate, found.job).id,
        devices.id if devices else None,
    )


def _aside(found: Costed, turn: Turn) -> Section | None:
    """Return the price of an accepted answer and the sums in another currency, if asked for."""
    asides = (a_year(found, turn), accepted(found, turn), in_currency(found, turn))
    claims = [claim for claim in asides if claim]
    return Section(title="", style="sentences", claims=tuple(claims)) if claims else None


def _verdict(found: Costed, turn: Turn) -> tuple[str, Claim]:
    """Return the headline and what follows it: on what was asked, else on the cheapest."""
    said = found.terms.said
    if said.piece is not None and not found.terms.by_total:
        return per_piece(found, said.piece, turn)
    if said.asks_even and found.pair is not None:
        return of_break_even(found, found.pair, turn)
    headline, text = _on_cheapest(found, turn)
    return headline, Claim(text=text)


def _on_cheapest(found: Costed, turn: Turn) -> tuple[str, str]:
    """Return the headline and the sentence that follows it."""
    if found.asked is not None:
        return _on_asked(found, found.asked, turn)
    if refused := _refused(found, turn):
        return _of_refused(found, refused[0], turn)
    if len(found.routes) == 1:
        return _of_one(found, turn)
    if all(route.candidate.route == "api" for route in found.routes):
        return _of_hosted(found, turn)
    first, second = _set_against(found, turn)
    span = span_words(found.years)
    name = model_name(turn, first.candidate)
    best = "cheapest" if first is found.routes[0] and len(found.routes) > 2 else "cheaper"
    headline = f"{_who(found, first, turn)} is the {best} over {span}"
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
    if first is not found.routes[0]:
        least = found.routes[0]
        text += (
            f" {called(least, turn)} would cost less than either: {usd(least.usd_per_month)} a "
            f"month, {usd(least.usd_whole_life)} in all."
        )
    return headline, text


def _set_against(found: Costed, turn: Turn) -> tuple[Routed, Routed]:
    """Return the two sides that the question names, else the two cheapest."""
    first = found.routes[0]
    if found.pair is not None and first not in found.pair:
        return found.pair
    if len(turn.understanding.models) > 1:
        others = (r for r in found.routes[1:] if r.candidate.model != first.candidate.model)
        return first, next(others, found.routes[1])
    return first, found.routes[1]


def _on_asked(found: Costed, asked: Routed, turn: Turn) -> tuple[str, str]:
    """Answer for the route that the question is about: that sum first, then what is cheaper."""
    load = volume_words(found.job, found.terms, turn)
    if asked.candidate.hardware is None:
        headline = f"{usd(asked.usd_use)} a month for the tokens"
        text = (
            f"{asked.candidate.label}, at {load}. People add {usd(asked.usd_people)} a month; "
            f"{usd(asked.usd_whole_life)} in all over {span_words(found.years)}."
        )
    else:
        devices = turn.catalogue.get(asked.candidate.hardware)
        where = cards(asked.candidate.devices or 1, short(devices))
        yours = "your " if asked.candidate.label.endswith("your own") else ""
        headline = f"{usd(asked.usd_per_month)} a month on {yours}{where}, people included"
        text = (
            f"{asked.candidate.label}: {usd(asked.usd_use)} for the machines and power, "
            f"{usd(asked.usd_people)} for people; {usd(asked.usd_whole_life)} in all over "
            f"{span_words(found.years)}, at {load}."
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
        f"{usd(first.usd_people)} a month to each, so {usd(second.usd_use - first.usd_use)} a "
        "month is what lies between them."
    )
    turn.book.work(
        Calculation(
            id=SAVED,
            name="a month of tokens less",
            formula="the dearer - the cheaper",
            inputs=(
                Input(name=second.candidate.label, value=second.usd_use, unit="USD a month"),
                Input(name=first.candidate.label, value=first.usd_use, unit="USD a month"),
            ),
            value=second.usd_use - first.usd_use,
            unit="USD a month",
        )
    )
    return headline, text


def _who(found: Costed, first: Routed, turn: Turn) -> str:
    """Name a route: its model, and "by API" where a copy of one's own is costed too."""
    candidate = first.candidate
    both = candidate.route == "api" and any(
        r.candidate.model == candidate.model for r in found.routes if r is not first
    )
    return model_name(turn, candidate) + (" by API" if both else "")


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
