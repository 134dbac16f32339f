"""What reading a source gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.reading import Page


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model on a hub, as its files tell.

    `readme` is the card's text and `metadata` its front matter. `config` is config.json; empty
    where the repository has none. `tensors` counts the weights ("total_parameters", and
    "total_size" in bytes), each only where known; None where nothing is. `last_modified` is an
    ISO date and time.
    """

    repo_id: str
    readme: str
    metadata: Mapping[str, Any]
    config: Mapping[str, Any]
    url: str
    tensors: Mapping[str, int] | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A part of a source that couldn't be read, and why in one line."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """All that was read from a source."""

    pages: tuple[Page, ...] = ()
    cards: tuple[ModelCard, ...] = ()
    refused: tuple[Refusal, ...] = ()
