"""The documents: a discriminated union on `kind`.

One schema serves retrieval and calculation; the calculators read it through the catalogue, so a
specification lives in one place only.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from knowledge.schema.records import (
    Architecture,
    Basis,
    Claim,
    Comparison,
    CostItem,
    DocId,
    Fact,
    Kind,
    Measured,
    PartialDate,
    Record,
    Remark,
    Rental,
    Score,
    Source,
    Sourced,
    Text,
    TokenPrice,
)


class Document(Record):
    """What every document has. `published` dates the event or page, `read_on` our reading of it."""

    id: DocId
    kind: Kind
    title: Text
    aliases: tuple[Text, ...] = ()
    published: PartialDate | None = None
    read_on: PartialDate
    sources: dict[str, Source] = Field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    claims: tuple[Claim, ...] = ()
    conflicts: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()

    def fact(self, name: str) -> Fact | None:
        """Return the first fact called `name` that has a value, or None."""
        return next((f for f in self.facts if f.name == name and f.value is not None), None)

    def value(self, name: str) -> float | None:
        """Return the value of the fact called `name`, or None when it is not known."""
        found = self.fact(name)
        return found.value if found else None

    @model_validator(mode="after")
    def _sources_exist(self) -> Self:
        used = {item.source for item in _sourced(self)}
        missing = sorted(used - set(self.sources))
        if missing:
            raise ValueError(f"source {missing[0]!r} is used but not listed under 'sources'")
        return self

    @model_validator(mode="after")
    def _dates_are_not_in_the_future(self) -> Self:
        for item in _sourced(self):
            as_of = getattr(item, "as_of", None)
            if as_of and as_of[:10] > self.read_on[: len(as_of)]:
                raise ValueError(f"as_of {as_of!r} lies after read_on {self.read_on!r}")
        return self


class Hardware(Document):
    """A device, card, system or chip design. Facts are per `unit_scope`."""

    kind: Literal["hardware"] = "hardware"
    vendor: Text
    device: Literal["gpu", "cpu", "npu", "apu", "tpu", "lpu", "system", "ip"]
    unit_scope: Text = "per device"
    status: Literal[
        "announced", "sampling", "shipping", "end_of_life", "ip_only", "cancelled", "unknown"
    ]
    availability: Text | None = None
    memory_type: Text | None = None
    interconnect: Text | None = None
    form_factor: Text | None = None
    software: tuple[Text, ...] = ()
    rentals: tuple[Rental, ...] = ()
    doubts: tuple[Text, ...] = ()

    @property
    def shares_memory(self) -> bool:
        """Whether its memory is that of the whole computer and not of a card."""
        return self.device in ("apu", "cpu")


class Model(Document):
    """A language, embedding, speech or other model."""

    kind: Literal["model"] = "model"
    vendor: Text
    open_weights: bool
    licence: Text
    size_class: Literal["ultra_large", "large", "mid", "small", "tiny"]
    specialization: Text
    modalities_in: tuple[Text, ...] = ()
    modalities_out: tuple[Text, ...] = ()
    languages: Text | None = None
    status: Text | None = None
    retires: PartialDate | None = Field(default=None, description="last day in the maker's API")
    replacement: Text | None = None
    tuning_api: bool | None = None
    tuning_note: Text | None = None
    scores: tuple[Score, ...] = ()
    prices: tuple[TokenPrice, ...] = ()
    architecture: Architecture | None = None


class Toolkit(Document):
    """A tool of the life cycle, reviewed."""

    kind: Literal["toolkit"] = "toolkit"
    category: Literal[
        "serving",
        "fine_tuning",
        "quantization",
        "routing",
        "orchestration",
        "evaluation",
        "management_monitoring",
        "data",
        "cost_selection",
        "hardware_stack",
        "commentary",
    ]
    stages: tuple[Text, ...] = ()
    maintainer: Text | None = None
    licence: Text | None = None
    repository: Text | None = None
    version: Text | None = None
    version_date: PartialDate | None = None
    maintenance: Literal["active", "slow", "maintenance_mode", "archived", "unknown"]
    maintenance_note: Text | None = None
    purpose: Text
    best_for: Text | None = None
    not_for: Text | None = None
    hardware_support: tuple[Text, ...] = ()
    pricing: Text | None = None
    strengths: tuple[Remark, ...] = ()
    weaknesses: tuple[Remark, ...] = ()
    complaints: tuple[Remark, ...] = ()
    measured: tuple[Measured, ...] = ()


class Study(Document):
    """A published head-to-head."""

    kind: Literal["study"] = "study"
    comparisons: tuple[Comparison, ...] = Field(min_length=1)


class Cost(Document):
    """Cost items of one category of the life cycle."""

    kind: Literal["cost"] = "cost"
    category: Text
    items: tuple[CostItem, ...] = ()


class Note(Document):
    """A document that a user added: its text, basis as stated by the user.

    `about` is the id of the document whose subject it shares.
    """

    kind: Literal["note"] = "note"
    basis: Basis = "press"
    about: DocId | None = None


AnyDocument = Annotated[
    Hardware | Model | Toolkit | Study | Cost | Note, Field(discriminator="kind")
]
DOCUMENT: TypeAdapter[Hardware | Model | Toolkit | Study | Cost | Note] = TypeAdapter(AnyDocument)


def _sourced(document: Document) -> list[Sourced | Architecture]:
    """Return everything in `document` that names a source key."""
    found: list[Sourced | Architecture] = []
    for name in type(document).model_fields:
        value = getattr(document, name)
        items = value if isinstance(value, tuple) else (value,)
        found += [item for item in items if isinstance(item, Sourced | Architecture)]
    return found
