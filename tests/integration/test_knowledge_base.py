from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from knowledge import (
    CORPUS,
    DocumentError,
    EmbedderError,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    KnowledgeBase,
    MiniLM,
    NameUnknown,
    StorageError,
)
from knowledge.embedding import Vectors

EMBEDDER = MiniLM()
ROOT = Path(__file__).parents[2]


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


def card(name: str, text: str) -> str:
    return f"""---
id: hardware/{name}
kind: hardware
title: Card {name}
vendor: Demo
read_on: '2026-11-01'
device: gpu
status: shipping
facts:
- {{name: memory, value: 24, unit: GB, basis: vendor, source: s1}}
sources:
  s1: {{url: 'https://example.org/{name}'}}
---

## About
{text}
"""


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


def first(kb: KnowledgeBase, query: str) -> str:
    return kb.search(query, k=1)[0].doc_id


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


def test_what_was_indexed_is_there_after_reopening(
    kb: KnowledgeBase, tmp_path: Path, corpus: Path
) -> None:
    snapshot, found = kb.snapshot, kb.search("mountain")
    kb.close()

    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as again:
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
    with pytest.raises(DocumentError, match="URL"):
        kb.add("https://example.org/page")


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


def test_a_failure_in_the_middle_leaves_the_old_state_and_the_next_sync_goes_on(
    tmp_path: Path, kb: KnowledgeBase, corpus: Path
) -> None:
    kb.close()
    for number in range(200):
        (corpus / f"many{number}.md").write_text(card(f"many{number}", f"Card number {number}."))

    with KnowledgeBase.open(tmp_path / "kb", embedder=Failing(), corpus=corpus) as failing:
        with pytest.raises(EmbedderError, match="gone"):
            failing.sync()
        assert len(failing.catalogue) == 2
        assert {p.doc_id for p in failing.search("card number 7")} <= {
            "hardware/alpha",
            "hardware/beta",
        }

    done: list[tuple[int, int]] = []
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as again:
        report = again.sync(progress=lambda made, total: done.append((made, total)))
        assert report.added == 200
        assert done[-1] == (144, 144)
        assert again.check().ok


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


def test_a_sync_killed_in_the_middle_is_finished_by_the_next(
    tmp_path: Path, kb: KnowledgeBase, corpus: Path
) -> None:
    kb.close()
    for number in range(100):
        (corpus / f"many{number}.md").write_text(card(f"many{number}", f"Card number {number}."))
    command = [sys.executable, "-c", KILLED, str(tmp_path / "kb"), str(corpus)]

    killed = subprocess.run(command, cwd=ROOT, check=False, timeout=120)

    assert killed.returncode == -signal.SIGKILL
    done: list[tuple[int, int]] = []
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as again:
        assert len(again.catalogue) == 2
        assert first(again, "silent cooling") == "hardware/alpha"
        report = again.sync(progress=lambda made, total: done.append((made, total)))
        assert report.added == 100
        assert done[0] == (0, 72), "the vectors of the first batch are used again"
        assert again.check().ok


def test_a_second_writer_is_refused_and_readers_are_not(
    kb: KnowledgeBase, tmp_path: Path, corpus: Path
) -> None:
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as other:
        assert first(other, "silent cooling") == "hardware/alpha"
        with pytest.raises(IndexLocked, match="this process"):
            other.add_text(None, "text")

        kb.close()
        assert other.add_text("notes/now", "now it works") == "notes/now"


