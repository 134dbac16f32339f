"""API prices: the maintained price map genai-prices first, else the model card's own list price."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from genai_prices import Usage, calc_price
from genai_prices.types import ModelPrice, PriceCalculation, TieredPrices

from agent.calculation import Calculation, Input
from knowledge.schema import Model, TokenPrice

PROVIDERS = {
    "OpenAI": "openai",
    "Anthropic": "anthropic",
    "Google": "google",
    "xAI": "x-ai",
    "DeepSeek": "deepseek",
    "Mistral AI": "mistral",
    "Mistral": "mistral",
    "Cohere": "cohere",
    "Moonshot AI": "moonshotai",
    "Amazon": "aws",
}
"""Maker's names as price rows spell them, and the library's provider ids."""
FROM = re.compile(r"^(?P<provider>.+?) \(from (?P<day>\d{4}-\d{2}-\d{2})\)$")
SOON = timedelta(days=60)
BATCH = {"processing": "batch"}
"""The library's name of the prices for answers that may come hours later."""


@dataclass(frozen=True, slots=True)
class ApiPrice:
    """Price of one model at one provider, in USD per million tokens at the base tier.

    `library_ref` is set where the library prices it, tiers included: provider, model and the moment
    whose price holds. `statement_id` is the fact
    of the model card that an answer cites. `conflict` holds the card's price where it differs.
    `cached_usd_per_mtok` is the price of input read from a prompt cache, None where unknown.
    """

    doc_id: str
    provider: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float | None
    as_of: str | None
    source: str
    statement_id: str
    library_ref: tuple[str, str, datetime] | None = None
    conflict: str | None = None
    cached_usd_per_mtok: float | None = None
    batch: bool = False

    def per_request(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float:
        """Return USD for one request, tiers included; `cached_tokens` are part of the input.

        They cost as much as any other input where no price of them is known.
        """
        cached = min(cached_tokens, input_tokens) if self.cached_usd_per_mtok is not None else 0
        if self.library_ref is not None:
            return _library_cost(
                *self.library_ref, input_tokens, output_tokens, cached, batch=self.batch
            )
        return (
            (input_tokens - cached) * self.input_usd_per_mtok
            + cached * (self.cached_usd_per_mtok or 0.0)
            + output_tokens * (self.output_usd_per_mtok or 0.0)
        ) / 1e6

    def at_base_tier(self) -> ApiPrice:
        """Return the price for tokens whose requests are not known: that of a short prompt."""
        return replace(self, library_ref=None)

    def in_batch(self) -> ApiPrice | None:
        """Return the price for answers that may come hours later, or None where none is known."""
        if self.library_ref is None:
            return None
        asked = _asked(*self.library_ref, 1000, 1000, batch=True)
        usual = _asked(*self.library_ref, 1000, 1000)
        if asked.total_price == usual.total_price:
            return None
        input_price, output_price = _base(asked.model_price)
        return replace(
            self,
            input_usd_per_mtok=input_price or 0.0,
            output_usd_per_mtok=output_price,
            cached_usd_per_mtok=_number(asked.model_price.cache_read_mtok),
            batch=True,
        )

    def request_cost(
        self, input_tokens: int, output_tokens: int, cached_tokens: int = 0
    ) -> Calculation:
        """Return the cost of one request with its workings."""
        cached = cached_tokens if self.cached_usd_per_mtok is not None else 0
        kind = "batch " if self.batch else ""
        parts = [("input", input_tokens - cached, self.input_usd_per_mtok)]
        if cached:
            parts.append(("cached input", cached, self.cached_usd_per_mtok or 0.0))
        parts.append(("output", output_tokens, self.output_usd_per_mtok or 0.0))
        source = self.source if self.batch else self.statement_id
        return Calculation(
            id=f"calc/{self.doc_id}/{kind.strip()}request-{input_tokens}-{output_tokens}-{cached}",
            name=f"API cost of one {kind}request",
            formula=" + ".join(f"{name} tokens x {name} price" for name, _, _ in parts)
            + ", prices a million tokens",
            inputs=(
                *(Input(name=f"{name} tokens", value=tokens) for name, tokens, _ in parts),
                *(
                    Input(
                        name=f"{kind}{name} price", value=usd, unit="USD a million", source=source
                    )
                    for name, _, usd in parts
                ),
                Input(name="price source", value=self.source),
            ),
            value=self.per_request(input_tokens, output_tokens, cached_tokens),
            unit="USD",
            sources=(self.statement_id,),
        )


def api_price(model: Model, statement_ids: dict[str, str]) -> ApiPrice | None:
    """Return the price of `model` at its maker, or None where no public price is known.

    Args:
        model: the model's document.
        statement_ids: provider -> id of the statement that states its price in the catalogue.
    """
    own = _in_force(model)
    if own is None or own.provider not in statement_ids:
        return None
    statement = statement_ids[own.provider]
    provider, day = _maker_and_day(own.provider, model.read_on)
    listed = _library_price(model, provider, day)
    if listed is None:
        return ApiPrice(
            model.id,
            provider,
            own.input_usd_per_mtok,
            own.output_usd_per_mtok,
            own.as_of,
            f"list price of {own.provider}",
            statement,
            cached_usd_per_mtok=own.cached_input_usd_per_mtok,
        )
    ref, input_price, output_price, cached_price = listed
    return ApiPrice(
        model.id,
        provider,
        input_price,
        output_price,
        own.as_of,
        "genai-prices",
        statement,
        library_ref=ref,
        conflict=_conflict(own, input_price, output_price),
        cached_usd_per_mtok=cached_price,
    )


def _in_force(model: Model) -> TokenPrice | None:
    """Return the maker's price that holds for most of the time ahead.

    A change that the card lists for the next 60 days counts already.
    """
    quotable = [price for price in model.prices if price.quotable]
    if not quotable:
        return None
    first = quotable[0]
    soon = date.fromisoformat(f"{model.read_on}-01-01"[:10]) + SOON
    changed = [
        price
        for price in quotable
        if (match := FROM.match(price.provider))
        and match["provider"] == first.provider
        and date.fromisoformat(match["day"]) <= soon
    ]
    return changed[-1] if changed else first


def _maker_and_day(provider: str, read_on: str) -> tuple[str, str]:
    """Return the provider's plain name and the day whose price is asked for."""
    match = FROM.match(provider)
    return (match["provider"], match["day"]) if match else (provider, f"{read_on}-01-01"[:10])


def _conflict(own: TokenPrice, input_price: float, output_price: float) -> str | None:
    same = abs(own.input_usd_per_mtok - input_price) < 1e-6 and (
        own.output_usd_per_mtok is None or abs(own.output_usd_per_mtok - output_price) < 1e-6
    )
    if same:
        return None
    return (
        f"the card says {own.input_usd_per_mtok:g} in and {own.output_usd_per_mtok or 0:g} out, "
        f"the price map {input_price:g} and {output_price:g}"
    )


def _library_price(
    model: Model, provider: str, day: str
) -> tuple[tuple[str, str, datetime], float, float, float | None] | None:
    """Return (what to ask the price map for, input, output, cached input), or None if it lacks it.

    Some prices change with the hour. The dearest hour of `day` holds, so that a figure does not
    depend on when it is asked for.
    """
    provider_id = PROVIDERS.get(provider)
    if provider_id is None:
        return None
    name = model.id.partition("/")[2]
    moments = [
        datetime.fromisoformat(f"{day}T{hour:02}:30").replace(tzinfo=UTC) for hour in range(24)
    ]
    try:
        asked = [(_asked(provider_id, name, moment, 1000, 1000), moment) for moment in moments]
    except LookupError:
        return None
    found, moment = max(asked, key=lambda pair: pair[0].total_price)
    input_price, output_price = _base(found.model_price)
    if input_price is None or not _same_model(name, found.model.id):
        return None
    cached_price = _number(found.model_price.cache_read_mtok)
    return (provider_id, name, moment), input_price, output_price or 0.0, cached_price


def _same_model(name: str, listed: str) -> bool:
    """Tell whether the map's model is the one asked for, not a later version of the family.

    "-latest", a date or a first ".0" may follow the name; another version number may not.
    """
    plain, other = name.replace(".", "-"), listed.replace(".", "-")
    return re.match(r"-0*[1-9]\d?(-|$)", other.removeprefix(plain)) is None


def _base(price: ModelPrice) -> tuple[float | None, float | None]:
    return _number(price.input_mtok), _number(price.output_mtok)


def _number(price: Decimal | TieredPrices | None) -> float | None:
    if price is None:
        return None
    return float(price.base) if isinstance(price, TieredPrices) else float(price)


@lru_cache(maxsize=4096)
def _library_cost(
    provider_id: str,
    model_id: str,
    moment: datetime,
    input_tokens: int,
    output_tokens: int,
    cached_tokens: int = 0,
    *,
    batch: bool = False,
) -> float:
    asked = _asked(
        provider_id, model_id, moment, input_tokens, output_tokens, cached_tokens, batch=batch
    )
    return float(asked.total_price)


def _asked(
    provider_id: str,
    model_id: str,
    moment: datetime,
    input_tokens: int,
    output_tokens: int,
    cached_tokens: int = 0,
    *,
    batch: bool = False,
) -> PriceCalculation:
    usage = Usage(
        input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=cached_tokens
    )
    return calc_price(
        usage,
        model_ref=model_id,
        provider_id=provider_id,
        genai_request_timestamp=moment,
        price_context=BATCH if batch else None,
    )
