"""Every typed figure of a document as one plain sentence that an answer can cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.documents import AnyDoc
from knowledge.schema import (
    Basis,
    Comparison,
    Cost,
    Fact,
    Hardware,
    Model,
    Sourced,
    Study,
    Toolkit,
)

LABELS = {
    "memory": "memory",
    "bandwidth": "memory bandwidth",
    "power": "power",
    "price": "purchase price",
    "compute_fp32": "FP32 compute",
    "compute_bf16": "BF16 compute",
    "compute_fp8": "FP8 compute",
    "compute_fp4": "FP4 compute",
    "compute_int8": "INT8 compute",
    "compute_int4": "INT4 compute",
    "parameters": "parameters",
    "active_parameters": "active parameters",
    "context": "context window",
    "max_output": "longest output",
}
BASES: dict[Basis, str] = {
    "vendor": "vendor's figure",
    "press": "press report",
    "independent": "independent",
    "study": "published study",
    "computed": "computed",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One citable figure; `id` is "<doc_id>#<slug>" and `text` a plain sentence."""

    id: str
    doc_id: str
    text: str
    value: float | None
    unit: str | None
    basis: Basis
    source_url: str | None
    as_of: str | None
    conditions: str | None
    group: str
    """What it is: fact, rental, claim, score, price, date, comparison, item or measured."""
    unreviewed: bool = False
    """Whether it was drafted by the program and no person has confirmed it; `text` says so."""

    @property
    def line(self) -> str:
        """The sentence with its basis, date and conditions."""
        dated = f"{BASES[self.basis]}, {self.as_of}" if self.as_of else BASES[self.basis]
        return f"{self.text} ({dated})" + (f"; {self.conditions}" if self.conditions else "")


def statements(document: AnyDoc) -> tuple[Statement, ...]:
    """Return a statement for every typed figure of `document`, with unique ids."""
    seen: dict[str, int] = {}
    unique: list[Statement] = []
    for statement in _all(document):
        count = seen[statement.id] = seen.get(statement.id, 0) + 1
        unique.append(statement if count == 1 else replace(statement, id=f"{statement.id}-{count}"))
    return tuple(unique)


def number(value: float) -> str:
    """Return `value` as people write it: 3350, 0.59, 131,072."""
    if value == int(value):
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return f"{value:,.6g}" if abs(value) >= 10_000 else f"{value:.6g}"


def slug(text: str) -> str:
    """Return `text` as lower-case words joined by hyphens, at most 60 characters."""
    words = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return words[:60].rstrip("-") or "x"


def _all(document: AnyDoc) -> Iterator[Statement]:
    for fact in document.facts:
        yield _fact(document, fact)
    if isinstance(document, Hardware):
        yield from _rentals(document)
    elif isinstance(document, Model):
        yield from _model(document)
    elif isinstance(document, Toolkit):
        yield from _measured(document)
    elif isinstance(document, Study):
        for comparison in document.comparisons:
            yield _comparison(document, comparison)
    elif isinstance(document, Cost):
        yield from _items(document)
    for claim in document.claims:
        text = f"{document.title}: claim: {claim.text}"
        yield _sourced(
            document, claim, "claim", slug(f"claim {claim.text}"), text, claim.value, claim.unit
        )


def _sourced(
    document: AnyDoc,
    item: Sourced,
    group: str,
    name: str,
    text: str,
    value: float | None,
    unit: str | None,
) -> Statement:
    source = document.sources[item.source]
    return Statement(
        id=f"{document.id}#{name}",
        doc_id=document.id,
        text=f"{text} (unreviewed)" if item.unreviewed else text,
        value=value,
        unit=unit,
        basis=item.basis,
        source_url=source.url,
        as_of=item.as_of or source.published,
        conditions=item.conditions,
        group=group,
        unreviewed=item.unreviewed,
    )


