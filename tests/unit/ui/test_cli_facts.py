from __future__ import annotations

import json
from pathlib import Path

import pytest
from audited import HARDWARE
from typer.testing import CliRunner

from ui.cli import app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "demo.md").write_text(HARDWARE, encoding="utf-8")
    return tmp_path


def test_sound_documents_are_counted_in_one_line(folder: Path) -> None:
    more = "sources:\n  s2: {url: 'https://example.org/more'}"
    (folder / "demo.md").write_text(HARDWARE.replace("sources:", more), encoding="utf-8")

    result = CliRunner().invoke(app, ["facts", "check", "--folder", str(folder)])

    assert result.exit_code == 0
    assert result.output == (
        "1 documents, 5 figures, 2 sources (1 for further reading): all in order\n"
    )


def test_each_finding_is_a_line_and_the_exit_code_says_so(folder: Path) -> None:
    (folder / "demo.md").write_text(HARDWARE.replace("value: 24,", "value: 24000,"), "utf-8")

    result = CliRunner().invoke(app, ["facts", "check", "--folder", str(folder)])
    listed = CliRunner().invoke(app, ["facts", "check", "--folder", str(folder), "--json"])

    assert result.exit_code == listed.exit_code == 1
    assert "hardware/demo-24: facts.memory: lies outside 0.1 to 10,000, 24,000\n" in result.output
    assert json.loads(listed.output)[0]["field"] == "facts.memory"


def test_the_oldest_facts_are_listed(folder: Path) -> None:
    command = ["facts", "oldest", "--n", "1", "--kind", "hardware", "--folder", str(folder)]

    shown = CliRunner().invoke(app, command)
    listed = CliRunner().invoke(app, [*command, "--json"])

    assert shown.output.startswith("2026-10  hardware/demo-24#compute_fp8: Demo Card 24GB")
    assert json.loads(listed.output)[0]["date"] == "2026-10"
