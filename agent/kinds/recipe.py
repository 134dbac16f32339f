"""Fine-tune or deploy: which model on which device, then the plan or the server with its file."""

from __future__ import annotations

from dataclasses import dataclass

from agent.kinds import by_api, serving, toolkit, tuning
from agent.kinds.asked import asked_hardware, asked_model, unknown_device
from agent.kinds.by_api import ByApi
from agent.kinds.naming import short
from agent.kinds.plain import Back, NothingKnown
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
) -> Tuning | Beyond | Server | ByApi | Closed | Reviewed | NothingKnown | Back:
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
    by_maker = not chosen.open_weights or (model is not None and by_api.asks_for_api(turn.message))
    if deploys and by_maker and (client := by_api.work_out(turn, chosen, {})) is not None:
        return client
    if not chosen.open_weights:
        note = f" {chosen.tuning_note}" if chosen.tuning_note else ""
        return Closed(chosen, f"The weights of {short(chosen)} are not published.{note}")
    hardware, devices = asked_hardware(turn)
    if hardware is not None and (nothing := unknown_device(hardware)) is not None:
        return nothing
    if hardware is not None and not hardware.value("memory"):
        return Back("problem", (f"{short(hardware)} has no memory that other models could use.",))
    assumed = {"model": f"{short(chosen)}, the best open model of up to 15B"} if not model else {}
    if size:
        assumed["model"] = f"{short(chosen)} stands for {size}"
    if turn.understanding.intent == "finetune":
        return tuning.work_out(turn, chosen, hardware, devices, stands_for=size, assumed=assumed)
    return serving.work_out(turn, chosen, hardware, devices, stands_for=size, assumed=assumed)
