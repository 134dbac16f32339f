"""Measured rows: every line of the file is read, and says what it asks of a calculator."""

from pathlib import Path

import pytest

from evals.estimates.row import MEASURED, Row, load_rows
from knowledge.errors import DocumentError


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.id: row for row in load_rows()}


def test_every_line_becomes_one_row_with_its_source(rows: dict[str, Row]) -> None:
    assert len(rows) == len(MEASURED.read_text("utf-8").splitlines())
    assert all(
        row.source_url.startswith("https://") and row.source_locator for row in rows.values()
    )


def test_a_name_is_resolved_or_its_reason_is_given(rows: dict[str, Row]) -> None:
    for row in rows.values():
        looked_up: list[object] = [row.model, row.precision]
        looked_up += [row.hardware] if row.hardware_name else []
        looked_up += [row.engine_family] if row.metric != "file_size_gb" else []
        assert len(row.unresolved) == looked_up.count(None), row.id


@pytest.mark.parametrize(
    ("row_id", "prompt", "answer", "mean"),
    [
        ("mp-0001", 1, 1024, 512),
        ("mp-0882", 32768, 32, 32784),
        ("mp-0571", 16, 128, 64),
    ],
    ids=["generated from nothing", "generated at a depth", "lengths not stated"],
)
def test_lengths_of_the_call(
    rows: dict[str, Row], row_id: str, prompt: int, answer: int, mean: float
) -> None:
    row = rows[row_id]
    assert (row.prompt_tokens, row.answer_tokens, row.mean_context) == (prompt, answer, mean)


def test_memory_in_the_name_is_that_of_the_machine(rows: dict[str, Row]) -> None:
    stated = {row.hardware_name: row.hardware for row in rows.values() if row.hardware}
    assert stated["Apple M3 Ultra 512GB"].value("memory") == 512
    assert stated["RTX 4090 24GB"].value("memory") == 24


def test_sizes_are_in_units_of_1e9_bytes(rows: dict[str, Row]) -> None:
    assert rows["mp-1165"].value == pytest.approx(7.95 * 1.0737, rel=1e-3)


@pytest.mark.parametrize("line", ["{", '{"id": "x"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{line}\n", "utf-8")
    with pytest.raises(DocumentError, match=r"rows\.jsonl, line 1"):
        load_rows(path)
