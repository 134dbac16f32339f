"""The words of a fine-tuning plan or a serve recipe, with the file attached."""

from __future__ import annotations

from agent.answer import AnswerKind, Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.memory_stated import memory_source
from agent.kinds.asked import memory_evidence, stand_in_note
from agent.kinds.fact import cited_text
from agent.kinds.naming import cards, short
from agent.kinds.recipe import Recipe, tight
from agent.kinds.serve_text import attachments, write_server
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number, usd
from knowledge.schema import Hardware, Toolkit

TOOL_OF = {
    "lora": ("toolkits/peft", "toolkits/trl"),
    "qlora": ("toolkits/bitsandbytes", "toolkits/trl"),
    "full": ("toolkits/trl",),
    "setfit": ("toolkits/setfit",),
    "encoder": ("toolkits/setfit",),
    "prompting": (),
}


def write(found: Recipe, turn: Turn) -> Draft:
    """Draft the plan or the recipe, with the file attached."""
    turn.book.name(
        short(found.model), found.model.title, short(found.hardware), found.hardware.title
    )
    if found.plan is not None:
        return _write_plan(found, found.plan, turn)
    if found.sized is not None:
        return write_server(found, found.sized, turn)
    kind: AnswerKind = "finetune" if turn.understanding.intent == "finetune" else "deploy"
    note = cited_text(turn, found.model, found.refused or "")
    return Draft(
        kind=kind,
        headline=f"{short(found.model)} can't be tuned or served on your own hardware",
        summary=note,
        suggestions=("Which open model comes closest?",),
    )


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    shown = (number(low, 2), number(high, 2))
    return shown[0] if shown[0] == shown[1] else f"{shown[0]} to {shown[1]}"


def _write_plan(found: Recipe, plan: FineTunePlan, turn: Turn) -> Draft:
    book, card = turn.book, cards(found.devices, short(found.hardware))
    book.work(*plan.calculations)
    every = tuple(c.id for c in plan.calculations)
    method = {
        "lora": "LoRA",
        "qlora": "QLoRA",
        "full": "Full tuning",
        "setfit": "SetFit",
        "encoder": "An encoder",
        "prompting": "Prompting",
    }[plan.method]
    memory = plan.memory_gb
    asked = plan.why.startswith("as asked for")
    why = "as you asked" if asked else f"because {plan.why}"
    if plan.labeled_examples and "profile/labeled_examples" not in book:
        book.slots["profile/labeled_examples"] = f"{plan.labeled_examples} labeled examples assumed"
    known = ("profile/labeled_examples",) if plan.labeled_examples else ()
    claims = [Claim(text=f"Method: {method}, {why}.", evidence_ids=(*every, *known))]
    if memory.value is not None:
        claims.append(_memory_claim(found, plan, turn))
    if plan.fits is False:
        claims.append(_smaller_method(found, plan, turn))
    elif plan.hours.low is not None:
        claims.append(
            Claim(
                text=f"Time: {_span(plan.hours.low, plan.hours.high)} hours for "
                f"{plan.labeled_examples or 0:,} examples of {plan.tokens_per_example:,} tokens, "
                f"{number(plan.epochs)} passes.",
                evidence_ids=every,
            )
        )
    if plan.fits is not False and plan.usd.low is not None and plan.usd.high is not None:
        claims.append(
            Claim(
                text=f"Money: {usd(plan.usd.low)} to {usd(plan.usd.high)} rented, at the "
                "cheapest on-demand price known.",
                evidence_ids=every,
            )
        )
    headline = _plan_headline(found, plan, method, card)
    sections = [Section(title="The plan", claims=tuple(claims[1:]))]
    if found.file is not None:
        book.name(found.file.name)
        sections.append(
            Section(
                title="",
                style="sentences",
                claims=(
                    Claim(
                        text=f"Attached: {found.file.name}, {found.file.caption}. It runs as it is "
                        "on a file of your examples."
                    ),
                ),
            )
        )
    sections.append(_before_you_tune())
    tools = _tools(plan, turn)
    if tools:
        sections.append(Section(title="Toolkit", claims=tools))
    if found.shorter:
        sections.insert(1, _tight_section(found, turn))
    if note := stand_in_note(turn, found.model, found.stands_for):
        sections.append(
            Section(
                title="",
                claims=(Claim(text=f"{note}.", evidence_ids=("profile/message",)),),
                style="sentences",
            )
        )
    return Draft(
        kind="finetune",
        outcome=_plan_outcome(found, plan),
        headline=headline,
        summary=claims[0],
        sections=tuple(sections),
        assumed=found.assumed,
        missing=plan.missing,
        attachments=attachments(found.file),
        suggestions=(
            "What would it cost to serve afterwards?",
            "How many labels are enough?",
            f"How do I serve {short(found.model)} on {card}?",
        ),
    )


def _plan_headline(found: Recipe, plan: FineTunePlan, method: str, card: str) -> str:
    memory = plan.memory_gb.value
    name = short(found.model)
    least = found.least.memory_gb.value if found.least else None
    if least is not None and found.least and (found.memory_asked or not found.least.fits):
        return f"About {gigabytes(least)} of memory for {_inside(method)} of {name}"
    if plan.fits is False and not tight(plan):
        return f"No, {name} can't be tuned by {_inside(method)} on {card}"
    if plan.fits is False:
        return f"Probably not: {_inside(method)} of {name} on {card} is a little short"
    if plan.fits is None and memory is None:
        return f"{name} needs no large card"
    if tight(plan):
        return f"Only just, and perhaps not: {_inside(method)} of {name} on {card}"
    return f"{method} of {name} fits {card}"


