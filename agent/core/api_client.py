"""A client for a maker's API that counts tokens and money, and stops at a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import Literal

from agent.core.api_prices import ApiPrice
from agent.core.recipes import RecipeFile
from agent.core.workings import tail
from agent.errors import InputError
from knowledge.schema import Model


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a maker answers chat completions, the variable of its key, and how it caps answers."""

    base_url: str
    key_variable: str
    limit: str = "max_tokens"


ENDPOINTS = {
    "OpenAI": Endpoint("https://api.openai.com/v1", "OPENAI_API_KEY", "max_completion_tokens"),
    "Anthropic": Endpoint("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
    "Google": Endpoint("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "xAI": Endpoint("https://api.x.ai/v1", "XAI_API_KEY", "max_completion_tokens"),
    "DeepSeek": Endpoint("https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    "Mistral AI": Endpoint("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "Moonshot AI": Endpoint("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
}
"""By the maker's name as prices spell it. Sources: each maker's page on the OpenAI SDK."""


@dataclass(frozen=True, slots=True)
class LongPrompts:
    """Above how many tokens a prompt makes the whole request dearer; USD per million tokens."""

    above: int
    input_usd: float
    output_usd: float


def api_client_file(
    model: Model,
    price: ApiPrice,
    *,
    budget_usd: float,
    most_output_tokens: int,
    period: Literal["day", "month"] | None = None,
) -> RecipeFile:
    """Return a client of `model` whose price guard knows `price`; the budget is for a `period`.

    Raises:
        InputError: if the maker has no endpoint that the OpenAI SDK can ask.
    """
    endpoint = ENDPOINTS.get(price.provider)
    if endpoint is None:
        raise InputError(
            f"No chat endpoint for the OpenAI SDK is known of {price.provider!r}. "
            f"Valid: {', '.join(ENDPOINTS)}."
        )
    name = "ask_" + re.sub(r"\W", "_", tail(model.id)) + ".py"
    text = resources.files("agent.core").joinpath("data/api_client.py.txt").read_text("utf-8")
    cached = price.cached_usd_per_mtok
    long = _long_prompts(price, round(model.value("context") or 0))
    content = Template(text).substitute(
        title=model.title,
        key_variable=endpoint.key_variable,
        name=name,
        base_url=endpoint.base_url,
        model=tail(model.id),
        limit=endpoint.limit,
        as_of=price.as_of or model.read_on,
        input_usd=f"{price.input_usd_per_mtok:.6g}",
        cached_usd=f"{price.input_usd_per_mtok if cached is None else cached:.6g}",
        output_usd=f"{price.output_usd_per_mtok or 0.0:.6g}",
        long_prompts="None"
        if long is None
        else f"({long.above}, {long.input_usd:.6g}, {long.output_usd:.6g})",
        budget_usd=f"{budget_usd:g}",
        period={"day": "%Y-%m-%d", "month": "%Y-%m", None: ""}[period],
        most_output=most_output_tokens,
    )
    return RecipeFile(
        name=name,
        media_type="text/x-python",
        content=content,
        caption=f"{model.title} by API, stopping at {budget_usd:g} USD"
        + (f" a {period}" if period else ""),
    )


def _long_prompts(price: ApiPrice, context: int) -> LongPrompts | None:
    """Return from where prompts of up to `context` tokens cost more, None where they do not."""

    def rate(tokens: int) -> float:
        return price.per_request(tokens, 0) / tokens * 1e6

    if context < 2 or rate(context) <= price.input_usd_per_mtok * 1.001:
        return None
    low, high = 1, context
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if rate(middle) > rate(low) * 1.001 else (middle, high)
    answer = price.per_request(context, 1000) - price.per_request(context, 0)
    return LongPrompts(low, rate(context), answer * 1e3)
