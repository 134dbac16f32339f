"""What does the message ask for? Weighted phrases, and what the message names and states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from agent.interpreters.entities import Entities
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots
from agent.interpreters.tasks import Job
from agent.understanding import Intent

CLEAR = 4.0
"""The weight from which the words alone say what is asked."""
_INTENTS: tuple[Intent, ...] = get_args(Intent)
_ASKED: tuple[Intent, ...] = (
    "reality_check", "fact", "fit", "speed", "cost", "comparison", "finetune", "deploy", "toolkit",
    "recommendation", "vague",
)  # fmt: skip
_JOB_SLOTS = ("requests_per_day", "labeled_examples", "classes", "wrong_answer_usd", "quality_bar")


@dataclass(frozen=True, slots=True)
class Asked:
    """The intent, how clearly it is said, and what the words alone weigh."""

    intent: Intent | None
    weight: float
    scores: dict[Intent, float]


def find_intent(reading: Reading, entities: Entities, slots: Slots, job: Job) -> Asked:
    """Return what the message asks for; the intent is None where nothing tells."""
    words = {intent: _weight(reading, intent) for intent in _ASKED}
    scores = dict(words)
    _weigh_products(scores, entities, reading)
    _weigh_job(scores, slots, job, reading)
    _settle(scores, entities, slots, job, reading)
    best = max(_ASKED, key=lambda intent: scores[intent])
    if scores[best] < 2:
        return Asked(_silent(entities, slots, job), 0.0, words)
    return Asked(best, words[best], words)


def _weight(reading: Reading, intent: Intent) -> float:
    """Return the heaviest phrase and a quarter of the others that share no word with it."""
    kept: list[Hit] = []
    for hit in sorted(
        reading.all(f"intents/{intent}"), key=lambda h: (-h.weight, h.last - h.first)
    ):
        if all(hit.last < other.first or other.last < hit.first for other in kept):
            kept.append(hit)
    return kept[0].weight + sum(hit.weight for hit in kept[1:]) / 4 if kept else 0.0


def _weigh_products(scores: dict[Intent, float], entities: Entities, reading: Reading) -> None:
    sized = bool(entities.models) or entities.parameters_b is not None
    products = bool(entities.models or entities.hardware or entities.toolkits or entities.unknown)
    if sized and entities.hardware:
        scores["fit"] += 1.5 if scores["fit"] else 0
    if not products and entities.parameters_b is None:
        scores["fact"] -= 1.5
        scores["comparison"] -= 1
        if not reading.has("quantities/kv_cache"):
            scores["fit"] -= 1
    if not products:
        scores["reality_check"] -= 0.5
    several = max(len(entities.models), len(entities.hardware), len(entities.toolkits)) > 1
    if several and scores["comparison"]:
        scores["comparison"] += 2
    if entities.toolkits and scores["toolkit"] >= CLEAR:
        scores["toolkit"] += 1


def _weigh_job(scores: dict[Intent, float], slots: Slots, job: Job, reading: Reading) -> None:
    stated = sum(slot in slots.values for slot in _JOB_SLOTS)
    if job.task_type:
        framed = reading.has("talk/job_frame") or reading.has("talk/want")
        scores["recommendation"] += 1.5 + framed
    scores["recommendation"] += min(stated, 2)


def _settle(
    scores: dict[Intent, float], entities: Entities, slots: Slots, job: Job, reading: Reading
) -> None:
    """Decide between neighbours that share their words."""
    has_job = bool(job.task_type) or any(slot in slots.values for slot in _JOB_SLOTS)
    product = bool(entities.models or entities.hardware or entities.unknown)
    cost, fact = scores["cost"], scores["fact"]
    if cost >= CLEAR and fact >= CLEAR:
        own_use = (
            "requests_per_day" in slots.values or reading.has("slots/years") or _compares(reading)
        )
        scores["cost" if own_use or not product else "fact"] += 3
    if cost >= CLEAR and product and not has_job and fact < CLEAR and _is_price(reading, entities):
        scores["fact"] = cost + 1
    if scores["finetune"] >= CLEAR:
        scores["finetune"] += 1 if cost >= CLEAR or scores["toolkit"] < CLEAR else 0
        scores["fit"] -= 2
        choice = scores["recommendation"] >= CLEAR and reading.has("intents/recommendation")
        if choice and has_job and not _asks_how(reading):
            scores["recommendation"] += 3
    if cost >= CLEAR and _about_money(reading):
        scores["cost"] += 3 if scores["recommendation"] >= CLEAR else 0
        scores["fit"] -= 3
        scores["speed"] -= 2
    sized = bool(entities.models) or entities.parameters_b is not None
    if _asks_for_memory(reading) and sized and not entities.hardware:
        scores["fit"] += 3
    elif _asks_for_memory(reading) and entities.hardware and not sized:
        scores["fact"] = max(scores["fact"], scores["fit"]) + 1
    if scores["finetune"] >= CLEAR and cost >= CLEAR and "requests_per_day" not in slots.values:
        scores["finetune"] = max(scores["finetune"], scores["cost"] + 1)
    if scores["speed"] >= CLEAR and scores["fit"] >= CLEAR:
        scores["speed"] += 2
    if scores["comparison"] >= CLEAR and scores["recommendation"] >= CLEAR and has_job:
        scores["recommendation"] += (
            2 if job.task_type and "requests_per_day" in slots.values else 0.5
        )
    if scores["reality_check"] >= CLEAR:
        scores["reality_check"] += 2 if product or not has_job else -2
    if scores["toolkit"] >= CLEAR and scores["fact"] >= CLEAR and entities.toolkits:
        scores["toolkit"] += 1 if reading.has("quantities/maintenance") else -1
    if scores["toolkit"] > CLEAR or not job.task_type:
        asks_tool = scores["toolkit"] >= CLEAR and scores["recommendation"] >= CLEAR
        scores["toolkit"] += 3 if asks_tool else 0
    if scores["vague"] >= CLEAR and (has_job or product):
        scores["vague"] = 0
    if not has_job and not product and entities.parameters_b is None:
        _without_job(scores, reading)


def _without_job(scores: dict[Intent, float], reading: Reading) -> None:
    """Turn a recommendation about nothing in particular into a vague question."""
    if scores["recommendation"] >= 2 and scores["recommendation"] >= scores["vague"] - 1:
        scores["vague"] = max(scores["vague"], scores["recommendation"] + 0.5)
        scores["recommendation"] = 0
    if reading.has("talk/big_small") and scores["cost"] < CLEAR:
        scores["vague"] += 2


def _compares(reading: Reading) -> bool:
    words = {
        "vs",
        "versus",
        "or",
        "against",
        "cheaper",
        "than",
        "own",
        "oder",
        "ou",
        "o",
        "run",
        "running",
    }
    return any(token.text in words for token in reading.tokens)


def _is_price(reading: Reading, entities: Entities) -> bool:
    """Return whether "what does X cost" asks for the price of X and not for a job's cost."""
    return (
        not _compares(reading)
        and reading.word_count <= 12
        and reading.has("quantities/price")
        and not (reading.has("slots/volume") or reading.has("slots/years"))
    )


