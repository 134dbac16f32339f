"""The words of a cost answer: totals, lines, break-even, what leaves, the chart."""

from __future__ import annotations

from agent.answer import Claim, Option, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.job import Job
from agent.kinds.cost import Costed, Routed, rival
from agent.kinds.cost_chart import cost_chart
from agent.kinds.costing import api_price, cost_workings, model_name
from agent.kinds.naming import short
from agent.policy import Candidate
from agent.turn import Draft, Turn
from agent.wording import number, usd


def write(found: Costed, turn: Turn) -> Draft:
    """Draft the totals, the table, the largest lines and the break-even."""
    book, job, years = turn.book, found.job, found.years
    works = {r.candidate.key: cost_workings(turn, r.candidate, job) for r in found.routes}
    totals = {r.candidate.key: _life_working(r, found, works, turn) for r in found.routes}
    first = found.routes[0]
    names = [model_name(turn, r.candidate) for r in found.routes]
    book.name(*names)
    if len(found.routes) == 1:
        what = "tokens" if first.candidate.route == "api" else "machines"
        headline = f"{usd(first.usd_use)} a month for the {what}"
        text = (
            f"{first.candidate.label}, at {number(job.requests_per_day)} requests a day of "
            f"{job.input_tokens:,} tokens in and {job.output_tokens:,} out. People add "
            f"{usd(first.usd_people)} a month; {usd(first.usd_whole_life)} in all over "
            f"{number(years)} years."
        )
        ids: tuple[str, ...] = (
            totals[first.candidate.key],
            *works[first.candidate.key],
            _load_working(turn, job),
        )
    else:
        second = found.routes[1]
        headline = f"{_who(found, turn)} is the cheaper over {number(years)} years"
        if model_name(turn, second.candidate) == model_name(turn, first.candidate):
            headline = f"Cheapest over {number(years)} years: {_route_words(first.candidate)}"
            if first.candidate.route == second.candidate.route:
                headline = f"Cheapest over {number(years)} years: {_where(first.candidate)}"
        text = (
            f"{usd(first.usd_whole_life)} against {usd(second.usd_whole_life)} of the next, at "
            f"{number(job.requests_per_day)} requests a day, people included."
        )
        ids = (
            totals[first.candidate.key],
            totals[second.candidate.key],
            "profile/requests_per_day",
            "profile/assumed",
        )
    book.slots["profile/years"] = f"{number(years)} years"
    book.slots.setdefault("profile/requests_per_day", f"{job.requests_per_day:g} assumed")
    book.slots["profile/assumed"] = "; ".join(job.assumed.values())
    sections = [
        Section(title="", table=_table(found, works, totals)),
        Section(title="What makes up the first", claims=_lines(found, works)),
        _even_section(found, turn),
        _sources_section(found, turn, works),
        _leaving_section(found, turn),
        _quality_section(found),
    ]
    if job.assumed:
        listed = "; ".join(
            v
            for k, v in job.assumed.items()
            if k not in ("wrong_answer_usd", "labeled_examples", "task_type")
        )
        if listed:
            sections.append(
                Section(
                    title="",
                    style="sentences",
                    claims=(Claim(text=f"Assumed: {listed}.", evidence_ids=("profile/assumed",)),),
                )
            )
    return Draft(
        kind="cost",
        headline=headline,
        summary=Claim(text=text, evidence_ids=(*ids, "profile/years")),
        sections=tuple(s for s in sections if s is not None),
        assumed=dict(job.assumed),
        options=tuple(
            Option(
                label=r.candidate.label,
                route=r.candidate.route,
                verdict=r.candidate.verdict,
                model=r.candidate.model,
                hardware=r.candidate.hardware,
                devices=r.candidate.devices,
                usd_per_month=round(r.usd_per_month, 2),
                usd_one_time=round(r.usd_one_time, 2),
                latency_ms=r.candidate.latency_ms,
                lines=r.candidate.spend(job).lines,
                evidence_ids=works[r.candidate.key],
            )
            for r in found.routes
        ),
        chart=cost_chart([r.candidate for r in found.routes], job, found.break_even),
        suggestions=(
            "And at ten times the volume?",
            "Which of them is good enough?",
            "Show the sources",
        ),
    )


def _route_words(candidate: Candidate) -> str:
    return {
        "api": "the API",
        "rented_gpu": "rented GPUs",
        "owned_hardware": "your own hardware",
        "cpu": "a CPU server",
        "cascade": "a cascade",
    }[candidate.route]


def _who(found: Costed, turn: Turn) -> str:
    """Name the cheapest route: its model, and "by API" where a copy of one's own is costed too."""
    first, *others = (route.candidate for route in found.routes)
    both = first.route == "api" and any(other.model == first.model for other in others)
    return model_name(turn, first) + (" by API" if both else "")


def _where(candidate: Candidate) -> str:
    """Return the tail of the label that names the devices: "on two L4s, rented"."""
    return candidate.label.rpartition(" on ")[2]


def _life_working(
    route: Routed, found: Costed, works: dict[str, tuple[str, ...]], turn: Turn
) -> str:
    return turn.book.work(
        Calculation(
            id=f"calc/life/{route.candidate.key}",
            name=f"{route.candidate.label}: whole-life cost",
            formula="one-time + monthly x 12 x years",
            inputs=(
                Input(name="one-time", value=round(route.usd_one_time, 2), unit="USD"),
                Input(name="monthly", value=round(route.usd_per_month, 2), unit="USD"),
                Input(name="years", value=found.years),
            ),
            value=route.usd_whole_life,
            unit="USD",
            sources=works[route.candidate.key],
        )
    )[0]


