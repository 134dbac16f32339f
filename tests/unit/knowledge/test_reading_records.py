from __future__ import annotations

import json
from typing import Any

import pytest

from knowledge.errors import DocumentError
from knowledge.reading import read_bytes


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "Card,Memory, Price \nX9,384 GB,24999\nX9 Pro,768 GB,\n"),
        ("a.csv", "\ufeffCard;Memory;Price\r\nX9;384 GB;24999\r\n\r\nX9 Pro;768 GB\r\n"),
        ("a.csv", "Card|Memory|Price\nX9|384 GB|24999\nX9 Pro|768 GB|\n"),
        ("a.tsv", "Card\tMemory\tPrice\nX9\t384 GB\t24999\nX9 Pro\t768 GB\t\n"),
    ],
)
def test_rows_are_records_by_the_names_in_the_head(name: str, text: str) -> None:
    page = read_bytes(text.encode(), name=name)

    assert page.records[0] == {"Card": "X9", "Memory": "384 GB", "Price": "24999"}
    assert page.records[1]["Memory"] == "768 GB"
    assert page.text.startswith(
        "## X9\n\n- Card: X9\n- Memory: 384 GB\n- Price: 24999\n\n## X9 Pro"
    )


def test_quoted_cells_keep_commas_quotes_and_lines() -> None:
    text = 'Card,Note\nX9,"fast, but ""hot""\nand loud"\n'

    assert read_bytes(text.encode(), name="a.csv").records[0]["Note"] == 'fast, but "hot"\nand loud'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Card,Memory\n", "holds no rows"),
        ("Card,Card\nX9,1\n", "'Card' more than once"),
        ("Card,Memory\nX9,1\nX9,1,2\n", "line 3: 3 cells, but the first row names 2"),
        ('Card,Memory\nX9,"1\n', "line 2: unexpected end"),
        ("Card,Memory\n" + "X9,1\n" * 20_001, "more than 20,000 rows"),
        ("Card,Memory\nX9," + "1" * 100_001, "longer than 100,000"),
        ("Card,Memory\nX9," + "1" * 140_000, "field larger than field limit"),
        (",".join(map(str, range(5_001))) + "\n1\n", "5,001 columns"),
    ],
    ids=["no-rows", "twice", "too-many-cells", "open-quote", "rows", "cell", "field", "columns"],
)
def test_a_damaged_or_boundless_csv_is_refused(text: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        read_bytes(text.encode(), name="a.csv")


@pytest.mark.parametrize(
    ("value", "records"),
    [
        (
            {"name": "X9", "memory": {"gb": 384, "kind": "HBM"}},
            [{"name": "X9", "memory.gb": 384, "memory.kind": "HBM"}],
        ),
        ([{"a": 1}, {"a": 2.5, "b": [1, 2]}], [{"a": 1}, {"a": 2.5, "b": [1, 2]}]),
        ({"models": [{"a": True}, {"a": None}]}, [{"a": True}, {"a": None}]),
    ],
)
def test_objects_are_records_with_flat_names(value: Any, records: list[dict[str, Any]]) -> None:
    assert list(read_bytes(json.dumps(value).encode(), name="a.json").records) == records


def test_a_line_of_json_lines_is_a_record() -> None:
    page = read_bytes('{"a": "x\u2028y"}\n\n{"a": 2}\n'.encode(), name="a.jsonl")

    assert page.records == ({"a": "x\ny"}, {"a": 2})


def test_records_are_shown_as_lines() -> None:
    value = {"name": "demo", "tie": False, "layers": list(range(30)), "scale": None}

    text = read_bytes(json.dumps(value).encode(), name="config.json").text

    assert text.startswith("## demo\n\n- name: demo\n- tie: no\n- layers: 0, 1, 2")
    assert text.endswith("19, ... (30 in all)")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[" * 200_000, "nested too deep"),
        ('{"a":' * 800 + "1" + "}" * 800, "nested too deep"),
        ('{"a": ' + "[" * 900 + "]" * 900 + "}", "nested too deep"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": 1e999}', "1e999"),
        ('{"a": ' + "9" * 5_000 + "}", "is not JSON"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ('{"a.b": 1, "a": {"b": 2}}', "same name"),
        ('{"a": 1, "a ": 2}', "same name"),
        ("[]", "holds no rows"),
        ("[1]", "item 1 is a int"),
        ('"text"', "item 1 is a str"),
        ("[" + "{}," * 20_000 + "{}]", "20,001 rows"),
        (json.dumps({str(n): n for n in range(5_001)}), "5,001 fields"),
    ],
    ids=lambda value: value[:16],
)
def test_json_that_is_none_or_boundless_is_refused(text: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        read_bytes(text.encode(), name="a.json")


def test_the_line_that_is_no_json_is_named() -> None:
    with pytest.raises(DocumentError, match="line 2: is not JSON"):
        read_bytes(b'{"a": 1}\n{"a"\n', name="a.jsonl")


def test_half_a_character_in_json_never_reaches_the_page() -> None:
    assert read_bytes(b'{"a": "x\\ud800y"}', name="a.json").records == ({"a": "xy"},)
