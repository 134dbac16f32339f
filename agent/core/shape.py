"""How a model's parameters divide into embeddings, experts and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.bits import Bits
from agent.core.gguf import mix_bits, routed_parameters
from agent.core.precision import Precision
from agent.errors import InputError
from knowledge.schema import Architecture, Fact, Model

CLOSE = 0.25
"""A count from dimensions that differs from the maker's by more leaves parts of the model out."""
TOKEN_BYTES = 40
"""What a GGUF file takes to spell one token and its merges; from files of 0.5B models."""
SAME = 0.005
"""Counts this near are one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Parameter counts in billions (1e9).

    `input_embedding_b` is looked up, not multiplied, so decoding does not read it; with tied
    embeddings it is 0, because the same matrix is read as the output head. `wide_b` are embedding
    and head together. `routed_b` are the routed experts, `routed_active_b` those one token uses,
    `expert_share` is the share of experts that one token uses. `text_b` is the language model
    without its eyes and ears, which is what a GGUF file holds, `text_active_b` what of it a token
    uses.
    """

    total_b: float
    active_b: float
    source: str
    wide_b: float = 0.0
    input_embedding_b: float = 0.0
    routed_b: float = 0.0
    routed_active_b: float = 0.0
    expert_share: float = 1.0
    text_b: float | None = None
    text_active_b: float | None = None
    architecture: Architecture | None = None

    def weight_gb(self, precision: Precision) -> float:
        """Return the bytes of all weights in GB (1e9 bytes): parameters x bits / 8."""
        total_b = self.text_b if precision.text_only and self.text_b else self.total_b
        bits = self._bits(precision)
        body_b = total_b - self.wide_b - self.routed_b
        matrices = self._tables(bits) + body_b * bits.body + self.routed_b * bits.experts
        return matrices / 8 + (self._vocabulary_gb() if precision.kind == "gguf" else 0.0)

    def read_gb(self, precision: Precision, *, sequences: float = 1.0) -> float:
        """Return the weight bytes one decoding step reads, in GB, for a batch of `sequences`.

        Distinct experts read a layer = E x (1 - (1 - k/E)^B), for B independent tokens. The input
        embedding is left out.
        """
        bits = self._bits(precision)
        covered_b = self.routed_b * float(1 - (1 - self.expert_share) ** sequences)
        always_b = (self.text_active_b or self.active_b) - self.routed_active_b
        body_b = max(0.0, always_b - self.wide_b)
        head_b = min(self.wide_b - self.input_embedding_b, max(0.0, always_b))
        return (body_b * bits.body + head_b * bits.head + covered_b * bits.experts) / 8

    def experts_gb(self, precision: Precision) -> float:
        """Return the bytes of all routed experts in GB; 0 for a dense model."""
        return self.routed_b * self._bits(precision).experts / 8

    def experts_read_gb(self, precision: Precision, *, sequences: float = 1.0) -> float:
        """Return the bytes of routed experts that one step of a batch reads, in GB."""
        return self.experts_gb(precision) * float(1 - (1 - self.expert_share) ** sequences)

    def bits_per_weight(self, precision: Precision) -> float:
        """Return the mean bits per weight over the whole model."""
        return self.weight_gb(precision) * 8 / self.total_b

    def _vocabulary_gb(self) -> float:
        return self.architecture.vocab_size * TOKEN_BYTES / 1e9 if self.architecture else 0.0

    def _tables(self, bits: Bits) -> float:
        head_b = self.wide_b - self.input_embedding_b
        return self.input_embedding_b * bits.embedding + head_b * bits.head

    def _bits(self, precision: Precision) -> Bits:
        """Return the bits of each part; without a layout all parts have the mean of the file."""
        if precision.kind == "gguf" and self.architecture is not None:
            found = mix_bits(precision.name, self.architecture, self.text_b or self.total_b)
            if found is not None:
                return found
        wide = precision.wide_bits or precision.bits
        only_experts = precision.experts_only and self.routed_b > 0
        return Bits(
            body=wide if only_experts else precision.bits,
            embedding=wide,
            head=precision.head_bits or wide,
            experts=precision.bits,
        )


def shape_of(model: Model) -> Shape:
    """Return the shape of `model`, from its facts and, where known, its architecture.

    Expert parameters = layers x experts x 3 x hidden x expert width (gate, up and down matrices).

    Raises:
        InputError: if neither a fact nor the architecture says how many parameters it has.
    """
    architecture = model.architecture
    computed = architecture.parameters_b if architecture else None
    fact = model.fact("parameters")
    total_b = _total(fact, computed)
    if total_b is None:
        raise InputError(
            f"The number of parameters of {model.title!r} is not known, so it can't be sized. "
            "Choose a model with open weights."
        )
    own = fact is not None and fact.value == total_b
    source = f"{model.id}#{'parameters' if own else 'architecture'}"
    if fact and own and fact.source.startswith("profile/"):
        source = fact.source
    active_b = min(
        total_b,
        (None if own else architecture and architecture.active_parameters_b)
        or model.value("active_parameters")
        or (architecture.active_parameters_b if architecture else None)
        or total_b,
    )
    if architecture is None:
        return _without_architecture(total_b, active_b, source)
    embedding_b = architecture.vocab_size * architecture.hidden_size / 1e9
    tied = architecture.tied_embeddings
    moe = architecture.moe
    share = min(1.0, moe.experts_per_token / moe.experts) if moe else 1.0
    routed_b = routed_parameters(architecture, total_b) / 1e9
    text_active_b = architecture.active_parameters_b
    return Shape(
        total_b=total_b,
        active_b=active_b,
        source=source,
        wide_b=min(total_b - routed_b, embedding_b * (1 if tied else 2)),
        input_embedding_b=0.0 if tied else min(embedding_b, active_b),
        routed_b=routed_b,
        routed_active_b=min(routed_b * share, active_b),
        expert_share=share if routed_b else 1.0,
        text_b=computed if _close(computed, total_b) else None,
        text_active_b=text_active_b if _close(text_active_b, active_b) else None,
        architecture=architecture,
    )


def _total(fact: Fact | None, computed: float | None) -> float | None:
    """Return the parameters in billions: the maker's count, or the exact one where that is rounded.

    The maker's is a rounded one where the count from the dimensions rounds to it, or is larger.
    """
    stated = fact.value if fact else None
    if stated is None or computed is None or abs(computed / stated - 1) <= SAME:
        return stated or computed
    digits = len(f"{stated:g}".partition(".")[2])
    rounded = computed > stated or round(computed, digits) == stated
    return computed if rounded and _close(computed, stated) else stated


def _close(counted: float | None, stated: float) -> bool:
    return counted is not None and abs(counted / stated - 1) <= CLOSE


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
