"""What a recommendation says: a headline that fits the odds, near evidence, and why not another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from answering import answered, table

from agent.answer import Answer
from agent.assemble import assemble
from agent.core.odds import Studies
from agent.core.task_words import TASK_NAMES
from agent.decide import decide
from agent.profile import Profile
from agent.turn import Turn
from agent.understanding import Understanding
from agent.writers import TemplateWriter

MakeTurn = Callable[[str], Turn]
TICKETS = Profile(
    task="route tickets to queues",
    task_type="classification",
    domain="support",
    requests_per_day=20_000,
    labeled_examples=60_000,
)
ON_DEVICE = Profile(task="talk to players", task_type="dialogue", on_device=True)


def picked(turn_for: MakeTurn, profile: Profile, **understood: Any) -> Answer:
    return answered(turn_for, "which model?", intent="recommendation", patch=profile, **understood)


def asked_why(turn_for: MakeTurn, before: Answer, profile: Profile, **named: Any) -> Answer:
    """Return the answer to "why not ..." after `before`."""
    understanding = Understanding(message="why not?", intent="explain", **named)
    turn = replace(turn_for(""), understanding=understanding, profile=profile, last_answer=before)
    turn.book.describe(profile)
    turn.book.slots["profile/message"] = "why not?"
    draft = TemplateWriter().write(decide(turn), turn)
    answer = assemble(draft, turn, engine="template", snapshot="test")
    assert answer.fallbacks == ()
    return answer


def why(answer: Answer) -> list[str]:
    return [c.text for s in answer.sections if s.title == "Why" for c in s.claims]


def test_good_odds_are_said_plainly(turn_for: MakeTurn) -> None:
    answer = picked(turn_for, TICKETS)

    assert answer.headline == "Specialized: fine-tune ModernBERT base on your examples"


def test_a_pick_with_poor_odds_is_not_called_enough(turn_for: MakeTurn) -> None:
    answer = picked(turn_for, ON_DEVICE)

    assert answer.options[0].quality_odds is not None
    assert answer.options[0].quality_odds < 0.4
    assert "enough" not in answer.headline
    assert answer.headline.startswith("Only this meets your limits")


def test_a_pick_without_labels_says_what_labels_would_do(turn_for: MakeTurn) -> None:
    profile = Profile(
        task="toxic chat",
        task_type="moderation",
        requests_per_day=40e6,
        latency_ms=100,
        budget_usd_per_month=3000.0,
    )
    answer = picked(turn_for, profile)

    assert "once you have labels" in answer.headline
    assert why(answer)[0].startswith("It needs labels: with 2,000")
    assert "you have none" not in answer.text


def test_a_pick_above_the_budget_says_what_the_budget_covers(turn_for: MakeTurn) -> None:
    profile = TICKETS.model_copy(update={"budget_usd_per_month": 200.0})
    answer = picked(turn_for, profile)

    assert (answer.options[0].usd_per_month or 0) > 200
    assert why(answer)[0].startswith("Your budget of $200 covers what it runs on ($121 a month)")


@pytest.mark.parametrize("task_type", ["qa_closed", "text_to_sql", "retrieval_ranking"])
def test_types_of_task_are_written_in_english(turn_for: MakeTurn, task_type: str) -> None:
    answer = picked(turn_for, Profile(task="our job", task_type=task_type))

    assert task_type.replace("_", " ") not in answer.text
    assert TASK_NAMES[task_type] in answer.text


def test_a_point_of_accuracy_below_one_answer_is_not_worth_a_word(turn_for: MakeTurn) -> None:
    rare = Profile(task="write memos", task_type="open_writing", requests_per_day=1)

    assert "One point of accuracy" not in picked(turn_for, rare).text
    assert "One point of accuracy" in picked(turn_for, TICKETS).text


def test_an_encoder_is_not_tuned_with_a_toolkit_for_language_models(turn_for: MakeTurn) -> None:
    many = picked(turn_for, TICKETS)
    few = picked(turn_for, TICKETS.model_copy(update={"labeled_examples": 300}))
    writing = Profile(task="fill forms", task_type="extraction", labeled_examples=9000)

    assert "with Hugging Face Transformers" in many.text
    assert "with SetFit" in few.text
    assert "with TRL" in picked(turn_for, writing).text


def test_a_named_model_has_a_row_and_the_yardstick_keeps_its_own(turn_for: MakeTurn) -> None:
    answer = picked(turn_for, TICKETS, models=("models/gpt-6-sol",))
    rows = [row[0] for row in table(answer)]

    assert any(row.startswith("GPT-6 Sol") for row in rows)
    assert any("the yardstick" in row for row in table(answer))


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ({"models": ("models/gpt-6.1-sol",)}, "GPT-6.1 Sol"),
        ({"hardware": (("hardware/nvidia-h100-sxm", 1),)}, "H100 SXM"),
        ({"models": ("models/deberta-v3-base",)}, "DeBERTa-v3"),
        ({"models": ("models/bloomberggpt",)}, "BloombergGPT"),
    ],
)
def test_why_not_names_what_was_asked_and_weighs_it(
    turn_for: MakeTurn, named: dict[str, Any], name: str
) -> None:
    answer = asked_why(turn_for, picked(turn_for, TICKETS), TICKETS, **named)

    assert answer.headline.startswith(f"Why not {name}")
    assert name in answer.sections[0].claims[0].text
    assert "$" in answer.text or "could not be weighed" in answer.text


def test_why_not_an_encoder_for_a_job_that_writes(turn_for: MakeTurn) -> None:
    letters = Profile(task="summarize letters", task_type="summarization", domain="medical")
    named = {"models": ("models/pubmedbert",)}
    answer = asked_why(turn_for, picked(turn_for, letters), letters, **named)

    assert answer.headline == "Why not PubMedBERT base: it writes no text"


def test_why_not_needs_no_recommendation_just_before(turn_for: MakeTurn) -> None:
    cards = (("hardware/nvidia-h100-sxm", 1),)
    other = answered(turn_for, "the memory of an H100?", intent="fact", hardware=cards)
    answer = asked_why(turn_for, other, TICKETS, hardware=cards)

    assert answer.headline == "Why not H100 SXM: the same model costs more there"


def test_one_model_of_a_pair_is_another_option(turn_for: MakeTurn) -> None:
    split = Profile(
        task="support", task_type="agentic", requests_per_day=30_000, labeled_examples=0,
        routine_share=0.85,
    )  # fmt: skip
    before = picked(turn_for, split)
    answer = asked_why(turn_for, before, split, models=(before.options[0].model,))

    assert before.verdict == "hybrid"
    assert "what it saves is worth less" in answer.headline
    assert "odds" in answer.text


def test_why_not_the_pick_says_that_it_is_the_pick(turn_for: MakeTurn) -> None:
    named = {"models": ("models/modernbert-base",)}
    answer = asked_why(turn_for, picked(turn_for, TICKETS), TICKETS, **named)

    assert answer.headline.endswith("it is the pick")


def test_a_second_why_still_gives_the_reasons(turn_for: MakeTurn) -> None:
    named = {"models": ("models/gpt-6.1-sol",)}
    first = asked_why(turn_for, picked(turn_for, TICKETS), TICKETS, **named)
    second = asked_why(turn_for, first, TICKETS)

    assert "What decided it" in {section.title for section in second.sections}


@pytest.mark.parametrize("domain", [None, "customer_support", "legal", "medical"])
def test_the_nearest_comparison_is_of_the_same_field_and_decided(
    studies: Studies, domain: str | None
) -> None:
    near = studies.nearest_comparisons(
        "sort mail by topic", task_type="classification", domain=domain, training="task"
    )

    assert near
    for _, comparison in near:
        assert comparison.winner != "tie"
        assert comparison.task_type == "classification"
        assert comparison.domain in (domain, "general", "data_analytics", None)


def test_a_language_with_many_texts_is_not_judged_by_those_with_few(studies: Studies) -> None:
    assert not studies.nearest_comparisons(
        "translate to Polish", task_type="translation", domain=None, training="task"
    )
