"""What a sync did, and whether the index answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from knowledge.store import REBUILD, Entry


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, in documents."""

    added: int
    updated: int
    deleted: int
    unchanged: int
    seconds: float

    @classmethod
    def between(cls, old: Sequence[Entry], new: Sequence[Entry], *, seconds: float) -> Self:
        """Return what lies between the entries `old` and `new`."""
        before = {entry.document.id: entry.sha256 for entry in old}
        after = {entry.document.id: entry.sha256 for entry in new}
        kept = after.keys() & before.keys()
        unchanged = sum(before[name] == after[name] for name in kept)
        return cls(
            added=len(after.keys() - before.keys()),
            updated=len(kept) - unchanged,
            deleted=len(before.keys() - after.keys()),
            unchanged=unchanged,
            seconds=seconds,
        )


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the index answers. `unreadable` counts vectors of the sample."""

    ok: bool
    documents: int
    chunks: int
    unreadable: int
    message: str

    @classmethod
    def of(cls, *, documents: int, chunks: int, missing: int, sample: int, unreadable: int) -> Self:
        """Return the health of an index of `chunks`, `sample` of which were read back."""
        message = f"{chunks} chunks of {documents} documents answer"
        if missing or unreadable:
            message = (
                f"{missing} of {chunks} vectors are missing and {unreadable} of {sample} "
                f"can't be read back; run `{REBUILD}`"
            )
        healthy = not missing and not unreadable
        return cls(healthy, documents, chunks, unreadable, message)
