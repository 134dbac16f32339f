"""Who is there, and in which languages is the work? ML staff and languages of the texts."""

from __future__ import annotations

from agent.interpreters.lexicon import Lexicon
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, says_none
from agent.interpreters.wordlists import word_set

MOST_STAFF = 10_000


def read_staff(reading: Reading, slots: Slots) -> None:
    """State ml_engineers: 0 where there is nobody, else how many."""
    for hit in reading.all("slots/staff_some"):
        found = free_number(reading, hit, slots)
        caught = [i for i in hit.caught if reading.tokens[i].number is not None]
        if found is None and caught:
            continue
        if found and says_none(reading, found[0], hit.last):
            continue
        count = found[1].value if found else 1.0
        before = {t.text for t in reading.tokens[max(0, hit.first - 2) : hit.first]}
        if not found and before & {
            "no",
            "not",
            "without",
            "hire",
            "hiring",
            "need",
            "dont",
            "have",
        } - {"have"}:
            continue
        if not found and reading.has("slots/part_time"):
            count = 0.5
        words = reading.quote(hit)
        if 0 <= count <= MOST_STAFF:
            slots.put("ml_engineers", count, words, *([found[0]] if found else []))
        else:
            slots.reject(words, "number of ML engineers", "a number from 0 to 10,000", *caught)
        return
    none = [hit for hit in reading.all("slots/staff_none")]
    if none:
        slots.put("ml_engineers", 0.0, reading.quote(max(none, key=lambda h: h.last - h.first)))


def read_languages(reading: Reading, slots: Slots, lexicon: Lexicon) -> None:
    """State languages, the codes in order of mention; a nationality is no language."""
    codes: list[str] = []
    places: list[int] = []
    for hit in reading.all("tongues/frame"):
        for index in range(hit.first, hit.last + 1):
            token = reading.tokens[index]
            code = lexicon.tongues.get(token.text)
            if (
                code is None
                or _is_nationality(reading, index)
                or _is_message_language(reading, index)
            ):
                continue
            if code not in codes:
                codes.append(code)
                places.append(index)
    for index, token in enumerate(reading.tokens):
        code = lexicon.tongues.get(token.text)
        if code and code not in codes and _stands_apart(reading, index):
            codes.append(code)
            places.append(index)
    if codes:
        words = reading.words(min(places), max(places))
        slots.put("languages", tuple(codes), words)


def _stands_apart(reading: Reading, index: int) -> bool:
    """Return whether the name of a language stands alone, as in "..., Danish"."""
    before, after = reading.token(index - 1), reading.token(index + 1)
    opened = before is not None and before.kind == "mark"
    return opened and (after is None or after.kind in ("mark", "stop"))


def _is_nationality(reading: Reading, index: int) -> bool:
    after = reading.token(index + 1)
    if after is not None and after.kind == "product":
        return True
    return after is not None and after.text in word_set("vendors")


def _is_message_language(reading: Reading, index: int) -> bool:
    """Return whether it says how to answer, or stands for plain words ("in plain English")."""
    before = [t.text for t in reading.tokens[max(0, index - 3) : index]]
    return "plain" in before or ("answer" in before and "in" in before)
