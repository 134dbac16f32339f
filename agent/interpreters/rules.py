"""The rule interpreter: a message and its thread in, an understanding out, with no model."""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.entities import (
    Entities,
    count_problems,
    engine_of,
    find_entities,
    read_owned,
)
from agent.interpreters.follow_up import (
    follow_up_intent,
    inherit,
    is_follow_up,
    taken_back,
)
from agent.interpreters.gates import is_greeting, is_hostile, is_invalid, is_off_topic
from agent.interpreters.intent import CLEAR, Asked, find_intent
from agent.interpreters.labels import read_classes, read_labels, read_stability
from agent.interpreters.lengths import read_lengths
from agent.interpreters.lexicon import lexicon
from agent.interpreters.limits import (
    read_budget,
    read_deadline,
    read_latency,
    read_quality,
    read_wrong_cost,
)
from agent.interpreters.people import read_languages, read_staff
from agent.interpreters.problems import find_problems
from agent.interpreters.quantity import find_quantity
from agent.interpreters.reading import Reading, read
from agent.interpreters.residency import read_residency
from agent.interpreters.serving import Serving, read_serving
from agent.interpreters.slots import Slots
from agent.interpreters.tasks import Job, find_job
from agent.interpreters.volume import read_correction, read_growth, read_volume
from agent.profile import Profile
from agent.understanding import Intent, Understanding
from knowledge import Catalogue

