"""From a name as people write it to a document, never to one with another number in its name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process

from knowledge.documents import AnyDoc
from knowledge.names import (
    KIND_ORDER,
    SIZE,
    Name,
    ambiguous_names,
    fold,
    key_of,
    maker_of,
    names_of,
    words_of,
)
from knowledge.schema import Kind, Model

MIN_TYPO_LETTERS = 4
TYPO_RATIO = 80
NEAR = 50
"""Names less alike than this are no hint."""
SIZE_CLASSES = ("ultra_large", "large", "mid", "small", "tiny")
FORM_FACTORS = re.compile(r"\d+gb?|sxm\d?|pcie|nvl|gpu|rack|card|server|generation")
NOISE = re.compile(
    r"\b(?:gpus?|graphics cards?|cards?|accelerators?|chips?|models?|llms?|instruct|chat|it"
    r"|the|an?|our|my|latest|[dh]gx)\b"
)
PRECISION = re.compile(
    r"[\s_-]*\b(?:nvfp4|mxfp4|fp\d+|bf16|int[48]|awq|gptq|gguf|q\d(?:_\w+)*|\d[\s-]?bit)\b"
)
DATED = re.compile(r"[\s-](?:20\d\d-\d\d-\d\d|20\d{6})$")
RELEASE = re.compile(
    r"[\s_.-]+(?:base|hf|pt|it|chat|instruct|thinking|preview|v\d+(?:\.\d+)*|\d{4}|\d+[km]|fp\d+|bf16"
    r"|w\d+a\d+|quantized|dynamic)$"
)
"""How a maker or packer ends the name of one release of a model whose size stands before."""
SIZED = re.compile(r"(?:^|[\s_-])\d+(?:\.\d+)?b(?:$|[\s_-])")
VERSION = re.compile(r"v?\d+(?:\.\d+)*[a-z]?")
CODE = re.compile(r"([a-z]{1,5})\d+[a-z]?")
MEMORY = re.compile(r"[\s-]+(\d+)\s?gb?$")


@dataclass(frozen=True, slots=True)
class Found:
    """A document that a name stands for; `choices` are the ids it may also mean."""

    doc_id: str
    kind: Kind
    exact: bool
    choices: tuple[str, ...] = ()


class Resolver:
    """The names of all documents, looked up by key, word order, family and small typos."""

    def __init__(self, documents: Sequence[AnyDoc]) -> None:
        """Index the names of `documents`."""
        self._documents: Mapping[str, AnyDoc] = {item.id: item for item in documents}
        self._by_key: dict[str, list[Name]] = defaultdict(list)
        self._by_words: dict[tuple[str, ...], list[Name]] = defaultdict(list)
        self._by_prefix: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        self._by_numbers: dict[tuple[str, ...], list[tuple[list[str], Name]]] = defaultdict(list)
        self._segments: set[str] = set()
        self._families: set[str] = set()
        self._codes: set[str] = set()
        for document in documents:
            for name in names_of(document):
                self._add(name)
        self.makers = frozenset(filter(None, map(maker_of, documents)))
        self.longest = max((len(name.words) for name in self.names()), default=0)

    def names(self) -> Iterator[Name]:
        """Yield every name."""
        for found in self._by_key.values():
            yield from found

    def is_family(self, word: str) -> bool:
        """Return whether names of products start with `word`."""
        return word in self._families

    def is_code(self, word: str) -> bool:
        """Return whether `word` has letters and a number like names of products ("h1000")."""
        code = CODE.fullmatch(word)
        return code is not None and code[1] in self._codes

    def by_key(self, key: str, kind: Kind | None = None) -> Found | None:
        """Return what `key` stands for exactly as written, of `kind` if given."""
        names = self._by_key.get(key)
        return self._best(names, kind) if names else self._ambiguous(key, kind)

    def by_words(self, words: Sequence[str], kind: Kind | None = None) -> Found | None:
        """Return what the same words in another order stand for ("claude 4.5 sonnet")."""
        numbers = [word for word in words if word[0].isdigit()]
        if len(words) < 3 or len(numbers) != 1 or words[0] in numbers:
            return None
        names = self._by_words.get(tuple(sorted(words)))
        return self._best(names, kind) if names else None

    def by_family(self, words: Sequence[str], kind: Kind | None = None) -> Found | None:
        """Return the default of a family named without its size or form ("llama 3.1")."""
        members = {
            doc_id: rest
            for doc_id, rest in self._by_prefix.get(key_of(" ".join(words)), {}).items()
            if kind is None or self._documents[doc_id].kind == kind
        }
        sized = {name: rest for name, rest in members.items() if self._same_product(name, rest)}
        members = sized or {
            name: rest for name, rest in members.items() if self._documents[name].kind == "model"
        }
        if not members or (not sized and len(members) < 2):
            return None
        ranked = self._by_size([self._documents[name] for name in members])
        return Found(ranked[0], self._documents[ranked[0]].kind, False, _several(ranked))

    def resolve(self, name: str, kind: Kind | None = None) -> Found | None:
        """Return what `name` stands for, or None where nothing agrees in every number."""
        for variant, exact in _variants(fold(name).strip()):
            words = words_of(variant)
            found = (
                self.by_key(key_of(variant), kind)
                or self.by_words(words, kind)
                or self._without_maker(words, kind)
                or self._without_memory(variant, kind)
            )
            if found:
                return Found(found.doc_id, found.kind, exact and found.exact, found.choices)
        if kind in (None, "model") and (found := self._released(fold(name).strip())):
            return found
        for variant, _ in _variants(fold(name).strip()):
            words = words_of(variant)
            if len(key_of(variant)) >= MIN_TYPO_LETTERS and (found := self.by_family(words, kind)):
                return found
            if found := self._by_typo(key_of(variant), kind):
                return found
        return None

    def nearest(self, name: str, kind: Kind | None, count: int) -> list[str]:
        """Return the ids of the `count` documents whose names look most like `name`."""
        choices = {
            item.key: item.doc_id for item in self.names() if kind is None or item.kind == kind
        }
        ranked = process.extract(
            key_of(name), list(choices), scorer=fuzz.ratio, limit=10 * count, score_cutoff=NEAR
        )
        return list(dict.fromkeys(choices[key] for key, _, _ in ranked))[:count]

    def _add(self, name: Name) -> None:
        self._by_key[name.key].append(name)
        if len(name.words) >= 3:
            self._by_words[tuple(sorted(name.words))].append(name)
        letters, numbers = _segments(name.key)
        self._by_numbers[numbers].append((letters, name))
        self._segments.update(letters)
        if name.kind in ("hardware", "model"):
            self._families.update(_before_version(name.words))
            codes = [CODE.fullmatch(word) for word in name.words[:2]]
            self._codes.update(code[1] for code in codes if code)
        if name.exact and name.rank < 2 and name.kind in ("hardware", "model"):
            for size in range(1, len(name.words)):
                rest = name.words[size:]
                # "claude-3" of "claude-3-5-haiku" is half of a version.
                if not rest[0].isdigit():
                    prefix = key_of(" ".join(name.words[:size]))
                    self._by_prefix[prefix].setdefault(name.doc_id, rest)

    def _best(self, names: Sequence[Name], kind: Kind | None) -> Found | None:
        fitting = [name for name in names if kind is None or name.kind == kind]
        if not fitting:
            return None
        best = min(fitting, key=lambda name: (KIND_ORDER.index(name.kind), name.rank))
        document = self._documents[best.doc_id]
        key = best.key.removeprefix(maker_of(document))
        known = self._ambiguous(key, best.kind) or self._ambiguous(best.key, best.kind)
        peers = [name for name in fitting if name.rank <= max(1, best.rank)]
        others = tuple(dict.fromkeys(name.doc_id for name in peers))
        choices = known.choices if known else _several(others)
        exact = best.exact and (not choices or (known is not None and best.rank == 0))
        return Found(best.doc_id, best.kind, exact, choices)

    def _ambiguous(self, key: str, kind: Kind | None) -> Found | None:
        for wanted in (kind,) if kind else KIND_ORDER:
            item = ambiguous_names().get((wanted, key))
            present = [name for name in item.choices if name in self._documents] if item else []
            if item and present:
                default = item.default if item.default in self._documents else present[0]
                return Found(default, wanted, False, tuple(present))
        return None

    def _without_maker(self, words: Sequence[str], kind: Kind | None) -> Found | None:
        if len(words) < 2 or words[0] not in self.makers:
            return None
        found = self.by_key(key_of(" ".join(words[1:])), kind)
        return found if found and self._made_by(found.doc_id, words[0]) else None

    def _released(self, name: str) -> Found | None:
        """Return the model of a size of which `name` says the release ("Qwen3-4B-2507")."""
        shorter = re.sub(r"^[a-z]+_(?=[a-z])", "", name.rpartition("/")[2])
        shorter = PRECISION.sub("", shorter)
        while SIZED.search(shorter):
            found = self.by_key(key_of(shorter), "model")
            if found or (release := RELEASE.search(shorter)) is None:
                return Found(found.doc_id, found.kind, False, found.choices) if found else None
            shorter = shorter[: release.start()]
        return None

    def _made_by(self, doc_id: str, maker: str) -> bool:
        return maker_of(self._documents[doc_id]) == maker

    def _without_memory(self, name: str, kind: Kind | None) -> Found | None:
        """Return the device in "RTX 4090 24GB", when it has exactly that memory."""
        match = MEMORY.search(name)
        found = self.by_key(key_of(name[: match.start()]), kind) if match else None
        if match and found and self._documents[found.doc_id].value("memory") == float(match[1]):
            return found
        return None

    def _same_product(self, doc_id: str, rest: Sequence[str]) -> bool:
        if self._documents[doc_id].kind == "hardware":
            return all(FORM_FACTORS.fullmatch(word) for word in rest)
        return bool(SIZE.fullmatch(rest[0])) or list(rest) == ["instruct"]

    def _by_size(self, documents: Iterable[AnyDoc]) -> list[str]:
        """Return ids with the one of middle size first, else the largest and newest first."""
        ordered = sorted(documents, key=lambda item: (item.value("parameters") or 0, item.id))
        if all(item.value("parameters") for item in ordered):
            middle = ordered.pop((len(ordered) - 1) // 2)
            return [middle.id, *(item.id for item in ordered)]
        ordered.sort(key=lambda item: item.published or "", reverse=True)
        ordered.sort(key=_size_class)
        return [item.id for item in ordered]

    def _by_typo(self, key: str, kind: Kind | None) -> Found | None:
        letters, numbers = _segments(key)
        if not numbers and len(key) <= MIN_TYPO_LETTERS:
            return None
        scored = [
            (score, name)
            for known, name in self._by_numbers.get(numbers, [])
            if (kind is None or name.kind == kind) and (score := self._likeness(letters, known))
        ]
        if not scored:
            return None
        best = max(scored, key=lambda item: (item[0], -item[1].rank, -len(item[1].key)))[1]
        found = self._best([best], kind)
        return Found(best.doc_id, best.kind, False, found.choices if found else ())

    def _likeness(self, letters: Sequence[str], known: Sequence[str]) -> float:
        """Return how alike the letters between equal numbers are, 0 where they differ."""
        total = 0.0
        for mine, theirs in zip(letters, known, strict=True):
            if mine == theirs:
                continue
            if (
                min(len(mine), len(theirs)) < MIN_TYPO_LETTERS
                or mine in self._segments
                or mine[0] != theirs[0]
            ):
                return 0.0
            ratio = fuzz.ratio(mine, theirs)
            if ratio < TYPO_RATIO:
                return 0.0
            total += 100 - ratio
        return 100 - total if total else 0.0


def _before_version(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of a name's start that a version follows ("llama" in "llama 3.3 70b")."""
    for word, following in pairwise(words[:3]):
        if word.isalpha() and len(word) > 1 and VERSION.fullmatch(following):
            yield word


def _size_class(document: AnyDoc) -> int:
    if isinstance(document, Model):
        return SIZE_CLASSES.index(document.size_class)
    return len(SIZE_CLASSES)


def _several(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(ids) if len(ids) > 1 else ()


def _segments(key: str) -> tuple[list[str], tuple[str, ...]]:
    """Return the letters before, between and after the numbers of `key`, and the numbers."""
    pieces = re.split(r"(\d+(?:\.\d+)*)", key)
    return [piece.replace("|", "") for piece in pieces[::2]], tuple(pieces[1::2])


def _variants(name: str) -> Iterator[tuple[str, bool]]:
    """Yield `name` and shorter forms of it, and whether each still says the same."""
    yield name, True
    shorter = name.rpartition("/")[2] or name
    for pattern in (DATED, PRECISION, NOISE):
        shorter = " ".join(pattern.sub(" ", shorter).split())
        if shorter and shorter != name:
            yield shorter, True
    if shorter.endswith("s") and len(shorter) > 3:
        yield shorter[:-1], True
