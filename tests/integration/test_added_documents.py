"""What is added, changed or deleted counts in the very next answer of a running advisor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from agent import Advisor, Settings
from knowledge import KnowledgeBase

CARD = """---
id: hardware/kestrel-q8
kind: hardware
title: Kestrel Q8
vendor: Kestrel
device: npu
status: announced
read_on: '2026-11-24'
facts:
- {{name: memory, value: {gb}, unit: GB, source: s1, basis: vendor}}
sources:
  s1: {{url: 'https://kestrel.example/q8'}}
---

The Kestrel Q8 is an accelerator card.
"""


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    base = KnowledgeBase.open(tmp_path / "index", corpus=None)
    base.add_text("notes/other", "Something else.")
    return base


def test_running_advisor_follows_the_documents(base: KnowledgeBase) -> None:
    question = "How much memory does the Kestrel Q8 have?"
    settings = Settings(threads=Path(":memory:"), today=date(2026, 11, 24))
    with base, Advisor(settings, knowledge=base) as advisor:
        before = advisor.ask(question)
        base.add_text(None, CARD.format(gb=64))
        added = advisor.ask(question)
        base.add_text(None, CARD.format(gb=96))
        changed = advisor.ask(question)
        base.delete("hardware/kestrel-q8")
        after = advisor.ask(question)

    assert "64 GB" in added.text
    assert added.citations[0].doc_id == "hardware/kestrel-q8"
    assert "96 GB" in changed.text
    assert [before.citations, after.citations] == [(), ()]
