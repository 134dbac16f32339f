"""The slots that a message states, gathered with the words that each came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.interpreters.lexer import Token
from agent.interpreters.numbers import Number
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.wordlists import word_set
from agent.profile import Owned, Profile

SlotValue = str | float | int | bool | tuple[Owned, ...] | tuple[str, ...]


@dataclass(slots=True)
class Slots:
    """Values by slot while a message is read; a number serves one slot only."""

    values: dict[str, SlotValue] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def put(self, slot: str, value: SlotValue, words: str, *tokens: int) -> None:
        """State `slot`, unless an earlier reading did; mark the number tokens it used."""
        self.taken.update(tokens)
        if slot not in self.values:
            self.values[slot] = value
            self.words[slot] = words

    def clear(self, slot: str) -> None:
        """Say that the user takes a slot back."""
        if slot not in self.cleared:
            self.cleared.append(slot)

    def reject(self, words: str, what: str, valid: str, *tokens: int) -> None:
        """Note a value that can't be used, and what is valid."""
        self.taken.update(tokens)
        problem = f"The {what} {words!r} can't be used: give {valid}."
        if problem not in self.problems:
            self.problems.append(problem)

    def profile(self) -> Profile:
        """Return the slots as a profile patch."""
        return Profile.model_validate({**self.values, "words": self.words})


def says_none(reading: Reading, number: int, last: int) -> bool:
    """Return whether a denial parts a number from what it would count: "400 staff, no labels"."""
    denials = word_set("denials")
    return any(token.text in denials for token in reading.tokens[number + 1 : last + 1])


def free_number(reading: Reading, hit: Hit, slots: Slots) -> tuple[int, Number] | None:
    """Return the first number that `hit` caught and no slot has used, with its token's place."""
    for index in hit.caught:
        number = reading.tokens[index].number
        if number is not None and index not in slots.taken:
            return index, number
    return None


def nearest_first(reading: Reading, hits: tuple[Hit, ...], slots: Slots) -> list[Hit]:
    """Return `hits` with the shortest first.

    Those that leap over a number which no slot has used yet fall away.
    """
    kept = [hit for hit in hits if not _leaps(reading, hit, slots)]
    return sorted(kept, key=lambda hit: (hit.last - hit.first, hit.first))


def _leaps(reading: Reading, hit: Hit, slots: Slots) -> bool:
    caught = set(hit.caught)
    between = range(min(caught, default=hit.first), max(caught, default=hit.last) + 1)
    inside = set(between) | set(range(hit.first, hit.last + 1))
    return any(_figure(reading.tokens[i]) for i in inside - caught - slots.taken)


def _figure(token: Token) -> bool:
    if token.kind in ("money", "percent"):
        return True
    return token.kind == "number" and token.text not in word_set("single")
