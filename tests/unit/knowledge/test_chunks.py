from __future__ import annotations

import pytest
from knowledge_documents import ALL, HARDWARE, TOOLKIT, loaded

from knowledge.chunks import WORDS_A_CHUNK, chunk_document
from knowledge.facts import statements


def test_each_section_and_the_typed_parts_are_chunks_with_stable_ids() -> None:
    item = loaded(HARDWARE)

    ids = [chunk.id for chunk in chunk_document(item.document, item.body)]

    assert ids == [
        "hardware/demo-24#facts",
        "hardware/demo-24#claims-and-doubts",
        "hardware/demo-24#what-it-is",
        "hardware/demo-24#for-whom",
    ]


def test_every_chunk_starts_with_the_title() -> None:
    item = loaded(HARDWARE)

    for chunk in chunk_document(item.document, item.body):
        assert chunk.text.startswith(f"Demo Card 24GB: {chunk.heading}\n")


@pytest.mark.parametrize("text", ALL)
def test_the_facts_say_what_the_statements_say(text: str) -> None:
    item = loaded(text)
    everything = "\n".join(chunk.text for chunk in chunk_document(item.document, item.body))

    for statement in statements(item.document):
        assert statement.line.removeprefix(f"{item.document.title}: ") in everything


def test_doubts_conflicts_and_remarks_are_searchable() -> None:
    hardware, toolkit = loaded(HARDWARE), loaded(TOOLKIT)

    doubts = chunk_document(hardware.document, "")[1].text
    strengths = chunk_document(toolkit.document, "")[1].text

    assert "doubt: nobody has measured it" in doubts
    assert "sources differ: two pages give two powers" in doubts
    assert "It is simple. (independent, a single report)" in strengths


def test_a_long_section_is_cut_at_sentences() -> None:
    item = loaded(HARDWARE)
    body = "## Long\n" + " ".join(f"Sentence number {n} has six words." for n in range(200))

    parts = [c for c in chunk_document(item.document, body) if c.heading == "Long"]

    assert [part.id for part in parts[:2]] == ["hardware/demo-24#long", "hardware/demo-24#long-2"]
    for part in parts:
        text = part.text.partition("\n")[2]
        assert len(text.split()) <= WORDS_A_CHUNK
        assert text.endswith(".")


def test_a_sentence_without_end_is_cut_by_force() -> None:
    item = loaded(HARDWARE)

    parts = [c for c in chunk_document(item.document, "word " * 900) if c.heading == "Overview"]

    assert sum(part.text.count("word") for part in parts) == 900
    assert max(len(part.text.split()) for part in parts) < WORDS_A_CHUNK + 10
