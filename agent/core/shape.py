"""How a model's parameters divide into embeddings, experts and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.precision import Precision
from agent.errors import InputError
from knowledge.schema import Model


@dataclass(frozen=True, slots=True)
class Shape:
    """Parameter counts in billions (1e9).

    `input_embedding_b` is looked up, not multiplied, so decoding does not read it; with tied
    embeddings it is 0, because the same matrix is read as the output head. `wide_b` is what
    quantizers leave alone. `routed_b` are the routed experts, `routed_active_b` those one token
    uses, `expert_share` is the share of experts that one token uses.
    """

    total_b: float
    active_b: float
    source: str
    wide_b: float = 0.0
    input_embedding_b: float = 0.0
    routed_b: float = 0.0
    routed_active_b: float = 0.0
    expert_share: float = 1.0

    def weight_gb(self, precision: Precision) -> float:
        """Return the bytes of all weights in GB (1e9 bytes): parameters x bits / 8."""
        return self._gb(precision, total_b=self.total_b, wide_b=self.wide_b, routed_b=self.routed_b)

    def read_gb(self, precision: Precision, *, sequences: float = 1.0) -> float:
        """Return the weight bytes one decoding step reads, in GB, for a batch of `sequences`.

        Distinct experts read a layer = E x (1 - (1 - k/E)^B), for B independent tokens. The input
        embedding is left out.
        """
        covered_b = self.routed_b * (1 - (1 - self.expert_share) ** sequences)
        always_b = max(0.0, self.active_b - self.routed_active_b - self.input_embedding_b)
        wide_b = min(always_b, max(0.0, self.wide_b - self.input_embedding_b))
        return self._gb(precision, total_b=always_b + covered_b, wide_b=wide_b, routed_b=covered_b)

    def experts_gb(self, precision: Precision) -> float:
        """Return the bytes of all routed experts in GB; 0 for a dense model."""
        return self.routed_b * precision.bits / 8

    def experts_read_gb(self, precision: Precision, *, sequences: float = 1.0) -> float:
        """Return the bytes of routed experts that one step of a batch reads, in GB."""
        return self.experts_gb(precision) * float(1 - (1 - self.expert_share) ** sequences)

    def bits_per_weight(self, precision: Precision) -> float:
        """Return the mean bits per weight over the whole model."""
        return self.weight_gb(precision) * 8 / self.total_b

    def _gb(self, precision: Precision, *, total_b: float, wide_b: float, routed_b: float) -> float:
        if precision.wide_bits is None:
            return total_b * precision.bits / 8
        narrow_b = routed_b if precision.experts_only and routed_b else total_b - wide_b
        return (narrow_b * precision.bits + (total_b - narrow_b) * precision.wide_bits) / 8


def shape_of(model: Model) -> Shape:
    """Return the shape of `model`, from its facts and, where known, its architecture.

    Expert parameters = layers x experts x 3 x hidden x expert width (gate, up and down matrices).

    Raises:
        InputError: if neither a fact nor the architecture says how many parameters it has.
    """
    architecture = model.architecture
    computed = architecture.parameters_b if architecture else None
    total_b = model.value("parameters") or computed
    if total_b is None:
        raise InputError(
            f"The number of parameters of {model.title!r} is not known, so it can't be sized. "
            "Choose a model with open weights."
        )
    fact = model.fact("parameters")
    source = f"{model.id}#{'parameters' if fact else 'architecture'}"
    if fact and fact.source.startswith("profile/"):
        source = fact.source
    active_b = min(
        total_b,
        model.value("active_parameters")
        or (architecture.active_parameters_b if architecture else None)
        or total_b,
    )
    if architecture is None:
        return _without_architecture(total_b, active_b, source)
    embedding_b = architecture.vocab_size * architecture.hidden_size / 1e9
    tied = architecture.tied_embeddings
    moe = architecture.moe
    routed_b = routed_active_b = 0.0
    share = 1.0
    if moe and moe.expert_intermediate_size:
        layers = architecture.layers - (moe.dense_layers or 0)
        one_b = 3 * architecture.hidden_size * moe.expert_intermediate_size / 1e9
        routed_b = min(layers * moe.experts * one_b, total_b)
        share = min(1.0, moe.experts_per_token / moe.experts)
        routed_active_b = min(routed_b * share, active_b)
    return Shape(
        total_b=total_b,
        active_b=active_b,
        source=source,
        wide_b=min(total_b, embedding_b * (1 if tied else 2)),
        input_embedding_b=0.0 if tied else min(embedding_b, active_b),
        routed_b=routed_b,
        routed_active_b=routed_active_b,
        expert_share=share,
    )


def _without_architecture(total_b: float, active_b: float, source: str) -> Shape:
    """Treat a mixture of experts of unknown layout as routed throughout."""
    if active_b >= total_b:
        return Shape(total_b, total_b, source)
    share = active_b / total_b
    return Shape(
        total_b,
        active_b,
        source,
        routed_b=total_b,
        routed_active_b=active_b,
        expert_share=share,
    )
