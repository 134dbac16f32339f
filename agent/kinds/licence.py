"""Whether a model may be used in business, as far as its document says."""

from __future__ import annotations

import re

from agent.answer import Claim
from agent.kinds.fact import cited_text
from agent.kinds.naming import short
from agent.turn import Turn
from knowledge.schema import Model

_BUSINESS = re.compile(
    r"\bcommercial\w*|\bkommerziell\w*|\bbusiness\b|\bsell\b|\bour product\b|\bfor profit\b"
    r"|\bgewerblich\w*|\bcomercial\w*",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"\bNC\b|non-?commercial|non-production|research licen[cs]e"
    r"|(?:forbids?|bars?|rules? out|no|not cover) commercial|commercial use is out",
    re.IGNORECASE,
)
_BY_AGREEMENT = re.compile(r"commercial use (?:by|needs) (?:an )?agreement", re.IGNORECASE)
_ALLOWED = re.compile(r"commercial use allowed|allows commercial use", re.IGNORECASE)
_FREE = re.compile(r"^(?:Apache-2\.0|MIT|CC-BY-4\.0|BSD[\w-]*|OpenMDW)(?! \+)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"not (?:recorded|stated|seen|read|established|released)", re.IGNORECASE)
_API_ONLY = re.compile(r"API only", re.IGNORECASE)


def is_for_business(message: str) -> bool:
    """Tell whether the message asks about commercial use."""
    return bool(_BUSINESS.search(message))


def for_business(turn: Turn, model: Model) -> tuple[str, Claim]:
    """Return yes, no or under conditions as a headline, and the licence that it follows from.

    The licence and the sentences of the document that speak of it or of commercial use decide.
    """
    body = re.sub(r"^#.*\n", "", turn.catalogue.body(model.id), flags=re.MULTILINE)
    said = [
        sentence
        for sentence in re.split(r"(?<=[.;])\s", body)
        if re.search(r"commercial", sentence, re.IGNORECASE)
    ]
    words = " ".join((model.licence, *said))
    headline = _verdict(model.licence, words)
    quote = f" The document says: {said[0].strip().rstrip('.;')}." if said else ""
    text = f"{short(model)} is under: {model.licence}.{quote}{_rest(headline)}"
    return headline, cited_text(turn, model, text)


def _verdict(licence: str, words: str) -> str:
    if _BY_AGREEMENT.search(words):
        return "Only by agreement with the maker"
    if _FORBIDDEN.search(words):
        return "No, not commercially"
    if _API_ONLY.search(licence):
        return "Yes, through the API and under its terms"
    if _ALLOWED.search(words) or (_FREE.search(licence) and "conditions" not in licence):
        return "Yes, commercially too"
    if _UNSEEN.search(licence):
        return "Not known here"
    return "Yes, but only under the maker's own conditions"


def _rest(headline: str) -> str:
    """Return what is left to the reader where the licence is the maker's own."""
    if "own conditions" not in headline:
        return ""
    return (
        " It is the maker's own licence and not an open-source one; read its whole text "
        "before it goes into a product."
    )
