"""What a sync, an added file and a search do with the documents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from small_knowledge import EMBEDDER, ROOT, card, first, opened

from knowledge import CORPUS, DocumentError, IndexMissing, KnowledgeBase, NameUnknown


def test_a_synced_document_is_found_by_meaning_and_carries_its_source(kb: KnowledgeBase) -> None:
    passage = kb.search("silent cooling at work", k=1)[0]

    assert passage.id == "hardware/alpha#about"
    assert passage.url == "https://example.org/alpha"
    assert (passage.kind, passage.title, passage.basis) == ("hardware", "Card alpha", "vendor")


def test_a_second_sync_finds_nothing_to_do(kb: KnowledgeBase) -> None:
    snapshot = kb.snapshot

    report = kb.sync()

    assert (report.added, report.updated, report.deleted, report.unchanged) == (0, 0, 0, 2)
    assert kb.snapshot == snapshot
    assert kb.is_current()


def test_a_sync_takes_up_what_was_added_changed_and_removed(
    kb: KnowledgeBase, corpus: Path
) -> None:
    (corpus / "alpha.md").write_text(card("alpha", "It hums like a beehive."))
    (corpus / "gamma.md").write_text(card("gamma", "Bought second hand by students."))
    (corpus / "beta.md").unlink()
    assert not kb.is_current()

    report = kb.sync()

    assert (report.added, report.updated, report.deleted) == (1, 1, 1)
    assert first(kb, "noise of bees") == "hardware/alpha"
    assert first(kb, "used cards for students") == "hardware/gamma"
    assert "hardware/beta" not in kb.catalogue
    assert "hardware/beta" not in {p.doc_id for p in kb.search("wild mountain weather")}
    assert kb.check().ok


def test_what_was_indexed_is_there_after_reopening(kb: KnowledgeBase) -> None:
    snapshot, found = kb.snapshot, kb.search("mountain")
    kb.close()

    with opened(kb) as again:
        assert again.snapshot == snapshot
        assert again.search("mountain") == found
        assert again.is_current()


def test_filters_and_the_limit_per_document_hold(kb: KnowledgeBase) -> None:
    kb.add_text("notes/rule", "Data stays in the mountain office.")

    assert {p.kind for p in kb.search("office", kind="note")} == {"note"}
    assert {p.doc_id for p in kb.search("office", doc_ids=["hardware/beta"])} == {"hardware/beta"}
    assert kb.search("office", doc_ids=[]) == []
    assert kb.search("office", kind=["study", "cost"]) == []
    assert len(kb.search("card", k=9, per_document=1)) == 3
    assert kb.search("   ") == kb.search("office", k=0) == []


def test_documents_of_the_user_stay_through_a_sync_and_a_rebuild(kb: KnowledgeBase) -> None:
    doc_id = kb.add_text(None, "# Our rule\nNo data leaves Lisbon.", basis="vendor")
    assert doc_id == "notes/our-rule"

    kb.sync()
    kb.sync(rebuild=True)

    passage = kb.search("data in Portugal Lisbon", k=1)[0]
    assert (passage.doc_id, passage.basis) == ("notes/our-rule", "vendor")


def test_a_document_of_the_user_takes_the_place_of_a_bundled_one(kb: KnowledgeBase) -> None:
    kb.add_text(None, card("alpha", "Painted in bright orange."))

    assert kb.sync().unchanged == 2
    assert first(kb, "orange paint") == "hardware/alpha"
    kb.delete("hardware/alpha")
    assert kb.sync().added == 1
    assert first(kb, "quiet fan") == "hardware/alpha"


def test_a_file_is_added_and_deleted_again(kb: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "Handbook.txt"
    path.write_text("Penguins may enter the server room.")

    assert kb.add(path) == "notes/handbook"
    assert first(kb, "penguins") == "notes/handbook"

    kb.delete("notes/handbook")
    assert "notes/handbook" not in {p.doc_id for p in kb.search("penguins")}
    with pytest.raises(NameUnknown, match="notes/handbook"):
        kb.delete("notes/handbook")
    with pytest.raises(DocumentError, match="password"):
        kb.add("https://me:secret@example.org/page")


def test_a_bad_document_leaves_the_index_as_it_was(kb: KnowledgeBase, corpus: Path) -> None:
    before = kb.snapshot
    (corpus / "gamma.md").write_text(card("gamma", "fine"))
    (corpus / "zeta.md").write_text(card("zeta", "bad").replace("unit: GB", "unit: TB"))

    with pytest.raises(DocumentError, match=r"zeta\.md.*'TB'"):
        kb.sync()

    assert kb.snapshot == before
    assert "hardware/gamma" not in kb.catalogue
    assert first(kb, "silent cooling") == "hardware/alpha"


def test_an_alias_of_another_document_is_refused(kb: KnowledgeBase) -> None:
    aliased = card("one", "x").replace("vendor: Demo", "vendor: Demo\naliases: [same]")
    kb.add_text(None, aliased)

    with pytest.raises(DocumentError, match=r"'same' is taken by hardware/one"):
        kb.add_text(None, aliased.replace("hardware/one", "hardware/two"))

    assert "hardware/two" not in kb.catalogue


def test_an_empty_folder_has_no_index_yet(tmp_path: Path, corpus: Path) -> None:
    with KnowledgeBase.open(tmp_path / "none", embedder=EMBEDDER, corpus=corpus) as kb:
        assert len(kb.catalogue) == 0
        assert not kb.is_current()
        with pytest.raises(IndexMissing, match="rightsize index"):
            kb.search("anything")
    assert not (tmp_path / "none").exists()


def test_the_package_is_imported_without_its_heavy_parts() -> None:
    program = (
        "import sys, knowledge\n"
        "heavy = {'chromadb', 'onnxruntime', 'openai', 'tantivy', 'tokenizers'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_bundled_documents_are_the_default() -> None:
    assert CORPUS.is_dir()
    assert list(CORPUS.rglob("*.md"))
