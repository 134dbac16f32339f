"""Does a message go on from the last one, and what does it inherit?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.interpreters.entities import Entities
from agent.interpreters.intent import CLEAR, Asked
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.reading import Reading
from agent.interpreters.serving import Serving
from agent.interpreters.slots import Slots
from agent.interpreters.tasks import Job
from agent.profile import Owned
from agent.understanding import Intent, Understanding
from knowledge import Catalogue, NameUnknown

_ENOUGH = 2.0
_SHORT = 7
_MIDDLING = 12
_MOST_COMPARED = 4
_FORGET = {
    "budget": "budget_usd_per_month", "latency": "latency_ms", "residency": "data_residency",
    "labels": "labeled_examples", "hardware": "hardware", "quality": "quality_bar",
    "volume": "requests_per_day", "deadline": "deadline",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a follow-up means together with the question before it."""

    entities: Entities
    serving: Serving
    engine: str | None
    quantity: str | None


def is_follow_up(
    reading: Reading, last: Understanding | None, asked: Asked, entities: Entities, job: Job
) -> bool:
    """Return whether the message leans on `last`: how it opens, what it lacks, how short it is."""
    if last is None or reading.has("talk/fresh"):
        return False
    named = bool(entities.models or entities.hardware or entities.toolkits or entities.unknown)
    score = 0.0
    if reading.has("talk/connective"):
        score += 2
    elif reading.has("talk/weak_connective"):
        score += 1
    if _points_back(reading, entities):
        score += 1.5
    if reading.word_count <= _SHORT:
        score += 1
    elif reading.word_count <= _MIDDLING:
        score += 0.5
    if asked.weight < CLEAR:
        score += 1
    if _is_complete(reading, asked, entities, job, named):
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


def _is_complete(reading: Reading, asked: Asked, entities: Entities, job: Job, named: bool) -> bool:
    sized = bool(entities.models) or entities.parameters_b is not None
    if (
        job.weight >= 3
        and (reading.has("talk/want") or asked.weight >= CLEAR)
        and reading.word_count > 4
    ):
        return True
    match asked.intent:
        case "fit" | "speed" | "deploy" | "finetune":
            return sized and bool(entities.hardware) and asked.weight >= CLEAR
        case "fact" | "toolkit" | "reality_check":
            return named and asked.weight >= CLEAR
        case "comparison":
            several = max(len(entities.models), len(entities.hardware), len(entities.toolkits)) > 1
            return several and asked.weight >= CLEAR
        case "vague" | None:
            return False
        case _:
            return sized and asked.weight >= CLEAR
    return False


def follow_up_intent(asked: Asked, last: Understanding, job: Job, slots: Slots) -> Intent:
    """Return the intent of a follow-up: its own where it is clear, else that of the last."""
    clear = asked.intent if asked.weight >= CLEAR else None
    if clear and clear not in ("vague", "recommendation"):
        return clear
    if last.intent in (
        "vague",
        "greeting",
        "invalid",
        "off_topic",
        "hostile",
        "explain",
        "sources",
    ):
        told = job.task_type or slots.values or asked.intent == "recommendation"
        return (
            asked.intent
            if asked.intent and asked.intent != "vague"
            else ("recommendation" if told else last.intent)
        )
    if clear == "recommendation" and job.task_type and last.intent != "cost":
        return clear
    return last.intent


