"""The decision: constraints first, then the cheapest total with the value of being right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.spend import Spend
from agent.flips import hinges
from agent.job import Job
from agent.policy import (
    Candidate,
    Chance,
    cascade_chance,
    confidence,
    decide,
    escalation_share,
    points,
)

JOB = Job(
    task="route tickets",
    task_type="classification",
    domain=None,
    requests_per_day=20_000,
    input_tokens=300,
    output_tokens=5,
    labeled_examples=60_000,
    wrong_answer_usd=0.5,
    rules_change_often=False,
    latency_ms=None,
    budget_usd_per_month=None,
    residency=None,
    hardware=None,
    languages=("en",),
    quality_bar=None,
    years=3,
)
GAP = 9.0


def special(**changes: object) -> Candidate:
    """A tuned model: better with labels, dear to build."""
    made = Candidate(
        key="tuned",
        label="Tuned",
        verdict="specialized",
        route="cpu",
        chance=lambda job: Chance(0.88 if job.labeled_examples > 500 else 0.3, 0.1, 0.95),
        spend=lambda _: Spend(480.0, 7200.0),
        latency_ms=60.0,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def large(**changes: object) -> Candidate:
    """The frontier model by API: paid by use."""
    made = Candidate(
        key="api",
        label="Frontier",
        verdict="ultra_large",
        route="api",
        chance=lambda _: Chance(0.5, 0.5, 0.5),
        spend=lambda job: Spend(120 + job.requests_per_day * 30 * 0.0006, 1440.0),
        latency_ms=1300.0,
        leaves_premises=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_labels_give_the_job_to_the_tuned_model() -> None:
    pick = decide([special(), large()], JOB, GAP).pick

    assert pick is not None
    assert pick.candidate.verdict == "specialized"


def test_without_labels_the_frontier_model_is_picked() -> None:
    pick = decide([special(), large()], replace(JOB, labeled_examples=0), GAP).pick

    assert pick is not None
    assert pick.candidate.verdict == "ultra_large"


def test_at_a_trickle_the_fixed_cost_decides() -> None:
    pick = decide([special(), large()], replace(JOB, requests_per_day=5), GAP).pick

    assert pick is not None
    assert pick.candidate.verdict == "ultra_large"


@pytest.mark.parametrize(
    ("job", "candidate", "reason"),
    [
        (replace(JOB, residency="on_premises"), large(), "leave your building"),
        (replace(JOB, budget_usd_per_month=100.0), large(), "budget"),
        (replace(JOB, latency_ms=100.0), large(), "slower"),
        (replace(JOB, hardware=()), special(own_gpu=True), "no GPUs"),
    ],
    ids=["residency", "budget", "latency", "hardware"],
)
def test_a_broken_constraint_rules_an_option_out_with_its_reason(
    job: Job, candidate: Candidate, reason: str
) -> None:
    decision = decide([candidate], job, GAP)

    assert decision.pick is None
    assert reason in (decision.ranked[0].ruled_out_because or "")


def test_odds_of_a_half_are_worth_no_points() -> None:
    assert points(GAP, 0.5) == 0
    assert points(GAP, 1.0) == GAP
    assert points(GAP, 0.25) == -GAP / 2


@pytest.mark.parametrize("odds", [0.05, 0.3, 0.5, 0.7, 0.95])
def test_a_cascade_is_never_worse_than_its_small_model(odds: float) -> None:
    small = Chance(odds, odds, odds)
    share = escalation_share(odds)

    assert cascade_chance(small, share) >= odds
    assert 0.1 <= share <= 0.5


def test_a_surer_small_model_escalates_less() -> None:
    assert escalation_share(0.95) < escalation_share(0.6) <= escalation_share(0.2)


def test_confidence_is_a_share_and_the_same_each_time() -> None:
    decision = decide([special(), large()], JOB, GAP)
    first, again = confidence(decision, comparisons=34), confidence(decision, comparisons=34)

    assert first == again
    assert first is not None
    assert 0 <= first[1] <= first[0] <= first[2] <= 1


def test_more_comparisons_narrow_the_confidence() -> None:
    decision = decide([special(), large()], JOB, GAP)
    few, many = confidence(decision, comparisons=5), confidence(decision, comparisons=200)

    assert few is not None
    assert many is not None
    assert many[2] - many[1] < few[2] - few[1]


def test_each_hinge_holds_on_both_sides() -> None:
    candidates = [special(), large()]
    decision = decide(candidates, JOB, GAP)
    found = hinges(candidates, decision)

    assert found
    for hinge in found:
        if hinge.value is None:
            continue
        beyond = hinge.value * (0.9 if hinge.direction == "below" else 1.1)
        before = hinge.value * (1.15 if hinge.direction == "below" else 0.87)
        far = decide(candidates, JOB.with_value(hinge.slot, beyond), GAP).pick
        near = decide(candidates, JOB.with_value(hinge.slot, before), GAP).pick
        assert far is not None
        assert near is not None
        assert far.candidate.verdict == hinge.verdict
        assert near.candidate.verdict == "specialized"


def test_a_pick_that_nothing_changes_has_no_hinge() -> None:
    decision = decide([large()], JOB, GAP)

    assert hinges([large()], decision) == ()
