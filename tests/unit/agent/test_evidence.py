"""The book of a turn: everything citable has an id, its words and its quantities."""

from __future__ import annotations

from agent.calculation import Calculation, Input
from agent.evidence import EvidenceBook
from agent.measures import Quantity, quantity
from agent.profile import Profile
from knowledge import Passage, Statement

MEMORY = Statement(
    id="hardware/demo#memory",
    doc_id="hardware/demo",
    text="Demo: memory 24 GB",
    value=24.0,
    unit="GB",
    basis="vendor",
    source_url="https://example.org/demo",
    as_of="2026-03",
    conditions="per card",
    group="fact",
)
PASSAGE = Passage(
    id="studies/demo#result",
    doc_id="studies/demo",
    kind="study",
    title="A demo study",
    heading="Result",
    text="It won 7 of 9 tests.",
    url="https://example.org/study",
    published="2025-06",
    basis="study",
    score=1.0,
)
WORK = Calculation(
    id="calc/demo",
    name="time",
    formula="a / b",
    inputs=(Input(name="work", value=10.0, unit="GB"), Input(name="kind", value="fast")),
    value=1500.0,
    unit="ms",
    low=1200.0,
    high=1900.0,
)


def test_each_kind_of_evidence_is_found_by_its_id() -> None:
    book = EvidenceBook()
    ids = (*book.state(MEMORY, None), *book.read(PASSAGE), *book.work(WORK, None))
    book.describe(Profile(requests_per_day=50, words={"requests_per_day": "50 a day"}))

    assert ids == (MEMORY.id, PASSAGE.id, WORK.id)
    assert all(item in book for item in (*ids, "profile/requests_per_day"))
    assert "hardware/demo#price" not in book
    assert 3 not in book


def test_words_bring_dates_and_conditions() -> None:
    book = EvidenceBook()
    book.state(MEMORY)
    book.read(PASSAGE)
    book.work(WORK)

    assert "per card" in book.text(MEMORY.id)
    assert "2026-03" in book.text(MEMORY.id)
    assert "2025-06" in book.text(PASSAGE.id)
    assert "a / b" in book.text(WORK.id)
    assert book.text("nothing/here") == ""


def test_quantities_keep_their_dimension() -> None:
    book = EvidenceBook()
    book.state(MEMORY)
    book.work(WORK)

    assert book.quantities(MEMORY.id) == (Quantity(24.0, 24.0, "memory"),)
    assert Quantity(1500.0, 1.5, "time") in book.quantities(WORK.id)
    assert Quantity(10.0, 10.0, "memory") in book.quantities(WORK.id)
    assert book.quantities("nothing/here") == ()


def test_units_of_money_scale_and_share_are_understood() -> None:
    assert quantity(3.0, "USD per million input tokens").dimension == "money"
    assert quantity(8.0, "billion parameters").base == 8e9
    assert quantity(40.0, "percent").base == 0.4
    assert quantity(2.0, "TB/s") == Quantity(2.0, 2000.0, "bandwidth")
    assert quantity(7.0, "requests a day") == Quantity(7.0, 7.0)
    assert quantity(7.0, None) == Quantity(7.0, 7.0)


def test_only_stated_slots_can_be_cited() -> None:
    book = EvidenceBook()
    book.describe(Profile(labeled_examples=0))

    assert set(book.slots) == {"profile/labeled_examples"}


def test_an_empty_name_is_not_taken() -> None:
    book = EvidenceBook()
    book.name("", "RTX 4090")

    assert book.names == {"RTX 4090"}
