"""What `rightsize doctor` looks at: weights, index, stored vectors, conversations."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import AdvisorError
from agent.memory import open_checkpointer, threads
from agent.opening import embedder, open_base
from agent.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.storage.names import default_folder


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what to do where it is not right."""

    name: str
    ok: bool
    message: str


def diagnose(settings: Settings) -> tuple[Finding, ...]:
    """Return what was found, in the order in which things depend on each other."""
    return (_weights(settings), *_index(settings), _threads(settings))


def _weights(settings: Settings) -> Finding:
    try:
        made = embedder(settings)
        made.embed(["ready"])
    except (AdvisorError, KnowledgeError) as error:
        return Finding("embedder", ok=False, message=str(error))
    return Finding("embedder", ok=True, message=f"{made.name}, {made.dimensions} dimensions")


def _index(settings: Settings) -> tuple[Finding, ...]:
    try:
        with open_base(settings) as base:
            health = base.check()
            current = base.is_current()
    except (AdvisorError, KnowledgeError) as error:
        return (Finding("index", ok=False, message=str(error)),)
    fresh = (
        "documents and index agree"
        if current
        else "documents have changed since; run `rightsize index`"
    )
    return (
        Finding("stored vectors", ok=health.ok, message=health.message),
        Finding("index", ok=current, message=fresh),
    )


def _threads(settings: Settings) -> Finding:
    folder = settings.index or default_folder()
    try:
        saver = open_checkpointer(settings.threads or folder / "threads.sqlite")
        count = len(threads(saver))
    except AdvisorError as error:
        return Finding("conversations", ok=False, message=str(error))
    return Finding("conversations", ok=True, message=f"{count} kept")