def _table(found: Costed, works: dict[str, tuple[str, ...]], totals: dict[str, str]) -> Table:
    rows = tuple(
        Row(
            cells=(
                Claim(text=r.candidate.label, evidence_ids=r.candidate.evidence_ids),
                Claim(text=usd(r.usd_use), evidence_ids=works[r.candidate.key]),
                Claim(text=usd(r.usd_people), evidence_ids=works[r.candidate.key]),
                Claim(text=usd(r.usd_one_time), evidence_ids=works[r.candidate.key]),
                Claim(text=usd(r.usd_whole_life), evidence_ids=(totals[r.candidate.key],)),
            ),
            picked=r is found.routes[0],
        )
        for r in found.routes
    )
    return Table(
        columns=(
            "route",
            "tokens or machines, a month",
            "people, a month",
            "one-time",
            "whole life",
        ),
        rows=rows,
    )


def _lines(found: Costed, works: dict[str, tuple[str, ...]]) -> tuple[Claim, ...]:
    """Return the lines of the cheapest route, the largest first."""
    first = found.routes[0].candidate
    lines = first.spend(found.job).lines
    ranked = sorted(
        (line for line in lines if line.usd_per_month or line.usd_one_time),
        key=lambda line: -(line.usd_per_month * 12 * found.years + line.usd_one_time),
    )
    return tuple(
        Claim(
            text=f"{line.item}: {usd(line.usd_per_month)} a month."
            if line.usd_per_month
            else f"{line.item}: {usd(line.usd_one_time)} once.",
            evidence_ids=works[first.key],
        )
        for line in ranked
    )


def _load_working(turn: Turn, job: Job) -> str:
    """Make the load citable, assumed parts included."""
    return turn.book.work(
        Calculation(
            id="calc/load",
            name="requests a month",
            formula="requests a day x 30.4375",
            inputs=(
                Input(name="requests a day", value=job.requests_per_day),
                Input(name="tokens in", value=job.input_tokens),
                Input(name="tokens out", value=job.output_tokens),
            ),
            value=job.requests_per_day * 30.4375,
            unit="requests a month",
        )
    )[0]


def _even_section(found: Costed, turn: Turn) -> Section | None:
    if len(found.routes) < 2:
        return None
    if found.break_even is None:
        return Section(
            title="Break-even",
            style="sentences",
            claims=(Claim(text="The cheaper stays the cheaper at any volume."),),
        )
    other = rival(list(found.routes))
    work = Calculation(
        id="calc/break-even",
        name="break-even volume",
        formula="requests a day at which both cost the same over the horizon, solved",
        inputs=(
            Input(name="first", value=found.routes[0].candidate.label),
            Input(name="second", value=other.candidate.label),
            Input(name="years", value=found.years),
            Input(name="devices by then", value=_devices_at(found, found.break_even) or "one"),
        ),
        value=found.break_even,
        unit="requests a day",
    )
    turn.book.work(work)
    you = found.job.requests_per_day
    side = "above" if found.break_even > you else "below"
    devices = _devices_at(found, found.break_even)
    text = (
        f"At about {number(found.break_even, 2)} requests a day both cost the same{devices}; "
        f"{side} that {_route_words(other.candidate)} "
        f"({model_name(turn, other.candidate)}) is the cheaper."
    )
    return Section(
        title="Break-even", style="sentences", claims=(Claim(text=text, evidence_ids=(work.id,)),)
    )


def _devices_at(found: Costed, volume: float) -> str:
    """Say how many devices the self-hosted side takes at `volume`, where it is more than one."""
    job = found.job.with_value("requests_per_day", volume)
    for route in (found.routes[0], rival(list(found.routes))):
        count = route.candidate.spend(job).devices
        if route.candidate.hardware is not None and count and count > 1:
            return f" (by then {count} devices)"
    return ""


def _sources_section(
    found: Costed, turn: Turn, works: dict[str, tuple[str, ...]]
) -> Section | None:
    """Say where the sources differ on a price, and which named device could not be costed."""
    claims = []
    for route in found.routes:
        price = api_price(turn, route.candidate)
        if price is not None and price.conflict:
            name = model_name(turn, route.candidate)
            turn.book.state(turn.fact(price.statement_id))
            claims.append(
                Claim(
                    text=f"Sources differ on the price of {name} in USD a million tokens: "
                    f"{price.conflict}; the dearer hour of the map is used.",
                    evidence_ids=(price.statement_id, *works[route.candidate.key]),
                )
            )
    for device, why in found.left_out:
        turn.book.name(short(device), device.title)
        claims.append(Claim(text=f"{short(device)} is not costed: {why}."))
    return Section(title="", style="sentences", claims=tuple(claims)) if claims else None


def _leaving_section(found: Costed, turn: Turn) -> Section | None:
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


def _quality_section(found: Costed) -> Section:
    return Section(
        title="",
        style="sentences",
        claims=(
            Claim(
                text="Cost is half of it: whether the cheaper one is good enough shows only on "
                "your own examples. Describe the job for the odds."
            ),
        ),
    )
