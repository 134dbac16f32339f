"""What a cost answer leads with where a piece, a break-even or another currency is asked for."""

from __future__ import annotations

from agent.answer import Claim
from agent.calculation import Calculation, Input
from agent.core.running import MONTH_DAYS
from agent.kinds.cost import Costed, Routed
from agent.kinds.cost_even import BREAK_EVEN, called, even_words, volume_at
from agent.kinds.cost_parts import leading
from agent.kinds.cost_words import THOUSAND
from agent.kinds.costing import volume_words
from agent.turn import Turn
from agent.wording import number, percent, usd

RIGHT = ("accepted", "correct", "resolved", "solved", "answered", "handled", "closed")
"""What a piece is called that counts only where it is right."""


def per_piece(found: Costed, piece: str, turn: Turn) -> tuple[str, Claim]:
    """Return headline and sentence on what one piece costs by the route that was picked."""
    route = leading(found)
    requests = found.job.requests_per_day * MONTH_DAYS
    each, whole = route.usd_use / requests, route.usd_whole_life / requests / 12 / found.years
    work = Calculation(
        id=f"calc/piece/{route.candidate.key}",
        name=f"{route.candidate.label}: one {piece}",
        formula="tokens, machines and power a month / requests a month",
        inputs=(
            Input(name="a month", value=route.usd_use, unit="USD"),
            Input(name="requests a month", value=round(requests, 3)),
            Input(name="people and building it counted", value=whole, unit="USD"),
            Input(name="a thousand", value=1000 * each, unit="USD"),
            Input(name="thousand", value=1000),
        ),
        value=each,
        unit="USD",
        sources=(f"calc/life/{route.candidate.key}",),
    )
    turn.book.work(work)
    article = "an" if piece[0] in "aeiou" else "a"
    text = (
        f"{route.candidate.label}, at {volume_words(found.job, found.terms, turn)}: "
        f"{usd(1000 * each)} a thousand. With people and the building of it, spread over the "
        f"horizon, {usd(whole)} {article} {piece}."
    )
    ids = (work.id, f"calc/life/{route.candidate.key}")
    if piece == THOUSAND:
        text = text.replace(f": {usd(1000 * each)} a thousand.", f": {usd(each)} each.", 1)
        text = text.replace(f"{article} {piece}.", "each.", 1)
        return f"{usd(1000 * each)} a thousand requests", Claim(text=text, evidence_ids=ids)
    return f"{usd(each)} {article} {piece}", Claim(text=text, evidence_ids=ids)


def accepted(found: Costed, turn: Turn) -> Claim | None:
    """Return what an accepted answer costs: a wrong one is noticed and redone by a person.

    None unless it is asked for or the share of right answers is stated.
    """
    said, route, wrong = found.terms.said, leading(found), found.job.wrong_answer_usd
    if said.accepted is None and not (said.piece or "").startswith(RIGHT):
        return None
    requests = found.job.requests_per_day * MONTH_DAYS * 12 * found.years
    each = route.usd_whole_life / requests
    share = 0.99 if said.accepted is None else said.accepted
    work = Calculation(
        id=f"calc/accepted/{route.candidate.key}",
        name=f"{route.candidate.label}: one accepted answer",
        formula="whole life / requests + share of wrong answers x cost to notice and redo one",
        inputs=(
            Input(name="whole life", value=route.usd_whole_life, unit="USD"),
            Input(name="requests", value=round(requests)),
            Input(name="each, all in", value=each, unit="USD"),
            Input(name="right as they come", value=share, unit="share"),
            Input(name="wrong", value=1 - share, unit="share"),
            Input(name="a wrong one", value=wrong, unit="USD"),
            Input(name="added by each percent that is wrong", value=wrong / 100, unit="USD"),
            Input(name="percent", value=0.01, unit="share"),
        ),
        value=each + (1 - share) * wrong,
        unit="USD",
        sources=(f"calc/life/{route.candidate.key}",),
    )
    turn.book.work(work)
    if said.accepted is None:
        text = (
            f"Each 1% of answers that is wrong adds {usd(wrong / 100)} to an accepted one, at "
            f"{usd(wrong)} to notice and redo it. Say how many are right and what a wrong one "
            "costs."
        )
    else:
        text = (
            f"An accepted answer comes to {usd(work.value)}: {usd(each)} all in, and "
            f"{percent(1 - share)} of them redone at {usd(wrong)} each."
        )
    return Claim(text=text, evidence_ids=(work.id,))


def of_break_even(found: Costed, pair: tuple[Routed, Routed], turn: Turn) -> tuple[str, Claim]:
    """Return headline and sentence on the volume at which two routes change places."""
    first, other = pair
    load = f"{found.job.input_tokens:,} tokens in and {found.job.output_tokens:,} out"
    if found.break_even is None:
        text = (
            f"{called(first, turn)[:1].upper()}{called(first, turn)[1:]} stays the cheaper of the "
            f"two, from one request a day to a hundred million, at {load} each."
        )
        return f"No break-even: {called(other, turn)} is never the cheaper", Claim(text=text)
    at = found.break_even
    text = (
        f"{even_words(found, pair, at, turn)} People and the building of it are counted, at {load} "
        "each."
    )
    headline = f"Break-even at {volume_at(found, at.first)}"
    if at.second is not None:
        headline = (
            f"Break-even between {volume_at(found, at.first)} and {volume_at(found, at.last)}"
        )
    return headline, Claim(text=text, evidence_ids=(BREAK_EVEN,))


def a_year(found: Costed, turn: Turn) -> Claim | None:
    """Return the sum of one year where that of one route is asked for, else None."""
    compared = found.asked is None and len(found.routes) > 1
    if compared or not found.terms.said.yearly_sum or found.terms.said.change is not None:
        return None
    route = leading(found)
    work = Calculation(
        id=f"calc/year/{route.candidate.key}",
        name=f"{route.candidate.label}: a year",
        formula="monthly x 12, without what is paid once",
        inputs=(
            Input(name="without people", value=12 * route.usd_use, unit="USD"),
            Input(name="with people", value=12 * route.usd_per_month, unit="USD"),
        ),
        value=12 * route.usd_per_month,
        unit="USD",
        sources=(f"calc/life/{route.candidate.key}",),
    )
    turn.book.work(work)
    text = (
        f"A year of it is {usd(12 * route.usd_use)} without people and {usd(work.value)} with them."
    )
    return Claim(text=text, evidence_ids=(work.id,))


def in_currency(found: Costed, turn: Turn) -> Claim | None:
    """Return the sums of the leading route in the currency asked for, or None."""
    if found.terms.said.currency is None:
        return None
    code, rate = found.terms.said.currency
    route = leading(found)
    sums = (route.usd_use / rate, route.usd_whole_life / rate)
    work = Calculation(
        id=f"calc/currency/{code}",
        name=f"the same in {code}",
        formula=f"USD / USD of one {code}, a rounded rate",
        inputs=(
            Input(name=f"one {code}", value=rate, unit="USD"),
            Input(name="a month", value=sums[0]),
            Input(name="in all", value=sums[1]),
        ),
        value=sums[1],
        unit=code,
        sources=(f"calc/life/{route.candidate.key}",),
    )
    turn.book.work(work)
    text = (
        f"In {code}, at {rate:g} USD for one: {number(sums[0])} a month without people, "
        f"{number(sums[1])} in all. Prices are set in USD."
    )
    return Claim(text=text, evidence_ids=(work.id,))
