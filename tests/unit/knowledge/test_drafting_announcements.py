from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.catalogue import Catalogue
from knowledge.documents import AnyDoc
from knowledge.drafting import draft
from knowledge.facts import statements
from knowledge.reading import read_bytes
from knowledge.reading.page import Page
from knowledge.schema import Hardware, Model, Note

PAGES = Path(__file__).parent / "pages"
HARDWARE: list[tuple[str, str, str, str, dict[str, float]]] = [
    (
        "bullets-release",
        "hardware/halden-hx200",
        "Halden Compute",
        "sampling",
        {"memory": 128, "bandwidth": 400, "power": 90, "compute-int8": 400, "price": 1799},
    ),
    (
        "buying-guide-card",
        "hardware/auric-ax-12",
        "Auric",
        "unknown",
        {"memory": 48, "bandwidth": 864, "power": 225, "price": 2199},
    ),
    (
        "choice-of-memory",
        "hardware/wexford-labs-w5",
        "Wexford Labs",
        "announced",
        {"bandwidth": 256, "power": 40, "price": 699},
    ),
    (
        "cloud-chip",
        "hardware/stratus-2",
        "Nimbus Cloud",
        "announced",
        {"memory": 128, "bandwidth": 3200},
    ),
    (
        "dell-like-card",
        "hardware/ashgrove-g1",
        "Ashgrove",
        "unknown",
        {"memory": 64, "price": 1450},
    ),
    (
        "developer-kit",
        "hardware/orbita-nano-2",
        "not stated",
        "announced",
        {"memory": 8, "bandwidth": 68, "compute-int8": 40, "power": 15, "price": 249},
    ),
    (
        "dual-chip-card",
        "hardware/orlan-or-2x",
        "Orlan Microsystems",
        "announced",
        {"memory": 96, "power": 450},
    ),
    (
        "fair-module",
        "hardware/polarline-pm-16",
        "Polarline",
        "announced",
        {"memory": 16, "bandwidth": 102},
    ),
    (
        "headline-figures",
        "hardware/korvus-k4",
        "Korvus",
        "shipping",
        {"memory": 256, "bandwidth": 8000, "power": 1000},
    ),
    (
        "joined-release",
        "hardware/km-640",
        "Kaldera Micro",
        "announced",
        {"memory": 128, "bandwidth": 546, "power": 150},
    ),
    (
        "later-product",
        "hardware/arbor-chips-a6",
        "Arbor Chips",
        "announced",
        {"memory": 160, "bandwidth": 5000, "power": 600},
    ),
    (
        "module-table",
        "hardware/sorrel-sm-8",
        "Sorrel",
        "unknown",
        {"memory": 16, "bandwidth": 102.4, "price": 399},
    ),
    (
        "new-era",
        "hardware/pyrite-p2",
        "Pyrite AI",
        "announced",
        {"memory": 144, "bandwidth": 4900, "power": 650, "compute-fp8": 2100, "price": 16500},
    ),
    (
        "npu-laptop-chip",
        "hardware/corvane-l9",
        "Corvane",
        "announced",
        {"memory": 128, "bandwidth": 273, "power": 45},
    ),
    (
        "numbers-in-title",
        "hardware/zc-72",
        "Zephyr Compute",
        "unknown",
        {"memory": 72, "bandwidth": 1000, "power": 140, "price": 3100},
    ),
    (
        "our-own-site-card",
        "hardware/vireo-v100x",
        "Vireo Semiconductors",
        "shipping",
        {"memory": 72, "bandwidth": 1200, "power": 200, "compute-bf16": 240},
    ),
    (
        "refresh",
        "hardware/tessaly-t9-refresh",
        "Tessaly",
        "announced",
        {"memory": 24, "power": 285, "price": 1099},
    ),
    (
        "release-quote",
        "hardware/quartzite-qz-500",
        "Quartzite",
        "announced",
        {"power": 220, "price": 11000},
    ),
    (
        "sparse-figures",
        "hardware/cobalt-c9",
        "Cobalt",
        "unknown",
        {"memory": 96, "compute-fp8-sparse": 3200, "bandwidth": 3300},
    ),
    (
        "spec-list-page",
        "hardware/nimbra-n7",
        "Nimbra",
        "unknown",
        {
            "memory": 64,
            "bandwidth": 1792,
            "power": 320,
            "compute-fp16": 210,
            "compute-int8-sparse": 840,
            "price": 2799,
        },
    ),
    (
        "start-up-chip",
        "hardware/lumenwave-lw-2",
        "Lumenwave",
        "announced",
        {"memory": 192, "bandwidth": 6400, "power": 900},
    ),
    (
        "table-only",
        "hardware/ferrostar-f80",
        "Ferrostar",
        "unknown",
        {
            "memory": 80,
            "bandwidth": 2039,
            "power": 350,
            "compute-fp8": 1000,
            "compute-fp8-sparse": 2000,
            "price": 12500,
        },
    ),
    (
        "two-form-factors",
        "hardware/sarisa-sg1",
        "Sarisa Technologies",
        "shipping",
        {"memory": 128, "bandwidth": 4100},
    ),
    (
        "workstation-gpu",
        "hardware/helion-x4",
        "Helion Graphics",
        "shipping",
        {"memory": 32, "bandwidth": 896, "power": 200, "price": 1199},
    ),
]
OTHERS: list[tuple[str, str, dict[str, float]]] = [
    ("agent-framework", "toolkits/tidewater", {}),
    ("api-model", "models/calder-pro-3", {"context": 1000000, "price-calder": 2}),
    ("library-opened", "toolkits/gradient-loom", {}),
    ("model-vs-rival", "models/sparrow-9b", {"parameters": 9, "context": 64000}),
    ("own-blog-model", "models/pell-4b", {"parameters": 4.1, "context": 32000}),
    (
        "press-model",
        "models/ondine-small-2",
        {"active-parameters": 4, "parameters": 22, "context": 256000},
    ),
    ("server-released", "toolkits/swiftserve", {}),
]
NOTES = [
    "appliance",
    "driver-news",
    "family-news",
    "hosted",
    "laptop",
    "leak",
    "memory-module",
    "network-card",
    "spec-sheet-variants",
    "two-in-a-table",
]


