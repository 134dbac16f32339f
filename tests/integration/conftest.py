"""Two cards, and a knowledge base over them that a test may change and break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_knowledge import EMBEDDER, card

from knowledge import KnowledgeBase


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "alpha.md").write_text(card("alpha", "Its fan is very quiet in an office."))
    (folder / "beta.md").write_text(card("beta", "Made for wild weather on a mountain."))
    return folder


@pytest.fixture
def kb(tmp_path: Path, corpus: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as base:
        base.sync()
        yield base
