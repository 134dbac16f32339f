"""The words of a fine-tuning plan, with the file attached."""

from __future__ import annotations

from agent.answer import Claim, Section
from agent.core.finetune import FineTunePlan
from agent.core.finetune_method import ENCODERS
from agent.kinds.asked import memory_evidence, stand_in_note
from agent.kinds.fact import cited_text
from agent.kinds.naming import cards, short
from agent.kinds.serve_text import attachments
from agent.kinds.tuning import Tuning
from agent.kinds.tuning_advice_text import (
    data_section,
    first_claims,
    hosted_section,
    settings_claim,
    test_section,
)
from agent.kinds.tuning_cards import tight
from agent.kinds.tuning_memory_text import (
    lean_claim,
    memory_claim,
    memory_parts,
    offloaded_claim,
    smaller_method,
    tight_section,
)
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number, usd
from knowledge.schema import Toolkit

TOOL_OF = {
    "lora": ("toolkits/peft", "toolkits/trl"),
    "qlora": ("toolkits/bitsandbytes", "toolkits/trl"),
    "full": ("toolkits/trl",),
    "setfit": ("toolkits/setfit",),
    "encoder": (),
    "prompting": (),
    "retrieval": (),
}
TOOL_TITLES = {"axolotl": "Axolotl", "unsloth": "Unsloth", "trl": "TRL", "mlx": "MLX-LM"}
NAMED_TOOL = {"axolotl": ("toolkits/axolotl",), "unsloth": ("toolkits/unsloth",)}
METHOD_NAMES = {
    "lora": "LoRA",
    "qlora": "QLoRA",
    "full": "Full tuning",
    "setfit": "SetFit",
    "encoder": "Encoder tuning",
    "prompting": "Prompting",
    "retrieval": "Retrieval",
}
ENCODER_WILL_DO = "A small encoder will do for this job"
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
    book.name(*(file.name for file in found.files))
    before = first_claims(found, turn)
    sections = [Section(title="Before any training", claims=before)] if before else []
    title = "If you train anyway" if before else "The plan"
    sections.append(Section(title=title, claims=_plan_claims(found, turn, every)))
    if found.shorter:
        sections.append(tight_section(found, turn))
    if notes := _notes(found, turn):
        sections.append(Section(title="", style="sentences", claims=notes))
    if plan.fits is not False:
        sections += [data_section(found, turn), test_section(found, turn)]
    sections += filter(None, (hosted_section(found, turn),))
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
        attachments=tuple(part for file in found.files for part in attachments(file)),
        suggestions=(
            "What would it cost to serve afterwards?",
            "How many labels are enough?",
            f"How do I serve {short(found.model)} on {card}?",
        ),
    )


def _method_claim(found: Tuning, turn: Turn, every: tuple[str, ...]) -> Claim:
    plan = found.plan
    if found.first is not None:
        first, known = found.first, _known_examples(turn)
        return Claim(
            text=f"Method: {METHOD_NAMES[first.method].lower()}, because {first.why}.",
            evidence_ids=known,
        )
    why = "as you asked" if plan.why == "as asked for" else f"because {plan.why}"
    why = why.replace("because as asked for;", "as you asked, but")
    goal = "" if found.objective == "sft" else f" for {_goal(found)}"
    text = f"Method: {METHOD_NAMES[plan.method]}{goal}, {why}."
    ids = (*every, *_known_examples(turn))
    if found.least is not None:
        ids += turn.book.work(*found.least.calculations)
    if found.card_asked:
        ids += tuple(memory_evidence(turn, found.hardware))
    return Claim(text=text, evidence_ids=ids)


def _known_examples(turn: Turn) -> tuple[str, ...]:
    return ("profile/labeled_examples",) if "profile/labeled_examples" in turn.book else ()


def _goal(found: Tuning) -> str:
    named = found.objective
    return named if " " in named else named.upper()


