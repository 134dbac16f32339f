"""Conversations: a LangGraph checkpointer on SQLite, or in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from agent.answer import Answer
from agent.errors import ThreadError

IN_MEMORY = ":memory:"
STORED_TYPES = (
    ("agent.answer", "Answer"),
    ("agent.profile", "Profile"),
    ("agent.understanding", "Understanding"),
)
MOST_THREADS = 50
POSTGRES = ("postgresql://", "postgres://")
CONNECTIONS = 4
CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation: its id, its first question, and when it last changed (ISO, UTC)."""

    id: str
    title: str
    updated: str


def open_checkpointer(path: Path | str) -> BaseCheckpointSaver[str]:
    """Return the store of conversations at `path`.

    `path` is an SQLite file, the address of a PostgreSQL database ("postgresql://..."), or
    ":memory:", which keeps them in this process only.

    Raises:
        ThreadError: if the file or the database can't be opened or written.
    """
    serde = JsonPlusSerializer(allowed_msgpack_modules=STORED_TYPES)
    if str(path) == IN_MEMORY:
        return InMemorySaver(serde=serde)
    if str(path).startswith(POSTGRES):
        return _open_postgres(str(path), serde)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
        connection.execute("PRAGMA journal_mode=WAL")
        saver = SqliteSaver(connection, serde=serde)
        saver.setup()
    except (OSError, sqlite3.Error) as error:
        raise ThreadError(
            f"Conversations can't be kept at {str(path)!r}: {error}. "
            "Set ADVISOR_THREADS to a file that can be written, or to ':memory:'."
        ) from error
    return saver


def _open_postgres(url: str, serde: JsonPlusSerializer) -> BaseCheckpointSaver[str]:
    """Return the store in the database at `url`, with a few connections that threads share."""
    where = f"the PostgreSQL database at {urlsplit(url).hostname}"
    try:
        from langgraph.checkpoint.postgres import PostgresSaver
        from psycopg import Connection, Error
        from psycopg.rows import dict_row
        from psycopg_pool import ConnectionPool, PoolTimeout
    except ImportError as error:
        raise ThreadError(
            f"Conversations can't be kept in {where}: install rightsize[postgres]."
        ) from error
    fixed = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: ConnectionPool[Connection[dict[str, Any]]] = ConnectionPool(
        url, min_size=1, max_size=CONNECTIONS, kwargs=fixed, open=False
    )
    try:
        pool.open(wait=True, timeout=CONNECT_SECONDS)
        saver = PostgresSaver(pool, serde=serde)
        saver.setup()
    except (Error, PoolTimeout) as error:
        pool.close()
        raise ThreadError(
            f"Conversations can't be kept in {where}: it does not answer as expected. "
            "Check ADVISOR_THREADS."
        ) from error
    kept: BaseCheckpointSaver[str] = saver
    return kept


def answers(saver: BaseCheckpointSaver[str], thread: str) -> tuple[Answer, ...]:
    """Return the answers of `thread`, oldest first."""
    kept: dict[int, Answer] = {}
    for checkpoint in saver.list({"configurable": {"thread_id": thread, "checkpoint_ns": ""}}):
        values = checkpoint.checkpoint["channel_values"]
        answer = values.get("answer")
        if isinstance(answer, Answer):
            kept.setdefault(values.get("turns", 0), answer)
    return tuple(kept[turn] for turn in sorted(kept))


def threads(saver: BaseCheckpointSaver[str]) -> tuple[Thread, ...]:
    """Return the conversations, the newest first."""
    found: dict[str, Thread] = {}
    for checkpoint in _all(saver):
        thread = str(checkpoint.config["configurable"]["thread_id"])
        answer = checkpoint.checkpoint["channel_values"].get("answer")
        if not isinstance(answer, Answer):
            continue
        newest = found[thread].updated if thread in found else checkpoint.checkpoint["ts"]
        found[thread] = Thread(thread, answer.question, newest)
        if len(found) > MOST_THREADS:
            break
    return tuple(found.values())[:MOST_THREADS]


def _all(saver: BaseCheckpointSaver[str]) -> Iterator[CheckpointTuple]:
    yield from saver.list(None)
