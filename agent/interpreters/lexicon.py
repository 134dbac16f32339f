"""All that the interpreter knows about words: phrases, classes, periods, currencies, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict, TypeAdapter

from agent.interpreters.lexer import Spellings
from agent.interpreters.phrasebook import Phrasebook
from agent.interpreters.spelling import Speller
from agent.interpreters.wordlists import read_yaml

_CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")
_WEIGHTED = ("tasks", "domains", "intents", "quantities")
_PLAIN = ("slots", "talk")

Phrases = list[str]
_PHRASES: TypeAdapter[dict[str, Phrases | dict[float, Phrases]]] = TypeAdapter(
    dict[str, Phrases | dict[float, Phrases]]
)
_WORDS: TypeAdapter[dict[str, list[str]]] = TypeAdapter(dict[str, list[str]])


class Period(BaseModel):
    """A span of time in days, the words that name it and those that say "each" of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: float
    words: tuple[str, ...]
    each: tuple[str, ...]


class Currency(BaseModel):
    """What one unit is in US dollars; None where no rate is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    usd: float | None = None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists, ready for reading."""

    phrasebook: Phrasebook
    spellings: Spellings
    speller: Speller
    period_days: dict[str, float]
    usd_per_unit: dict[str, float | None]
    countries: dict[str, str]
    tongues: dict[str, str]
    class_words: dict[str, frozenset[str]]
    stopwords: dict[str, frozenset[str]]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon; the files are read at the first call."""
    periods = TypeAdapter(dict[str, Period]).validate_python(read_yaml("periods"))
    currencies = TypeAdapter(dict[str, Currency]).validate_python(read_yaml("currencies"))
    places, tongues = read_yaml("places"), read_yaml("tongues")
    countries = _WORDS.validate_python(places["countries"])
    names = _WORDS.validate_python(tongues["names"])
    classes = {name: tuple(words) for name, words in _classes().items()}
    classes["period"] = tuple(word for period in periods.values() for word in period.words)
    classes["each"] = tuple(word for period in periods.values() for word in period.each)
    classes["country"] = tuple(word for words in countries.values() for word in words)
    classes["tongue_name"] = tuple(word for words in names.values() for word in words)
    phrases = [*_phrases(), *_place_phrases(places), *_tongue_phrases(tongues)]
    book = Phrasebook(phrases, classes)
    spelled = read_yaml("spelling")
    hurried = TypeAdapter(dict[str, str]).validate_python(spelled.pop("hurried"))
    spelling = _WORDS.validate_python(spelled)
    return Lexicon(
        phrasebook=book,
        spellings=Spellings(
            currencies={word: code for code, c in currencies.items() for word in c.words},
            chinese=_chinese(phrases, classes),
        ),
        speller=Speller(
            book.words, first=spelling["words"], leave=spelling["leave"], hurried=hurried
        ),
        period_days={
            word: period.days
            for period in periods.values()
            for word in (*period.words, *period.each)
        },
        usd_per_unit={code: currency.usd for code, currency in currencies.items()},
        countries={word: code for code, words in countries.items() for word in words},
        tongues={word: code for code, words in names.items() for word in words},
        class_words={name: frozenset(words) for name, words in classes.items()},
        stopwords={
            name: frozenset(words)
            for name, words in _WORDS.validate_python(read_yaml("stopwords")).items()
        },
    )


def _classes() -> dict[str, list[str]]:
    return _WORDS.validate_python(read_yaml("classes"))


def _phrases() -> Iterator[tuple[str, float, str]]:
    for file in (*_WEIGHTED, *_PLAIN):
        for label, body in _PHRASES.validate_python(read_yaml(file)).items():
            weighted = body if isinstance(body, dict) else {1.0: body}
            for weight, patterns in weighted.items():
                for pattern in patterns:
                    yield f"{file}/{label}", weight, pattern


def _place_phrases(places: dict[str, object]) -> Iterator[tuple[str, float, str]]:
    for label, patterns in _WORDS.validate_python(places["residency"]).items():
        for pattern in patterns:
            yield f"residency/{label}", 1.0, pattern
    for pattern in TypeAdapter(list[str]).validate_python(places["country_frame"]):
        yield "residency/country", 1.0, pattern


def _tongue_phrases(tongues: dict[str, object]) -> Iterator[tuple[str, float, str]]:
    for pattern in TypeAdapter(list[str]).validate_python(tongues["frames"]):
        yield "tongues/frame", 1.0, pattern


def _chinese(
    phrases: list[tuple[str, float, str]], classes: dict[str, tuple[str, ...]]
) -> frozenset[str]:
    texts = [*(pattern for _, _, pattern in phrases), *(" ".join(w) for w in classes.values())]
    return frozenset(word for text in texts for word in _CHINESE.findall(text))
