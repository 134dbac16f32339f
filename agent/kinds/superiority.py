"""A claim that one model beats another: what comparisons, boards and arithmetic say to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.odds_fit import RELIABILITY, Row
from agent.kinds.on_paper import SIZE, OnPaper, read_claim
from agent.kinds.reread import boards_named, measures, task_type, task_words
from agent.kinds.tally import Tally, statement_of, tally
from agent.turn import Turn
from knowledge import Statement
from knowledge.schema import Hardware, Model, TaskType

CLAIMED = re.compile(
    r"\b(?:outperform\w*|beat(?:s|ing|en)?|surpass\w*|outscor\w*|better than|superior to"
    r"|(?:good|smart|capable|accurate) as|match(?:es|ing)|rivals?|rivalling|on par with"
    r"|übertriff\w*|schlägt|besser als|so gut wie|mejor que|supera|meilleur\w* que|dépasse)",
    re.IGNORECASE,
)
EVERYTHING = re.compile(
    r"\b(?:all|every|any|everything|across the board|alle\w*|jede\w*|todos?|todas?|tous|toutes)\b",
    re.IGNORECASE,
)
_BIG_MODEL = re.compile(
    r"\b(?:(?:chat)?gpt|claude|gemini|llama|grok|deepseek|opus|sonnet|frontier"
    r"|(?:large|big|bigger|larger) (?:language )?models?|llms?)\b",
    re.IGNORECASE,
)
REPORTED = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|announce\w*|boast\w*|behaupte\w*|afirma\w*|prétend\w*|vendor says"
    r"|startup says|they say|angeblich|supposedly|allegedly)\b",
    re.IGNORECASE,
)
"""Words that tell a statement as somebody else's."""
SMALL = re.compile(
    r"\b(?:small|smaller|tiny|fine-?tuned|speciali[sz]ed|kleine\w*)\b[\w -]*?"
    r"(?:models?|llms?|modelle?)\b|\bslms?\b",
    re.IGNORECASE,
)
"""A claim on small models at large."""
MILLIONS = re.compile(r"(\d+(?:\.\d+)?)\s?m(?:illion)?\b[\s-]*(?:param\w*|model)", re.IGNORECASE)
OF_A_JOB = ("recommendation", "cost", "finetune", "deploy", "toolkit")
NEAR = 0.15
"""A model whose size differs by more than this share is not the one claimed."""
ABOUT = 1.25
"""Up to this many times its size a published model counts as one of the claimed size."""
ENOUGH = 3
"""From this many comparisons on, those with models of the size are judged alone."""
CLASSES = {
    "phone": re.compile(
        r"\b(?:smart)?phones?\b|\bhandys?\b|\biphones?\b|\bandroid\b", re.IGNORECASE
    ),
    "laptop": re.compile(r"\blaptops?\b|\bnotebooks?\b|\bmacbooks?\b", re.IGNORECASE),
}
"""Devices that a claim names by their class only, and how documents name that class."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A class of device in the claim; `fastest` is the one described, a laptop where none is."""

    name: str
    described: bool
    fastest: Hardware


@dataclass(frozen=True, slots=True)
class Superiority:
    """What is known for and against the claim. `claimant` is a model that a document describes.

    `boards` are those named in the message that a rival is listed on, else those that both sides
    share. `of_type` counts comparisons of the type of task, `of_size` those with a model about as
    small.
    """

    claimant: Model | None
    rivals: tuple[Model, ...]
    size_b: float | None
    task_type: TaskType | None
    everything: bool
    of_type: Tally
    of_size: Tally
    nearest: Statement | None
    boards: tuple[str, ...]
    paper: OnPaper | None
    reach: Reach | None

    @property
    def judged_by(self) -> Tally:
        """The comparisons that the verdict rests on."""
        return self.of_size if self.of_size.n >= ENOUGH else self.of_type


def is_claimed(turn: Turn) -> bool:
    """Tell whether the message reports that a model beats another, and asks for no job's pick."""
    asked = turn.understanding
    claim = CLAIMED.search(turn.message)
    if claim is None or asked.hardware or asked.intent in OF_A_JOB:
        return False
    alone = asked.intent == "comparison" and len(asked.models) == 1
    reported = alone or bool((asked.unknown and asked.models) or REPORTED.search(turn.message))
    if asked.intent != "reality_check" and not reported:
        return False
    rival = asked.models or _BIG_MODEL.search(turn.message, claim.end())
    named = len(asked.models) > 1 or SMALL.search(turn.message) or _own_size(turn) is not None
    return bool(rival) and bool(named)