def _inside(method: str) -> str:
    """Return the method as it stands inside a sentence."""
    return method if method[1:].lower() != method[1:] else method[0].lower() + method[1:]


def _plan_outcome(found: Recipe, plan: FineTunePlan) -> str | None:
    if plan.fits is None or tight(plan) or (found.device_assumed and not plan.fits):
        return None
    return "yes" if plan.fits else "no"


def _memory_claim(found: Recipe, plan: FineTunePlan, turn: Turn) -> Claim:
    """Return the memory at the peak with its range, against what the devices have."""
    need, usable = plan.memory_gb, plan.usable_gb
    size = number(found.hardware.value("memory") or 0)
    text = f"Memory at the peak: about {gigabytes(need.value or 0)}"
    ids = [*(c.id for c in plan.calculations), *memory_evidence(turn, found.hardware)]
    least = found.least.memory_gb.value if found.least else None
    if found.least and least is not None and found.least.hardware != plan.hardware:
        ids += turn.book.work(*found.least.calculations)
        text = (
            f"Memory at the peak: about {gigabytes(least)} with one example at a time, "
            f"{gigabytes(need.value or 0)} as planned here"
        )
    if tight(plan):
        text += f", {number(need.low or 0)} to {number(need.high or 0)} GB"
    if found.devices > 1:
        text += f" over {cards(found.devices, 'card')} of {size} GB each"
    else:
        name = short(found.hardware) if found.device_assumed else "device"
        text += f"; the {name} has {size} GB"
    if tight(plan) and usable is not None:
        ids += turn.book.work(_usable(plan, found.hardware))
        text += f" counted in powers of two, {number(usable)} GB of it usable here"
    return Claim(text=f"{text}.", evidence_ids=tuple(ids))


def _usable(plan: FineTunePlan, hardware: Hardware) -> Calculation:
    source = memory_source(hardware)
    return Calculation(
        id=f"calc/{hardware.id.rpartition('/')[2]}-x{plan.devices}/training/usable",
        name=f"memory of {plan.devices} x {hardware.title} that training may use",
        formula="devices x memory x 1.074 GB per GiB x usable share",
        inputs=(
            Input(name="devices", value=plan.devices),
            Input(name="memory", value=hardware.value("memory") or 0.0, unit="GB", source=source),
        ),
        value=plan.usable_gb or 0.0,
        unit="GB",
        sources=(source,),
    )


def _tight_section(found: Recipe, turn: Turn) -> Section:
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
                        text=f"{number(need.low or 0)}-{number(need.high or 0)} GB",
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
    table = Table(columns=("tokens an example", "needs", "fits"), rows=tuple(rows))
    return Section(title="How tight it is", table=table, claims=claims, style="sentences")


def _memory_at(plan: FineTunePlan) -> Calculation:
    """Return the memory of a plan under an id of its own length of example."""
    work = next(c for c in plan.calculations if c.id.endswith("/training-memory"))
    length = Input(name="tokens an example", value=plan.tokens_per_example)
    return work.model_copy(
        update={
            "id": f"{work.id}-{plan.tokens_per_example}",
            "inputs": (*work.inputs, length),
        }
    )


def _smaller_method(found: Recipe, plan: FineTunePlan, turn: Turn) -> Claim:
    """Say whether QLoRA, the method that needs the least, would fit instead."""
    least = plan_finetune(
        found.model,
        found.hardware,
        labeled_examples=plan.labeled_examples,
        tokens_per_example=plan.tokens_per_example,
        devices=found.devices,
        method="qlora",
    )
    if plan.method == "qlora" or not least.fits or least.memory_gb.value is None:
        return Claim(text="A smaller model or a larger card is needed.")
    ids = turn.book.work(*least.calculations)
    return Claim(
        text=f"QLoRA of the same model would fit: about {gigabytes(least.memory_gb.value)}.",
        evidence_ids=ids,
    )


def _before_you_tune() -> Section:
    return Section(
        title="Before and after",
        claims=(
            Claim(
                text="Hold out a tenth of the examples before anything else, and never tune on "
                "them."
            ),
            Claim(
                text="Prompt a general model on the held-out part first: if it already passes "
                "your bar, stop there."
            ),
            Claim(
                text="Keep the tuned model only if it beats that result on the same part; "
                "repeat the check whenever labels or rules change."
            ),
        ),
    )


def _tools(plan: FineTunePlan, turn: Turn) -> tuple[Claim, ...]:
    claims = []
    for doc_id in TOOL_OF[plan.method]:
        if doc_id not in turn.catalogue:
            continue
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Toolkit):
            turn.book.name(document.title, document.version or "")
            state = document.maintenance.replace("_", " ")
            text = f"{document.title}: {document.purpose.rstrip('.')} (maintenance: {state})."
            claims.append(cited_text(turn, document, text))
    return tuple(claims)
