"""Rows of a CSV or TSV file."""

from __future__ import annotations

import csv
import io

from knowledge.errors import DocumentError
from knowledge.reading.decoding import decode
from knowledge.reading.page import Page
from knowledge.reading.records import MOST_COLUMNS, MOST_ROWS, page_of

DELIMITERS = ",;\t|"
SAMPLE_CHARACTERS = 8_192


def read_csv(content: bytes, name: str, charset: str | None) -> Page:
    """Return the rows of a CSV file, whose delimiter is told from its content.

    Raises:
        DocumentError: if it has no head, no rows, or rows that don't fit the head.
    """
    text = decode(content, name, charset)
    return _page(text, name, _delimiter(text))


def read_tsv(content: bytes, name: str, charset: str | None) -> Page:
    """Return the rows of a file with tabs between its cells.

    Raises:
        DocumentError: if it has no head, no rows, or rows that don't fit the head.
    """
    return _page(decode(content, name, charset), name, "\t")


def _delimiter(text: str) -> str:
    try:
        return csv.Sniffer().sniff(text[:SAMPLE_CHARACTERS], delimiters=DELIMITERS).delimiter
    except csv.Error:
        head = text.lstrip().partition("\n")[0]
        return max(DELIMITERS, key=head.count)


def _page(text: str, name: str, delimiter: str) -> Page:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    head: list[str] = []
    records: list[dict[str, str]] = []
    try:
        for cells in rows:
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            if not head:
                head = _head(row, name)
                continue
            if len(records) == MOST_ROWS:
                raise DocumentError(f"{name}: has more than {MOST_ROWS:,} rows")
            records.append(_record(head, row, f"{name}: line {rows.line_num}"))
    except csv.Error as error:
        raise DocumentError(f"{name}: line {rows.line_num}: {error}") from error
    return page_of(records, name)


def _head(row: list[str], name: str) -> list[str]:
    if len(row) > MOST_COLUMNS:
        raise DocumentError(f"{name}: has {len(row):,} columns, more than {MOST_COLUMNS:,}")
    head = [cell or f"column {number}" for number, cell in enumerate(row, start=1)]
    twice = sorted({cell for cell in head if head.count(cell) > 1})
    if twice:
        raise DocumentError(f"{name}: the first row names {twice[0]!r} more than once")
    return head


def _record(head: list[str], row: list[str], place: str) -> dict[str, str]:
    if any(row[len(head) :]):
        raise DocumentError(f"{place}: {len(row)} cells, but the first row names {len(head)}")
    return dict(zip(head, row, strict=False))
