"""Any text is read without an error, soon, and always the same."""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path

import pytest
import yaml

from agent.interpreters import RuleInterpreter
from agent.profile import Profile
from agent.understanding import Understanding

TEXTS = [
    str(row["text"])
    for row in yaml.safe_load(Path(__file__).with_name("voices.yaml").read_text(encoding="utf-8"))
]
ODD = [
    "a" * 100_000,
    "1," * 30_000,
    "((" * 50_000,
    '"' * 20_000,
    "9" * 5_000,
    "every each 5 a day " * 300,
    "\u202e\u0000\ufffd" * 100,
    "0 700 and 1.2.3.4 and 1e999 and 10^9999",
    "$-5k€ per % a day",
]


def test_shuffled_words_never_raise(interpreter: RuleInterpreter) -> None:
    words = " ".join(TEXTS).split()
    chance = random.Random(7)
    profile, last = Profile(), None
    for _ in range(400):
        message = " ".join(chance.choices(words, k=chance.randint(1, 40)))

        last = interpreter.understand(message, profile=profile, last=last)

        profile = profile.without(*last.cleared).merged(last.patch)
        assert isinstance(last, Understanding)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_are_read(text: str, interpreter: RuleInterpreter) -> None:
    assert interpreter.understand(text, profile=Profile(), last=None).message == text


def test_an_ordinary_question_is_read_in_a_few_milliseconds(interpreter: RuleInterpreter) -> None:
    interpreter.understand(TEXTS[0], profile=Profile(), last=None)
    spent_ms = []
    for text in TEXTS:
        start = time.perf_counter()
        interpreter.understand(text, profile=Profile(), last=None)
        spent_ms.append(1000 * (time.perf_counter() - start))

    assert statistics.median(spent_ms) < 5


def test_the_same_message_is_always_read_the_same(interpreter: RuleInterpreter) -> None:
    once = [interpreter.understand(t, profile=Profile(), last=None) for t in TEXTS[:60]]
    again = [interpreter.understand(t, profile=Profile(), last=None) for t in TEXTS[:60]]

    assert once == again
