from __future__ import annotations

import pytest

from agent.core.api_prices import ApiPrice
from agent.core.defaults import defaults
from agent.core.spend import (
    MONTH_DAYS,
    MONTH_HOURS,
    Load,
    Spend,
    api_spend,
    api_workings,
    break_even,
    cascade_spend,
    cpu_requests_per_second,
    encoder_spend,
    gpu_count,
    owned_spend,
    rented_spend,
)
from agent.errors import InputError

DEFAULTS = defaults()
FRONTIER = ApiPrice("models/m", "Maker", 2.0, 10.0, "2026-11", "list", "models/m#price")


def load(requests_per_day: float = 20_000.0) -> Load:
    return Load(requests_per_day, 300, 5)


def rented(requests_per_day: float, tokens_per_second: float = 600.0) -> Spend:
    return rented_spend(
        load(requests_per_day),
        DEFAULTS,
        name="L4",
        usd_per_hour=0.6,
        price_id="hardware/l4#rental",
        tokens_per_second=tokens_per_second,
        devices=1,
        project="tuned_llm_project_hours",
        runs_usd=80.0,
    )


def owned(owned_devices: int = 0, *, usd: float = 1600.0) -> Spend:
    return owned_spend(
        load(),
        DEFAULTS,
        name="RTX 4090",
        watts=450.0,
        purchase_usd=usd,
        price_id="hardware/rtx-4090#price",
        tokens_per_second=600.0,
        devices=1,
        project="tuned_llm_project_hours",
        owned=owned_devices,
    )


def lines(spend: Spend, word: str) -> float:
    return sum(line.usd_per_month for line in spend.lines if word in line.item)


def test_a_month_has_730_and_a_half_hours() -> None:
    assert MONTH_DAYS == 365.25 / 12
    assert pytest.approx(MONTH_DAYS * 24) == MONTH_HOURS


def test_api_tokens_are_paid_as_used() -> None:
    # 20,000 x 30.4375 x (300 x 2 + 5 x 10) / 1e6
    spend = api_spend(FRONTIER, load(), DEFAULTS)
    assert lines(spend, "tokens") == pytest.approx(395.69, abs=0.01)


def test_the_workings_of_the_tokens_reach_the_same_figure() -> None:
    request, month = api_workings(FRONTIER, load())
    assert request.id in month.sources
    assert month.value == pytest.approx(lines(api_spend(FRONTIER, load(), DEFAULTS), "tokens"))


def test_totals_are_the_sums_of_the_lines_and_every_line_says_where_it_is_from() -> None:
    for spend in (
        api_spend(FRONTIER, load(), DEFAULTS),
        encoder_spend(load(), DEFAULTS, parameters_m=150),
        rented(20_000),
        owned(),
    ):
        assert spend.usd_per_month == pytest.approx(sum(x.usd_per_month for x in spend.lines))
        assert spend.usd_one_time == pytest.approx(sum(x.usd_one_time for x in spend.lines))
        assert all(line.source for line in spend.lines)


def test_people_are_counted_on_every_route() -> None:
    for spend in (
        api_spend(FRONTIER, load(), DEFAULTS),
        encoder_spend(load(), DEFAULTS, parameters_m=150),
        rented(20_000),
        owned(),
    ):
        assert lines(spend, "looking after it") > 0


def test_projects_cost_what_they_usually_do() -> None:
    assert 1000 < api_spend(FRONTIER, load(), DEFAULTS).usd_one_time < 2000
    assert 5000 < encoder_spend(load(), DEFAULTS, parameters_m=150).usd_one_time < 12_000


def test_a_rented_gpu_is_paid_for_when_idle() -> None:
    assert lines(rented(1), "rented") == pytest.approx(0.6 * MONTH_HOURS)


def test_gpus_come_whole_and_are_counted_at_the_peak() -> None:
    # 1e6 requests x 5 tokens / 86,400 s x peak 3 = 173.6 tokens/s
    assert gpu_count(load(1e6), DEFAULTS, tokens_per_second=174, devices=2)[0] == 2
    assert gpu_count(load(1e6), DEFAULTS, tokens_per_second=173, devices=2)[0] == 4


