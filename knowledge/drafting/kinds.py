"""Which kind of document a text reads like, by its words.

Multinomial naive Bayes over the prose of the catalogue's own documents, each word counted once a
document, with equal priors (the corpus has nine models to a study, a user's page has not). Each of
the 578 bundled documents held out in turn: 556 right, 6 wrong, 16 unsure (November 2026). That is
prose of one house; of other pages a kind is only taken together with facts of that kind.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from knowledge.catalogue import Catalogue
from knowledge.drafting.traits import Size
from knowledge.names import fold
from knowledge.schema import Model

WORD = re.compile(r"[a-z][a-z-]{2,}")
SURE = 0.8
SMOOTHING = 0.1
"""Documents' worth of the words' common rates that each class is mixed with."""
TIER_SEEN = 3
TIER_SHARE = 0.8
LONGEST = 400
"""Words of a text that are read."""


class Classes:
    """How often words occur in the texts of each class."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        """Count the words of `texts`, pairs of class and text."""
        self._counts: dict[str, Counter[str]] = {}
        self._documents: Counter[str] = Counter()
        for name, text in texts:
            self._counts.setdefault(name, Counter()).update(words_in(text))
            self._documents[name] += 1
        self._common: dict[str, float] = {}
        for name, counts in self._counts.items():
            for word, count in counts.items():
                share = (count + 0.5) / (self._documents[name] + 1)
                self._common[word] = self._common.get(word, 0.0) + share

    def shares(self, text: str, *, without: tuple[str, str] | None = None) -> Mapping[str, float]:
        """Return the probability of each class for `text`, tempered by its length.

        `without` takes a text of the training data out again, for leave-one-out tests.
        """
        words = [word for word in words_in(text) if word in self._common]
        left = words_in(without[1]) if without else frozenset()
        common = {word: self._common[word] / len(self._counts) for word in words}
        scores: dict[str, float] = {}
        for name, counts in self._counts.items():
            own = 1 if without and without[0] == name else 0
            total = self._documents[name] - own
            if total:
                scores[name] = sum(
                    math.log(
                        (counts[word] - (own if word in left else 0) + SMOOTHING * common[word])
                        / (total + SMOOTHING)
                    )
                    for word in words
                )
        if not scores or not words:
            return {}
        # Words of one text are not independent: the evidence grows with the root of their number.
        cooled = {name: score / math.sqrt(len(words)) for name, score in scores.items()}
        best = max(cooled.values())
        powers = {name: math.exp(score - best) for name, score in cooled.items()}
        return {name: power / sum(powers.values()) for name, power in powers.items()}


def words_in(text: str) -> frozenset[str]:
    """Return the words at the start of `text`, folded."""
    found = WORD.findall(fold(re.sub(r"https?://\S+", " ", text)))
    return frozenset(found[:LONGEST])


@lru_cache(maxsize=2)
def kinds_of(catalogue: Catalogue) -> Classes:
    """Return the words of each kind of document."""
    return Classes(
        (document.kind, catalogue.body(document.id))
        for document in catalogue.documents
        if document.kind != "note"
    )


def tier_of(name: str, catalogue: Catalogue) -> Size | None:
    """Return the size class of the closed models that share a word with `name` ("mini"), or None.

    A word tells where at least TIER_SEEN closed models have it and TIER_SHARE of them are of one
    class; two words that tell different classes tell nothing.
    """
    found: set[Size] = set()
    for word in set(re.findall(r"[a-z]{2,}", fold(name))):
        classes = Counter(
            document.size_class
            for document in catalogue.of("model")
            if isinstance(document, Model)
            and not document.open_weights
            and word in re.findall(r"[a-z]{2,}", fold(document.title))
        )
        ranked = classes.most_common(1)
        if classes.total() >= TIER_SEEN and ranked[0][1] >= TIER_SHARE * classes.total():
            found.add(ranked[0][0])
    return found.pop() if len(found) == 1 else None


def likely(shares: Mapping[str, float], *, sure: float = SURE) -> str | None:
    """Return the class with at least the share `sure`, or None."""
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best and shares[best] >= sure else None
