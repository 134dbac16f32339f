"""A comparison: products side by side, differing rows first, and what tips the balance."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.estimate import Estimate, estimate
from agent.errors import InputError
from agent.kinds.asked import asked_model, nominal_bits, read_precision, steps
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
    """Products of one kind; for devices how many of each, and the estimates of the model asked.

    The estimates are at one width. `stands_for` is the model as named, where another stands in.
    """

    documents: tuple[Document, ...]
    model: Model | None = None
    estimates: tuple[Estimate | None, ...] = ()
    counts: tuple[int, ...] = ()
    stands_for: str | None = None


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
    model, stands_for = asked_model(turn)
    hardware = tuple(d for d in documents if isinstance(d, Hardware))
    named = dict(asked.hardware)
    counts = tuple(named.get(d.id, 1) for d in hardware)
    if model is None or not model.open_weights:
        return Compared(documents, counts=counts)
    estimates = _at_one_width(turn, model, tuple(zip(hardware, counts, strict=True)))
    return Compared(documents, model, estimates, counts, stands_for)


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


def _at_one_width(
    turn: Turn, model: Model, placed: tuple[tuple[Hardware, int], ...]
) -> tuple[Estimate | None, ...]:
    """Return the estimates at the widest precision at which all fit, else the narrowest.

    A comparison at 16 bit on one device and 4 bit on the other says nothing.
    """
    asked = read_precision(model, turn.understanding.precision)
    if asked:
        return tuple(_estimated(turn, model, d, count, asked) for d, count in placed)
    widths = (16, 8, 4)
    found: tuple[Estimate | None, ...] = ()
    for width in widths:
        names = [
            next((n for n in steps(model, d) if nominal_bits(n) == width), None) for d, _ in placed
        ]
        if None in names:
            continue
        found = tuple(
            _estimated(turn, model, d, count, name)
            for (d, count), name in zip(placed, names, strict=True)
            if name is not None
        )
        if all(item is not None and item.fits for item in found):
            break
    return found


def _estimated(
    turn: Turn, model: Model, device: Hardware, count: int, precision: str
) -> Estimate | None:
    """Return the estimate, or None where the device can't run it so."""
    context, _ = context_of(turn, COMPARE_CONTEXT)
    try:
        return estimate(
            model,
            device,
            count,
            precision,
            1,
            max(1, context - 256),
            min(256, context),
            turn.understanding.engine,
            context_tokens=context,
        )
    except InputError:
        return None
