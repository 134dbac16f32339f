"""What stops an index half-way or makes it unfit, and how it comes back."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from small_knowledge import EMBEDDER, ROOT, add_cards, first, opened

from knowledge import EmbedderError, IndexMismatch, KnowledgeBase, MiniLM, StorageError
from knowledge.embedding import Vectors


class OtherName(MiniLM):
    """An embedder that an index made by MiniLM does not fit."""

    name = "other-minilm"


class Failing(MiniLM):
    """An embedder that gives up at the third call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        if self.calls == 3:
            raise EmbedderError("the endpoint is gone")
        return super().embed(texts)


KILLED = """
import os, signal, sys
from pathlib import Path
from knowledge import KnowledgeBase, MiniLM

class Dying(MiniLM):
    calls = 0
    def embed(self, texts):
        self.calls += 1
        if self.calls == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts)

KnowledgeBase.open(sys.argv[1], embedder=Dying(), corpus=Path(sys.argv[2])).sync()
"""
FULL = """
import resource, signal, sys
from pathlib import Path
from knowledge import KnowledgeBase, StorageError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
kb = KnowledgeBase.open(sys.argv[1], corpus=Path(sys.argv[2]))
try:
    kb.sync()
except StorageError as error:
    print(error)
"""


def test_a_failure_in_the_middle_leaves_the_old_state_and_the_next_sync_goes_on(
    kb: KnowledgeBase, corpus: Path
) -> None:
    kb.close()
    add_cards(corpus, 200)

    with opened(kb, Failing()) as failing:
        with pytest.raises(EmbedderError, match="gone"):
            failing.sync()
        assert len(failing.catalogue) == 2
        assert {p.doc_id for p in failing.search("card number 7")} <= {
            "hardware/alpha",
            "hardware/beta",
        }

    done: list[tuple[int, int]] = []
    with opened(kb) as again:
        report = again.sync(progress=lambda made, total: done.append((made, total)))
        assert report.added == 200
        assert done[-1] == (144, 144)
        assert again.check().ok


def test_a_sync_killed_in_the_middle_is_finished_by_the_next(
    kb: KnowledgeBase, corpus: Path
) -> None:
    kb.close()
    add_cards(corpus, 100)
    command = [sys.executable, "-c", KILLED, str(kb.folder), str(corpus)]

    killed = subprocess.run(command, cwd=ROOT, check=False, timeout=120)

    assert killed.returncode == -signal.SIGKILL
    done: list[tuple[int, int]] = []
    with opened(kb) as again:
        assert len(again.catalogue) == 2
        assert first(again, "silent cooling") == "hardware/alpha"
        report = again.sync(progress=lambda made, total: done.append((made, total)))
        assert report.added == 100
        assert done[0] == (0, 72), "the vectors of the first batch are used again"
        assert again.check().ok


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with (
            KnowledgeBase.open(path, embedder=EMBEDDER, corpus=corpus) as kb,
            pytest.raises(StorageError, match="is not a folder"),
        ):
            kb.sync()


def test_an_index_of_another_embedder_is_refused_until_it_is_rebuilt(kb: KnowledgeBase) -> None:
    kb.add_text("notes/mine", "Our own note about a lighthouse.")
    kb.close()

    with opened(kb, OtherName()) as other:
        assert not other.is_current()
        for use in (lambda: other.search("x"), other.sync, lambda: other.add_text(None, "x")):
            with pytest.raises(IndexMismatch, match="rightsize index --rebuild"):
                use()
        other.sync(rebuild=True)
        assert other.is_current()
        assert first(other, "lighthouse") == "notes/mine"
        assert other.check().ok


def test_a_database_of_another_version_asks_for_a_rebuild_that_keeps_the_users_documents(
    kb: KnowledgeBase,
) -> None:
    kb.add_text("notes/mine", "Our own note about a lighthouse.")
    kb.close()
    with closing(sqlite3.connect(kb.folder / "knowledge.db")) as database:
        database.execute("PRAGMA user_version = 99")

    with opened(kb) as again:
        for use in (lambda: again.search("x"), again.sync):
            with pytest.raises(IndexMismatch, match="rightsize index --rebuild"):
                use()
        again.sync(rebuild=True)
        assert first(again, "lighthouse") == "notes/mine"
        assert again.check().ok


def test_documents_of_the_user_in_a_catalogue_before_sqlite_are_taken_over(
    tmp_path: Path, corpus: Path
) -> None:
    note = {"id": "notes/mine", "kind": "note", "title": "Mine", "read_on": "2026-11-01"}
    entry = {"document": note, "body": "A lighthouse.", "sha256": "0", "origin": "user"}
    (tmp_path / "catalogue.json").write_text(json.dumps({"entries": [entry, {"odd": 1}]}))

    for _ in range(2):
        with KnowledgeBase.open(tmp_path, embedder=EMBEDDER, corpus=corpus) as kb:
            kb.sync()
            assert first(kb, "lighthouse") == "notes/mine"
            assert len(kb.catalogue) == 3
    assert not (tmp_path / "catalogue.json").exists()


@pytest.mark.parametrize("damaged", ["knowledge.db", "words/meta.json", "chroma/chroma.sqlite3"])
@pytest.mark.parametrize("content", ["", "{", "\0" * 9000])
def test_a_damaged_file_is_made_anew_by_a_rebuild(
    kb: KnowledgeBase, damaged: str, content: str
) -> None:
    kb.close()
    (kb.folder / damaged).write_text(content)

    with opened(kb) as again:
        again.sync(rebuild=True)
        assert first(again, "silent cooling") == "hardware/alpha"
        assert again.check().ok


def test_a_lost_vector_is_seen_by_the_check_and_mended_by_a_sync(kb: KnowledgeBase) -> None:
    vectors = kb._readable().vectors
    vectors.delete(sorted(vectors.ids())[:1])

    health = kb.check()

    assert not health.ok
    assert "1 of 4 vectors are missing" in health.message
    kb.sync()
    assert kb.check().ok


@pytest.mark.parametrize("limit_bytes", [2_000, 60_000, 400_000])
def test_a_disk_without_room_leaves_the_old_index(
    kb: KnowledgeBase, corpus: Path, limit_bytes: int
) -> None:
    kb.close()
    before = kb.snapshot
    add_cards(corpus, 300, prose=" Some prose." * 60)
    command = [sys.executable, "-c", FULL, str(kb.folder), str(corpus), str(limit_bytes)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    with opened(kb) as again:
        assert again.snapshot == before
        assert first(again, "silent cooling") == "hardware/alpha"