_SHORT_ASIDE = 9
_OF_THE_JOB = (
    "task", "task_type", "domain", "classes", "requests_per_day", "input_tokens", "output_tokens",
    "labeled_examples", "latency_ms", "languages", "quality_bar", "wrong_answer_usd",
    "rules_change_often", "deadline",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """What one message says by itself."""

    reading: Reading
    entities: Entities
    slots: Slots
    serving: Serving
    job: Job
    asked: Asked


class RuleInterpreter:
    """Reads messages by word lists and rules; the same message always reads the same."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read products by the names in `catalogue`."""
        self._catalogue = catalogue
        self._lexicon = lexicon()

    def understand(
        self, message: str, *, profile: Profile, last: Understanding | None
    ) -> Understanding:
        """Return the understanding of `message`; `last` is that of the thread's turn before."""
        reading = read(message, self._catalogue, self._lexicon)
        if is_invalid(message, reading, self._lexicon):
            return Understanding(message=message, intent="invalid", language=reading.language)
        if is_hostile(reading):
            return Understanding(message=message, intent="hostile", language=reading.language)
        found = self._find(reading, profile, last)
        aside = _aside(found, last)
        if aside is not None:
            return self._passing(message, found, aside)
        leans = is_follow_up(reading, last, found.asked, found.entities, found.job)
        if leans and last is not None:
            return self._follow_up(message, found, last)
        return self._fresh(message, found, profile, last)

    def _find(self, reading: Reading, profile: Profile, last: Understanding | None) -> _Found:
        slots = Slots()
        what_if = last is not None and reading.has("talk/what_if", "talk/connective")
        read_wrong_cost(reading, slots, self._lexicon)
        read_budget(reading, slots, self._lexicon)
        read_quality(reading, slots)
        serving = read_serving(reading, slots, self._lexicon)
        read_latency(reading, slots)
        read_lengths(reading, slots)
        count_problems(reading, slots)
        read_volume(reading, slots, self._lexicon)
        read_staff(reading, slots)
        read_labels(reading, slots, what_if=what_if)
        read_classes(reading, slots, self._lexicon)
        read_stability(reading, slots)
        read_residency(reading, slots, self._lexicon)
        read_languages(reading, slots, self._lexicon)
        read_owned(reading, slots, what_if=what_if)
        read_deadline(reading, slots)
        read_correction(reading, slots, self._lexicon, profile=profile)
        read_growth(reading, slots, profile=profile)
        find_problems(reading, slots)
        for slot in taken_back(reading):
            slots.clear(slot)
            slots.values.pop(slot, None)
            slots.words.pop(slot, None)
        job = find_job(reading)
        entities = find_entities(reading, self._catalogue)
        asked = find_intent(reading, entities, slots, job)
        return _Found(reading, entities, slots, serving, job, asked)

    def _passing(self, message: str, found: _Found, aside: _Aside) -> Understanding:
        return Understanding(
            message=message,
            intent=aside.intent,
            models=found.entities.models,
            hardware=found.entities.hardware,
            follow_up=aside.follow_up,
            just_answer=aside.just_answer,
            language=found.reading.language,
        )

    def _fresh(
        self, message: str, found: _Found, profile: Profile, last: Understanding | None
    ) -> Understanding:
        intent = found.asked.intent or _otherwise(found)
        if is_off_topic(found.reading, found.job):
            intent = "off_topic"
        if intent == "off_topic":
            return Understanding(message=message, intent=intent, language=found.reading.language)
        _put_job(found, intent)
        cleared = [*found.slots.cleared]
        if last is not None and _is_new_job(found, intent, profile):
            cleared += [slot for slot in _OF_THE_JOB if getattr(profile, slot) is not None]
        cleared = [slot for slot in dict.fromkeys(cleared) if slot not in found.slots.values]
        return self._build(message, found, intent=intent, cleared=tuple(cleared))

    def _follow_up(self, message: str, found: _Found, last: Understanding) -> Understanding:
        intent = follow_up_intent(found.asked, last, found.job, found.slots)
        _put_job(found, intent)
        inherited = inherit(
            found.reading,
            entities=found.entities,
            serving=found.serving,
            engine=engine_of(found.entities.toolkits, self._catalogue),
            quantity=find_quantity(found.reading) if intent == "fact" else None,
            intent=intent,
            last=last,
            slots=found.slots,
            lexicon=self._lexicon,
            catalogue=self._catalogue,
        )
        return self._build(
            message,
            _Found(
                found.reading,
                inherited.entities,
                found.slots,
                inherited.serving,
                found.job,
                found.asked,
            ),
            intent=intent,
            cleared=tuple(s for s in found.slots.cleared if s not in found.slots.values),
            follow_up=True,
            engine=inherited.engine,
            quantity=inherited.quantity,
        )

    def _build(
        self,
        message: str,
        found: _Found,
        *,
        intent: Intent,
        cleared: tuple[str, ...] = (),
        follow_up: bool = False,
        engine: str | None = None,
        quantity: str | None = None,
    ) -> Understanding:
        entities, serving = found.entities, found.serving
        if not follow_up:
            engine = engine_of(entities.toolkits, self._catalogue)
            quantity = find_quantity(found.reading) if intent in ("fact", "toolkit") else None
        return Understanding(
            message=message,
            intent=intent,
            patch=found.slots.profile(),
            cleared=cleared,
            models=entities.models,
            hardware=entities.hardware,
            toolkits=entities.toolkits,
            documents=entities.documents,
            unknown=entities.unknown,
            parameters_b=entities.parameters_b,
            precision=serving.precision,
            context_tokens=serving.context_tokens,
            concurrency=serving.concurrency,
            tokens_per_second=serving.tokens_per_second,
            engine=engine,
            quantity=quantity,
            years=serving.years,
            follow_up=follow_up,
            just_answer=found.reading.has("talk/just_answer") and found.reading.word_count <= 40,
            problems=tuple(found.slots.problems),
            language=found.reading.language,
        )


@dataclass(frozen=True, slots=True)
class _Aside:
    intent: Intent
    follow_up: bool = False
    just_answer: bool = False


def _aside(found: _Found, last: Understanding | None) -> _Aside | None:
    """Return what a message does that states nothing of its own: greet, ask why, wave on."""
    reading, asked = found.reading, found.asked
    if is_greeting(reading):
        return _Aside("greeting")
    short = reading.word_count <= _SHORT_ASIDE
    content = asked.weight >= CLEAR or found.job.weight >= 3 or found.slots.values
    if not short or found.slots.values:
        return None
    if reading.has("talk/sources") and not (content and asked.intent in ("toolkit", "fact")):
        return _Aside("sources", follow_up=last is not None)
    if reading.has("talk/explain") and last is not None and not _asks_own(found):
        return _Aside("explain", follow_up=True)
    if reading.has("talk/just_answer") and last is not None and not content:
        return _Aside(last.intent, follow_up=True, just_answer=True)
    return None


def _asks_own(found: _Found) -> bool:
    """Return whether "why ..." asks about products by name rather than about the answer."""
    several = max(len(found.entities.models), len(found.entities.hardware)) > 1
    return found.asked.weight >= CLEAR and (several or found.asked.intent in ("finetune", "deploy"))


def _otherwise(found: _Found) -> Intent:
    """Return the intent of a message that names no product and asks nothing we know."""
    reading = found.reading
    if reading.pasted:
        return "reality_check"
    slots = found.slots
    told = set(slots.values) - {"languages", "deadline"}
    if reading.has("talk/ai_word") or told or slots.problems or slots.cleared:
        return "vague"
    if reading.has("talk/want") and reading.has("talk/job_frame"):
        return "vague"
    return "off_topic"


def _put_job(found: _Found, intent: Intent) -> None:
    """State the job, where the message is about one and not about a product."""
    if intent not in (
        "recommendation",
        "cost",
        "comparison",
        "finetune",
        "deploy",
        "vague",
        "speed",
        "fit",
    ):
        return
    job, slots = found.job, found.slots
    told = intent in ("recommendation", "vague") or found.job.weight >= 3
    if job.task_type and told:
        slots.put("task_type", job.task_type, job.task or "")
        if job.task:
            slots.put("task", job.task, job.task)
    if job.domain and (told or intent == "recommendation"):
        slots.put("domain", job.domain, job.task or job.domain)


def _is_new_job(found: _Found, intent: Intent, profile: Profile) -> bool:
    """Return whether another job than the standing one is described."""
    before, now = profile.task_type, found.job.task_type
    return intent == "recommendation" and before is not None and now is not None and now != before