def inherit(
    reading: Reading,
    *,
    entities: Entities,
    serving: Serving,
    engine: str | None,
    quantity: str | None,
    intent: Intent,
    last: Understanding,
    slots: Slots,
    lexicon: Lexicon,
    catalogue: Catalogue,
) -> Inherited:
    """Return what the message names, filled up from `last`."""
    entities = _other_size(entities, last, catalogue)
    named = bool(entities.models or entities.hardware or entities.toolkits or entities.unknown)
    alone = intent in ("fact", "toolkit") and named
    models, hardware, toolkits = entities.models, entities.hardware, entities.toolkits
    if not alone and intent == "comparison" and last.intent == "comparison":
        models, hardware, toolkits = _widened(reading, entities, last)
    elif not alone:
        sized = entities.models or entities.parameters_b is not None
        models = entities.models if sized else last.models
        count = device_count(reading, slots, lexicon)
        hardware = entities.hardware or _counted(last.hardware, count)
        toolkits = entities.toolkits or last.toolkits
    size = entities.parameters_b
    if size is None and not entities.models and not alone:
        size = last.parameters_b
    return Inherited(
        entities=replace(
            entities,
            models=models,
            hardware=hardware,
            toolkits=toolkits,
            documents=entities.documents or last.documents,
            unknown=entities.unknown or (() if named else last.unknown),
            parameters_b=size,
        ),
        serving=Serving(
            serving.precision or last.precision,
            serving.context_tokens or last.context_tokens,
            serving.concurrency or last.concurrency,
            serving.tokens_per_second or last.tokens_per_second,
            serving.years or last.years,
        ),
        engine=engine or last.engine,
        quantity=quantity or (last.quantity if intent == last.intent else None),
    )


def _other_size(entities: Entities, last: Understanding, catalogue: Catalogue) -> Entities:
    """Read "and for the 8B?" as the 8B of the family that was spoken of, where there is one."""
    if entities.models or entities.parameters_b is None or not last.models:
        return entities
    title = catalogue.get(last.models[0]).title
    family = title.split()[0]
    name = f"{family} {entities.parameters_b:g}B"
    try:
        match = catalogue.resolve(name, kind="model")
    except NameUnknown:
        return entities
    known = match.document.value("parameters")
    if known is None or abs(known - entities.parameters_b) > 0.15 * entities.parameters_b:
        return entities
    return replace(entities, models=(match.document.id,), parameters_b=None)


def _widened(
    reading: Reading, entities: Entities, last: Understanding
) -> tuple[tuple[str, ...], tuple[Owned, ...], tuple[str, ...]]:
    """Add what is named to what was compared, unless it comes "instead"."""
    instead = any(t.text in ("instead", "rather", "stattdessen", "plutot") for t in reading.tokens)
    ids = {doc_id for doc_id, _ in entities.hardware}
    kept = () if instead and entities.hardware else last.hardware
    hardware = (*(item for item in kept if item[0] not in ids), *entities.hardware)
    models = tuple(
        dict.fromkeys((*(() if instead and entities.models else last.models), *entities.models))
    )
    tools = tuple(
        dict.fromkeys(
            (*(() if instead and entities.toolkits else last.toolkits), *entities.toolkits)
        )
    )
    return models[-_MOST_COMPARED:], hardware[-_MOST_COMPARED:], tools[-_MOST_COMPARED:]


def _counted(hardware: tuple[Owned, ...], count: int | None) -> tuple[Owned, ...]:
    if count is None or not hardware:
        return hardware
    return ((hardware[0][0], count), *hardware[1:])


def device_count(reading: Reading, slots: Slots, lexicon: Lexicon) -> int | None:
    """Return the number in "what about two?" or "with 4 cards", or None."""
    for index, token in enumerate(reading.tokens):
        number = token.number
        if number is None or index in slots.taken or token.kind != "number":
            continue
        after = reading.token(index + 1)
        bare = after is None or after.kind in ("stop", "mark", "precision")
        of_them = after is not None and after.text in (
            "of",
            "at",
            "in",
            "with",
            "instead",
            "then",
            "x",
        )
        cards = after is not None and after.text in lexicon.class_words["card_word"]
        if (bare or of_them or cards) and 1 <= number.value <= 10_000 and number.exact:
            slots.taken.add(index)
            return round(number.value)
    return None


def taken_back(reading: Reading) -> tuple[str, ...]:
    """Return the slots that the user takes back: "forget the budget"."""
    found = []
    for hit in reading.all("talk/forget"):
        for name, slot in _FORGET.items():
            near = reading.all(f"talk/forget_{name}")
            if any(0 <= other.first - hit.last <= 3 for other in near):
                found.append(slot)
    return tuple(dict.fromkeys(found))
