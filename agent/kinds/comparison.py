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
COUNTS = (2, 4, 8)
"""How many of a device are tried where one does not hold the model."""
OTHER_FORM = re.compile(
    r"\s*(?:,|/|\b(?:or|oder|ou|o|vs\.?|versus|against|and|und|gegen)\b)\s*"
    r"(?:the |die |der )?([\w-]+)",
    re.IGNORECASE,
)
"""What follows a device's name where another form of it is set against it."""
SERVER_GB = 48.0
"""Cards with less memory are those of a desk, where large models run at 4 bit."""
ON_CHIP = re.compile(r"SRAM|mask ROM")
OFF_CHIP = re.compile(r"HBM|DDR")
Placed = tuple[Model, Hardware, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """Products of one kind; for devices how many of each, and the estimates of the model asked.

    The estimates are at one width. `stands_for` is the model as named, where another stands in;
    `raised` says that the counts are those needed and not those asked about. `device` is the one
    that models are compared on.
    """

    documents: tuple[Document, ...]
    model: Model | None = None
    estimates: tuple[Estimate | None, ...] = ()
    counts: tuple[int, ...] = ()
    stands_for: str | None = None
    raised: bool = False
    device: Hardware | None = None


def is_on_chip(device: Document) -> bool:
    """Tell whether weights lie in memory on the chip, which no estimate made for GPUs describes."""
    kind = (isinstance(device, Hardware) and device.memory_type) or ""
    return bool(ON_CHIP.search(kind)) and not OFF_CHIP.search(kind)


def work_out(turn: Turn) -> Compared | NothingKnown | Back:
    """Collect the products to compare; devices are also estimated with the model named."""
    asked = turn.understanding
    devices = _documents(turn, (*(i for i, _ in asked.hardware), *_variants(turn)))
    models = _documents(turn, asked.models)
    toolkits = _documents(turn, asked.toolkits)
    groups = [group for group in (devices, toolkits, models) if len(group) >= 2]
    if not groups and (unknown := _other_side(turn)):
        return unknown
    if not groups:
        return Back("problem", ("Name at least two models, devices or toolkits to compare.",))
    documents = groups[0][:MOST]
    if documents[0].kind == "model" and asked.hardware:
        return _on_a_device(turn, documents)
    if documents[0].kind != "hardware":
        return Compared(documents)
    model, stands_for = asked_model(turn)
    hardware = tuple(d for d in documents if isinstance(d, Hardware))
    named = dict(asked.hardware)
    counts = tuple(named.get(d.id, 1) for d in hardware)
    if model is None or not model.open_weights:
        return Compared(documents, counts=counts)
    estimates = _at_one_width(turn, _placed(model, hardware, counts))
    if set(counts) == {1} and not any(item and item.fits for item in estimates):
        needed = _needed(turn, model, hardware)
        if needed is not None:
            return Compared(documents, model, needed[1], needed[0], stands_for, raised=True)
    return Compared(documents, model, estimates, counts, stands_for)


def _placed(
    model: Model, hardware: tuple[Hardware, ...], counts: tuple[int, ...]
) -> tuple[Placed, ...]:
    return tuple((model, d, count) for d, count in zip(hardware, counts, strict=True))


def _on_a_device(turn: Turn, documents: tuple[Document, ...]) -> Compared:
    """Compare models on the device named with them."""
    doc_id, count = turn.understanding.hardware[0]
    device = turn.catalogue.get(doc_id)
    models = tuple(d for d in documents if isinstance(d, Model))
    opened = tuple(m for m in models if m.open_weights)
    if not isinstance(device, Hardware) or not opened:
        return Compared(documents)
    sized = _at_one_width(turn, tuple((m, device, count) for m in opened))
    by_id = dict(zip((m.id for m in opened), sized, strict=False))
    estimates = tuple(by_id.get(m.id) for m in models)
    return Compared(documents, estimates=estimates, counts=(count,), device=device)


def _needed(
    turn: Turn, model: Model, hardware: tuple[Hardware, ...]
) -> tuple[tuple[int, ...], tuple[Estimate | None, ...]] | None:
    """Return how many of each device hold the model, at 8 bit on server cards, else at 4 bit.

    None where some device does not reach it with as many as one server has.
    """
    if any(is_on_chip(device) for device in hardware):
        return None
    asked = read_precision(model, turn.understanding.precision)
    small = min(device.value("memory") or 0.0 for device in hardware) < SERVER_GB
    for width in (4, 8) if small else (8, 4):
        counts, estimates = [], []
        for device in hardware:
            name = asked or _step(model, device, width)
            held = (_estimated(turn, model, device, n, name) for n in COUNTS) if name else ()
            fits = next((item for item in held if item and item.fits), None)
            if fits is not None:
                counts.append(fits.devices)
                estimates.append(fits)
        if len(counts) == len(hardware):
            return tuple(counts), tuple(estimates)
    return None


def _step(model: Model, device: Hardware, width: int) -> str | None:
    """Return the precision of that many bits in which the device runs the model."""
    return next((n for n in steps(model, device) if nominal_bits(n) == width), None)


def is_of_variants(turn: Turn) -> bool:
    """Tell whether the message sets two forms of one device against each other."""
    return bool(_variants(turn))


def _variants(turn: Turn) -> tuple[str, ...]:
    """Return the other form in "H100 PCIe or SXM": it takes the place of the name's last word."""
    named = [m for m in turn.catalogue.mentions(turn.message) if m.kind == "hardware"]
    if len(named) != 1 or " " not in named[0].words:
        return ()
    other = OTHER_FORM.match(turn.message, named[0].end)
    if other is None:
        return ()
    family = named[0].words.rpartition(" ")[0]
    found = turn.catalogue.mentions(f"{family} {other[1]}")
    return tuple(
        m.doc_id
        for m in found
        if m.kind == "hardware" and m.doc_id != named[0].doc_id and m.words.endswith(other[1])
    )


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


def _at_one_width(turn: Turn, placed: tuple[Placed, ...]) -> tuple[Estimate | None, ...]:
    """Return the estimates at the widest precision at which all fit, else the narrowest.

    A comparison at 16 bit of one and 4 bit of the other says nothing.
    """
    asked = turn.understanding.precision
    if asked:
        return tuple(
            _estimated(turn, m, d, count, read_precision(m, asked) or asked)
            for m, d, count in placed
        )
    found: tuple[Estimate | None, ...] = ()
    for width in (16, 8, 4):
        names = [_step(m, d, width) for m, d, _ in placed]
        if None in names:
            continue
        found = tuple(
            _estimated(turn, m, d, count, name)
            for (m, d, count), name in zip(placed, names, strict=True)
            if name is not None
        )
        if all(item is not None and item.fits for item in found):
            break
    return found


def _estimated(
    turn: Turn, model: Model, device: Hardware, count: int, precision: str
) -> Estimate | None:
    """Return the estimate, or None where the device can't run it so."""
    if is_on_chip(device):
        return None
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