def _plan_claims(found: Tuning, turn: Turn, every: tuple[str, ...]) -> tuple[Claim, ...]:
    """Return memory, then what would fit instead, or time and money."""
    plan = found.plan
    claims = [memory_claim(found, turn)] if plan.memory_gb.value is not None else []
    claims += memory_parts(plan)
    if found.card_asked:
        claims += _price(found, turn)
    if plan.fits is False:
        instead = offloaded_claim(found, turn) or (smaller_method(found, turn),)
        return (*claims, *lean_claim(found, turn), *instead, *_attached(found))
    if found.objective not in ("sft", "dpo"):
        return (*claims, _no_hours(found))
    if plan.hours.low is not None:
        text = f"Time: {_hours(plan)} for {_lessons(found)}, {number(plan.epochs)} passes"
        if plan.tokens_per_second.value is not None and plan.method != "setfit":
            text += f", at about {number(plan.tokens_per_second.value, 2)} tokens a second"
        if plan.unmeasured and (plan.hours.high or 0.0) >= MINUTES:
            text += f"; the range is wide, as no measurement of {plan.unmeasured} is known"
        text += "."
        claims.append(Claim(text=text, evidence_ids=(*every, *_stated(found, turn))))
    if plan.usd.low is not None and plan.usd.high is not None:
        span = f"{usd(plan.usd.low)} to {usd(plan.usd.high)}"
        span = span if plan.usd.high >= CENTS else "a few cents"
        text = f"Money: {span} rented, at the cheapest "
        claims.append(Claim(text=f"{text}on-demand price known.", evidence_ids=every))
    return (*claims, settings_claim(found, turn), *_attached(found))


def _attached(found: Tuning) -> tuple[Claim, ...]:
    """Return which files come along, and why the toolkit asked for got none."""
    claims = []
    if found.refused and found.toolkit:
        tool = TOOL_TITLES[found.toolkit]
        text = (
            f"{tool} gets no file here for several devices, DPO or FP8, so the attached is "
            "another toolkit's."
        )
        claims.append(Claim(text=text))
    if found.files:
        names = listing([file.name for file in found.files])
        claims.append(Claim(text=f"Attached: {names}."))
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
    small = found.plan.method in ENCODERS and found.model.specialization != "encoder"
    if found.stands_for or small:
        said.pop("model", None)
    if found.card_asked or (found.least is not None and not found.least.fits):
        said.pop("hardware", None)
    if "labeled_examples" in said:
        said.pop("tokens", None)
    timed = found.plan.fits is not False and found.objective in ("sft", "dpo")
    if not timed:
        said.pop("labeled_examples", None)
    elif found.plan.hours.value is not None and not found.epochs_stated:
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
    if found.first is not None:
        return _first_headline(found)
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
    if plan.fits is False and found.offloaded is not None:
        return f"With Unsloth, {method} of {name} fits {card}"
    if plan.fits is False and not tight(plan):
        return f"No, {method} of {name} does not fit {card}"
    if plan.fits is False:
        return f"Probably not: {method} of {name} on {card} is a little short"
    if plan.method in ENCODERS and found.model.specialization != "encoder":
        named = "model" not in found.assumed
        return f"A small encoder will do in place of {name}" if named else ENCODER_WILL_DO
    if tight(plan):
        return f"Only just, and perhaps not: {method} of {name} on {card}"
    return f"{METHOD_NAMES[plan.method]} of {name} fits {card}"


def _first_headline(found: Tuning) -> str:
    name = short(found.model)
    if found.first is not None and found.first.method == "retrieval":
        return f"Look facts up rather than train them into {name}"
    return f"Not yet: prompt a general model before you tune {name}"


def _inside(method: str) -> str:
    """Return the method as it stands inside a sentence."""
    return method if method[1:].lower() != method[1:] else method[0].lower() + method[1:]


def _plan_outcome(found: Tuning) -> str | None:
    plan = found.plan
    if found.first is not None:
        return None
    if plan.fits is False and found.offloaded is not None:
        return "yes"
    if plan.fits is None or tight(plan) or (found.device_assumed and not plan.fits):
        return None
    return "yes" if plan.fits else "no"


def _tools(found: Tuning, turn: Turn) -> tuple[Claim, ...]:
    plan, claims = found.plan, []
    apple = found.hardware.vendor == "Apple" and plan.method in ("lora", "qlora", "full")
    usual = ("toolkits/mlx-lm",) if apple else TOOL_OF[plan.method]
    for doc_id in NAMED_TOOL.get(found.toolkit or "", usual):
        if doc_id not in turn.catalogue:
            continue
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Toolkit):
            turn.book.name(document.title, document.version or "")
            state = document.maintenance.replace("_", " ")
            text = f"{document.title}: {document.purpose.rstrip('.')} (maintenance: {state})."
            claims.append(cited_text(turn, document, text))
    return tuple(claims)
