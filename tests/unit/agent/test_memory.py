"""The store of conversations: in memory or a file, never silently elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agent.errors import ThreadError
from agent.memory import STORED_TYPES, answers, open_checkpointer, threads


def test_conversations_can_stay_in_this_process() -> None:
    saver = open_checkpointer(":memory:")

    assert isinstance(saver, InMemorySaver)
    assert threads(saver) == ()
    assert answers(saver, "none") == ()


def test_the_folder_of_the_store_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "threads.sqlite"
    saver = open_checkpointer(path)

    assert path.exists()
    assert threads(saver) == ()
    saver.conn.close()  # type: ignore[attr-defined]  # SQLite only


@pytest.mark.parametrize("name", ["", "file.txt/threads.sqlite"])
def test_a_store_that_cannot_be_written_says_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("no folder")

    with pytest.raises(ThreadError, match="ADVISOR_THREADS"):
        open_checkpointer(tmp_path / name)


def test_a_file_that_is_no_store_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "threads.sqlite"
    path.write_text("this is a letter, not a database\n" * 50)

    with pytest.raises(ThreadError, match=r"threads\.sqlite"):
        open_checkpointer(path)


def test_only_named_types_are_stored() -> None:
    for module, name in STORED_TYPES:
        assert hasattr(__import__(module, fromlist=[name]), name)
