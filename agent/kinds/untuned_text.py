"""The words of models that no plan can be made for: closed ones, and those not trained on text."""

from __future__ import annotations

from agent.answer import Claim, Section
from agent.calculation import Calculation, Input
from agent.core.training_cost import TrainingMemory
from agent.kinds.fact import cited_text
from agent.kinds.naming import short
from agent.kinds.recipe import Closed
from agent.kinds.tuning import Beyond
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing
from knowledge.schema import Model


def closed(found: Closed, turn: Turn) -> Draft:
    """Say that the weights are not published."""
    name = short(found.model)
    turn.book.name(name, found.model.title)
    return Draft(
        kind="finetune" if turn.understanding.intent == "finetune" else "deploy",
        headline=f"{name} can't be tuned or served on your own hardware",
        summary=cited_text(turn, found.model, found.note),
        suggestions=("Which open model comes closest?",),
    )


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
            Input(name="states", value=round(memory.states_gb, 2), unit="GB"),
        ),
        value=memory.total_gb,
        unit="GB",
        sources=(source,),
    )
