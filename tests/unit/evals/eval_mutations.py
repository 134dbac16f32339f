"""Wrong answers made from right ones: one figure changed, one unit, one source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.answer import Answer
from evals.grounding import SOURCE_MARK, WORKING_MARKS

NUMBER = re.compile(r"(?<![\w.,#-])\$?\d[\d,]*(?:\.\d+)?")
UNITS = (
    (re.compile(r"(?<=\d )GB(?![\w/])"), "TB"),
    (re.compile(r"(?<=\d )TB(?![\w/])"), "GB"),
    (re.compile(r"(?<=\d )TB/s"), "GB/s"),
    (re.compile(r"(?<=\d )GB/s"), "TB/s"),
    (re.compile(r"(?<=\d )tok/s"), "GB"),
    (re.compile(r"(?<=\d )ms\b"), "s"),
    (re.compile(r"(?<=\d )W\b"), "kW"),
    (re.compile(r"\$(?=\d)"), "€"),
    (re.compile(r"(?<=\d)%"), " GB"),
    (re.compile(r"(?<=\d )a month"), "a day"),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed answer and what was changed."""

    kind: str
    what: str
    answer: Answer


def mutants(answer: Answer) -> Iterator[Mutant]:
    """Yield every mutant of `answer`; figures in marks, code and list numbers are left alone."""
    yield from _digits(answer)
    yield from _units(answer)
    yield from _sources(answer)


def _digits(answer: Answer) -> Iterator[Mutant]:
    text = answer.text
    marks = [m.span() for pattern in (SOURCE_MARK, WORKING_MARKS) for m in pattern.finditer(text)]
    for match in NUMBER.finditer(text.split("```")[0]):
        start = match.start()
        if any(a <= start < b for a, b in marks) or re.match(r"\d+\. ", text[start:]):
            continue
        first = re.search(r"[1-9]", match[0])
        if first is None:
            continue
        digit = str((int(first[0]) + 3) % 9 + 1)
        at = start + first.start()
        changed = text[:at] + digit + text[at + 1 :]
        yield Mutant("digit", match[0], answer.model_copy(update={"text": changed}))


def _units(answer: Answer) -> Iterator[Mutant]:
    for pattern, other in UNITS:
        for match in pattern.finditer(answer.text.split("```")[0]):
            text = answer.text[: match.start()] + other + answer.text[match.end() :]
            where = answer.text[max(0, match.start() - 12) : match.end()]
            yield Mutant("unit", where, answer.model_copy(update={"text": text}))


def _sources(answer: Answer) -> Iterator[Mutant]:
    """Swap the marks of one figure's source for another source or working."""
    for pattern, spell, count in (
        (SOURCE_MARK, "[{}]", len(answer.citations)),
        (re.compile(r"\(c(\d+)\)"), "(c{})", len(answer.calculations)),
    ):
        for match in pattern.finditer(answer.text):
            line = answer.text[: match.start()].rpartition("\n")[2].rpartition("|")[2]
            if count < 2 or not re.search(r"\d", SOURCE_MARK.sub("", line)):
                continue
            other = int(match[1]) % count + 1
            text = answer.text[: match.start()] + spell.format(other) + answer.text[match.end() :]
            yield Mutant("source", line.strip(), answer.model_copy(update={"text": text}))
