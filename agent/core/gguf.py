"""How many bits do the matrices of a GGUF file take? The rules of llama.cpp's quantizer."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from agent.core.bits import Bits
from knowledge.schema import Architecture

Layers = Literal["all", "grouped", "eighth", "sixteenth", "first2", "first4", "more", "middle"]
BLOCK = 256
"""Weights that most types code together, in one row of a matrix."""
GROUPED = 4
"""Query heads for one key from which the values are kept wider."""
ROUTER_BITS = 32
"""The router of a mixture of experts is not quantized."""
_Types = dict[str, Layers]


class _Mix(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str
    beside_experts: str | None = None
    head: str = "q6_k"
    embedding: str | None = None
    q: _Types = {}
    k: _Types = {}
    v: _Types = {}
    o: _Types = {}
    down: _Types = {}
    rest: _Types = {}
    experts: _Types = {}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    bits: dict[str, float]
    fallback: dict[str, str]
    mixes: dict[str, _Mix]


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = resources.files("agent.core").joinpath("data/gguf.yaml").read_text("utf-8")
    return _Table.model_validate(yaml.safe_load(text))


@lru_cache(maxsize=512)
def mix_bits(name: str, model: Architecture, total_b: float) -> Bits | None:
    """Return the bits that the mix `name` gives the parts of a model; None for another format.

    Args:
        name: the file's mix, such as "q4_k_m".
        model: the model's dimensions.
        total_b: its parameters in billions; what the dimensions don't account for is stored as
            most matrices are.
    """
    mix = _table().mixes.get(name)
    if mix is None:
        return None
    hidden = model.hidden_size
    head = _type_bits("q8_0" if hidden % BLOCK else mix.head, hidden)
    table = head if model.tied_embeddings else _type_bits(mix.embedding or mix.base, hidden)
    width = (model.moe.expert_intermediate_size if model.moe else None) or hidden
    latent = (model.moe.latent_size if model.moe else None) or hidden
    matrices = _matrices(model, total_b)
    read = _mean(mix, mix.experts or mix.rest, latent, model)
    written = _mean(mix, mix.experts or mix.down, width, model)
    return Bits(
        body=_body(mix, model, total_b),
        embedding=table,
        head=head,
        experts=((matrices - 1) * read + written) / matrices,
    )


def _body(mix: _Mix, model: Architecture, total_b: float) -> float:
    """Return the mean bits of what is neither embedding, head nor routed expert."""
    hidden, moe = model.hidden_size, model.moe
    if moe and mix.beside_experts:
        return _type_bits(mix.beside_experts, hidden)
    tables = model.vocab_size * hidden * (1 if model.tied_embeddings else 2)
    whole = total_b * 1e9 - routed_parameters(model, total_b) - tables
    parts = _attention(mix, model)
    if moe:
        routers = model.layers - (moe.dense_layers or 0)
        parts.append((float(hidden * moe.experts * routers), ROUTER_BITS))
    left = max(0.0, whole - sum(count for count, _ in parts))
    # Of the three matrices of a gated feed-forward one leads down.
    down = left / 3
    if model.intermediate_size and (moe is None or moe.dense_layers):
        layers = moe.dense_layers if moe and moe.dense_layers else model.layers
        down = min(left, float(layers * model.intermediate_size * hidden))
    parts.append((down, _mean(mix, mix.down, model.intermediate_size or hidden, model)))
    parts.append((left - down, _mean(mix, mix.rest, hidden, model)))
    counted = sum(count for count, _ in parts)
    if not counted:
        return _type_bits(mix.base, hidden)
    return sum(count * bits for count, bits in parts) / counted


def _attention(mix: _Mix, model: Architecture) -> list[tuple[float, float]]:
    """Return counts and bits of the attention; what is compressed counts with the rest."""
    if model.attention == "mla":
        return []
    layers = (model.full_attention_layers or model.layers) * model.hidden_size
    queries, keys = model.heads * model.head_dim, model.kv_heads * model.head_dim
    return [
        (float(layers * queries), _mean(mix, mix.q, model.hidden_size, model)),
        (float(layers * keys), _mean(mix, mix.k, model.hidden_size, model)),
        (float(layers * keys), _mean(mix, mix.v, model.hidden_size, model)),
        (float(layers * queries), _mean(mix, mix.o, queries, model)),
    ]


def routed_parameters(model: Architecture, total_b: float) -> float:
    """Return layers x experts x matrices x width read x expert width; 0 for a dense model."""
    return min(_expert_matrix(model) * _matrices(model, total_b), total_b * 1e9)


def _matrices(model: Architecture, total_b: float) -> int:
    """Return 3, or the 2 of experts without a gate where three would be more than the whole."""
    return 3 if 3 * _expert_matrix(model) <= total_b * 1e9 else 2


def _expert_matrix(model: Architecture) -> float:
    """Return the weights of one matrix of all experts of all layers."""
    moe = model.moe
    if moe is None or not moe.expert_intermediate_size:
        return 0.0
    one = (moe.latent_size or model.hidden_size) * moe.expert_intermediate_size
    return float((model.layers - (moe.dense_layers or 0)) * moe.experts * one)


def _mean(mix: _Mix, types: _Types, row: int, model: Architecture) -> float:
    """Return the mean bits over all layers of matrices with `row` weights in a row."""
    left = set(range(model.layers))
    total = 0.0
    for name, layers in types.items():
        taken = {layer for layer in left if _is_for(layers, layer, model)}
        total += len(taken) * _type_bits(name, row)
        left -= taken
    return (total + len(left) * _type_bits(mix.base, row)) / model.layers


def _is_for(layers: Layers, layer: int, model: Architecture) -> bool:
    count = model.layers
    outer = layer < count // 8 or layer >= 7 * count // 8
    return {
        "all": True,
        "grouped": model.heads >= GROUPED * model.kv_heads,
        "eighth": layer < count // 8,
        "sixteenth": layer < count // 16,
        "first2": layer < 2,
        "first4": layer < 4,
        "more": outer or (layer - count // 8) % 3 == 2,
        "middle": not outer,
    }[layers]


def _type_bits(name: str, row: int) -> float:
    table = _table()
    if row % BLOCK:
        name = table.fallback.get(name, name)
    return table.bits[name]
