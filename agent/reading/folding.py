"""How do words compare? Lower case, without accents, with one kind of quote and dash."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARKS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "−": "-",
        "‐": "-",
        "‑": "-",
        "“": '"',
        "”": '"',
        "„": '"',
    }
)


def tidy(text: str) -> str:
    """Return `text` in one Unicode form: full-width digits, quotes and powers made plain."""
    powers = re.sub(
        r"(?<=\d)[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + match[0].translate(_SUPERSCRIPTS), text
    )
    plain = unicodedata.normalize("NFKC", powers).translate(_MARKS)
    return re.sub(r"[\u200b-\u200f\u2060\ufeff\u00ad]", "", plain)


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Return `word` in lower case without accents; "ß" becomes "ss"."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.lower().replace("ß", "ss"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
