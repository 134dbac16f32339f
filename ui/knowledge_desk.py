"""The Knowledge page's only door to the knowledge base: what is listed, found, drafted, written."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import streamlit as st

from knowledge import KnowledgeBase
from knowledge.adding import Draft, Drafts
from knowledge.ageing import Age, age, note_age
from knowledge.catalogue import NameUnknown
from knowledge.documents import AnyDoc
from knowledge.errors import DocumentError
from knowledge.reports import Listed
from knowledge.schema import Basis, Kind
from ui import services
from ui.errands import Errands
from ui.review import confirmed

Progress = Callable[[int, int], None]
PASSAGES = 100
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?(/\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One document as the list shows it; `mine` is True for one that a user added."""

    id: str
    kind: Kind
    title: str
    names: str
    """Id, title and aliases in lower case, to be searched."""
    mine: bool
    published: str | None
    read_on: str
    basis: Basis
    url: str | None
    unreviewed: int
    age: Age


def base() -> KnowledgeBase:
    """Return the knowledge base that all sessions share."""
    return services.advisor().knowledge


@st.cache_resource(show_spinner=False)
def errands() -> Errands:
    """Return where sources are read and documents written, outside any script run."""
    return Errands()


def today() -> date:
    """Return the day that ages count from."""
    return services.advisor().settings.today or datetime.now().astimezone().date()


def rows() -> tuple[Row, ...]:
    """Return every document."""
    return _rows(base().snapshot, today())


@st.cache_resource(show_spinner=False, max_entries=3)
def _rows(snapshot: str, day: date) -> tuple[Row, ...]:
    """Read the list once for each state of knowledge and day."""
    catalogue = base().catalogue
    typed = {document.id: document for document in catalogue.documents}
    return tuple(_row(item, typed.get(item.doc_id), day) for item in base().list())


def _row(item: Listed, document: AnyDoc | None, day: date) -> Row:
    aliases = document.aliases if document else ()
    names = " ".join((item.doc_id, item.title, *aliases)).casefold()
    return Row(
        id=item.doc_id,
        kind=item.kind,
        title=item.title,
        names=names,
        mine=item.origin == "user",
        published=item.published,
        read_on=item.read_on,
        basis=item.basis,
        url=item.url,
        unreviewed=item.unreviewed,
        age=age(document, day) if document else note_age(item.published, item.read_on, day),
    )


def passages(words: str) -> dict[str, str]:
    """Return the documents that hold passages on `words`, best first, with the best passage."""
    found: dict[str, str] = {}
    for passage in base().search(words, k=PASSAGES, per_document=1):
        found.setdefault(passage.doc_id, passage.text)
    return found


def document(doc_id: str) -> AnyDoc:
    """Return a document.

    Raises:
        NameUnknown: if there is none with this id.
    """
    return base().catalogue.get(doc_id)


def unknown(doc_id: str) -> NameUnknown:
    """Return what to say where no document has this id: the nearest titles."""
    near = tuple(found.title for found in base().catalogue.nearest(doc_id))
    return NameUnknown(doc_id[:80], None, near)


def body(doc_id: str) -> str:
    """Return the prose of a document.

    Raises:
        NameUnknown: if there is none with this id.
    """
    return base().catalogue.body(doc_id)


def as_address(text: str) -> str:
    """Return `text` as an address that may be read from a page that others can open.

    A path of this machine is none: only web addresses and names of models on the hub are.

    Raises:
        DocumentError: if it is neither.
    """
    typed = text.strip()
    if re.match(r"https?://\S+$", typed) or re.fullmatch(f"hf:{HUB_NAME.pattern}", typed):
        return typed
    host, slash, _ = typed.partition("/")
    if HUB_NAME.fullmatch(typed) and not ("." in host and slash):
        return f"hf:{typed}"
    if HOST.fullmatch(typed):
        return f"https://{typed}"
    raise DocumentError(
        f"{typed[:80]!r} is no address; give https://..., or a model on the hub as org/name"
    )


def draft(source: str | Path) -> Drafts:
    """Return the drafts of what `source` holds.

    Raises:
        KnowledgeError: if it can't be read.
    """
    return base().draft(source)


def draft_file(name: str, content: bytes) -> Drafts:
    """Return the drafts of an uploaded file called `name`.

    Raises:
        KnowledgeError: if it can't be read.
    """
    safe = re.sub(r"[^\w.() -]", "_", Path(name).name).lstrip(".")[-120:] or "file"
    with tempfile.TemporaryDirectory(prefix="rightsize-") as folder:
        path = Path(folder) / safe
        path.write_bytes(content)
        return draft(path)


def draft_text(title: str, text: str) -> Drafts:
    """Return the drafts of pasted text; the title names it.

    Raises:
        KnowledgeError: if it can't be used.
    """
    return base().draft_text(text, title=title.strip() or None)


def add_drafts(drafts: Sequence[Draft], progress: Progress) -> Sequence[str]:
    """Add what was confirmed and return the ids.

    Raises:
        KnowledgeError: the index is unchanged.
    """
    with _writing() as open_base:
        return open_base.add_drafts(drafts, progress=progress)


def delete(doc_id: str) -> None:
    """Delete a document of the user.

    Raises:
        KnowledgeError: the index is unchanged.
    """
    with _writing() as open_base:
        open_base.delete(doc_id)


def confirm(doc_id: str, statement_ids: Iterable[str] | None = None) -> None:
    """Mark drafted facts as confirmed; None is all of the document.

    Raises:
        KnowledgeError: the index is unchanged.
    """
    with _writing() as open_base:
        if statement_ids is None:
            open_base.confirm(doc_id)
        else:
            open_base.replace(confirmed(open_base.catalogue.get(doc_id), statement_ids))


def update(doc_id: str) -> bool:
    """Read a document again from its source and return whether it has changed.

    Raises:
        KnowledgeError: the index is unchanged.
    """
    with _writing() as open_base:
        return open_base.update(doc_id)


def export(doc_id: str) -> str:
    """Return a document as Markdown that can be added again."""
    return base().export(doc_id)


def export_mine() -> bytes:
    """Return all documents of the user as one zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in rows():
            if row.mine:
                archive.writestr(f"{row.id}.md", export(row.id))
    return packed.getvalue()


@contextmanager
def _writing() -> Iterator[KnowledgeBase]:
    """Give the base, and give the lock back after the write: a page may stay open for weeks."""
    open_base = base()
    try:
        yield open_base
    finally:
        open_base.release()
