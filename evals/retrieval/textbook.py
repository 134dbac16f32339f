"""BM25 from the textbook: a check of the search's own index, with scores that can be mixed.

Robertson and Zaragoza, Foundations and Trends in IR 3(4), 2009, with the idf of Lucene,
ln(1 + (N - n + 0.5) / (n + 0.5)); a word that a query repeats counts each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.storage.words import WORD

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

K1, B = 1.2, 0.75


class Textbook:
    """The words of texts, all in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index `texts`."""
        from scipy.sparse import csr_array

        self._analyzer = _analyzer()
        counts = [Counter(self._analyzer.analyze(text)) for text in texts]
        self._columns = {word: at for at, word in enumerate(sorted({w for c in counts for w in c}))}
        lengths = np.array([max(1, count.total()) for count in counts])
        norms = K1 * (1 - B + B * lengths / lengths.mean())
        entries = [
            (row, self._columns[word], times / (times + norms[row]))
            for row, count in enumerate(counts)
            for word, times in count.items()
        ]
        rows, columns, parts = zip(*entries, strict=True)
        shape = (len(texts), len(self._columns))
        saturated = csr_array((parts, (rows, columns)), shape=shape)
        found_in = np.bincount(columns, minlength=shape[1])
        self._idf = np.log(1 + (shape[0] - found_in + 0.5) / (found_in + 0.5))
        self._saturated = saturated

    def scores(self, query: str) -> NDArray[np.float64]:
        """Return the score of every text, 0 where it shares no word with `query`."""
        weights = np.zeros(len(self._columns))
        for word in self._analyzer.analyze(query):
            if word in self._columns:
                weights[self._columns[word]] += self._idf[self._columns[word]]
        scores: NDArray[np.float64] = self._saturated @ weights
        return scores


def _analyzer() -> TextAnalyzer:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.regex(WORD))
        .filter(Filter.lowercase())
        .filter(Filter.stopword("english"))
        .filter(Filter.stemmer("english"))
        .build()
    )
