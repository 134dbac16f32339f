"""Does every figure of an answer stand in what the answer itself shows as its source?

Works from the public Answer only. A line with marks must be carried by the sources and workings
that it marks; a line without any may repeat the user's words, the stated assumptions and the
questions' defaults, and nothing else. Dates count as figures. Of a file shown in the text only
the comments are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.answer import Answer
from agent.calculation import Calculation
from evals.cases import Case
from evals.names import Pair, bits_of, formats_in, names_of, without_names
from evals.quantities import Known, carried, figures, known_from_text, known_from_value
from evals.transcript import Score, Transcript, score

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SOURCE_MARK = re.compile(r"\[(\d+)\](?!\()")
WORKING_MARKS = re.compile(r"\((c\d+(?:, ?c\d+)*)\)")
DATE = re.compile(
    r"\b(?P<iso>(?:19|20)\d\d-\d\d(?:-\d\d)?)\b"
    rf"|\b(?:(?P<day>\d{{1,2}}) )?(?P<month>{'|'.join(MONTHS)})[a-z]* (?P<year>(?:19|20)\d\d)\b"
    r"|(?<![\w.,$-])(?P<bare>(?:19|20)\d\d)(?![\w%,]|\.\d|\s?(?:GB|TB|W|tok|ms|s|USD|TFLOPS)\b)"
)
ITEM_NUMBER = re.compile(r"^\s*\d+\.\s")
EVERYTHING = "*"
LINK = re.compile(r"<?https?://[^\s>)]+>?")


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """A figure or date that nothing shown carries, and the line it stands in."""

    figure: str
    line: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What some evidence makes known: values, dates and widths of number formats."""

    values: tuple[Known, ...] = ()
    dates: tuple[str, ...] = ()
    bits: frozenset[str] = frozenset()

    def __add__(self, other: Shown) -> Shown:
        """Return both together."""
        return Shown(self.values + other.values, self.dates + other.dates, self.bits | other.bits)


def grounding(case: Case, transcript: Transcript) -> Score:
    """Score the share of figures that trace to a source, over all answers of the transcript."""
    faults: list[str] = []
    total = 0
    said: list[str] = []
    for exchange in transcript.exchanges:
        said.append(exchange.message)
        wrong, seen = check(exchange.answer, said)
        total += seen
        faults += [f"{item.figure!r} in: {item.line}" for item in wrong]
    return score("grounding", total, faults)


def check(answer: Answer, messages: Sequence[str]) -> tuple[list[Ungrounded], int]:
    """Return what is not grounded, and how many figures and dates were read.

    `messages` are the user's, the latest included.
    """
    pairs, bits = names_of(answer, messages), bits_of(answer, messages)
    base = _given(answer, messages)
    wrong: list[Ungrounded] = []
    seen = 0
    for piece, marks in _pieces(answer.text):
        evidence = base + _marked(answer, marks)
        piece = _without_formulas(piece, answer, marks)
        local = bits if EVERYTHING in marks or not evidence.bits else evidence.bits
        faults, count = _check_piece(piece, evidence, pairs, local)
        wrong += faults
        seen += count
    return wrong, seen


def _without_formulas(piece: str, answer: Answer, marks: tuple[str, ...]) -> str:
    """Return `piece` without the formulas of the workings it marks, where it recites them whole."""
    for position, calculation in enumerate(answer.calculations, start=1):
        if f"c{position}" in marks:
            piece = piece.replace(calculation.formula, " ")
    return piece


def _check_piece(
    piece: str, evidence: Shown, pairs: frozenset[Pair], bits: frozenset[str]
) -> tuple[list[Ungrounded], int]:
    line = " ".join(piece.split())
    stated = list(_dates(piece))
    bare = DATE.sub(" ", LINK.sub(" ", piece))
    shown = figures(without_names(bare, pairs, bits))
    wrong = [
        Ungrounded(item, line)
        for item in stated
        if not any(known.startswith(item) for known in evidence.dates)
    ]
    wrong += [Ungrounded(f.words, line) for f in shown if not carried(f, evidence.values)]
    return wrong, len(stated) + len(shown)


