"""The bundled documents beside those of the user."""

from __future__ import annotations

from pathlib import Path

from knowledge.documents import (
    Loaded,
    check_unique,
    content_hash,
    document_paths,
    parse_document,
    read_text,
)
from knowledge.store import Entry, State, fingerprint


def with_corpus(state: State, corpus: Path | None) -> tuple[list[Entry], str | None]:
    """Return the entries of `state` with the documents of `corpus` as they are now, and its mark.

    Documents of the user stay, also where a bundled one has the same id.

    Raises:
        DocumentError: at the first document that can't be used.
    """
    users = [entry for entry in state.entries if entry.origin == "user"]
    if corpus is None:
        return users, None
    mark = fingerprint(corpus)
    known = {entry.sha256: entry for entry in state.entries if entry.origin == "corpus"}
    loaded = [_read_or_keep(path, known) for path in document_paths(corpus)]
    check_unique(loaded)
    taken = {entry.document.id for entry in users}
    bundled = [
        Entry(document=item.document, body=item.body, sha256=item.sha256, origin="corpus")
        for item in loaded
        if item.document.id not in taken
    ]
    return bundled + users, mark


def _read_or_keep(path: Path, known: dict[str, Entry]) -> Loaded:
    """Return the document at `path`, without parsing it again where its text is known."""
    text = read_text(path)
    entry = known.get(content_hash(text))
    if entry:
        return Loaded(entry.document, entry.body, entry.sha256, path)
    return parse_document(text, name="/".join(path.parts[-2:]), path=path)
