"""Names to documents to typed facts: what is known, ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from knowledge.devices import find_device
from knowledge.documents import AnyDoc
from knowledge.errors import KnowledgeError
from knowledge.facts import Statement, statements
from knowledge.machines import name_chips
from knowledge.mentions import Mention, find_mentions
from knowledge.resolving import Found, Resolver
from knowledge.schema import Hardware, Kind
from knowledge.unknowns import find_unknown


class NameUnknown(KnowledgeError, LookupError):
    """Nothing is known by this name. The message gives the nearest names."""

    def __init__(self, name: str, kind: Kind | None, nearest: tuple[str, ...]) -> None:
        """Say what was asked for and what comes near."""
        self.name = name
        self.kind = kind
        self.nearest = nearest
        hint = f"; the nearest names are {', '.join(map(repr, nearest))}" if nearest else ""
        super().__init__(f"no {kind or 'document'} is known as {name!r}{hint}")


@dataclass(frozen=True, slots=True)
class Match:
    """What a name stands for. Where it isn't `exact`, `choices` are ids it may also mean."""

    document: AnyDoc
    exact: bool
    choices: tuple[str, ...] = ()


class Item(Protocol):
    """A document with its prose."""

    @property
    def document(self) -> AnyDoc:
        """The document."""
        ...

    @property
    def body(self) -> str:
        """Its prose."""
        ...


class Notes(Protocol):
    """The notes, which may be many: they are read when asked for."""

    def entries(self, doc_ids: Iterable[str]) -> Sequence[Item]:
        """Return the documents with these ids that are there."""
        ...

    def notes(self) -> Iterator[Item]:
        """Yield every note."""
        ...

    def count(self, kind: Kind | None = None) -> int:
        """Return how many documents there are, of `kind` if given."""
        ...


class Catalogue:
    """All documents. The typed ones never change after construction; safe in threads."""

    def __init__(self, items: Sequence[Item], notes: Notes | None = None) -> None:
        """Hold the typed documents `items`; names are indexed at the first question.

        `documents` are these. A note has no typed name: it is known by its id, and found by
        search.
        """
        self.documents: tuple[AnyDoc, ...] = tuple(item.document for item in items)
        self._notes = notes
        self._by_id = {document.id: document for document in self.documents}
        self._statements: dict[str, tuple[Statement, ...]] = {}
        self._bodies = {item.document.id: item.body for item in items}

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.documents) + (self._notes.count("note") if self._notes else 0)

    def __contains__(self, doc_id: object) -> bool:
        """Return whether there is a document with this id."""
        return isinstance(doc_id, str) and (doc_id in self._by_id or self._note(doc_id) is not None)

    def get(self, doc_id: str) -> AnyDoc:
        """Return the document with the id `doc_id`.

        Raises:
            NameUnknown: if there is none.
        """
        if doc_id in self._by_id:
            return self._by_id[doc_id]
        note = self._note(doc_id)
        if note is None:
            raise NameUnknown(doc_id, None, self._titles(doc_id, None, 3))
        return note.document

    def several(self, doc_ids: Iterable[str]) -> dict[str, AnyDoc]:
        """Return those of `doc_ids` that there are, by id."""
        wanted = set(doc_ids)
        found = {doc_id: self._by_id[doc_id] for doc_id in wanted & self._by_id.keys()}
        notes = self._notes.entries(wanted - found.keys()) if self._notes else ()
        return found | {note.document.id: note.document for note in notes}

    def of(self, kind: Kind) -> tuple[AnyDoc, ...]:
        """Return the documents of one kind."""
        if kind == "note" and self._notes:
            return tuple(item.document for item in self._notes.notes())
        return tuple(document for document in self.documents if document.kind == kind)

    def body(self, doc_id: str) -> str:
        """Return the prose of a document.

        Raises:
            NameUnknown: if there is none with this id.
        """
        if doc_id in self._bodies:
            return self._bodies[doc_id]
        note = self._note(doc_id)
        return note.body if note else self._bodies[self.get(doc_id).id]

    def statements(self, doc_id: str) -> tuple[Statement, ...]:
        """Return every typed figure of a document as a citable sentence.

        Raises:
            NameUnknown: if there is no document with this id.
        """
        if doc_id not in self._by_id:
            return statements(self.get(doc_id))
        if doc_id not in self._statements:
            self._statements[doc_id] = statements(self.get(doc_id))
        return self._statements[doc_id]

    def statement(self, statement_id: str) -> Statement:
        """Return the statement with the id `statement_id` ("<doc_id>#<slug>").

        Raises:
            NameUnknown: if there is none.
        """
        doc_id = statement_id.partition("#")[0]
        for statement in self.statements(doc_id):
            if statement.id == statement_id:
                return statement
        raise NameUnknown(statement_id, None, tuple(s.id for s in self.statements(doc_id)[:3]))

    def resolve(self, name: str, kind: Kind | None = None) -> Match:
        """Return what `name` stands for, of `kind` if given.

        Small typos and other spellings are forgiven; another number never is.

        Raises:
            NameUnknown: with the nearest titles.
        """
        if name in self and kind in (None, self.get(name).kind):
            return Match(self.get(name), True)
        found = self._resolver.resolve(name, kind) or self._device(name, kind)
        if found is None:
            raise NameUnknown(name, kind, self._titles(name, kind, 3))
        return Match(self._by_id[found.doc_id], found.exact, found.choices)

    def nearest(self, name: str, kind: Kind | None = None, n: int = 3) -> tuple[AnyDoc, ...]:
        """Return the `n` documents whose names look most like `name`, nearest first."""
        return tuple(self._by_id[doc_id] for doc_id in self._resolver.nearest(name, kind, n))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Return the products that `text` names, in order, with counts of devices."""
        return name_chips(find_mentions(text, self._resolver, self._by_id), text)

    def unknown_products(self, text: str) -> tuple[str, ...]:
        """Return what reads like a product's name in `text` but isn't known here."""
        return find_unknown(text, self.mentions(text), self._resolver)

    def _device(self, name: str, kind: Kind | None) -> Found | None:
        """Return the device that `name` says with its form, memory and more beside the chip."""
        if kind not in (None, "hardware"):
            return None
        devices = [item for item in self.documents if isinstance(item, Hardware)]
        found = find_device(name, devices)
        several = found if len(found) > 1 else ()
        return Found(found[0], "hardware", not several, several) if found else None

    def _note(self, doc_id: str) -> Item | None:
        found = self._notes.entries([doc_id]) if self._notes else ()
        return found[0] if found else None

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.documents)

    def _titles(self, name: str, kind: Kind | None, count: int) -> tuple[str, ...]:
        return tuple(document.title for document in self.nearest(name, kind, count))
