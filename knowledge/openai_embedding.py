"""Vectors from an OpenAI-compatible endpoint."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import SecretStr

from knowledge.embedding import Vectors, unit_rows
from knowledge.errors import EmbedderError

if TYPE_CHECKING:
    from openai import OpenAI

BATCH = 128


class OpenAIEmbedder:
    """Embeddings by OpenAI, or by any server that speaks its API (vLLM, Ollama, llama.cpp)."""

    def __init__(
        self,
        model: str,
        *,
        dimensions: int,
        api_key: SecretStr | None = None,
        base_url: str | None = None,
        timeout_s: float = 60,
    ) -> None:
        """Prepare; nothing is sent before the first use.

        Args:
            model: the endpoint's name of the model.
            dimensions: how many numbers the model's vectors have.
            api_key: sent to the endpoint only; local servers need none.
            base_url: such as "http://127.0.0.1:8000/v1"; OpenAI's own by default.
            timeout_s: longest wait for one batch.
        """
        self.name = f"{base_url or 'openai'}/{model}".removeprefix("https://")
        self.dimensions = dimensions
        self._model = model
        self._api_key = api_key
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._client: OpenAI | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 a text, asked for in batches of 128.

        Raises:
            EmbedderError: if the endpoint fails or answers with another number of vectors.
        """
        rows = [np.zeros((0, self.dimensions), dtype=np.float32)]
        rows += [
            self._batch(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)
        ]
        return unit_rows(np.concatenate(rows))

    def close(self) -> None:
        """Close the connections; a later use opens new ones."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _batch(self, texts: list[str]) -> Vectors:
        from openai import OpenAIError

        try:
            answer = self._connect().embeddings.create(
                model=self._model, input=texts, encoding_format="float"
            )
        except OpenAIError as error:
            reason = " ".join(str(error).split())[:200]
            raise EmbedderError(f"The embedding endpoint {self.name!r} failed: {reason}") from error
        rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        if len(rows) != len(texts) or any(len(row) != self.dimensions for row in rows):
            sizes = sorted({len(row) for row in rows})
            raise EmbedderError(
                f"The embedding endpoint {self.name!r} answered {len(rows)} vectors of {sizes} "
                f"numbers to {len(texts)} texts; {self.dimensions} numbers each were expected"
            )
        return np.asarray(rows, dtype=np.float32)

    def _connect(self) -> OpenAI:
        from openai import OpenAI

        with self._lock:
            if self._client is None:
                key = self._api_key.get_secret_value() if self._api_key else "none"
                self._client = OpenAI(
                    api_key=key, base_url=self._base_url, timeout=self._timeout_s, max_retries=2
                )
            return self._client
