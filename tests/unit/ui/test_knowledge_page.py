"""The parts of the Knowledge page: what may be read, what is shown as text, what is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.adding import Draft, Drafts
from knowledge.ageing import Age
from knowledge.documents import Loaded
from knowledge.errors import DocumentError
from knowledge.schema import Note
from knowledge.sources import Refusal
from ui.components.knowledge_words import clipped, label, staleness
from ui.components.prose import prose
from ui.errands import OURS, Errand, Errands, Item
from ui.knowledge_desk import Row, as_address

ROW = Row(
    id="hardware/x",
    kind="hardware",
    title="X *1*",
    names="x",
    mine=True,
    published=None,
    read_on="2026-11-24",
    basis="vendor",
    url=None,
    unreviewed=0,
    age=Age("rental price", 83, True, "Rental price: 83 days old, good for 60 days"),
)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" https://a.example/x ", "https://a.example/x"),
        ("a.example/news", "https://a.example/news"),
        ("org/model-7b", "hf:org/model-7b"),
        ("hf:org/model", "hf:org/model"),
    ],
)
def test_addresses_are_understood(typed: str, address: str) -> None:
    assert as_address(typed) == address


@pytest.mark.parametrize(
    "typed", ["/etc/passwd", "../corpus", "file:///etc/passwd", "~/x.md", "C:\\x", "two words", ""]
)
def test_paths_of_the_server_are_never_read(typed: str) -> None:
    with pytest.raises(DocumentError, match="is no address"):
        as_address(typed)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "[x](javascript:alert(1))",
        "![x](https://a.example/pixel.png)",
        "```\n<b>\n```",
    ],
)
def test_nothing_in_a_document_runs_or_loads(text: str) -> None:
    shown = prose(text)

    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown
    assert 'href="javascript' not in shown


def test_prose_keeps_headings_links_and_tables() -> None:
    shown = prose("# A\n\n[x](https://a.example)\n\n| a | b |\n| - | - |\n| 1 | 2 |")

    assert "<h3>A</h3>" in shown
    assert 'href="https://a.example" target="_blank" rel="noopener noreferrer"' in shown
    assert "<td>2</td>" in shown


def test_row_says_kind_owner_reading_basis_and_age() -> None:
    assert label(ROW, "found  here") == (
        "**X \\*1\\*** :small[Hardware, yours] :small[read 24 Nov 2026] "
        ":orange-badge[:material/storefront: Vendor claim] "
        ":red-badge[:material/schedule: 83 days old] *found here*"
    )


def test_what_waits_for_a_person_comes_before_age() -> None:
    assert "2 to confirm" in label(replace(ROW, unreviewed=2), None)
    assert "83 days" not in label(replace(ROW, unreviewed=2), None)


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ((), "No documents yet"),
        ((replace(ROW, age=replace(ROW.age, stale=False)),), "Nothing is past its date"),
        ((ROW,), "1 of 1 documents holds a figure past its date"),
        ((ROW, ROW), "2 of 2 documents hold figures past their date"),
    ],
)
def test_headline_says_what_is_stale(rows: tuple[Row, ...], headline: str) -> None:
    assert staleness(rows)[0] == headline


def test_clipped_text_ends_between_words() -> None:
    assert clipped("one two  three", 9) == "one two ..."


DRAFT = Draft(Loaded(Note(id="notes/a", title="A", read_on="2026-11-24"), "Text.", "0" * 64))


def read() -> Drafts:
    return Drafts((DRAFT,))


def refuse() -> Drafts:
    raise DocumentError("b.exe: only PDF")


def crash() -> Drafts:
    raise RuntimeError("secret")


def finished(errands: Errands, *items: Item) -> Errand:
    errand = errands.read(items)
    errands.close()
    return errand


def test_one_refused_source_does_not_stop_the_others() -> None:
    items = [Item("b.exe", refuse), Item("c", crash), Item("a.md", read)]

    errand = finished(Errands(), *items)

    assert errand.step == "review"
    assert errand.drafts == (DRAFT,)
    assert errand.refused == (Refusal("b.exe", "b.exe: only PDF"), Refusal("c", OURS))


def test_nothing_read_is_said_with_the_reason() -> None:
    errand = finished(Errands(), Item("b.exe", refuse))

    assert errand.step == "failed"
    assert errand.refused == (Refusal("b.exe", "b.exe: only PDF"),)


@pytest.mark.parametrize(
    ("error", "problem"),
    [(DocumentError("locked"), "locked"), (RuntimeError("secret"), OURS)],
)
def test_drafts_are_kept_where_adding_fails(error: Exception, problem: str) -> None:
    def write(*_: object) -> list[str]:
        raise error

    errands = Errands()
    errand = Errand("e", step="review", drafts=(DRAFT,))
    errands.add(errand, errand.drafts, write)
    errands.close()

    assert (errand.step, errand.problem, errand.drafts) == ("review", problem, (DRAFT,))


def test_an_errand_is_added_once() -> None:
    calls = []
    errands = Errands()
    errand = Errand("e", step="review")
    for _ in range(2):
        errands.add(errand, (), lambda drafts, progress: [*(calls.append(1) or ()), "notes/a"])
    errands.close()

    assert (errand.step, errand.added, calls) == ("done", ("notes/a",), [1])
