"""How figures are written."""

from __future__ import annotations

import pytest

from agent.wording import day, gigabytes, listing, number, percent, plural, rounded, seconds, usd


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
        (0.0999, "$0.10"),
        (0.0949, "$0.095"),
        (19.99, "$19.99"),
        (19.999, "$20"),
        (999.6, "$1,000"),
        (-3.2, "-$3.20"),
        (-12_345, "-$12,300"),
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
        (0.0999, 2, "0.1"),
        (999.6, 3, "1,000"),
        (99.96, 3, "100"),
        (1e12, 3, "1,000,000,000,000"),
        (-12.54, 3, "-12.5"),
        (0.000012, 2, "0.000012"),
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
    assert gigabytes(0.6) == "0.6 GB"
    assert gigabytes(999.7) == "1 TB"
    assert seconds(999) == "1 s"
    assert percent(0.876) == "88%"
    assert percent(0) == "0%"
    assert percent(1) == "100%"
    assert listing([]) == ""
    assert listing(["a"]) == "a"
    assert listing(("a", "b"), "or") == "a or b"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert plural(1, "card") == "1 card"
    assert plural(2, "card") == "2 cards"
    assert plural(0, "card") == "0 cards"
    assert plural(1_000, "request") == "1,000 requests"


@pytest.mark.parametrize(
    ("value", "digits", "kept"),
    [(0, 2, 0), (1234, 2, 1200), (0.0996, 2, 0.1), (-1234, 2, -1200), (5, 3, 5), (99.6, 2, 100)],
)
def test_rounding_keeps_significant_digits(value: float, digits: int, kept: float) -> None:
    assert rounded(value, digits) == kept


@pytest.mark.parametrize(
    ("iso", "shown"),
    [("2026-11-24", "24 Nov 2026"), ("2026-11", "Nov 2026"), ("2026", "2026"), (None, "")],
)
def test_partial_dates_stay_partial(iso: str | None, shown: str) -> None:
    assert day(iso) == shown
