"""Messages that lean on the one before."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from agent.interpreters import RuleInterpreter
from agent.profile import Profile
from agent.understanding import Understanding

TICKETS = "We get 20,000 support tickets a day and want to route each into one of 12 queues. 60k labelled."
FIT = "Can I run Llama 3.3 70B on a single RTX 4090?"
RTX4090 = "hardware/nvidia-rtx-4090"
RTX3090 = "hardware/nvidia-rtx-3090"
H100 = "hardware/nvidia-h100-sxm"


def talk(interpreter: RuleInterpreter, *messages: str) -> tuple[Understanding, Profile]:
    profile, last = Profile(), None
    for message in messages:
        last = interpreter.understand(message, profile=profile, last=last)
        profile = profile.without(*last.cleared).merged(last.patch)
    assert last is not None
    return last, profile


@dataclass(frozen=True)
class Change:
    id: str
    messages: tuple[str, ...]
    slot: str
    value: object


CHANGES = [
    Change("tenfold", (TICKETS, "and if volume grows tenfold?"), "requests_per_day", 200_000.0),
    Change("doubles", (TICKETS, "what if traffic doubles?"), "requests_per_day", 40_000.0),
    Change("10x", (TICKETS, "and at 10x?"), "requests_per_day", 200_000.0),
    Change("half", (TICKETS, "and with half the volume?"), "requests_per_day", 10_000.0),
    Change("per-week", (TICKETS, "sorry, per week"), "requests_per_day", 20_000 / 7),
    Change("not-per-day", (TICKETS, "per week, not per day"), "requests_per_day", 20_000 / 7),
    Change("per-month", (TICKETS, "I meant per month"), "requests_per_day", 20_000 / 30.4375),
    Change("labels", (TICKETS, "and with 300 labels?"), "labeled_examples", 300),
    Change("eu", (TICKETS, "what if it has to stay in the EU?"), "data_residency", "eu"),
    Change(
        "on-prem",
        (TICKETS, "and if nothing may leave our building?"),
        "data_residency",
        "on_premises",
    ),
    Change("new-volume", (TICKETS, "make it 50k a day"), "requests_per_day", 50_000.0),
    Change(
        "no-longer-eu",
        (TICKETS + " GDPR applies.", "it doesn't have to stay in the EU"),
        "data_residency",
        "any",
    ),
    Change(
        "forget-budget",
        (TICKETS + " Budget $500 a month.", "forget the budget"),
        "budget_usd_per_month",
        None,
    ),
    Change("german", (TICKETS, "und mit 300 Beispielen?"), "labeled_examples", 300),
    Change("mistake", (TICKETS, "and if a missed one costs 5,000?"), "wrong_answer_usd", 5000.0),
    Change("fewer", (TICKETS, "what if labels shrink to 100"), "labeled_examples", 100),
    Change("pages", (TICKETS, "what if rules come from 500 pages?"), "requests_per_day", 20_000.0),
    Change("self-host", (TICKETS, "what if we self-host?"), "data_residency", "on_premises"),
    Change(
        "loosened",
        (TICKETS + " All on premises.", "what if it may go to azure in germany?"),
        "data_residency",
        "DE",
    ),
]


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case.id)
def test_a_follow_up_changes_one_slot(case: Change, interpreter: RuleInterpreter) -> None:
    said, profile = talk(interpreter, *case.messages)

    value = getattr(profile, case.slot)
    assert value == (pytest.approx(case.value) if isinstance(case.value, float) else case.value)
    assert said.intent == "recommendation"
    assert said.follow_up
    assert profile.task_type == "classification"
    assert profile.classes == 12


def test_two_at_four_bit_inherits_model_and_card(interpreter: RuleInterpreter) -> None:
    said, _ = talk(interpreter, FIT, "what about two, at 4 bit?")

    assert said.intent == "fit"
    assert said.models == ("models/llama-3.3-70b",)
    assert said.hardware == ((RTX4090, 2),)
    assert said.precision == "4bit"


def test_another_size_means_the_same_family(interpreter: RuleInterpreter) -> None:
    said, _ = talk(interpreter, FIT, "and for the 8B?")

    assert said.intent == "fit"
    assert said.models == ("models/llama-3.1-8b",)
    assert said.hardware == ((RTX4090, 1),)


def test_another_card_keeps_the_model(interpreter: RuleInterpreter) -> None:
    said, _ = talk(interpreter, FIT, "and on an H200?")

    assert said.models == ("models/llama-3.3-70b",)
    assert said.hardware == (("hardware/nvidia-h200-sxm", 1),)


def test_speed_of_it_keeps_what_was_spoken_of(interpreter: RuleInterpreter) -> None:
    said, _ = talk(interpreter, FIT, "how fast would it be?")

    assert said.intent == "speed"
    assert said.models == ("models/llama-3.3-70b",)
    assert said.hardware == ((RTX4090, 1),)


def test_the_same_quantity_is_asked_of_another_product(interpreter: RuleInterpreter) -> None:
    said, _ = talk(interpreter, "What is the bandwidth of an H100 SXM?", "and the H200?")

    assert said.intent == "fact"
    assert said.quantity == "bandwidth"
    assert said.hardware == (("hardware/nvidia-h200-sxm", 1),)


NEED = "What does Llama 3.1 8B need in fp16?"
THEN_70B = (NEED, "and 70B?")
IN_4_BIT = (*THEN_70B, "in 4 bit?")
LONG = (*IN_4_BIT, "with 128k context?")
H200 = "hardware/nvidia-h200-sxm"
STUDIO = "Can I run Qwen3 32B on a Mac Studio with 64GB?"


@pytest.mark.parametrize(
    ("messages", "intent", "field", "value"),
    [
        (THEN_70B, "fit", "models", ("models/llama-3.1-70b",)),
        (THEN_70B, "fit", "precision", "fp16"),
        (("What does Qwen3 32B need?", "and the 14B?"), "fit", "models", ("models/qwen3-14b",)),
        (IN_4_BIT, "fit", "precision", "4bit"),
        (LONG, "fit", "context_tokens", 128_000),
        ((*LONG, "how fast on an H200?"), "speed", "models", ("models/llama-3.1-70b",)),
        ((*LONG, "how fast on an H200?"), "speed", "hardware", ((H200, 1),)),
        ((STUDIO, "and with 96GB?"), "fit", "memory_gb", 96),
        ((STUDIO, "and with 96GB?"), "fit", "hardware", (("hardware/apple-m3-ultra", 1),)),
        ((STUDIO, "at 8 bit?"), "fit", "memory_gb", 64),
    ],
)
def test_a_thread_on_one_model_changes_one_thing_at_a_time(
    messages: tuple[str, ...],
    intent: str,
    field: str,
    value: object,
    interpreter: RuleInterpreter,
) -> None:
    said, _ = talk(interpreter, *messages)

    assert said.intent == intent
    assert getattr(said, field) == value


@pytest.mark.parametrize(
    "text",
    ["What's the weather in Paris?", "who won the world cup?", "write me a poem about spring"],
)
@pytest.mark.parametrize("before", [TICKETS, FIT])
def test_what_is_off_topic_stays_so_in_a_thread(
    before: str, text: str, interpreter: RuleInterpreter
) -> None:
    assert talk(interpreter, before, text)[0].intent == "off_topic"


@pytest.mark.parametrize(
    "text",
    ["why?", "why not?", "Why is that?", "explain", "warum?", "how did you get that number?"],
)
def test_why_asks_for_an_explanation(text: str, interpreter: RuleInterpreter) -> None:
    assert talk(interpreter, TICKETS, text)[0].intent == "explain"


@pytest.mark.parametrize(
    "text", ["show the sources", "sources?", "where does that come from?", "Quellen?"]
)
def test_sources_are_asked_for(text: str, interpreter: RuleInterpreter) -> None:
    assert talk(interpreter, TICKETS, text)[0].intent == "sources"


@pytest.mark.parametrize("first", [TICKETS, "big or small?"])
def test_just_answer_keeps_the_question(first: str, interpreter: RuleInterpreter) -> None:
    before = talk(interpreter, first)[0]
    said = talk(interpreter, first, "just answer")[0]

    assert said.just_answer
    assert said.intent == before.intent


def test_a_fresh_question_inherits_nothing(interpreter: RuleInterpreter) -> None:
    said, _ = talk(interpreter, FIT, "How fast is Qwen3 8B on an L4?")

    assert not said.follow_up
    assert said.models == ("models/qwen3-8b",)
    assert said.hardware == (("hardware/nvidia-l4", 1),)


def test_a_new_job_lets_the_old_ones_figures_go(interpreter: RuleInterpreter) -> None:
    _, profile = talk(
        interpreter,
        TICKETS + " Data must stay in the EU.",
        "Another job: we want to translate 500 product pages a month into French.",
    )

    assert profile.task_type == "translation"
    assert profile.classes is None
    assert profile.labeled_examples is None
    assert profile.data_residency == "eu"


def test_an_answer_to_a_question_back_is_a_job(interpreter: RuleInterpreter) -> None:
    said, profile = talk(
        interpreter, "big or small?", "classify support emails, 500 labels, cloud is fine"
    )

    assert said.intent == "recommendation"
    assert profile.task_type == "classification"
    assert profile.labeled_examples == 500
    assert profile.data_residency == "any"


def test_what_it_costs_after_a_job_is_a_cost_question(interpreter: RuleInterpreter) -> None:
    said, _ = talk(interpreter, TICKETS, "what would that cost over three years?")

    assert said.intent == "cost"
    assert said.years == 3
    assert said.follow_up


H100_RENT = "what does one H100 rent for"
SPARK = ("how fast is llama 3.1 8b on a dgx spark", "two sparks?")
RUN_8 = "does deepseek v3 fit on 8x MI300X"
MI300X = "hardware/amd-mi300x"
PRICES = ("gpt-5 mini price", "und gemini 2.5 flash?")
BOTH = ("models/gpt-5-mini", "models/gemini-2.5-flash")
SPEED = "wie schnell ist qwen3 8b auf einer RTX 3090?"


@pytest.mark.parametrize(
    ("messages", "intent", "field", "value"),
    [
        ((TICKETS, "cheaper?"), "cost", "unread", None),
        ((TICKETS, "and whats that per ticket? boss wants cents"), "cost", "unread", None),
        ((TICKETS, "and per email?"), "cost", "unread", None),
        ((TICKETS, "moins cher ?"), "cost", "unread", None),
        ((TICKETS, "how much would that be per letter?"), "cost", "unread", None),
        ((TICKETS, "GPT-6 Luna vs that, per month?"), "cost", "models", ("models/gpt-6-luna",)),
        ((TICKETS, "who wins on price"), "cost", "unread", None),
        ((TICKETS, "can it run on my macbook m3 with 16gb"), "fit", "memory_gb", 16),
        ((TICKETS, "what can I run on a 4090?"), "fit", "follow_up", False),
        ((TICKETS, "cheaper?", "is it gdpr ok?"), "recommendation", "unread", None),
        ((TICKETS, "what about GPT-6 Luna"), "recommendation", "models", ("models/gpt-6-luna",)),
        ((FIT, "What does Llama 3.1 8B need in fp16?"), "fit", "hardware", ()),
        ((FIT, "combien de VRAM pour mixtral 8x22b ?"), "fit", "hardware", ()),
        ((H100_RENT, "and 8 of them for a month"), "cost", "hardware", ((H100, 8),)),
        (SPARK, "speed", "hardware", (("hardware/nvidia-dgx-spark-gb10", 2),)),
        ((*SPARK, "what does sqlcoder 70b cost to finetune?"), "finetune", "hardware", ()),
        ((RUN_8, "and what does renting that cost per month"), "cost", "models", ()),
        ((RUN_8, "and rented?"), "cost", "hardware", ((MI300X, 8),)),
        ((RUN_8, "auf zwei davon?"), "fit", "hardware", ((MI300X, 2),)),
        ((*PRICES, "which one is cheaper for 10M in and 2M out a month"), "cost", "models", BOTH),
        ((*PRICES, "which is cheaper"), "comparison", "models", BOTH),
        ((STUDIO, "and if i buy the 128gb one?"), "fit", "memory_gb", 128),
        ((SPEED, "und mit zwei Karten?"), "speed", "hardware", ((RTX3090, 2),)),
        ((SPEED, "et sur une H200 ?"), "speed", "hardware", ((H200, 1),)),
        ((SPEED, "¿y a qué velocidad?"), "speed", "unread", None),
        (
            ("can llama 70b serve 20 users on 2x4090", "how many users?"),
            "speed",
            "concurrency",
            None,
        ),
    ],
)
def test_a_follow_up_asks_what_it_leaves_out(
    messages: tuple[str, ...],
    intent: str,
    field: str,
    value: object,
    interpreter: RuleInterpreter,
) -> None:
    said, _ = talk(interpreter, *messages)

    assert said.intent == intent
    assert getattr(said, field) == value
    assert said.unread is None


@pytest.mark.parametrize(
    ("messages", "unread"),
    [
        ((TICKETS, "and in euros?"), "currency"),
        ((TICKETS, "what if we pay 250 dollars per day for ops people"), "amount"),
        ((TICKETS, "and if GPT-6.1 Sol gets 92% right?"), "score"),
        ((TICKETS, "the purple one smells nice though"), "nothing"),
        ((TICKETS, "which of those is fastest"), "nothing"),
        ((FIT, "is it gdpr ok?"), "job"),
        ((FIT, "the best bit was the ending"), "nothing"),
        ((TICKETS, "what was the pick again?"), None),
        ((FIT, "and with one card?"), None),
        (("big or small?", "not sure"), None),
    ],
)
def test_a_follow_up_that_changes_nothing_says_why(
    messages: tuple[str, ...], unread: str | None, interpreter: RuleInterpreter
) -> None:
    assert talk(interpreter, *messages)[0].unread == unread


def test_a_follow_up_keeps_the_field_of_the_job(interpreter: RuleInterpreter) -> None:
    _, before = talk(interpreter, TICKETS)
    _, after = talk(interpreter, TICKETS, "what if a wrong code costs us about 40 euros?")

    assert (after.task, after.domain) == (before.task, before.domain)
    assert after.wrong_answer_usd == pytest.approx(46.8)


@pytest.mark.parametrize("text", ["thanks!", "ok great", "danke", "fine"])
def test_thanks_close_a_thread(text: str, interpreter: RuleInterpreter) -> None:
    assert talk(interpreter, TICKETS, text)[0].follow_up
    assert not talk(interpreter, text)[0].follow_up
