"""Where may the data go? "eu", a country's code, "on_premises", "any", or unknown."""

from __future__ import annotations

from agent.interpreters.lexicon import Lexicon
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots
from agent.interpreters.wordlists import word_set

_STRICTEST_FIRST = ("on_premises", "country", "eu")


def read_residency(
    reading: Reading, slots: Slots, lexicon: Lexicon, *, what_if: bool = False
) -> None:
    """State data_residency; where several are named, the strictest.

    "In house or an API?" states none; hosting it oneself does where the message asks "what if".
    """
    anywhere = tuple(h for h in reading.all("residency/any") if not _is_kept_in(reading, h))
    if anywhere and _lifts(reading, anywhere):
        slots.put("data_residency", "any", reading.quote(_longest(anywhere)))
        return
    for label in _STRICTEST_FIRST:
        named = reading.all(f"residency/{label}")
        if label == "on_premises" and what_if:
            named += reading.all("residency/self_hosted")
        hits = [
            hit for hit in named if not _is_denied(reading, hit) and not _is_choice(reading, hit)
        ]
        if not hits:
            continue
        hit = _longest(tuple(hits))
        if label == "country":
            hits = [h for h in hits if not _is_kept_away(reading, h)]
        if not hits:
            continue
        hit = _longest(tuple(hits))
        place = _country(reading, hit, lexicon) if label == "country" else label
        if place is not None:
            slots.put("data_residency", place, reading.quote(hit))
            return
    if anywhere:
        slots.put("data_residency", "any", reading.quote(_longest(anywhere)))


def _longest(hits: tuple[Hit, ...]) -> Hit:
    return max(hits, key=lambda hit: (hit.last - hit.first, -hit.first))


def _lifts(reading: Reading, anywhere: tuple[Hit, ...]) -> bool:
    """Return whether "doesn't have to stay in the EU" covers every stricter phrase."""
    stricter = reading.all(*(f"residency/{label}" for label in _STRICTEST_FIRST))
    spans = [(hit.first, hit.last) for hit in anywhere]
    return all(
        any(first <= hit.first and hit.last <= last for first, last in spans)
        or _is_denied(reading, hit)
        for hit in stricter
    )


def _is_denied(reading: Reading, hit: Hit) -> bool:
    """Return whether the phrase is denied: "no need for on-prem", "not on premises"."""
    inside = {token.text for token in reading.tokens[hit.first : hit.last + 1]}
    if inside & (word_set("denials") | word_set("forbidding")):
        return False
    before = [t for t in reading.tokens[max(0, hit.first - 4) : hit.first] if t.kind == "word"]
    words = {token.text for token in before[-3:]}
    leaving = inside & word_set("leaving")
    return bool(words & word_set("denials")) and not leaving


def _is_kept_in(reading: Reading, hit: Hit) -> bool:
    """Return whether a "no" turns it round: "los datos no pueden salir"."""
    inside = {token.text for token in reading.tokens[hit.first : hit.last + 1]}
    return bool(inside & word_set("denials")) and bool(inside & word_set("leaving"))


def _is_choice(reading: Reading, hit: Hit) -> bool:
    """Return whether the place is one of two that are weighed: "in house or an API?"."""
    for beside, other in ((-1, -4), (1, 4)):
        place = hit.first + beside if beside < 0 else hit.last + beside
        token = reading.token(place)
        if token is None or token.text not in word_set("weighing"):
            continue
        low, high = sorted((place, place + other))
        words = {t.text for t in reading.tokens[max(0, low) : high + 1]}
        if token.text in ("vs", "versus") or words & word_set("elsewhere"):
            return True
    return False


def _is_kept_away(reading: Reading, hit: Hit) -> bool:
    """Return whether data must not go to that country: "nothing to US servers".

    What must not leave a country stays in it.
    """
    said = {token.text for token in reading.tokens[hit.first : hit.last + 1]}
    if said & word_set("leaving"):
        return False
    before = {token.text for token in reading.tokens[max(0, hit.first - 4) : hit.first + 1]}
    return bool(before & word_set("kept_away"))


def _country(reading: Reading, hit: Hit, lexicon: Lexicon) -> str | None:
    for token in reading.tokens[hit.first : hit.last + 1]:
        if token.text not in lexicon.countries:
            continue
        written = reading.text[token.start : token.end]
        if token.text == "us" and not written.isupper():
            continue
        return lexicon.countries[token.text]
    return None
