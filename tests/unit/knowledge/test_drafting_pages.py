from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge.catalogue import Catalogue
from knowledge.documents import AnyDoc, parse_document
from knowledge.drafting import draft
from knowledge.drafting.kinds import kinds_of, likely
from knowledge.errors import DocumentError
from knowledge.facts import statements
from knowledge.reading.page import Page
from knowledge.schema import Hardware, Model, Note, Toolkit

PAGES = Path(__file__).parent / "pages"
NOTES = [
    "cloud-instance",
    "study-abstract",
    "market-news",
    "recipe",
    "model-family",
    "rack",
    "notebook-test",
    "rumours",
    "price-list",
    "our-fleet",
    "router-paper",
    "rental-prices",
    "explainer",
    "earnings",
    "sizes-table",
    "edge-rumble",
    "tuning-diary",
    "gpu-server",
    "was-and-is",
    "weekly-pick",
    "memory-chip",
    "rental-page",
    "several-prices",
    "mini-pc",
]
TYPED: list[tuple[str, str, dict[str, float]]] = [
    (
        "inference-card",
        "hardware/helix-n9",
        {"memory": 288, "bandwidth": 1100, "power": 210, "compute-fp8": 1200, "price": 9500},
    ),
    (
        "laptop-chip",
        "hardware/corvane-l7",
        {"memory": 96, "bandwidth": 256, "power": 55, "compute-int8": 60},
    ),
    ("full-of-traps", "hardware/kestrel-q4", {"memory": 128, "bandwidth": 1792, "power": 350}),
    (
        "contradiction",
        "hardware/ostara-v2",
        {
            "memory": 128,
            "bandwidth": 3200,
            "power": 450,
            "compute-fp8-sparse": 2000,
            "compute-fp8": 1000,
            "compute-bf16": 500,
        },
    ),
    (
        "datasheet",
        "hardware/brightforge-a200",
        {
            "memory": 64,
            "bandwidth": 1344,
            "power": 300,
            "compute-fp16": 180,
            "compute-int8-sparse": 720,
            "price": 3499,
        },
    ),
    (
        "accelerator-release",
        "hardware/orca-480",
        {
            "memory": 480,
            "bandwidth": 9800,
            "power": 1100,
            "compute-fp8": 4600,
            "compute-fp4": 9200,
            "price": 28000,
        },
    ),
    ("bare-bullets", "hardware/ridgeline-rx1", {"memory": 32, "bandwidth": 1100, "power": 275}),
    (
        "card-and-system",
        "hardware/nvidia-h300",
        {"memory": 288, "bandwidth": 10000, "power": 1200, "compute-fp4-sparse": 20000},
    ),
    (
        "open-model",
        "models/lumora-34b",
        {
            "parameters": 34.2,
            "context": 131072,
            "max-output": 16000,
            "price-the-maker": 0.3,
            "score-mmlu-pro-accuracy": 78.4,
            "score-gpqa-diamond-accuracy": 61.2,
        },
    ),
    ("medical-model", "models/mediscribe-8b", {"parameters": 8.03}),
    ("legal-model", "models/corvid-legal-14b", {"parameters": 14.8, "context": 32000}),
    ("distilled-model", "models/zolt-3b", {"parameters": 3.1}),
    (
        "closed-model",
        "models/veltrix-pallas-3-mini",
        {
            "context": 200000,
            "max-output": 32000,
            "price-veltrix": 0.12,
            "score-mmlu-pro-accuracy": 71.5,
        },
    ),
    ("card-review", "hardware/tessera-t500", {"memory": 64}),
    ("side-by-side", "hardware/nebula-n1", {"memory": 144, "power": 500, "bandwidth": 4000}),
    (
        "spec-table",
        "hardware/boreal-b60",
        {"memory": 24, "bandwidth": 456, "compute-int8": 197, "price": 599},
    ),
    ("pruned-model", "models/sundial-70b-chat", {"parameters": 70}),
    (
        "small-model-news",
        "models/mistral-small-5",
        {
            "parameters": 24,
            "context": 256000,
            "price-mistral-ai": 0.1,
            "score-mmlu-pro-accuracy": 80.1,
        },
    ),
    (
        "two-variants",
        "hardware/nvidia-rtx-pro-7000",
        {"memory": 120, "bandwidth": 2000, "power": 600, "compute-fp4": 4500},
    ),
    (
        "labelled-model",
        "models/aurora-med-4b",
        {"parameters": 4.3, "score-mmlu-accuracy": 58.6},
    ),
    ("siblings", "models/marlin-7b", {"parameters": 6.9, "context": 16000}),
    (
        "two-versions",
        "hardware/onyx-o1",
        {"bandwidth": 2400, "compute-bf16": 800, "compute-fp8": 1600, "price": 8000},
    ),
    ("mixed-sentences", "hardware/onda-o3", {"memory": 96, "power": 400}),
    ("rows-of-products", "hardware/plover-p4", {"memory": 48}),
    ("embedder", "models/larkspur-embed-large", {"parameters": 0.335}),
    (
        "mixture",
        "models/zenith-x-1t",
        {"parameters": 1000, "active-parameters": 32, "context": 1000000},
    ),
    (
        "data-sheet-table",
        "hardware/amd-instinct-mi600x",
        {
            "memory": 512,
            "bandwidth": 19600,
            "power": 1800,
            "compute-bf16": 4500,
            "compute-fp8": 9000,
        },
    ),
    ("lower-case-tool", "toolkits/llmux", {}),
    ("toolkit-review", "toolkits/tavola", {}),
    ("tracing-tool", "toolkits/databreeze", {}),
]


