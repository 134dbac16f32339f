"""The volume at which two routes change places, and what they cost if token prices change."""

from __future__ import annotations

from agent.answer import Claim, Section
from agent.calculation import Calculation, Input
from agent.core.crossing import BreakEven
from agent.kinds.cost import Costed, Routed
from agent.kinds.cost_parts import all_hosted, route_words, short_label
from agent.kinds.costing import model_name, span_words
from agent.kinds.naming import short
from agent.turn import Turn
from agent.wording import number, percent, usd

BREAK_EVEN = "calc/break-even"


def even(found: Costed, turn: Turn) -> Section | None:
    """Say at which volume the cheaper one changes; nothing where all are hosted models."""
    if found.pair is None or all_hosted(found):
        return None
    if found.break_even is None:
        claim = Claim(text="There is none: the cheaper of the two stays the cheaper at any volume.")
        return Section(title="Break-even", style="sentences", claims=(claim,))
    work = _even_working(found, found.pair, found.break_even)
    turn.book.work(work)
    text = even_words(found, found.pair, found.break_even, turn)
    claim = Claim(text=text, evidence_ids=(work.id,))
    return Section(title="Break-even", style="sentences", claims=(claim,))


def even_words(found: Costed, pair: tuple[Routed, Routed], at: BreakEven, turn: Turn) -> str:
    """Say which of two routes is the cheaper on each side of where they change places."""
    low, high = sides(found, pair, at)
    if at.second is None:
        return (
            f"At {volume_at(found, at.first)} both cost the same{_devices_at(found, at.first)}: "
            f"below that {called(low, turn)} is the cheaper, above it {called(high, turn)}."
        )
    last = _cheaper_at(found, pair, 1.001 * at.last)
    return (
        f"Below {volume_at(found, at.first)} {called(low, turn)} is the cheaper, and above "
        f"{volume_at(found, at.last)} {called(last, turn)}. Between the two they change places "
        "with further devices, as only whole ones can be had."
    )


def _even_working(found: Costed, pair: tuple[Routed, Routed], at: BreakEven) -> Calculation:
    low, high = sides(found, pair, at)
    later = (
        Input(name=name, value=volume, unit="requests a day")
        for name, volume in (("second", at.second), ("last", at.last))
        if volume is not None
    )
    times = (
        Input(name=f"{name}, times your volume", value=volume / found.job.requests_per_day)
        for name, volume in (("first", at.first), ("second", at.second), ("last", at.last))
        if volume is not None
    )
    return Calculation(
        id=BREAK_EVEN,
        name="break-even volume",
        formula="requests a day at which both cost the same over the horizon, by bisection",
        inputs=(
            Input(name="cheaper below", value=low.candidate.label),
            Input(name="cheaper above", value=high.candidate.label),
            Input(name="years", value=found.years),
            Input(name="devices by then", value=_devices_at(found, at.first) or "one"),
            *later,
            *times,
        ),
        value=at.first,
        unit="requests a day",
    )


def sides(found: Costed, pair: tuple[Routed, Routed], at: BreakEven) -> tuple[Routed, Routed]:
    """Return the route that is cheaper just below the first break-even and the one above it."""
    below, above = (_cheaper_at(found, pair, part * at.first) for part in (0.999, 1.001))
    return below, above


def _cheaper_at(found: Costed, pair: tuple[Routed, Routed], volume: float) -> Routed:
    """Cost both again at `volume`, and return the cheaper."""
    return min(pair, key=lambda route: _life_at(found, route, volume))


def _life_at(found: Costed, route: Routed, volume: float) -> float:
    spend = route.candidate.spend(found.job.with_value("requests_per_day", volume))
    return found.terms.whole_life(spend, found.years)


def volume_at(found: Costed, volume: float) -> str:
    """Return a volume in words: "about 19,100 requests a day"."""
    if found.terms.by_total:
        return f"about {number(volume / found.job.requests_per_day, 2)} times your tokens"
    return f"about {number(volume, 3)} requests a day"


