"""What does a follow-up take over from the question before it?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.interpreters.entities import Entities
from agent.interpreters.finding import Found
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.reading import Reading
from agent.interpreters.serving import Serving
from agent.interpreters.slots import Slots
from agent.interpreters.wordlists import word_set
from agent.profile import Owned
from agent.understanding import Intent, Understanding
from knowledge import Catalogue, NameUnknown
from knowledge.schema import Hardware

_SIZE = re.compile(r"[\s-]+\d+(?:\.\d+)?B\b", re.IGNORECASE)
_NEAR = 0.15
_MOST_COMPARED = 4
_MOST_DEVICES = 10_000
_TWO_SIDED = ("cost", "comparison", "recommendation")
_OF_ONE_PRODUCT = ("fit", "speed", "deploy", "fact")


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a follow-up names together with the question before it."""

    entities: Entities
    serving: Serving


def inherit(
    found: Found, last: Understanding, *, intent: Intent, lexicon: Lexicon, catalogue: Catalogue
) -> Inherited:
    """Return what the message names, filled up from `last`."""
    entities = _other_size(_same_device(found.entities, last, catalogue), last, catalogue)
    if intent == "recommendation" and last.intent in _OF_ONE_PRODUCT:
        return Inherited(entities, found.serving)
    last = _widened_by_earlier(found, last)
    if intent in ("fact", "toolkit") and entities.is_any:
        return Inherited(entities, found.serving)
    if intent == "comparison" == last.intent:
        entities = _widened(found.reading, entities, last)
    else:
        entities = _filled(
            found, entities, last, intent=intent, lexicon=lexicon, catalogue=catalogue
        )
    unknown = entities.unknown or (() if found.entities.is_any else last.unknown)
    documents = entities.documents or last.documents
    entities = replace(entities, unknown=unknown, documents=documents)
    if intent == "cost" and _is_of_the_device(found, last):
        entities = replace(entities, models=(), parameters_b=None)
    asked_users = found.reading.has("talk/how_many_users")
    before = last.model_copy(update={"concurrency": None}) if asked_users else last
    return Inherited(entities, _serving(found.serving, before))


def _widened_by_earlier(found: Found, last: Understanding) -> Understanding:
    """Return `last` with the products that the thread spoke of before: "which one is cheaper?"."""
    if last.intent not in ("fact", "comparison") or found.entities.is_any:
        return last
    if not found.reading.has("talk/of_those"):
        return last
    models = tuple(i for i in reversed(last.earlier) if i.startswith("models/"))
    devices = tuple((i, 1) for i in reversed(last.earlier) if i.startswith("hardware/"))
    update: dict[str, object] = {}
    if len(last.models) == 1 and models:
        update["models"] = (*models, *last.models)[-_MOST_COMPARED:]
    if len(last.hardware) == 1 and not last.models and devices:
        update["hardware"] = (*devices, *last.hardware)[-_MOST_COMPARED:]
    return last.model_copy(update=update)


def _is_of_the_device(found: Found, last: Understanding) -> bool:
    """Return whether renting "that" means the device that was spoken of, not the model on it."""
    renting = found.reading.has("talk/rents", "talk/buys") and last.intent in ("fit", "speed")
    return renting and bool(last.hardware) and not found.entities.is_sized


def _serving(now: Serving, last: Understanding) -> Serving:
    return Serving(
        now.precision or last.precision,
        now.context_tokens or last.context_tokens,
        now.concurrency or last.concurrency,
        now.tokens_per_second or last.tokens_per_second,
        now.years or last.years,
    )


def _filled(
    found: Found,
    entities: Entities,
    last: Understanding,
    *,
    intent: Intent,
    lexicon: Lexicon,
    catalogue: Catalogue,
) -> Entities:
    """Fill each kind of product from `last` where the message names none of it."""
    sized = bool(entities.models) or entities.parameters_b is not None
    about_device = intent == "fact" and found.reading.has("talk/the_device")
    other_side = intent in _TWO_SIDED and bool(last.models)
    size = entities.parameters_b
    if size is None and (not entities.models or other_side):
        size = last.parameters_b
    hardware = _same_count(found.reading, entities.hardware, last.hardware)
    if not entities.hardware:
        hardware = _counted(found.reading, found.slots, last.hardware, lexicon, catalogue)
    return replace(
        entities,
        models=entities.models if sized or about_device else last.models,
        hardware=hardware,
        toolkits=entities.toolkits or last.toolkits,
        parameters_b=size,
        memory_gb=entities.memory_gb if entities.hardware or entities.memory_gb else last.memory_gb,
    )


