"""The words on the memory of a training run: what it needs, what of, and how tight it is."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.finetune_method import Method
from agent.core.memory_stated import memory_source
from agent.core.training_choice import NAMES
from agent.kinds.asked import memory_evidence
from agent.kinds.naming import cards, short
from agent.kinds.tuning import Tuning
from agent.kinds.tuning_cards import tight
from agent.turn import Turn
from agent.wording import gigabytes, listing, number
from knowledge.schema import Hardware

PARTS_SHOWN = 4
SMALLEST_SHOWN = 0.1
"""GB below which a part of the memory is not worth a word."""


def memory_claim(found: Tuning, turn: Turn) -> Claim:
    """Return the memory at the peak with its range, on each card, against what a card has."""
    plan, devices = found.plan, found.devices
    need, usable = plan.memory_gb, plan.usable_gb
    size = number(found.hardware.value("memory") or 0)
    each = gigabytes((need.value or 0) / devices)
    text = f"Memory at the peak: about {each}"
    ids = [*(c.id for c in plan.calculations), *memory_evidence(turn, found.hardware)]
    least = found.least.memory_gb.value if found.least else None
    other = found.least is not None and found.least.hardware != plan.hardware
    if found.least and other:
        ids += turn.book.work(*found.least.calculations)
    if least is not None and other and devices == 1:
        text = (
            f"Memory at the peak: about {gigabytes(least)} with one example at a time, "
            f"{each} as planned here"
        )
    if tight(plan):
        low, high = (need.low or 0) / devices, (need.high or 0) / devices
        text += f", {number(low)} to {number(high)} GB"
    if devices > 1:
        group = cards(devices, "card") if devices <= 8 else f"{devices} cards"
        shared = "each with its own copy" if plan.copies else "the model sharded over them"
        text += f" on each of {group} of {size} GB, {gigabytes(need.value or 0)} in all, {shared}"
    else:
        name = short(found.hardware) if found.device_assumed else "device"
        text += f"; the {name} has {size} GB"
    if tight(plan) and usable is not None:
        ids += turn.book.work(_usable(plan, found.hardware))
        room = f"{number(usable / devices)} GB of"
        single = f" counted in powers of two, {room} it usable here"
        text += f"; {room} a card usable here" if devices > 1 else single
    return Claim(text=f"{text}.", evidence_ids=tuple(ids))


def _usable(plan: FineTunePlan, hardware: Hardware) -> Calculation:
    source = memory_source(hardware)
    return Calculation(
        id=f"calc/{hardware.id.rpartition('/')[2]}/training/usable",
        name=f"memory of {hardware.title} that training may use",
        formula="memory x 1.074 GB per GiB x usable share",
        inputs=(
            Input(name="memory", value=hardware.value("memory") or 0.0, unit="GB", source=source),
        ),
        value=(plan.usable_gb or 0.0) / plan.devices,
        unit="GB",
        sources=(source,),
    )


def tight_section(found: Tuning, turn: Turn) -> Section:
    """Return the memory at several lengths of example, and the card that would be sure."""
    rows = []
    for plan in found.shorter:
        need = plan.memory_gb
        ids = turn.book.work(_memory_at(plan))
        answer = "only just" if plan.fits else "probably not"
        if not tight(plan):
            answer = "yes" if plan.fits else "no"
        rows.append(
            Row(
                cells=(
                    Claim(text=f"{plan.tokens_per_example:,}", evidence_ids=ids),
                    Claim(
                        text=f"{number((need.low or 0) / found.devices)}-"
                        f"{number((need.high or 0) / found.devices)} GB",
                        evidence_ids=ids,
                    ),
                    Claim(text=answer),
                )
            )
        )
    claims: tuple[Claim, ...] = ()
    if found.roomier is not None:
        turn.book.name(short(found.roomier), found.roomier.title)
        size = number(found.roomier.value("memory") or 0)
        claims = (
            Claim(
                text=f"Sure of it: {cards(found.devices, short(found.roomier))} with {size} GB.",
                evidence_ids=turn.book.state(turn.fact(f"{found.roomier.id}#memory")),
            ),
        )
    claims += offloaded_claim(found, turn) if found.plan.fits else ()
    table = Table(columns=("tokens an example", "needs", "fits"), rows=tuple(rows))
    return Section(title="How tight it is", table=table, claims=claims, style="sentences")


def offloaded_claim(found: Tuning, turn: Turn) -> tuple[Claim, ...]:
    """Return that the run fits with Unsloth, where it does."""
    other = found.offloaded
    if other is None or other.memory_gb.value is None:
        return ()
    works = tuple(
        c.model_copy(update={"id": f"{c.id}-unsloth"})
        for c in other.calculations
        if c.id.endswith("/training-memory")
    )
    text = (
        f"With Unsloth, which keeps activations in system memory: about "
        f"{gigabytes(other.memory_gb.value)}."
    )
    return (Claim(text=text, evidence_ids=turn.book.work(*works)),)


def _memory_at(plan: FineTunePlan) -> Calculation:
    """Return the memory of a plan under an id of its own length of example."""
    name = "/training-memory" if plan.devices == 1 else "/training-memory-each"
    work = next(c for c in plan.calculations if c.id.endswith(name))
    length = Input(name="tokens an example", value=plan.tokens_per_example)
    return work.model_copy(
        update={
            "id": f"{work.id}-{plan.tokens_per_example}",
            "inputs": (*work.inputs, length),
        }
    )


def smaller_method(found: Tuning, turn: Turn) -> Claim:
    """Say which method that needs less would fit instead, LoRA before QLoRA."""
    plan = found.plan
    less: dict[Method, tuple[Method, ...]] = {"full": ("lora", "qlora"), "lora": ("qlora",)}
    for method in less.get(plan.method, ()):
        other = plan_finetune(
            found.model,
            found.hardware,
            labeled_examples=plan.labeled_examples,
            tokens_per_example=plan.tokens_per_example,
            training_tokens=plan.training_tokens,
            objective=plan.objective,
            devices=found.devices,
            method=method,
        )
        if other.fits and other.memory_gb.value is not None:
            ids = turn.book.work(*other.calculations)
            each = " on each card" if found.devices > 1 else ""
            need = gigabytes(other.memory_gb.value / found.devices)
            just = ", if only just" if tight(other) else ""
            text = f"{NAMES[method]} of the same model would fit{just}: about {need}{each}."
            return Claim(text=text, evidence_ids=ids)
    return Claim(text="A smaller model or a larger card is needed.")


def memory_parts(plan: FineTunePlan) -> list[Claim]:
    """Return what the memory of each device goes to, the largest first."""
    works = [c for c in plan.calculations if c.id.endswith(("/training-memory", "-each"))]
    if not works:
        return []
    sizes = [(float(i.value), i.name) for i in works[-1].inputs if not isinstance(i.value, str)]
    ordered = sorted((s for s in sizes if s[0] >= SMALLEST_SHOWN), reverse=True)[:PARTS_SHOWN]
    text = listing([f"{name} {gigabytes(size)}" for size, name in ordered])
    return [Claim(text=f"Most of it: {text}.", evidence_ids=(works[-1].id,))]


def lean_claim(found: Tuning, turn: Turn) -> tuple[Claim, ...]:
    """Return the full run in 16-bit weights and 8-bit states, where that fits."""
    lean = found.lean
    if lean is None or lean.memory_gb.value is None:
        return ()
    form = Input(name="form", value="16-bit weights, 8-bit optimizer states")
    renamed = tuple(
        c.model_copy(update={"id": f"{c.id}-lean", "inputs": (*c.inputs, form)})
        for c in lean.calculations
        if "memory" in c.id
    )
    each = " on each card" if found.devices > 1 else ""
    only = "only just " if tight(lean) else ""
    need = gigabytes(lean.memory_gb.value / found.devices)
    text = (
        f"Full tuning with 16-bit weights and an 8-bit optimizer would {only}fit: about {need}"
        f"{each}; small updates get lost in 16-bit weights, so compare its result with LoRA's."
    )
    return (Claim(text=text, evidence_ids=turn.book.work(*renamed)),)
