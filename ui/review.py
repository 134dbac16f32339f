"""A drafted document as lines that a person may keep, correct, confirm or drop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import ValidationError

from knowledge.documents import AnyDoc, Loaded, content_hash, faults_of
from knowledge.errors import DocumentError
from knowledge.facts import LABELS, number, statements
from knowledge.schema import (
    DOCUMENT,
    Basis,
    Claim,
    CostItem,
    Fact,
    Measured,
    Remark,
    Rental,
    Score,
    Sourced,
    TokenPrice,
)

TOKENS = "USD per million tokens"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure or claim of a draft: where it stands, what it says, and what was decided."""

    field: str
    index: int
    attribute: str
    what: str
    value: str
    unit: str
    basis: Basis
    conditions: str
    keep: bool = True
    checked: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """The field and the index of the item that the line belongs to."""
        return self.field, self.index


def lines(document: AnyDoc) -> tuple[Line, ...]:
    """Return a line for every figure and claim of `document` that names its source."""
    found: list[Line] = []
    for name in type(document).model_fields:
        items = getattr(document, name)
        for index, item in enumerate(items if isinstance(items, tuple) else ()):
            if isinstance(item, Sourced):
                found += _lines(name, index, item)
    return tuple(found)


def _lines(name: str, index: int, item: Sourced) -> list[Line]:
    return [
        Line(
            field=name,
            index=index,
            attribute=attribute,
            what=what,
            value=_shown(getattr(item, attribute)),
            unit=unit or "",
            basis=item.basis,
            conditions=item.conditions or "",
            checked=not item.unreviewed,
        )
        for attribute, what, unit in _figures(item)
        if getattr(item, attribute) is not None or attribute == "value"
    ]


def _figures(item: Sourced) -> list[tuple[str, str, str | None]]:
    """Return the attributes that a person may correct: name, what it is, unit."""
    if isinstance(item, Fact):
        return [("value", LABELS.get(item.name, item.name.replace("_", " ")), item.unit)]
    if isinstance(item, Rental):
        return [("usd_per_hour", f"rental at {item.provider}", "USD per hour")]
    if isinstance(item, TokenPrice):
        return [
            ("input_usd_per_mtok", f"price in, {item.provider}", TOKENS),
            ("output_usd_per_mtok", f"price out, {item.provider}", TOKENS),
            ("cached_input_usd_per_mtok", f"price of cached input, {item.provider}", TOKENS),
        ]
    if isinstance(item, Score):
        return [("value", f"score on {item.board}", item.metric)]
    if isinstance(item, Measured):
        return [("value", item.what, item.unit)]
    if isinstance(item, CostItem):
        return [("text", item.item, item.unit)]
    return [("text", "claim", None)] if isinstance(item, Claim | Remark) else []


def _shown(value: object) -> str:
    return number(value) if isinstance(value, float) else str("" if value is None else value)


def revised(
    loaded: Loaded,
    decided: Iterable[Line],
    *,
    title: str | None = None,
    published: str | None = None,
) -> Loaded:
    """Return `loaded` as a person left it: corrected, confirmed, without what was dropped.

    A corrected line counts as checked. An empty value means not known.

    Raises:
        DocumentError: naming the field, its value and the rule.
    """
    drafted = {(line.place, line.attribute): line.value for line in lines(loaded.document)}
    fields = loaded.document.model_dump(mode="json")
    dropped: set[tuple[str, int]] = set()
    open_lines: set[tuple[str, int]] = set()
    for line in decided:
        changed = line.value != drafted[line.place, line.attribute]
        if changed:
            item = fields[line.field][line.index]
            item[line.attribute] = _parsed(line.value, item[line.attribute])
        if not (line.checked or changed):
            open_lines.add(line.place)
        if not line.keep:
            dropped.add(line.place)
    for name, index in {place for place, _ in drafted} - open_lines:
        if fields[name][index].get("unreviewed"):
            fields[name][index]["unreviewed"] = False
    for name in {place[0] for place in dropped}:
        fields[name] = [
            item for index, item in enumerate(fields[name]) if (name, index) not in dropped
        ]
    fields |= {"title": title or fields["title"], "published": published or None}
    try:
        document = DOCUMENT.validate_python(fields)
    except ValidationError as error:
        raise DocumentError(f"{loaded.document.title}: {faults_of(error)}") from error
    return replace(
        loaded, document=document, sha256=content_hash(document.model_dump_json() + loaded.body)
    )


def confirmed(document: AnyDoc, statement_ids: Iterable[str]) -> AnyDoc:
    """Return `document` with the statements of these ids taken as reviewed.

    Raises:
        DocumentError: naming an id that stands for no unreviewed statement.
    """
    wanted = set(statement_ids)
    waiting = {item.id for item in statements(document) if item.unreviewed}
    if unknown := sorted(wanted - waiting):
        names = ", ".join(sorted(waiting)) or "none"
        raise DocumentError(f"{unknown[0]!r} waits for no confirmation; those that do: {names}")
    for name, index in dict.fromkeys(line.place for line in lines(document)):
        reviewed = _with_reviewed(document, name, index)
        if _newly_reviewed(document, reviewed) & wanted:
            document = reviewed
    return document


def _with_reviewed(document: AnyDoc, name: str, index: int) -> AnyDoc:
    items = list(getattr(document, name))
    items[index] = items[index].model_copy(update={"unreviewed": False})
    return document.model_copy(update={name: tuple(items)})


def _newly_reviewed(before: AnyDoc, after: AnyDoc) -> set[str]:
    pairs = zip(statements(before), statements(after), strict=True)
    return {old.id for old, new in pairs if old.unreviewed and not new.unreviewed}


def _parsed(typed: str, before: object) -> object:
    """Return what was typed as the kind of value that stood there; pydantic judges the rest."""
    text = typed.strip()
    if not text:
        return None
    return text if isinstance(before, str) else text.replace(",", "")
