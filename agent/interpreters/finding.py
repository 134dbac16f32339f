"""What does one message say by itself? Slots, products, the job and the question."""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.entities import Entities, count_problems, find_entities, read_owned
from agent.interpreters.intent import Asked, find_intent
from agent.interpreters.labels import read_classes, read_labels, read_stability
from agent.interpreters.lengths import read_lengths
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.limits import (
    read_budget,
    read_deadline,
    read_latency,
    read_quality,
    read_wrong_cost,
)
from agent.interpreters.once import put_word_total, read_total_requests, read_word_total
from agent.interpreters.people import read_languages, read_staff
from agent.interpreters.problems import find_problems
from agent.interpreters.reading import Reading
from agent.interpreters.residency import read_residency
from agent.interpreters.serving import Serving, read_serving
from agent.interpreters.slots import Slots
from agent.interpreters.tasks import Job, find_job
from agent.interpreters.terms import Terms, read_terms, settle_cached
from agent.interpreters.token_totals import TokenTotals, put_token_totals, read_token_totals
from agent.interpreters.volume import read_correction, read_growth, read_volume
from agent.profile import Profile
from agent.understanding import Intent
from knowledge import Catalogue

_SURE = 3.0
_ABOUT_A_JOB = ("recommendation", "vague")
_MAY_NAME_A_JOB = ("cost", "comparison", "finetune", "deploy", "speed", "fit", *_ABOUT_A_JOB)
_FORGET = {
    "budget": "budget_usd_per_month",
    "latency": "latency_ms",
    "residency": "data_residency",
    "labels": "labeled_examples",
    "hardware": "hardware",
    "quality": "quality_bar",
    "volume": "requests_per_day",
    "deadline": "deadline",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one message says by itself."""

    reading: Reading
    entities: Entities
    slots: Slots
    serving: Serving
    job: Job
    asked: Asked
    totals: TokenTotals
    total_requests: float | None
    terms: Terms


def find(
    reading: Reading,
    catalogue: Catalogue,
    lexicon: Lexicon,
    *,
    profile: Profile,
    in_thread: bool,
    of_serving: bool = False,
) -> Found:
    """Return what the message says; amounts are read first where their unit is surest.

    `of_serving` says that the question before was about fit or speed.
    """
    slots = Slots()
    what_if = in_thread and reading.has("talk/what_if", "talk/connective")
    read_wrong_cost(reading, slots, lexicon)
    read_budget(reading, slots, lexicon)
    read_quality(reading, slots)
    terms = read_terms(reading, slots)
    serving = read_serving(reading, slots, goes_on=of_serving)
    read_latency(reading, slots)
    totals = read_token_totals(reading, slots, lexicon)
    words = read_word_total(reading, slots, lexicon)
    read_lengths(reading, slots)
    count_problems(reading, slots)
    read_volume(reading, slots, lexicon)
    put_token_totals(totals, slots, profile=profile)
    stock = put_word_total(words, reading, slots)
    read_staff(reading, slots)
    read_labels(reading, slots, lexicon, what_if=what_if)
    read_classes(reading, slots, lexicon)
    read_stability(reading, slots)
    supposed = in_thread and reading.has("talk/what_if")
    read_residency(reading, slots, lexicon, what_if=supposed)
    read_languages(reading, slots, lexicon)
    read_owned(reading, slots, catalogue, what_if=what_if)
    read_deadline(reading, slots)
    read_correction(reading, slots, lexicon, profile=profile)
    read_growth(reading, slots, profile=profile)
    terms = settle_cached(terms, slots, profile=profile)
    stock = stock or read_total_requests(reading, slots, profile=profile)
    find_problems(reading, slots)
    _take_back(reading, slots)
    job = find_job(reading)
    entities = find_entities(reading, catalogue)
    asked = find_intent(reading, entities, slots, job)
    return Found(reading, entities, slots, serving, job, asked, totals, stock, terms)


def _take_back(reading: Reading, slots: Slots) -> None:
    """Clear the slots that the user takes back: "forget the budget"."""
    for hit in reading.all("talk/forget"):
        for name, slot in _FORGET.items():
            near = reading.all(f"talk/forget_{name}")
            if slots.values.get(slot) == ():
                continue
            if any(0 <= other.first - hit.last <= 3 for other in near):
                slots.clear(slot)
                slots.values.pop(slot, None)
                slots.words.pop(slot, None)
                if slot == "labeled_examples" and (none := reading.all("slots/have_none")):
                    slots.put(slot, 0, reading.quote(none[0]))


def put_job(found: Found, intent: Intent) -> None:
    """State the job in the slots, where the message is about one and not about a product."""
    if intent not in _MAY_NAME_A_JOB:
        return
    job, slots = found.job, found.slots
    told = intent in _ABOUT_A_JOB or job.weight >= _SURE
    if job.task_type and told:
        slots.put("task_type", job.task_type, job.task or "")
    elif told and "classes" in slots.values:
        slots.put("task_type", "classification", slots.words["classes"])
    if job.task and told:
        slots.put("task", job.task, job.task)
    if job.domain and told:
        slots.put("domain", job.domain, job.task or job.domain)
