"""The words of a fine-tuning plan, with the file attached."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.memory_stated import memory_source
from agent.kinds.asked import memory_evidence, stand_in_note
from agent.kinds.fact import cited_text
from agent.kinds.naming import cards, short
from agent.kinds.serve_text import attachments
from agent.kinds.tuning import Tuning, tight
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number, usd
from knowledge.schema import Hardware, Toolkit

TOOL_OF = {
    "lora": ("toolkits/peft", "toolkits/trl"),
    "qlora": ("toolkits/bitsandbytes", "toolkits/trl"),
    "full": ("toolkits/trl",),
    "setfit": ("toolkits/setfit",),
    "encoder": ("toolkits/setfit",),
    "prompting": (),
}
METHOD_NAMES = {
    "lora": "LoRA",
    "qlora": "QLoRA",
    "full": "Full tuning",
    "setfit": "SetFit",
    "encoder": "An encoder",
    "prompting": "Prompting",
}
MINUTES = 0.2
"""Hours below which a run is a matter of minutes."""
CENTS = 0.1
"""USD below which it is a matter of cents."""
BY_REINFORCEMENT = frozenset({"grpo", "ppo", "rloo", "rlhf", "rlvr", "reinforcement learning"})


def write(found: Tuning, turn: Turn) -> Draft:
    """Draft the plan, with the file attached."""
    book, plan = turn.book, found.plan
    card = cards(found.devices, short(found.hardware))
    book.name(
        short(found.model), found.model.title, short(found.hardware), found.hardware.title, card
    )
    every = book.work(*plan.calculations)
    sections = [Section(title="The plan", claims=_plan_claims(found, turn, every))]
    if found.shorter:
        sections.append(_tight_section(found, turn))
    if found.file is not None:
        book.name(found.file.name)
        text = f"Attached: {found.file.name}; it reads a file of your examples."
        sections.append(Section(title="", style="sentences", claims=(Claim(text=text),)))
    if notes := _notes(found, turn):
        sections.append(Section(title="", style="sentences", claims=notes))
    sections.append(_before_you_tune())
    if tools := _tools(found, turn):
        sections.append(Section(title="Toolkit", claims=tools))
    return Draft(
        kind="finetune",
        outcome=_plan_outcome(found),
        headline=_plan_headline(found, card),
        summary=_method_claim(found, turn, every),
        sections=tuple(sections),
        assumed={**found.assumed, **_assumed(found)},
        missing=plan.missing,
        attachments=attachments(found.file),
        suggestions=(
            "What would it cost to serve afterwards?",
            "How many labels are enough?",
            f"How do I serve {short(found.model)} on {card}?",
        ),
    )


def _method_claim(found: Tuning, turn: Turn, every: tuple[str, ...]) -> Claim:
    plan = found.plan
    why = "as you asked" if plan.why == "as asked for" else f"because {plan.why}"
    why = why.replace("because as asked for;", "as you asked, but")
    goal = "" if found.objective == "sft" else f" for {_goal(found)}"
    known = ("profile/labeled_examples",) if "profile/labeled_examples" in turn.book else ()
    text = f"Method: {METHOD_NAMES[plan.method]}{goal}, {why}."
    return Claim(text=text, evidence_ids=(*every, *known))


def _goal(found: Tuning) -> str:
    named = found.objective
    return named if " " in named else named.upper()


def _plan_claims(found: Tuning, turn: Turn, every: tuple[str, ...]) -> tuple[Claim, ...]:
    """Return memory, then what would fit instead, or time and money."""
    plan = found.plan
    claims = [_memory_claim(found, turn)] if plan.memory_gb.value is not None else []
    if found.card_asked:
        claims += _price(found, turn)
    if plan.fits is False:
        return (*claims, _smaller_method(found, turn))
    if found.objective not in ("sft", "dpo"):
        return (*claims, _no_hours(found))
    if plan.hours.low is not None:
        text = f"Time: {_hours(plan)} for {_lessons(found)}, {number(plan.epochs)} passes."
        claims.append(Claim(text=text, evidence_ids=(*every, *_stated(found, turn))))
    if plan.usd.low is not None and plan.usd.high is not None:
        span = f"{usd(plan.usd.low)} to {usd(plan.usd.high)}"
        span = span if plan.usd.high >= CENTS else "a few cents"
        text = f"Money: {span} rented, at the cheapest "
        claims.append(Claim(text=f"{text}on-demand price known.", evidence_ids=every))
    return tuple(claims)


def _lessons(found: Tuning) -> str:
    """Return what is trained on, in words."""
    plan = found.plan
    noun = "pairs" if plan.objective == "dpo" else "examples"
    if plan.labeled_examples is not None and plan.training_tokens is None:
        return f"{plan.labeled_examples:,} {noun} of {plan.tokens_per_example:,} tokens"
    total = plan.training_tokens or 0.0
    if "labeled_examples" in found.assumed:
        each = plan.tokens_per_example
        return f"{round(total / each):,} {noun} of {each:,} tokens"
    return f"a training set of {total:,.0f} tokens"


def _stated(found: Tuning, turn: Turn) -> tuple[str, ...]:
    """Return the ids of what the size of the training set rests on."""
    turn.book.slots["profile/training_set"] = (
        f"{_lessons(found)}; {'; '.join(found.assumed.values())}"
    )
    return ("profile/training_set",)


def _no_hours(found: Tuning) -> Claim:
    if found.objective in BY_REINFORCEMENT:
        return Claim(
            text="Time: not known here. The model writes the answers it learns from, so the hours "
            "depend on steps, answers a prompt and their length, and the server that writes them "
            "needs memory besides. No script is attached; TRL has GRPOTrainer and RLOOTrainer."
        )
    return Claim(
        text=f"Time: not worked out for {_goal(found)}. No script is attached: those here are for "
        "SFT and DPO."
    )


def _price(found: Tuning, turn: Turn) -> list[Claim]:
    """Return what the card costs to buy, where a price is known."""
    price = turn.fact(f"{found.hardware.id}#price")
    if price is None or not price.value:
        return []
    name = short(found.hardware)
    text = f"{name}: {usd(price.value)} to buy" + (" each" if found.devices > 1 else "")
    return [Claim(text=f"{text}.", evidence_ids=turn.book.state(price))]


def _notes(found: Tuning, turn: Turn) -> tuple[Claim, ...]:
    """Return what was assumed, and which model stands in for which."""
    claims = []
    if assumed := _assumed(found):
        text = f"Assumed, as the question does not say: {listing(tuple(assumed.values()))}."
        turn.book.slots["profile/assumed"] = text
        claims.append(Claim(text=text, evidence_ids=("profile/assumed",)))
    if note := stand_in_note(turn, found.model, found.stands_for):
        claims.append(Claim(text=f"{note}.", evidence_ids=("profile/message",)))
    return tuple(claims)


def _assumed(found: Tuning) -> dict[str, str]:
    """Return the assumptions that figures shown here rest on, in words."""
    said = dict(found.assumed)
    if found.stands_for:
        said.pop("model", None)
    if found.card_asked or (found.least is not None and not found.least.fits):
        said.pop("hardware", None)
    if "labeled_examples" in said:
        said.pop("tokens", None)
    timed = found.plan.fits is not False and found.objective in ("sft", "dpo")
    if not timed:
        said.pop("labeled_examples", None)
    elif found.plan.hours.value is not None:
        said["epochs"] = f"{number(found.plan.epochs)} passes"
    noun = "pairs" if found.plan.objective == "dpo" else "examples"
    return {slot: text.replace("examples", noun) for slot, text in said.items()}


def _hours(plan: FineTunePlan, *, start: bool = False) -> str:
    if (plan.hours.high or 0.0) < MINUTES:
        return "A few minutes" if start else "a few minutes"
    return f"{_span(plan.hours.low, plan.hours.high)} hours"


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    shown = (number(low, 2), number(high, 2))
    return shown[0] if shown[0] == shown[1] else f"{shown[0]} to {shown[1]}"


def _plan_headline(found: Tuning, card: str) -> str:
    plan, name = found.plan, short(found.model)
    method = _inside(METHOD_NAMES[plan.method])
    verb = "holds" if found.devices == 1 else "hold"
    least = found.least.memory_gb.value if found.least else None
    timed = plan.fits and found.objective in ("sft", "dpo") and plan.hours.low is not None
    if found.time_asked and timed and not tight(plan):
        return f"{_hours(plan, start=True)} for {method} of {name} on {card}"
    if found.card_asked and plan.fits:
        card = card[:1].upper() + card[1:]
        size = number(found.hardware.value("memory") or 0)
        return f"{card} with {size} GB {verb} {method} of {name}"
    if least is not None and found.least and (found.memory_asked or not found.least.fits):
        on = f": {card} {verb} it" if plan.fits else ""
        return f"About {gigabytes(least)} of memory for {method} of {name}{on}"
    if plan.fits is False and not tight(plan):
        return f"No, {method} of {name} does not fit {card}"
    if plan.fits is False:
        return f"Probably not: {method} of {name} on {card} is a little short"
    if plan.fits is None and plan.memory_gb.value is None:
        return f"{name} needs no large card"
    if tight(plan):
        return f"Only just, and perhaps not: {method} of {name} on {card}"
    return f"{METHOD_NAMES[plan.method]} of {name} fits {card}"


def _inside(method: str) -> str:
    """Return the method as it stands inside a sentence."""
    return method if method[1:].lower() != method[1:] else method[0].lower() + method[1:]


def _plan_outcome(found: Tuning) -> str | None:
    plan = found.plan
    if plan.fits is None or tight(plan) or (found.device_assumed and not plan.fits):
        return None
    return "yes" if plan.fits else "no"


def _memory_claim(found: Tuning, turn: Turn) -> Claim:
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
        text += f" counted in powers of two, {number(usable / devices)} GB of it usable here"
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


def _tight_section(found: Tuning, turn: Turn) -> Section:
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
    table = Table(columns=("tokens an example", "needs", "fits"), rows=tuple(rows))
    return Section(title="How tight it is", table=table, claims=claims, style="sentences")


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


def _smaller_method(found: Tuning, turn: Turn) -> Claim:
    """Say whether QLoRA, the method that needs the least, would fit instead."""
    plan = found.plan
    least = plan_finetune(
        found.model,
        found.hardware,
        labeled_examples=plan.labeled_examples,
        tokens_per_example=plan.tokens_per_example,
        training_tokens=plan.training_tokens,
        objective=plan.objective,
        devices=found.devices,
        method="qlora",
    )
    if plan.method == "qlora" or not least.fits or least.memory_gb.value is None:
        return Claim(text="A smaller model or a larger card is needed.")
    ids = turn.book.work(*least.calculations)
    each = " on each card" if found.devices > 1 else ""
    need = gigabytes(least.memory_gb.value / found.devices)
    return Claim(
        text=f"QLoRA of the same model would fit: about {need}{each}.",
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


def _tools(found: Tuning, turn: Turn) -> tuple[Claim, ...]:
    plan, claims = found.plan, []
    apple = found.hardware.vendor == "Apple" and plan.method in ("lora", "qlora", "full")
    for doc_id in ("toolkits/mlx-lm",) if apple else TOOL_OF[plan.method]:
        if doc_id not in turn.catalogue:
            continue
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Toolkit):
            turn.book.name(document.title, document.version or "")
            state = document.maintenance.replace("_", " ")
            text = f"{document.title}: {document.purpose.rstrip('.')} (maintenance: {state})."
            claims.append(cited_text(turn, document, text))
    return tuple(claims)
