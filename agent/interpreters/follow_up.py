"""Does a message go on from the last one, and what does it then ask?"""

from __future__ import annotations

from agent.interpreters.entities import Entities
from agent.interpreters.finding import Found
from agent.interpreters.neighbours import CLEAR, JOB_SLOTS
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots
from agent.profile import Profile
from agent.understanding import Intent, Understanding

_ENOUGH = 2.0
_SHORT = 7
_SCRAP = 3
_MIDDLING = 12
_SURE_JOB = 3.0
_WITHOUT_SUBJECT: tuple[Intent, ...] = (
    "vague",
    "greeting",
    "invalid",
    "off_topic",
    "hostile",
    "explain",
    "sources",
)
_OF_PRODUCTS: tuple[Intent, ...] = ("speed", "fit", "cost", "comparison", "deploy", "finetune")
_SURELY_OF_JOB = {
    "requests_per_day",
    "labeled_examples",
    "wrong_answer_usd",
    "quality_bar",
    "data_residency",
    "rules_change_often",
}
_BESIDE_THE_JOB: tuple[Intent, ...] = ("deploy", "finetune", "fact", "toolkit", "reality_check")


def is_follow_up(found: Found, last: Understanding | None) -> bool:
    """Return whether the message leans on `last`: how it opens, what it lacks, how short it is."""
    reading, asked, entities = found.reading, found.asked, found.entities
    if last is None or reading.has("talk/fresh"):
        return False
    score = 0.0
    if reading.has("talk/connective"):
        score += 2
    elif reading.has("talk/weak_connective"):
        score += 1
    if _points_back(reading, entities):
        score += 1.5
    if reading.word_count <= _SHORT:
        score += 1 if entities.is_any or reading.word_count > _SCRAP else 2
    elif reading.word_count <= _MIDDLING:
        score += 0.5
    if asked.weight < CLEAR or _lacks_its_subject(found, last):
        score += 1
    if asked.weight < CLEAR and found.slots.values and found.job.task_type is None:
        score += 1
    if _is_complete(found):
        score -= 2
    return score >= _ENOUGH


def _points_back(reading: Reading, entities: Entities) -> bool:
    both = entities.models and entities.hardware
    if both or not reading.has("talk/anaphora"):
        return False
    plain = [(hit.first, hit.last) for hit in reading.all("talk/pleonastic")]
    return any(
        not any(first <= hit.first and hit.last <= last for first, last in plain)
        for hit in reading.all("talk/anaphora")
    )


def _lacks_its_subject(found: Found, last: Understanding) -> bool:
    """Return whether a question about products names none, or a fit question no device."""
    entities = found.entities
    if found.asked.intent == "fit" and not entities.has_device:
        return True
    sized = bool(last.models) or last.parameters_b is not None
    if found.asked.intent in ("fit", "speed", "deploy") and sized and not entities.is_sized:
        return True
    return found.asked.intent in _OF_PRODUCTS and not entities.is_any and not found.slots.values


def _is_complete(found: Found) -> bool:
    reading, asked, entities = found.reading, found.asked, found.entities
    clear = asked.weight >= CLEAR
    leans = reading.has("talk/connective", "talk/weak_connective", "talk/anaphora")
    if not leans and _names_its_subject(found, clear=clear):
        return True
    wished = reading.has("talk/want") or clear
    if found.job.weight >= _SURE_JOB and wished and reading.word_count > 4:
        return True
    match asked.intent:
        case "fit" | "speed" | "deploy":
            return entities.is_sized and entities.has_device and clear
        case "fact" | "toolkit" | "reality_check":
            return entities.is_any and clear
        case "comparison":
            return entities.are_several and clear
        case "vague" | None:
            return False
        case _:
            return entities.is_sized and clear


def _names_its_subject(found: Found, *, clear: bool) -> bool:
    """Return whether a question of fit or cost that leans on nothing names what it is about."""
    reading, entities = found.reading, found.entities
    match found.asked.intent:
        case "fit":
            placed = entities.has_device and (entities.is_sized or reading.has("talk/what_runs"))
            return placed or (entities.is_sized and reading.has("talk/needs"))
        case "cost":
            return clear and (entities.is_sized or entities.has_device)
        case _:
            return False


