"""The pattern language, the speller, and what counts as the user's own words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agent import interpreters
from agent.interpreters.lexer import Spellings, read_tokens
from agent.interpreters.pasted import without_pasted
from agent.interpreters.phrasebook import Phrasebook, expand
from agent.interpreters.spelling import Speller

DATA = sorted(Path(interpreters.__file__).with_name("data").glob("*.yaml"))
SPELLINGS = Spellings(currencies={"euro": "EUR"}, chinese=frozenset({"每天", "工单"}))
UNITS: dict[str, tuple[str, ...]] = {"unit": ("day", "week")}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("route tickets", "we route tickets", True),
        ("route ..2 tickets", "route all the tickets", True),
        ("route ..2 tickets", "route all of the old tickets", False),
        ("route .. tickets", "route them. tickets", False),
        ("fine tune", "fine-tune it", True),
        ("classif*", "classification", True),
        ("*ticket*", "Supporttickets", True),
        ("(big|large) model", "a large model", True),
        ("a (big|) model", "a model", True),
        ("# .. per @unit", "20k mails per week", True),
        ("# .. per @unit", "many mails per week", False),
        ("$ per @unit", "50 euro per day", True),
        ("% right", "95% right", True),
        ("^ why", "why is that", True),
        ("^ why", "say why", False),
        ("每天 # .. 工单", "每天200张工单", True),
        ("# / @unit", "5/day", True),
    ],
)
def test_a_pattern_finds_what_it_describes(pattern: str, text: str, found: bool) -> None:
    book = Phrasebook([("label", 1.0, pattern)], UNITS)

    assert bool(book.find(read_tokens(text, SPELLINGS))) is found


def test_single_words_of_a_choice_stay_one_element() -> None:
    assert list(expand("(a|b|c d) e")) == [("c", "d", "e"), ("(a|b)", "e")]


def test_a_phrase_reports_the_numbers_it_caught() -> None:
    book = Phrasebook([("label", 1.0, "# mails .. @unit")], UNITS)
    tokens = read_tokens("20 mails per day", SPELLINGS)

    (hit,) = book.find(tokens)

    assert [tokens[place].text for place in hit.caught] == ["20", "day"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("clasify", "classify"),
        ("tikets", "tickets"),
        ("content", "content"),
        ("banana", "banana"),
        ("evry", "every"),
    ],
)
def test_a_slip_is_forgiven_and_a_good_word_stays(written: str, meant: str) -> None:
    speller = Speller(
        ["classify", "tickets", "context"],
        first=["classify"],
        leave=["content"],
        hurried={"evry": "every"},
    )

    assert speller.correct(written) == meant


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Is this true?\n> 700B on one card\n> at 240 W", "Is this true?"),
        ('They wrote "we serve 50,000 requests a day with ease". True?', "They wrote . True?"),
        ("Plain words only.", "Plain words only."),
    ],
)
def test_quoted_words_are_not_the_users_own(text: str, own: str) -> None:
    kept, _ = without_pasted(text)

    assert len(kept) == len(text)
    assert " ".join(kept.split()) == own


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_no_key_of_a_word_list_stands_twice(path: Path) -> None:
    """The later one would replace the earlier one without a word."""
    waiting: list[yaml.Node | None] = [yaml.compose(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), keys
            waiting += [value for _, value in node.value]