def called(route: Routed, turn: Turn) -> str:
    """Name a route by its model and by how that is had: "Llama 3.1 8B on a rented L4"."""
    candidate, name = route.candidate, model_name(turn, route.candidate)
    if candidate.hardware is None:
        return f"{name} on {route_words(candidate)}".replace("on the API", "by API")
    device = short(turn.catalogue.get(candidate.hardware))
    how = "a rented" if candidate.route == "rented_gpu" else "your own"
    return f"{name} on {how} {device}"


def _devices_at(found: Costed, volume: float) -> str:
    """Say how many devices the self-hosted side takes by then, where it is more than one."""
    job = found.job.with_value("requests_per_day", volume)
    for route in found.pair or ():
        count = route.candidate.spend(job).devices
        if route.candidate.hardware is not None and count and count > 1:
            return f" (by then {count} devices)"
    return ""


def scenario(found: Costed, turn: Turn) -> Section | None:
    """Say what the whole life would cost if token prices fell, and whether the order would turn.

    Where the question states a change it is counted already, and only said to be.
    """
    said = found.terms.said
    hosted = [route for route in found.routes if route.candidate.route == "api"]
    if not hosted:
        return None
    if said.change is not None:
        claims = (_stated_change(found, hosted[0], turn),)
        return Section(title="If prices change", style="sentences", claims=claims)
    if found.years <= 1 or found.pair is None:
        return None
    if sum(route.candidate.route == "api" for route in found.pair) != 1:
        return None
    return Section(
        title="If prices change", style="sentences", claims=(_fall(found, found.pair, turn),)
    )


def _stated_change(found: Costed, hosted: Routed, turn: Turn) -> Claim:
    said, name = found.terms.said, short_label(hosted)
    change = said.change or 0.0
    today = Calculation(
        id=f"calc/scenario/{hosted.candidate.key}",
        name=f"{hosted.candidate.label}: whole life at today's prices",
        formula="one-time + monthly x 12 x years",
        inputs=(Input(name="change", value=abs(change), unit="share"),),
        value=hosted.candidate.spend(found.job).over_years(found.years),
        unit="USD",
    )
    turn.book.work(today)
    text = (
        f"Token prices are taken to {'fall' if change < 0 else 'rise'} by {percent(abs(change))} "
        f"{'a year' if said.yearly else 'at once'}; rents, power and people stay as they are. At "
        f"today's prices {name} would come to {usd(today.value)} in all."
    )
    return Claim(text=text, evidence_ids=(today.id,))


def _fall(found: Costed, pair: tuple[Routed, Routed], turn: Turn) -> Claim:
    """Recost the pair with token prices that fall by the usual scenario."""
    fall = found.values["api_price_fall"]
    lives = [
        route.candidate.spend(found.job).over_years(found.years, token_change=-fall)
        for route in pair
    ]
    works = [
        Calculation(
            id=f"calc/scenario/{route.candidate.key}",
            name=f"{route.candidate.label}: whole life if token prices fall",
            formula="one-time + each year's months, tokens cheaper by the fall every year",
            inputs=(
                Input(name="fall a year", value=fall, unit="share"),
                Input(name="years", value=found.years),
            ),
            value=life,
            unit="USD",
        )
        for route, life in zip(pair, lives, strict=True)
    ]
    turn.book.work(*works)
    stays = lives[0] <= lives[1]
    hosted = 0 if pair[0].candidate.route == "api" else 1
    text = (
        f"If token prices fell {percent(fall)} a year (a scenario, not a forecast), "
        f"{model_name(turn, pair[hosted].candidate)} would come to {usd(lives[hosted])} over "
        f"{span_words(found.years)}; {called(pair[0 if stays else 1], turn)} would "
        f"{'stay' if stays else 'become'} the cheaper of the two."
    )
    return Claim(text=text, evidence_ids=tuple(work.id for work in works))
