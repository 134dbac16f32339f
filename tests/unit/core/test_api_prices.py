from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from genai_prices import Usage, calc_price

from agent.core.api_prices import ApiPrice, api_price
from knowledge.documents import CORPUS, load_document
from knowledge.schema import Model, Source, TokenPrice


def card(name: str) -> Model:
    document = load_document(CORPUS / "models" / f"{name}.md").document
    assert isinstance(document, Model)
    return document


def priced(model: Model) -> ApiPrice | None:
    return api_price(model, {p.provider: f"{model.id}#price" for p in model.prices})


def made_up(*prices: TokenPrice) -> Model:
    return Model(
        id="models/nobody-knows-9",
        title="Nobody Knows 9",
        read_on="2026-11-24",
        vendor="Nobody",
        open_weights=False,
        licence="closed",
        size_class="large",
        specialization="general",
        sources={"s": Source(url="https://example.org/card")},
        prices=prices,
    )


def listed(provider: str = "Nobody", *, quotable: bool = True) -> TokenPrice:
    return TokenPrice(
        provider=provider,
        input_usd_per_mtok=1.0,
        output_usd_per_mtok=4.0,
        quotable=quotable,
        source="s",
        basis="vendor",
        as_of="2026-11",
    )


def test_the_price_map_prices_a_model_of_its_maker() -> None:
    price = priced(card("gpt-4.1"))
    assert price is not None
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == (2.0, 8.0)
    assert price.source.startswith("genai-prices")
    assert price.conflict is None


def test_one_request_costs_tokens_times_price() -> None:
    price = priced(card("gpt-4.1"))
    assert price is not None
    # 300 x 2 / 1e6 + 5 x 8 / 1e6
    assert price.per_request(300, 5) == pytest.approx(0.00064)
    assert price.request_cost(300, 5).value == pytest.approx(0.00064)


def test_a_long_prompt_pays_the_higher_tier_for_every_token() -> None:
    price = priced(card("gpt-5.5"))
    assert price is not None
    short, long = price.per_request(100_000, 1), price.per_request(300_000, 1)
    assert long / short == pytest.approx(6, rel=0.01)


def test_a_model_that_the_map_lacks_keeps_its_own_list_price() -> None:
    price = priced(made_up(listed()))
    assert price is not None
    assert price.library_ref is None
    assert price.statement_id == "models/nobody-knows-9#price"
    assert price.per_request(1000, 500) == pytest.approx(0.003)


def test_a_model_without_a_public_price_has_none() -> None:
    assert priced(made_up()) is None
    assert priced(made_up(listed(quotable=False))) is None


def test_the_first_quotable_price_is_the_one_cited() -> None:
    model = made_up(listed("Elsewhere", quotable=False), listed("Nobody"))
    price = api_price(model, {"Elsewhere": "x#elsewhere", "Nobody": "x#nobody"})
    assert price is not None
    assert price.statement_id == "x#nobody"


def test_a_card_that_disagrees_with_the_map_is_said_so() -> None:
    model = card("gpt-4.1")
    stale = model.prices[0].model_copy(update={"input_usd_per_mtok": 3.0})
    price = priced(model.model_copy(update={"prices": (stale,)}))
    assert price is not None
    assert price.input_usd_per_mtok == 2.0
    assert price.conflict is not None
    assert "3 in" in price.conflict


def test_a_later_version_of_the_family_is_not_taken_for_the_model() -> None:
    # The map answers "mistral-medium-3" with the price of Medium 3.5.
    price = priced(card("mistral-medium-3"))
    assert price is not None
    assert price.library_ref is None
    assert price.input_usd_per_mtok == 0.4


@pytest.mark.parametrize("name", ["deepseek-v4-pro", "gemini-3.8-flash", "gemini-4-argon"])
def test_the_workings_of_a_price_that_changes_with_the_hour_add_up(name: str) -> None:
    price = priced(card(name))
    assert price is not None
    assert price.library_ref is not None
    stated = (1000 * price.input_usd_per_mtok + 500 * (price.output_usd_per_mtok or 0)) / 1e6
    assert price.per_request(1000, 500) == pytest.approx(stated)


def test_an_hourly_discount_is_not_counted_on() -> None:
    price = priced(card("deepseek-v4-pro"))
    assert price is not None
    assert price.input_usd_per_mtok == 1.32


