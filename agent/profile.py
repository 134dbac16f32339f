"""The job as the user described it. Unknown is None; each slot keeps the words it came from."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from knowledge.schema import TaskType

Owned = tuple[str, int]
"""A catalogue id such as "hardware/nvidia-h100-sxm", and how many of it."""


SLOT_NAMES = {
    "requests_per_day": "requests a day",
    "input_tokens": "tokens in",
    "output_tokens": "tokens out",
    "latency_ms": "milliseconds for an answer",
    "budget_usd_per_month": "US dollars a month",
    "data_residency": "where data may go",
    "wrong_answer_usd": "the cost of a wrong answer in US dollars",
    "task_type": "the kind of task",
}


class Profile(BaseModel):
    """The standing description of a job in a thread."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str | None = Field(default=None, description="the job in the user's words")
    task_type: TaskType | None = None
    domain: str | None = Field(default=None, description="support, legal, medical, finance ...")
    classes: int | None = Field(default=None, ge=2, description="number of labels or queues")
    requests_per_day: float | None = Field(default=None, gt=0)
    input_tokens: int | None = Field(default=None, gt=0)
    output_tokens: int | None = Field(default=None, gt=0)
    labeled_examples: int | None = Field(default=None, ge=0, description="0 when none exist")
    latency_ms: float | None = Field(default=None, gt=0)
    budget_usd_per_month: float | None = Field(default=None, ge=0)
    data_residency: str | None = Field(
        default=None, description='"any", "eu", an ISO country code or "on_premises"'
    )
    hardware: tuple[Owned, ...] | None = Field(default=None, description="() means no GPUs")
    languages: tuple[str, ...] | None = Field(default=None, description="ISO 639-1 codes")
    ml_engineers: float | None = Field(default=None, ge=0)
    quality_bar: float | None = Field(default=None, gt=0, le=1, description="share right, 0 to 1")
    wrong_answer_usd: float | None = Field(default=None, ge=0)
    rules_change_often: bool | None = None
    routine_share: float | None = Field(
        default=None, gt=0, lt=1, description="share of the requests said to be easy, the rest hard"
    )
    on_device: bool | None = Field(
        default=None, description="True where it runs on each user's own device"
    )
    deadline: str | None = None
    words: dict[str, str] = Field(default={}, description="slot -> the user's own words")

    def merged(self, patch: Profile) -> Self:
        """Return this profile with every slot that `patch` states replaced."""
        stated = {name: getattr(patch, name) for name in patch.stated()}
        words = {**self.words, **patch.words}
        return self.model_copy(update={**stated, "words": words})

    def without(self, *slots: str) -> Self:
        """Return this profile with `slots` set back to unknown."""
        words = {slot: text for slot, text in self.words.items() if slot not in slots}
        return self.model_copy(update={**dict.fromkeys(slots), "words": words})

    def changes(self, other: Profile) -> str:
        """Return in words what `other` states differently: "requests a day to 80"."""
        changed = []
        for slot in sorted({*self.stated(), *other.stated()}):
            before, after = getattr(self, slot), getattr(other, slot)
            if before != after:
                name = SLOT_NAMES.get(slot, slot.replace("_", " "))
                changed.append(f"{name} to {_said(after)}")
        return "; ".join(changed) or "nothing"

    def stated(self) -> tuple[str, ...]:
        """Return the names of the slots that are known."""
        return tuple(
            name
            for name in type(self).model_fields
            if name != "words" and getattr(self, name) is not None
        )


def _said(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,g}" if value < 1e6 else f"{value:,.0f}"
    return str(value).replace("_", " ")
