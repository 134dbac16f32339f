"""The facts that the lines of a page state of its product, each once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.catalogue import Catalogue
from knowledge.drafting.figures import Figure, labelled, said
from knowledge.drafting.lines import Line
from knowledge.facts import LABELS, number
from knowledge.schema import Model

SAME = 0.02
"""Two figures this near are one figure, rounded."""
HARDWARE = ("memory", "bandwidth", "power", "compute")
MODEL = ("parameters", "active_parameters", "context", "max_output")
AMOUNT = r"\$\s?(\d+(?:\.\d+)?)"
PER_MILLION = r"(?:per|/|a)\s?(?:1\s?M|one million|million|M|MTok)\b"
BOTH_PRICES = re.compile(
    rf"{AMOUNT}\s?(?:/|and|,)\s?{AMOUNT}\s?{PER_MILLION} input(?:/| and )output tokens"
    rf"|{AMOUNT} (?:for |per )?input(?: tokens)?(?:,| and|,? /| \u00b7)+ {AMOUNT} (?:for |"
    rf"per )?output"
    rf"(?: tokens)?,? {PER_MILLION}",
    re.IGNORECASE,
)
ONE_PRICE = re.compile(
    rf"{AMOUNT}\s?{PER_MILLION}\s?(?P<cached>cached )?(?P<side>input|output) tokens?"
    rf"|(?P<side2>input|output)(?: tokens)?(?: costs?|:| is| at)? {AMOUNT}\s?{PER_MILLION}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Specs:
    """What was found: one figure a fact, and in words what the page contradicts itself in."""

    figures: tuple[Figure, ...]
    conflicts: tuple[str, ...]

    def value(self, name: str) -> float | None:
        """Return the value of the fact `name`, or None."""
        return next((f.value for f in self.figures if f.name == name), None)

    def of(self, names: Sequence[str]) -> tuple[Figure, ...]:
        """Return the figures whose names start with one of `names`."""
        return tuple(f for f in self.figures if f.name.startswith(tuple(names)))


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens; `words` is the phrase."""

    input: float
    output: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Result:
    """A score of a model on a board."""

    board: str
    metric: str
    value: float
    words: str


def specs_of(lines: Iterable[Line]) -> Specs:
    """Return the figures of `lines`: a table before "name: value" before a sentence.

    Where the best place has two different figures of one fact, neither is taken.
    """
    found: dict[str, dict[int, list[Figure]]] = {}
    before = ""
    for line in lines:
        if line.label is None:
            figures, rank = list(said(line.text, before)), 2
            before = line.text
        else:
            figure = labelled(line.label, line.value)
            figures, rank = [figure] if figure else [], 0 if line.columns else 1
        for figure in figures:
            found.setdefault(figure.name, {}).setdefault(rank, []).append(figure)
    kept: list[Figure] = []
    conflicts: list[str] = []
    for name, ranked in found.items():
        best = _different(ranked[min(ranked)])
        every = _different([figure for rank in sorted(ranked) for figure in ranked[rank]])
        if len(best) == 1:
            kept.append(best[0])
        if len(every) > 1:
            label = LABELS.get(name, name.replace("_", " "))
            shown = " or ".join(f"{number(f.value)} {f.unit} ({f.words!r})" for f in every[:4])
            conflicts.append(f"{label}: the page says {shown}")
    return Specs(tuple(kept), tuple(conflicts))


def prices_of(lines: Iterable[Line]) -> Price | None:
    """Return what a million tokens cost, or None where the page gives no or several prices."""
    found: dict[str, set[float]] = {"input": set(), "output": set()}
    words: list[str] = []
    for line in lines:
        for side, value, phrase in _token_prices(line.text):
            found[side].add(value)
            words.append(phrase)
    if len(found["input"]) != 1 or len(found["output"]) > 1:
        return None
    return Price(
        found["input"].pop(),
        next(iter(found["output"]), None),
        "; ".join(dict.fromkeys(words))[:140],
    )


def results_of(lines: Iterable[Line], catalogue: Catalogue) -> tuple[Result, ...]:
    """Return the scores that `lines` state in percent on boards that the catalogue knows."""
    boards = _boards(catalogue)
    found: dict[str, set[float]] = {}
    words: dict[str, str] = {}
    for line in lines:
        for board, value in _scores(line, boards):
            found.setdefault(board, set()).add(value)
            words.setdefault(board, " ".join(line.text.split())[:140])
    return tuple(
        Result(board, boards[board], next(iter(values)), words[board])
        for board, values in found.items()
        if len(values) == 1
    )


def _different(figures: Sequence[Figure]) -> list[Figure]:
    kept: list[Figure] = []
    for figure in figures:
        if all(abs(figure.value - k.value) > SAME * max(figure.value, k.value) for k in kept):
            kept.append(figure)
    return kept


def _token_prices(text: str) -> Iterator[tuple[str, float, str]]:
    both = BOTH_PRICES.search(text)
    if both:
        first, second = [float(group) for group in both.groups() if group is not None]
        yield "input", first, both[0]
        yield "output", second, both[0]
        return
    for match in ONE_PRICE.finditer(text):
        if not match["cached"]:
            amount = match[1] or match[5]
            yield (match["side"] or match["side2"]).lower(), float(amount), match[0]


def _boards(catalogue: Catalogue) -> dict[str, str]:
    """Return the metric in percent of each board with a short name, longest names first."""
    found: dict[str, Counter[str]] = {}
    for document in catalogue.documents:
        for score in document.scores if isinstance(document, Model) else ():
            if score.metric.endswith("%") and re.fullmatch(r"[A-Z][\w -]{2,24}", score.board):
                found.setdefault(score.board, Counter())[score.metric] += 1
    named = {board: metrics.most_common(1)[0][0] for board, metrics in found.items()}
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))


def _scores(line: Line, boards: dict[str, str]) -> Iterator[tuple[str, float]]:
    if line.label is not None and line.label.strip() in boards:
        alone = re.fullmatch(r"(\d{1,2}(?:\.\d+)?)\s?%?", line.value.strip())
        if alone:
            yield line.label.strip(), float(alone[1])
        return
    text = line.text
    for board in boards:
        name = rf"(?<![\w-]){re.escape(board)}(?![\w-]|\s(?:Pro|v\d|Verified|Diamond|\d))"
        value = r"(?P<v>\d{1,2}(?:\.\d+)?)\s?%"
        match = re.search(
            rf"{value} (?:accuracy |pass@1 )?(?:on|in|at) (?:the )?{name}"
            rf"|{name}(?: (?:score|accuracy|of|is|at|with|reaches|"
            rf"result))*:? {value.replace('<v>', '<w>')}",
            text,
        )
        if match:
            yield board, float(match["v"] or match["w"])
            text = text.replace(match[0], " ")
