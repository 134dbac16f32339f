"""What a message asks for: the intent, the slots it states and the products it names."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from agent.profile import Owned, Profile

Intent = Literal[
    "recommendation",
    "fit",
    "speed",
    "cost",
    "comparison",
    "finetune",
    "deploy",
    "toolkit",
    "fact",
    "reality_check",
    "explain",
    "sources",
    "vague",
    "greeting",
    "off_topic",
    "hostile",
    "invalid",
]

Unread = Literal["nothing", "currency", "score", "amount", "job"]
"""Nothing was read; a currency, a measured score or an amount that no figure here takes; what
bears on a job where the thread is about products alone."""


class Understanding(BaseModel):
    """One message, understood. Ids are catalogue ids in the order of mention."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: str
    intent: Intent
    patch: Profile = Profile()
    cleared: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    hardware: tuple[Owned, ...] = ()
    toolkits: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    parameters_b: float | None = None
    precision: str | None = None
    context_tokens: int | None = None
    concurrency: int | None = None
    tokens_per_second: float | None = None
    engine: str | None = None
    quantity: str | None = None
    years: float | None = None
    total_requests: float | None = Field(
        default=None, description="items to be done once: a cost for the lot, not for a month"
    )
    cached_tokens: int | None = Field(
        default=None, description="input tokens of a request that are read from a prompt cache"
    )
    batch: bool = Field(default=False, description="answers may come hours later, at batch prices")
    acquire: Literal["rent", "buy"] | None = Field(
        default=None, description="how hardware is to be had, where the message says so"
    )
    memory_gb: float | None = None
    follow_up: bool = False
    just_answer: bool = False
    problems: tuple[str, ...] = ()
    goes_on_from: tuple[str, ...] = Field(
        default=(), description="messages on the same cost that this one goes on from, in order"
    )
    unread: Unread | None = Field(
        default=None, description="why a follow-up is neither a change nor a question"
    )
    earlier: tuple[str, ...] = Field(
        default=(), description="products that the thread spoke of before, the latest first"
    )
    left: tuple[str, ...] = Field(
        default=(), description="other jobs that the message names and that are not answered"
    )
    language: str = "en"

    def asks_as(self, other: Understanding) -> bool:
        """Return whether both ask the same of the same products, whatever the job is."""
        aside = {"message", "patch", "cleared", "follow_up", "just_answer", "problems", "unread"}
        aside |= {"earlier", "left", "language", "goes_on_from"}
        return self.model_dump(exclude=aside) == other.model_dump(exclude=aside)


class Interpreter(Protocol):
    """Reads a message in the light of the thread so far."""

    def understand(
        self, message: str, *, profile: Profile, last: Understanding | None
    ) -> Understanding:
        """Return the understanding of `message`; `last` is that of the thread's turn before."""
        ...
