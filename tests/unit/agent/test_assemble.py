"""The last gate: a claim that its evidence does not carry is left out and named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.answer import Claim, Question, Row, Section, Table
from agent.assemble import assemble
from agent.turn import Draft, Turn

MEMORY = "hardware/nvidia-l4#memory"
MakeTurn = Callable[[str], Turn]


@pytest.fixture
def turn(turn_for: MakeTurn) -> Turn:
    made = turn_for("How much memory has an NVIDIA L4? We have 3 of them.")
    made.book.state(made.fact(MEMORY))
    made.book.name("NVIDIA L4")
    return made


TRUE = Claim(text="An NVIDIA L4 has 24 GB.", evidence_ids=(MEMORY,))
FALSE = Claim(text="An NVIDIA L4 has 48 GB.", evidence_ids=(MEMORY,))


def draft(headline: str = "NVIDIA L4", **parts: object) -> Draft:
    return Draft(kind="fact", headline=headline, **parts)  # type: ignore[arg-type]  # parts vary


def test_a_true_draft_is_kept_whole(turn: Turn) -> None:
    answer = assemble(
        draft("It has 24 GB", summary=TRUE, sections=(Section(title="More", claims=(TRUE,)),)),
        turn,
        engine="embedded",
        snapshot="abc",
    )

    assert answer.fallbacks == ()
    assert answer.claims == (TRUE, TRUE)
    assert answer.text.startswith("**It has 24 GB.** An NVIDIA L4 has 24 GB [1].")
    assert (answer.snapshot, answer.as_of) == ("abc", "2026-11-24")
    assert answer.question == turn.message


def test_a_false_summary_is_left_out_and_named(turn: Turn) -> None:
    answer = assemble(draft(summary=FALSE), turn, engine="embedded", snapshot="")

    assert answer.summary is None
    assert "48" not in answer.text
    assert len(answer.fallbacks) == 1
    assert "48 GB" in answer.fallbacks[0]


def test_one_false_claim_does_not_take_the_section_with_it(turn: Turn) -> None:
    section = Section(title="More", claims=(TRUE, FALSE))
    answer = assemble(draft(sections=(section,)), turn, engine="embedded", snapshot="")

    assert answer.claims == (TRUE,)
    assert "48" not in answer.text
    assert any("48 GB" in note for note in answer.fallbacks)


def test_a_section_of_false_claims_goes_with_its_title(turn: Turn) -> None:
    section = Section(title="Made up", claims=(FALSE,))
    answer = assemble(draft(sections=(section,)), turn, engine="embedded", snapshot="")

    assert answer.sections == ()
    assert "Made up" not in answer.text


def test_a_row_with_a_false_cell_is_left_out(turn: Turn) -> None:
    rows = (Row(cells=(Claim(text="L4"), FALSE)), Row(cells=(Claim(text="the other"), TRUE)))
    table = Table(columns=("card", "memory"), rows=rows)
    answer = assemble(
        draft(sections=(Section(title="", table=table),)), turn, engine="embedded", snapshot=""
    )

    assert "| L4 |" not in answer.text
    assert "| the other |" in answer.text
    assert len(answer.fallbacks) == 1


@pytest.mark.parametrize(
    ("headline", "kept"),
    [
        ("It has 24 GB", True),
        ("You have 3", True),
        ("It has 48 GB", False),
        ("It costs $2,500", False),
    ],
)
def test_a_figure_in_the_headline_needs_evidence_too(turn: Turn, headline: str, kept: bool) -> None:
    answer = assemble(draft(headline, summary=TRUE), turn, engine="embedded", snapshot="")

    assert (answer.fallbacks == ()) is kept


def test_a_false_headline_is_not_shown(turn: Turn) -> None:
    answer = assemble(draft("It costs $2,500", summary=TRUE), turn, engine="embedded", snapshot="")

    assert "2,500" not in answer.headline
    assert "2,500" not in answer.text
    assert any("2,500" in note for note in answer.fallbacks)


def test_evidence_of_another_turn_carries_nothing(turn: Turn) -> None:
    claim = Claim(text="It is quick.", evidence_ids=("hardware/nvidia-h100-sxm#memory",))
    answer = assemble(draft(summary=claim), turn, engine="embedded", snapshot="")

    assert answer.summary is None
    assert answer.citations == ()


def test_questions_back_are_numbered_below_the_text(turn: Turn) -> None:
    asked = (Question(slot="requests_per_day", text="How many a day?", default="1,000"),)
    answer = assemble(draft(questions=asked), turn, engine="embedded", snapshot="")

    assert answer.text.endswith("1. How many a day? (1,000)")
    assert answer.questions == asked
