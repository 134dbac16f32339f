"""The Compare page's only door to what is known: what can be chosen, and what its lines are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import streamlit as st

from agent.comparing import (
    Field,
    Line,
    Placed,
    Setting,
    Side,
    device_field,
    estimate_lines,
    model_field,
    place,
    stated_lines,
)
from agent.kinds.naming import short
from agent.market import Market
from knowledge.catalogue import NameUnknown
from knowledge.documents import AnyDoc
from knowledge.schema import Hardware, Kind, Model
from ui import knowledge_desk

MOST = 4
USUAL = Setting()
Choice = Literal["model", "device", "toolkit"]
KINDS: dict[Choice, Kind] = {"model": "model", "device": "hardware", "toolkit": "toolkit"}
PARTNERS: dict[Choice, tuple[Choice, str]] = {
    "device": ("model", "models/llama-3.3-70b"),
    "model": ("device", "hardware/nvidia-h100-sxm"),
}
"""What products are estimated with: its kind, and which one until another is chosen."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the names in an address stand for, and what is not known by its name."""

    documents: tuple[AnyDoc, ...]
    unknown: tuple[NameUnknown, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The chosen products with their lines; `placed` are the estimates with `partner`, if any."""

    choice: Choice
    documents: tuple[AnyDoc, ...]
    names: tuple[str, ...]
    stated: Side
    estimated: tuple[Line, ...] = ()
    placed: tuple[Placed, ...] = ()
    partner: str = ""
    setting: Setting = USUAL


def market() -> Market:
    """Return the models as choices, worked out once for each state of knowledge and day."""
    return _market(knowledge_desk.base().snapshot, knowledge_desk.today())


@st.cache_resource(show_spinner=False, max_entries=3)
def _market(snapshot: str, day: date) -> Market:
    del snapshot
    return Market(knowledge_desk.base().catalogue, day)


def options(choice: Choice) -> dict[str, str]:
    """Return every product of a kind that can be chosen: id -> title, by title."""
    documents = knowledge_desk.base().catalogue.of(KINDS[choice])
    return {d.id: d.title for d in sorted(documents, key=lambda d: d.title.casefold())}


def partners(choice: Choice) -> dict[str, str]:
    """Return what products of a kind can be estimated with; empty where nothing is estimated."""
    if choice not in PARTNERS:
        return {}
    other = PARTNERS[choice][0]
    if other == "device":
        return options(other)
    documents = knowledge_desk.base().catalogue.of("model")
    sized = [d for d in documents if isinstance(d, Model) and d.open_weights and d.architecture]
    return {d.id: d.title for d in sorted(sized, key=lambda d: d.title.casefold())}


def find(choice: Choice, names: Sequence[str]) -> Found:
    """Return what `names` (ids, titles, aliases) stand for, each once, at most `MOST`."""
    documents: dict[str, AnyDoc] = {}
    unknown: list[NameUnknown] = []
    for name in names:
        try:
            found = knowledge_desk.base().catalogue.resolve(name, KINDS[choice]).document
            documents[found.id] = found
        except NameUnknown as error:
            unknown.append(NameUnknown(name[:80], KINDS[choice], error.nearest))
    return Found(tuple(documents.values())[:MOST], tuple(unknown))


def compare(
    choice: Choice, documents: tuple[AnyDoc, ...], partner_id: str | None, setting: Setting
) -> Compared:
    """Return the lines of the products, with estimates where there is something to run."""
    names = [short(document) for document in documents]
    clear = tuple(
        document.title if names.count(name) > 1 else name
        for name, document in zip(names, documents, strict=True)
    )
    stated = Side.of(stated_lines(market(), documents))
    partner = knowledge_desk.base().catalogue.get(partner_id) if partner_id else None
    if partner is None:
        return Compared(choice, documents, clear, stated)
    placed = tuple(_placed(document, partner, setting) for document in documents)
    if all(item.is_closed for item in placed):
        return Compared(choice, documents, clear, stated)
    lines = estimate_lines(placed)
    return Compared(choice, documents, clear, stated, lines, placed, short(partner), setting)


def _placed(document: AnyDoc, partner: AnyDoc, setting: Setting) -> Placed:
    if isinstance(document, Model) and isinstance(partner, Hardware):
        return place(document, partner, setting)
    if isinstance(document, Hardware) and isinstance(partner, Model):
        return place(partner, document, setting)
    return Placed()


def field(found: Compared) -> Field | None:
    """Return where all products of the kind stand, or None for those without two figures."""
    if found.choice == "toolkit":
        return None
    if found.choice == "model":
        return model_field(market(), found.documents)
    return device_field(market().catalogue, found.documents)


def question(found: Compared) -> str:
    """Return the comparison as a question for the thread."""
    words = f"Compare {', '.join(found.names[:-1])} and {found.names[-1]}"
    if found.choice == "device":
        count = f" with {found.setting.devices} of each" if found.setting.devices > 1 else ""
        return f"{words} for {found.partner} at {found.setting.bits} bit{count}"
    if found.choice == "model":
        count = f"{found.setting.devices} x " if found.setting.devices > 1 else ""
        return f"{words} on {count}{found.partner} at {found.setting.bits} bit"
    return words
