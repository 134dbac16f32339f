"""Everything that is checked of the documents: provenance, the calculators, the prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from agent.core.consistency import check_models
from agent.core.sizing import KV_BYTES, KV_BYTES_FP8, kv_bytes_per_token
from agent.grounding import Figure, carried, dates, figures, without_names
from agent.measures import Quantity, quantity
from agent.wording import MONTHS
from knowledge.documents import AnyDoc, Loaded
from knowledge.facts import statements
from knowledge.finding import Finding
from knowledge.provenance import check
from knowledge.schema import Model

MONTH_FIRST = re.compile(rf"\b((?:{'|'.join(MONTHS)})[a-z]*) (\d{{1,2}}),? (20\d\d)\b")
NO_UNIT = r"(?! ?(?:%|[kKM]?W\b|\w*/s|[GT]B\b|\w*FLOPS|TOPS|USD|billion|million|times|points))"
PART_OF_NAME = re.compile(
    r"(?<![\w.,$])(?:\d+(?:\.\d+)?[bm]\b(?! (?:parameters|in total|total|active))"
    rf"|\d\.\d+\b{NO_UNIT})",
    re.IGNORECASE,
)
"""What a family's members are told apart by: "the 7B", "2.5 and 3"."""
SIZE_IN_NAME = re.compile(r"-(\d+(?:\.\d+)?b)\b")
TRILLIONS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?: trillion|T\b)")
VERSION = re.compile(rf"\bv?\d+\.\d+\.\d+(?:\.\w+)?\b|\b[A-Z][\w.-]* [12]?\d\.\d+\b{NO_UNIT}")
"""Of a product. A score of thirty or more is none."""
WIDTHS = (2.0, 1.0, 0.5)
"""Bytes of a weight at 16, 8 and 4 bits."""


def audit(documents: Sequence[Loaded], *, today: date) -> tuple[Finding, ...]:
    """Return what is wrong with `documents`; an empty tuple means that nothing is."""
    found = [*check(documents, today=today), *check_models(documents)]
    return (*found, *untyped_figures(documents), *untyped_dates(documents))


def untyped_figures(documents: Sequence[Loaded]) -> Iterator[Finding]:
    """Yield the figures of the prose that nothing in the same document's front matter holds."""
    documented = [item.document for item in documents]
    names = {name.casefold() for item in documented for name in (item.title, *item.aliases)}
    numbered = {name for name in names if any(map(str.isdigit, name))}
    parts = {part for name in names for part in PART_OF_NAME.findall(name)}
    for item in documents:
        text = item.body.casefold()
        told = [name for name in numbered if name in text]
        known = list(_known(item.document))
        own = SIZE_IN_NAME.findall(" ".join(_texts(item.document.model_dump())).casefold())
        bare = _without_parts(without_names(item.body, told), parts | set(own))
        for words in dict.fromkeys(
            figure.words
            for figure in figures(bare)
            if _states(figure) and not _carried(figure, known)
        ):
            yield Finding(item.document.id, "text", "a figure stands in no typed field", words)


def untyped_dates(documents: Sequence[Loaded]) -> Iterator[Finding]:
    """Yield the months and days of the prose that nothing in the front matter holds."""
    for item in documents:
        texts = list(_texts(item.document.model_dump()))
        known = {day for text in texts for day in _dates(text)}
        for day in dict.fromkeys(_dates(item.body)):
            if not any(told.startswith(day) for told in known):
                yield Finding(item.document.id, "text", "a date stands in no typed field", day)


def _dates(text: str) -> list[str]:
    # "2025-26" is a season.
    return [day for day in dates(_day_first(text)) if day[5:7] <= "12"]


def _in_billions(text: str) -> str:
    return TRILLIONS.sub(lambda match: f"{float(match[1]) * 1000:g} billion", text)


def _day_first(text: str) -> str:
    return MONTH_FIRST.sub(r"\2 \1 \3", text)


def _without_parts(text: str, parts: set[str]) -> str:
    """Return `text` without versions and the `parts` of names."""
    bare = VERSION.sub(" ", _in_billions(_day_first(text)))
    return PART_OF_NAME.sub(lambda m: " " if m[0].casefold() in parts else m[0], bare)


def _states(figure: Figure) -> bool:
    """Tell whether the figure has a unit, a scale, decimals or thousands, and is no year."""
    if figure.unit is not None or re.search(r"\d[.,]\d|[A-Za-z]", figure.words):
        return True
    return figure.value >= 1000 and not 1990 <= figure.value <= 2100


def _carried(figure: Figure, known: Sequence[Quantity]) -> bool:
    """Tell whether something known shows as `figure`; a known value without unit has any unit."""
    plain = [item for item in known if item.dimension is None]
    if carried(figure, known) or carried(replace(figure, unit=None), plain):
        return True
    # "128k" may stand for 131,072.
    binary = replace(figure, value=figure.value * 1.024, step=figure.step * 1.024)
    return figure.words[-1] in "kK" and carried(binary, known)


def _known(document: AnyDoc) -> Iterator[Quantity]:
    for text in _texts(document.model_dump()):
        yield from (figure.quantity for figure in figures(_in_billions(text)))
    for statement in statements(document):
        yield from (figure.quantity for figure in figures(statement.text))
        if statement.value is not None:
            share = statement.group == "score" and "%" in (statement.unit or "")
            yield quantity(statement.value, "%" if share else statement.unit)
    if isinstance(document, Model):
        yield from _worked(document)


def _texts(value: object) -> Iterator[str]:
    """Yield every text within `value`."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def _worked(model: Model) -> Iterator[Quantity]:
    """Yield what the calculators give of a model: bytes of weights and of a token's cache."""
    architecture = model.architecture
    sizes = {model.value("parameters"), model.value("active_parameters")}
    if architecture:
        sizes |= {architecture.parameters_b, architecture.active_parameters_b}
        yield from (quantity(number, None) for number in _numbers(architecture.model_dump()))
        for width in (KV_BYTES, KV_BYTES_FP8):
            cache = kv_bytes_per_token(architecture, kv_bytes=width)
            yield quantity(cache, None)
            yield quantity(cache / 1e9, "GB")
    for size in filter(None, sizes):
        yield from (quantity(size * width, "GB") for width in WIDTHS)
