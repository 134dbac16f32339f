"""A comparison: products side by side, differing rows first, and what tips the balance."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.estimate import Estimate, estimate
from agent.errors import InputError
from agent.kinds.fit import asked_model
from agent.kinds.naming import context_of
from agent.kinds.plain import Back, NothingKnown
from agent.turn import Turn
from knowledge.schema import Document, Hardware, Model

NAME = re.compile(r"\b[A-Z][a-z]*[A-Z0-9][\w.-]*\b")
"""A word that is written as product names are: TurboTunerX, Zen4."""
MOST = 4
COMPARE_CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class Compared:
    """Products of one kind, and for devices the estimate of the model asked about."""

    documents: tuple[Document, ...]
    model: Model | None = None
    estimates: tuple[Estimate | None, ...] = ()


def work_out(turn: Turn) -> Compared | NothingKnown | Back:
    """Collect the products to compare; devices are also estimated with the model named."""
    asked = turn.understanding
    devices = _documents(turn, tuple(i for i, _ in asked.hardware))
    models = _documents(turn, asked.models)
    toolkits = _documents(turn, asked.toolkits)
    groups = [group for group in (devices, toolkits, models) if len(group) >= 2]
    if not groups and (unknown := _other_side(turn)):
        return unknown
    if not groups:
        return Back("problem", ("Name at least two models, devices or toolkits to compare.",))
    documents = groups[0][:MOST]
    if documents[0].kind != "hardware":
        return Compared(documents)
    model, _ = asked_model(turn)
    if model is None or not model.open_weights:
        return Compared(documents)
    counts = dict(asked.hardware)
    estimates = tuple(
        _estimated(turn, model, d, counts.get(d.id, 1))
        for d in documents
        if isinstance(d, Hardware)
    )
    return Compared(documents, model, estimates)


def _other_side(turn: Turn) -> NothingKnown | None:
    """Return the name beside the one that is known, where a comparison has only one known side."""
    asked = turn.understanding
    known = (*(i for i, _ in asked.hardware), *asked.models, *asked.toolkits)
    if len(known) != 1:
        return None
    document = turn.catalogue.get(known[0])
    own = {document.title.lower(), *(alias.lower() for alias in document.aliases)}
    names = [
        match[0]
        for match in NAME.finditer(turn.message)
        if match[0].lower() not in own and match.start() > 0
    ]
    if not names:
        return None
    facts = tuple(s for s in turn.catalogue.statements(document.id) if s.value is not None)[:4]
    return NothingKnown((names[0],), (), facts)


def _documents(turn: Turn, ids: tuple[str, ...]) -> tuple[Document, ...]:
    return tuple(turn.catalogue.get(doc_id) for doc_id in dict.fromkeys(ids))


def _estimated(turn: Turn, model: Model, device: Hardware, count: int) -> Estimate | None:
    """Return the estimate at the highest precision that fits, else at 4 bit; None if refused."""
    context, _ = context_of(turn, COMPARE_CONTEXT)
    asked = turn.understanding.precision
    result = None
    for precision in (asked,) if asked else ("16 bit", "8 bit", "4 bit"):
        try:
            result = estimate(
                model,
                device,
                count,
                precision,
                1,
                max(1, context - 256),
                256,
                turn.understanding.engine,
                context_tokens=context,
            )
        except InputError:
            continue
        if result.fits:
            return result
    return result
