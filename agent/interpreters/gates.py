"""Is the message something to be read at all, and is it meant for an advisor on models?"""

from __future__ import annotations

import re
import unicodedata

from agent.interpreters.lexicon import Lexicon
from agent.interpreters.reading import Reading
from agent.interpreters.tasks import Job
from agent.interpreters.wordlists import word_set

_LONG = 20_000
_LEAST_KNOWN = 0.08
_SMALL_TALK = 7


def is_invalid(message: str, reading: Reading, lexicon: Lexicon) -> bool:
    """Return whether there is nothing to read: empty, binary, marks only, or no words."""
    text = message[:_LONG].strip()
    if not any(unicodedata.category(sign)[0] in "LN" for sign in text):
        return True
    odd = sum(
        unicodedata.category(sign) in ("Cc", "Co", "Cn", "Cs") and sign not in "\n\r\t"
        for sign in text
    )
    odd += text.count("\ufffd")
    if odd > max(1, len(text) // 20):
        return True
    if reading.mentions or reading.unknown or reading.pasted:
        return False
    words = [t.text for t in reading.tokens if t.kind == "word"]
    numbers = [t for t in reading.tokens if t.kind not in ("word", "mark", "stop", "link")]
    if not words:
        return not numbers
    if all(len(word) == 1 and word.isascii() for word in words):
        return not numbers
    known = sum(_is_known(word, lexicon) for word in words) / len(words)
    if len(message) > _LONG:
        return known < _LEAST_KNOWN
    return known == 0 and not numbers and not any(_is_pronounceable(word) for word in words)


def _is_known(word: str, lexicon: Lexicon) -> bool:
    return lexicon.phrasebook.knows(word) or any(
        word in known for known in lexicon.stopwords.values()
    )


def _is_pronounceable(word: str) -> bool:
    """Return whether `word` could be one: vowels, no long runs, not one letter again and again."""
    if not re.fullmatch(r"[a-z]+", word):
        return not word.isascii()
    if len(word) <= 1 or re.search(r"(.)\1\1", word) or re.search(r"[^aeiouy]{5}", word):
        return False
    if re.search(r"asdf|sdfg|dfgh|fghj|ghjk|hjkl|qwer|wert|zxcv|xcvb|uiop", word):
        return False
    vowels = len(re.findall(r"[aeiouy]", word))
    return 0.15 <= vowels / len(word) <= 0.8


def is_hostile(reading: Reading) -> bool:
    """Return whether the user's own words attack, order a rule broken or ask for harm."""
    hits = reading.all("talk/hostile")
    if not hits:
        return False
    described = reading.has("tasks/moderation") or any(
        t.text in word_set("defending") for t in reading.tokens[: hits[0].first]
    )
    return not described


def is_greeting(reading: Reading) -> bool:
    """Return whether the message only greets or thanks."""
    hits = reading.all("talk/greeting")
    if not hits or reading.word_count > _SMALL_TALK or reading.mentions:
        return False
    covered = {i for hit in hits for i in range(hit.first, hit.last + 1)}
    rest = [
        t
        for i, t in enumerate(reading.tokens)
        if i not in covered and t.kind not in ("mark", "stop")
    ]
    return all(token.text in word_set("small_talk") for token in rest)


def is_off_topic(reading: Reading, job: Job) -> bool:
    """Return whether the message asks for something else than a model, a machine or a tool."""
    if reading.mentions or reading.has("talk/ai_word") or not reading.has("talk/off_topic"):
        return False
    return not (reading.has("talk/want") and _speaks_for_a_firm(reading))


def _speaks_for_a_firm(reading: Reading) -> bool:
    return any(token.text in word_set("firm") for token in reading.tokens)
