from __future__ import annotations

from pathlib import Path

import pytest
from knowledge_documents import HARDWARE, MODEL, STUDY, TOOLKIT, loaded

from knowledge.chunks import Chunk, chunk_document
from knowledge.index import Filter
from knowledge.lexical import Lexical
from knowledge.search import fuse, main_basis, pick

ALL = Filter()


def chunk(name: str, text: str = "", doc_id: str = "notes/a") -> Chunk:
    return Chunk(f"{doc_id}#{name}", doc_id, "note", name, text)


def chunks() -> list[Chunk]:
    items = [loaded(text) for text in (HARDWARE, MODEL, TOOLKIT, STUDY)]
    return [piece for item in items for piece in chunk_document(item.document, item.body)]


def test_what_both_rankings_hold_comes_before_what_one_ranks_first() -> None:
    a, b, c = chunk("a"), chunk("b"), chunk("c")

    fused = fuse([[a, b], [c, b]], k=20)

    assert fused[0][0] == b
    assert fused[0][1] == pytest.approx(2 / 22)
    assert [item.id for item, _ in fused[1:]] == [a.id, c.id]


def test_one_document_does_not_crowd_out_the_others() -> None:
    many = [(chunk(str(n)), 1 - n / 10) for n in range(5)]
    other = (chunk("x", doc_id="notes/b"), 0.1)

    picked = pick([*many, other], k=4, per_document=3)

    assert [item.doc_id for item, _ in picked] == ["notes/a"] * 3 + ["notes/b"]


def test_words_are_found_in_other_forms_and_versions_stay_whole() -> None:
    index = Lexical([chunk("a", "serving Model 3.3 cheaply"), chunk("b", "serve Model 3.1")])

    assert index.ranked("serves 3.3", count=5, allowed=ALL)[0].heading == "a"
    assert [c.heading for c in index.ranked("3.1", count=5, allowed=ALL)] == ["b"]


@pytest.mark.parametrize("query", ["", "the of and", "zzz", "?!"])
def test_a_query_without_known_words_finds_nothing(query: str) -> None:
    assert Lexical(chunks()).ranked(query, count=5, allowed=ALL) == []


def test_an_index_of_nothing_finds_nothing() -> None:
    assert Lexical([]).ranked("nothing", count=5, allowed=ALL) == []


def test_filters_keep_kinds_and_documents() -> None:
    index = Lexical(chunks())
    models = Filter(kinds=frozenset({"model"}))

    found = index.ranked("demo small model card", count=20, allowed=models)

    assert {item.kind for item in found} == {"model"}
    assert index.ranked("demo", count=20, allowed=models.within({"hardware/demo-24"})) == []


def test_a_saved_index_ranks_as_before_and_replaces_older_ones(tmp_path: Path) -> None:
    pieces = chunks()
    Lexical(pieces).save(tmp_path / "lexical-old")
    Lexical(pieces).save(tmp_path / "lexical-new")

    again = Lexical.load(tmp_path / "lexical-new", pieces)

    query = "who measured the card"
    expected = Lexical(pieces).ranked(query, count=9, allowed=ALL)
    assert again.ranked(query, count=9, allowed=ALL) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["lexical-new"]


def test_a_saved_index_of_other_chunks_or_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    pieces = chunks()
    Lexical(pieces[:2]).save(tmp_path / "lexical-a")
    assert Lexical.load(tmp_path / "lexical-a", pieces).ranked("demo", count=99, allowed=ALL)

    (tmp_path / "lexical-a" / "params.index.json").write_text("{")
    assert Lexical.load(tmp_path / "lexical-a", pieces).ranked("demo", count=99, allowed=ALL)


def test_the_main_basis_is_that_of_most_figures() -> None:
    assert main_basis(loaded(HARDWARE).document) == "vendor"
    assert main_basis(loaded(TOOLKIT).document) == "independent"
    assert main_basis(loaded(STUDY).document) == "study"
