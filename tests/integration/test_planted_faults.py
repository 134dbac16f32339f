"""Planted errors in real answers: the check must catch them and refuse nothing true."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from agent import Advisor
from agent.answer import Claim
from agent.graph import AdvisorState, Context, act, compose, decide, plan, understand
from agent.grounding import Figure, check_claim, figures
from agent.turn import Draft, Turn

QUESTIONS = (
    "We get 20,000 support tickets a day into 12 queues and have 60k labelled. API or tuned?",
    "Can I run Llama 3.3 70B on a single RTX 4090?",
    "Is the HTX301 claim of 700B on one card true?",
    "50k requests a day, 1000 in, 200 out: three-year cost of GPT-4.1 against our own 8B?",
    "H200 or MI300X for a 70B model?",
    "What does one H100 cost around the clock to rent per month?",
    "How many users at 30 tok/s on one H100 with Llama 3.1 8B?",
    "How do I LoRA an 8B on one 24 GB card, and give me the config.",
    "Claude Opus or GPT-6.1 Sol?",
    "What is the bandwidth of an H100 SXM?",
    "Unsloth or Axolotl?",
    "Pull 9 fields out of 40,000 invoices a day, 25,000 labeled, nothing may leave the building",
    "Agents that fix bugs in our repository, 100 a day",
    "Summarize 200 emails a day, we have no GPUs",
    "Summarize 200,000 reports a day: an API or a model of our own?",
)
WRONG_UNIT = {
    "GB": "TB", "TB": "GB", "GB/s": "TB/s", "TB/s": "GB/s", "tok/s": "GB/s", "tokens/s": "GB/s",
    "W": "kW", "ms": "s", "s": "ms", "%": " GB", "TFLOPS": "GB", "h": "ms", "hours": "ms",
}  # fmt: skip
LEAST_CAUGHT = 0.98
"""Of wrong digits. What is missed are figures that the same cited evidence holds elsewhere."""


class _Given:
    """A runtime as the nodes see it."""

    def __init__(self, context: Context) -> None:
        self.context = context


@dataclass(frozen=True)
class Planted:
    """A claim of a real draft with one error put in."""

    what: str
    true: Claim
    false: Claim
    turn: Turn

    @property
    def caught(self) -> bool:
        return bool(check_claim(self.false, self.turn.book, today=self.turn.today.isoformat()))


def drafts(advisor: Advisor) -> Iterator[tuple[Draft, Turn]]:
    given = _Given(advisor._context)
    for question in QUESTIONS:
        state: AdvisorState = {"message": question}
        for node in (understand, plan, act, decide, compose):
            state |= node(state, given)  # type: ignore[arg-type]  # a runtime holds more
        draft, turn = state["draft"], state["turn"]
        assert draft is not None
        assert turn is not None
        yield draft, turn


def wrong_digits(figure: Figure, rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield (error, digits as shown, other digits): each digit in turn, ten times, two swapped."""
    (shown,) = re.findall(r"\d[\d,]*(?:\.\d+)?", figure.words)[:1]
    shown = shown.rstrip(",")
    places = [at for at, sign in enumerate(shown) if sign.isdigit()]
    for at in places:
        other = rng.choice([d for d in "123456789" if d != shown[at]])
        yield "digit", shown, f"{shown[:at]}{other}{shown[at + 1 :]}"
    decimals = len(shown.partition(".")[2])
    yield "ten times", shown, f"{float(shown.replace(',', '')) * 10:,.{decimals}f}"
    for a, b in pairwise(places):
        signs = list(shown)
        signs[a], signs[b] = signs[b], signs[a]
        if signs[0] != "0":
            yield "two digits swapped", shown, "".join(signs)


def rounds_to(true: str, false: str) -> bool:
    """Tell whether the planted figure is but the true one with fewer digits, as 810 for 812."""
    zeros = len(false) - len(false.rstrip("0")) if "." not in false else 0
    decimals = len(false.partition(".")[2])
    step = 10.0 ** (zeros - decimals)
    a, b = (float(text.replace(",", "")) for text in (true, false))
    return abs(a - b) <= step / 2


def planted_in(claim: Claim, turn: Turn, rng: random.Random) -> Iterator[Planted]:
    for figure in figures(claim.text, turn.book.names):
        for what, shown, other in wrong_digits(figure, rng):
            if claim.text.count(shown) == 1 and not rounds_to(shown, other):
                false = claim.model_copy(update={"text": claim.text.replace(shown, other)})
                yield Planted(what, claim, false, turn)
        if figure.unit in WRONG_UNIT and claim.text.count(figure.words) == 1:
            words = figure.words.removesuffix(figure.unit) + WRONG_UNIT[figure.unit]
            false = claim.model_copy(update={"text": claim.text.replace(figure.words, words)})
            yield Planted("unit", claim, false, turn)
    others = [i for i in turn.book.statements if i not in claim.evidence_ids]
    if others and claim.evidence_ids and figures(claim.text, turn.book.names):
        false = claim.model_copy(update={"evidence_ids": (rng.choice(others),)})
        yield Planted("source", claim, false, turn)


@pytest.fixture(scope="module")
def written(advisor: Advisor) -> list[tuple[Draft, Turn]]:
    return list(drafts(advisor))


@pytest.fixture(scope="module")
def planted(written: list[tuple[Draft, Turn]]) -> list[Planted]:
    rng = random.Random(7)
    return [
        fault
        for draft, turn in written
        for claim in draft.claims()
        for fault in planted_in(claim, turn, rng)
    ]


def test_every_true_claim_passes(written: list[tuple[Draft, Turn]]) -> None:
    faults = [
        fault
        for draft, turn in written
        for claim in draft.claims()
        for fault in check_claim(claim, turn.book, today=turn.today.isoformat())
    ]

    assert faults == []


@pytest.mark.parametrize(
    ("what", "fewest", "least_caught"),
    [
        ("digit", 800, LEAST_CAUGHT),
        ("ten times", 200, LEAST_CAUGHT),
        ("two digits swapped", 200, 0.99),
        ("unit", 60, 0.99),
        ("source", 150, 0.99),
    ],
)
def test_nearly_every_planted_error_is_caught(
    planted: list[Planted], what: str, fewest: int, least_caught: float
) -> None:
    tried = [fault for fault in planted if fault.what == what]
    missed = [(fault.true.text, fault.false.text) for fault in tried if not fault.caught]

    assert len(tried) >= fewest
    assert 1 - len(missed) / len(tried) >= least_caught, missed[:10]


def test_99_of_100_planted_errors_are_caught(planted: list[Planted]) -> None:
    missed = Counter(fault.what for fault in planted if not fault.caught)

    assert missed.total() <= 0.01 * len(planted), missed


def test_a_date_that_no_evidence_holds_is_caught(written: list[tuple[Draft, Turn]]) -> None:
    draft, turn = written[2]
    assert draft.summary is not None
    assert re.search(r"\d+ [A-Z][a-z]{2} 2026", draft.summary.text)
    later = re.sub(r"\d+ [A-Z][a-z]{2} 2026", "3 Feb 2027", draft.summary.text)
    false = draft.summary.model_copy(update={"text": later})

    assert check_claim(false, turn.book, today=turn.today.isoformat())


def test_no_shown_text_holds_a_figure_outside_its_claims(advisor: Advisor) -> None:
    answer = advisor.ask(QUESTIONS[0], thread="shown")
    claimed = " ".join(c.text for c in answer.claims)
    outside = [
        number
        for number in re.findall(r"\$[\d,.]+\d", answer.text)
        if number not in claimed and number not in " ".join(q.default for q in answer.questions)
    ]
    assert outside == []
