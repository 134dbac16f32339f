"""Rows of cells as Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

RULE = re.compile(r"\|(\s*:?-+:?\s*\|)+\s*")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return `rows` as a Markdown table whose first row is the head; short rows are filled."""
    width = max((len(row) for row in rows), default=0)
    lines = [_row([*row, *[""] * (width - len(row))]) for row in rows]
    return "\n".join([*lines[:1], f"|{' --- |' * width}", *lines[1:]]) if lines else ""


def mend_tables(markdown: str) -> str:
    """Return `markdown` with one rule in each table, under its first row."""
    lines: list[str] = []
    for inside, group in groupby(markdown.split("\n"), key=lambda line: line.startswith("|")):
        rows = [line.rstrip() for line in group if not (inside and RULE.fullmatch(line))]
        if inside and rows:
            cells = len(re.findall(r"(?<!\\)\|", rows[0])) - 1
            rows.insert(1, f"|{' --- |' * cells}")
        lines += rows
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