def _pieces(text: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield each line, or each cell of a table, without marks, and the marks it answers to.

    A cell without marks answers to those of its row.
    """
    header, code = True, False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            code = not code
            continue
        if code:
            # Settings of a file are no statements; its comments are, and have no room for marks.
            if line.lstrip().startswith("#") and not line.startswith("#!"):
                yield line, (EVERYTHING,)
            continue
        if not line.lstrip().startswith("|"):
            header = True
            yield ITEM_NUMBER.sub("", _unmarked(line)), _marks(line)
            continue
        if set(line) <= set("|-: "):
            header = False
            continue
        row = _marks(line)
        for cell in line.strip().strip("|").split("|"):
            yield _unmarked(cell), (() if header else _marks(cell) or row)


def _marks(text: str) -> tuple[str, ...]:
    numbers = SOURCE_MARK.findall(text)
    workings = [w.strip() for group in WORKING_MARKS.findall(text) for w in group.split(",")]
    return (*numbers, *workings)


def _unmarked(text: str) -> str:
    return WORKING_MARKS.sub(" ", SOURCE_MARK.sub(" ", text)).replace("*", "")


def _given(answer: Answer, messages: Sequence[str]) -> Shown:
    """Return what needs no mark: the user's words, stated assumptions, offers, and today."""
    texts = [
        *messages,
        *answer.profile.words.values(),
        *answer.assumed.values(),
        *(text for q in answer.questions for text in (q.text, q.default, *q.choices)),
    ]
    values = [known for text in texts for known in known_from_text(text)]
    for slot in answer.profile.words:
        value = getattr(answer.profile, slot, None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            values.append(Known(float(value)))
    if "hardware" in answer.profile.words:
        values += [Known(float(count)) for _, count in answer.profile.hardware or ()]
    if answer.kind == "clarification":
        # The bounds of what a count or a share can be are no claims.
        values += [Known(0.0), Known(1.0, "share")]
    dates = [answer.as_of, *(d for text in texts for d in _dates(text))]
    return Shown(tuple(values), tuple(d for d in dates if d))


def _marked(answer: Answer, marks: tuple[str, ...]) -> Shown:
    shown = Shown()
    by_number = {str(citation.number): citation for citation in answer.citations}
    if EVERYTHING in marks:
        marks = (*by_number, *(f"c{i + 1}" for i in range(len(answer.calculations))))
    for mark in dict.fromkeys(marks):
        if mark in by_number:
            citation = by_number[mark]
            title = known_from_text(citation.title)
            quoted = known_from_text(DATE.sub(" ", citation.quote))
            dates = [*_dates(citation.quote), citation.published or ""]
            shown += Shown((*quoted, *title), tuple(d for d in dates if d))
            shown += Shown(bits=formats_in((citation.quote,)))
        elif mark.startswith("c") and 0 < int(mark[1:]) <= len(answer.calculations):
            shown += _worked(answer.calculations[int(mark[1:]) - 1])
    return shown


def _worked(calculation: Calculation) -> Shown:
    numbers = (calculation.value, calculation.low, calculation.high)
    values = [
        known
        for number in numbers
        if number is not None
        for known in known_from_value(number, calculation.unit)
    ]
    dates: list[str] = []
    for item in calculation.inputs:
        if isinstance(item.value, str):
            values += known_from_text(DATE.sub(" ", item.value))
            dates += _dates(item.value)
        else:
            values += known_from_value(float(item.value), item.unit)
    worded = (i.value for i in calculation.inputs if isinstance(i.value, str))
    texts = (f"{calculation.id} {calculation.name} {calculation.formula}", *worded)
    return Shown(tuple(values), tuple(dates), formats_in(texts))


def _dates(text: str) -> Iterable[str]:
    """Yield the dates of `text` as partial ISO dates."""
    for match in DATE.finditer(text):
        if match["month"]:
            iso = f"{match['year']}-{MONTHS.index(match['month'][:3].title()) + 1:02d}"
            yield f"{iso}-{int(match['day']):02d}" if match["day"] else iso
        else:
            yield match["iso"] or match["bare"]
