"""A figure that nobody has reviewed may be used, and wears its mark in the answer."""

from __future__ import annotations

from pathlib import Path

from small_knowledge import EMBEDDER, card

from agent import Advisor, Settings
from evals.grounding import check
from knowledge import KnowledgeBase


def test_an_unreviewed_figure_is_answered_with_its_mark(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    marked = card("zephyrine", "A card.").replace(
        "{name: memory", "{unreviewed: true, name: memory"
    )
    (corpus / "zephyrine.md").write_text(marked)
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as base:
        base.sync()
        settings = Settings(threads=tmp_path / "threads.sqlite")
        with Advisor(settings, knowledge=base) as advisor:
            question = "How much memory does the Card zephyrine have?"
            answer = advisor.ask(question)

    assert "24 GB (unreviewed)" in answer.text
    assert check(answer, [question])[0] == []
