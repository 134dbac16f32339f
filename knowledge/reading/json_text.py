"""Records of a JSON or JSON Lines file."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from knowledge.errors import DocumentError
from knowledge.reading.decoding import decode
from knowledge.reading.page import Page
from knowledge.reading.records import MOST_COLUMNS, MOST_ROWS, page_of

DEEPEST = 32
"""Objects within objects."""


def read_json(content: bytes, name: str, charset: str | None) -> Page:
    """Return an object, or the objects of a list, as records with flat names ("a.b").

    Raises:
        DocumentError: if it is not JSON, nested too deep, or neither of the two.
    """
    value = _parsed(decode(content, name, charset), name)
    if isinstance(value, dict) and len(value) == 1:
        (only,) = value.values()
        value = only if _is_records(only) else value
    values = value if isinstance(value, list) else [value]
    return _page(values, name)


def read_json_lines(content: bytes, name: str, charset: str | None) -> Page:
    """Return the object on each line as a record.

    Raises:
        DocumentError: naming the line that is no JSON object.
    """
    lines = [line for line in decode(content, name, charset).split("\n") if line.strip()]
    if len(lines) > MOST_ROWS:
        raise DocumentError(f"{name}: has {len(lines):,} lines, more than {MOST_ROWS:,}")
    values = [_parsed(line, f"{name}: line {row}") for row, line in enumerate(lines, start=1)]
    return _page(values, name)


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _page(values: list[Any], name: str) -> Page:
    for row, value in enumerate(values, start=1):
        if not isinstance(value, dict):
            kind = type(value).__name__
            raise DocumentError(
                f"{name}: item {row} is a {kind}; an object or a list of objects can be read"
            )
    try:
        return page_of([_flat(value, name) for value in values], name)
    except RecursionError as error:
        raise DocumentError(f"{name}: is nested too deep") from error


def _flat(value: dict[str, Any], name: str) -> dict[str, Any]:
    pairs = list(islice(_leaves(value), MOST_COLUMNS + 1))
    names = dict(pairs)
    if len(names) < len(pairs):
        raise DocumentError(f"{name}: two fields have the same name once nested ones are joined")
    return names


def _leaves(value: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    if len(path) > DEEPEST:
        raise RecursionError
    for field, item in value.items():
        if isinstance(item, dict) and item:
            yield from _leaves(item, (*path, field))
        else:
            yield ".".join((*path, field)), item


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(
            text,
            parse_constant=_refuse_number,
            parse_float=_finite,
            object_pairs_hook=_distinct,
        )
    except RecursionError as error:
        raise DocumentError(f"{name}: is nested too deep") from error
    except ValueError as error:
        raise DocumentError(f"{name}: is not JSON ({error})") from error


def _refuse_number(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the field {twice[:40]!r} stands twice in an object")
    return names