def page(name: str, **fields: Any) -> Page:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    return Page(text=text, name=f"{name}.md", **fields)


def drafted(catalogue: Catalogue, source: Page, doc_id: str | None = None) -> AnyDoc:
    (loaded,) = draft(source, catalogue, doc_id=doc_id)
    return loaded.document


def figures(document: AnyDoc) -> dict[str, float | None]:
    """Return every figure but those of claims."""
    found = [item for item in statements(document) if item.group != "claim"]
    return {item.id.partition("#")[2].replace("_", "-"): item.value for item in found}


@pytest.mark.parametrize(("name", "doc_id", "expected"), TYPED, ids=[name for name, *_ in TYPED])
def test_what_a_page_states_is_drafted_and_nothing_else(
    catalogue: Catalogue, name: str, doc_id: str, expected: dict[str, float]
) -> None:
    document = drafted(catalogue, page(name))

    assert document.id == doc_id
    assert figures(document) == pytest.approx(expected)
    assert all(item.unreviewed for item in statements(document))


@pytest.mark.parametrize("name", NOTES)
def test_a_page_that_is_no_one_product_is_a_note_without_figures(
    catalogue: Catalogue, name: str
) -> None:
    document = drafted(catalogue, page(name))

    assert isinstance(document, Note)
    assert document.id.startswith("notes/")
    assert figures(document) == {}
    assert document.about is None


def test_a_device_wears_its_maker_date_state_and_whose_words_they_are(catalogue: Catalogue) -> None:
    document = drafted(catalogue, page("inference-card"))

    assert isinstance(document, Hardware)
    assert (document.vendor, document.device) == ("Norvia Semiconductor", "npu")
    assert (document.status, document.published) == ("announced", "2026-10-14")
    assert document.memory_type == "LPDDR5X"
    assert {fact.basis for fact in document.facts} == {"vendor"}
    assert {fact.as_of for fact in document.facts} == {"2026-10-14"}
    assert document.facts[0].conditions == "288 GB of LPDDR5X memory"


def test_a_model_wears_its_licence_size_and_field(catalogue: Catalogue) -> None:
    document = drafted(catalogue, page("legal-model"))

    assert isinstance(document, Model)
    assert (document.open_weights, document.licence) == (True, "MIT")
    assert (document.size_class, document.specialization) == ("mid", "legal")
    assert document.published == "2026-08-20"


def test_a_closed_model_has_a_price_and_says_how_its_size_was_taken(catalogue: Catalogue) -> None:
    document = drafted(catalogue, page("closed-model"))

    assert isinstance(document, Model)
    assert (document.open_weights, document.vendor) == (False, "Veltrix")
    assert document.prices[0].output_usd_per_mtok == 0.48
    assert any("size class" in note for note in document.notes)


@pytest.mark.parametrize(
    ("name", "category", "licence"),
    [
        ("toolkit-review", "serving", "MIT"),
        ("tracing-tool", "management_monitoring", "Apache-2.0"),
    ],
)
def test_a_tool_wears_its_category_and_licence(
    catalogue: Catalogue, name: str, category: str, licence: str
) -> None:
    document = drafted(catalogue, page(name))

    assert isinstance(document, Toolkit)
    assert (document.category, document.licence) == (category, licence)
    assert document.maintenance == "unknown"


