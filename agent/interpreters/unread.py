"""What does a follow-up say that is neither a change nor a question with an answer here?"""

from __future__ import annotations

from agent.interpreters.finding import Found
from agent.interpreters.follow_up import clear_intent
from agent.interpreters.lexicon import Lexicon
from agent.understanding import Intent, Understanding, Unread

_STANDING: tuple[Intent, ...] = (
    "recommendation", "fit", "speed", "cost", "comparison", "finetune", "deploy", "toolkit", "fact",
    "reality_check",
)  # fmt: skip
"""Intents whose answer can stand while a message goes unread."""
_OF_A_JOB: tuple[Intent, ...] = ("recommendation", "cost")
_NOT_OF_A_JOB: tuple[Intent, ...] = ("fit", "speed", "comparison", "toolkit", "fact")
_NO_MATTER = {"data_residency", "budget_usd_per_month", "quality_bar", "ml_engineers", "domain"}
"""Slots that change nothing in an answer about products alone."""


def why_unread(
    found: Found, said: Understanding, last: Understanding, lexicon: Lexicon
) -> Unread | None:
    """Return why the follow-up `said` neither changes nor asks anything, or None where it does."""
    if last.intent not in _STANDING or said.problems:
        return None
    if found.reading.has("talk/measured_score") and said.intent in _OF_A_JOB:
        return "score"
    if _tells_an_amount(found):
        return "amount"
    if _changes(found, said, last) or _asks_clearly(found, said):
        return None
    if said.patch.stated():
        return "job"
    return "currency" if _names_a_currency(found, lexicon) else "nothing"


def _tells_an_amount(found: Found) -> bool:
    """Return whether "what if we pay $250 a day for people?" sets money that no slot takes."""
    if not found.reading.has("talk/what_if", "talk/connective"):
        return False
    return any(
        token.kind == "money" and place not in found.slots.taken
        for place, token in enumerate(found.reading.tokens)
    )


def _changes(found: Found, said: Understanding, last: Understanding) -> bool:
    """Return whether anything was read, be it what stood before: a slot, a product, a figure."""
    stated = set(said.patch.stated())
    if said.intent in _NOT_OF_A_JOB:
        stated -= _NO_MATTER
    named = found.entities.is_any or found.entities.has_device or found.entities.is_sized
    if stated or said.cleared or named or not said.asks_as(last):
        return True
    return bool(found.slots.taken) and not said.patch.stated()


def _asks_clearly(found: Found, said: Understanding) -> bool:
    """Return whether the words ask what is answered, or whether the answer still stands."""
    reading = found.reading
    if reading.has("talk/still_true", "talk/recalls"):
        return True
    if said.intent == "comparison" and reading.has("talk/of_those"):
        return True
    if said.intent == "cost" and reading.has("talk/cost_terms"):
        return True
    return clear_intent(found) == said.intent


def _names_a_currency(found: Found, lexicon: Lexicon) -> bool:
    codes = (lexicon.spellings.currencies.get(token.text) for token in found.reading.tokens)
    return any(code not in (None, "USD") for code in codes)
