"""From config.json to what sizing needs, and how many parameters its dimensions make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.drafting.config import (
    CONTEXTS,
    ENCODERS,
    FOURFOLD,
    HEAD_DIMS,
    HEADS,
    KV_HEADS,
    PER_HEAD,
    TIED,
    TWO_MATRICES,
    UNTIED,
    VOCABULARIES,
    Config,
)
from knowledge.drafting.layers import NO_CACHE, Layers, layers_of
from knowledge.schema import Architecture, Experts, LatentAttention

KNOWN = TIED | UNTIED
NOT_COUNTED = frozenset({"albert", "gemma4", "llama4"})
"""Families with parts that the plain count does not have."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """An architecture; `reason` says why there is none, or what to mind of it."""

    architecture: Architecture | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Heads:
    query: int
    kv: int
    width: int


def draft_architecture(config: Mapping[str, Any], *, hf_id: str, source: str) -> Drafted:
    """Return the architecture that `config` describes, marked as not reviewed.

    Raises:
        DocumentError: if a number can't be, naming the field, its value and the valid range.
    """
    read = Config(config, hf_id)
    if read.family in NO_CACHE:
        return Drafted(None, f"a {read.family} model keeps no cache of keys and values")
    layers, hidden = read.whole("layers"), read.whole("hidden_size")
    vocab = read.whole("vocab_size") or VOCABULARIES.get(read.family)
    context = read.whole("context_tokens") or CONTEXTS.get(read.family)
    tied = read.tied()
    heads = _heads(read, hidden)
    missing = [
        name
        for name, value in (
            ("num_hidden_layers", layers),
            ("hidden_size", hidden),
            ("num_attention_heads or num_key_value_heads", heads),
            ("vocab_size", vocab),
            ("max_position_embeddings", context),
            ("tie_word_embeddings", tied),
        )
        if value is None
    ]
    if not layers or not hidden or not heads or not vocab or not context or tied is None:
        return Drafted(None, f"config.json does not say {', '.join(missing)}")
    kept = layers_of(read, layers)
    wide = read.whole("intermediate_size") or (4 * hidden if read.family in FOURFOLD else None)
    latent = _latent(read)
    moe = _experts(read, layers, wide)
    total, active = _count(read, kept, hidden, heads, vocab, wide, moe, tied)
    drafted = Architecture(
        source=source,
        hf_id=hf_id,
        layers=layers,
        hidden_size=hidden,
        heads=heads.query,
        kv_heads=heads.kv,
        head_dim=heads.width,
        vocab_size=vocab,
        intermediate_size=wide,
        context_tokens=context,
        attention=_attention(kept, heads, latent),
        tied_embeddings=tied,
        parameters_b=total,
        active_parameters_b=active,
        moe=moe,
        mla=latent,
        sliding_window=kept.sliding,
        full_attention_layers=(kept.full + kept.local or None) if kept.hybrid else None,
        unreviewed=True,
    )
    if read.family in KNOWN:
        return Drafted(drafted)
    return Drafted(drafted, f"the family {read.family!r} is not known; dimensions as config.json")


def _attention(
    kept: Layers, heads: _Heads, latent: LatentAttention | None
) -> Literal["mha", "gqa", "mqa", "mla", "hybrid"]:
    if latent:
        return "mla"
    if kept.hybrid:
        return "hybrid"
    if heads.kv == heads.query:
        return "mha"
    return "mqa" if heads.kv == 1 else "gqa"


def _heads(read: Config, hidden: int | None) -> _Heads | None:
    default = HEADS.get(read.family, (None, None))
    query = read.whole("heads") or default[0]
    if query is None or hidden is None:
        return None
    kv = _kv_heads(read, query) or default[1]
    if kv is None:
        return None
    if kv > query or query % kv:
        raise read.fault("num_key_value_heads", kv, f"a divisor of the {query} attention heads")
    rope, nope = read.whole("qk_rope_head_dim"), read.whole("qk_nope_head_dim")
    if rope and nope and read.whole("kv_lora_rank"):
        return _Heads(query, kv, rope + nope)
    width = read.whole("head_dim") or HEAD_DIMS.get(read.family)
    if width is None and hidden % query:
        raise read.fault("num_attention_heads", query, f"a divisor of hidden_size {hidden}")
    heads = _Heads(query, kv, width or hidden // query)
    return _widest(read, heads)


def _widest(read: Config, heads: _Heads) -> _Heads:
    """Return the heads of the layers that see everything, where theirs are larger (Gemma 4)."""
    wide = read.raw("global_head_dim")
    if read.family != "gemma4" or wide is None:
        return heads
    width = read.checked("global_head_dim", wide, 10_000)
    stated = read.raw("num_global_key_value_heads") if read.raw("attention_k_eq_v") else None
    kv = heads.kv if stated is None else read.checked("num_global_key_value_heads", stated, 10_000)
    return _Heads(heads.query, kv, width) if kv * width > heads.kv * heads.width else heads


def _kv_heads(read: Config, query: int) -> int | None:
    if read.family == "falcon":
        if read.raw("new_decoder_architecture"):
            return read.whole("kv_heads")
        return 1 if read.raw("multi_query") is not False else query
    if read.family in ENCODERS:
        return query
    attention = read.raw("attn_config")
    if read.family == "mpt" and isinstance(attention, Mapping) and "kv_n_heads" in attention:
        return read.checked("kv_n_heads", attention["kv_n_heads"], 10_000)
    found = read.whole("kv_heads")
    if found is not None:
        return found
    return KV_HEADS.get(read.family) or (query if read.family in PER_HEAD else None)


def _latent(read: Config) -> LatentAttention | None:
    rank, rope = read.whole("kv_lora_rank"), read.whole("qk_rope_head_dim")
    return LatentAttention(kv_lora_rank=rank, qk_rope_head_dim=rope) if rank and rope else None


def _experts(read: Config, layers: int, wide: int | None) -> Experts | None:
    experts = read.whole("experts")
    chosen = read.whole("experts_per_token")
    if not experts or experts == 1 or read.raw("enable_moe_block") is False:
        return None
    if not chosen:
        raise read.fault("num_experts_per_tok", chosen, f"a whole number from 1 to {experts}")
    if chosen > experts:
        raise read.fault("num_experts_per_tok", chosen, f"at most the {experts} experts")
    width = read.whole("expert_intermediate_size")
    if width is None:
        stated = read.raw("intermediate_size")
        width = read.checked("intermediate_size", stated, 2_000_000) if stated else wide
    shared = read.whole("shared_intermediate_size")
    if shared is None and width is not None:
        shared = (read.whole("shared_experts") or 0) * width
        shared = width if read.family == "llama4" else shared
    return Experts(
        experts=experts,
        experts_per_token=chosen,
        expert_intermediate_size=width,
        shared_intermediate_size=shared,
        dense_layers=_dense_layers(read, layers),
    )


def _dense_layers(read: Config, layers: int) -> int:
    """Return how many layers have no experts."""
    dense = read.whole("dense_layers")
    if dense is not None:
        return min(dense, layers)
    pattern = read.raw("hybrid_override_pattern")
    if isinstance(pattern, str) and "E" in pattern:
        return layers - pattern.count("E")
    listed = read.raw("mlp_only_layers")
    if isinstance(listed, list) and listed:
        return min(len(listed), layers)
    for name in ("interleave_moe_layer_step", "expert_layer_period", "decoder_sparse_step"):
        step = read.raw(name)
        if isinstance(step, int) and step > 1:
            return layers - layers // step
    return 0


def _count(
    read: Config,
    kept: Layers,
    hidden: int,
    heads: _Heads,
    vocab: int,
    wide: int | None,
    moe: Experts | None,
    tied: bool,
) -> tuple[float | None, float | None]:
    """Return all and active parameters in billions, norms and biases left out.

    Embeddings vocab x hidden (twice where not tied), attention from its projections, and two or
    three matrices hidden x width a feed-forward part; None where the family has other parts.
    """
    plain = read.family in KNOWN and read.family not in NOT_COUNTED
    if not plain or kept.hybrid or wide is None:
        return None, None
    matrices = 2 if read.family in TWO_MATRICES else 3
    once = vocab * hidden * (1 if tied or read.family in ENCODERS else 2)
    if read.family in ENCODERS:
        once += (read.whole("context_tokens") or 0) * hidden
    shared = once + kept.all * _attention_count(read, hidden, heads)
    if moe is None:
        total = shared + kept.all * matrices * hidden * wide
        return _billions(total), _billions(total)
    one = 3 * hidden * (moe.expert_intermediate_size or wide)
    dense = moe.dense_layers or 0
    sparse = kept.all - dense
    shared += dense * 3 * hidden * wide
    shared += sparse * hidden * (moe.experts + 3 * (moe.shared_intermediate_size or 0))
    total = shared + sparse * moe.experts * one
    return _billions(total), _billions(shared + sparse * moe.experts_per_token * one)


def _attention_count(read: Config, hidden: int, heads: _Heads) -> int:
    rank, rope = read.whole("kv_lora_rank"), read.whole("qk_rope_head_dim")
    nope, value = read.whole("qk_nope_head_dim"), read.whole("v_head_dim")
    if rank and rope and nope and value:
        query_rank = read.whole("q_lora_rank")
        query = heads.query * heads.width
        queries = query_rank * (hidden + query) if query_rank else hidden * query
        keys = hidden * (rank + rope) + rank * heads.query * (nope + value)
        return queries + keys + heads.query * value * hidden
    return 2 * hidden * heads.width * (heads.query + heads.kv)


def _billions(count: int) -> float:
    return round(count / 1e9, 3) if count >= 100_000_000 else round(count / 1e9, 4)
