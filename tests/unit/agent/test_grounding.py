"""The check that no figure is shown which its evidence does not hold."""

from __future__ import annotations

import re

import pytest

from agent.answer import Claim
from agent.calculation import Calculation, Input
from agent.evidence import EvidenceBook
from agent.grounding import check_claim, figures
from knowledge import Statement

TODAY = "2026-11-24"


def statement(text: str, value: float | None = None, name: str = "memory") -> Statement:
    return Statement(
        id=f"hardware/demo#{name}",
        doc_id="hardware/demo",
        text=text,
        value=value,
        unit="GB/s" if name == "bandwidth" else "GB",
        basis="vendor",
        source_url="https://example.com",
        as_of="2026-03-01",
        conditions=None,
        group="fact",
    )


@pytest.fixture
def book() -> EvidenceBook:
    filled = EvidenceBook()
    filled.state(statement("Demo 24: memory 24 GB", 24.0))
    filled.state(statement("Demo 24: memory bandwidth 3350 GB/s", 3350.0, "bandwidth"))
    filled.work(
        Calculation(
            id="calc/cost",
            name="cost",
            formula="a x b",
            inputs=(Input(name="requests", value=20_000.0),),
            value=1224.4,
            unit="USD",
            low=1100.0,
            high=1350.0,
        )
    )
    filled.name("RTX 4090", "Llama 3.3 70B", "Demo 24")
    return filled


def claim(text: str, *ids: str) -> Claim:
    return Claim(text=text, evidence_ids=ids)


CARRIED = [
    ("The card holds 24 GB.", "hardware/demo#memory"),
    ("It reads 3.35 TB/s.", "hardware/demo#bandwidth"),
    ("It reads 3,350 GB/s.", "hardware/demo#bandwidth"),
    ("That costs $1,224 a month.", "calc/cost"),
    ("That costs about $1,220 a month.", "calc/cost"),
    ("Between $1,100 and $1,350 for 20k requests.", "calc/cost"),
    ("One RTX 4090 holds 24 GB at 4 bit (Q4_K_M).", "hardware/demo#memory"),
    ("Read in Mar 2026.", "hardware/demo#memory"),
    ("As of 24 Nov 2026 nothing is known.", "hardware/demo#memory"),
]
REFUSED = [
    ("The card holds 25 GB.", "hardware/demo#memory"),
    ("The card holds 240 GB.", "hardware/demo#memory"),
    ("That costs $1,234 a month.", "calc/cost"),
    ("That costs $2,224 a month.", "calc/cost"),
    ("It reads 3.45 TB/s.", "hardware/demo#bandwidth"),
    ("The card holds 24 GB.", "hardware/demo#bandwidth"),
    ("Read in Apr 2026.", "hardware/demo#memory"),
    ("Two of 48 GB.", "hardware/demo#memory"),
]


@pytest.mark.parametrize(("text", "evidence"), CARRIED)
def test_a_figure_that_its_evidence_holds_is_let_through(
    book: EvidenceBook, text: str, evidence: str
) -> None:
    assert check_claim(claim(text, evidence), book, today=TODAY) == []


@pytest.mark.parametrize(("text", "evidence"), REFUSED)
def test_a_figure_that_its_evidence_lacks_is_a_fault(
    book: EvidenceBook, text: str, evidence: str
) -> None:
    assert check_claim(claim(text, evidence), book, today=TODAY)


def test_evidence_that_is_not_of_this_turn_is_a_fault(book: EvidenceBook) -> None:
    faults = check_claim(claim("It is fast.", "hardware/other#memory"), book, today=TODAY)

    assert "hardware/other#memory" in faults[0].problem


def test_a_figure_without_evidence_is_a_fault(book: EvidenceBook) -> None:
    assert check_claim(claim("It costs $5."), book, today=TODAY)


def test_names_and_precisions_are_no_figures() -> None:
    found = figures(
        "Llama 3.3 70B at FP8, Q4_K_M or 8 bit on RTX 4090s", {"Llama 3.3 70B", "RTX 4090"}
    )

    assert found == []


@pytest.mark.parametrize("shown", [f"${n:,}" for n in range(1_000, 3_000, 37)])
def test_only_what_rounds_to_the_value_shown_passes(book: EvidenceBook, shown: str) -> None:
    number = float(re.sub(r"[$,]", "", shown))
    accepted = not check_claim(claim(f"That costs {shown}.", "calc/cost"), book, today=TODAY)
    evidence = (1224.4, 1100.0, 1350.0)
    assert accepted == any(abs(number - v) <= 0.5 for v in evidence)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The card holds 24 TB.", "hardware/demo#memory"),
        ("The card holds 24 W.", "hardware/demo#memory"),
        ("It costs $24.", "hardware/demo#memory"),
        ("It reads 3,350 TB/s.", "hardware/demo#bandwidth"),
        ("It reads 3,350 GB.", "hardware/demo#bandwidth"),
        ("It takes 1,224 ms.", "calc/cost"),
        ("That is 1,224 %.", "calc/cost"),
    ],
)
def test_the_right_number_in_the_wrong_unit_is_a_fault(
    book: EvidenceBook, text: str, evidence: str
) -> None:
    assert check_claim(claim(text, evidence), book, today=TODAY)


def test_both_ends_of_a_range_are_figures(book: EvidenceBook) -> None:
    assert [figure.value for figure in figures("15-20 tok/s")] == [15, 20]
    assert check_claim(claim("From $1,100-1,350.", "calc/cost"), book, today=TODAY) == []
    assert check_claim(claim("From $1,100-1,550.", "calc/cost"), book, today=TODAY)


@pytest.mark.parametrize(
    "text",
    ["GPT-4 and GPT-4.1", "the top-5", "a 4-bit or 16-bit model", "INT4, FP8, bf16, MXFP4", "v1.2"],
)
def test_digits_of_a_word_are_no_figures(text: str) -> None:
    assert figures(text) == []


def test_a_share_may_be_shown_as_percent(book: EvidenceBook) -> None:
    book.work(
        Calculation(
            id="calc/odds", name="odds", formula="f", inputs=(), value=0.8812, unit="probability"
        )
    )

    assert check_claim(claim("88% or 0.88.", "calc/odds"), book, today=TODAY) == []
    assert check_claim(claim("89%.", "calc/odds"), book, today=TODAY)
    assert check_claim(claim("0.088.", "calc/odds"), book, today=TODAY)


def test_a_count_before_a_name_with_digits_is_still_checked(book: EvidenceBook) -> None:
    assert check_claim(claim("Take 24 RTX 4090s.", "hardware/demo#memory"), book, today=TODAY) == []
    assert check_claim(claim("Take 3x RTX 4090.", "hardware/demo#memory"), book, today=TODAY)


def test_a_name_that_the_turn_does_not_know_is_read_as_a_figure(book: EvidenceBook) -> None:
    assert check_claim(claim("Take an RTX 9090.", "hardware/demo#memory"), book, today=TODAY)


@pytest.mark.parametrize("text", ["On 2 Mar 2026.", "By 2026-04.", "In Mar 2025."])
def test_a_date_that_the_evidence_does_not_give_is_a_fault(book: EvidenceBook, text: str) -> None:
    assert check_claim(claim(text, "hardware/demo#memory"), book, today=TODAY)


def test_a_date_may_be_less_exact_than_the_evidence(book: EvidenceBook) -> None:
    for text in ("On 1 Mar 2026.", "In Mar 2026.", "Of 2026-03."):
        assert check_claim(claim(text, "hardware/demo#memory"), book, today=TODAY) == []
