"""The command line of the documents, over an index of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from knowledge import KnowledgeError
from ui.cli import app

CARD = (
    "Kestrel announced the Kestrel Q8, an accelerator card with 64 GB of memory, a memory "
    "bandwidth of 900 GB/s and a board power of 150 W."
)


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_INDEX", str(tmp_path / "index"))


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "q8.txt"
    path.write_text(CARD, encoding="utf-8")
    return path


def rightsize(*words: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=text)


def mine() -> dict[str, int]:
    listed = json.loads(rightsize("list", "--mine", "--json").output)
    return {item["doc_id"]: item["unreviewed"] for item in listed}


def test_facts_are_drafted_then_confirmed_one_by_one_or_all(card: Path) -> None:
    added = rightsize("add", card)

    ((doc_id, drafted),) = mine().items()
    assert f"Added {doc_id}: Kestrel Q8 ({drafted} facts drafted, unreviewed)" in added.output
    assert rightsize("confirm", doc_id, "memory").output == (
        f"{doc_id}: 1 fact confirmed, {drafted - 1} unreviewed\n"
    )
    assert rightsize("confirm", doc_id).exit_code == 0
    assert mine() == {doc_id: 0}
    assert "memory 64 GB (" in rightsize("show", doc_id).output


def test_exported_documents_come_back_as_they_were(card: Path, tmp_path: Path) -> None:
    rightsize("add", card)
    rightsize("add", "-", "--title", "Our prices", "--published", "2026-11", text="2 USD an hour.")
    before = [rightsize("show", doc_id, "--json").output for doc_id in mine()]
    names = list(mine())

    rightsize("export", "--to", tmp_path / "out")
    assert rightsize("delete", *names).exit_code == 0
    assert mine() == {}
    assert rightsize("add", tmp_path / "out").exit_code == 0

    assert [rightsize("show", doc_id, "--json").output for doc_id in names] == before


def test_what_is_there_is_named_and_not_added_again(card: Path) -> None:
    rightsize("add", card)

    again = rightsize("add", card)

    assert again.output == "Already there as hardware/kestrel-q8: Kestrel Q8\n"
    assert again.exit_code == 0
    assert len(mine()) == 1


def test_some_refused_is_one_and_all_refused_is_two(card: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"no PDF at all")

    some = rightsize("add", card, bad)
    everything = rightsize("add", bad, tmp_path / "missing.md")

    assert (some.exit_code, everything.exit_code) == (1, 2)
    assert "bad.pdf" in some.output
    assert "Added" in some.output
    assert "missing.md" in everything.output


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["delete", "notes/zephyron"], "notes/zephyron"),
        (["show", "Zephyron"], "Zephyron"),
        (["export", "notes/zephyron", "--to", "out"], "notes/zephyron"),
        (["confirm", "notes/zephyron"], "notes/zephyron"),
        (["add", "a.md", "--title", "A"], "--title"),
    ],
)
def test_one_wrong_name_is_an_error_that_names_it(words: list[str], named: str) -> None:
    failed = rightsize(*words)

    assert isinstance(failed.exception, KnowledgeError)
    assert named in str(failed.exception)


def test_doctor_leaves_a_healthy_index_alone(
    index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADVISOR_INDEX", str(index_folder))

    done = rightsize("doctor", "--repair")

    assert done.exit_code == 0
    assert "nothing to repair" in done.output
