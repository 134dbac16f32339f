"""Our own questions: the bundled documents, judged by reading what three rankings found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from evals.retrieval.collection import Collection, Question
from knowledge.chunks import chunk_document
from knowledge.documents import Loaded
from knowledge.facts import slug

QUERIES = Path(__file__).parent / "queries"
ANSWERS, HELPS = 2, 1
Key = Annotated[str, Field(pattern=r"^[a-z]+/[\w.-]+(#[\w-]+)?$")]
"""A document, or a section of it: "<doc_id>#<slug of the heading>"."""


class Judged(BaseModel):
    """A query as a user types it, with what answers it and what only helps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: Annotated[str, Field(min_length=1)]
    answers: Annotated[tuple[Key, ...], Field(min_length=1)]
    helps: tuple[Key, ...] = ()


def load_queries(folder: Path = QUERIES) -> list[Judged]:
    """Return the queries of all files in `folder`, file by file.

    Raises:
        ValidationError: naming the query and the field that can't be used.
    """
    adapter = TypeAdapter(list[Judged])
    return [
        item
        for path in sorted(folder.glob("*.yaml"))
        for item in adapter.validate_python(yaml.safe_load(path.read_text("utf-8")))
    ]


def own_collection(loaded: Iterable[Loaded], queries: Iterable[Judged]) -> Collection:
    """Return the sections of `loaded` as a collection with `queries`."""
    chunks = [chunk for item in loaded for chunk in chunk_document(item.document, item.body)]
    keys = [section(chunk.doc_id, chunk.heading) for chunk in chunks]
    known = frozenset(keys)
    questions = [Question(item.query, grades(item, known)) for item in queries]
    return Collection("own", chunks, keys, questions)


def section(doc_id: str, heading: str) -> str:
    """Return the key of a section; all chunks of a section share it."""
    return f"{doc_id}#{slug(heading)}"


def grades(judged: Judged, known: frozenset[str]) -> Mapping[str, int]:
    """Return the grades of `judged`; a section that is gone is read as its whole document.

    So a judgement outlives an edited heading.
    """
    found: dict[str, int] = {}
    for grade, keys in ((HELPS, judged.helps), (ANSWERS, judged.answers)):
        for key in keys:
            found[key if key in known else key.partition("#")[0]] = grade
    return found
