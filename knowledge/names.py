"""How products are called: keys that ignore spelling, and the names of each document.

A key keeps letters and numbers and drops what people write between them, so "GPT-4.1", "gpt4.1"
and "GPT 4.1" have one key. Numbers stay apart: "Llama 3 8B" never equals "Llama 38B".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from knowledge.documents import AnyDoc
from knowledge.schema import Cost, Document, Hardware, Kind, Model, Note, Record, Study, Toolkit

TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)*|\+")
WORD = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*\+?")
SIZE = re.compile(r"[ae]?\d+(?:\.\d+)?[bmt]")
KIND_ORDER: tuple[Kind, ...] = ("hardware", "model", "toolkit", "study", "cost", "note")
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a document; `exact` when it can mean nothing else.

    `rank` is 0 for the title and the id, 1 for an alias, 2 for the name of a checkpoint.
    """

    key: str
    words: tuple[str, ...]
    doc_id: str
    kind: Kind
    exact: bool
    rank: int


class Ambiguous(Record):
    """A short name of several products; `chip` is a pattern where it is a machine's name."""

    name: str
    default: str
    choices: tuple[str, ...]
    chip: str | None = None


def fold(text: str) -> str:
    """Return `text` in lower case without accents, of the same length."""
    return "".join(map(_fold_character, text))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    plain = unicodedata.normalize("NFKD", character)[0].lower()
    return plain if plain.isascii() else "\N{NO-BREAK SPACE}"


def key_of(text: str) -> str:
    """Return the key of a name; "" where it has no letter and no number."""
    parts: list[str] = []
    for token in TOKEN.findall(fold(text)):
        if token == "+":
            # "Max+" is a product; "+ 4090" is a list.
            if parts:
                parts.append("plus")
            continue
        if parts and token[0].isdigit() and parts[-1][-1].isdigit():
            parts.append("|")
        parts.append(token)
    return "".join(parts)


def numbers_of(text: str) -> tuple[str, ...]:
    """Return the numbers in `text`, in order."""
    return tuple(re.findall(r"\d+(?:\.\d+)*", fold(text)))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text`, folded."""
    return tuple(WORD.findall(fold(text)))


def without_brackets(title: str) -> str:
    """Return `title` without what stands in brackets."""
    return " ".join(re.sub(r"\([^)]*\)", " ", title).split()) or title


def names_of(document: AnyDoc) -> list[Name]:
    """Return the names of `document`: title, id, aliases, and those its parts give."""
    tail = document.id.partition("/")[2]
    own = list(_own_names(document, tail))
    known = {number for name in own for number in numbers_of(name)} | _memory(document)
    ranked = [(name, 0) for name in own]
    ranked += [(name, 1) for name in _unmerged(document.aliases, tail)]
    if isinstance(document, Model) and document.architecture:
        ranked.append((document.architecture.hf_id.partition("/")[2], 2))
    found: dict[str, Name] = {}
    for name, rank in ranked:
        key = key_of(name)
        exact = set(numbers_of(name)) <= known
        if key and key not in found:
            found[key] = Name(key, words_of(name), document.id, document.kind, exact, rank)
    return list(found.values())


def _own_names(document: AnyDoc, tail: str) -> Iterator[str]:
    """Yield the title of `document` in its forms, and its id."""
    short = without_brackets(document.title)
    yield document.title
    yield short
    first, _, rest = short.partition(" ")
    telling = " " in rest or any(character.isdigit() for character in rest)
    if telling and fold(first) == maker_of(document):
        yield rest
    if not isinstance(document, Cost | Note):
        yield tail
    if isinstance(document, Study):
        yield re.sub(r"-(19|20)\d\d$", "", tail)
    if isinstance(document, Toolkit):
        yield from (part for part in short.split(" / ") if part[:1].isalpha())


def maker_of(document: AnyDoc) -> str:
    """Return the first word of the maker of `document`, folded; "" where none is known."""
    vendor = document.vendor if isinstance(document, Hardware | Model) else ""
    words = words_of(vendor)
    return words[0] if words else ""


@lru_cache(maxsize=1)
def ambiguous_names() -> dict[tuple[Kind, str], Ambiguous]:
    """Return the short names of several products, by kind and key."""
    text = (DATA / "ambiguous_names.yaml").read_text(encoding="utf-8")
    parsed = TypeAdapter(dict[Kind, tuple[Ambiguous, ...]]).validate_python(
        yaml.load(text, Loader=yaml.CSafeLoader)
    )
    return {(kind, key_of(item.name)): item for kind, items in parsed.items() for item in items}


def _memory(document: Document) -> set[str]:
    memory = document.value("memory")
    return {f"{memory:g}"} if memory else set()


def _unmerged(aliases: tuple[str, ...], tail: str) -> Iterator[str]:
    """Yield `aliases` but those which, written without gaps, run two numbers together."""
    numbers: dict[str, int] = {}
    for name in (*aliases, tail):
        squashed = re.sub(r"[^a-z0-9.+]", "", fold(name))
        numbers[squashed] = max(numbers.get(squashed, 0), len(numbers_of(name)))
    for alias in aliases:
        squashed = re.sub(r"[^a-z0-9.+]", "", fold(alias))
        if len(numbers_of(alias)) == numbers[squashed]:
            yield alias
