"""Reading sources and adding documents outside any script run, so that a rerun cannot cut them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from knowledge.adding import Draft, Drafts
from knowledge.errors import KnowledgeError
from knowledge.sources import Refusal
from knowledge.storage.storage import Progress

logger = logging.getLogger(__name__)
WORKERS = 2
MOST_ERRANDS = 50
Write = Callable[[Sequence[Draft], Progress], Sequence[str]]
Step = Literal["reading", "review", "adding", "done", "failed"]
OURS = "Something broke on our side; nothing was added."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read: its name for people, and what reads it."""

    name: str
    read: Callable[[], Drafts]


@dataclass(slots=True)
class Errand:
    """From sources to documents: read, looked at by a person, then added."""

    id: str
    step: Step = "reading"
    done: int = 0
    total: int = 0
    now: str = ""
    """What is being read."""
    drafts: tuple[Draft, ...] = ()
    refused: tuple[Refusal, ...] = ()
    """What could not be used."""
    added: tuple[str, ...] = ()
    problem: str = field(default="")
    """Why adding failed; the drafts are kept."""

    @property
    def works(self) -> bool:
        """Return whether a worker is at it."""
        return self.step in {"reading", "adding"}


class Errands:
    """The latest errands. Safe for several sessions at once."""

    def __init__(self) -> None:
        """Open a pool of workers; none starts before the first errand."""
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="knowledge")
        self._errands: dict[str, Errand] = {}
        self._lock = threading.Lock()

    def read(self, items: Sequence[Item]) -> Errand:
        """Begin to read `items`; one that can't be read is refused and the others go on."""
        errand = Errand(uuid4().hex[:12], total=len(items))
        with self._lock:
            self._errands[errand.id] = errand
            while len(self._errands) > MOST_ERRANDS:
                self._errands.pop(next(iter(self._errands)))
        self._pool.submit(_read, errand, items)
        return errand

    def add(
        self,
        errand: Errand,
        drafts: Sequence[Draft],
        write: Write,
    ) -> None:
        """Begin to write `drafts`, unless the errand is no longer in review."""
        with self._lock:
            if errand.step != "review":
                return
            errand.step, errand.done, errand.total, errand.problem = "adding", 0, 0, ""
        self._pool.submit(_add, errand, drafts, write)

    def of(self, errand_id: str | None) -> Errand | None:
        """Return an errand, or None."""
        return self._errands.get(errand_id or "")

    def close(self) -> None:
        """Finish what is under way and take no more."""
        self._pool.shutdown(wait=True)

    def drop(self, errand_id: str) -> None:
        """Forget an errand; what was added stays."""
        with self._lock:
            self._errands.pop(errand_id, None)


def _read(errand: Errand, items: Sequence[Item]) -> None:
    for number, item in enumerate(items):
        errand.now, errand.done = item.name, number
        try:
            found = item.read()
        except KnowledgeError as error:
            errand.refused += (Refusal(item.name, str(error)),)
        except Exception:
            logger.exception("a source could not be read")
            errand.refused += (Refusal(item.name, OURS),)
        else:
            errand.drafts += found.documents
            errand.refused += found.refused
    errand.step = "review" if errand.drafts else "failed"


def _add(errand: Errand, drafts: Sequence[Draft], write: Write) -> None:
    def progress(done: int, total: int) -> None:
        errand.done, errand.total = done, total

    try:
        errand.added = tuple(write(drafts, progress))
    except KnowledgeError as error:
        errand.problem, errand.step = str(error), "review"
    except Exception:
        logger.exception("documents could not be added")
        errand.problem, errand.step = OURS, "review"
    else:
        errand.step = "done"
