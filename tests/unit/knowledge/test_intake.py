from __future__ import annotations

import pytest
from knowledge_documents import HARDWARE

from knowledge.errors import DocumentError
from knowledge.intake import Meta, from_text
from knowledge.schema import Note


def test_plain_text_becomes_a_note_with_its_meta() -> None:
    meta = Meta.parse({"title": "Our policy", "url": "https://example.org/p", "basis": "vendor"})

    document = from_text("notes/policy", "Data stays here.", meta).document

    assert isinstance(document, Note)
    assert (document.title, document.basis) == ("Our policy", "vendor")
    assert document.sources["s1"].url == "https://example.org/p"


def test_a_note_without_id_or_title_takes_them_from_its_heading() -> None:
    document = from_text(None, "# Data policy\nStays here.", Meta()).document

    assert (document.id, document.title) == ("notes/data-policy", "Data policy")


def test_text_with_front_matter_becomes_a_typed_document() -> None:
    assert from_text(None, HARDWARE, Meta()).document.kind == "hardware"


@pytest.mark.parametrize(
    ("doc_id", "text", "meta", "words"),
    [
        (None, "  ", {}, "empty"),
        ("hardware/other", HARDWARE, {}, "hardware/demo-24"),
        (None, HARDWARE, {"title": "x"}, "title"),
        (None, "text", {"basis": "rumour"}, "'rumour'"),
        (None, "text", {"colour": "red"}, "'colour'.*valid fields are title"),
        ("Notes/A B", "text", {}, "'Notes/A B'"),
    ],
)
def test_contradictions_and_bad_fields_are_named(
    doc_id: str | None, text: str, meta: dict[str, str], words: str
) -> None:
    with pytest.raises(DocumentError, match=words):
        from_text(doc_id, text, Meta.parse(meta))
