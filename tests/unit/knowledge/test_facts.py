from __future__ import annotations

import pytest
from knowledge_documents import ALL, COST, HARDWARE, MODEL, STUDY, TOOLKIT, loaded

from knowledge.documents import CORPUS, load_folder
from knowledge.facts import number, statements


def texts(document: str) -> dict[str, str]:
    return {item.id.partition("#")[2]: item.text for item in statements(loaded(document).document)}


def test_a_fact_is_a_plain_sentence_with_unit() -> None:
    found = texts(HARDWARE)

    assert found["memory"] == "Demo Card 24GB: memory 24 GB"
    assert found["bandwidth"] == "Demo Card 24GB: memory bandwidth 1008.5 GB/s"
    assert found["price"] == "Demo Card 24GB: purchase price not known"


def test_rentals_are_sorted_by_price_and_told_apart() -> None:
    rentals = [text for name, text in texts(HARDWARE).items() if name.startswith("rental")]

    assert [text.split("rental ")[1] for text in rentals] == [
        "0.4 USD per hour at Acme, on demand",
        "0.5 USD per hour at Acme, on demand",
        "0.8 USD per hour at Beta, spot",
    ]


def test_a_model_states_prices_scores_and_retirement() -> None:
    found = texts(MODEL)

    assert found["context"] == "Demo 8B: context window 131,072 tokens"
    assert "0.1 USD per million input tokens" in found["price-acme"]
    assert "0.2 USD per million output tokens" in found["price-acme"]
    assert found["score-mmlu-accuracy"] == "Demo 8B: MMLU 70.5 (accuracy %)"
    assert "2027-01-31; replacement Demo 9B" in found["retires"]


def test_a_comparison_is_one_line_with_both_scores_and_the_training_examples() -> None:
    (statement,) = statements(loaded(STUDY).document)

    assert statement.text == (
        "On Tickets (sort tickets), Tiny-1 (0.3B parameters) scored 91 against 80.5 of Giant-1 "
        "(accuracy %); trained on 5,000 examples"
    )
    assert statement.basis == "study"


def test_costs_and_measurements_keep_value_unit_and_source() -> None:
    (item,) = statements(loaded(COST).document)
    (measured,) = statements(loaded(TOOLKIT).document)

    assert (item.value, item.unit, item.source_url) == (0.08, "USD", "https://example.org/cost")
    assert (measured.value, measured.unit) == (120.0, "tokens/s")


def test_the_date_of_the_source_stands_in_where_a_fact_has_none() -> None:
    by_id = {item.id: item for item in statements(loaded(HARDWARE).document)}

    assert by_id["hardware/demo-24#memory"].as_of == "2026-10"
    assert by_id["hardware/demo-24#bandwidth"].as_of == "2026-09-30"


@pytest.mark.parametrize("text", ALL)
def test_ids_of_statements_are_unique(text: str) -> None:
    found = [item.id for item in statements(loaded(text).document)]

    assert len(found) == len(set(found))


def test_every_bundled_document_gives_statements_with_unique_ids() -> None:
    for item in load_folder(CORPUS):
        found = [statement.id for statement in statements(item.document)]
        assert len(found) == len(set(found)), item.document.id


@pytest.mark.parametrize(
    ("value", "written"),
    [(3350, "3350"), (33600, "33,600"), (0.59, "0.59"), (131072, "131,072"), (70.552, "70.552")],
)
def test_numbers_are_written_as_people_write_them(value: float, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("{name: memory, value: 24,", "memory"),
        ("{provider: Beta,", "rental-beta-spot"),
        ("{text: runs anything,", "claim-runs-anything"),
    ],
)
def test_what_nobody_reviewed_wears_the_mark(line: str, name: str) -> None:
    marked = HARDWARE.replace(line, f"{{unreviewed: true, {line[1:]}")
    by_id = {item.id.partition("#")[2]: item for item in statements(loaded(marked).document)}

    assert by_id[name].unreviewed
    assert by_id[name].text.endswith(" (unreviewed)")
    assert [item for item, s in by_id.items() if s.unreviewed or "unreviewed" in s.text] == [name]


def test_a_file_without_an_address_is_a_source() -> None:
    named = HARDWARE.replace("https://example.org/card", "file:my%20card.pdf")

    assert statements(loaded(named).document)[0].source_url == "file:my%20card.pdf"
