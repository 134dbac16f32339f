"""Facts: every quantity asked for, dated, with whose figure it is."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered

from agent.kinds.plain import Back, ask_back


@pytest.mark.parametrize(
    ("message", "model", "quantity", "headline"),
    [
        (
            "how many params active does qwen3 next have",
            "qwen3-next-80b-a3b",
            "parameters",
            "3 billion active parameters",
        ),
        (
            "when did gpt-4o come out and how big is it",
            "gpt-4o",
            "release_date",
            "Released 13 May 2024; parameters not published",
        ),
        (
            "total and active parameters of deepseek v3",
            "deepseek-v3",
            "active_parameters",
            "671 billion parameters; 37 billion active parameters",
        ),
        (
            "when does gpt-5 retire",
            "gpt-5",
            "retirement",
            "GPT-5 leaves the maker's API on 11 Dec 2026",
        ),
        (
            "can i use llama 3.3 commercially",
            "llama-3.3-70b",
            "licence",
            "Yes, but only under the maker's own conditions",
        ),
        (
            "qwen3 32b in our product, commercially?",
            "qwen3-32b",
            "licence",
            "Yes, commercially too",
        ),
        ("codestral for commercial use?", "codestral-22b", "licence", "No, not commercially"),
    ],
)
def test_what_was_asked_heads_the_answer(
    turn_for: MakeTurn, message: str, model: str, quantity: str, headline: str
) -> None:
    answer = answered(
        turn_for, message, intent="fact", models=(f"models/{model}",), quantity=quantity
    )

    assert answer.headline == headline


def test_the_last_day_cites_the_statement_of_it(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "gpt-5 end of life?",
        intent="fact",
        models=("models/gpt-5",),
        quantity="retirement",
    )

    assert "models/gpt-5#retires" in answer.claims[0].evidence_ids


def test_words_inside_a_longer_quantity_ask_for_nothing_more(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "memory bandwidth of the H200 in GB/s?",
        intent="fact",
        hardware=(("hardware/nvidia-h200-sxm", 1),),
        quantity="bandwidth",
    )

    assert answer.headline == "4.8 TB/s"


@pytest.mark.parametrize(
    ("quantity", "headline", "basis"),
    [
        (
            "price",
            "$33,600 in Sep 2022; no newer purchase price is known here",
            "recorded by a third party",
        ),
        ("rental", "From $2.69 per hour", "the provider's offer"),
    ],
)
def test_a_price_is_dated_and_says_whose_it_is(
    turn_for: MakeTurn, quantity: str, headline: str, basis: str
) -> None:
    answer = answered(
        turn_for,
        "what does an H100 cost?",
        intent="fact",
        hardware=(("hardware/nvidia-h100-sxm", 1),),
        quantity=quantity,
    )

    assert answer.headline == headline
    assert basis in answer.text
    assert "maker's figure" not in answer.text


@pytest.mark.parametrize(
    ("problem", "headline"),
    [
        ("Name the device: how fast on what?", "Which device?"),
        ("Name a model or a device: which should run on which?", "One thing is missing"),
        ("The weights are not published.", "That can't be worked out"),
        ("A context of -5 tokens makes no sense.", "One value can't be right"),
    ],
)
def test_a_question_back_says_what_is_wrong(
    turn_for: MakeTurn, problem: str, headline: str
) -> None:
    draft = ask_back(Back("problem", (problem,)), turn_for("how fast?"))

    assert draft.headline == headline


def test_a_name_that_is_asked_for_may_have_been_an_unknown_one(turn_for: MakeTurn) -> None:
    draft = ask_back(Back("problem", ("Name the device: how fast on what?",)), turn_for("flux?"))

    assert draft.summary is not None
    assert "no document here describes it" in draft.summary.text


@pytest.mark.parametrize(
    ("message", "documents", "says"),
    [
        ("what did studies find about text to sql?", (), "text to SQL"),
        ("what did the paper find?", ("studies/lawma-2024",), "won 11, drew 2 and lost 4 of 17"),
        ("what does research say on small models in medicine?", (), "of 22"),
    ],
)
def test_studies_are_counted_before_a_few_are_shown(
    turn_for: MakeTurn, message: str, documents: tuple[str, ...], says: str
) -> None:
    answer = answered(turn_for, message, intent="fact", documents=documents)

    assert answer.summary is not None
    assert says in answer.summary.text
    assert answer.calculations
    assert 1 <= len(answer.sections[0].claims) <= 4
