"""What front matter is made of: typed facts, each with unit, source, date and basis."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Basis = Literal["vendor", "press", "independent", "study", "computed"]
Kind = Literal["hardware", "model", "toolkit", "study", "cost", "note"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
PartialDate = Annotated[
    str,
    StringConstraints(pattern=r"^(19|20)\d{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"),
]
DocId = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9][a-z0-9._-]*$")]
Url = Annotated[str, StringConstraints(pattern=r"^(https?://|file:)\S+$")]
"""An address, or "file:" and the quoted name of a file that has none."""
TaskType = Literal[
    "classification",
    "extraction",
    "ner",
    "qa_closed",
    "qa_open_knowledge",
    "reasoning",
    "math",
    "code_generation",
    "text_to_sql",
    "function_calling",
    "agentic",
    "translation",
    "summarization",
    "open_writing",
    "dialogue",
    "moderation",
    "retrieval_ranking",
    "embedding",
    "speech",
    "vision_document",
    "time_series",
    "other",
]
Training = Literal["task", "skill", "domain", "off_task"]

FACT_UNITS: dict[str, str] = {
    "memory": "GB",
    "bandwidth": "GB/s",
    "power": "W",
    "price": "USD",
    "compute_fp32": "TFLOPS",
    "compute_bf16": "TFLOPS",
    "compute_fp8": "TFLOPS",
    "compute_fp4": "TFLOPS",
    "compute_int8": "TOPS",
    "compute_int4": "TOPS",
    "parameters": "billion",
    "active_parameters": "billion",
    "context": "tokens",
    "max_output": "tokens",
}
"""Facts that a calculator reads, and the one unit each may have."""


class Record(BaseModel):
    """A frozen front-matter record; unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Record):
    """Where something was read. `read_via` says so when the page itself was not opened."""

    url: Url
    publisher: Text | None = None
    published: PartialDate | None = None
    read_via: Text | None = None


class Sourced(Record):
    """Anything that names its source (a key of the document's `sources`), date and basis.

    `unreviewed`: drafted by the program from a source and not yet confirmed by a person.
    """

    source: Text
    basis: Basis
    as_of: PartialDate | None = None
    conditions: Text | None = None
    unreviewed: bool = False


class Fact(Sourced):
    """One figure. `value` None means that it was looked for and not found; `conditions` says so."""

    name: Text
    value: float | None = Field(default=None, ge=0)
    unit: Text
    unverified: bool = False

    @model_validator(mode="after")
    def _unit_is_the_agreed_one(self) -> Self:
        expected = FACT_UNITS.get(self.name)
        if expected and self.unit != expected:
            raise ValueError(f"fact {self.name!r} must be in {expected!r}, not {self.unit!r}")
        return self


class Claim(Sourced):
    """A statement by somebody, with what it would take to check it."""

    text: Text
    value: float | None = None
    unit: Text | None = None


class Rental(Sourced):
    """What one device costs by the hour."""

    provider: Text
    usd_per_hour: float = Field(gt=0)
    commitment: Literal["on_demand", "spot", "reserved"]


class Score(Sourced):
    """A benchmark result of a model on a named board."""

    board: Text
    metric: Text
    value: float


class TokenPrice(Sourced):
    """List price in USD per million tokens for ordinary synchronous use."""

    provider: Text
    input_usd_per_mtok: float = Field(ge=0)
    output_usd_per_mtok: float | None = Field(default=None, ge=0)
    cached_input_usd_per_mtok: float | None = Field(default=None, ge=0)
    quotable: bool = True


class Remark(Sourced):
    """A strength, weakness or user complaint of a toolkit."""

    text: Text
    single_report: bool = False


class Measured(Sourced):
    """A measured figure of a toolkit, as printed by its source."""

    what: Text
    value: Text
    unit: Text | None = None


class Experts(Record):
    """Mixture-of-experts layout."""

    experts: int = Field(gt=0)
    experts_per_token: int = Field(gt=0)
    expert_intermediate_size: int | None = Field(default=None, gt=0)
    latent_size: int | None = Field(
        default=None,
        gt=0,
        description="width that experts read and write, where not the hidden one",
    )
    shared_intermediate_size: int | None = Field(default=None, ge=0)
    dense_layers: int | None = Field(default=None, ge=0)


class LatentAttention(Record):
    """Multi-head latent attention: the cache holds one compressed vector a layer."""

    kv_lora_rank: int = Field(gt=0)
    qk_rope_head_dim: int = Field(gt=0)


class SlidingWindow(Record):
    """Layers whose cache stops growing at the window; heads only where theirs differ."""

    window: int = Field(gt=0)
    local_layers: int = Field(gt=0)
    kv_heads: int | None = Field(default=None, gt=0)
    head_dim: int | None = Field(default=None, gt=0)


class Architecture(Record):
    """What is needed to size a model with open weights."""

    source: Text
    hf_id: Text
    layers: int = Field(gt=0)
    hidden_size: int = Field(gt=0)
    heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0)
    head_dim: int = Field(gt=0)
    vocab_size: int = Field(gt=0)
    intermediate_size: int | None = Field(default=None, gt=0)
    context_tokens: int = Field(gt=0)
    attention: Literal["mha", "gqa", "mqa", "mla", "hybrid"]
    tied_embeddings: bool
    parameters_b: float | None = Field(default=None, gt=0, description="computed from dimensions")
    active_parameters_b: float | None = Field(default=None, gt=0)
    moe: Experts | None = None
    mla: LatentAttention | None = None
    sliding_window: SlidingWindow | None = None
    full_attention_layers: int | None = Field(
        default=None, gt=0, description="layers with a cache, where linear or shared ones have none"
    )
    unreviewed: bool = False


class Side(Record):
    """One side of a published comparison."""

    model: Text
    method: Text | None = None
    score: float
    parameters_b: float | None = None
    train_examples: int | None = Field(default=None, ge=0)
    training: Training | None = None


class Comparison(Record):
    """An ultra-large general model against a specialized one: same test, same metric."""

    task: Text
    task_type: TaskType
    domain: Text | None = None
    dataset: Text
    metric: Text
    higher_is_better: bool
    score_scale: Text | None = None
    ultra_large: Side
    specialized: Side
    winner: Literal["specialized", "ultra_large", "tie"]
    reliability: Literal["high", "medium", "low"]
    conditions: Text | None = None
    locator: Text | None = None


class CostItem(Sourced):
    """A cost line of the life cycle; `text` is the value as printed, `value` the plain number."""

    id: Text
    item: Text
    route: Literal["specialized", "large", "self_host", "both"]
    text: Text
    value: float | None = None
    unit: Text | None = None
