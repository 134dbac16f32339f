"""How figures are written."""

from __future__ import annotations

import pytest

from agent.wording import day, gigabytes, listing, number, percent, plural, seconds, usd


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "$0.00"),
        (0.0021, "$0.0021"),
        (0.5, "$0.50"),
        (4.2, "$4.20"),
        (91.3, "$91"),
        (394.8, "$395"),
        (12_345, "$12,300"),
        (2_049_500, "$2,050,000"),
    ],
)
def test_money_has_no_more_digits_than_it_needs(value: float, shown: str) -> None:
    assert usd(value) == shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.944, 2, "0.94"),
        (12.54, 3, "12.5"),
        (1224, 3, "1,220"),
        (20_000, 3, "20,000"),
        (0, 3, "0"),
    ],
)
def test_numbers_keep_their_significant_digits(value: float, digits: int, shown: str) -> None:
    assert number(value, digits) == shown


def test_sizes_times_shares_and_lists_read_as_people_write_them() -> None:
    assert gigabytes(43.1) == "43 GB"
    assert gigabytes(404) == "404 GB"
    assert gigabytes(1340) == "1.34 TB"
    assert seconds(60) == "60 ms"
    assert seconds(1262) == "1.3 s"
    assert percent(0.876) == "88%"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert plural(1, "card") == "1 card"
    assert plural(2, "card") == "2 cards"


@pytest.mark.parametrize(
    ("iso", "shown"),
    [("2026-11-24", "24 Nov 2026"), ("2026-11", "Nov 2026"), ("2026", "2026"), (None, "")],
)
def test_partial_dates_stay_partial(iso: str | None, shown: str) -> None:
    assert day(iso) == shown
