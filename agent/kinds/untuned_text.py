"""The words of models that no plan can be made for: closed ones, and those not trained on text."""

from __future__ import annotations

from agent.answer import Claim, Section
from agent.calculation import Calculation, Input
from agent.core.training_memory import TrainingMemory
from agent.kinds.fact import cited_text
from agent.kinds.hosted_tuning import last_day, withdrawn
from agent.kinds.naming import short
from agent.kinds.recipe import Closed
from agent.kinds.tuning import Beyond
from agent.turn import Draft, Turn
from agent.wording import day, gigabytes, listing
from knowledge.schema import Model


def closed(found: Closed, turn: Turn) -> Draft:
    """Say that the weights are not published; of tuning, who would still do it."""
    name = short(found.model)
    turn.book.name(name, found.model.title)
    tuned = turn.understanding.intent == "finetune"
    return Draft(
        kind="finetune" if tuned else "deploy",
        headline=_hosted_headline(found, turn)
        if tuned
        else f"{name} can't be tuned or served on your own hardware",
        summary=cited_text(turn, found.model, found.note),
        sections=(*_retired(found, turn), withdrawn(turn)) if tuned else (),
        suggestions=("Which open model comes closest?",),
    )


def _retired(found: Closed, turn: Turn) -> tuple[Section, ...]:
    """Return that a tune ends with its base, where the last day of that is known."""
    last = turn.fact(f"{found.model.id}#retires")
    if last is None or not found.model.retires:
        return ()
    text = (
        f"{short(found.model)} leaves the maker's API on {day(found.model.retires)}; a tune of it "
        "ends with it."
    )
    claim = Claim(text=text, evidence_ids=turn.book.state(last))
    return (Section(title="How long a tune would last", claims=(claim,)),)


def _hosted_headline(found: Closed, turn: Turn) -> str:
    """Return whether its maker still tunes it, on the day of the question."""
    name, end = short(found.model), last_day(turn)
    if found.model.vendor == "OpenAI" and end is not None:
        if not found.model.tuning_api or turn.today > end:
            return f"No: OpenAI does not tune {name}"
        return f"{name}: only existing customers can still tune it, until {day(end)}"
    if found.model.tuning_api:
        return f"{name} can be tuned at its provider, not on your own hardware"
    return f"No tuning of {name} is on sale, and its weights are not published"


def beyond(found: Beyond, turn: Turn) -> Draft:
    """Say what is known of tuning a model that does not learn from text, and what is not."""
    name, book = short(found.model), turn.book
    book.name(name, found.model.title)
    reads_text = "text" in found.model.modalities_in
    audio = "audio" in found.model.modalities_in
    what = "audio" if audio else listing(found.model.modalities_in)
    why = f"gives {listing(found.model.modalities_out)}" if reads_text else f"learns from {what}"
    floors = {m: _floor(found.model, m, memory) for m, memory in found.least.items()}
    ids = book.work(*floors.values())
    return Draft(
        kind="finetune",
        headline=f"{name} can be tuned, but its hours can't be worked out here",
        summary=Claim(
            text=f"It {why}; the plans here are for models that read and write text, so neither "
            "hours, money nor a script would be right for it."
        ),
        sections=(
            Section(
                title="What is known",
                claims=(
                    Claim(
                        text="Before activations, LoRA takes about "
                        f"{gigabytes(floors['lora'].value)} and full tuning about "
                        f"{gigabytes(floors['full'].value)}; activations come on top and are not "
                        "known here.",
                        evidence_ids=ids,
                    ),
                    Claim(
                        text="TRL's trainers are for text. Transformers tunes speech models with "
                        "its own Seq2SeqTrainer, and PEFT puts the adapters on."
                        if audio
                        else "TRL's trainers are for text and do not apply."
                    ),
                    Claim(
                        text="Time a hundred steps on your own data: hours are the steps of a run "
                        "times the seconds of one."
                    ),
                ),
            ),
        ),
        suggestions=(f"What is known about {name}?",),
    )


def _floor(model: Model, method: str, memory: TrainingMemory) -> Calculation:
    source = f"{model.id}#parameters"
    return Calculation(
        id=f"calc/{model.id.rpartition('/')[2]}/{method}/training-floor",
        name=f"memory of {method} before activations",
        formula="weights + gradients, optimizer and adapters + runtime",
        inputs=(
            Input(name="weights", value=round(memory.weights_gb, 2), unit="GB", source=source),
            Input(name="gradients and states", value=round(memory.trained_gb, 2), unit="GB"),
        ),
        value=memory.total_gb,
        unit="GB",
        sources=(source,),
    )
