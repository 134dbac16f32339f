from __future__ import annotations

from typing import Any

import pytest

from knowledge.catalogue import Catalogue
from knowledge.documents import AnyDoc
from knowledge.drafting import draft
from knowledge.errors import DocumentError
from knowledge.facts import statements
from knowledge.reading.page import Page
from knowledge.schema import Hardware, Model, Note

CARD = {
    "GPU": "Zeta Z9",
    "Vendor": "Zeta Works",
    "Memory (GB)": "96",
    "Memory Bandwidth (GB/s)": "1,792",
    "TDP (W)": "450",
    "Price (USD)": "4999",
    "Slots": "2",
    "url": "https://zeta.example/z9",
    "source": "vendor",
}
OWN = {
    "id": "hardware/demo-1",
    "kind": "hardware",
    "title": "Demo 1",
    "vendor": "Demo Labs",
    "read_on": "2026-11-01",
    "device": "gpu",
    "status": "shipping",
    "sources.s1.url": "https://demo.example/1",
    "facts": [{"name": "memory", "value": 5, "unit": "GB", "basis": "vendor", "source": "s1"}],
}


def documents(catalogue: Catalogue, *records: dict[str, Any], name: str = "t.csv") -> list[AnyDoc]:
    found = draft(Page(text="rows", name=name, records=records), catalogue)
    return [item.document for item in found]


def facts(document: AnyDoc) -> dict[str, float | None]:
    return {fact.name: fact.value for fact in document.facts}


def test_a_row_of_a_device_is_a_document_of_its_own(catalogue: Catalogue) -> None:
    (loaded,) = draft(Page(text="rows", name="cards.csv", records=(CARD,)), catalogue)
    document = loaded.document

    assert isinstance(document, Hardware)
    assert (document.id, document.vendor, document.device) == (
        "hardware/zeta-z9",
        "Zeta Works",
        "gpu",
    )
    assert facts(document) == {"memory": 96, "bandwidth": 1792, "power": 450, "price": 4999}
    assert {fact.basis for fact in document.facts} == {"vendor"}
    assert document.sources["s1"].url == "https://zeta.example/z9"
    assert "Slots: 2" in loaded.body
    assert all(item.unreviewed for item in statements(document))


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("memory_gb", "48", {"memory": 48}),
        ("VRAM", "48 GB", {"memory": 48}),
        ("memory_tb", 1.5, {"memory": 1500}),
        ("memory_bandwidth_gb_s", 960, {"bandwidth": 960}),
        ("Memory bandwidth", "1.2 TB/s", {"bandwidth": 1200}),
        ("tdp_w", 300, {"power": 300}),
        ("Power", "0.3 kW", {"power": 300}),
        ("price_usd", 1999.0, {"price": 1999}),
        ("Price", "$1,999", {"price": 1999}),
        ("fp8_tflops", 400, {"compute_fp8": 400}),
        ("INT8 (TOPS)", 800, {"compute_int8": 800}),
        ("specs.memory_gb", 48, {"memory": 48}),
        ("memory", 48, {}),
        ("Price", 1999, {}),
        ("price_per_hour_usd", 2.5, {}),
        ("memory_bandwidth_gbps", 960, {}),
        ("memory_gb", "24 / 48", {}),
        ("memory_gb", -48, {}),
        ("memory_gb", float("nan"), {}),
        ("memory_type", "48 GB GDDR6", {}),
        ("system_memory_gb", 48, {}),
    ],
)
def test_a_figure_needs_its_unit_in_the_column_or_the_cell(
    catalogue: Catalogue, column: str, cell: object, expected: dict[str, float]
) -> None:
    row = {"GPU": "Zeta Z9", "FP32 (TFLOPS)": "111", column: cell}
    (document,) = documents(catalogue, row)

    found = {name: value for name, value in facts(document).items() if value != 111}
    assert found == expected


def test_models_by_row_need_a_size_and_whether_weights_are_open(catalogue: Catalogue) -> None:
    found = documents(
        catalogue,
        {"model": "Foo 9B", "params_b": 9.1, "context": 131072, "license": "apache-2.0"},
        {"model": "Bar", "parameters": "7B", "open_weights": False, "context_k": "128"},
        {"model": "Baz", "context": "128K"},
    )

    assert [type(item) for item in found] == [Model, Model, Note]
    assert facts(found[0]) == {"parameters": 9.1, "context": 131072}
    assert facts(found[1]) == {"parameters": 7, "context": 128000}


def test_a_row_on_a_known_product_is_a_note_about_it(catalogue: Catalogue) -> None:
    (document,) = documents(catalogue, {"GPU": "RTX 4090", "Memory (GB)": "24", "TDP (W)": "450"})

    assert isinstance(document, Note)
    assert document.about == "hardware/nvidia-rtx-4090"
    assert facts(document) == {"memory": 24, "power": 450}


def test_rows_that_cannot_be_typed_are_one_note(catalogue: Catalogue) -> None:
    page = Page(text="x", name="mix.csv", records=(CARD, {"colour": "red"}, {"colour": "blue"}))
    found = draft(page, catalogue)

    assert [item.document.id for item in found] == ["hardware/zeta-z9", "notes/mix.csv"]
    assert found[1].body == "- colour: red\n- colour: blue"


def test_two_rows_of_one_name_are_refused(catalogue: Catalogue) -> None:
    with pytest.raises(DocumentError, match="two rows"):
        documents(catalogue, CARD, CARD)


def test_an_object_that_is_our_front_matter_is_taken_as_it_stands(catalogue: Catalogue) -> None:
    (document,) = documents(catalogue, OWN)

    assert (document.id, document.value("memory")) == ("hardware/demo-1", 5)
    assert not document.facts[0].unreviewed
    broken = {name: value for name, value in OWN.items() if name != "vendor"}
    with pytest.raises(DocumentError, match="vendor"):
        documents(catalogue, broken)


def test_a_configuration_is_a_model(catalogue: Catalogue) -> None:
    config = {
        "model_type": "gemma3",
        "_name_or_path": "acme/zork-4b",
        "text_config.hidden_size": 2560,
        "text_config.intermediate_size": 10240,
        "text_config.num_hidden_layers": 34,
        "text_config.sliding_window": 1024,
    }
    (document,) = documents(catalogue, config, name="config.json")

    assert isinstance(document, Model)
    assert document.architecture is not None
    assert (document.id, document.architecture.kv_heads) == ("models/zork-4b", 4)
    with pytest.raises(DocumentError, match="which model"):
        documents(catalogue, {"model_type": "llama"}, name="config.json")
