"""Planted errors in real answers: the check must catch them and refuse nothing true."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from agent import Advisor
from agent.answer import Claim
from agent.assemble import assemble
from agent.graph import AdvisorState, Context, act, compose, decide, plan, understand
from agent.grounding import check_claim, figures
from agent.turn import Draft, Turn

QUESTIONS = (
    "We get 20,000 support tickets a day into 12 queues and have 60k labelled. API or tuned?",
    "Can I run Llama 3.3 70B on a single RTX 4090?",
    "Is the HTX301 claim of 700B on one card true?",
    "50k requests a day, 1000 in, 200 out: three-year cost of GPT-4.1 against our own 8B?",
    "H200 or MI300X for a 70B model?",
    "What does one H100 cost around the clock to rent per month?",
)
LEAST_CAUGHT = 0.97


class _Given:
    """A runtime as the nodes see it."""

    def __init__(self, context: Context) -> None:
        self.context = context


def drafts(advisor: Advisor) -> Iterator[tuple[Draft, Turn]]:
    given = _Given(advisor._context)
    for question in QUESTIONS:
        state: AdvisorState = {"message": question}
        for node in (understand, plan, act, decide, compose):
            state |= node(state, given)  # type: ignore[arg-type]
        draft, turn = state["draft"], state["turn"]
        assert draft is not None
        assert turn is not None
        yield draft, turn


def mutants(claim: Claim, names: set[str], rng: random.Random) -> Iterator[Claim]:
    """Change the first digit of each figure to another one."""
    for figure in figures(claim.text, names):
        digits = figure.words.lstrip("$€~")
        if claim.text.count(digits) != 1:
            continue
        other = rng.choice([d for d in "123456789" if d != digits[0]])
        changed = claim.text.replace(digits, other + digits[1:])
        yield claim.model_copy(update={"text": changed})


@pytest.fixture(scope="module")
def written(advisor: Advisor) -> list[tuple[Draft, Turn]]:
    return list(drafts(advisor))


def test_every_true_claim_passes(written: list[tuple[Draft, Turn]]) -> None:
    faults = [
        fault
        for draft, turn in written
        for claim in draft.claims()
        for fault in check_claim(claim, turn.book, today=turn.today.isoformat())
    ]

    assert faults == []


def test_nearly_every_planted_figure_is_caught(written: list[tuple[Draft, Turn]]) -> None:
    rng = random.Random(7)
    missed, planted = [], 0
    for draft, turn in written:
        for claim in draft.claims():
            for mutant in mutants(claim, turn.book.names, rng):
                planted += 1
                if not check_claim(mutant, turn.book, today=turn.today.isoformat()):
                    missed.append((claim.text, mutant.text))

    assert planted >= 100
    assert len(missed) / planted <= 1 - LEAST_CAUGHT, missed[:10]


def test_a_planted_claim_is_left_out_and_named(written: list[tuple[Draft, Turn]]) -> None:
    draft, turn = written[0]
    assert draft.summary is not None
    planted = draft.summary.model_copy(update={"text": "It costs $77,777 a month."})
    answer = assemble(
        Draft(kind=draft.kind, headline="One pick", summary=planted, sections=draft.sections),
        turn,
        engine="embedded",
        snapshot="test",
    )

    assert "77,777" not in answer.text
    assert any("77,777" in note for note in answer.fallbacks)


def test_no_shown_text_holds_a_figure_outside_its_claims(advisor: Advisor) -> None:
    answer = advisor.ask(QUESTIONS[0], thread="shown")
    claimed = " ".join(c.text for c in answer.claims)
    outside = [
        number
        for number in re.findall(r"\$[\d,.]+\d", answer.text)
        if number not in claimed and number not in " ".join(q.default for q in answer.questions)
    ]
    assert outside == []
