"""Lines laid out by position, as on paper, to Markdown: rows of tables and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from knowledge.reading.tables import table

PIECE = re.compile(r"\S+(?:\s{1,2}\S+)*")
"""Three blanks or more stand between the cells of a row; two may only justify a line."""
BULLET = re.compile(r"^[•●▪■◦‣∙·]\s*")
WORDS = re.compile(r"[a-z(][^\d]*")
BROKEN_WORD = re.compile(r"[a-z]-$")
LONGEST_CELL = 20
"""Lines whose every piece is longer, in the median, are columns of prose and not rows."""
SAME_COLUMN = 2
"""Characters by which cells of one column may start apart."""
WRAPPED = 0.75
"""A line at least this share of the longest goes on in the next."""


@dataclass(frozen=True, slots=True)
class Row:
    """The pieces of a line and the positions, in characters, where they start."""

    cells: list[str]
    starts: list[int]

    @property
    def line(self) -> str:
        """The pieces as one line."""
        return " ".join(self.cells)


def in_columns(text: str) -> bool:
    """Say whether `text` is prose in columns, which must be read one after the other."""
    rows = [row for row in map(_row, text.split("\n")) if len(row.cells) > 1]
    return bool(rows) and median(min(map(len, row.cells)) for row in rows) > LONGEST_CELL


def to_markdown(text: str) -> str:
    """Return the tables in `text`, and the prose between them with its lines joined."""
    rows = _without_gaps(_with_wrapped_cells([_row(line) for line in text.split("\n")]))
    longest = max(len(row.line) for row in rows)
    return "\n\n".join(_parts(rows, longest))


def _row(line: str) -> Row:
    found = list(PIECE.finditer(line))
    cells = [" ".join(piece[0].split()) for piece in found]
    return Row([BULLET.sub("- ", cell) for cell in cells], [piece.start() for piece in found])


def _with_wrapped_cells(rows: list[Row]) -> list[Row]:
    """Return `rows` with lines that go on in the cells above put there.

    A line with a figure is left alone: where cells are centred, it belongs to the row below.
    """
    kept: list[Row] = []
    for row in rows:
        goes_on = all(WORDS.fullmatch(cell) for cell in row.cells)
        columns = _columns_above(row, kept[-1]) if goes_on and kept else []
        if columns:
            for column, cell in zip(columns, row.cells, strict=True):
                kept[-1].cells[column] += f" {cell}"
        else:
            kept.append(row)
    return kept


def _columns_above(row: Row, above: Row) -> list[int]:
    """Return the column of `above`, but not the first, that each piece of `row` stands under."""
    columns = [
        column
        for start in row.starts
        for column, other in enumerate(above.starts[1:], start=1)
        if abs(start - other) <= SAME_COLUMN
    ]
    return columns if len(columns) == len(row.cells) else []


def _without_gaps(rows: list[Row]) -> list[Row]:
    """Return `rows` without single blank lines between rows of the same width."""
    return [
        row
        for above, row, below in zip(
            [*rows[:1], *rows[:-1]], rows, [*rows[1:], *rows[-1:]], strict=True
        )
        if row.cells or not len(above.cells) == len(below.cells) > 1
    ]


def _parts(rows: list[Row], longest: int) -> Iterator[str]:
    widths = [_width_of_table(rows, number) for number in range(len(rows))]
    for width, group in groupby(zip(widths, rows, strict=True), key=lambda pair: pair[0]):
        same = [row for _, row in group]
        yield table([row.cells for row in same]) if width else _prose(same, longest)


def _width_of_table(rows: list[Row], number: int) -> int:
    """Return how many cells row `number` has if a neighbour has as many, else 0."""
    cells = rows[number].cells
    neighbours = [*rows[max(number - 1, 0) : number], *rows[number + 1 : number + 2]]
    alike = any(len(row.cells) == len(cells) for row in neighbours)
    return len(cells) if len(cells) > 1 and alike and not cells[0].startswith("- ") else 0


def _prose(rows: list[Row], longest: int) -> str:
    text = ""
    before = ""
    for line in (row.line for row in rows):
        if BROKEN_WORD.search(before) and line[:1].islower():
            text = text[:-1] + line
        else:
            goes_on = len(before) >= WRAPPED * longest and line and not line.startswith("- ")
            text += (" " if goes_on else "\n") + line
        before = line
    return text
