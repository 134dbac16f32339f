"""Rows of specifications: checked, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.errors import DocumentError
from knowledge.reading.page import Page
from knowledge.reading.tidying import tidy, tidy_line, tidy_value

MOST_ROWS = 20_000
MOST_COLUMNS = 5_000
LONGEST_CELL = 100_000
ITEMS_SHOWN = 20
LONGEST_HEADING = 120

Record = Mapping[str, Any]


def page_of(records: Sequence[Record], name: str) -> Page:
    """Return a page of `records`, each a section of "name: value" lines.

    Raises:
        DocumentError: if there are none, or more than is read.
    """
    if not records:
        raise DocumentError(f"{name}: holds no rows")
    if len(records) > MOST_ROWS:
        raise DocumentError(f"{name}: has {len(records):,} rows, more than {MOST_ROWS:,}")
    tidied = tuple(_checked(record, name, row) for row, record in enumerate(records, start=1))
    sections = (_section(record, row) for row, record in enumerate(tidied, start=1))
    return Page(text=tidy("\n\n".join(sections)), name=name, records=tidied)


def _checked(record: Record, name: str, row: int) -> Record:
    if len(record) > MOST_COLUMNS:
        raise DocumentError(
            f"{name}: row {row} has {len(record):,} fields, more than {MOST_COLUMNS:,}"
        )
    for field, value in record.items():
        if len(field) + len(str(value)) > LONGEST_CELL:
            raise DocumentError(
                f"{name}: row {row}, {field[:40]!r} is longer than {LONGEST_CELL:,} characters"
            )
    tidied = {tidy_line(field): tidy_value(value) for field, value in record.items()}
    if len(tidied) < len(record):
        raise DocumentError(f"{name}: row {row} has two fields of the same name")
    return tidied


def _section(record: Record, row: int) -> str:
    shown = {field: text for field, value in record.items() if (text := _shown(value))}
    names = (
        shown[field]
        for field, value in record.items()
        if isinstance(value, str) and 0 < len(shown.get(field, "")) <= LONGEST_HEADING
    )
    heading = f"## {next(names, f'Row {row}')}"
    return "\n".join([heading, "", *(f"- {field}: {text}" for field, text in shown.items())])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        more = f"... ({len(value):,} in all)" if len(value) > ITEMS_SHOWN else ""
        return ", ".join(filter(None, [*map(_shown, value[:ITEMS_SHOWN]), more]))
    if isinstance(value, Mapping):
        return "; ".join(f"{field} {_shown(item)}" for field, item in value.items())
    return "" if value is None else tidy_line(str(value))
