"""Which layers of a model keep a cache, and how long it grows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from knowledge.drafting.config import Config
from knowledge.schema import SlidingWindow

FULL = frozenset({"full_attention", "attention", "global_attention", "global"})
LOCAL = frozenset({"sliding_attention", "local_attention", "sliding", "chunked_attention"})
EVERY = {"gemma2": 2, "gemma3": 6, "gemma4": 6, "gpt_oss": 2, "cohere2": 4, "modernbert": 3}
"""One layer in so many sees everything where the file does not list its layers."""
EVERY_NAMES = ("sliding_window_pattern", "_sliding_window_pattern", "global_attn_every_n_layers")
NO_CACHE = frozenset({"mamba", "mamba2", "rwkv", "rwkv6", "falcon_mamba", "recurrent_gemma"})


@dataclass(frozen=True, slots=True)
class Layers:
    """Counts of layers: all, those whose cache grows for ever, those with a window."""

    all: int
    full: int
    local: int
    window: int | None

    @property
    def hybrid(self) -> bool:
        """Whether some layers keep no cache at all."""
        return self.full + self.local < self.all

    @property
    def sliding(self) -> SlidingWindow | None:
        """The window as the schema has it."""
        if not self.window or not self.local:
            return None
        return SlidingWindow(window=self.window, local_layers=self.local)


def layers_of(config: Config, count: int) -> Layers:
    """Return the `count` layers of the model by what they keep.

    Raises:
        DocumentError: if the file lists another number of layers.
    """
    window = _window(config)
    listed = _listed(config)
    if listed is not None:
        if sum(listed.values()) != count:
            raise config.fault(
                "layer_types", sum(listed.values()), f"as many as the {count} layers of the model"
            )
        full = sum(n for kind, n in listed.items() if kind in FULL)
        local = sum(n for kind, n in listed.items() if kind in LOCAL)
        return (
            Layers(count, full, local, window) if window else Layers(count, full + local, 0, None)
        )
    attending = _attending(config, count)
    if attending is not None:
        return Layers(count, attending, 0, None)
    if window is None:
        return Layers(count, count, 0, None)
    local = _local(config, count)
    return Layers(count, count - local, local, window)


def _window(config: Config) -> int | None:
    if config.raw("use_sliding_window") is False:
        return None
    if config.family.startswith("qwen") and not config.raw("use_sliding_window"):
        return None
    return config.whole("window")


def _listed(config: Config) -> Counter[str] | None:
    for name in ("layer_types", "layers_block_type"):
        listed = config.raw(name)
        if isinstance(listed, list) and listed:
            return Counter(map(str, listed))
    pattern = config.raw("hybrid_override_pattern")
    if isinstance(pattern, str) and pattern:
        return Counter("full_attention" if kind == "*" else "other" for kind in pattern)
    return None


def _attending(config: Config, count: int) -> int | None:
    """Return how many layers attend where others hold a state instead; None where all do."""
    kinds = config.raw("attn_type_list")
    if isinstance(kinds, list) and kinds:
        return len([kind for kind in kinds if kind == 1])
    for name in ("attn_layer_indices", "full_attn_idxs"):
        indices = config.raw(name)
        if isinstance(indices, list) and indices:
            return len(indices)
    period, offset = config.raw("attn_layer_period"), config.raw("attn_layer_offset")
    if isinstance(period, int) and isinstance(offset, int) and period > 0:
        return len([index for index in range(count) if index % period == offset])
    interval = config.raw("full_attention_interval")
    if interval is None and config.family in {"qwen3_next", "qwen3_5", "qwen3_5_moe"}:
        interval = 4
    if isinstance(interval, int) and interval > 0:
        return int(count // interval)
    return None


def _local(config: Config, count: int) -> int:
    """Return how many of `count` layers have the window, where the file does not list them."""
    if config.family == "llama4":
        every = config.raw("no_rope_layer_interval") or 4
        return count - count // every if isinstance(every, int) else 0
    if config.family.startswith("qwen"):
        first = config.raw("max_window_layers")
        return max(0, count - first) if isinstance(first, int) else count
    stated = next((config.raw(name) for name in EVERY_NAMES if config.raw(name)), None)
    every = stated if isinstance(stated, int) else EVERY.get(config.family)
    if every is None:
        return count
    if config.family == "modernbert":
        return count - -(-count // every)
    return count - count // every
