"""The training set as the message tells it: examples, their length, or tokens in all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.finetune_method import ENOUGH_EXAMPLES
from agent.core.sizing import context_limit
from agent.turn import Turn
from knowledge.schema import Model

DEFAULT_EXAMPLES = 5000
DEFAULT_TOKENS = 1000
LONGEST_CONTEXT = 1_000_000
"""Tokens above this are those of a whole training set, where a model states no limit."""
_SET = r"(?:data\s?set|corpus|training (?:set|data)|total)"
_UNIT = r"(k|m(?:io)?|b|mrd|thousand|million(?:en|s|es)?|billion|milliarden?)?[\s-]?tokens?"
_MANY = r"(m(?:io)?|b|mrd|million(?:en|s|es)?|billion|milliarden?)[\s-](?:de )?tokens?"
WHOLE_SET = re.compile(
    rf"(\d[\d.,]*)\s?{_MANY}"
    rf"|(\d[\d.,]*)\s?{_UNIT}(?=[^.?!]{{0,20}}\b(?:{_SET}s?|of (?:text|data|logs?|docs?))\b)"
    rf"|\b{_SET}\s+(?:of|with|has|is)\s+(?:about\s+)?(\d[\d.,]*)\s?{_UNIT}",
    re.IGNORECASE,
)
"""No example has a million tokens, so that many are the whole set."""
COUNTED = re.compile(
    r"(?<![\w.])(\d[\d.,]*)\s?(k|thousand|tausend|mille|mil|m|million)?[\s-]"
    r"(?:[a-zäöüéèà]+[\s-]){0,2}?"
    r"(?:chats?|conversations?|dialog(?:ue)?s?|pairs?|samples?|instructions?|turns?|transcripts?"
    r"|e-?mails?|mails?|messages?|records?|rows?|q&as?|tickets?|sentences?|texts?|documents?"
    r"|articles?|reviews?|questions?|answers?|calls?|reports?|notes?|gespräche?n?|beispiele?n?"
    r"|paare?n?|nachrichten|sätze?n?|texte?n?|dokumente?n?|exemples?|paires?|échantillons?"
    r"|phrases?|textes?|ejemplos?|frases?|textos?|conversaciones|mensajes)\b",
    re.IGNORECASE,
)
"""A number and what a training set is made of: "10k chats", "800 labelled mails"."""
NAMED_EPOCHS = re.compile(
    r"(?<![\w.])(-?\d+(?:[.,]\d+)?)[\s-]?(?:epochs?|passes|epochen|durchläufe?n?|époques?|épocas?)\b",
    re.IGNORECASE,
)
NAMED_RANK = re.compile(
    r"\b(?:lora[_ ])?(?:rank|rang|rango)\s*[=:]?\s*(\d{1,4})\b|\br\s*=\s*(\d{1,4})\b",
    re.IGNORECASE,
)
SCALE = {"k": 1e3, "t": 1e3, "m": 1e6}
THOUSANDS = {"mille", "mil"}


@dataclass(frozen=True, slots=True)
class Lessons:
    """The training set: how many examples, how long, or tokens in all; and what was assumed."""

    examples: int | None
    tokens_per_example: int
    total_tokens: float | None
    assumed: dict[str, str]
    none_yet: bool = False
    """The message says that there are no examples; the figures are for those it would take."""


def read_lessons(turn: Turn, model: Model) -> Lessons:
    """Return the training set as stated. More tokens than a model can read at once are all of it.

    What is not stated is assumed, and named.
    """
    profile = turn.profile
    assumed = {}
    stated = (profile.input_tokens or 0) + (profile.output_tokens or 0)
    stated = stated or turn.understanding.context_tokens or 0
    total = _whole_set(turn.message)
    if total is None and stated > (context_limit(model) or LONGEST_CONTEXT):
        total = float(stated)
    length = 0 if total == stated else stated
    if not length:
        assumed["tokens"] = f"{DEFAULT_TOKENS:,} tokens an example"
    length = length or DEFAULT_TOKENS
    examples = profile.labeled_examples
    if not examples:
        examples = _counted(turn) or examples
    none_yet = examples == 0 and total is None
    if none_yet:
        assumed["labeled_examples"] = f"{ENOUGH_EXAMPLES:,} examples of {length:,} tokens"
        return Lessons(ENOUGH_EXAMPLES, length, None, assumed, none_yet=True)
    if total is None and examples is None:
        assumed["labeled_examples"] = f"{DEFAULT_EXAMPLES:,} examples of {length:,} tokens"
        total = float(DEFAULT_EXAMPLES * length)
    return Lessons(examples, length, total, assumed)


def named_epochs(turn: Turn) -> float | None:
    """Return the passes over the data that the message asks for."""
    match = NAMED_EPOCHS.search(turn.message)
    return float(match[1].replace(",", ".")) if match else None


def named_rank(turn: Turn) -> int | None:
    """Return the rank of the adapters that the message asks for."""
    match = NAMED_RANK.search(turn.message)
    return int(match[1] or match[2]) if match else None


def _counted(turn: Turn) -> int | None:
    """Return the examples that the message counts by another name, and make them citable."""
    match = COUNTED.search(turn.message)
    if match is None:
        return None
    scale = (match[2] or "").lower()
    digits = match[1].rstrip(".,")
    grouped = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    count = round(float(grouped) * (1e3 if scale in THOUSANDS else SCALE.get(scale[:1], 1.0)))
    turn.book.slots["profile/labeled_examples"] = f"{match[0]}: {count:,} examples {count}"
    return count


def _whole_set(message: str) -> float | None:
    """Return the tokens of a "dataset of 50k tokens", or None where no total is told."""
    match = WHOLE_SET.search(message)
    if match is None:
        return None
    digits, unit = next((match[i], match[i + 1]) for i in (1, 3, 5) if match[i])
    unit = (unit or "").lower()
    scale = 1e9 if unit.startswith(("b", "mrd", "milliard")) else SCALE.get(unit[:1], 1.0)
    return float(digits.rstrip(".,").replace(",", "")) * scale
