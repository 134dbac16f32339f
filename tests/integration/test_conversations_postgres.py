"""Conversations in a real PostgreSQL on loopback: kept, listed, forgotten, and shared."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import Advisor, Settings
from agent.errors import ThreadError
from agent.memory import open_checkpointer

pytestmark = pytest.mark.enable_socket
TOOLS = ("initdb", "pg_ctl")
USER = "postgres"


def tool(name: str) -> str | None:
    found = shutil.which(name)
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        found = found or shutil.which(name, path=str(folder))
    return found


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Start a PostgreSQL server of our own and return its address."""
    pytest.importorskip("langgraph.checkpoint.postgres")
    if not all(map(tool, TOOLS)):
        pytest.skip("no PostgreSQL on this machine")
    folder = Path(tempfile.mkdtemp(prefix="rightsize-pg-"))
    owner = USER if os.geteuid() == 0 else None  # the server refuses to run as root
    if owner:
        shutil.chown(folder, owner)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    data = folder / "data"

    def run(name: str, *words: str | Path) -> None:
        command = [tool(name) or name, *map(str, words)]
        subprocess.run(command, user=owner, cwd=folder, check=True, capture_output=True)

    run("initdb", "-D", data, "-U", USER, "--auth=trust")
    run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    try:
        yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


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
    pytest.importorskip("langgraph.checkpoint.postgres")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://me:secret@127.0.0.1:{closed.getsockname()[1]}/x"

        with pytest.raises(ThreadError, match="PostgreSQL database at") as raised:
            open_checkpointer(url)

    assert "secret" not in str(raised.value)