def follow_up_intent(found: Found, last: Understanding, profile: Profile) -> Intent:
    """Return the intent of a follow-up: its own where it is clear, else that of the last."""
    asked, slots, job = found.asked, found.slots, found.job
    clear = clear_intent(found)
    if _stays(found, last, clear):
        return last.intent
    if elliptic := _elliptic(found, last, profile):
        return elliptic
    if clear and clear not in ("vague", "recommendation"):
        return clear
    if last.intent in _WITHOUT_SUBJECT:
        told = job.task_type or slots.values or asked.intent == "recommendation"
        own = asked.intent if asked.intent != "vague" else None
        return own or ("recommendation" if told else last.intent)
    if clear == "recommendation" and job.task_type and last.intent != "cost":
        return clear
    return "recommendation" if _changes_the_job(slots, last, profile) else last.intent


def clear_intent(found: Found) -> Intent | None:
    """Return what the words of a follow-up clearly ask, its subject being that of the thread."""
    asked = found.asked
    if asked.intent not in ("vague", None):
        return asked.intent if asked.weight >= CLEAR else None
    best = max(_OF_PRODUCTS, key=lambda intent: asked.scores[intent])
    return best if asked.scores[best] >= CLEAR else asked.intent


def _elliptic(found: Found, last: Understanding, profile: Profile) -> Intent | None:
    """Return the intent of a question that leaves out what the thread has said."""
    if _asks_for_rent(found, last):
        return "cost"
    if _compares_what_was_named(found, last, profile):
        return "comparison"
    if _asks_a_quantity(found, last):
        return "fact"
    return "cost" if _asks_a_sum(found, last) else None


def _changes_the_job(slots: Slots, last: Understanding, profile: Profile) -> bool:
    """Return whether a slot of the standing job changes after a question beside it."""
    if profile.task_type is None:
        return False
    if last.intent in _BESIDE_THE_JOB:
        return any(slot in slots.values for slot in (*JOB_SLOTS, "data_residency"))
    of_the_pick = _SURELY_OF_JOB - ({"requests_per_day"} if last.intent == "cost" else set())
    return last.intent in ("fit", "speed", "cost") and bool(of_the_pick & set(slots.values))


def _stays(found: Found, last: Understanding, clear: Intent | None) -> bool:
    """Return whether the words of another question leave the last one standing."""
    reading = found.reading
    match clear:
        case "reality_check":
            return reading.has("talk/still_true")
        case "finetune":
            return bool(last.toolkits) and reading.has("talk/which")
        case "fit":
            return last.intent == "recommendation" and not found.entities.has_device
        case "comparison":
            return last.intent in ("recommendation", "cost") and not _can_compare(found, last)
        case _:
            return False


def _can_compare(found: Found, last: Understanding) -> bool:
    """Return whether the message and the question before name two products of a kind."""
    now = found.entities
    models = {*now.models, *last.models}
    devices = {doc_id for doc_id, _ in (*now.hardware, *last.hardware)}
    return max(len(models), len(devices), len({*now.toolkits, *last.toolkits})) > 1


def _asks_for_rent(found: Found, last: Understanding) -> bool:
    """Return whether "rented?" or "eight of them for a month?" goes on from a device."""
    named = found.entities.is_sized
    if last.intent in ("fit", "speed") and last.hardware and not named:
        return found.reading.has("talk/rents")
    if last.intent != "fact" or last.quantity not in ("price", "rental") or last.models:
        return False
    of_devices = bool(last.hardware or found.entities.hardware)
    return of_devices and not found.entities.models and found.reading.has("talk/for_a_period")


def _compares_what_was_named(found: Found, last: Understanding, profile: Profile) -> bool:
    """Return whether "which one is cheaper?" asks about products named in turn, at no load."""
    loads = ("requests_per_day", "input_tokens", "output_tokens")
    loaded = any(slot in found.slots.values or getattr(profile, slot) for slot in loads)
    before = bool(last.earlier) or len(last.models) > 1 or len(last.hardware) > 1
    which = found.reading.has("talk/of_those") and not found.entities.is_any
    return which and before and not loaded and last.intent in ("fact", "comparison")


def _asks_a_sum(found: Found, last: Understanding) -> bool:
    """Return whether "GPT-5 against that, per month?" asks what the job costs."""
    of_a_job = last.intent in ("recommendation", "cost", "fit", "speed", "comparison")
    told = "requests_per_day" in found.slots.values
    if told and last.intent == "comparison" and last.models:
        return True
    return of_a_job and not told and found.reading.has("talk/sum_of_a_period")


def _asks_a_quantity(found: Found, last: Understanding) -> bool:
    """Return whether "and the price?" asks for another fact of what was spoken of."""
    reading, asked = found.reading, found.asked
    quantity = any(label.startswith("quantities/") for label in reading.hits)
    if last.intent not in ("fact", "reality_check") or not quantity:
        return False
    return reading.word_count <= _SHORT and (
        asked.weight < CLEAR or asked.intent in ("fit", "cost")
    )
