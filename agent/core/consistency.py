"""Does what a model's document states agree with what its dimensions give?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.documents import Loaded
from knowledge.facts import number
from knowledge.finding import Finding
from knowledge.schema import Architecture, Model

STATED_SLACK = 0.06
"""Names and cards round ("8B" of 8.03), and norms, biases and routers are left out here."""
HYBRID_SLACK = 0.15
"""State-space and linear-attention layers have other matrices than attention."""
TOWERS_SLACK = 0.30
"""Towers for pictures and sound come on top of the language model's dimensions."""
VALUE_DIM = 128
"""Width of a value head under latent attention (DeepSeek-V2, arXiv 2405.04434)."""
QUERY_RANK = 1536
"""Rank of its queries, where it has one."""


def check_models(documents: Sequence[Loaded]) -> Iterator[Finding]:
    """Yield where the sizes stated of a model contradict its dimensions."""
    for item in documents:
        model = item.document
        if isinstance(model, Model):
            yield from _total(model)
            yield from _active(model)


def computed_parameters_b(architecture: Architecture, *, matrices: int = 3) -> float:
    """Return billions of parameters: embeddings, attention, and feed-forward or experts.

    Dense: layers x (2 x hidden x head_dim x (heads + kv_heads) + matrices x hidden x width)
    + vocabulary x hidden, twice where the output has its own matrix (Kaplan et al. 2020,
    arXiv 2001.08361, with grouped keys). `matrices` is 3 with a gate and 2 without.
    """
    hidden = architecture.hidden_size
    embeddings = architecture.vocab_size * hidden * (1 if architecture.tied_embeddings else 2)
    attention = architecture.layers * _attention(architecture)
    return (embeddings + attention + _feed_forward(architecture, matrices)) / 1e9


def _attention(architecture: Architecture) -> float:
    hidden, heads = architecture.hidden_size, architecture.heads
    latent = architecture.mla
    if latent is None:
        kv_heads = heads if architecture.attention == "mha" else architecture.kv_heads
        return 2 * hidden * architecture.head_dim * (heads + kv_heads)
    keys = hidden * (latent.kv_lora_rank + latent.qk_rope_head_dim)
    keys += latent.kv_lora_rank * heads * 2 * VALUE_DIM
    queries = QUERY_RANK * (hidden + heads * architecture.head_dim)
    return keys + queries + heads * VALUE_DIM * hidden


def _feed_forward(architecture: Architecture, matrices: int) -> float:
    hidden, moe = architecture.hidden_size, architecture.moe
    dense_layers = architecture.layers
    experts = 0.0
    if moe and moe.expert_intermediate_size:
        dense_layers = moe.dense_layers or 0
        width = moe.experts * moe.expert_intermediate_size + (moe.shared_intermediate_size or 0)
        experts = (architecture.layers - dense_layers) * 3 * hidden * width
    return experts + dense_layers * matrices * hidden * (architecture.intermediate_size or 0)


def _total(model: Model) -> Iterator[Finding]:
    stated, architecture = model.value("parameters"), model.architecture
    if stated is None or architecture is None:
        return
    if architecture.parameters_b and not _near(stated, architecture.parameters_b, _slack(model)):
        what = f"differ from the architecture's {number(architecture.parameters_b)} billion"
        yield Finding(model.id, "facts.parameters", what, number(stated))
    if architecture.attention == "hybrid" or not (
        architecture.intermediate_size or architecture.moe
    ):
        return
    computed = [computed_parameters_b(architecture, matrices=count) for count in (3, 2)]
    if not any(_near(stated, size, _slack(model)) for size in computed):
        what = f"differ from the {computed[0]:.3g} billion that the dimensions give"
        yield Finding(model.id, "facts.parameters", what, number(stated))


def _active(model: Model) -> Iterator[Finding]:
    """Yield a contradiction, unless it is the embeddings, which some makers don't count."""
    stated, architecture = model.value("active_parameters"), model.architecture
    built = architecture.active_parameters_b if architecture else None
    if not stated or not architecture or not built:
        return
    embedding = architecture.vocab_size * architecture.hidden_size / 1e9
    matrices = range(2 if architecture.tied_embeddings else 3)
    if not any(_near(stated, built - count * embedding, _slack(model)) for count in matrices):
        what = f"differ from the architecture's {number(built)} billion"
        yield Finding(model.id, "facts.active_parameters", what, number(stated))


def _slack(model: Model) -> float:
    if set(model.modalities_in) - {"text"}:
        return TOWERS_SLACK
    hybrid = model.architecture is not None and model.architecture.attention == "hybrid"
    return HYBRID_SLACK if hybrid else STATED_SLACK


def _near(stated: float, other: float, slack: float) -> bool:
    return abs(stated - other) <= slack * max(stated, other)
