"""A draft as a person left it: corrected, confirmed, dropped, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from knowledge.documents import Loaded
from knowledge.errors import DocumentError
from knowledge.schema import DOCUMENT
from ui.components.knowledge_review import near_words
from ui.review import confirmed, lines, revised

SAID = {"source": "s", "basis": "vendor"}
FIELDS: dict[str, Any] = {
    "id": "models/x",
    "kind": "model",
    "title": "X",
    "vendor": "V",
    "open_weights": True,
    "licence": "Apache-2.0",
    "size_class": "small",
    "specialization": "general",
    "read_on": "2026-11-24",
    "sources": {"s": {"url": "https://a.example"}},
    "facts": [
        {"name": "parameters", "value": 8, "unit": "billion"} | SAID,
        {"name": "context", "value": 131072, "unit": "tokens"} | SAID,
    ],
    "prices": [{"provider": "P", "input_usd_per_mtok": 0.1, "output_usd_per_mtok": 0.4} | SAID],
    "claims": [{"text": "The fastest"} | SAID],
}
DRAFT = Loaded(DOCUMENT.validate_python(FIELDS), "Prose.", "0" * 64)


def test_every_figure_and_claim_is_a_line() -> None:
    assert [(line.what, line.value) for line in lines(DRAFT.document)] == [
        ("parameters", "8"),
        ("context window", "131,072"),
        ("claim", "The fastest"),
        ("price in, P", "0.1"),
        ("price out, P", "0.4"),
    ]


def test_untouched_lines_leave_the_document_as_drafted() -> None:
    left = revised(DRAFT, lines(DRAFT.document))

    assert left.document == DRAFT.document


def test_corrected_and_dropped_lines_change_only_themselves() -> None:
    drafted = lines(DRAFT.document)
    decided = [
        replace(drafted[0], value="8.2"),
        replace(drafted[1], value=""),
        replace(drafted[2], keep=False),
        *drafted[3:],
    ]

    document: Any = revised(DRAFT, decided, title="Y", published="2026-11").document

    assert (document.value("parameters"), document.value("context")) == (8.2, None)
    assert document.claims == ()
    assert document.prices == DRAFT.document.prices  # type: ignore[union-attr]
    assert (document.title, document.published) == ("Y", "2026-11")


@pytest.mark.parametrize(
    ("value", "published", "named"),
    [("eight", "", "'eight'"), ("-1", "", "-1"), ("8", "yesterday", "'yesterday'")],
)
def test_what_can_not_be_is_refused_by_name(value: str, published: str, named: str) -> None:
    drafted = lines(DRAFT.document)

    with pytest.raises(DocumentError, match=named):
        revised(DRAFT, [replace(drafted[0], value=value), *drafted[1:]], published=published)


def test_duplicates_are_named_in_a_sentence() -> None:
    assert near_words(None, [("hardware/a", 0.93)]) == ["Looks like hardware/a, 93% the same."]
    assert near_words("hardware/a", [("hardware/a", 1.0)]) == ["Already there as hardware/a."]


def test_only_what_was_ticked_is_confirmed() -> None:
    facts = [fact | {"unreviewed": True} for fact in FIELDS["facts"]]
    document = DOCUMENT.validate_python(FIELDS | {"facts": facts})

    left: Any = confirmed(document, ["models/x#context"])

    assert [fact.unreviewed for fact in left.facts] == [True, False]
    with pytest.raises(DocumentError, match=r"'models/x#speed' .* models/x#parameters"):
        confirmed(left, ["models/x#speed"])
