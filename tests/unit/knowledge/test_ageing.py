"""How old what is known is, and when it should be read again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from knowledge.ageing import EXPIRY_DAYS, age, fact_age, latest_day, span
from knowledge.facts import statements
from knowledge.schema import DOCUMENT

READ = "2026-11-24"
TODAY = date(2026, 11, 24)


def hardware(**fields: Any) -> Any:
    base = {"id": "hardware/x", "kind": "hardware", "title": "X", "vendor": "V", "device": "gpu"}
    base |= {"status": "shipping", "read_on": READ, "sources": {"s": {"url": "https://a.example"}}}
    return DOCUMENT.validate_python(base | fields)


def rental(as_of: str | None, provider: str = "P") -> dict[str, Any]:
    priced = {"provider": provider, "usd_per_hour": 1.0, "commitment": "on_demand"}
    return priced | {"source": "s", "basis": "vendor", "as_of": as_of}


def memory(as_of: str) -> dict[str, Any]:
    return {"name": "memory", "value": 8, "unit": "GB"} | {
        "source": "s",
        "basis": "vendor",
        "as_of": as_of,
    }


@pytest.mark.parametrize(
    ("fields", "stale", "kind"),
    [
        ({"rentals": [rental("2026-09-02")]}, True, "rental price"),
        ({"rentals": [rental("2026-10-20")]}, False, "rental price"),
        ({"rentals": [rental("2026-09-02"), rental("2026-11-20", "Q")]}, False, "rental price"),
        ({"facts": [memory("2015")]}, False, "specification"),
        ({"read_on": "2020-01-01"}, True, "specification"),
    ],
    ids=["old price", "young price", "newest price counts", "old specification", "old reading"],
)
def test_prices_age_in_weeks_and_specifications_in_years(
    fields: dict[str, Any], stale: bool, kind: str
) -> None:
    found = age(hardware(**fields), TODAY)

    assert (found.stale, found.kind) == (stale, kind)


def test_reason_names_the_fact_its_age_and_its_limit() -> None:
    found = age(hardware(rentals=[rental("2026-09-02")]), TODAY)

    assert found.days == 83
    assert found.reason == "Rental price: 83 days old, good for 60 days"


def test_state_of_maintenance_ages_from_the_reading() -> None:
    toolkit = {"id": "toolkits/x", "kind": "toolkit", "title": "X", "category": "serving"}
    toolkit |= {"maintenance": "active", "purpose": "p", "read_on": "2026-08-01"}
    document = DOCUMENT.validate_python(toolkit)

    found = age(document, TODAY)

    assert (found.kind, found.stale) == ("state of maintenance", True)
    assert not age(document, date(2026, 8, 20)).stale


def test_older_of_two_prices_is_marked_on_its_own() -> None:
    document = hardware(rentals=[rental("2026-09-02"), rental("2026-11-20", "Q")])

    ages = {item.as_of: fact_age(item, document, TODAY).stale for item in statements(document)}

    assert ages == {"2026-09-02": True, "2026-11-20": False}


@pytest.mark.parametrize(
    ("partial", "day"),
    [
        ("2026", date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2026-08-03", date(2026, 8, 3)),
        ("2026-02-30", date(2026, 2, 28)),
    ],
)
def test_partial_date_means_its_last_day(partial: str, day: date) -> None:
    assert latest_day(partial) == day


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 day"), (83, "83 days"), (125, "4 months"), (800, "2 years")]
)
def test_span_reads_as_people_say_it(days: int, words: str) -> None:
    assert span(days) == words


def test_what_changes_fast_expires_before_what_lasts() -> None:
    assert EXPIRY_DAYS["rental price"] < EXPIRY_DAYS["state of maintenance"] < 100
    assert EXPIRY_DAYS["specification"] > 365
