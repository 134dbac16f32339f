"""One peer's answer to a measured row."""

from __future__ import annotations

from dataclasses import dataclass

from evals.estimates.row import Row


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one peer says. Rates in tokens/s, sizes in GB (1e9 bytes); None is no answer.

    `decode_tok_s` is one stream's, `throughput_tok_s` that of all streams together.
    """

    decode_tok_s: float | None = None
    throughput_tok_s: float | None = None
    prefill_tok_s: float | None = None
    memory_gb: float | None = None
    file_size_gb: float | None = None
    fits: bool | None = None

    def value(self, row: Row) -> float | None:
        """Return the figure that `row` measured; for `oom` 1 where it does not fit, else 0."""
        if row.metric == "oom":
            return None if self.fits is None else float(not self.fits)
        return {
            "decode_tok_s_single_stream": self.decode_tok_s,
            "throughput_tok_s_total_output": self.throughput_tok_s,
            "prefill_tok_s": self.prefill_tok_s,
            "memory_gb": self.memory_gb,
            "file_size_gb": self.file_size_gb,
        }[row.metric]


NO_ANSWER = Prediction()
