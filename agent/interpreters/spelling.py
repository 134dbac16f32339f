"""Which known word is a misspelt one? One slip in six letters, two in ten; the first holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz.distance import OSA

_SHORTEST = 6
_LONG = 10


class Speller:
    """Known words of six letters and more, found again by what is left when letters drop out."""

    def __init__(
        self,
        words: Iterable[str],
        *,
        first: Iterable[str],
        leave: Iterable[str],
        hurried: Mapping[str, str],
    ) -> None:
        """Learn `words`; those in `first` win ties, those in `leave` are right as they are.

        `hurried` are spellings of short words that no rule would find.
        """
        self._hurried = dict(hurried)
        self._first = frozenset(first)
        known = {*words, *self._first}
        self._words = frozenset(w for w in known if len(w) >= _SHORTEST and w.isascii())
        self._leave = frozenset(leave)
        self._by_rest: dict[str, list[str]] = {}
        for word in sorted(self._words):
            for rest in {word, *_rests(word)}:
                self._by_rest.setdefault(rest, []).append(word)
        self._read: dict[str, str] = {}

    def correct(self, word: str, language: str = "en") -> str:
        """Return the known word that `word` is a misspelling of, or `word` itself.

        Most known words are English, so only long words of another language are corrected:
        the Spanish "recibe" is no "recipe".
        """
        english = language == "en"
        if english and word in self._hurried:
            return self._hurried[word]
        if (
            len(word) < (_SHORTEST if english else _LONG)
            or word in self._words
            or word in self._leave
        ):
            return word
        if word not in self._read and len(self._read) < 20_000:
            self._read[word] = self._nearest(word)
        return self._read.get(word, word)

    def _nearest(self, word: str) -> str:
        slips = 2 if len(word) >= _LONG else 1
        found = {
            known
            for rest in (word, *_rests(word))
            for known in self._by_rest.get(rest, ())
            if known[0] == word[0]
        }
        ranked = sorted((OSA.distance(word, k), k not in self._first, k) for k in found)
        return ranked[0][2] if ranked and ranked[0][0] <= slips else word


def _rests(word: str) -> Iterator[str]:
    for index in range(1, len(word)):
        yield word[:index] + word[index + 1 :]