def work_out(turn: Turn) -> Superiority:
    """Gather comparisons of the task, boards of both sides, and what the figures need on paper."""
    claimant, rivals = _sides(turn)
    size = _own_size(turn) or (claimant.value("parameters") if claimant else None)
    if claimant and abs((claimant.value("parameters") or 0.0) - (size or 0.0)) > NEAR * (
        size or 0.0
    ):
        claimant = None
    kind = task_type(turn)
    of_type = [row for row in turn.studies.rows if kind in (None, row.case.task_type)]
    of_size = [row for row in of_type if size and _size(row) <= ABOUT * size]
    what = f"of {task_words(kind)}" if kind else "of all types"
    nearest = min(of_size or of_type, key=lambda row: _distance(row, size), default=None)
    claim = CLAIMED.search(turn.message)
    return Superiority(
        claimant=claimant,
        rivals=rivals,
        size_b=size,
        task_type=kind,
        everything=bool(claim and EVERYTHING.search(turn.message, claim.end())),
        of_type=_counted(f"{kind or 'all'}", what, of_type),
        of_size=_counted(f"{kind or 'all'}-{size}b", f"{what} with a model as small", of_size),
        nearest=statement_of(turn, nearest.study, nearest.comparison) if nearest and kind else None,
        boards=_boards(turn, claimant, rivals, kind),
        paper=read_claim(turn, size_b=size) if size and claimant is None else None,
        reach=_reach(turn),
    )


def _sides(turn: Turn) -> tuple[Model | None, tuple[Model, ...]]:
    """Return the model that is said to win, where a document describes it, and the others."""
    claim = CLAIMED.search(turn.message)
    claimant, rivals = None, []
    for mention in turn.catalogue.mentions(turn.message):
        document = turn.catalogue.get(mention.doc_id)
        if not isinstance(document, Model):
            continue
        if claimant is None and claim and mention.end <= claim.start():
            claimant = document
        else:
            rivals.append(document)
    return (claimant, tuple(rivals)) if rivals else (None, (claimant,) if claimant else ())


def _own_size(turn: Turn) -> float | None:
    """Return the first size of a model in the message that is no part of a known name."""
    text = turn.message
    for mention in turn.catalogue.mentions(text):
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    match = SIZE.search(text)
    if match is None:
        small = MILLIONS.search(text)
        return float(small[1]) / 1000 if small else None
    scale = 1000.0 if match[2].lower().startswith("t") else 1.0
    return float(match[1].replace(",", ".")) * scale


def _size(row: Row) -> float:
    return row.comparison.specialized.parameters_b or float("inf")


def _distance(row: Row, size: float | None) -> tuple[float, float, str]:
    """Order comparisons by how near they are in size, then by how far they can be relied on."""
    trust = RELIABILITY[row.comparison.reliability]
    lost = row.comparison.winner == "ultra_large"
    return (abs(_size(row) - size) if size else float(lost)), -trust, row.study


def _counted(name: str, what: str, rows: Sequence[Row]) -> Tally:
    return tally(name, what, [row.comparison for row in rows])


def _boards(
    turn: Turn, claimant: Model | None, rivals: Sequence[Model], kind: TaskType | None
) -> tuple[str, ...]:
    every = list(dict.fromkeys(score.board for rival in rivals for score in rival.scores))
    named = [board for group in boards_named(turn.message, every) for board in group]
    if named or claimant is None:
        listing = Counter(
            score.board
            for model in turn.catalogue.of("model")
            if isinstance(model, Model)
            for score in model.scores
        )
        return (max(named, key=lambda board: listing[board]),) if named else ()
    own = {score.board for score in claimant.scores}
    shared = [board for board in every if board in own]
    of_kind = [board for board in shared if kind and measures(board, kind)]
    return tuple(of_kind or shared)


def _reach(turn: Turn) -> Reach | None:
    """Return the class of device that the claim names, with the fastest that is described."""
    name = next((name for name, words in CLASSES.items() if words.search(turn.message)), None)
    if name is None:
        return None
    own, laptops = _of_class(turn, name), _of_class(turn, "laptop")
    fastest = max(own or laptops, key=lambda d: (d.value("bandwidth") or 0.0, d.id), default=None)
    return Reach(name, bool(own), fastest) if fastest else None


def _of_class(turn: Turn, name: str) -> list[Hardware]:
    return [
        document
        for document in turn.catalogue.of("hardware")
        if isinstance(document, Hardware)
        and document.value("bandwidth")
        and CLASSES[name].search(f"{document.form_factor or ''} {document.availability or ''}")
    ]
