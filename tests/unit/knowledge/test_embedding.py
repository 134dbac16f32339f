from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge import embedding
from knowledge.embedding import CHROMA_ARCHIVE, MiniLM, find_weights
from knowledge.errors import EmbedderError

EMBEDDER = MiniLM()


def test_vectors_have_length_one_and_the_stated_dimensions() -> None:
    rows = EMBEDDER.embed(["a card", "a model with many words " * 100, ""])

    assert rows.shape == (3, EMBEDDER.dimensions)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_related_texts_are_nearer_than_unrelated_ones() -> None:
    cat, kitten, memory = EMBEDDER.embed(["a cat on a mat", "a kitten on a rug", "GPU bandwidth"])

    assert cat @ kitten > 0.5 > cat @ memory


def test_the_order_of_texts_is_kept_whatever_their_length() -> None:
    texts = ["long " * 80, "short", "of middle length " * 10]

    together = EMBEDDER.embed(texts)

    for row, text in zip(together, texts, strict=True):
        assert row @ EMBEDDER.embed([text])[0] > 0.98


def test_no_text_gives_no_rows() -> None:
    assert EMBEDDER.embed([]).shape == (0, EMBEDDER.dimensions)


def test_threads_share_one_embedder() -> None:
    shared = MiniLM(threads=1)
    expected = EMBEDDER.embed(["the same text"])[0]
    found: list[float] = []

    def work() -> None:
        found.append(float(shared.embed(["the same text"])[0] @ expected))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == pytest.approx([1] * 4, abs=1e-3)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"not a model")

    with pytest.raises(EmbedderError, match=r"damaged.*make setup"):
        embedding._checked(path, embedding.MODEL_SHA256)


def test_an_archive_of_chroma_with_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [])
    archive = tmp_path / CHROMA_ARCHIVE
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"not the archive")

    with pytest.raises(EmbedderError, match=r"onnx\.tar\.gz is damaged"):
        find_weights(home=tmp_path)
    os.remove(archive)
    with pytest.raises(EmbedderError, match="make setup"):
        find_weights(home=tmp_path)
