"""Fine-tune or deploy: which model on which device, then the plan or the server with its file."""

from __future__ import annotations

from dataclasses import dataclass

from agent.kinds import by_api, serve_other, serving, toolkit, tuning
from agent.kinds.asked import asked_hardware, asked_model, unknown_device
from agent.kinds.by_api import ByApi
from agent.kinds.naming import short
from agent.kinds.plain import Back, NothingKnown
from agent.kinds.serve_other import OtherServer
from agent.kinds.serving import Server
from agent.kinds.toolkit import Reviewed
from agent.kinds.tuning import Beyond, Tuning
from agent.turn import Turn
from knowledge.schema import Model


@dataclass(frozen=True, slots=True)
class Closed:
    """A model whose weights nobody can tune or serve."""

    model: Model
    note: str


def work_out(
    turn: Turn,
) -> Tuning | Beyond | Server | OtherServer | ByApi | Closed | Reviewed | NothingKnown | Back:
    """Plan the tuning or size the server for the model and device named or assumed."""
    model, size = asked_model(turn)
    if model is None and tuning.ASKS_TOOL.search(turn.message):
        return toolkit.work_out(turn)
    chosen = model or turn.market.tunable()
    if chosen is None:
        return Back("problem", ("Name the model to tune or serve.",))
    if size:
        turn.book.name(size)
    deploys = turn.understanding.intent == "deploy"
    hosted = _hosted(turn, chosen, named=model is not None)
    if hosted is not None:
        return hosted
    hardware, devices = asked_hardware(turn)
    if hardware is not None and (nothing := unknown_device(hardware)) is not None:
        return nothing
    if hardware is not None and not hardware.value("memory"):
        return Back("problem", (f"{short(hardware)} has no memory that other models could use.",))
    if deploys and not serve_other.chats(chosen):
        return serve_other.work_out(chosen, hardware)
    assumed = {"model": f"{short(chosen)}, the best open model of up to 15B"} if not model else {}
    if size:
        assumed["model"] = f"{short(chosen)} stands for {size}"
    if turn.understanding.intent == "finetune":
        return tuning.work_out(turn, chosen, hardware, devices, stands_for=size, assumed=assumed)
    return serving.work_out(turn, chosen, hardware, devices, stands_for=size, assumed=assumed)


def _hosted(turn: Turn, model: Model, *, named: bool) -> ByApi | Closed | None:
    """Return the client of a maker's API where it is meant, or that nothing else can be had."""
    deploys = turn.understanding.intent == "deploy"
    api = by_api.asks_for_api(turn.message)
    if deploys and (not model.open_weights or (named and api)):
        client = by_api.work_out(turn, model)
        if client is not None:
            return client
    if model.open_weights:
        return None
    note = f" {model.tuning_note}" if model.tuning_note else ""
    if deploys and api:
        note += " No client of its API is made here: the OpenAI SDK can't ask it."
    return Closed(model, f"The weights of {short(model)} are not published.{note}")
