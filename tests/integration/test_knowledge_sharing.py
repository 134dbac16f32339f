"""One index used by several threads and processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from small_knowledge import EMBEDDER, ROOT, card, first, opened

from knowledge import IndexLocked, KnowledgeBase, StorageError


def test_a_second_writer_is_refused_and_readers_are_not(kb: KnowledgeBase) -> None:
    with opened(kb) as other:
        assert first(other, "silent cooling") == "hardware/alpha"
        with pytest.raises(IndexLocked, match="this process"):
            other.add_text(None, "text")

        kb.close()
        assert other.add_text("notes/now", "now it works") == "notes/now"


def test_the_lock_names_the_other_process(tmp_path: Path, corpus: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from knowledge.storage.lock import WriteLock\n"
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


def test_the_lock_file_survives_a_dead_writer(tmp_path: Path, corpus: Path) -> None:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "write.lock").touch()
    (folder / "writer.pid").write_text(str(os.getpid() + 1))

    with KnowledgeBase.open(folder, embedder=EMBEDDER, corpus=corpus) as kb:
        assert kb.sync().added == 2


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


def test_a_reader_sees_what_another_process_wrote(kb: KnowledgeBase, corpus: Path) -> None:
    kb.close()
    program = (
        "import sys; from pathlib import Path; from knowledge import KnowledgeBase\n"
        "with KnowledgeBase.open(sys.argv[1], corpus=Path(sys.argv[2])) as kb:\n"
        "    kb.add_text('notes/new', 'A lighthouse by the sea.'); kb.delete('hardware/beta')"
    )
    with opened(kb) as reader:
        assert first(reader, "lighthouse") != "notes/new"
        command = [sys.executable, "-c", program, str(kb.folder), str(corpus)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)

        assert first(reader, "lighthouse") == "notes/new"
        assert "hardware/beta" not in reader.catalogue
        assert reader.check().ok