def _fact(document: AnyDoc, fact: Fact) -> Statement:
    label = LABELS.get(fact.name, fact.name.replace("_", " "))
    shown = "not known" if fact.value is None else f"{number(fact.value)} {fact.unit}"
    if fact.unverified:
        shown += " (unverified)"
    scope = ""
    if isinstance(document, Hardware) and document.unit_scope != "per device":
        scope = f" {document.unit_scope}"
    text = f"{document.title}: {label} {shown}{scope}"
    return _sourced(document, fact, "fact", fact.name, text, fact.value, fact.unit)


def _rentals(document: Hardware) -> Iterator[Statement]:
    for rental in sorted(document.rentals, key=lambda item: item.usd_per_hour):
        commitment = rental.commitment.replace("_", " ")
        text = (
            f"{document.title}: rental {number(rental.usd_per_hour)} USD per hour at "
            f"{rental.provider}, {commitment}"
        )
        name = slug(f"rental {rental.provider} {commitment}")
        yield _sourced(document, rental, "rental", name, text, rental.usd_per_hour, "USD per hour")


def _model(document: Model) -> Iterator[Statement]:
    for price in document.prices:
        shown = f"{number(price.input_usd_per_mtok)} USD per million input tokens"
        if price.output_usd_per_mtok is not None:
            shown += f", {number(price.output_usd_per_mtok)} USD per million output tokens"
        if price.cached_input_usd_per_mtok is not None:
            shown += f", {number(price.cached_input_usd_per_mtok)} USD per million cached tokens"
        if not price.quotable:
            shown += " (not a public list price)"
        text = f"{document.title}: price at {price.provider} {shown}"
        yield _sourced(
            document,
            price,
            "price",
            slug(f"price {price.provider}"),
            text,
            price.input_usd_per_mtok,
            "USD per million input tokens",
        )
    for score in document.scores:
        text = f"{document.title}: {score.board} {number(score.value)} ({score.metric})"
        name = slug(f"score {score.board} {score.metric}")
        yield _sourced(document, score, "score", name, text, score.value, score.metric)
    if document.retires:
        replacement = f"; replacement {document.replacement}" if document.replacement else ""
        url = next((source.url for source in document.sources.values()), None)
        yield Statement(
            id=f"{document.id}#retires",
            doc_id=document.id,
            text=f"{document.title}: last day in the maker's API {document.retires}{replacement}",
            value=None,
            unit=None,
            basis="vendor",
            source_url=url,
            as_of=document.read_on,
            conditions=None,
            group="date",
        )


def _measured(document: Toolkit) -> Iterator[Statement]:
    for item in document.measured:
        unit = f" {item.unit}" if item.unit else ""
        text = f"{document.title}: measured {item.what}: {item.value}{unit}"
        yield _sourced(
            document,
            item,
            "measured",
            slug(f"measured {item.what}"),
            text,
            _plain(item.value),
            item.unit,
        )


def _comparison(document: Study, item: Comparison) -> Statement:
    special, large = item.specialized, item.ultra_large
    size = f" ({number(special.parameters_b)}B parameters)" if special.parameters_b else ""
    text = (
        f"On {item.dataset} ({item.task}), {special.model}{size} scored {number(special.score)} "
        f"against {number(large.score)} of {large.model} ({item.metric}"
        f"{'' if item.higher_is_better else ', lower is better'})"
    )
    if special.train_examples is not None:
        text += f"; trained on {special.train_examples:,} examples"
    source = next(iter(document.sources.values()), None)
    return Statement(
        id=f"{document.id}#{slug(f'{item.dataset} {special.model} {large.model}')}",
        doc_id=document.id,
        text=text,
        value=special.score,
        unit=item.metric,
        basis="study",
        source_url=source.url if source else None,
        as_of=document.published,
        conditions=item.conditions,
        group="comparison",
    )


def _items(document: Cost) -> Iterator[Statement]:
    for item in document.items:
        unit = f" {item.unit}" if item.unit else ""
        text = f"{item.item}: {item.text}{unit}"
        yield _sourced(document, item, "item", slug(item.id), text, item.value, item.unit)


def _plain(text: str) -> float | None:
    """Return the number that `text` is, or None where it says more than one number."""
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
