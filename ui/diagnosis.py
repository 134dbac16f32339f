"""What `rightsize doctor` looks at: weights, index, stored vectors, conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.errors import AdvisorError
from agent.memory import open_checkpointer, threads
from agent.opening import embedder, open_base
from agent.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.storage.names import default_folder
from knowledge.storage.storage import Progress


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what to do where it is not right."""

    name: str
    ok: bool
    message: str


def diagnose(settings: Settings) -> tuple[Finding, ...]:
    """Return what was found, in the order in which things depend on each other."""
    return (_weights(settings), *_index(settings), _threads(settings))


def repaired(
    settings: Settings, findings: Sequence[Finding], progress: Progress
) -> tuple[Finding, ...]:
    """Mend the index where `findings` say that it is not right; return what is found then.

    Vectors that can't be read back, or that another embedder made, are all made anew; an index
    that is only behind the documents is brought up to date.
    """
    found = {finding.name: finding.ok for finding in findings}
    rebuild = not found.get("stored vectors", False)
    if found.get("index") and not rebuild:
        return (*findings, Finding("repair", ok=True, message="nothing to repair"))
    try:
        with open_base(settings) as base:
            report = base.sync(rebuild=rebuild, progress=progress)
    except (AdvisorError, KnowledgeError) as error:
        return (*findings, Finding("repair", ok=False, message=str(error)))
    done = "all vectors made anew" if rebuild else "bundled documents brought in"
    words = f"{done} in {report.seconds:.1f} s; your own documents are kept"
    return (*diagnose(settings), Finding("repair", ok=True, message=words))


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
