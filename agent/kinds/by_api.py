"""A client for a model behind its maker's API: counts what it spends, and stops at a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from agent.answer import Claim, Section
from agent.core.api_client import ENDPOINTS, api_client_file
from agent.core.api_prices import ApiPrice
from agent.core.recipes import RecipeFile
from agent.errors import InputError
from agent.kinds.naming import short
from agent.kinds.serve_code import code_claim
from agent.kinds.serve_text import attachments
from agent.turn import Draft, Turn
from agent.wording import day, usd
from knowledge.schema import Model

BUDGET_USD = 10.0
"""Assumed where no budget is stated: enough to try, too little to hurt."""
ANSWER_TOKENS = 1024
_API = re.compile(r"\bapis?\b", re.IGNORECASE)
_LOCAL = re.compile(r"compatib|kompatib|own (?:server|hardware)|self.?host", re.IGNORECASE)
_CAP = re.compile(
    r"\$\s?(\d+(?:\.\d{1,2})?)(?!\d)|(?<![\d.,])(\d+(?:\.\d{1,2})?)\s?(?:\$|usd\b|dollars?\b)",
    re.IGNORECASE,
)
"""An amount in dollars; other currencies are converted where the message is read."""

_EACH = r"\W{0,3}(?:a|per|each|every|pro|par|al|por|/)?\W{0,2}(?:%s)\b"
_A_DAY = re.compile(_EACH % "day|daily|tag|täglich|jour|día|dia", re.IGNORECASE)
_A_MONTH = re.compile(_EACH % "month|monthly|monat|monatlich|mois|mes", re.IGNORECASE)
_LIMIT = r"(?:%s)\s+(?:spending\s+)?(?:limit|cap|budget|obergrenze|grenze|plafond|tope)"
_DAILY = re.compile(_LIMIT % r"daily|täglich\w*", re.IGNORECASE)
_MONTHLY = re.compile(_LIMIT % r"monthly|monatlich\w*", re.IGNORECASE)
Period = Literal["day", "month"]


@dataclass(frozen=True, slots=True)
class ByApi:
    """A model at its maker, its price, the client, and what was assumed for it."""

    model: Model
    price: ApiPrice
    file: RecipeFile
    budget_usd: float
    period: Period | None
    assumed: dict[str, str]


def work_out(turn: Turn, model: Model) -> ByApi | None:
    """Return the client of `model`, or None where its maker sells no chat API known here."""
    offer = turn.market.offer(model)
    if offer is None or offer.price.provider not in ENDPOINTS:
        return None
    assumed: dict[str, str] = {}
    stated, period = _stated_cap(turn.message)
    if stated is None and turn.profile.budget_usd_per_month:
        stated, period = turn.profile.budget_usd_per_month, "month"
    if stated is None:
        assumed["budget"] = f"a budget of {usd(BUDGET_USD)}"
    most = 2 * turn.profile.output_tokens if turn.profile.output_tokens else ANSWER_TOKENS
    try:
        file = api_client_file(
            model,
            offer.price,
            budget_usd=stated or BUDGET_USD,
            most_output_tokens=most,
            period=period,
        )
    except InputError:
        return None
    return ByApi(model, offer.price, file, stated or BUDGET_USD, period, assumed)


def asks_for_api(message: str) -> bool:
    """Return whether a maker's API is meant, and not a server of one's own that speaks like it."""
    return bool(_API.search(message)) and not _LOCAL.search(message)


def _stated_cap(message: str) -> tuple[float | None, Period | None]:
    """Return the budget that the message states, and whether it is for a day or a month."""
    match = _CAP.search(message)
    if match is None:
        return None, None
    after = message[match.end() :]
    period: Period | None = "day" if _A_DAY.match(after) else None
    if _A_MONTH.match(after):
        period = "month"
    if _MONTHLY.search(message):
        period = "month"
    elif _DAILY.search(message):
        period = "day"
    return float(match[1] or match[2]), period


def write(found: ByApi, turn: Turn) -> Draft:
    """Draft the client with its price guard."""
    name, price, book = short(found.model), found.price, turn.book
    book.name(name, found.model.title, found.file.name, "spent.json")
    work = price.request_cost(1000, 1000)
    ids = (*book.state(turn.fact(price.statement_id)), *book.work(work))
    budget = usd(found.budget_usd) + (f" a {found.period}" if found.period else "")
    book.slots["profile/budget"] = budget
    out = usd(price.output_usd_per_mtok or 0.0)
    sections = [
        Section(
            title="What the guard does",
            claims=(
                Claim(
                    text="Before each request it sets aside the most that it can cost, and sends "
                    "nothing that the budget might not cover."
                ),
                Claim(
                    text="Afterwards it books the tokens that the maker reports; the sum is kept "
                    "in spent.json over restarts."
                ),
                Claim(
                    text="It waits as long as a refused request is told to; a request that fails "
                    "otherwise counts at its most, as it may be billed."
                ),
            ),
        ),
        Section(
            title=found.file.name,
            claims=(code_claim(turn, "client", found.file.content, "python"),),
            style="sentences",
        ),
    ]
    leaving = turn.fact(f"{found.model.id}#retires")
    if leaving is not None and found.model.retires:
        instead = (
            f"; the maker names {found.model.replacement} instead"
            if found.model.replacement
            else ""
        )
        text = f"Mind the date: its API ends on {day(found.model.retires)}{instead}."
        about = Claim(text=text, evidence_ids=book.state(leaving))
        sections.insert(0, Section(title="", claims=(about,)))
    if found.assumed:
        text = f"Assumed, as the question does not say: {', '.join(found.assumed.values())}."
        book.slots["profile/assumed"] = text
        claim = Claim(text=text, evidence_ids=("profile/assumed",))
        sections.append(Section(title="", claims=(claim,), style="sentences"))
    return Draft(
        kind="deploy",
        outcome="yes",
        headline=f"{name} by API: the client below stops at {budget}",
        summary=Claim(
            text=f"It counts {usd(price.input_usd_per_mtok)} a million tokens in and {out} out, "
            "and stops before the budget is overrun.",
            evidence_ids=(*ids, "profile/budget"),
        ),
        sections=tuple(sections),
        assumed=found.assumed,
        attachments=attachments(found.file),
        suggestions=("What does it cost a month?", "Which open model comes closest?"),
    )
