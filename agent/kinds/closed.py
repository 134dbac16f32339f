"""A model whose weights can't be had, and the open models that can."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.core.precision import parse_precision
from agent.kinds.naming import bits_name, short
from agent.kinds.weights import weight_work
from agent.market import INDEX
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number
from knowledge.schema import Model

SERVICES = {
    "chatgpt": ("ChatGPT", "OpenAI"),
    "chat gpt": ("ChatGPT", "OpenAI"),
    "claude": ("Claude", "Anthropic"),
    "gemini": ("Gemini", "Google"),
    "copilot": ("Copilot", "Microsoft"),
    "grok": ("Grok", "xAI"),
}
"""Chat services by the word in a message: name and maker. None runs on open weights alone."""
SIZES_B = (float("inf"), 130.0, 35.0, 15.0)
"""Upper bounds of the open models named instead, in billions of parameters."""
FORMAT = "q4_k_m"
_SERVICE = re.compile(rf"\b({'|'.join(SERVICES)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Closed:
    """A model or service whose weights can't be had; `instead` are open ones, the best first."""

    name: str
    maker: str
    instead: tuple[Model, ...]


def closed(turn: Turn, model: Model) -> Closed:
    """Return that the weights of `model` can't be had, with the best open models by size."""
    turn.book.name(model.title)
    return Closed(short(model), model.vendor, _open_models(turn))


def closed_service(turn: Turn) -> Closed | None:
    """Return that of a chat service which the message names, or None where it names none."""
    said = _SERVICE.search(turn.message)
    if said is None:
        return None
    name, maker = SERVICES[said[1].lower()]
    return Closed(name, maker, _open_models(turn))


def _open_models(turn: Turn) -> tuple[Model, ...]:
    best = (next(iter(turn.market.open_general(max_parameters_b=size)), None) for size in SIZES_B)
    return tuple({model.id: model for model in best if model is not None}.values())


def write(found: Closed, turn: Turn) -> Draft:
    """Draft that a closed model can't be had, and which open ones can."""
    turn.book.name(found.name)
    names = [short(model) for model in found.instead]
    turn.book.name(*names, *(model.title for model in found.instead))
    sections = (_instead(found, turn),) if found.instead else ()
    return Draft(
        kind="fit",
        outcome="no",
        headline=f"No, {found.name} can't be run on your own hardware",
        summary=Claim(
            text=f"{found.maker} does not publish its weights, so only the service itself can be "
            "used. The open models below can be downloaded and run."
        ),
        sections=sections,
        suggestions=(
            *(f"What hardware does {name} need?" for name in names[-2:]),
            "What can I run on one RTX 4090?",
        ),
    )


def _instead(found: Closed, turn: Turn) -> Section:
    rows = []
    for model in found.instead:
        work = weight_work(model, parse_precision(FORMAT))
        score = turn.market.score_statement(model, INDEX)
        turn.book.work(work)
        rows.append(
            Row(
                cells=(
                    Claim(text=short(model)),
                    Claim(
                        text="not scored" if score is None else number(score.value or 0),
                        evidence_ids=turn.book.state(score),
                    ),
                    Claim(text=gigabytes(work.value), evidence_ids=(work.id,)),
                )
            )
        )
    columns = ("open model", INDEX, f"weights at {bits_name(FORMAT)}")
    return Section(
        title="The best open models, by size", table=Table(columns=columns, rows=tuple(rows))
    )
