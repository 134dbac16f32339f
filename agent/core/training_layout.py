"""The dimensions of a model that its training rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from agent.core.shape import shape_of
from agent.core.throughput import typical_layers
from knowledge.schema import Model

TYPICAL_VOCABULARY = 128_000
TYPICAL_GROUPS = 4
"""Query heads that share a key head, where the architecture is not known."""
TYPICAL_FFN = 3.5
"""Width of a gated feed-forward layer over the hidden size, as in Llama 3."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes of a decoder or encoder; parameters in billions (1e9), the rest in numbers.

    `ffn` is the width that one token passes: of a mixture of experts, its experts together.
    """

    total_b: float
    active_b: float
    layers: int
    hidden: int
    query: int
    key: int
    ffn: int
    gated: bool
    vocab: int
    tied: bool
    stated: bool = True

    @property
    def mixture(self) -> bool:
        """Tell whether a token passes only some of the parameters."""
        return self.active_b < 0.9 * self.total_b

    @property
    def head_b(self) -> float:
        """Parameters of the output head."""
        return self.vocab * self.hidden / 1e9

    @property
    def multiplied_b(self) -> float:
        """Parameters that a token is multiplied with: all active ones but the input embedding."""
        return self.active_b - (0.0 if self.tied else self.head_b)

    @property
    def inner(self) -> int:
        """Numbers that one layer keeps of a token for the backward pass, with fused attention.

        Both norms and their inputs, queries, keys and values before and after rotation, the
        attention's output, and what enters and leaves each product of the feed-forward layer.
        """
        norms = 8 if self.gated else 2
        widths = 4 if self.gated else 2
        return norms * self.hidden + 2 * self.query + 3 * self.key + widths * self.ffn

    @property
    def products(self) -> int:
        """Numbers that the products of one layer give for a token."""
        widths = 3 if self.gated else 2
        return 2 * self.hidden + self.query + 2 * self.key + widths * self.ffn

    def adapters_b(self, rank: int) -> float:
        """Return the parameters of LoRA of that rank on every matrix of every layer.

        A matrix of a x b gets rank x (a + b) (Hu et al. 2021, arXiv 2106.09685).
        """
        attention = 2 * (self.hidden + self.query) + 2 * (self.hidden + self.key)
        matrices = 3 if self.gated else 2
        return rank * self.layers * (attention + matrices * (self.hidden + self.ffn)) / 1e9


def layout_of(model: Model) -> Layout:
    """Return the layout of `model`; where its architecture is not known, a usual one of its size.

    Raises:
        InputError: if its number of parameters is not known.
    """
    shape = shape_of(model)
    known = model.architecture
    if known is None:
        return _usual(shape.total_b, shape.active_b)
    ffn = known.intermediate_size or round(TYPICAL_FFN * known.hidden_size)
    if known.moe and known.moe.expert_intermediate_size:
        shared = known.moe.shared_intermediate_size or 0
        ffn = known.moe.experts_per_token * known.moe.expert_intermediate_size + shared
    return Layout(
        total_b=shape.total_b,
        active_b=shape.active_b,
        layers=known.layers,
        hidden=known.hidden_size,
        query=known.heads * known.head_dim,
        key=known.kv_heads * known.head_dim,
        ffn=ffn,
        gated=True,
        vocab=known.vocab_size,
        tied=known.tied_embeddings,
    )


def _usual(total_b: float, active_b: float) -> Layout:
    layers = typical_layers(active_b)
    hidden = round(math.sqrt(active_b * 1e9 / (13 * layers)))
    return Layout(
        total_b=total_b,
        active_b=active_b,
        layers=layers,
        hidden=hidden,
        query=hidden,
        key=hidden // TYPICAL_GROUPS,
        ffn=round(TYPICAL_FFN * hidden),
        gated=True,
        vocab=min(TYPICAL_VOCABULARY, round(total_b * 1e9 / (8 * hidden))),
        tied=False,
        stated=False,
    )
