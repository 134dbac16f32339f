"""A text as lines that say something: cells of tables, "name: value" lines, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LABELLED = re.compile(
    r"^\s*(?:[-*+\u2022]\s+)?[*_]{0,2}(?P<label>[A-Za-z][\w ./()&,-]{1,60}?)[*_]{0,2}\s*"
    r"(?::|=|\t|\s[\u2013\u2014-]\s)[*_]{0,2}\s*(?P<value>\S.{0,140})$"
)
BARE = re.compile(r"([A-Z][\w ]{2,30}): (\$?\d[\d.,]*\d ?[A-Za-z/]*(?: [A-Z]+\d\w*)?)\.$")
"""A sentence that is nothing but a label and a figure: "Memory: 72 GB GDDR7."."""
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$")
BOLD_HEADING = re.compile(r"^\s*(?:\*\*|__)([^*_]{2,80})(?:\*\*|__):?\s*$")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z\"'(\[*$\d])")
ABBREVIATION = re.compile(
    r"(?:\b(?:vs|approx|Inc|Corp|Ltd|Co|No|Fig|e\.g|i\.e|St|Dr|U\.S|max|min|"
    r"Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec))\.$"
)
BULLET = re.compile(r"\s*[-*+\u2022]\s")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A label and a value, or a sentence (`label` is None), with the heading over it.

    `columns` is how many columns of values the table has, 0 outside a table; `column` is the
    header of this value's column.
    """

    heading: str
    text: str
    label: str | None = None
    value: str = ""
    columns: int = 0
    column: str = ""
    bullet: bool = False


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines of the Markdown `text` in order."""
    heading, first = "", True
    table: list[list[str]] = []
    paragraph: list[str] = []
    for raw in [*text.splitlines(), ""]:
        line = LINK.sub(r"\1", raw.replace("\u00a0", " ")).rstrip()
        if line.lstrip().startswith("|"):
            yield from _sentences(paragraph, heading)
            table.append(_cells(line))
            continue
        yield from _rows(table, heading)
        table = []
        title = HEADING.match(line) or BOLD_HEADING.match(line)
        labelled = LABELLED.match(line)
        if title or labelled or not line.strip() or BULLET.match(line):
            yield from _sentences(paragraph, heading)
            paragraph = []
        if title:
            # The first heading is the page's title, which may well name what it is compared with.
            heading, first = "" if first else title[1].strip("*_ "), False
        elif labelled:
            label, value = labelled["label"].strip(), labelled["value"].strip("*_ ")
            yield Line(heading, f"{label}: {value}", label, value)
        elif line.strip() and BULLET.match(line):
            yield Line(heading, line.strip().lstrip("-*+\u2022 ").replace("**", ""), bullet=True)
        elif line.strip():
            paragraph.append(line.strip().lstrip("> ").strip())
    yield from _sentences(paragraph, heading)


def sentences_of(text: str) -> list[str]:
    """Return the sentences of one paragraph."""
    pieces: list[str] = []
    for piece in SENTENCE_END.split(" ".join(text.split())):
        if pieces and ABBREVIATION.search(pieces[-1]):
            pieces[-1] += f" {piece}"
        elif piece:
            pieces.append(piece)
    return pieces


def _sentences(paragraph: list[str], heading: str) -> Iterator[Line]:
    for sentence in sentences_of(" ".join(paragraph).replace("**", "").replace("__", "")):
        stated = BARE.match(sentence)
        yield Line(heading, sentence, stated[1], stated[2]) if stated else Line(heading, sentence)
    paragraph.clear()


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [re.sub(r"[*`]|<[^>]+>", " ", cell).strip() for cell in cells]


def _rows(table: list[list[str]], heading: str) -> Iterator[Line]:
    """Yield each cell, labelled with the first cell of its row."""
    rules = [
        index for index, row in enumerate(table) if all(re.fullmatch(r":?-*:?", c) for c in row)
    ]
    header = table[rules[0] - 1] if rules and rules[0] else []
    body = [row for index, row in enumerate(table) if index not in rules and row is not header]
    for row in body:
        for index, cell in enumerate(row[1:], start=1):
            column = header[index] if index < len(header) else ""
            text = f"{row[0]}: {cell}"
            yield Line(heading, text, row[0], cell, max(1, len(row) - 1), column)
