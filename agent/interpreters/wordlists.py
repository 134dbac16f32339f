"""Which words does the interpreter know? Data files, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

_MAPPING: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])


class NumberWords(BaseModel):
    """The number words of one language, or of English and one more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ones: dict[str, float]
    scales: dict[str, float]
    plurals: dict[str, float]
    vague: dict[str, tuple[float, float, float]]
    articles: frozenset[str]
    joins: frozenset[str]

    def knows(self, word: str) -> bool:
        """Return whether `word` can stand inside a number."""
        return self.counts(word) or word in self.joins or word in self.articles

    def counts(self, word: str) -> bool:
        """Return whether `word` has a value of its own."""
        return (
            word in self.ones or word in self.scales or word in self.plurals or word in self.vague
        )

    def starts(self, word: str) -> bool:
        """Return whether a number can start with `word`."""
        return self.counts(word) or word in self.articles


@dataclass(frozen=True, slots=True)
class NumberLexicon:
    """Number words of all languages, figure suffixes and the words that join a range."""

    languages: dict[str, NumberWords]
    combined: dict[str, NumberWords]
    suffixes: dict[str, float]
    range_words: frozenset[str]

    def for_language(self, language: str) -> NumberWords:
        """Return the words of English together with those of `language`."""
        return self.combined.get(language, self.languages["en"])

    def scale(self, word: str, language: str) -> float | None:
        """Return what a scale word multiplies by, in `language` first, then in any."""
        for lexicon in (self.for_language(language), *self.languages.values()):
            if word in lexicon.scales:
                return lexicon.scales[word]
        return None


def read_yaml(name: str) -> dict[str, object]:
    """Return the mapping in the data file called `name`.yaml; every scalar stays a string.

    Words such as "no" and "on" would otherwise be read as truth values.
    """
    text = resources.files("agent.interpreters").joinpath(f"data/{name}.yaml").read_text("utf-8")
    return _MAPPING.validate_python(yaml.load(text, Loader=yaml.CBaseLoader))


_SETS: TypeAdapter[dict[str, frozenset[str]]] = TypeAdapter(dict[str, frozenset[str]])


@cache
def word_set(name: str) -> frozenset[str]:
    """Return the set of words called `name`.

    Raises:
        KeyError: if there is none.
    """
    return _word_sets()[name]


@cache
def _word_sets() -> dict[str, frozenset[str]]:
    return _SETS.validate_python(read_yaml("words"))


@cache
def number_words() -> NumberLexicon:
    """Return the number words of all languages."""
    raw = read_yaml("numbers")
    suffixes = TypeAdapter(dict[str, float]).validate_python(raw.pop("suffixes"))
    joins = TypeAdapter(frozenset[str]).validate_python(raw.pop("range_words"))
    languages = {name: NumberWords.model_validate(words) for name, words in raw.items()}
    english = languages["en"]
    combined = {name: _joined(english, words) for name, words in languages.items()}
    return NumberLexicon(languages, combined, suffixes, joins)


def _joined(first: NumberWords, second: NumberWords) -> NumberWords:
    return NumberWords(
        ones={**first.ones, **second.ones},
        scales={**first.scales, **second.scales},
        plurals={**first.plurals, **second.plurals},
        vague={**first.vague, **second.vague},
        articles=first.articles | second.articles,
        joins=first.joins | second.joins,
    )
