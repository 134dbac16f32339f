"""The words of a fit answer that names only a model or only a device."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.core.machine import SYSTEM_MEMORY
from agent.kinds.asked import memory_claim, memory_evidence, stand_in_note
from agent.kinds.fit import Choice
from agent.kinds.fit_parts import cell, pace_heading, speed_cell
from agent.kinds.naming import bits_name, cards, short, working
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number


def write_choice(found: Choice, turn: Turn) -> Draft:
    """Draft what runs on a device, or what a model runs on."""
    book = turn.book
    rows = []
    for placed in found.rows:
        item = placed.estimate
        book.work(*item.calculations)
        book.name(bits_name(item.precision))
        book.name(
            placed.model.title, placed.hardware.title, short(placed.model), short(placed.hardware)
        )
        label = (
            short(placed.model)
            if found.model is None
            else cards(item.devices, short(placed.hardware))
        )
        rows.append(
            Row(
                cells=(
                    Claim(text=label),
                    Claim(text=bits_name(item.precision)),
                    cell(gigabytes(item.total_gb.value or 0), working(item, "total")),
                    speed_cell(item),
                )
            )
        )
    hardware = found.machine.hardware if found.machine else None
    subject = found.model or hardware
    if subject is None:
        raise RuntimeError("unreachable: a choice has a model or a device")
    name = short(subject)
    book.name(name, subject.title)
    if not rows:
        return Draft(
            kind="fit",
            outcome="no",
            headline=f"Nothing in the catalogue fits {name}",
            summary=Claim(text="No open model with a known layout fits it, even at 4 bit."),
        )
    if found.model is None:
        device = found.machine.name if found.machine else name
        headline, first = f"These run on {device}", "model"
        memory = hardware.value("memory") if hardware else None
        ids = memory_evidence(turn, hardware) if hardware else ()
        ids += (SYSTEM_MEMORY,) if found.machine and found.machine.beside else ()
        text = f"The best open model of each size class that fits {device}, by published index"
        text += f"; the device has {number(memory)} GB." if memory and ids else "."
        note = memory_claim(turn, hardware) if hardware else None
    else:
        headline, first = f"{name} runs on these", "devices"
        text = "The smallest sets of devices on sale or for rent that hold it."
        ids = ()
        stand_in = stand_in_note(turn, found.model, found.stands_for)
        note = Claim(text=f"{stand_in}.", evidence_ids=("profile/message",)) if stand_in else None
    columns = (first, "precision", "needs", pace_heading(found.users))
    table = Table(columns=columns, rows=tuple(rows))
    notes = (Section(title="", claims=(note,), style="sentences"),) if note else ()
    return Draft(
        kind="fit",
        outcome="yes",
        headline=headline,
        summary=Claim(text=text, evidence_ids=ids),
        sections=(Section(title="", table=table), *notes),
        assumed={"context": f"{found.context_tokens:,} tokens of context"},
        suggestions=("What is it for? Describe the job", "How many users could it serve?"),
    )
