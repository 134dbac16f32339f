"""What an index holds of a document, and what it remembers of its own making."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self

from pydantic import ConfigDict

from knowledge.schema import AnyDocument, Record

Origin = Literal["corpus", "user"]


class Entry(Record):
    """A document as it stands in the index; `sha256` is that of its whole text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: AnyDocument
    body: str
    sha256: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class About:
    """What an index remembers of how it was made. `names` changes with the typed documents."""

    embedder: str
    dimensions: int
    collection: str
    recipe: str
    corpus: str | None = None
    names: int = 0
    revision: int = 0

    def made_by(self, embedder: str, dimensions: int, collection: str) -> Self:
        """Return the same with vectors of `embedder` in `collection`."""
        return replace(self, embedder=embedder, dimensions=dimensions, collection=collection)

    @property
    def making(self) -> dict[str, str | int | None]:
        """What a commit has to say of the making."""
        return {
            "embedder": self.embedder,
            "dimensions": self.dimensions,
            "collection": self.collection,
            "recipe": self.recipe,
            "corpus": self.corpus,
        }
