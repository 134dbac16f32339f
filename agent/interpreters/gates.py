"""Is the message something to be read at all, and is it meant for an advisor on models?"""

from __future__ import annotations

import re
import unicodedata

from agent.interpreters.lexicon import Lexicon
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.tasks import Job
from agent.interpreters.wordlists import word_set

_LONG = 20_000
_LEAST_KNOWN = 0.08
_SMALL_TALK = 7
_NAMED = 3.0
_LEAST_WORDS = 3
_MARKUP = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def is_invalid(message: str, reading: Reading, lexicon: Lexicon) -> bool:
    """Return whether there is nothing to read: empty, binary, marks only, or no words."""
    text = message[:_LONG].strip()
    if not any(unicodedata.category(sign)[0] in "LN" for sign in text):
        return True
    bare = _MARKUP.sub(" ", text)
    if bare != text and len(re.findall(r"[^\W\d_]{2,}", bare)) < _LEAST_WORDS:
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
    if re.search(r"q[^u]", word) and not word.startswith("qwen"):
        return False
    if re.search(
        r"lkjh|kjhg|fdsa|poiu|rewq|mnbv|asdf|sdfg|dfgh|fghj|ghjk|hjkl|qwer|wert|zxcv|xcvb|uiop",
        word,
    ):
        return False
    vowels = len(re.findall(r"[aeiouy]", word))
    return 0.15 <= vowels / len(word) <= 0.8


def is_hostile(reading: Reading) -> bool:
    """Return whether the user's own words attack, order a rule broken or ask for harm."""
    hits = (
        *reading.all("talk/hostile"),
        *(h for h in reading.all("talk/harm") if _harms(reading, h)),
    )
    if not hits:
        return False
    described = (reading.has("tasks/moderation") and reading.has("talk/job_frame")) or any(
        t.text in word_set("defending") for t in reading.tokens[: hits[0].first]
    )
    return not described


def _harms(reading: Reading, hit: Hit) -> bool:
    """Return whether harm is to be made, and not a guard against it ("a phishing detector")."""
    inside = {token.text for token in reading.tokens[hit.first : hit.last]}
    after = {token.text for token in reading.tokens[hit.last + 1 : hit.last + 3]}
    guards = word_set("about") | word_set("protective")
    return not (inside & guards or after & word_set("protective"))


def is_greeting(reading: Reading) -> bool:
    """Return whether the message only greets or thanks."""
    hits = reading.all("talk/greeting", "talk/closing")
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
    if _orders_work(reading) or (reading.has("talk/play") and not reading.has("talk/want")):
        return True
    if reading.mentions or reading.has("talk/ai_word") or not reading.has("talk/off_topic"):
        return False
    named = job.weight >= _NAMED and job.domain is not None
    return not (reading.has("talk/want") and (named or _speaks_for_a_firm(reading)))


def _orders_work(reading: Reading) -> bool:
    """Return whether the advisor itself is told to do a piece of work on a short quotation."""
    quoted = re.search(r"(?<!\w)['\"“‘«:].{1,200}['\"”’»]?", reading.text) is not None
    return quoted and reading.has("talk/order") and not reading.has("talk/job_frame", "talk/want")


def _speaks_for_a_firm(reading: Reading) -> bool:
    return any(token.text in word_set("firm") for token in reading.tokens)
