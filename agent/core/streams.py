"""How many streams does a server hold at its best throughput?"""

from __future__ import annotations

from agent.core.sizing import size
from agent.core.throughput import Setup

MOST_STREAMS = {"tensorrt-llm": (2048, 2048), "llama.cpp": (64, 64)}
"""Most streams at once by engine, on small and large cards: TensorRT-LLM's default max_batch_size,
and llama.cpp's highest number of parallel sequences in common builds."""
USUAL_MOST = (256, 1024)
"""The same elsewhere: vLLM's default max_num_seqs on cards below and from `LARGE_CARD_GB`."""
LARGE_CARD_GB = 70


def most_streams(setup: Setup, *, input_tokens: float, output_tokens: float) -> int:
    """Return the streams of one copy that memory and the engine's default hold, at least 1.

    Streams are at different points of their answers, so on average each holds its prompt and half
    of its answer (paged attention, Kwon et al. 2023, arXiv 2309.06180).
    """
    hardware, engine = setup.hardware, setup.engine.family
    limits = MOST_STREAMS.get(engine, USUAL_MOST)
    limit = limits[(hardware.value("memory") or 0.0) >= LARGE_CARD_GB]
    memory = size(
        setup.model,
        hardware,
        precision=setup.precision,
        engine=engine,
        devices=max(1, setup.devices // setup.layout.replicas),
        context_tokens=max(1, round(input_tokens + output_tokens / 2)),
        concurrency=1,
    )
    return max(1, min(limit, limit if memory.max_concurrency is None else memory.max_concurrency))
