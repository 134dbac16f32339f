"""Markdown documents in: front matter and body out, or one line that says what is wrong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import yaml
from pydantic import ValidationError

from knowledge.errors import DocumentError
from knowledge.schema import (
    DOCUMENT,
    Cost,
    Hardware,
    Kind,
    Model,
    Note,
    Study,
    Toolkit,
)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


AnyDoc = Hardware | Model | Toolkit | Study | Cost | Note
CORPUS = Path(__file__).parent / "corpus"
"""The bundled documents."""
FAULTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as read: `sha256` is that of the whole text; `path` is None for text given."""

    document: AnyDoc
    body: str
    sha256: str
    path: Path | None = None


def split_front_matter(text: str) -> tuple[str | None, str]:
    """Return (front matter, body); the first is None where the text starts without one."""
    match = re.match(r"\A---[ \t\r]*\n(.*?)\n---\s*\n?(.*)\Z", text, flags=re.DOTALL)
    return (match[1], match[2]) if match else (None, text)


def content_hash(text: str) -> str:
    """Return the sha256 of `text` as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse_document(text: str, *, name: str, path: Path | None = None) -> Loaded:
    """Return the document in `text`, which must start with front matter.

    Raises:
        DocumentError: naming `name`, the field, its value and the rule.
    """
    front_matter, body = split_front_matter(text)
    if front_matter is None:
        raise DocumentError(f"{name}: no front matter; the first line must be '---'")
    try:
        fields = yaml.load(front_matter, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise DocumentError(f"{name}: front matter is not YAML: {_yaml_reason(error)}") from error
    if not isinstance(fields, dict):
        raise DocumentError(f"{name}: front matter must be 'name: value' lines, not {fields!r}")
    try:
        document = DOCUMENT.validate_python(fields)
    except ValidationError as error:
        raise DocumentError(f"{name}: {faults_of(error)}") from error
    return Loaded(document, body.strip(), content_hash(text), path)


def read_text(path: Path) -> str:
    """Return the UTF-8 text of the file at `path`.

    Raises:
        DocumentError: if the file can't be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path.name}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise DocumentError(f"{path}: can't be read: {error.strerror}") from error


def load_document(path: Path) -> Loaded:
    """Return the document in the Markdown file at `path`.

    Raises:
        DocumentError: naming file, field, value and rule.
    """
    return parse_document(read_text(path), name=_short(path), path=path)


def document_paths(folder: Path) -> list[Path]:
    """Return the Markdown files below `folder`, sorted; README files are not documents.

    Raises:
        DocumentError: if there is no such folder.
    """
    if not folder.is_dir():
        raise DocumentError(f"{str(folder)!r} is not a folder of documents")
    return sorted(path for path in folder.rglob("*.md") if path.name.lower() != "readme.md")


def load_folder(folder: Path) -> list[Loaded]:
    """Return every document below `folder`, in the order of their paths.

    Raises:
        DocumentError: at the first document that can't be used, a repeated id or alias.
    """
    loaded = [load_document(path) for path in document_paths(folder)]
    check_unique(loaded)
    return loaded


def check_unique(loaded: Sequence[Loaded]) -> None:
    """Check that ids, and aliases within one kind, belong to one document each.

    Raises:
        DocumentError: naming both documents.
    """
    owners: dict[tuple[str, str], Loaded] = {}
    for item in loaded:
        document = item.document
        keys = [("id", document.id)]
        keys += [(document.kind, alias) for alias in _names(document.aliases)]
        for key in keys:
            other = owners.setdefault(key, item)
            if other is not item:
                what = "id" if key[0] == "id" else f"alias within kind {key[0]!r}"
                raise DocumentError(
                    f"{_where(item)}: {what} {key[1]!r} is taken by {_where(other)}; "
                    "it must belong to one document"
                )


def _names(aliases: Iterable[str]) -> set[str]:
    return {alias.casefold() for alias in aliases}


def _where(item: Loaded) -> str:
    return _short(item.path) if item.path else item.document.id


def _short(path: Path) -> str:
    return "/".join(path.parts[-2:])


def _yaml_reason(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        # The front matter starts on the file's second line, and marks count from zero.
        return f"{error.problem} (line {error.problem_mark.line + 2})"
    return " ".join(str(error).split())


def faults_of(error: ValidationError) -> str:
    """Return the first faults as 'field value: rule', with a count of the others."""
    faults = error.errors(include_url=False)
    shown = "; ".join(map(_fault, faults[:FAULTS_SHOWN]))
    more = len(faults) - FAULTS_SHOWN
    return f"{shown} (and {more} more)" if more > 0 else shown


def _fault(fault: ErrorDetails) -> str:
    place = [str(part) for part in fault["loc"]]
    if place and place[0] in get_args(Kind):
        place = place[1:]
    field = f"field {'.'.join(place)!r}" if place else "document"
    rule = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "missing" or isinstance(fault["input"], dict):
        return f"{field}: {rule}"
    return f"{field} has {_clip(fault['input'])}: {rule}"


def _clip(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
