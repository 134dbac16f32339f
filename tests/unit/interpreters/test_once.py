"""Counts that are no daily volume, and the terms of a price."""

from __future__ import annotations

import pytest

from agent.interpreters import RuleInterpreter
from agent.profile import Profile
from agent.understanding import Understanding

TICKETS = "We get 20,000 support tickets a day into 12 queues"


def read(interpreter: RuleInterpreter, text: str) -> Understanding:
    return interpreter.understand(text, profile=Profile(), last=None)


def read_after(interpreter: RuleInterpreter, first: str, text: str) -> Understanding:
    last = read(interpreter, first)
    return interpreter.understand(text, profile=last.patch, last=last)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("What does GPT-5 mini cost for 1 million support emails of 400 tokens each?", 1e6),
        ("What does GPT-5 mini cost per 1000 requests of 500 tokens in, 100 out?", 1000),
        ("How much to translate 5,000 product descriptions with Claude Haiku 4.5?", 5000),
        ("find duplicates in 2 million records", 2e6),
        ("classify 500k old product reviews once", 500_000),
        ("one-off: summarise an archive of 40,000 court decisions", 40_000),
        ("12 million words to translate once, what will it cost", 24_000),
        ("how much to summarize 250,000 court filings of 12 pages each?", 250_000),
        ("classify 10k emails a day with GPT-5 mini, what does it cost?", None),
        ("price of GPT-5 for 3 users", None),
    ],
)
def test_a_stock_is_no_daily_volume(
    text: str, total: float | None, interpreter: RuleInterpreter
) -> None:
    said = read(interpreter, text)

    assert said.total_requests == (None if total is None else pytest.approx(total, rel=1e-3))
    assert (said.patch.requests_per_day is None) == (said.total_requests is not None or "3" in text)


@pytest.mark.parametrize(
    ("text", "total", "volume"),
    [
        ("what does GPT-5 mini cost for 1 million emails of 300 tokens?", 1e6, None),
        ("what would 50k emails cost?", 50_000, None),
        ("with 300 requests?", None, 300),
    ],
)
def test_a_total_in_a_thread_leaves_the_volume(
    text: str, total: float | None, volume: float | None, interpreter: RuleInterpreter
) -> None:
    said = read_after(interpreter, TICKETS, text)

    assert (said.total_requests, said.patch.requests_per_day) == (total, volume)


def test_a_bare_number_after_a_total_is_a_total(interpreter: RuleInterpreter) -> None:
    first = "what would GPT-5 mini charge for 20k product descriptions, 150 words each?"

    assert read_after(interpreter, first, "and for 50k?").total_requests == 50_000


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("12 million words a month to translate", 24_000 / 30.4375),
        ("12k words a day to translate", 24),
        ("we had 90k requests last month", 90_000 / 30.4375),
        ("30k requests in the last 30 days", 1000),
        ("200 tickets every other week", 200 / 14),
        ("grade maths: 120 students, one test every two weeks, 6 problems each", 120 * 6 / 14),
        ("transcribe calls, 3,000 hours of audio a month", None),
    ],
)
def test_a_volume_is_read_from_other_units(
    text: str, per_day: float | None, interpreter: RuleInterpreter
) -> None:
    volume = read(interpreter, text).patch.requests_per_day

    assert volume == (None if per_day is None else pytest.approx(per_day, rel=1e-3))


@pytest.mark.parametrize(
    ("text", "cached", "batch", "acquire"),
    [
        ("GPT-5, 2000 tokens in, 300 out, with prompt caching of 1500 of them", 1500, False, None),
        ("GPT-5, 2000 tokens in, 300 out, with 80% cache hits", 1600, False, None),
        ("GPT-5 with 2000 tokens in, of which 1500 cached", 1500, False, None),
        ("GPT-5, 2000 tokens in, 80% of the prompt is cached", 1600, False, None),
        ("GPT-5, 10k requests a day, 70% of the input cached, and batch", None, True, None),
        ("3-year cost: buy 2 H100s for an 8B against renting them", None, False, None),
        ("What does GPT-5 cost with the batch api for 10k requests a day?", None, True, None),
        ("Llama 3.3 70B on an H100 with batch size 8", None, False, None),
        ("what does it cost to rent an H100 for a month", None, False, "rent"),
        ("owning 4 H100s vs paying Anthropic, 120k calls a day", None, False, "buy"),
        ("should we buy or rent an H100?", None, False, None),
        ("we don't want to buy GPUs, classify mails", None, False, None),
        ("extract the purchase price from lease contracts", None, False, None),
    ],
)
def test_the_terms_of_a_price_are_read(
    text: str, cached: int | None, batch: bool, acquire: str | None, interpreter: RuleInterpreter
) -> None:
    said = read(interpreter, text)

    assert (said.cached_tokens, said.batch, said.acquire) == (cached, batch, acquire)


@pytest.mark.parametrize(
    ("text", "tokens_in", "tokens_out"),
    [
        ("summarise letters, 2 pages each, reply 1 page", 1330, 665),
        ("write 1 page summaries of 40 page reports", 26_600, 665),
        ("review PRs each ~600 lines, 50 a day", 6000, None),
        ("check claims, rules come from a 200 page handbook", None, None),
        ("pull out 25 clause types from contracts", None, None),
        ("GPT-5, 10k token system prompt cached, 500 in 300 out", 10_500, 300),
        ("GPT-5, 50k requests a day, 1000/200 tokens", 1000, 200),
        ("GPT-5: 1000 tokens en entrée 200 en sortie", 1000, 200),
        ("GPT-5, 900 tokens rein 200 raus", 900, 200),
        ("GPT-5, 2000 tokens in, 300 out, prompt caching of 1500 of them", 2000, 300),
    ],
)
def test_lengths_are_those_of_a_request_and_its_answer(
    text: str, tokens_in: int | None, tokens_out: int | None, interpreter: RuleInterpreter
) -> None:
    patch = read(interpreter, text).patch

    assert (patch.input_tokens, patch.output_tokens) == (tokens_in, tokens_out)


def test_the_terms_of_a_cost_hold_on_through_its_thread(interpreter: RuleInterpreter) -> None:
    said = read(
        interpreter,
        "What does GPT-5 mini cost for 2000 chats a day, 800 in 300 out, 50% cached, batch api?",
    )
    again = interpreter.understand("and per chat?", profile=said.patch, last=said)
    without = interpreter.understand("and not in batch?", profile=said.patch, last=said)

    assert (again.cached_tokens, again.batch) == (400, True)
    assert again.goes_on_from == (said.message,)
    assert without.cached_tokens is None