def mapped() -> Iterator[tuple[Model, ApiPrice, tuple[str, str, datetime]]]:
    """Yield the bundled models that the price map prices."""
    for path in sorted((CORPUS / "models").glob("*.md")):
        document = load_document(path).document
        price = priced(document) if isinstance(document, Model) else None
        if isinstance(document, Model) and price is not None and price.library_ref is not None:
            yield document, price, price.library_ref


MIXES = (
    (300, 5, 0),
    (1_000, 200, 0),
    (20_000, 2_000, 15_000),
    (150_000, 4_000, 0),
    (300_000, 4_000, 250_000),
)
"""Tokens in, out, and of those in from a cache; long enough for every tier."""


def test_prices_agree_with_the_maintained_map_to_the_cent_for_fifty_models() -> None:
    compared = set()
    for model, price, (provider, name, moment) in mapped():
        for tokens_in, tokens_out, cached in MIXES:
            for bought, context in ((price, None), (price.in_batch(), {"processing": "batch"})):
                if bought is None:
                    continue
                listed_usd = calc_price(
                    Usage(
                        input_tokens=tokens_in,
                        output_tokens=tokens_out,
                        cache_read_tokens=0 if bought.cached_usd_per_mtok is None else cached,
                    ),
                    model_ref=name,
                    provider_id=provider,
                    genai_request_timestamp=moment,
                    price_context=context,
                ).total_price
                thousand = 1000 * bought.per_request(tokens_in, tokens_out, cached)
                assert thousand == pytest.approx(1000 * float(listed_usd), abs=0.005)
        compared.add(model.id)
    assert len(compared) >= 50


def test_a_conflict_is_named_exactly_where_card_and_map_differ() -> None:
    for model, price, _ in mapped():
        if any("(from " in row.provider for row in model.prices):
            continue
        row = next(row for row in model.prices if row.quotable)
        same = row.input_usd_per_mtok == pytest.approx(price.input_usd_per_mtok) and (
            row.output_usd_per_mtok is None
            or row.output_usd_per_mtok == pytest.approx(price.output_usd_per_mtok)
        )
        assert (price.conflict is None) == same, model.id


def test_twice_the_tokens_cost_twice_at_a_flat_price() -> None:
    price = priced(made_up(listed()))
    assert price is not None
    assert price.per_request(2000, 1000) == pytest.approx(2 * price.per_request(1000, 500))
    assert price.per_request(1000, 0) == pytest.approx(0.001)


def test_a_price_about_to_change_counts_already_and_a_far_one_does_not() -> None:
    now = listed()
    soon = listed("Nobody (from 2026-12-15)").model_copy(update={"input_usd_per_mtok": 2.0})
    far = listed("Nobody (from 2027-06-01)").model_copy(update={"input_usd_per_mtok": 9.0})
    changed, unchanged = priced(made_up(now, soon, far)), priced(made_up(now, far))
    assert changed is not None
    assert unchanged is not None
    assert changed.input_usd_per_mtok == 2.0
    assert unchanged.input_usd_per_mtok == 1.0
    assert changed.provider == "Nobody"


def test_a_price_without_a_statement_to_cite_is_not_used() -> None:
    assert api_price(made_up(listed()), {}) is None


@pytest.mark.parametrize(
    ("name", "cached", "usd"),
    [("claude-sonnet-5-5", 1500, 0.00615), ("claude-sonnet-5-5", 0, 0.009)],
)
def test_cached_input_has_its_own_price(name: str, cached: int, usd: float) -> None:
    price = priced(card(name))
    assert price is not None
    assert price.per_request(2000, 500, cached) == pytest.approx(usd)
    assert price.request_cost(2000, 500, cached).value == pytest.approx(usd)


def test_cached_input_costs_as_much_as_any_where_its_price_is_unknown() -> None:
    price = priced(made_up(listed()))
    assert price is not None
    assert price.per_request(1000, 500, 800) == price.per_request(1000, 500)


def test_a_batch_price_is_the_maps_own_or_none() -> None:
    sonnet, unlisted = priced(card("claude-sonnet-5-5")), priced(made_up(listed()))
    assert sonnet is not None
    assert unlisted is not None
    batch = sonnet.in_batch()
    assert batch is not None
    assert (batch.input_usd_per_mtok, batch.output_usd_per_mtok) == (1.0, 5.0)
    assert batch.per_request(2000, 500) == pytest.approx(0.0045)
    assert unlisted.in_batch() is None


def test_the_base_tier_holds_for_tokens_without_requests() -> None:
    price = priced(card("gpt-5.5"))
    assert price is not None
    assert price.at_base_tier().per_request(300_000, 1) < price.per_request(300_000, 1)