def drafted(catalogue: Catalogue, text: str, **fields: str | None) -> AnyDoc:
    (loaded,) = draft(Page(text=text, name="page.md", **fields), catalogue)
    return loaded.document


def read(catalogue: Catalogue, name: str) -> AnyDoc:
    return drafted(catalogue, (PAGES / f"{name}.md").read_text(encoding="utf-8"))


def figures(document: AnyDoc) -> dict[str, float | None]:
    found = [item for item in statements(document) if item.group != "claim"]
    return {item.id.partition("#")[2].replace("_", "-"): item.value for item in found}


@pytest.mark.parametrize(
    ("name", "doc_id", "vendor", "status", "expected"), HARDWARE, ids=[row[0] for row in HARDWARE]
)
def test_a_plain_announcement_is_a_device_with_its_own_figures(
    catalogue: Catalogue,
    name: str,
    doc_id: str,
    vendor: str,
    status: str,
    expected: dict[str, float],
) -> None:
    document = read(catalogue, name)

    assert isinstance(document, Hardware)
    assert (document.id, document.vendor, document.status) == (doc_id, vendor, status)
    assert figures(document) == pytest.approx(expected)


@pytest.mark.parametrize(("name", "doc_id", "expected"), OTHERS, ids=[row[0] for row in OTHERS])
def test_a_plain_release_is_a_model_or_a_tool(
    catalogue: Catalogue, name: str, doc_id: str, expected: dict[str, float]
) -> None:
    document = read(catalogue, name)

    assert document.id == doc_id
    assert figures(document) == pytest.approx(expected)


