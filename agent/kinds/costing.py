"""An option's cost made citable: its sums line by line, the tokens and the devices behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.answer import Claim
from agent.calculation import Calculation, Input
from agent.candidates import load_of
from agent.core.api_prices import ApiPrice
from agent.core.defaults import Defaults
from agent.core.running import MONTH_DAYS, SECONDS_A_DAY, Load, Running
from agent.core.spend import Spend, api_workings
from agent.job import Job
from agent.kinds.cost_words import PLAIN_SAID, Said, read_thread
from agent.kinds.naming import short
from agent.policy import Candidate
from agent.turn import Turn
from agent.wording import number, plural, usd
from knowledge.schema import Model

WEEK = re.compile(r"\b(?:weeks?|weekly|wk|woche|semaine|semana)\b", re.IGNORECASE)
_CACHED = re.compile(r"\b(?:is|are|gets?|be) (?:mostly |largely )?cached\b", re.IGNORECASE)
RATE = re.compile(r"second|sekunde|segundo|秒|/ ?s\b|\b[rq]ps\b", re.IGNORECASE)
"""Words of a volume that is stated for each second."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How tokens are bought and machines run.

    `cached_tokens` of each prompt are read from a cache; `batch` says that answers may come hours
    later; `by_total` that the job states the tokens of a month and not those of a request; `said`
    is what else the message states.
    """

    cached_tokens: int = 0
    batch: bool = False
    by_total: bool = False
    said: Said = PLAIN_SAID

    @property
    def buys_plainly(self) -> bool:
        """Tell whether tokens are bought at the ordinary price of each request."""
        return not (self.cached_tokens or self.batch or self.by_total)

    @property
    def running(self) -> Running:
        """When devices are on."""
        return "in_batch" if self.batch else self.said.running or "always"

    def whole_life(self, spend: Spend, years: float) -> float:
        """Return the cost over `years`, in USD, with token prices that change as was said."""
        said = self.said
        if said.change is not None and not said.yearly:
            return spend.over_years(years) + spend.usd_tokens * 12 * years * said.change
        return spend.over_years(years, token_change=said.change or 0.0)

    def load(self, job: Job) -> Load:
        """Return the load of `job` with the part of its prompts that is cached."""
        plain = load_of(job)
        cached = min(self.cached_tokens, plain.input_tokens)
        return replace(plain, cached_tokens=cached)

    def price(self, listed: ApiPrice) -> ApiPrice:
        """Return `listed` on these terms; in batch only where that price is known."""
        price = (listed.in_batch() if self.batch else None) or listed
        return price.at_base_tier() if self.by_total else price


PLAIN = Terms()


def terms_of(turn: Turn) -> Terms:
    """Return the terms that the turn states. A total has the same words for volume and length."""
    asked, profile = turn.understanding, turn.profile
    of_volume = profile.words.get("requests_per_day")
    lengths = (profile.words.get("input_tokens"), profile.words.get("output_tokens"))
    by_total = profile.requests_per_day == 1 and bool(of_volume) and of_volume in lengths
    return Terms(
        asked.cached_tokens or 0,
        asked.batch,
        by_total,
        read_thread(turn.message, asked.goes_on_from),
    )


def volume_words(job: Job, terms: Terms, turn: Turn) -> str:
    """Return the load in the unit that it was stated in: "1,000,000 requests a month"."""
    month = job.requests_per_day * MONTH_DAYS
    if terms.by_total:
        return (
            f"{number(job.input_tokens * month, 4)} tokens in and "
            f"{number(job.output_tokens * month, 4)} out a month"
        )
    each = f"{job.input_tokens:,} tokens in and {job.output_tokens:,} out"
    return f"{requests_words(job, turn)} of {each}"


def requests_words(job: Job, turn: Turn) -> str:
    """Return the volume alone: "50 requests a second", "20,000 requests a day"."""
    day = job.requests_per_day
    month = day * MONTH_DAYS
    if stated_as_rate(turn):
        return f"{plural(day / SECONDS_A_DAY, 'request')} a second"
    if abs(month - round(month)) < 1e-3 < abs(day - round(day)):
        return f"{plural(month, 'request')} a month"
    if WEEK.search(turn.profile.words.get("requests_per_day", "")):
        return f"{plural(7 * day, 'request')} a week"
    return f"{plural(day, 'request')} a day"


def stated_as_rate(turn: Turn) -> bool:
    """Tell whether the volume is stated for each second: that is to be served, peaks and all."""
    return bool(RATE.search(turn.profile.words.get("requests_per_day", "")))


def span_words(years: float) -> str:
    """Return "3 years", "1 year" or, below one, "6 months"."""
    return plural(years, "year") if years >= 1 else plural(years * 12, "month")


def model_name(turn: Turn, candidate: Candidate) -> str:
    """Return the short name of the candidate's model."""
    if candidate.model is None:
        return candidate.label
    return short(turn.catalogue.get(candidate.model))