def test_two_figures_of_one_fact_are_a_conflict_and_the_table_is_taken(
    catalogue: Catalogue,
) -> None:
    document = drafted(catalogue, page("contradiction"))

    (conflict,) = document.conflicts
    assert "128 GB" in conflict
    assert "120 GB" in conflict
    assert document.value("memory") == 128


def test_promises_are_claims_and_say_what_setup_they_leave_out(catalogue: Catalogue) -> None:
    claims = drafted(catalogue, page("inference-card")).claims

    assert [(c.value, c.unit) for c in claims] == [(35, "tokens per second"), (3, "x")]
    assert claims[0].conditions == "not stated: precision, batch, context"
    assert claims[1].conditions == "setup not stated"
    assert all(claim.unreviewed for claim in claims)


def test_a_page_on_a_known_product_is_a_note_about_it(catalogue: Catalogue) -> None:
    document = drafted(catalogue, page("known-card"))

    assert isinstance(document, Note)
    assert document.about == "hardware/nvidia-l40s"
    assert figures(document) == {"memory": 48, "power": 350}
    assert [claim.value for claim in document.claims] == [1450, 0.86]


def test_an_explicit_id_replaces_the_known_document(catalogue: Catalogue) -> None:
    replaced = drafted(catalogue, page("inference-card"), "hardware/mine")

    assert replaced.id == "hardware/mine"


@pytest.mark.parametrize(
    ("url", "basis"),
    [("https://www.norvia.com/news/helix", "vendor"), ("https://paper.example/helix", "press")],
)
def test_words_are_the_makers_on_its_own_site(catalogue: Catalogue, url: str, basis: str) -> None:
    text = "# Norvia Helix N9\n\nThe Norvia Helix N9 is an AI accelerator. The card has 288 GB of memory and a TDP of 210 W."
    document = drafted(
        catalogue,
        Page(text=text, name="x", url=url, publisher="Norvia" if basis == "vendor" else "Paper"),
    )

    assert {fact.basis for fact in document.facts} == {basis}
    assert document.sources["s1"].url == url


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("SAN JOSE, Calif., Nov. 3, 2026 - The news.", "2026-11-03"),
        ("Published 3 November 2026", "2026-11-03"),
        ("Posted on March 1st, 2025 by Sam", "2025-03-01"),
        ("2026-02-28", "2026-02-28"),
        ("It will ship on Nov. 3, 2026.", None),
        ("PARIS, May 4, 2099 - The future.", None),
        ("Published 31 February 2026", None),
    ],
)
def test_only_a_date_that_a_page_gives_as_its_own_counts(
    catalogue: Catalogue, line: str, published: str | None
) -> None:
    document = drafted(catalogue, Page(text=f"# News\n\n{line}\n\nText.", name="news.md"))

    assert document.published == published


def test_a_date_in_the_future_is_not_believed(catalogue: Catalogue) -> None:
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).date().isoformat()
    document = drafted(catalogue, replace(page("recipe"), published=tomorrow))

    assert document.published is None


def test_a_file_without_address_is_named_as_the_source(catalogue: Catalogue) -> None:
    document = drafted(catalogue, replace(page("recipe"), name="/home/me/my notes.pdf"))

    assert document.sources["s1"].url == "file:my%20notes.pdf"


def test_our_own_front_matter_is_taken_as_it_stands(catalogue: Catalogue) -> None:
    text = (PAGES.parents[3] / "knowledge/corpus/hardware/nvidia-l40s.md").read_text()
    (loaded,) = draft(Page(text=text, name="l40s.md"), catalogue)

    assert loaded.document == parse_document(text, name="l40s.md").document
    with pytest.raises(DocumentError, match="must be the same"):
        draft(Page(text=text, name="l40s.md"), catalogue, doc_id="hardware/other")


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_an_empty_page_is_refused(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(DocumentError, match="empty"):
        draft(Page(text=text, name="empty.md"), catalogue)


def test_the_kind_of_a_bundled_document_is_told_from_the_others(catalogue: Catalogue) -> None:
    classes = kinds_of(catalogue)
    outcomes = []
    for document in catalogue.documents:
        body = catalogue.body(document.id)
        told = likely(classes.shares(body, without=(document.kind, body)))
        outcomes.append(None if told is None else told == document.kind)

    assert outcomes.count(True) >= 550
    assert outcomes.count(False) <= 8
