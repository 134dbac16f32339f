"""From a source that a user names to documents ready to be added, with what they resemble."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import yaml

from knowledge.catalogue import Catalogue
from knowledge.chunks import chunk_document
from knowledge.documents import Loaded, split_front_matter
from knowledge.drafting import draft, draft_card
from knowledge.errors import DocumentError
from knowledge.reading import Page
from knowledge.schema import DOCUMENT, AnyDocument
from knowledge.search import Search
from knowledge.sources import ModelCard, Read, Refusal
from knowledge.storage.database import Database
from knowledge.storage.names import twin_mark
from knowledge.storage.vectors import KINDS

SHINGLE = 5
NEAR = 0.5
"""Documents that share this much of their runs of five words are near duplicates."""
CHUNKS_COMPARED = 3
NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that could be added. `same_as` has the same words, `near` most of them."""

    loaded: Loaded
    same_as: str | None = None
    near: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a source gives, and the parts of it that couldn't be used."""

    documents: tuple[Draft, ...]
    refused: tuple[Refusal, ...] = ()


def drafted(read: Read, catalogue: Catalogue, search: Search | None) -> Drafts:
    """Return the documents in what was read, each compared with what `search` finds.

    Raises:
        DocumentError: if nothing of it can be used, with the first reason.
    """
    found: list[Loaded] = []
    refused = list(read.refused)
    for name, part in _parts(read):
        try:
            if isinstance(part, Page):
                found += draft(_unmarked(part), catalogue)
            else:
                found.append(draft_card(part, catalogue))
        except DocumentError as error:
            refused.append(Refusal(name, str(error)))
    if not found and refused:
        raise DocumentError(refused[0].reason)
    drafts = (compared(item, search) if search else Draft(item) for item in found)
    return Drafts(tuple(drafts), tuple(refused))


def compared(loaded: Loaded, search: Search) -> Draft:
    """Return `loaded` with the indexed documents that have the same words, or most of them."""
    database = search.handles.database
    own = (loaded.document.id, _source(loaded.document))
    same = database.twin(twin_mark(loaded.body))
    if same is not None:
        return Draft(loaded, same_as=same)
    chunks = chunk_document(loaded.document, loaded.body)[-CHUNKS_COMPARED:]
    if not chunks:
        return Draft(loaded)
    others: dict[str, None] = {}
    for row in search.embedder.embed([chunk.text for chunk in chunks]):
        for name, _ in search.handles.vectors.nearest(row[None], count=NEIGHBOURS, kinds=KINDS):
            others.update({chunk.doc_id: None for chunk in database.chunks([name]).values()})
    words = _shingles(loaded.body)
    shares = (
        (entry.document.id, _share(words, _shingles(entry.body)))
        for entry in database.entries(others)
        if (entry.document.id, _source(entry.document)) != own
    )
    near = [(doc_id, round(share, 2)) for doc_id, share in shares if share >= NEAR]
    return Draft(loaded, near=tuple(sorted(near, key=lambda item: -item[1])))


def settled(
    drafts: Iterable[Draft], database: Database | None
) -> tuple[Sequence[Loaded], Sequence[str]]:
    """Return the documents to add, each under an id of its own, and the ids of all `drafts`.

    A draft keeps its id where no other source has it; one with the words of a document that is
    there stands for that document.
    """
    new: list[Loaded] = []
    ids: list[str] = []
    for item in drafts:
        if item.same_as:
            ids.append(item.same_as)
            continue
        new.append(_placed(item.loaded, {one.document.id for one in new}, database))
        ids.append(new[-1].document.id)
    return new, ids


def address_of(document: AnyDocument) -> str:
    """Return the address that `document` was read from.

    Raises:
        DocumentError: if there is none that can be read again.
    """
    address = _source(document) or ""
    if not address.startswith("http"):
        raise DocumentError(f"{document.id} came from no address that can be read again")
    return address


def exported(document: AnyDocument, body: str) -> str:
    """Return `document` as Markdown: its front matter over its prose."""
    fields = document.model_dump(mode="json", exclude_defaults=True)
    fields = {"id": document.id, "kind": document.kind, **fields}
    front = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{front}---\n\n{body}\n"


def confirmed(document: AnyDocument) -> AnyDocument:
    """Return `document` with every drafted figure taken as reviewed."""
    return DOCUMENT.validate_python(_reviewed(document.model_dump()))


def _parts(read: Read) -> Iterator[tuple[str, Page | ModelCard]]:
    yield from ((page.name, page) for page in read.pages)
    yield from ((card.repo_id, card) for card in read.cards)


def _unmarked(page: Page) -> Page:
    """Return a page of the network without front matter: only a user's own file may be typed."""
    if page.url is None:
        return page
    return replace(page, text=split_front_matter(page.text)[1])


def _placed(loaded: Loaded, taken: set[str], database: Database | None) -> Loaded:
    """Return `loaded` under the first id like its own that no document of another source has."""
    document = loaded.document
    name, number = document.id, 1
    while name in taken or _is_of_another_source(name, document, database):
        number += 1
        name = f"{document.id}-{number}"
    return replace(loaded, document=document.model_copy(update={"id": name}))


def _is_of_another_source(name: str, document: AnyDocument, database: Database | None) -> bool:
    there = database.entries([name]) if database else ()
    return any(_source(entry.document) != _source(document) for entry in there)


def _reviewed(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: False if key == "unreviewed" else _reviewed(inner) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_reviewed(inner) for inner in value]
    return value


def _source(document: AnyDocument) -> str | None:
    source = next(iter(document.sources.values()), None)
    return source.url if source else None


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    count = max(1, len(words) - SHINGLE + 1)
    return {tuple(words[start : start + SHINGLE]) for start in range(count)}


def _share(ours: set[tuple[str, ...]], theirs: set[tuple[str, ...]]) -> float:
    """Return the Jaccard similarity of two sets of shingles (Broder 1997)."""
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0
