"""How does the user call the job? The clause around a phrase, as a short noun or verb phrase."""

from __future__ import annotations

import re

from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.wordlists import word_set

LONGEST = 140


def job_phrase(reading: Reading, hit: Hit) -> str | None:
    """Return the clause around `hit` without its opening ("we want to") and its volume."""
    first = _start(reading, hit)
    last = _end(reading, hit)
    phrase = re.sub(r"\s+", " ", reading.words(first, last)).strip(" ,:-\"'")
    return _spelled_out(reading, phrase)[:LONGEST].strip() or None


def _start(reading: Reading, hit: Hit) -> int:
    """Return the first token of the job: after a wish, else after the opening of the clause."""
    first = hit.first
    while first > 0 and not _is_boundary(reading, first - 1):
        first -= 1
    wishes = [
        place + 1
        for place in range(first, hit.first)
        if reading.tokens[place].text in ("to", "that")
        and place > first
        and reading.tokens[place - 1].text in word_set("wishes")
    ]
    first = wishes[-1] if wishes else first
    while first < hit.first and _is_opening(reading, first):
        first += 1
    return first


def _is_opening(reading: Reading, place: int) -> bool:
    token = reading.tokens[place]
    return token.kind == "mark" or token.text in word_set("openings")


def _end(reading: Reading, hit: Hit) -> int:
    """Return the last token of the clause, or the one before a volume that follows the job."""
    last = hit.last
    while last + 1 < len(reading.tokens) and not _is_boundary(reading, last + 1):
        last += 1
    for volume in reading.all("slots/volume"):
        if hit.last < volume.first <= last:
            last = volume.first - 1
            break
    while last > hit.last and reading.tokens[last].text in word_set("dangling"):
        last -= 1
    return last


def _is_boundary(reading: Reading, place: int) -> bool:
    token, after = reading.tokens[place], reading.token(place + 1)
    if token.kind == "stop":
        return True
    if token.kind == "mark" and token.text in (":", "(", ")", "–", "—"):
        return True
    spaced = reading.text[token.start - 1 : token.start] == " "
    if token.text == "-" and spaced:
        return True
    if token.text == ",":
        return after is None or after.number is not None or after.text in word_set("clause_starts")
    if token.text == "and" and after is not None:
        return after.text in word_set("new_clauses")
    return token.text in word_set("asides") and place > 0


def _spelled_out(reading: Reading, phrase: str) -> str:
    """Return `phrase` with "each" or "them" spelled out from the volume stated before it."""
    noun = _counted_noun(reading)
    if noun is None:
        return phrase
    one = noun if noun.endswith("ss") else noun.removesuffix("s")
    spelled = re.sub(r"\beach(?= (?:into|to|by|as|with|in)\b)|\beach$", f"each {one}", phrase)
    return re.sub(r"\bthem\b", noun, spelled, count=1)


def _counted_noun(reading: Reading) -> str | None:
    """Return what the volume counts: "support tickets" in "20,000 support tickets a day"."""
    for hit in reading.all("slots/volume"):
        if reading.tokens[hit.first].number is None:
            continue
        noun = " ".join(
            token.text
            for token in reading.tokens[hit.first + 1 : hit.last]
            if token.kind == "word" and token.text not in word_set("between_count_and_period")
        )
        if noun:
            return noun
    return None
