"""API prices: the maintained price map genai-prices first, else the model card's own list price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from genai_prices import Usage, __version__, calc_price
from genai_prices.types import ModelPrice, TieredPrices

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


@dataclass(frozen=True, slots=True)
class ApiPrice:
    """Price of one model at one provider, in USD per million tokens at the base tier.

    `library_ref` is set where the library prices it, tiers included. `statement_id` is the fact
    of the model card that an answer cites. `conflict` holds the card's price where it differs.
    """

    doc_id: str
    provider: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float | None
    as_of: str | None
    source: str
    statement_id: str
    library_ref: tuple[str, str] | None = None
    conflict: str | None = None

    def per_request(self, input_tokens: int, output_tokens: int) -> float:
        """Return USD for one request, tiers included."""
        if self.library_ref is not None:
            return _library_cost(*self.library_ref, input_tokens, output_tokens)
        output = self.output_usd_per_mtok or 0.0
        return (input_tokens * self.input_usd_per_mtok + output_tokens * output) / 1e6

    def request_cost(self, input_tokens: int, output_tokens: int) -> Calculation:
        """Return the cost of one request with its workings."""
        return Calculation(
            id=f"calc/{self.doc_id}/request-{input_tokens}-{output_tokens}",
            name="API cost of one request",
            formula="(tokens in x input price + tokens out x output price) / 1,000,000",
            inputs=(
                Input(name="tokens in", value=input_tokens),
                Input(name="tokens out", value=output_tokens),
                Input(
                    name="input price",
                    value=self.input_usd_per_mtok,
                    unit="USD per million",
                    source=self.statement_id,
                ),
                Input(
                    name="output price",
                    value=self.output_usd_per_mtok or 0.0,
                    unit="USD per million",
                    source=self.statement_id,
                ),
                Input(name="price source", value=self.source),
            ),
            value=self.per_request(input_tokens, output_tokens),
            unit="USD",
            sources=(self.statement_id,),
        )


def api_price(model: Model, statement_ids: dict[str, str]) -> ApiPrice | None:
    """Return the price of `model` at its maker, or None where no public price is known.

    Args:
        model: the model's document.
        statement_ids: provider -> id of the statement that states its price in the catalogue.
    """
    own = next((price for price in model.prices if price.quotable), None)
    if own is None or own.provider not in statement_ids:
        return None
    statement = statement_ids[own.provider]
    listed = _library_price(model, own.provider)
    if listed is None:
        return ApiPrice(
            model.id,
            own.provider,
            own.input_usd_per_mtok,
            own.output_usd_per_mtok,
            own.as_of,
            f"list price of {own.provider}",
            statement,
        )
    provider_id, model_id, input_price, output_price = listed
    return ApiPrice(
        model.id,
        own.provider,
        input_price,
        output_price,
        own.as_of,
        f"genai-prices {__version__}",
        statement,
        library_ref=(provider_id, model_id),
        conflict=_conflict(own, input_price, output_price),
    )


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


def _library_price(model: Model, provider: str) -> tuple[str, str, float, float] | None:
    """Return (provider id, model id, input, output) of the price map, or None."""
    provider_id = PROVIDERS.get(provider)
    if provider_id is None:
        return None
    name = model.id.partition("/")[2]
    try:
        found = calc_price(
            Usage(input_tokens=1000, output_tokens=1000), model_ref=name, provider_id=provider_id
        )
    except LookupError:
        return None
    input_price, output_price = _base(found.model_price)
    if input_price is None:
        return None
    return provider_id, name, input_price, output_price or 0.0


def _base(price: ModelPrice) -> tuple[float | None, float | None]:
    return _number(price.input_mtok), _number(price.output_mtok)


def _number(price: Decimal | TieredPrices | None) -> float | None:
    if price is None:
        return None
    return float(price.base) if isinstance(price, TieredPrices) else float(price)


@lru_cache(maxsize=4096)
def _library_cost(provider_id: str, model_id: str, input_tokens: int, output_tokens: int) -> float:
    found = calc_price(
        Usage(input_tokens=input_tokens, output_tokens=output_tokens),
        model_ref=model_id,
        provider_id=provider_id,
    )
    return float(found.total_price)
