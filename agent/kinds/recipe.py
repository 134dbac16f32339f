"""Fine-tune or deploy: the plan with memory, hours and money, and the file that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import AnswerKind, Attachment, Claim, Section
from agent.core.estimate import Estimate, estimate
from agent.core.finetune import FineTunePlan, plan_finetune
from agent.core.recipes import RecipeFile, serve_recipe, training_config
from agent.core.training_cost import Method
from agent.errors import InputError
from agent.kinds.fact import cited_text
from agent.kinds.fit import asked_hardware, asked_model
from agent.kinds.naming import bits_name, cards, context_of, short, working
from agent.kinds.plain import Back
from agent.kinds.rentals import cheapest_rental
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number, usd
from knowledge.schema import Hardware, Model, Toolkit

DEFAULT_HARDWARE = "hardware/nvidia-rtx-4090"
DEFAULT_EXAMPLES = 5000
DEFAULT_TOKENS = 1000
SERVE_CONTEXT = 8192
SERVE_STREAMS = 8
METHODS: dict[str, Method] = {"qlora": "qlora", "lora": "lora", "setfit": "setfit"}
TOOL_OF = {
    "lora": ("toolkits/peft", "toolkits/trl"),
    "qlora": ("toolkits/bitsandbytes", "toolkits/trl"),
    "full": ("toolkits/trl",),
    "setfit": ("toolkits/setfit",),
    "encoder": ("toolkits/setfit",),
    "prompting": (),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A training plan or a sized server, with its file and what was assumed."""

    model: Model
    hardware: Hardware
    devices: int
    plan: FineTunePlan | None
    sized: Estimate | None
    file: RecipeFile | None
    refused: str | None
    assumed: dict[str, str]


def work_out(turn: Turn) -> Recipe | Back:
    """Plan the tuning or size the server for the model and device named or assumed."""
    assumed: dict[str, str] = {}
    model, size = asked_model(turn)
    if model is None:
        model = turn.market.tunable()
        assumed["model"] = "the best open model of up to 15B"
    elif size:
        assumed["model"] = f"{short(model)} for a {size} model"
    if model is None:
        return Back("problem", ("Name the model to tune or serve.",))
    hardware, devices = asked_hardware(turn)
    if hardware is None:
        hardware = _stand_in(turn)
        if hardware is None:
            return Back("problem", ("Name the device it should run on.",))
        assumed["hardware"] = f"one {short(hardware)}"
    if not hardware.value("memory"):
        return Back("problem", (f"{short(hardware)} has no memory that other models could use.",))
    if not model.open_weights:
        return Recipe(model, hardware, devices, None, None, None, _closed(model), assumed)
    if turn.understanding.intent == "finetune":
        return _plan(turn, model, hardware, devices, assumed)
    return _server(turn, model, hardware, devices, assumed)


def _stand_in(turn: Turn) -> Hardware | None:
    """Return the cheapest rentable 24 GB card, or the stock default."""
    document = turn.catalogue.get(DEFAULT_HARDWARE) if DEFAULT_HARDWARE in turn.catalogue else None
    return document if isinstance(document, Hardware) else None


def _closed(model: Model) -> str:
    note = f" {model.tuning_note}" if model.tuning_note else ""
    return f"The weights of {short(model)} are not published.{note}"


def _plan(
    turn: Turn, model: Model, hardware: Hardware, devices: int, assumed: dict[str, str]
) -> Recipe:
    profile = turn.profile
    examples = profile.labeled_examples
    if not examples:
        examples = DEFAULT_EXAMPLES
        assumed["labeled_examples"] = f"{DEFAULT_EXAMPLES:,} examples"
    tokens = (profile.input_tokens or 0) + (profile.output_tokens or 0) or DEFAULT_TOKENS
    if tokens == DEFAULT_TOKENS:
        assumed["tokens"] = f"{DEFAULT_TOKENS:,} tokens an example"
    rental = cheapest_rental(turn, hardware)
    low = turn.message.lower()
    encoder = model.specialization == "encoder"
    asked = re.search(r"\b(full(?:[- ]parameter)? (?:fine-?\s?)?tun\w*)\b", low)
    asked = asked or re.search(r"\b(qlora|lora|setfit)\b", low)
    method: Method | None = None
    if asked:
        method = "full" if asked[1].startswith("full") else METHODS[asked[1]]
    if encoder:
        method = "encoder"
    plan = plan_finetune(
        model,
        hardware,
        task_type="classification" if encoder else profile.task_type,
        labeled_examples=examples,
        tokens_per_example=tokens,
        classes=profile.classes,
        devices=devices,
        method=method,
        usd_per_hour=rental.value if rental else None,
        price_source=rental.id if rental else "assumed",
    )
    if method == "lora" and plan.fits is False:
        plan = plan_finetune(
            model,
            hardware,
            task_type=profile.task_type,
            labeled_examples=examples,
            tokens_per_example=tokens,
            devices=devices,
            method="qlora",
            usd_per_hour=rental.value if rental else None,
            price_source=rental.id if rental else "assumed",
        )
    turn.book.state(rental)
    try:
        file = training_config(plan) if plan.fits is not False else None
        refused = None
    except InputError as error:
        file, refused = None, str(error)
    return Recipe(model, hardware, devices, plan, None, file, refused, assumed)


def _server(
    turn: Turn, model: Model, hardware: Hardware, devices: int, assumed: dict[str, str]
) -> Recipe | Back:
    context, guessed = context_of(turn, SERVE_CONTEXT)
    streams = turn.understanding.concurrency or SERVE_STREAMS
    if guessed:
        assumed["context"] = f"{context:,} tokens of context"
    if turn.understanding.concurrency is None:
        assumed["concurrency"] = f"up to {streams} requests at once"
    best: Estimate | None = None
    asked = turn.understanding.precision
    for precision in (asked,) if asked else ("16 bit", "8 bit", "4 bit"):
        try:
            best = estimate(
                model,
                hardware,
                devices,
                precision,
                streams,
                max(1, context - 512),
                512,
                turn.understanding.engine,
                context_tokens=context,
            )
        except InputError as error:
            if asked:
                return Back("problem", (str(error),))
            continue
        if best.fits:
            break
    if best is None:
        return Back("problem", (f"{short(model)} can't be sized on {short(hardware)}.",))
    try:
        file = serve_recipe(best, model, hardware, server=_server_name(turn))
        refused = None
    except InputError as error:
        file, refused = None, str(error)
    return Recipe(model, hardware, devices, None, best, file, refused, assumed)


def _server_name(turn: Turn) -> str | None:
    low = f"{turn.understanding.engine or ''} {turn.message}".lower()
    return next((n for n in ("ollama", "llama.cpp", "vllm") if n in low), None)


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
