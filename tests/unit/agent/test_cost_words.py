"""What a cost question says of prices to come, hours, peaks, pieces, and sums of today."""

from __future__ import annotations

import pytest

from agent.core.defaults import defaults
from agent.kinds.cost_words import read_said, read_thread


@pytest.mark.parametrize(
    ("message", "change", "yearly"),
    [
        ("assume API prices fall 30% a year", -0.3, True),
        ("what if token prices halve every year?", -0.5, True),
        ("tokens get 20% cheaper each year", -0.2, True),
        ("if prices rise by 10 percent annually", 0.1, True),
        ("OpenAI cuts the price: 40% less for all tokens", -0.4, False),
        ("suppose their prices drop 40%", -0.4, False),
        ("our volume grows 30% a year", None, True),
        ("the price is fine; traffic rises 50% a year", None, True),
    ],
)
def test_a_change_of_prices_is_read(message: str, change: float | None, yearly: bool) -> None:
    said = read_said(message)
    assert said.change == (None if change is None else pytest.approx(change))
    assert said.yearly == yearly


@pytest.mark.parametrize(
    ("message", "running", "peak"),
    [
        ("let it scale to zero", "by_the_hour", None),
        ("we shut it down at night", "by_the_hour", None),
        ("it runs 8 hours a day", "by_the_hour", 3.0),
        ("12 hours a day on weekdays", "by_the_hour", 2.8),
        ("the peak is about 5x the average", None, 5.0),
        ("a steady load all day", None, 1.0),
        ("where do we break even?", None, None),
    ],
)
def test_hours_and_peaks_are_read(message: str, running: str | None, peak: float | None) -> None:
    said = read_said(message)
    assert said.running == running
    assert said.peak == (None if peak is None else pytest.approx(peak))


@pytest.mark.parametrize(
    ("message", "piece"),
    [
        ("what's that per email?", "email"),
        ("how much does one invoice cost?", "invoice"),
        ("cost per resolved ticket", "resolved ticket"),
        ("what does it cost per month?", None),
        ("price per million tokens", None),
        ("cost of 600 tokens each and 100 out", None),
        ("what would a support bot for one team cost", None),
        ("was kostet das pro Anfrage", "anfrage"),
    ],
)
def test_what_a_piece_is_called_is_read(message: str, piece: str | None) -> None:
    assert read_said(message).piece == piece


@pytest.mark.parametrize(
    ("message", "usd"),
    [
        ("we pay OpenAI $4,000 a month", 4000),
        ("our bill is 12k dollars per year", 1000),
        ("we spend 500 € a month", 585),
        ("we pay 3 people a month", None),
    ],
)
def test_the_bill_of_today_is_read(message: str, usd: float | None) -> None:
    assert read_said(message).bill == (None if usd is None else pytest.approx(usd))


def test_what_holds_on_is_taken_over_from_the_thread_and_what_was_asked_is_not() -> None:
    before = ("per email, with API prices falling 30% a year", "and scaling to zero?")
    said = read_thread("and if they rise 10% a year?", before)

    assert said.change == pytest.approx(0.1)
    assert said.running == "by_the_hour"
    assert said.piece is None


def test_a_rack_in_a_data_centre_is_paid_for() -> None:
    values = read_said("bought, standing in a colo, resale value 25%").values(defaults())
    assert values["hosting_usd_per_kw_month"] == defaults()["colocation_usd_per_kw_month"]
    assert values["resale_share"] == 0.25