def _asks_for_memory(reading: Reading) -> bool:
    """Return whether memory in an amount is asked for, and not that of the cache alone."""
    asks = {
        "how",
        "much",
        "many",
        "need",
        "needs",
        "require",
        "requires",
        "requirement",
        "cuanta",
        "cuanto",
        "combien",
        "wieviel",
        "viel",
        "多少",
    }
    wanted = reading.has("quantities/memory") and not reading.has("quantities/kv_cache")
    return wanted and any(token.text in asks for token in reading.tokens)


def _asks_how(reading: Reading) -> bool:
    hits = reading.all("intents/finetune")
    return any(
        reading.tokens[hit.first].text in ("how", "wie", "comment", "como", "如何", "怎么")
        for hit in hits
    )


def _about_money(reading: Reading) -> bool:
    cheap = {"cheaper", "cheapest", "cost", "costs", "tco", "break", "breakeven", "kosten", "kostet", "cout", "coute",
             "cuesta", "coste", "gunstiger", "billiger", "bill", "money", "expensive", "save", "payback", "便宜"}  # fmt: skip
    hits = reading.all("intents/cost")
    return any(
        hit.weight >= CLEAR
        and any(t.text in cheap for t in reading.tokens[hit.first : hit.last + 1])
        for hit in hits
    )


def _silent(entities: Entities, slots: Slots, job: Job) -> Intent | None:
    """Return what a message without a question means: a job, two products, one product."""
    sized = bool(entities.models) or entities.parameters_b is not None
    if job.task_type or any(slot in slots.values for slot in _JOB_SLOTS):
        return "recommendation"
    if sized and entities.hardware:
        return "fit"
    several = max(len(entities.models), len(entities.hardware), len(entities.toolkits)) > 1
    if several:
        return "comparison"
    if entities.models or entities.hardware or entities.unknown:
        return "fact"
    if entities.toolkits:
        return "toolkit"
    return None
