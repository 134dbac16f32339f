"""Does a message go on from the last one, and what does it then ask?"""

from __future__ import annotations

from agent.interpreters.entities import Entities
from agent.interpreters.finding import Found
from agent.interpreters.neighbours import CLEAR, JOB_SLOTS
from agent.interpreters.reading import Reading
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
_OF_PRODUCTS: tuple[Intent, ...] = ("fit", "speed", "cost", "comparison", "deploy", "finetune")
_SURELY_OF_JOB = {"requests_per_day", "labeled_examples", "wrong_answer_usd", "quality_bar"}
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
    if asked.intent == "fit" and entities.is_sized and entities.has_device and not leans:
        return True
    wished = reading.has("talk/want") or clear
    if found.job.weight >= _SURE_JOB and wished and reading.word_count > 4:
        return True
    match asked.intent:
        case "fit" | "speed" | "deploy" | "finetune":
            return entities.is_sized and entities.has_device and clear
        case "fact" | "toolkit" | "reality_check":
            return entities.is_any and clear
        case "comparison":
            return entities.are_several and clear
        case "vague" | None:
            return False
        case _:
            return entities.is_sized and clear


def follow_up_intent(found: Found, last: Understanding, profile: Profile) -> Intent:
    """Return the intent of a follow-up: its own where it is clear, else that of the last."""
    asked, slots, job = found.asked, found.slots, found.job
    clear = asked.intent if asked.weight >= CLEAR else None
    stays = clear == "reality_check" and found.reading.has("talk/still_true")
    if stays or (clear == "finetune" and last.toolkits and found.reading.has("talk/which")):
        return last.intent
    if _asks_a_quantity(found, last):
        return "fact"
    if clear == "fit" and last.intent == "recommendation" and not found.entities.hardware:
        return last.intent
    if clear and clear not in ("vague", "recommendation"):
        return clear
    if last.intent in _WITHOUT_SUBJECT:
        told = job.task_type or slots.values or asked.intent == "recommendation"
        own = asked.intent if asked.intent != "vague" else None
        return own or ("recommendation" if told else last.intent)
    if clear == "recommendation" and job.task_type and last.intent != "cost":
        return clear
    if last.intent in ("fit", "speed") and profile.task_type and _SURELY_OF_JOB & set(slots.values):
        return "recommendation"
    of_the_job = any(slot in slots.values for slot in JOB_SLOTS)
    if of_the_job and profile.task_type and last.intent in _BESIDE_THE_JOB:
        return "recommendation"
    return last.intent


def _asks_a_quantity(found: Found, last: Understanding) -> bool:
    """Return whether "and the price?" asks for another fact of what was spoken of."""
    reading, asked = found.reading, found.asked
    quantity = any(label.startswith("quantities/") for label in reading.hits)
    if last.intent not in ("fact", "reality_check") or not quantity:
        return False
    return reading.word_count <= _SHORT and (
        asked.weight < CLEAR or asked.intent in ("fit", "cost")
    )
