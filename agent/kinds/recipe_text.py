"""The words of a fine-tuning plan or a serve recipe, with the file attached."""

from __future__ import annotations

from agent.answer import AnswerKind, Attachment, Claim, Section
from agent.core.estimate import Estimate
from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.recipes import RecipeFile
from agent.kinds.fact import cited_text
from agent.kinds.naming import bits_name, cards, short, working
from agent.kinds.recipe import Recipe
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number, usd
from knowledge.schema import Toolkit

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
        return _write_server(found, found.sized, turn)
    kind: AnswerKind = "finetune" if turn.understanding.intent == "finetune" else "deploy"
    note = cited_text(turn, found.model, found.refused or "")
    return Draft(
        kind=kind,
        headline=f"{short(found.model)} can't be tuned or served on your own hardware",
        summary=note,
        suggestions=("Which open model comes closest?",),
    )


def _attachments(file: RecipeFile | None) -> tuple[Attachment, ...]:
    if file is None:
        return ()
    return (
        Attachment(
            name=file.name, media_type=file.media_type, content=file.content, caption=file.caption
        ),
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
    claims = [Claim(text=f"Method: {method}, {why}.", evidence_ids=every)]
    if memory.value is not None:
        claims.append(
            Claim(
                text=f"Memory at the peak: about {gigabytes(memory.value)}; the card has "
                f"{number(found.hardware.value('memory') or 0)} GB.",
                evidence_ids=(*every, *book.state(turn.fact(f"{found.hardware.id}#memory"))),
            )
        )
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
    fits = plan.fits
    headline = f"{method} of {short(found.model)} fits {card}"
    if fits is False:
        headline = f"No, {short(found.model)} can't be tuned on {card}"
    elif fits is None and memory.value is None:
        headline = f"{short(found.model)} needs no large card"
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
    return Draft(
        kind="finetune",
        outcome=None if fits is None else ("yes" if fits else "no"),
        headline=headline,
        summary=claims[0],
        sections=tuple(sections),
        assumed=found.assumed,
        missing=plan.missing,
        attachments=_attachments(found.file),
        suggestions=(
            "What would it cost to serve afterwards?",
            "How many labels are enough?",
            f"How do I serve {short(found.model)} on {card}?",
        ),
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


def _write_server(found: Recipe, sized: Estimate, turn: Turn) -> Draft:
    book, card = turn.book, cards(found.devices, short(found.hardware))
    book.work(*sized.calculations)
    claims = [
        Claim(
            text=f"It needs about {gigabytes(sized.total_gb.value or 0)} of "
            f"{gigabytes(sized.usable_gb or 0)} usable at {bits_name(sized.precision)}.",
            evidence_ids=(working(sized, "total"), working(sized, "usable")),
        )
        if sized.usable_gb
        else Claim(
            text=f"It needs about {gigabytes(sized.total_gb.value or 0)}.",
            evidence_ids=(working(sized, "total"),),
        )
    ]
    if sized.throughput_tok_s.low and sized.throughput_tok_s.high:
        low, high = sized.throughput_tok_s.low, sized.throughput_tok_s.high
        claims.append(
            Claim(
                text=f"Expect {number(low, 2)} to {number(high, 2)} output tokens a second over "
                "all requests.",
                evidence_ids=(working(sized, "throughput"),),
            )
        )
    headline = f"{short(found.model)} on {card}: the file below serves it"
    if found.file is None:
        headline = f"No, {short(found.model)} does not fit {card}"
    sections = [Section(title="", claims=tuple(claims[1:]))] if claims[1:] else []
    if found.file is not None:
        code = f"```bash\n{found.file.content.strip()}\n```"
        sections.append(
            Section(title=found.file.name, claims=(_code_claim(turn, code),), style="sentences")
        )
    elif found.refused:
        text = "Fewer bits, more devices or a smaller model would make it fit."
        sections.append(Section(title="", claims=(Claim(text=text),)))
    return Draft(
        kind="deploy",
        outcome="yes" if found.file else "no",
        headline=headline,
        summary=claims[0],
        sections=tuple(sections),
        assumed=found.assumed,
        missing=sized.missing,
        attachments=_attachments(found.file),
        suggestions=("How many users can it serve?", "What does it cost a month?"),
    )


def _code_claim(turn: Turn, code: str) -> Claim:
    """Return a code block whose figures are those of the computed file itself."""
    turn.book.slots["profile/recipe"] = code
    return Claim(text=code, evidence_ids=("profile/recipe",))
