"""Which values can't be, and which wishes exclude each other?"""

from __future__ import annotations

from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots

_HUGE = 1e15


def find_problems(reading: Reading, slots: Slots) -> None:
    """Note impossible numbers, nonsense units and contradictions; such values leave the slots."""
    for hit in reading.all("talk/nonsense"):
        slots.reject(reading.quote(hit), "value", "a number with a unit that measures it")
        for slot in [s for s, words in slots.words.items() if words in reading.quote(hit)]:
            slots.values.pop(slot, None)
            slots.words.pop(slot, None)
    _numbers(reading, slots)
    _contradictions(reading, slots)


def _numbers(reading: Reading, slots: Slots) -> None:
    """Reject numbers that no slot took and that no amount can be."""
    for index, token in enumerate(reading.tokens):
        number = token.number
        if number is None or index in slots.taken:
            continue
        after = reading.token(index + 1)
        words = reading.words(index, index + 1) if after and after.kind == "word" else number.words
        if number.value >= _HUGE:
            slots.reject(words, "number", "a number below a million billion", index)
        elif number.value < 0 and after is not None and after.kind == "word":
            slots.reject(words, "number", "a number above 0", index)


def _contradictions(reading: Reading, slots: Slots) -> None:
    on_premises = slots.values.get("data_residency") == "on_premises"
    api = reading.all("talk/api_only")
    if on_premises and api:
        _drop(
            slots,
            "data_residency",
            f"{slots.words['data_residency']!r} and {reading.quote(api[0])!r} exclude each other: "
            "data that stays on the premises can't go to a provider's API. Say which one holds.",
        )
    no_gpu = reading.all("slots/no_gpu")
    if slots.values.get("hardware") and no_gpu:
        _drop(
            slots,
            "hardware",
            f"{reading.quote(no_gpu[0])!r} and {slots.words['hardware']!r} exclude each other: "
            "say which one holds.",
        )
    if reading.has("residency/eu") and slots.values.get("data_residency") != "eu":
        place = slots.values.get("data_residency")
        if place in ("US", "CN", "IN", "RU", "JP", "CA", "AU", "BR", "SG", "KR", "GB", "CH"):
            _drop(
                slots,
                "data_residency",
                f"Data can't stay in the EU and in {place!r} alone: say which one holds.",
            )


def _drop(slots: Slots, slot: str, problem: str) -> None:
    slots.values.pop(slot, None)
    slots.words.pop(slot, None)
    slots.problems.append(problem)
