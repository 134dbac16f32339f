"""The bundled toolkits and studies in a real index, built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from time import perf_counter

import pytest

from knowledge import CORPUS, KnowledgeBase, MiniLM


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("bundled")
    for kind in ("toolkits", "studies"):
        shutil.copytree(CORPUS / kind, folder / "corpus" / kind)
    with KnowledgeBase.open(folder / "kb", embedder=MiniLM(), corpus=folder / "corpus") as base:
        base.sync()
        yield base


@pytest.mark.parametrize(
    ("query", "doc_id"),
    [
        ("which server should we use for many users of an open model", "toolkits/vllm"),
        ("fine-tune on a single consumer card with little memory", "toolkits/unsloth"),
        ("is Text Generation Inference still maintained", "toolkits/tgi"),
        ("legal classification with fine-tuned Llama against GPT-4", "studies/lawma-2024"),
        ("LoRA adapters that beat GPT-4", "studies/lora-land-2024"),
    ],
)
def test_a_question_finds_its_document_among_the_first_five(
    kb: KnowledgeBase, query: str, doc_id: str
) -> None:
    assert doc_id in [passage.doc_id for passage in kb.search(query, k=5)]


def test_a_named_toolkit_comes_first(kb: KnowledgeBase) -> None:
    assert kb.search("Axolotl licence", k=1)[0].doc_id == "toolkits/axolotl"


def test_a_sync_without_changes_takes_less_than_five_seconds(kb: KnowledgeBase) -> None:
    report = kb.sync()

    assert report.unchanged == len(kb.catalogue)
    assert report.seconds < 5


def test_the_index_is_whole(kb: KnowledgeBase) -> None:
    health = kb.check()

    assert health.ok, health.message
    assert health.chunks > health.documents


def test_opening_is_quick(kb: KnowledgeBase) -> None:
    started = perf_counter()
    with KnowledgeBase.open(kb.folder, embedder=kb.embedder, corpus=kb.corpus) as again:
        assert again.snapshot == kb.snapshot
    assert perf_counter() - started < 1
