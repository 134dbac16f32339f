"""Search by words: BM25 of Tantivy (k1 1.2, b 0.75) over stemmed words, on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.chunks import Chunk
from knowledge.errors import StorageError
from knowledge.storage.lock import storage_errors
from knowledge.storage.names import vector_id
from knowledge.storage.vectors import Filter, Scored

if TYPE_CHECKING:
    from tantivy import Index, Query, Schema, TextAnalyzer

FOLDER = "words"
WORD = r"\w+(?:\.\d+)*"
"""Keeps 3.3 and 4.1 whole: versions tell models apart."""
LONGEST = 60
HEAP_BYTES = 50_000_000


class Words:
    """The words of chunks, by the ids of their vectors. Safe in threads."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or make one.

        Raises:
            StorageError: if it can't be opened or made.
        """
        self._folder = folder / FOLDER
        self._schema = _schema()
        self._analyzer = _analyzer()
        with self._errors():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._index: Index = _open(self._schema, self._folder)
            self._index.register_tokenizer("words", self._analyzer)

    def reload(self) -> None:
        """Take in what another process has written."""
        with self._errors():
            self._index.reload()

    def change(self, add: Iterable[Chunk], remove: Iterable[str], *, anew: bool = False) -> None:
        """Add chunks and remove those with the vector ids `remove`, in one step.

        Args:
            add: chunks; one that is there already is replaced.
            remove: ids of vectors.
            anew: forget everything that was there before.
        """
        from tantivy import Document

        with self._errors():
            writer = self._index.writer(HEAP_BYTES, 1)
            if anew:
                writer.delete_all_documents()
            for name in remove:
                writer.delete_documents_by_term("vector", name)
            for chunk in add:
                name = vector_id(chunk)
                writer.delete_documents_by_term("vector", name)
                document = Document()
                document.add_text("vector", name)
                document.add_text("doc_id", chunk.doc_id)
                document.add_text("kind", chunk.kind)
                document.add_text("text", chunk.text)
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()

    def count(self) -> int:
        """Return how many chunks there are."""
        return self._index.searcher().num_docs

    def ranked(self, query: str, *, count: int, allowed: Filter) -> Scored:
        """Return at most `count` chunks that share a word with `query`, by vector id and score.

        A word that `query` has twice counts twice.
        """
        words = Counter(self._analyzer.analyze(query))
        if not words or count < 1 or allowed.nothing:
            return []
        with self._errors():
            searcher = self._index.searcher()
            found = searcher.search(self._query(words, allowed), limit=count, count=False)
            return [(searcher.doc(place)["vector"][0], score) for score, place in found.hits]

    def _query(self, words: Mapping[str, int], allowed: Filter) -> Query:
        from tantivy import Occur, Query

        terms = [
            Query.boost_query(Query.term_query(self._schema, "text", word, "freq"), count)
            for word, count in words.items()
        ]
        parts = [(Occur.Must, Query.boolean_query([(Occur.Should, term) for term in terms]))]
        for field, values in (("kind", allowed.kinds), ("doc_id", allowed.doc_ids)):
            if values is not None:
                inside = Query.term_set_query(self._schema, field, sorted(values))
                parts.append((Occur.Must, Query.const_score_query(inside, 0.0)))
        return Query.boolean_query(parts)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with storage_errors(self._folder):
                yield
        except ValueError as error:
            reason = " ".join(str(error).split())[:200]
            raise StorageError(f"The index of words in {self._folder} failed: {reason}") from error


def _open(schema: Schema, folder: Path) -> Index:
    from tantivy import Index

    return Index(schema, path=str(folder))


def _schema() -> Schema:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("vector", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("doc_id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="words", index_option="freq")
    return builder.build()


def _analyzer() -> TextAnalyzer:
    from tantivy import Filter as Step
    from tantivy import TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.regex(WORD))
        .filter(Step.remove_long(LONGEST))
        .filter(Step.lowercase())
        .filter(Step.stopword("english"))
        .filter(Step.stemmer("english"))
        .build()
    )
