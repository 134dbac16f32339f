"""An option's cost made citable: its sums line by line, and the tokens behind them."""

from __future__ import annotations

from agent.calculation import Calculation, Input
from agent.candidates import load_of
from agent.core.api_prices import ApiPrice
from agent.core.spend import api_workings
from agent.job import Job
from agent.kinds.naming import short
from agent.policy import Candidate
from agent.turn import Turn
from knowledge.schema import Model


def model_name(turn: Turn, candidate: Candidate) -> str:
    """Return the short name of the candidate's model."""
    if candidate.model is None:
        return candidate.label
    return short(turn.catalogue.get(candidate.model))


def cost_workings(turn: Turn, candidate: Candidate, job: Job) -> tuple[str, ...]:
    """Return the ids of the workings of the monthly and the one-time sum of `candidate`."""
    spend = candidate.spend(job)
    tokens = ""
    price = api_price(turn, candidate)
    if price is not None:
        tokens = turn.book.work(*api_workings(price, load_of(job)))[-1]
    ids: list[str] = []
    for part, unit, total in (
        ("usd_per_month", "USD a month", spend.usd_per_month),
        ("usd_one_time", "USD once", spend.usd_one_time),
    ):
        lines = [line for line in spend.lines if getattr(line, part)]
        inputs = tuple(
            Input(
                name=line.item,
                value=round(getattr(line, part), 4),
                unit=unit,
                source=tokens
                if tokens and line.item.startswith("tokens at")
                else (line.source if "#" in line.source else "assumed"),
            )
            for line in lines
        )
        ids += turn.book.work(
            Calculation(
                id=f"calc/cost/{candidate.key}/{part}",
                name=f"{candidate.label}: {unit}",
                formula="sum of the lines",
                inputs=inputs,
                value=total,
                unit=unit,
                sources=tuple(i.source for i in inputs if i.source != "assumed"),
            )
        )
    return tuple(ids)


def api_price(turn: Turn, candidate: Candidate) -> ApiPrice | None:
    """Return the price of a candidate that is a hosted model, else None."""
    if candidate.route != "api" or candidate.model is None:
        return None
    model = turn.catalogue.get(candidate.model)
    if not isinstance(model, Model):
        return None
    offer = turn.market.offer(model)
    return offer.price if offer else None
