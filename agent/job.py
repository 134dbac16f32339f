"""The job in numbers: what the user said, and a stated assumption for what was not said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.core.defaults import Defaults
from agent.core.features import LOW_RESOURCE
from agent.core.running import Running
from agent.core.task_words import task_name
from agent.errors import InputError
from agent.profile import Owned, Profile
from agent.wording import number, usd
from knowledge.schema import TaskType

DEFAULT_REQUESTS = 1000.0
LABELS_ONLY = frozenset({"classification", "moderation", "ner"})
UNREAD = frozenset({"vision_document", "speech", "time_series"})
"""Jobs whose input is no text, so that a page of it says nothing of its tokens."""
PICTURES = re.compile(
    r"\b(?:pictures|photos|photographs|images|screenshots|x-?rays?)\b(?!\s+(?:captions?|titles?))",
    re.I,
)
"""What comes in is no text."""
SORTING = re.compile(
    r"\b(?:label|classif|categor|sort|tag|moderat|detect|flag|recogni[sz]|identif|spot)\w*", re.I
)
"""What is done to pictures where a label is the answer."""
WELL_SERVED = frozenset({
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "no", "fi", "hu", "ro", "el",
    "tr", "ru", "uk", "ar", "he", "hi", "zh", "ja", "ko", "vi", "th", "id", "ca",
})  # fmt: skip
"""Languages that general models of all sizes are trained on in quantity."""
_DOMAIN_OF_STUDIES = {
    "support": "customer_support",
    "software": "coding",
    "travel": "hospitality",
    "security": "safety",
}


@dataclass(frozen=True, slots=True)
class Job:
    """Everything the decision reads. `assumed` maps a slot to its assumption in words.

    `labels_only` is a job whose answer is a label, `instructed` one on pictures that is more than
    to read text off, `routine_share` the share of easy requests.
    """

    task: str
    task_type: TaskType
    domain: str | None
    requests_per_day: float
    input_tokens: int
    output_tokens: int
    labeled_examples: int
    wrong_answer_usd: float
    rules_change_often: bool
    latency_ms: float | None
    budget_usd_per_month: float | None
    residency: str | None
    hardware: tuple[Owned, ...] | None
    languages: tuple[str, ...]
    quality_bar: float | None
    years: float
    assumed: Mapping[str, str] = field(default_factory=dict)
    labels_only: bool = False
    instructed: bool = False
    routine_share: float | None = None
    on_device: bool = False
    running: Running = "always"

    @property
    def study_domain(self) -> str | None:
        """Return the domain by the studies' name; a language with few texts is one of its own."""
        if not WELL_SERVED.issuperset(self.languages):
            return LOW_RESOURCE
        return _DOMAIN_OF_STUDIES.get(self.domain or "", self.domain)

    def with_value(self, slot: str, value: float | str | bool) -> Job:
        """Return the job with one slot changed, for asking what would flip the pick."""
        match slot:
            case "requests_per_day":
                return replace(self, requests_per_day=float(value))
            case "labeled_examples":
                return replace(self, labeled_examples=round(float(value)))
            case "wrong_answer_usd":
                return replace(self, wrong_answer_usd=float(value))
            case "residency":
                return replace(self, residency=str(value))
            case "rules_change_often":
                return replace(self, rules_change_often=bool(value))
        raise InputError(f"{slot!r} is no slot that can be varied.")


def job_of(profile: Profile, defaults: Defaults, *, years: float) -> Job:
    """Return the job that `profile` describes; a missing slot is assumed and says so."""
    task_type = _type_by_input(profile)
    labels = _labels_only(profile, task_type)
    tokens_in, tokens_out, unit = _usual_tokens(profile, task_type, defaults, picture=labels)
    wrong = defaults.wrong_answer_usd(task_type, profile.domain)
    assumed: dict[str, str] = {}
    if profile.task_type is None:
        assumed["task_type"] = "sorting or labeling short texts"
    if profile.requests_per_day is None:
        assumed["requests_per_day"] = f"{number(DEFAULT_REQUESTS)} requests a day"
    if profile.input_tokens is None or profile.output_tokens is None:
        shown_in = profile.input_tokens or tokens_in
        shown_out = profile.output_tokens or tokens_out
        what = f" ({unit})" if unit and profile.input_tokens is None else ""
        assumed["tokens"] = f"{shown_in:,} tokens in{what}, {shown_out:,} out"
    if profile.labeled_examples is None:
        assumed["labeled_examples"] = "no labeled examples"
    if profile.wrong_answer_usd is None:
        assumed["wrong_answer_usd"] = f"a wrong answer costs {usd(wrong)} to notice and redo"
    return Job(
        task=profile.task or task_name(task_type),
        task_type=task_type,
        domain=profile.domain,
        requests_per_day=profile.requests_per_day or DEFAULT_REQUESTS,
        input_tokens=profile.input_tokens or tokens_in,
        output_tokens=profile.output_tokens or tokens_out,
        labeled_examples=profile.labeled_examples or 0,
        wrong_answer_usd=profile.wrong_answer_usd
        if profile.wrong_answer_usd is not None
        else wrong,
        rules_change_often=bool(profile.rules_change_often),
        latency_ms=profile.latency_ms,
        budget_usd_per_month=profile.budget_usd_per_month,
        residency=profile.data_residency,
        hardware=profile.hardware,
        languages=profile.languages or ("en",),
        quality_bar=profile.quality_bar,
        years=years,
        assumed=assumed,
        labels_only=labels,
        instructed=task_type == "vision_document" and (labels or profile.task_type != task_type),
        routine_share=profile.routine_share,
        on_device=bool(profile.on_device),
    )


def _type_by_input(profile: Profile) -> TaskType:
    """Return the type of task; one whose words say that pictures come in is one on pictures."""
    stated = profile.task_type or "classification"
    words = " ".join((profile.task or "", *profile.words.values()))
    return "vision_document" if stated not in UNREAD and PICTURES.search(words) else stated


def _labels_only(profile: Profile, task_type: TaskType) -> bool:
    """Tell whether the answer is a label: by its type, or where pictures are sorted."""
    if task_type != "vision_document" or profile.task_type in LABELS_ONLY:
        return (profile.task_type or task_type) in LABELS_ONLY
    return profile.classes is not None or bool(SORTING.search(profile.task or ""))


def _usual_tokens(
    profile: Profile, task_type: TaskType, defaults: Defaults, *, picture: bool
) -> tuple[int, int, str]:
    """Return usual tokens in and out of a request, and in words what it is thought to be."""
    usual = defaults.tasks[task_type]
    if task_type == "vision_document" and picture:
        photo = defaults.units["photo"]
        return photo.input_tokens, defaults.tasks["classification"].output_tokens, photo.words
    named = [
        unit
        for word, unit in defaults.units.items()
        if re.search(rf"\b{word}s?\b", profile.task or "", re.IGNORECASE)
    ]
    unit = min(named, key=lambda u: u.input_tokens, default=None)
    if task_type in UNREAD or unit is None or unit.input_tokens <= usual.input_tokens:
        return usual.input_tokens, usual.output_tokens, ""
    return unit.input_tokens, usual.output_tokens, unit.words