def test_the_lock_names_the_other_process(tmp_path: Path, corpus: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from knowledge.lock import WriteLock\n"
        "lock = WriteLock(Path(sys.argv[1])); lock.acquire(); print('held', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "kb")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        kb = KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus)
        with pytest.raises(IndexLocked, match=rf"process {holder.pid}\. Wait"):
            kb.sync()
        holder.stdin.close()


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with (
            KnowledgeBase.open(path, embedder=EMBEDDER, corpus=corpus) as kb,
            pytest.raises(StorageError, match="is not a folder"),
        ):
            kb.sync()


def test_an_index_of_another_embedder_is_refused_until_it_is_rebuilt(
    kb: KnowledgeBase, tmp_path: Path, corpus: Path
) -> None:
    kb.add_text("notes/mine", "Our own note about a lighthouse.")
    kb.close()

    with KnowledgeBase.open(tmp_path / "kb", embedder=OtherName(), corpus=corpus) as other:
        assert not other.is_current()
        for use in (lambda: other.search("x"), other.sync, lambda: other.add_text(None, "x")):
            with pytest.raises(IndexMismatch, match="rightsize index --rebuild"):
                use()
        other.sync(rebuild=True)
        assert other.is_current()
        assert first(other, "lighthouse") == "notes/mine"
        assert other.check().ok


def test_an_empty_folder_has_no_index_yet(tmp_path: Path, corpus: Path) -> None:
    with KnowledgeBase.open(tmp_path / "none", embedder=EMBEDDER, corpus=corpus) as kb:
        assert len(kb.catalogue) == 0
        assert not kb.is_current()
        with pytest.raises(IndexMissing, match="rightsize index"):
            kb.search("anything")
    assert not (tmp_path / "none").exists()


def test_a_catalogue_of_another_version_asks_for_a_rebuild_that_keeps_the_users_documents(
    kb: KnowledgeBase, tmp_path: Path, corpus: Path
) -> None:
    kb.add_text("notes/mine", "Our own note about a lighthouse.")
    kb.close()
    catalogue = tmp_path / "kb" / "catalogue.json"
    old = json.loads(catalogue.read_text())
    catalogue.write_text(json.dumps({"version": 0, "entries": old["entries"]}))

    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as again:
        with pytest.raises(IndexMismatch, match="rightsize index --rebuild"):
            again.search("x")
        with pytest.raises(IndexMismatch, match="rightsize index --rebuild"):
            again.sync()
        again.sync(rebuild=True)
        assert first(again, "lighthouse") == "notes/mine"
        assert again.check().ok


@pytest.mark.parametrize("content", ["", "{", "[]", '{"entries": 3}', '{"entries": [1]}'])
def test_a_damaged_catalogue_is_rebuilt(
    kb: KnowledgeBase, tmp_path: Path, corpus: Path, content: str
) -> None:
    kb.close()
    (tmp_path / "kb" / "catalogue.json").write_text(content)

    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as again:
        assert again.sync(rebuild=True).added == 2
        assert again.check().ok


def test_a_lost_vector_is_seen_by_the_check_and_mended_by_a_sync(kb: KnowledgeBase) -> None:
    _, vectors = kb._readable()
    vectors.delete(sorted(vectors.ids())[:1])

    health = kb.check()

    assert not health.ok
    assert "1 of 4 vectors are missing" in health.message
    kb.sync()
    assert kb.check().ok


def test_a_search_is_answered_from_the_old_state_during_a_sync(
    kb: KnowledgeBase, corpus: Path
) -> None:
    (corpus / "gamma.md").write_text(card("gamma", "Sold by a lighthouse keeper."))
    found: list[str] = []

    def search_meanwhile(done: int, total: int) -> None:
        reader = threading.Thread(
            target=lambda: found.extend(p.doc_id for p in kb.search("lighthouse keeper"))
        )
        reader.start()
        reader.join(timeout=30)
        assert not reader.is_alive()

    kb.sync(progress=search_meanwhile)

    assert found
    assert "hardware/gamma" not in found
    assert first(kb, "lighthouse keeper") == "hardware/gamma"


def test_threads_search_while_another_writes(kb: KnowledgeBase) -> None:
    faults: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(15):
                assert first(kb, "silent cooling") == "hardware/alpha"
        except (AssertionError, StorageError, IndexError) as error:
            faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(5):
        kb.add_text(f"notes/n{number}", f"Unrelated remark number {number} about tea.")
    for reader in readers:
        reader.join()

    assert faults == []


def test_a_reader_sees_what_another_process_wrote(
    kb: KnowledgeBase, tmp_path: Path, corpus: Path
) -> None:
    kb.close()
    program = (
        "import sys; from pathlib import Path; from knowledge import KnowledgeBase\n"
        "with KnowledgeBase.open(sys.argv[1], corpus=Path(sys.argv[2])) as kb:\n"
        "    kb.add_text('notes/new', 'A lighthouse by the sea.'); kb.delete('hardware/beta')"
    )
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as reader:
        assert first(reader, "lighthouse") != "notes/new"
        command = [sys.executable, "-c", program, str(tmp_path / "kb"), str(corpus)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)

        assert first(reader, "lighthouse") == "notes/new"
        assert "hardware/beta" not in reader.catalogue
        assert reader.check().ok


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


@pytest.mark.parametrize("limit_bytes", [2_000, 60_000, 400_000])
def test_a_disk_without_room_leaves_the_old_index(
    kb: KnowledgeBase, tmp_path: Path, corpus: Path, limit_bytes: int
) -> None:
    kb.close()
    before = kb.snapshot
    for number in range(300):
        text = card(f"many{number}", f"Card number {number}. " + "Some prose. " * 60)
        (corpus / f"many{number}.md").write_text(text)
    command = [sys.executable, "-c", FULL, str(tmp_path / "kb"), str(corpus), str(limit_bytes)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=corpus) as again:
        assert again.snapshot == before
        assert first(again, "silent cooling") == "hardware/alpha"


def test_the_package_is_imported_without_its_heavy_parts() -> None:
    program = (
        "import sys, knowledge\n"
        "heavy = {'chromadb', 'onnxruntime', 'openai', 'bm25s', 'tokenizers'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_the_lock_file_survives_a_dead_writer(tmp_path: Path, corpus: Path) -> None:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "write.lock").touch()
    (folder / "writer.pid").write_text(str(os.getpid() + 1))

    with KnowledgeBase.open(folder, embedder=EMBEDDER, corpus=corpus) as kb:
        assert kb.sync().added == 2


def test_bundled_documents_are_the_default() -> None:
    assert CORPUS.is_dir()
    assert list(CORPUS.rglob("*.md"))
