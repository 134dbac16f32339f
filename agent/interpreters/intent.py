"""What does the message ask for? Weighted phrases, and what the message names and states."""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.entities import Entities
from agent.interpreters.neighbours import CLEAR, JOB_SLOTS, Scene, settle
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots
from agent.interpreters.tasks import Job
from agent.understanding import Intent

_TELLING = 2.0
"""The weight of words from which they describe a job without any other sign of one."""
_NAMES_A_JOB = 3.0
_OF_SERVING = ("input_tokens", "classes")
"""Slots that a question of fit may seem to state: a prompt's length, "across 2 nodes"."""
_ASKED: tuple[Intent, ...] = (
    "reality_check", "fact", "fit", "speed", "cost", "comparison", "finetune", "deploy", "toolkit",
    "recommendation", "vague",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The intent, how clearly it is said, and what the words alone weigh."""

    intent: Intent | None
    weight: float
    scores: dict[Intent, float]


def find_intent(reading: Reading, entities: Entities, slots: Slots, job: Job) -> Asked:
    """Return what the message asks for; the intent is None where nothing tells."""
    words = {intent: _weight(reading, intent) for intent in _ASKED}
    if reading.has("talk/of_studies") or _is_of_a_study(entities, slots, words):
        return Asked("fact", CLEAR, words)
    scores = dict(words)
    _weigh_products(scores, entities, reading)
    _weigh_job(scores, slots, job, reading)
    settle(scores, Scene(reading, entities, slots, job))
    best = max(_ASKED, key=lambda intent: scores[intent])
    if scores[best] < 2:
        return Asked(_silent(entities, slots, job), 0.0, words)
    priced = best == "fact" and words["cost"] >= CLEAR
    return Asked(best, max(words[best], CLEAR) if priced else words[best], words)


def _is_of_a_study(entities: Entities, slots: Slots, words: dict[Intent, float]) -> bool:
    """Return whether a published study is named, no job is described and nothing is to be run."""
    named = any(doc_id.startswith("studies/") for doc_id in entities.documents)
    runs = any(words[intent] >= CLEAR for intent in ("fit", "speed", "cost", "deploy"))
    return named and not runs and not any(slot in slots.values for slot in JOB_SLOTS)


def _weight(reading: Reading, intent: Intent) -> float:
    """Return the heaviest phrase and a quarter of the others that share no word with it."""
    kept: list[Hit] = []
    hits = [hit for hit in reading.all(f"intents/{intent}") if not _is_told(reading, hit)]
    for hit in sorted(hits, key=lambda h: (-h.weight, h.last - h.first)):
        if all(hit.last < other.first or other.last < hit.first for other in kept):
            kept.append(hit)
    return kept[0].weight + sum(hit.weight for hit in kept[1:]) / 4 if kept else 0.0


def _is_told(reading: Reading, hit: Hit) -> bool:
    """Return whether the phrase asks nothing: it prices a mistake, or the job itself is scams."""
    told: tuple[Hit, ...] = ()
    if hit.label == "intents/cost":
        told = (*reading.all("slots/wrong_cost"), *_bills(reading))
        return any(other.first <= hit.last and hit.first <= other.last for other in told)
    if hit.label == "intents/reality_check":
        told = reading.all("tasks/classification", "tasks/moderation")
        return any(
            other.weight >= _NAMES_A_JOB and other.first <= hit.first and hit.last <= other.last
            for other in told
        )
    return False


def _bills(reading: Reading) -> tuple[Hit, ...]:
    """Return what is told of today's bill ("GPT-4o costs us $900"); a question sums up anew."""
    asks = reading.has("talk/asks_sum")
    return () if asks else reading.all("talk/stated_bill")


def _weigh_products(scores: dict[Intent, float], entities: Entities, reading: Reading) -> None:
    products = entities.is_any or entities.memory_gb is not None
    if entities.is_sized and entities.has_device:
        scores["fit"] += 1.5 if scores["fit"] else 0
    if not products and entities.parameters_b is None:
        scores["fact"] -= 1.5
        scores["comparison"] -= 1
        if not reading.has("quantities/kv_cache"):
            scores["fit"] -= 1
    if not products and not reading.has("talk/doubted_claim"):
        scores["reality_check"] -= 0.5
    if entities.is_sized and entities.has_device and scores["fit"] >= CLEAR:
        scores["fact"] -= 3
    if entities.are_several and scores["comparison"]:
        scores["comparison"] += 2
    if entities.toolkits and scores["toolkit"] >= CLEAR:
        scores["toolkit"] += 1


def _weigh_job(scores: dict[Intent, float], slots: Slots, job: Job, reading: Reading) -> None:
    stated = sum(slot in slots.values for slot in JOB_SLOTS)
    if job.task_type:
        framed = reading.has("talk/job_frame") or reading.has("talk/want")
        sure = job.weight >= 3
        scores["recommendation"] += 1.5 + framed + sure
    scores["recommendation"] += min(stated, 2)


def _silent(entities: Entities, slots: Slots, job: Job) -> Intent | None:
    """Return what a message without a question means: a job, two products, one product."""
    runs = entities.is_sized and entities.has_device and not job.weight
    if runs and not any(slot in slots.values for slot in JOB_SLOTS if slot not in _OF_SERVING):
        return "fit"
    if job.weight >= _TELLING or any(slot in slots.values for slot in JOB_SLOTS):
        return "recommendation"
    if entities.is_sized and entities.has_device:
        return "fit"
    if entities.are_several:
        return "comparison"
    owned_only = "hardware" in slots.values and not (entities.models or entities.unknown)
    if owned_only:
        return "vague"
    if entities.models or entities.hardware or entities.unknown:
        return "fact"
    if entities.toolkits:
        return "toolkit"
    return None
