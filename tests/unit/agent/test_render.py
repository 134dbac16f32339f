"""From claims to Markdown: numbers by first use, marks before the stop, sources below."""

from __future__ import annotations

import pytest

from agent.answer import Answer, Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.evidence import EvidenceBook
from agent.render import (
    Marks,
    answer_markdown,
    calculation_line,
    clip,
    number_evidence,
    section_markdown,
    table_markdown,
    with_marks,
)
from knowledge import Catalogue

MARKS = Marks(sources={"a#x": 1, "b#y": 2}, workings={"calc/one": 1, "calc/two": 2})
L4_MEMORY, L4_PRICE = "hardware/nvidia-l4#memory", "hardware/nvidia-l4#power"
H100_MEMORY = "hardware/nvidia-h100-sxm#memory"


def work(name: str, *sources: str) -> Calculation:
    return Calculation(
        id=f"calc/{name}", name=name, formula="a x b", inputs=(), value=2.0, unit="GB",
        sources=sources,
    )  # fmt: skip


def filled(catalogue: Catalogue, *ids: str) -> EvidenceBook:
    book = EvidenceBook()
    book.state(*(catalogue.statement(item) for item in ids))
    return book


@pytest.mark.parametrize(
    ("text", "ids", "shown"),
    [
        ("It holds 24 GB.", ("a#x",), "It holds 24 GB [1]."),
        ("It holds 24 GB", ("a#x",), "It holds 24 GB [1]"),
        ("What then?", ("b#y", "a#x"), "What then [1][2]?"),
        ("Cost:", ("calc/two",), "Cost (c2):"),
        ("Both.", ("calc/two", "a#x", "calc/one"), "Both [1] (c1, c2)."),
        ("Yours.", ("profile/message",), "Yours."),
        ("Bare.", (), "Bare."),
        ("Twice.", ("a#x", "a#x"), "Twice [1]."),
        ("Trailing. \n", ("a#x",), "Trailing [1]."),
    ],
)
def test_marks_stand_before_the_stop(text: str, ids: tuple[str, ...], shown: str) -> None:
    assert with_marks(Claim(text=text, evidence_ids=ids), MARKS) == shown


def test_sources_are_numbered_by_first_use_and_one_page_is_one_source(
    catalogue: Catalogue,
) -> None:
    book = filled(catalogue, L4_MEMORY, L4_PRICE, H100_MEMORY)
    same_page = book.statements[L4_MEMORY].source_url == book.statements[L4_PRICE].source_url
    claims = [
        Claim(text="a", evidence_ids=(H100_MEMORY,)),
        Claim(text="b", evidence_ids=(L4_MEMORY, H100_MEMORY)),
        Claim(text="c", evidence_ids=(L4_PRICE,)),
    ]
    marks, citations, _ = number_evidence(claims, book, catalogue)

    assert marks.sources[H100_MEMORY] == 1
    assert marks.sources[L4_MEMORY] == 2
    assert [c.number for c in citations] == list(range(1, len(citations) + 1))
    assert (marks.sources[L4_PRICE] == 2) == same_page
    assert citations[0].quote.startswith(book.statements[H100_MEMORY].text)
    assert citations[0].url == book.statements[H100_MEMORY].source_url
    assert citations[0].title == catalogue.get("hardware/nvidia-h100-sxm").title


def test_the_inputs_of_a_shown_working_are_shown_too(catalogue: Catalogue) -> None:
    book = EvidenceBook()
    book.work(work("sum", "calc/part"), work("part", "calc/leaf"), work("leaf"), work("unused"))
    marks, _, calculations = number_evidence(
        [Claim(text="a", evidence_ids=("calc/sum",))], book, catalogue
    )

    assert [c.id for c in calculations] == ["calc/sum", "calc/part", "calc/leaf"]
    assert marks.workings["calc/sum"] == 1


def test_workings_that_use_each_other_end(catalogue: Catalogue) -> None:
    book = EvidenceBook()
    book.work(work("a", "calc/b"), work("b", "calc/a"))
    _, _, calculations = number_evidence(
        [Claim(text="a", evidence_ids=("calc/a",))], book, catalogue
    )

    assert len(calculations) == 2


def test_what_the_user_said_is_no_source(catalogue: Catalogue) -> None:
    book = EvidenceBook()
    book.slots["profile/message"] = "500 a day"
    _, citations, _ = number_evidence(
        [Claim(text="a", evidence_ids=("profile/message",))], book, catalogue
    )

    assert citations == ()


def test_a_table_is_markdown_with_the_pick_in_bold() -> None:
    table = Table(
        columns=("option", "GB"),
        rows=(
            Row(cells=(Claim(text="A|B"), Claim(text="24", evidence_ids=("a#x",))), picked=True),
            Row(cells=(Claim(text="C"), Claim(text="48"))),
        ),
    )

    assert table_markdown(table, MARKS).splitlines() == [
        "| option | GB |",
        "|---|---|",
        "| **A/B** | 24 [1] |",
        "| C | 48 |",
    ]


def test_sections_are_bullets_numbers_or_sentences() -> None:
    claims = (Claim(text="One.", evidence_ids=("a#x",)), Claim(text="Two."))

    assert section_markdown(Section(title="Why", claims=claims), MARKS) == (
        "**Why**\n\n- One [1].\n- Two."
    )
    assert section_markdown(Section(title="", claims=claims, style="numbered"), MARKS) == (
        "1. One [1].\n2. Two."
    )
    assert section_markdown(Section(title="", claims=claims, style="sentences"), MARKS) == (
        "One [1]. Two."
    )


def test_a_long_quote_is_cut_at_a_word() -> None:
    assert clip("one two three", words=3) == "one two three"
    assert clip("one two three four", words=3) == "one two three ..."


def test_a_working_reads_on_one_line_with_what_was_assumed() -> None:
    shown = calculation_line(
        Calculation(
            id="calc/x",
            name="time",
            formula="work / pace",
            inputs=(
                Input(name="work", value=10.0, unit="GB", source="hardware/demo#memory"),
                Input(name="pace", value="fast"),
            ),
            value=1234.5,
            unit="ms",
            low=1000.0,
            high=2000.0,
        )
    )

    assert shown == (
        "time: work / pace, with work = 10 GB; pace = fast (assumed): 1,234 ms (1,000 to 2,000)"
    )


def test_a_whole_answer_lists_its_sources_and_workings(catalogue: Catalogue) -> None:
    book = filled(catalogue, L4_MEMORY)
    book.work(work("sum"))
    claims = (Claim(text="a", evidence_ids=(L4_MEMORY, "calc/sum")),)
    _, citations, calculations = number_evidence(claims, book, catalogue)
    page = answer_markdown(
        Answer(
            kind="fact",
            headline="h",
            text="**h.**",
            citations=citations,
            calculations=calculations,
        )
    )

    assert page.startswith("**h.**\n\n## Sources\n\n1. ")
    assert f"<{citations[0].url}>" in page
    assert f"   > {citations[0].quote.splitlines()[0]}" in page
    assert "## Workings\n\n- c1. sum: a x b" in page


def test_an_answer_without_evidence_has_no_empty_lists() -> None:
    page = answer_markdown(Answer(kind="clarification", headline="h", text="What job?"))

    assert page == "What job?\n"
