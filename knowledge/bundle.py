"""The bundled documents beside those of the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import (
    Loaded,
    check_unique,
    content_hash,
    document_paths,
    parse_document,
    read_text,
)
from knowledge.storage.state import Entry, Origin


@dataclass(frozen=True, slots=True)
class Bundled:
    """What bringing the bundled documents in changes; `kept` counts those that stay."""

    puts: tuple[Entry, ...]
    deletes: tuple[str, ...]
    kept: int


def changes_of(
    corpus: Path | None,
    hashes: Mapping[str, tuple[str, Origin, int]],
    typed: Mapping[str, Entry],
) -> Bundled:
    """Return what makes the bundled documents those of the folder `corpus`.

    Documents of the user stay, also where a bundled one has the same id.

    Args:
        corpus: the folder; None for no bundled documents.
        hashes: sha256 and origin of what is indexed, by id.
        typed: the indexed documents that are no notes, by id.

    Raises:
        DocumentError: at the first document that can't be used.
    """
    known = {sha256: name for name, (sha256, origin, _) in hashes.items() if origin == "corpus"}
    loaded = [_read(path, known, typed) for path in document_paths(corpus)] if corpus else []
    check_unique(loaded)
    users = {name for name, (_, origin, _) in hashes.items() if origin == "user"}
    ours = [item for item in loaded if item.document.id not in users]
    new = [item for item in ours if item.sha256 not in known]
    stay = {item.document.id for item in ours}
    puts = [
        Entry(document=item.document, body=item.body, sha256=item.sha256, origin="corpus")
        for item in new
    ]
    return Bundled(tuple(puts), tuple(sorted(set(known.values()) - stay)), len(ours) - len(new))


def _read(path: Path, known: Mapping[str, str], typed: Mapping[str, Entry]) -> Loaded:
    """Return the document at `path`, without parsing it again where its text is known."""
    text = read_text(path)
    entry = typed.get(known.get(content_hash(text), ""))
    if entry:
        return Loaded(entry.document, entry.body, entry.sha256, path)
    return parse_document(text, name="/".join(path.parts[-2:]), path=path)
