"""Decisions on real documents: what is offered, what rules it out, and what would flip it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.answer import Verdict
from agent.core.defaults import defaults
from agent.flips import RANGES, REACH, hinges
from agent.job import Job, job_of
from agent.kinds.naming import cards
from agent.options import Choices, choices
from agent.policy import (
    Candidate,
    Chance,
    cascade_chance,
    confidence,
    decide,
    escalation_share,
    scaled,
)
from agent.profile import Profile
from agent.turn import Turn
from knowledge import Catalogue
from knowledge.schema import Model

MakeTurn = Callable[[str], Turn]
GAP = 9.0
TICKETS = Profile(
    task="route tickets to queues",
    task_type="classification",
    domain="support",
    requests_per_day=20_000,
    labeled_examples=60_000,
)
JOBS = {
    "tickets": TICKETS,
    "tickets without labels": TICKETS.model_copy(update={"labeled_examples": 0}),
    "invoices": Profile(task_type="extraction", requests_per_day=40_000, labeled_examples=25_000),
    "sql": Profile(task_type="text_to_sql", requests_per_day=500, labeled_examples=800),
    "agents": Profile(task_type="agentic", requests_per_day=100),
    "summaries": Profile(task_type="summarization", requests_per_day=200),
    "german pages": Profile(task_type="translation", requests_per_day=300, languages=("en", "de")),
    "indoors": TICKETS.model_copy(update={"data_residency": "on_premises"}),
    "no gpus": Profile(task_type="summarization", requests_per_day=200, hardware=()),
    "calls": Profile(task_type="speech", requests_per_day=5_000),
}


def offered(turn: Turn, profile: Profile) -> tuple[Job, Choices]:
    job = job_of(profile, defaults(), years=3)
    return job, choices(turn, job, defaults())


@pytest.mark.parametrize("name", JOBS)
def test_every_hinge_holds_when_decided_again_on_both_sides(name: str, turn_for: MakeTurn) -> None:
    job, found = offered(turn_for(name), JOBS[name])
    decision = decide(found.candidates, job, GAP)
    assert decision.pick is not None

    def verdict(slot: str, value: float) -> Verdict:
        pick = decide(found.candidates, job.with_value(slot, value), GAP).pick
        assert pick is not None
        return pick.candidate.verdict

    for hinge in hinges(found.candidates, decision):
        assert hinge.verdict != decision.pick.candidate.verdict
        if hinge.value is None or hinge.yours is None:
            continue
        below = hinge.direction == "below"
        start = min(RANGES[hinge.slot][1], max(RANGES[hinge.slot][0], hinge.yours))
        assert (hinge.value < start) == below
        assert 1 / REACH <= hinge.value / start <= REACH
        assert verdict(hinge.slot, hinge.value * (0.97 if below else 1.03)) == hinge.verdict
        inside = hinge.value * (1.1 if below else 0.9)
        if (inside < start) == below:
            assert verdict(hinge.slot, inside) == decision.pick.candidate.verdict


@pytest.mark.parametrize("name", JOBS)
def test_options_are_concrete_and_ranked(name: str, turn_for: MakeTurn) -> None:
    job, found = offered(turn_for(name), JOBS[name])
    decision = decide(found.candidates, job, GAP)
    totals = [option.usd_total for option in decision.allowed]

    assert len(found.candidates) >= 3
    assert len({candidate.key for candidate in found.candidates}) == len(found.candidates)
    assert totals == sorted(totals)
    for weighed in decision.ranked:
        assert weighed.candidate.model
        assert weighed.spend.usd_per_month > 0
        assert 0 <= weighed.chance.low <= weighed.chance.value <= weighed.chance.high <= 1


@pytest.mark.parametrize("name", JOBS)
def test_confidence_lies_in_its_range_and_is_the_same_each_time(
    name: str, turn_for: MakeTurn
) -> None:
    job, found = offered(turn_for(name), JOBS[name])
    decision = decide(found.candidates, job, GAP)
    first = confidence(decision, comparisons=30)

    assert first is not None
    assert 0 <= first[1] <= first[0] <= first[2] <= 1
    assert first == confidence(decision, comparisons=30)


def test_nothing_that_leaves_the_building_is_picked_where_data_must_stay(
    turn_for: MakeTurn,
) -> None:
    job, found = offered(turn_for("indoors"), JOBS["indoors"])
    decision = decide(found.candidates, job, GAP)

    assert decision.pick is not None
    assert all(not option.candidate.leaves_premises for option in decision.allowed)
    assert any(option.ruled_out_because for option in decision.ranked)


def test_no_own_gpu_is_picked_where_there_is_none(turn_for: MakeTurn) -> None:
    job, found = offered(turn_for("no gpus"), JOBS["no gpus"])
    decision = decide(found.candidates, job, GAP)

    assert decision.pick is not None
    assert all(not option.candidate.own_gpu for option in decision.allowed)


def test_a_budget_below_every_option_leaves_none(turn_for: MakeTurn) -> None:
    profile = TICKETS.model_copy(update={"budget_usd_per_month": 0.0})
    job, found = offered(turn_for("tickets"), profile)
    decision = decide(found.candidates, job, GAP)

    assert decision.pick is None
    assert confidence(decision, comparisons=30) is None
    assert hinges(found.candidates, decision) == ()
    assert all("budget" in (option.ruled_out_because or "") for option in decision.ranked)


def test_the_user_does_not_pay_for_hardware_that_is_already_there(turn_for: MakeTurn) -> None:
    owning = TICKETS.model_copy(
        update={"task_type": "summarization", "hardware": (("hardware/nvidia-rtx-4090", 1),)}
    )
    job, found = offered(turn_for("own"), owning)
    own = [c for c in found.candidates if c.route == "owned_hardware"]

    assert own
    for candidate in own:
        spend = candidate.spend(job)
        bought = [line for line in spend.lines if "bought" in line.item]
        assert spend.devices is not None
        assert bool(bought) == (spend.devices > 1)


def test_the_order_of_the_candidates_does_not_matter(turn_for: MakeTurn) -> None:
    job, found = offered(turn_for("tickets"), TICKETS)
    forward = decide(found.candidates, job, GAP)
    backward = decide(found.candidates[::-1], job, GAP)

    assert [w.candidate.key for w in forward.ranked] == [w.candidate.key for w in backward.ranked]


def test_dearer_errors_never_make_a_weaker_option_win(turn_for: MakeTurn) -> None:
    job, found = offered(turn_for("tickets"), TICKETS)
    leads = []
    for usd in (0.001, 0.01, 0.1, 1.0, 10.0, 100.0):
        pick = decide(found.candidates, replace(job, wrong_answer_usd=usd), GAP).pick
        assert pick is not None
        leads.append(pick.points)

    assert leads == sorted(leads)


def test_a_cascade_escalates_less_the_surer_its_small_model_is() -> None:
    shares = [escalation_share(step / 20) for step in range(21)]

    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == 0.1
    assert all(0.1 <= share <= 0.5 for share in shares)


def test_the_odds_of_a_cascade_rise_with_the_share_and_with_its_small_model() -> None:
    for odds in (0.1, 0.3, 0.5, 0.7, 0.9):
        chance = Chance(odds, odds, odds)
        by_share = [cascade_chance(chance, share / 10) for share in range(11)]
        assert by_share == sorted(by_share)
        assert by_share[0] == pytest.approx(odds)
    by_odds = [cascade_chance(Chance(step / 50, 0, 1), 0.3) for step in range(51)]
    assert by_odds == sorted(by_odds)
    assert all(0 <= value <= 0.98 for value in by_odds)


def test_moved_odds_keep_their_order_and_stay_inside_0_and_1() -> None:
    for target in (0.0, 0.2, 0.5, 0.9, 1.0):
        moved = scaled(Chance(0.4, 0.2, 0.6), target)
        assert 0 < moved.low < moved.value < moved.high < 1


def test_an_encoder_is_tuned_on_whatever_carries_the_load_for_least(turn_for: MakeTurn) -> None:
    few = _encoders(turn_for, TICKETS)
    many = _encoders(turn_for, TICKETS.model_copy(update={"requests_per_day": 40e6}))

    assert few[0].route == "cpu"
    assert few[0].label.endswith("on one small CPU server")
    assert many[0].route == "rented_gpu"
    assert cards(many[0].devices or 0, "RTX").removesuffix("s") in many[0].label


def test_a_budget_that_only_gpus_keep_is_no_reason_to_give_up(turn_for: MakeTurn) -> None:
    profile = TICKETS.model_copy(
        update={"requests_per_day": 40e6, "latency_ms": 100, "budget_usd_per_month": 3000.0}
    )
    job, found = offered(turn_for("chat"), profile)
    pick = decide(found.candidates, job, GAP).pick

    assert pick is not None
    assert pick.candidate.route == "rented_gpu"
    assert pick.spend.usd_use <= 3000


@pytest.mark.parametrize(
    ("update", "ends"),
    [
        ({"hardware": (("hardware/nvidia-rtx-4090", 1),)}, "on one RTX 4090, your own"),
        ({"data_residency": "on_premises", "requests_per_day": 40e6}, "bought"),
    ],
)
def test_an_encoder_uses_the_gpus_that_are_there_or_may_be_bought(
    turn_for: MakeTurn, update: dict[str, object], ends: str
) -> None:
    on_gpu = [c for c in _encoders(turn_for, TICKETS.model_copy(update=update)) if c.own_gpu]

    assert on_gpu
    assert on_gpu[0].label.endswith(ends)
    assert not on_gpu[0].leaves_premises


def test_pictures_are_labeled_by_a_model_that_sees(
    turn_for: MakeTurn, catalogue: Catalogue
) -> None:
    profile = Profile(task_type="vision_document", classes=400, labeled_examples=500_000)
    _, found = offered(turn_for("label photos"), profile)

    for candidate in found.candidates:
        model = catalogue.get(candidate.model or "")
        assert isinstance(model, Model)
        assert "image" in model.modalities_in


def test_on_each_users_device_no_server_is_allowed(turn_for: MakeTurn) -> None:
    turn = turn_for("dialogue on the player's RTX 3070")
    job, found = offered(turn, Profile(task_type="dialogue", on_device=True))
    decision = decide(found.candidates, job, GAP)

    assert decision.pick is not None
    assert all(option.candidate.on_device for option in decision.allowed)
    assert decision.pick.candidate.hardware == "hardware/nvidia-rtx-3070"
    assert decision.pick.candidate.devices == 1
    assert all(line.people for line in decision.pick.spend.lines)


@pytest.mark.parametrize("labels", [0, 50_000])
def test_a_stated_split_sends_the_hard_rest_to_the_large_model(
    turn_for: MakeTurn, labels: int
) -> None:
    profile = Profile(
        task_type="agentic", requests_per_day=30_000, labeled_examples=labels, routine_share=0.85
    )
    job, found = offered(turn_for("support"), profile)
    split = [c for c in found.candidates if c.verdict == "hybrid"]
    large = next(c for c in found.candidates if c.verdict == "ultra_large")
    tokens = {
        name: sum(
            line.usd_per_month for line in c.spend(job).lines if "tokens at Anthropic" in line.item
        )
        for name, c in (("both", split[0]), ("large", large))
    }

    assert len(split) == 1
    assert tokens["both"] == pytest.approx(0.15 * tokens["large"])
    assert abs(split[0].chance(job).value - 0.5) <= 0.85 * 0.5
    pick = decide(found.candidates, job, GAP).pick
    assert pick is not None
    assert pick.candidate is split[0]


@pytest.mark.parametrize(
    "model", ["models/gpt-6-sol", "models/gemma-3-12b", "models/deberta-v3-base"]
)
def test_a_named_model_is_weighed(turn_for: MakeTurn, model: str) -> None:
    turn = turn_for("")
    named = replace(turn, understanding=turn.understanding.model_copy(update={"models": (model,)}))
    _, found = offered(named, TICKETS)

    assert model in {c.model for c in found.candidates}


def _encoders(turn_for: MakeTurn, profile: Profile) -> list[Candidate]:
    _, found = offered(turn_for("tickets"), profile)
    return [c for c in found.candidates if c.key.startswith("tuned/models/modernbert")]
