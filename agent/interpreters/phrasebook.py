"""Which known phrases does a row of tokens hold? A trie over a small pattern language.

A pattern is a row of elements:
    word        that word, without accents, in lower case; hyphens count as spaces
    stem*       any word that starts so;  *part*  any word that contains it
    (a|b c|)    one of these; an empty choice makes it optional
    ..  ..5     up to 3 (or 5) words of any kind inside the sentence
    ^           the start of a sentence
    # $ %       a number, an amount of money, a percentage
    @name       a product kind (@hardware, @model, @toolkit, @product), @size, @precision, or a word
                class from the data files (@period, @item ...)
Commas, quotes and brackets between elements do not matter; the end of a sentence does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

from agent.interpreters.lexer import Token

_DEFAULT_GAP = 3
_MOST_MARKS = 4
"""Marks that may stand between two elements, and one place more for the element."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: its label, weight, first and last token, and what its slots caught."""

    label: str
    weight: float
    first: int
    last: int
    caught: tuple[int, ...] = ()


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    gaps: dict[int, _Node] = field(default_factory=dict)
    ends: list[tuple[str, float]] = field(default_factory=list)


class Phrasebook:
    """All phrases of the interpreter; `find` reports every place where one stands."""

    def __init__(
        self, phrases: Iterable[tuple[str, float, str]], classes: dict[str, tuple[str, ...]]
    ) -> None:
        """Hold `phrases`, each (label, weight, pattern), over the word `classes`."""
        self._root = _Node()
        self._opening = _Node()
        self._literals: dict[str, set[str]] = {}
        self._prefixes: dict[str, set[str]] = {}
        self._parts: dict[str, set[str]] = {}
        self._cache: dict[str, frozenset[str]] = {}
        for name, words in classes.items():
            for word in words:
                self._register(word, f"@{name}")
        for label, weight, pattern in phrases:
            for elements in expand(pattern):
                self._add(elements, label, weight)

    @property
    def words(self) -> frozenset[str]:
        """The whole words that patterns and classes spell out."""
        return frozenset(self._literals)

    def knows(self, word: str) -> bool:
        """Return whether any pattern could use `word`."""
        return bool(self._word_elements(word))

    def _register(self, word: str, element: str) -> None:
        if word.startswith("*"):
            self._parts.setdefault(word.strip("*"), set()).add(element)
        elif word.endswith("*"):
            self._prefixes.setdefault(word[:-1], set()).add(element)
        else:
            self._literals.setdefault(word, set()).add(element)

    def _add(self, elements: tuple[str, ...], label: str, weight: float) -> None:
        opens = elements[0] == "^"
        node = self._opening if opens else self._root
        for element in elements[1:] if opens else elements:
            if element.startswith(".."):
                node = node.gaps.setdefault(int(element[2:] or _DEFAULT_GAP), _Node())
                continue
            if element[0] == "(":
                for word in element[1:-1].split("|"):
                    self._register(word, element)
            elif element[0] not in "@#$%":
                self._register(element, element)
            node = node.children.setdefault(element, _Node())
        node.ends.append((label, weight))

    def find(self, tokens: tuple[Token, ...]) -> list[Hit]:
        """Return every phrase in `tokens`, in order of its first token."""
        elements = [self._elements(token) for token in tokens]
        hits: list[Hit] = []
        opens = True
        for first, token in enumerate(tokens):
            roots = (self._opening, self._root) if opens else (self._root,)
            opens = token.kind == "stop" or (opens and token.kind == "mark")
            seen: set[tuple[str, float, int]] = set()
            for root in roots:
                for hit in self._walk(root, tokens, elements, first, first, first, ()):
                    if (hit.label, hit.weight, hit.last) not in seen:
                        seen.add((hit.label, hit.weight, hit.last))
                        hits.append(hit)
        return hits

    def _walk(
        self,
        node: _Node,
        tokens: tuple[Token, ...],
        elements: list[frozenset[str]],
        first: int,
        last: int,
        at: int,
        caught: tuple[int, ...],
    ) -> Iterator[Hit]:
        for label, weight in node.ends:
            yield Hit(label, weight, first, last, caught)
        if at < len(tokens) and node.children:
            yield from self._step(node, tokens, elements, first, at, caught)
        for width, after in node.gaps.items():
            for start in _gap_positions(tokens, at, width):
                yield from self._step(after, tokens, elements, first, start, caught)

    def _step(
        self,
        node: _Node,
        tokens: tuple[Token, ...],
        elements: list[frozenset[str]],
        first: int,
        at: int,
        caught: tuple[int, ...],
    ) -> Iterator[Hit]:
        for place in range(at, min(at + _MOST_MARKS, len(tokens))):
            for element in elements[place]:
                child = node.children.get(element)
                if child is not None:
                    kept = (*caught, place) if element[0] in "@#$%" else caught
                    yield from self._walk(child, tokens, elements, first, place, place + 1, kept)
            if tokens[place].kind != "mark" or place == first:
                return

    def _elements(self, token: Token) -> frozenset[str]:
        kinds = frozenset(token.elements)
        return kinds | self._word_elements(token.text) if token.spelled else kinds

    def _word_elements(self, word: str) -> frozenset[str]:
        known = self._cache.get(word)
        if known is not None:
            return known
        found: set[str] = set(self._literals.get(word, ()))
        for length in range(2, len(word) + 1):
            found |= self._prefixes.get(word[:length], set())
        for part, elements in self._parts.items():
            if part in word:
                found |= elements
        if len(self._cache) < 20_000:
            self._cache[word] = frozenset(found)
        return frozenset(found)


def _gap_positions(tokens: tuple[Token, ...], at: int, width: int) -> Iterator[int]:
    """Yield where the element after a gap may stand: 0 to `width` words on, same sentence."""
    words = 0
    for place in range(at, min(at + 2 * width + _MOST_MARKS, len(tokens))):
        if words > width or tokens[place].kind == "stop":
            return
        yield place
        words += tokens[place].kind != "mark"


def expand(pattern: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of elements that `pattern` stands for.

    The single words of a choice stay together as one element, "(a|b)"; longer choices part.
    A gap at the end says nothing and falls away.
    """
    parts = re.findall(r"[()|]|[^\s()|]+", pattern)
    parts.reverse()
    for row in _sequence(parts):
        while row and row[-1].startswith(".."):
            row = row[:-1]
        if row:
            yield row


def _sequence(parts: list[str]) -> list[tuple[str, ...]]:
    """Take elements off the end of `parts` up to the end of a choice; return their rows."""
    rows: list[tuple[str, ...]] = [()]
    while parts and parts[-1] not in ("|", ")"):
        part = parts.pop()
        following = _choice(parts) if part == "(" else [(part,)]
        rows = [row + more for row, more in product(rows, following)]
    return rows


def _choice(parts: list[str]) -> list[tuple[str, ...]]:
    rows = _sequence(parts)
    while parts and parts.pop() == "|":
        rows += _sequence(parts)
    plain = {row[0] for row in rows if len(row) == 1 and row[0][0] not in "@#$%.(^"}
    longer = [row for row in rows if len(row) != 1 or row[0] not in plain]
    return [*longer, *([(f"({'|'.join(sorted(plain))})",)] if plain else [])]
