"""Renting and buying: both totals, the hours at which they meet, dates of prices."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered, table

from agent.core.buying import BuyOrRent, power_usd_per_hour
from agent.core.defaults import defaults
from agent.core.running import MONTH_HOURS
from agent.kinds.usage import read_usage
from agent.profile import Profile

H100 = "hardware/nvidia-h100-sxm"
A100 = "hardware/nvidia-a100-80gb-sxm"


def test_buying_and_renting_meet_at_the_hours_that_pay_the_purchase() -> None:
    # 36,000 over 36 months are 1,000 a month; an hour of rent saves 2.00 beyond power
    weighed = BuyOrRent(3, 500, purchase=36_000, rent_per_hour=2.2, power_per_hour=0.2)

    assert weighed.even_hours == pytest.approx(500)
    assert weighed.buy == pytest.approx(weighed.rent)
    assert weighed.even_purchase == pytest.approx(36_000)


@pytest.mark.parametrize(("rent", "purchase"), [(0.1, 1000.0), (2.2, 1e6)])
def test_some_rents_are_never_beaten(rent: float, purchase: float) -> None:
    assert BuyOrRent(3, 730, purchase, rent, 0.2).even_hours is None


def test_power_is_at_the_plug_of_the_site() -> None:
    # 2 x 700 W x 1.5 / 1,000 x 0.2
    assert power_usd_per_hour(700, 2, pue=1.5, usd_per_kwh=0.2) == pytest.approx(0.42)


@pytest.mark.parametrize(
    ("message", "share", "usd"),
    [
        ("2x H100, 60% utilised, electricity 0.32 EUR per kWh", 0.6, 0.32 * 1.17),
        ("utilization of 45 %, $0.12/kWh", 0.45, 0.12),
        ("8 hours a day at 30 ct/kWh", 8 / 24, 0.30),
        ("busy 40% of the time", 0.4, 0.15),
        ("buy or rent?", 1.0, 0.15),
        ("120% utilisation", 1.0, 0.15),
    ],
)
def test_use_and_power_price_are_read_off_the_message(
    message: str, share: float, usd: float
) -> None:
    usage = read_usage(message, defaults())

    assert usage.hours_a_month == pytest.approx(share * MONTH_HOURS)
    assert usage.usd_per_kwh == pytest.approx(usd)


def test_buy_or_rent_gives_both_totals_and_the_date_of_an_old_price(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "buy or rent: 2x H100 for 3 years, 60% utilised, electricity 0.32 EUR per kWh",
        intent="cost",
        hardware=((H100, 2),),
        years=3.0,
    )

    rows = {row[0]: row for row in table(answer)}
    # 2 x 2.69 x 438.3 x 36; 2 x 33,600 x 1.08 + 2 x 0.7 kW x 1.55 x 0.3744 x 438.3 x 36
    assert rows["rent, 438 hours a month"][3] == "$84,900"
    assert rows["buy"][3] == "$85,400"
    assert answer.headline.startswith("Nearly level over 3 years")
    assert "a price of Sep 2022" in answer.text
    assert "0.32 EUR ($0.37)" in answer.text
    assert "hours of use a month" in answer.text


def test_a_month_of_rent_is_devices_times_hours(turn_for: MakeTurn) -> None:
    hardware = (("hardware/amd-mi300x", 8),)
    answer = answered(
        turn_for, "8 MI300X a month?", intent="cost", hardware=hardware, acquire="rent"
    )

    assert answer.headline.startswith("$15,100 a month around the clock")  # 8 x 2.59 x 730.5


@pytest.mark.parametrize(
    ("message", "acquire", "headline"),
    [
        ("buy or rent 2 H100?", "rent", "Buy: $"),
        ("and for a month?", None, "From $3,930 a month"),
        ("rent or buy them for one year?", None, "Rent: $"),
        ("what do they cost to buy?", "buy", "Buy: $"),
    ],
)
def test_the_verdict_is_on_what_was_asked(
    turn_for: MakeTurn, message: str, acquire: str | None, headline: str
) -> None:
    answer = answered(
        turn_for, message, intent="cost", hardware=((H100, 2),), years=3.0, acquire=acquire
    )

    assert answer.headline.startswith(headline)


def test_without_a_purchase_price_the_price_that_would_pay_is_said(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for, "buy or rent 4 A100 for 2 years?", intent="cost", hardware=((A100, 4),), years=2.0
    )

    assert answer.headline.startswith("Rent, unless you can buy below about $")


def test_owned_devices_cost_power_and_people(turn_for: MakeTurn) -> None:
    owned = ((A100, 2),)
    answer = answered(
        turn_for, "our A100s?", intent="cost", hardware=owned, patch=Profile(hardware=owned)
    )

    # 2 x 0.4 kW x 1.55 x 0.15 x 730.5 + 10 x 120
    assert answer.headline == "$1,340 a month to run your two A100 80GB SXMs, people included"


def test_the_job_of_the_thread_is_costed_on_owned_devices(turn_for: MakeTurn) -> None:
    owned = ((A100, 2),)
    patch = Profile(hardware=owned, task_type="classification", requests_per_day=20_000)
    answer = answered(turn_for, "on our A100s?", intent="cost", hardware=owned, patch=patch)

    assert "20,000 requests a day" in answer.text


def test_renting_against_data_that_must_stay_is_a_conflict(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "rent an H100?",
        intent="cost",
        hardware=((H100, 1),),
        acquire="rent",
        patch=Profile(data_residency="on_premises"),
    )

    assert "conflicts with what you said" in answer.text


@pytest.mark.parametrize(
    ("message", "headline", "said"),
    [
        ("2 H100 at Lambda for a month", "$5,830 a month", "Lambda (8-GPU), on demand"),
        ("2 H100 on spot at Google Cloud", "$9,600 a month", "Google Cloud (per GPU), spot"),
        ("2 H100 on Azure for 2 weeks", "$8,260 for 2 weeks", "Azure per GPU"),
        ("2 H100 at Vultr", "From $3,930 a month", "No price of Vultr for the H100 SXM"),
        ("2 H100 reserved at RunPod", "From $3,930 a month", "No reserved price of RunPod"),
        ("2 H100 at RunPod, 8 hours a day", "From $1,310 a month", "at 244 hours a month"),
    ],
)
def test_the_provider_commitment_and_span_named_are_priced(
    turn_for: MakeTurn, message: str, headline: str, said: str
) -> None:
    answer = answered(
        turn_for, message, intent="fact", quantity="rental", hardware=((H100, 2),), acquire="rent"
    )
    assert answer.headline.startswith(headline)
    assert said in answer.text


def test_hosting_and_resale_are_counted_where_stated(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "buy or rent 2 H100 for 3 years, in a colo, resale value 25%",
        intent="cost",
        hardware=((H100, 2),),
        years=3.0,
    )
    rows = {row[0]: row for row in table(answer)}
    # 2 x 33,600 x 1.08 + 36 x (238 + 1.4 kW x 150) - 16,800
    assert rows["buy"][3] == "$71,900"
    assert "sold at the end for $16,800" in answer.text


def test_the_use_and_the_wish_of_a_thread_hold_on(turn_for: MakeTurn) -> None:
    before = ("rent or buy 8 H100 for 3 years", "and with 50% utilisation?")
    answer = answered(
        turn_for,
        "and at Lambda?",
        intent="cost",
        hardware=((H100, 8),),
        years=3.0,
        follow_up=True,
        goes_on_from=before,
    )
    # 8 x 3.99 x 365.25 x 36
    assert "$420,000 over 3 years" in answer.headline
    assert "used 365 hours a month (50% of the time)" in answer.text
