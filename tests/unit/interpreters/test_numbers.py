"""Numbers as people write them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from agent.interpreters.folding import tidy
from agent.interpreters.numbers import find_numbers


@dataclass(frozen=True)
class Written:
    id: str
    text: str
    value: float
    language: str = "en"
    low: float | None = None
    high: float | None = None


WRITTEN = [
    Written("comma", "20,000 tickets", 20_000),
    Written("k", "20k tickets", 20_000),
    Written("spaced-k", "60 k labels", 60_000),
    Written("capital-m", "1.5M pages", 1_500_000),
    Written("million", "2 million tweets", 2_000_000),
    Written("few-hundred", "a few hundred chats", 300, low=200, high=500),
    Written("half-million", "half a million rows", 500_000),
    Written("power", "10^30 tokens", 1e30),
    Written("superscript", "10⁶ rows", 1e6),
    Written("times-power", "5x10^6 rows", 5e6),
    Written("scientific", "1e6 rows", 1e6),
    Written("in-words", "twenty thousand emails", 20_000),
    Written("compound", "twenty-five thousand three hundred and two", 25_302),
    Written("range-dash", "2–3k a day", 2449.49, low=2000, high=3000),
    Written("range-to", "200 to 300 mails", 244.95, low=200, high=300),
    Written("between", "between 5 and 7 million rows", 5_916_080, low=5e6, high=7e6),
    Written("range-scale", "5-7 million rows", 5_916_080),
    Written("range-own-scales", "500-1k a day", 707.1),
    Written("tens-of-thousands", "tens of thousands of emails", 30_000),
    Written("dozen", "a dozen queues", 12),
    Written("one-and-a-half", "one and a half million", 1.5e6),
    Written("indian", "2,00,000 users", 200_000),
    Written("german-point", "20.000 Tickets", 20_000, "de"),
    Written("german-thousand", "1.500 Tickets", 1500, "de"),
    Written("english-point", "1.575 bits", 1.575),
    Written("german-million", "1,5 Millionen", 1.5e6, "de"),
    Written("german-words", "zwei Millionen", 2e6, "de"),
    Written("french-words", "deux mille tickets", 2000, "fr"),
    Written("spanish-mil", "20 mil correos", 20_000, "es"),
    Written("chinese-figure", "每天2万张工单", 20_000, "zh"),
    Written("chinese-words", "两万五千张", 25_000, "zh"),
    Written("negative", "-5 requests", -5),
    Written("thin-space", "100 000 mails", 100_000),
]


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case.id)
def test_a_written_number_has_its_value(case: Written) -> None:
    (number,) = find_numbers(tidy(case.text), case.language)

    assert number.value == pytest.approx(case.value, rel=1e-3)
    if case.low is not None:
        assert (number.low, number.high) == pytest.approx((case.low, case.high))


def test_a_number_keeps_the_words_it_came_from() -> None:
    (number,) = find_numbers("about 2-3k emails a day")

    assert number.words == "2-3k"


@pytest.mark.parametrize("text", ["gpt4 and h100", "half of it", "v2", "nothing here"])
def test_digits_inside_names_are_no_numbers(text: str) -> None:
    assert find_numbers(text) == ()


def test_two_numbers_are_not_a_range_without_a_dash() -> None:
    assert [n.value for n in find_numbers("1000 in, 200 out")] == [1000, 200]
