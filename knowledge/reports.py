"""What a sync did, and whether the index answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from knowledge.facts import statements
from knowledge.schema import Basis, Kind
from knowledge.search import main_basis
from knowledge.storage.names import REBUILD
from knowledge.storage.state import Entry, Origin


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, in documents."""

    added: int
    updated: int
    deleted: int
    unchanged: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Listed:
    """A line on a document. `unreviewed` counts drafted facts that nobody has confirmed."""

    doc_id: str
    kind: Kind
    title: str
    origin: Origin
    published: str | None
    read_on: str
    basis: Basis
    url: str | None
    unreviewed: int


def listed(entry: Entry) -> Listed:
    """Return the line on the document of `entry`."""
    document = entry.document
    source = next(iter(document.sources.values()), None)
    return Listed(
        doc_id=document.id,
        kind=document.kind,
        title=document.title,
        origin=entry.origin,
        published=document.published,
        read_on=document.read_on,
        basis=main_basis(document),
        url=source.url if source else None,
        unreviewed=sum(item.unreviewed for item in statements(document)),
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
