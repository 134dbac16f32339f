"""What a device costs by the hour: the offers that are known, by provider and commitment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import TypeAdapter

from agent.kinds.naming import short
from agent.turn import Turn
from agent.wording import listing
from knowledge import Catalogue, Statement
from knowledge.schema import Document

Commitment = Literal["on demand", "spot", "reserved"]
_SPOT = re.compile(
    r"\bspot (?:pric|instance|gpu|market|rate|capacity|vm|node)\w*|\bspot ?(?:\?|$)"
    r"|\b(?:on|at|as|in|via|with) spot\b|\bpre-?emptible\b|\binterruptible\b",
    re.IGNORECASE,
)
_RESERVED = re.compile(
    r"\breserv(?:ed|ations?)\b|\bcommitted[ -]use\b|\bcommitment\b|\bsavings plan\b"
    r"|\b(?:year|month)s? (?:contract|term|deal)\b",
    re.IGNORECASE,
)
_ON_DEMAND = re.compile(r"\bon[- ]demand\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """The provider and the commitment that the messages name, None where they name none."""

    provider: str | None = None
    commitment: Commitment | None = None


@lru_cache(maxsize=1)
def providers() -> dict[str, re.Pattern[str]]:
    """Return the pattern of each provider's names in a question."""
    text = resources.files("agent.core").joinpath("data/providers.yaml").read_text("utf-8")
    raw = TypeAdapter(dict[str, list[str]]).validate_python(yaml.safe_load(text))
    return {
        name: re.compile(rf"(?<![-\w])(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
        for name, words in raw.items()
    }


def read_wish(turn: Turn) -> Wish:
    """Return what the message names, else what the one before it on the same cost did."""
    return _wish((turn.message, *reversed(turn.understanding.goes_on_from)))


@lru_cache(maxsize=64)
def _wish(messages: tuple[str, ...]) -> Wish:
    provider: str | None = None
    commitment: Commitment | None = None
    for message in messages:
        named = [name for name, pattern in providers().items() if pattern.search(message)]
        provider = provider or next(iter(named), None)
        commitment = commitment or _commitment(message)
    return Wish(provider, commitment)


def _commitment(message: str) -> Commitment | None:
    if _SPOT.search(message):
        return "spot"
    if _RESERVED.search(message):
        return "reserved"
    return "on demand" if _ON_DEMAND.search(message) else None


def offers(turn: Turn, document: Document) -> tuple[Statement, ...]:
    """Return the rentals of `document` as wished for, the cheapest first.

    Where the provider named has none, those of all; where the commitment named has none, those on
    demand. Nothing is returned that is neither.
    """
    wish = read_wish(turn)
    known = sorted(_rentals(turn.catalogue, document), key=lambda s: s.value or 0.0)
    of_provider = [s for s in known if wish.provider and _is_of(s, wish.provider)] or known
    wanted = [s for s in of_provider if commitment_of(s) == wish.commitment]
    return tuple(wanted or [s for s in of_provider if commitment_of(s) == "on demand"])


def cheapest_rental(turn: Turn, document: Document) -> Statement | None:
    """Return the cheapest rental of `document` as wished for, or None where none is known.

    Where a provider is named that rents out other devices, only one that is named itself is priced
    elsewhere.
    """
    found = offers(turn, document)
    wished = read_wish(turn).provider
    if not found or wished is None or _is_of(found[0], wished):
        return found[0] if found else None
    named = {doc_id for doc_id, _ in turn.understanding.hardware}
    elsewhere = document.id in named or wished not in _priced_providers(turn.catalogue)
    return found[0] if elsewhere else None


def unmet(turn: Turn, document: Document) -> str | None:
    """Return what of the wish no offer of `document` meets, as a sentence, or None."""
    wish, found = read_wish(turn), offers(turn, document)
    known = _rentals(turn.catalogue, document)
    if not known:
        return None
    name = short(document)
    if wish.provider and not any(_is_of(s, wish.provider) for s in known):
        others = sorted({provider_of(s) for s in known})
        return f"No price of {wish.provider} for the {name} is known here; known: {listing(others)}"
    if wish.commitment and found and commitment_of(found[0]) != wish.commitment:
        of_whom = f" of {wish.provider}" if wish.provider else ""
        return (
            f"No {wish.commitment} price{of_whom} for the {name} is known here: on demand is used"
        )
    return None


def provider_of(offer: Statement) -> str:
    """Return whose offer it is: "RunPod" of "RunPod (community)"."""
    said = offer.text.partition(" at ")[2]
    known = next((name for name in providers() if said.startswith(name)), None)
    return known or said.rpartition(",")[0]


def commitment_of(offer: Statement) -> str:
    """Return "on demand", "spot" or "reserved"."""
    return offer.text.rpartition(", ")[2]


def _is_of(offer: Statement, provider: str) -> bool:
    return provider_of(offer) == provider


def _rentals(catalogue: Catalogue, document: Document) -> list[Statement]:
    return [s for s in catalogue.statements(document.id) if s.group == "rental" and s.value]


@lru_cache(maxsize=2)
def _priced_providers(catalogue: Catalogue) -> frozenset[str]:
    devices = catalogue.of("hardware")
    return frozenset(provider_of(s) for d in devices for s in _rentals(catalogue, d))