def _same_device(entities: Entities, last: Understanding, catalogue: Catalogue) -> Entities:
    """Read "and with 96 GB?" after a Mac as the Mac with 96 GB, not as a card of that memory."""
    if not entities.stands_in or not last.hardware:
        return entities
    device = catalogue.get(last.hardware[0][0])
    shared = isinstance(device, Hardware) and device.shares_memory
    return replace(entities, hardware=()) if shared else entities


def _other_size(entities: Entities, last: Understanding, catalogue: Catalogue) -> Entities:
    """Read "and for the 8B?" as the 8B of the family that was spoken of, where there is one."""
    if entities.models or entities.parameters_b is None or not last.models:
        return entities
    title = catalogue.get(last.models[0]).title
    for family in (_SIZE.split(title)[0], title.split()[0]):
        try:
            match = catalogue.resolve(f"{family} {entities.parameters_b:g}B", kind="model")
        except NameUnknown:
            continue
        known = match.document.value("parameters")
        if known is not None and abs(known - entities.parameters_b) <= _NEAR * known:
            return replace(entities, models=(match.document.id,), parameters_b=None)
    return entities


def _widened(reading: Reading, entities: Entities, last: Understanding) -> Entities:
    """Add what is named to what was compared, unless it comes "instead"."""
    instead = any(token.text in word_set("instead") for token in reading.tokens)
    ids = {doc_id for doc_id, _ in entities.hardware}
    old_hardware = () if instead and entities.hardware else last.hardware
    old_models = () if instead and entities.models else last.models
    old_tools = () if instead and entities.toolkits else last.toolkits
    hardware = (*(item for item in old_hardware if item[0] not in ids), *entities.hardware)
    size = entities.parameters_b
    return replace(
        entities,
        models=tuple(dict.fromkeys((*old_models, *entities.models)))[-_MOST_COMPARED:],
        hardware=hardware[-_MOST_COMPARED:],
        toolkits=tuple(dict.fromkeys((*old_tools, *entities.toolkits)))[-_MOST_COMPARED:],
        parameters_b=size if size is not None else last.parameters_b,
    )


def _same_count(
    reading: Reading, now: tuple[Owned, ...], last: tuple[Owned, ...]
) -> tuple[Owned, ...]:
    """Read "and on H200?" after eight H100 as eight H200; "a" and "one" mean one."""
    if len(now) != 1 or len(last) != 1 or now[0][1] != 1:
        return now
    for place, token in enumerate(reading.tokens):
        if token.product is not None and token.product.doc_id == now[0][0]:
            before = reading.tokens[max(0, place - 2) : place]
            counted = any(t.number is not None or t.text in word_set("one") for t in before)
            return now if counted else ((now[0][0], last[0][1]),)
    return now


def _counted(
    reading: Reading,
    slots: Slots,
    hardware: tuple[Owned, ...],
    lexicon: Lexicon,
    catalogue: Catalogue,
) -> tuple[Owned, ...]:
    """Return `hardware` with the number in "what about two?" or "with two nodes"."""
    titles = (catalogue.get(doc_id).title for doc_id, _ in hardware)
    words = {word for title in titles for word in re.findall(r"[a-z]{4,}", title.lower())}
    named = frozenset((*words, *(f"{word}s" for word in words)))
    place = _device_count(reading, slots, lexicon, named)
    if place is None or not hardware:
        return hardware
    number, after = reading.tokens[place].number, reading.token(place + 1)
    if number is None:
        return hardware
    nodes = after is not None and after.text in word_set("nodes")
    each = hardware[0][1] if nodes else 1
    return ((hardware[0][0], round(number.value) * each), *hardware[1:])


def _device_count(
    reading: Reading, slots: Slots, lexicon: Lexicon, named: frozenset[str]
) -> int | None:
    """Return the place of the number in "what about two?" or "with 4 cards", or None.

    `named` holds words that mean the device spoken of: "two sparks?".
    """
    for place, token in enumerate(reading.tokens):
        number = token.number
        if number is None or place in slots.taken or token.kind != "number":
            continue
        after = reading.token(place + 1)
        bare = after is None or after.kind in ("stop", "mark", "precision")
        cards = after is not None and after.text in (lexicon.class_words["card_word"] | named)
        of_them = after is not None and after.text in word_set("after_count")
        before = reading.token(place - 1)
        if before is not None and before.text in word_set("one"):
            continue
        if (bare or cards or of_them) and 1 <= number.value <= _MOST_DEVICES and number.exact:
            slots.taken.add(place)
            return place
    return None