@pytest.mark.parametrize("name", NOTES)
def test_what_is_no_one_device_is_a_note(catalogue: Catalogue, name: str) -> None:
    document = read(catalogue, name)

    assert isinstance(document, Note)
    assert figures(document) == {}


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        ("A workstation with two O200 cards has 192 GB. It has a bandwidth of 6 TB/s.", {}),
        ("The card connects to the host at 128 GB/s of bandwidth.", {}),
        ("The card links to others with 900 GB/s of bandwidth.", {}),
        ("It offers 900 GB/s of bandwidth.", {"bandwidth": 900}),
        ("Each chip has a bandwidth of 900 GB/s.", {}),
        ("Bandwidth is 900 GB/s per chip.", {}),
        ("The PCIe card draws 350 W and the SXM module 700 W.", {}),
        ("The card draws 350 W.", {"power": 350}),
        ("The O200 is rated at 350 W.", {"power": 350}),
        ("It draws 350 W, up from 300 W for the O100.", {"power": 350}),
        ("The O200 draws 350 W and the O100 300 W.", {"power": 350}),
        ("The O200 replaces the O100. The card drew 300 W.", {}),
        ("The O100 has 48 GB of memory. The card draws 300 W.", {}),
        ("Its sibling, the O200 Pro, doubles that. The card draws 400 W.", {}),
        ("Its smaller brother draws 300 W.", {}),
        ("It costs $120 to run for a month.", {}),
        ("The O200 will cost less than $9,000.", {}),
        ("A starter bundle with a host costs $9,000.", {}),
        ("It ships in May for $9,000.", {"price": 9000}),
    ],
)
def test_a_sentence_adds_only_what_is_the_products_own(
    catalogue: Catalogue, sentences: str, expected: dict[str, float]
) -> None:
    start = "Ostra today launched the O200, an AI accelerator card. The O200 has 96 GB of HBM3."
    document = drafted(catalogue, f"# Ostra launches the O200\n\n{start} {sentences}")

    assert figures(document) == {"memory": 96, **expected}


def test_a_row_in_brackets_is_read_with_its_brackets(catalogue: Catalogue) -> None:
    rows = "- Memory: 80 GB\n- TDP: 700 W\n- Bandwidth (NVLink): 900 GB/s\n- Power (system): 10 kW"

    assert figures(drafted(catalogue, f"# Pemba P1 GPU\n\n{rows}")) == {"memory": 80, "power": 700}


@pytest.mark.parametrize(
    ("words", "conditions"),
    [
        ("Prices start at $1,799.", "starting price: start at $1,799"),
        ("It has a list price of $1,799.", "list price: list price of $1,799"),
        (
            "It will sell for $1,799 from January 2027.",
            "price announced for later: will sell for $1,799 from January 2027",
        ),
        ("It costs $1,799 in single units.", "price as stated: costs $1,799 in single units"),
    ],
)
def test_a_price_says_what_price_it_is(catalogue: Catalogue, words: str, conditions: str) -> None:
    text = f"# Halden HX2 accelerator\n\nThe HX2 has 64 GB of memory and draws 75 W. {words}"
    (price,) = [fact for fact in drafted(catalogue, text).facts if fact.name == "price"]

    assert price.conditions == conditions


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("OSLO, May 12, 2026 - A text.", "2026-05-12"),
        ("Maker shows a thing OSLO, May 12, 2026 - Maker today showed a thing.", "2026-05-12"),
        ("May 12, 2026 \u2014 A text.", "2026-05-12"),
        ("OSLO, May 12, 2026 /Wire/ -- A text.", "2026-05-12"),
        ("A text.", "2025-01-02"),
        ("It will ship on May 12, 2026 - or later.", "2025-01-02"),
    ],
)
def test_a_dateline_goes_before_the_date_of_the_file(
    catalogue: Catalogue, text: str, published: str
) -> None:
    given = None if text.startswith("May") else "2025-01-02"

    assert drafted(catalogue, text, published=given).published == published


def test_a_title_that_runs_on_is_parted_from_the_text(catalogue: Catalogue) -> None:
    title = "Maker shows a thing"
    document = drafted(catalogue, f"{title} OSLO, May 12, 2026 - Maker today showed a thing.")

    assert document.title == title


def test_an_id_names_the_model_of_a_bare_configuration(catalogue: Catalogue) -> None:
    config = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32}
    more = {"num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256}
    last = {"intermediate_size": 14336, "max_position_embeddings": 8192}
    content = json.dumps({**config, **more, **last}).encode()
    page = read_bytes(content, name="config.json")
    (loaded,) = draft(page, catalogue, doc_id="models/my-own")

    assert isinstance(loaded.document, Model)
    assert (loaded.document.id, loaded.document.title) == ("models/my-own", "my-own")
    assert loaded.document.vendor == "not stated"
    assert loaded.document.value("parameters") == pytest.approx(8.03, rel=0.01)
