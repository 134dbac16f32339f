from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from knowledge_documents import HARDWARE, MODEL, STUDY, TOOLKIT, loaded

from knowledge.chunks import Chunk, chunk_document
from knowledge.schema import Note
from knowledge.search import fuse, main_basis, newer_first, pick
from knowledge.storage.names import vector_id
from knowledge.storage.vectors import Filter, Scored
from knowledge.storage.words import Words

ALL = Filter()


def chunk(name: str, text: str = "", doc_id: str = "notes/a") -> Chunk:
    return Chunk(f"{doc_id}#{name}", doc_id, "note", name, text)


def chunks() -> list[Chunk]:
    items = [loaded(text) for text in (HARDWARE, MODEL, TOOLKIT, STUDY)]
    return [piece for item in items for piece in chunk_document(item.document, item.body)]


def names(found: Scored) -> list[str]:
    return [name for name, _ in found]


def words_of(folder: Path, pieces: list[Chunk]) -> Words:
    words = Words(folder)
    words.change(pieces, ())
    return words


def test_what_both_rankings_hold_comes_before_what_one_ranks_first() -> None:
    meaning = [("a", 0.9), ("b", 0.8), ("d", 0.1)]
    words = [("c", 30.0), ("b", 20.0), ("a", 5.0)]

    fused = fuse([meaning, words], [1.0, 1.0])

    assert [name for name, _ in fused] == ["b", "a", "c", "d"]
    assert dict(fused) == pytest.approx({"b": 0.7 / 0.8 + 0.6, "a": 1, "c": 1, "d": 0})
    assert fuse([[("a", 2.0)], []], [0.5, 0.5]) == [("a", 0.5)]


def test_one_document_does_not_crowd_out_the_others() -> None:
    found = [(chunk(str(n)), 1 - n / 10) for n in range(5)] + [(chunk("x", doc_id="notes/b"), 0.1)]

    picked = pick(found, k=4, per_document=3)

    assert [item.doc_id for item, _ in picked] == ["notes/a"] * 3 + ["notes/b"]


def test_of_near_ties_the_newer_document_comes_first_and_what_is_gone_is_passed_over() -> None:
    dated = {
        name: Note(id=f"notes/{name}", title=name, read_on="2026-11-01", published=published)
        for name, published in (("old", "2019"), ("new", "2026-10"), ("undated", None))
    }
    scores = {"old": 0.81, "new": 0.80, "undated": 0.79, "gone": 0.9}
    found = [(chunk("a", doc_id=f"notes/{name}"), score) for name, score in scores.items()]
    documents = {note.id: note for note in dated.values()}

    ranked = newer_first(found, documents, today=dt.date(2026, 11, 24))

    assert [item.doc_id for item, _ in ranked] == ["notes/new", "notes/old", "notes/undated"]


def test_words_are_found_in_other_forms_and_versions_stay_whole(tmp_path: Path) -> None:
    a, b = chunk("a", "serving Model 3.3 cheaply"), chunk("b", "serve Model 3.1")
    words = words_of(tmp_path, [a, b])

    assert names(words.ranked("serves 3.3", count=5, allowed=ALL))[0] == vector_id(a)
    assert names(words.ranked("3.1", count=5, allowed=ALL)) == [vector_id(b)]


@pytest.mark.parametrize("query", ["", "the of and", "zzz", "?!"])
def test_a_query_without_known_words_finds_nothing(query: str, tmp_path: Path) -> None:
    assert words_of(tmp_path, chunks()).ranked(query, count=5, allowed=ALL) == []


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    assert Words(tmp_path).ranked("nothing", count=5, allowed=ALL) == []


def test_filters_keep_kinds_and_documents(tmp_path: Path) -> None:
    pieces = chunks()
    words = words_of(tmp_path, pieces)
    models = Filter(kinds=frozenset({"model"}))

    found = words.ranked("demo small model card", count=20, allowed=models)

    assert found
    assert {name.partition(":")[0] for name, _ in found} == {"model"}
    assert words.ranked("demo", count=20, allowed=models.within({"hardware/demo-24"})) == []
    assert words.ranked("demo", count=20, allowed=ALL.within(set())) == []


def test_words_are_replaced_removed_and_kept_on_disk(tmp_path: Path) -> None:
    a, b = chunk("a", "a lighthouse"), chunk("b", "a mountain")
    words = words_of(tmp_path, [a, b])
    other = Words(tmp_path)

    words.change([a], [vector_id(b)])
    other.reload()

    assert words.count() == other.count() == 1
    assert names(other.ranked("lighthouse mountain", count=9, allowed=ALL)) == [vector_id(a)]
    words.change([b], (), anew=True)
    assert names(words.ranked("lighthouse mountain", count=9, allowed=ALL)) == [vector_id(b)]


def test_the_main_basis_is_that_of_most_figures() -> None:
    assert main_basis(loaded(HARDWARE).document) == "vendor"
    assert main_basis(loaded(TOOLKIT).document) == "independent"
    assert main_basis(loaded(STUDY).document) == "study"
