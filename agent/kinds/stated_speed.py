"""Speeds that others state, for machines which the estimates here do not describe."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Section
from agent.kinds.asked import not_sold
from agent.kinds.fact import cited_text
from agent.kinds.fact_text import BASIS_WORDS
from agent.kinds.naming import short
from agent.turn import Draft, Turn
from agent.wording import day, listing, number
from knowledge import Statement
from knowledge.schema import Hardware, Model


@dataclass(frozen=True, slots=True)
class StatedSpeed:
    """What others state of a machine's speed, that on the model asked about first."""

    hardware: Hardware
    model: Model | None
    speeds: tuple[Statement, ...]
    on_model: bool


def work_out(turn: Turn, model: Model | None, hardware: Hardware) -> StatedSpeed:
    """Collect the speeds in the device's document; nothing is estimated."""
    speeds = [
        s
        for s in turn.catalogue.statements(hardware.id)
        if s.group == "claim" and s.value and (s.unit or "").startswith("tokens/s")
    ]
    order = {"independent": 0, "study": 0, "press": 1, "vendor": 2}
    speeds.sort(key=lambda s: (not _is_on(s, model), order.get(s.basis, 3)))
    return StatedSpeed(hardware, model, tuple(speeds), bool(speeds) and _is_on(speeds[0], model))


def _is_on(statement: Statement, model: Model | None) -> bool:
    """Tell whether a speed is that of `model`: its family and its size stand in the words."""
    if model is None:
        return False
    family = re.match(r"[A-Za-z]+", short(model))
    size = re.search(r"(\d+(?:\.\d+)?)B\b", short(model))
    low = statement.text.lower()
    return all(part[0].lower() in low for part in (family, size) if part) and family is not None


def write(found: StatedSpeed, turn: Turn) -> Draft:
    """Draft the stated speed with whose it is; without one, what is known of the machine."""
    book, name = turn.book, short(found.hardware)
    book.name(name, found.hardware.title)
    if found.model is not None:
        book.name(short(found.model), found.model.title)
    for statement in found.speeds:
        book.name(*re.findall(r"\b[A-Z][a-z]+ \d[\w.]*(?: \d+B)?|\b[A-Z]\d+\b", statement.text))
    claims = [_told(s) for s in found.speeds[1:]]
    book.state(*found.speeds)
    return Draft(
        kind="fit",
        headline=_headline(found, name),
        summary=_summary(found, turn, name),
        sections=tuple(
            Section(title=title, claims=tuple(lines), style=style)
            for title, lines, style in (
                ("Other figures", claims, "bullets"),
                ("", _notes(found, turn), "sentences"),
            )
            if lines
        ),
        missing=() if found.speeds else (f"{found.hardware.id}#speed",),
        suggestions=(f"What is known of the {name}?", "How fast is it on one H100 instead?"),
    )


def _headline(found: StatedSpeed, name: str) -> str:
    if not found.speeds:
        return f"No speed of the {name} is published here"
    first = found.speeds[0]
    each = "" if "aggregate" in (first.conditions or "") else _per_user(first)
    speed = f"{number(first.value or 0, 4)} tokens per second{each}"
    if found.model is None or found.on_model:
        return f"About {speed}, as {_said_by(first)}"
    return f"No figure for {short(found.model)}; {speed} on another model"


def _per_user(statement: Statement) -> str:
    words = f"{statement.text} {statement.unit} {statement.conditions or ''}".lower()
    return " for one user" if re.search(r"per user|single stream", words) else ""


def _said_by(statement: Statement) -> str:
    return {
        "vendor": "its maker claims",
        "press": "the press reports",
        "independent": "an outsider reports",
        "study": "a study measured",
    }.get(statement.basis, "stated")


def _told(statement: Statement) -> Claim:
    text = statement.text.partition("claim: ")[2] or statement.text
    basis = BASIS_WORDS[statement.basis]
    conditions = f"; {statement.conditions}" if statement.conditions else ""
    dated = f", {day(statement.as_of)}" if statement.as_of else ""
    return Claim(text=f"{text}: {basis}{dated}{conditions}.", evidence_ids=(statement.id,))


def _summary(found: StatedSpeed, turn: Turn, name: str) -> Claim:
    if found.speeds:
        return _told(found.speeds[0])
    words = {"memory": "GB of memory", "bandwidth": "GB/s of bandwidth"}
    known = [(fact, value) for fact in words if (value := found.hardware.value(fact))]
    if not known:
        return Claim(text=f"Neither its memory nor its bandwidth is published for {name}.")
    parts = listing([f"{number(value)} {words[fact]}" for fact, value in known])
    scope = found.hardware.unit_scope.split(";")[0]
    facts = [turn.fact(f"{found.hardware.id}#{fact}") for fact, _ in known]
    return Claim(
        text=f"Its document gives {parts} {scope}, and no tokens a second.",
        evidence_ids=turn.book.state(*facts),
    )


def _notes(found: StatedSpeed, turn: Turn) -> list[Claim]:
    hardware = found.hardware
    notes = [
        Claim(
            text="Nothing is estimated for it: it reads weights from memory on the chip and "
            "spreads a model over as many chips as it takes."
        )
    ]
    if hardware.availability:
        notes.append(cited_text(turn, hardware, f"How to get it: {hardware.availability}"))
    if barred := not_sold(hardware):
        notes.append(Claim(text=f"{barred[0].upper()}{barred[1:]}."))
    if hardware.doubts:
        notes.append(cited_text(turn, hardware, hardware.doubts[0]))
    return notes