def cost_workings(
    turn: Turn, candidate: Candidate, job: Job, terms: Terms = PLAIN
) -> tuple[str, ...]:
    """Return the ids of the workings of the monthly and the one-time sum of `candidate`."""
    spend = candidate.spend(job)
    tokens = ""
    price = api_price(turn, candidate)
    if price is not None:
        tokens = turn.book.work(*api_workings(terms.price(price), terms.load(job)))[-1]
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


def thousand_working(turn: Turn, candidate: Candidate, job: Job) -> Calculation:
    """Work out what a thousand requests cost in tokens, machines and power, without people."""
    use = candidate.spend(job).usd_use
    work = Calculation(
        id=f"calc/cost/{candidate.key}/thousand",
        name=f"{candidate.label}: a thousand requests",
        formula="tokens, machines and power a month / requests a month x 1,000",
        inputs=(
            Input(name="tokens, machines and power", value=round(use, 6), unit="USD a month"),
            Input(name="requests a month", value=round(job.requests_per_day * MONTH_DAYS, 3)),
        ),
        value=use / (job.requests_per_day * MONTH_DAYS) * 1000,
        unit="USD a thousand requests",
        sources=(f"calc/cost/{candidate.key}/usd_per_month",),
    )
    turn.book.work(work)
    return work


def devices_working(
    turn: Turn, candidate: Candidate, job: Job, values: Defaults
) -> Calculation | None:
    """Work out how many devices or servers carry the load, or None for a route without any."""
    spend = candidate.spend(job)
    if not spend.devices or not spend.utilization:
        return None
    average = job.requests_per_day * job.output_tokens / SECONDS_A_DAY
    work = Calculation(
        id=f"calc/cost/{candidate.key}/devices",
        name=f"{candidate.label}: devices for the load",
        formula="whole replicas whose output carries the peak of the load",
        inputs=(
            Input(name="output on average", value=round(average, 3), unit="tok/s"),
            Input(name="output of all devices", value=average / spend.utilization, unit="tok/s"),
            values.input("peak_to_average"),
            Input(name="use on average", value=spend.utilization, unit="share"),
        ),
        value=spend.devices,
        unit="devices",
    )
    turn.book.work(work)
    return work


def api_price(turn: Turn, candidate: Candidate) -> ApiPrice | None:
    """Return the list price of a candidate that is a hosted model, else None."""
    if candidate.route != "api" or candidate.model is None:
        return None
    model = turn.catalogue.get(candidate.model)
    if not isinstance(model, Model):
        return None
    offer = turn.market.offer(model)
    return offer.price if offer else None


def terms_notes(turn: Turn, terms: Terms, job: Job, prices: Sequence[ApiPrice]) -> list[Claim]:
    """Say what the cached part costs, and whose price in batch or from a cache is not known."""
    claims = []
    load = terms.load(job)
    if prices and not load.cached_tokens and _CACHED.search(turn.message):
        text = "How much of a prompt is cached is not said in numbers, so none of it is counted."
        claims.append(Claim(text=text))
    for listed in prices:
        name, price = short(turn.catalogue.get(listed.doc_id)), terms.price(listed)
        if terms.batch and not price.batch:
            text = f"The batch price of {name} is not known here: the ordinary price is used."
            claims.append(Claim(text=text))
        if load.cached_tokens and price.cached_usd_per_mtok is None:
            text = f"No price of {name} for cached tokens is known: they cost as much as others."
            claims.append(Claim(text=text))
        elif load.cached_tokens:
            work = price.request_cost(load.input_tokens, load.output_tokens, load.cached_tokens)
            text = (
                f"{load.cached_tokens:,} of the tokens in are read from the cache of {name} at "
                f"{usd(price.cached_usd_per_mtok or 0.0)} a million; writing them to it is left "
                "out."
            )
            claims.append(Claim(text=text, evidence_ids=turn.book.work(work)))
    return claims