def test_use_is_the_average_load_over_what_is_paid_for() -> None:
    count, use = gpu_count(load(1e6), DEFAULTS, tokens_per_second=100, devices=1)
    assert count == 2
    assert use == pytest.approx(1e6 * 5 / 86_400 / 200)


def test_own_hardware_costs_purchase_and_power() -> None:
    spend = owned()
    # 450 W x PUE 1.55 x 0.15 USD/kWh x 730.5 h
    assert lines(spend, "power") == pytest.approx(76.43, abs=0.01)
    assert spend.usd_one_time - owned(1).usd_one_time == pytest.approx(1600)


def test_what_is_owned_already_is_not_bought_again() -> None:
    assert any("yours already" in line.item for line in owned(1).lines)


def test_a_larger_encoder_and_longer_texts_are_slower() -> None:
    small = cpu_requests_per_second(load(), DEFAULTS, 30)
    assert cpu_requests_per_second(load(), DEFAULTS, 300) == pytest.approx(small / 10)
    assert cpu_requests_per_second(Load(1, 600, 5), DEFAULTS, 30) == pytest.approx(small / 2)


def test_more_requests_need_more_cpu_servers() -> None:
    few = encoder_spend(load(1000), DEFAULTS, parameters_m=150)
    many = encoder_spend(load(5e6), DEFAULTS, parameters_m=150)
    assert few.devices == 1
    assert many.devices is not None
    assert many.devices > 1


def test_a_cascade_pays_the_large_model_for_its_share_only() -> None:
    small = encoder_spend(load(), DEFAULTS, parameters_m=150)
    large = api_spend(FRONTIER, load(), DEFAULTS)
    both = cascade_spend(small, large, 0.2, DEFAULTS)
    assert lines(both, "tokens at") == pytest.approx(0.2 * lines(large, "tokens at"))
    assert both.usd_per_month > small.usd_per_month


def test_whole_life_is_one_time_plus_every_month() -> None:
    assert Spend(10.0, 100.0).over_years(3) == 100 + 10 * 36


def test_break_even_is_where_the_two_costs_meet() -> None:
    # 0.01 a request against 304.375 a month: 1,000 a day
    found = break_even(lambda q: 0.01 * q * MONTH_DAYS, lambda q: 304.375)
    assert found == pytest.approx(1000, rel=1e-4)


def test_the_cheaper_route_changes_across_the_break_even() -> None:
    def api(q: float) -> float:
        return api_spend(FRONTIER, load(q), DEFAULTS).usd_per_month

    def own(q: float) -> float:
        return rented(q).usd_per_month

    found = break_even(api, own)
    assert found is not None
    assert api(found * 0.99) < own(found * 0.99)
    assert api(found * 1.01) > own(found * 1.01)


def test_routes_that_never_cross_have_no_break_even() -> None:
    assert break_even(lambda q: q, lambda q: q + 1) is None


def test_a_range_that_does_not_rise_is_refused() -> None:
    with pytest.raises(InputError, match="100"):
        break_even(lambda q: q, lambda q: 1.0, low=100, high=10)


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan")])
def test_a_load_that_cannot_be_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match="requests_per_day"):
        Load(bad, 300, 5)


def test_your_own_value_replaces_a_default_and_says_so() -> None:
    cheaper = DEFAULTS.replace(engineer_usd_per_hour=60)
    assert cheaper.input("engineer_usd_per_hour").source == "assumed"
    assert (
        api_spend(FRONTIER, load(), cheaper).usd_one_time
        == api_spend(FRONTIER, load(), DEFAULTS).usd_one_time / 2
    )


def test_an_unknown_or_negative_default_is_refused() -> None:
    with pytest.raises(InputError, match=r"'engineer_rate'.*engineer_usd_per_hour"):
        DEFAULTS.replace(engineer_rate=1)
    with pytest.raises(InputError, match="-1"):
        DEFAULTS.replace(pue=-1)


def test_a_wrong_label_costs_a_minute_of_a_person() -> None:
    assert DEFAULTS.wrong_answer_usd("classification") == pytest.approx(0.5)
