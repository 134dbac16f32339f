"""What is wrong with a document, in one line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a document: `what` is wrong with the `value` of `field`."""

    doc_id: str
    field: str
    what: str
    value: str

    @property
    def line(self) -> str:
        """The finding as people read it."""
        return f"{self.doc_id}: {self.field}: {self.what}, {self.value}"
