from __future__ import annotations

from dataclasses import replace

import pytest

from agent.answer import CostLine
from agent.core.api_prices import ApiPrice
from agent.core.defaults import defaults
from agent.core.running import MONTH_DAYS, MONTH_HOURS, Load, Running, paid
from agent.core.spend import (
    UNPRICED,
    Spend,
    api_spend,
    api_workings,
    cascade_spend,
    cpu_llm_spend,
    cpu_requests_per_second,
    encoder_spend,
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
        runs="tuning_runs_usd",
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
        assert lines(spend, "monitoring") > 0
        assert spend.usd_people > 0


def test_projects_cost_what_they_usually_do() -> None:
    assert 1000 < api_spend(FRONTIER, load(), DEFAULTS).usd_one_time < 2000
    assert 5000 < encoder_spend(load(), DEFAULTS, parameters_m=150).usd_one_time < 12_000


def test_a_rented_gpu_is_paid_for_when_idle() -> None:
    assert lines(rented(1), "rented") == pytest.approx(0.6 * MONTH_HOURS)


def test_cached_tokens_are_part_of_the_prompt() -> None:
    price = replace(FRONTIER, cached_usd_per_mtok=0.2)
    cached = Load(20_000, 300, 5, cached_tokens=200)
    # 20,000 x 30.4375 x (100 x 2 + 200 x 0.2 + 5 x 10) / 1e6
    assert lines(api_spend(price, cached, DEFAULTS), "tokens") == pytest.approx(176.54, abs=0.01)


def test_a_bought_device_pays_for_its_place_in_a_server() -> None:
    place = {"name": "X", "watts": 450.0, "price_id": "x", "tokens_per_second": 600.0, "devices": 1}
    project = "tuned_llm_project_hours"
    plain, served, unpriced = (
        owned_spend(
            load(), DEFAULTS, purchase_usd=usd, project=project, server_share=share, **place
        )
        for usd, share in ((1000.0, 0.0), (1000.0, 0.1), (None, 0.1))
    )
    assert served.usd_one_time - plain.usd_one_time == pytest.approx(100)
    assert plain.usd_one_time - unpriced.usd_one_time == pytest.approx(1000)
    assert any(line.item.endswith(UNPRICED) for line in unpriced.lines)


def test_gpus_come_whole_and_are_counted_at_the_peak() -> None:
    # 1e6 requests x 5 tokens / 86,400 s x peak 3 = 173.6 tokens/s
    assert paid(load(1e6), DEFAULTS, tokens_per_second=174, devices=2).devices == 2
    assert paid(load(1e6), DEFAULTS, tokens_per_second=173, devices=2).devices == 4


def test_use_is_the_average_load_over_what_is_paid_for() -> None:
    use = paid(load(1e6), DEFAULTS, tokens_per_second=100, devices=1)
    assert use.devices == 2
    assert use.share == pytest.approx(1e6 * 5 / 86_400 / 200)


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


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan")])
@pytest.mark.parametrize("slot", ["requests_per_day", "input_tokens", "output_tokens"])
def test_a_load_that_cannot_be_is_refused_by_name(slot: str, bad: float) -> None:
    usual: dict[str, float] = {"requests_per_day": 1, "input_tokens": 300, "output_tokens": 5}
    with pytest.raises(InputError, match=f"{slot}.*{bad}"):
        Load(**(usual | {slot: bad}))  # type: ignore[arg-type]  # wrong on purpose


def test_cost_over_volume_is_a_staircase_of_whole_replicas() -> None:
    volumes = [10_000 * 1.2**step for step in range(60)]
    counts = [rented(q).devices or 0 for q in volumes]
    costs = [lines(rented(q), "rented") for q in volumes]

    assert counts == sorted(counts)
    assert len(set(counts)) > 3
    for count, cost in zip(counts, costs, strict=True):
        assert cost == pytest.approx(count * 0.6 * MONTH_HOURS)


def test_a_replica_of_several_devices_is_added_whole() -> None:
    for requests in (1.0, 1e5, 1e6, 1e7):
        use = paid(load(requests), DEFAULTS, tokens_per_second=100, devices=4)
        assert use.devices % 4 == 0


def test_devices_are_never_used_beyond_what_the_peak_allows() -> None:
    for requests in (1.0, 1e4, 1e5, 1e6, 1e7, 3e7):
        use = paid(load(requests), DEFAULTS, tokens_per_second=100, devices=1)
        assert 0 < use.share <= 1 / DEFAULTS["peak_to_average"]


def test_use_leaves_people_out_and_both_add_up() -> None:
    spend = rented(20_000)
    assert spend.usd_people == pytest.approx(10 * DEFAULTS["engineer_usd_per_hour"])
    assert spend.usd_use + spend.usd_people == pytest.approx(spend.usd_per_month)


def test_a_small_language_model_on_cpus_takes_whole_servers() -> None:
    few = cpu_llm_spend(load(100), DEFAULTS, reading_tok_s=60, writing_tok_s=20)
    many = cpu_llm_spend(load(1e5), DEFAULTS, reading_tok_s=60, writing_tok_s=20)
    # 300 / 60 + 5 / 20 = 5.25 s each, x 1e5 / 86,400 x peak 3 = 18.2 servers
    assert (few.devices, many.devices) == (1, 19)


def test_a_ready_made_encoder_needs_no_training_runs() -> None:
    spend = encoder_spend(load(), DEFAULTS, parameters_m=150, tuned=False)
    assert all(line.usd_one_time == 0 for line in spend.lines if line.item == "training runs")


def test_an_added_line_is_in_the_sum() -> None:
    spend = rented(20_000)
    more = spend.with_lines(first=CostLine(item="labels", usd_one_time=500.0, source="assumed"))
    assert more.usd_one_time == pytest.approx(spend.usd_one_time + 500)
    assert more.devices == spend.devices


def test_token_prices_change_once_a_year_and_nothing_else_does() -> None:
    spend = api_spend(FRONTIER, load(), DEFAULTS)
    tokens = lines(spend, "tokens")
    saved = spend.over_years(3) - spend.over_years(3, token_change=-0.3)

    # 12 + 12 x 0.7 + 12 x 0.49 months of tokens instead of 36
    assert saved == pytest.approx(tokens * (36 - 26.28))
    assert spend.over_years(0.5, token_change=-0.3) == pytest.approx(spend.over_years(0.5))
    assert rented(20_000).over_years(3, token_change=-0.3) == rented(20_000).over_years(3)


def test_retraining_is_paid_where_something_is_tuned() -> None:
    tuned = [line.item for line in rented(20_000).lines]
    bought = [line.item for line in owned().lines]
    assert "retraining runs" in tuned
    assert "retraining runs" not in bought


@pytest.mark.parametrize(
    ("running", "devices", "hours", "share"),
    [
        # 8.64e6 x 5 / 86,400 = 500 tokens/s; replicas of 600: three at the peak of 1,500
        ("always", 3, MONTH_HOURS, 500 / 1800),
        ("by_the_hour", 3, MONTH_HOURS / 3, 1500 / 1800),
        # 24 x 500 / 600 = 20 hours of one replica
        ("in_batch", 1, 20 * MONTH_DAYS, 1.0),
    ],
)
def test_devices_are_paid_for_when_they_are_on(
    running: Running, devices: int, hours: float, share: float
) -> None:
    use = paid(Load(8.64e6, 300, 5, running=running), DEFAULTS, tokens_per_second=600, devices=1)
    assert use.devices == devices
    assert use.hours_a_month == pytest.approx(hours)
    assert use.share == pytest.approx(share)


def test_a_batch_is_whole_hours_and_whole_replicas() -> None:
    small = paid(Load(1, 300, 5, running="in_batch"), DEFAULTS, tokens_per_second=600, devices=2)
    large = paid(Load(3e7, 300, 5, running="in_batch"), DEFAULTS, tokens_per_second=600, devices=2)
    assert (small.devices, small.hours_a_month) == (2, MONTH_DAYS)
    # 3e7 x 5 / 3,600 / 600 = 69.4, so 70 hours of replicas: three of them, of two devices each
    assert large.devices == 6
    assert large.hours_a_month == pytest.approx(70 / 3 * MONTH_DAYS)


def test_own_hardware_may_stand_in_a_rack_and_be_sold() -> None:
    plain = owned()
    values = DEFAULTS.replace(resale_share=0.25, hosting_usd_per_kw_month=150)
    served = owned_spend(
        load(),
        values,
        name="RTX 4090",
        watts=450.0,
        purchase_usd=1600.0,
        price_id="x",
        tokens_per_second=600.0,
        devices=1,
        project="tuned_llm_project_hours",
    )
    assert plain.usd_one_time - served.usd_one_time == pytest.approx(400)
    assert lines(served, "hosting") == pytest.approx(0.45 * 150)
