"""What a person typed or a document says is shown as text, and marks lead to their cards."""

from __future__ import annotations

import pytest

from agent.answer import Answer, Citation, Claim
from agent.calculation import Calculation
from ui.components.evidence import highlighted
from ui.components.markup import Marks, literal, markdown, plain

ANSWER = Answer(
    kind="fact",
    headline="x",
    text="x",
    citations=(
        Citation(
            number=1,
            doc_id="hardware/a",
            kind="hardware",
            title="A",
            url=None,
            published=None,
            basis="vendor",
            quote="It has 80 GB. It is blue.",
            evidence_ids=("hardware/a#memory",),
        ),
    ),
    calculations=(Calculation(id="calc/x", name="X", formula="1", inputs=(), value=1, unit=""),),
)


def test_html_in_a_question_is_text() -> None:
    assert plain("<script>alert('x')</script>") == (
        "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"
    )


@pytest.mark.parametrize("words", ["$5 and $6", ":red[x]", "**bold**", "[a](http://b)", "<b>"])
def test_label_shows_markdown_as_typed(words: str) -> None:
    shown = literal(words)

    assert all(f"\\{sign}" in shown for sign in words if sign in "$:*[]()<>")


def test_answer_markdown_keeps_bold_but_no_maths() -> None:
    assert markdown("**Pick** costs $5 to $6 <b>") == "**Pick** costs \\$5 to \\$6 \\<b>"


def test_marks_stand_before_the_full_stop_and_sources_before_workings() -> None:
    marks = Marks.of(ANSWER, "t3")
    claim = Claim(text="It holds 80 GB.", evidence_ids=("calc/x", "hardware/a#memory"))

    sentence = marks.sentence(claim)

    assert sentence.startswith("It holds 80 GB <span")
    assert sentence.endswith("</a>.</span>")
    assert sentence.index('href="#t3-e1"') < sentence.index('href="#t3-ec1"')


def test_claim_without_evidence_has_no_mark() -> None:
    assert Marks.of(ANSWER, "t1").sentence(Claim(text="A < B.")) == "A &lt; B."


def test_cited_figures_are_marked_within_their_sentence() -> None:
    shown = highlighted("It has 80 GB & 700 W. It came in 2023.", frozenset({"80", "700"}))

    assert shown == "It has <mark>80 GB &amp; 700</mark> W. It came in 2023."
