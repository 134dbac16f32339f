"""A client for a model behind its maker's API: counts what it spends, and stops at a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Section
from agent.core.api_client import ENDPOINTS, api_client_file
from agent.core.api_prices import ApiPrice
from agent.core.recipes import RecipeFile
from agent.errors import InputError
from agent.kinds.naming import short
from agent.kinds.serve_text import attachments, code_claim
from agent.turn import Draft, Turn
from agent.wording import day, usd
from knowledge.schema import Model

BUDGET_USD = 10.0
"""Assumed where no budget is stated: enough to try, too little to hurt."""
ANSWER_TOKENS = 1024
_API = re.compile(r"\bapis?\b", re.IGNORECASE)
_LOCAL = re.compile(r"compatib|kompatib|own (?:server|hardware)|self.?host", re.IGNORECASE)
_CAP = re.compile(
    r"[$€]\s?(\d+(?:[.,]\d{1,2})?)(?!\d)|(?<![\d.,])(\d+(?:[.,]\d{1,2})?)\s?(?:\$|usd|dollars?|€|eur\w*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ByApi:
    """A model at its maker, its price, the client, and what was assumed for it."""

    model: Model
    price: ApiPrice
    file: RecipeFile
    budget_usd: float
    assumed: dict[str, str]


def work_out(turn: Turn, model: Model, assumed: dict[str, str]) -> ByApi | None:
    """Return the client of `model`, or None where its maker sells no chat API known here."""
    offer = turn.market.offer(model)
    if offer is None or offer.price.provider not in ENDPOINTS:
        return None
    assumed = dict(assumed)
    stated = turn.profile.budget_usd_per_month or _stated_cap(turn.message)
    if not stated:
        assumed["budget"] = f"a budget of {usd(BUDGET_USD)}"
    most = 2 * turn.profile.output_tokens if turn.profile.output_tokens else ANSWER_TOKENS
    try:
        file = api_client_file(
            model, offer.price, budget_usd=stated or BUDGET_USD, most_output_tokens=most
        )
    except InputError:
        return None
    return ByApi(model, offer.price, file, stated or BUDGET_USD, assumed)


def asks_for_api(message: str) -> bool:
    """Return whether a maker's API is meant, and not a server of one's own that speaks like it."""
    return bool(_API.search(message)) and not _LOCAL.search(message)


def _stated_cap(message: str) -> float | None:
    match = _CAP.search(message)
    return float((match[1] or match[2]).replace(",", ".")) if match else None


def write(found: ByApi, turn: Turn) -> Draft:
    """Draft the client with its price guard."""
    name, price, book = short(found.model), found.price, turn.book
    book.name(name, found.model.title, found.file.name, "spent.json")
    work = price.request_cost(1000, 1000)
    ids = (*book.state(turn.fact(price.statement_id)), *book.work(work))
    book.slots["profile/budget"] = usd(found.budget_usd)
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
        headline=f"{name} by API: the client below stops at {usd(found.budget_usd)}",
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
