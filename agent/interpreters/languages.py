"""In which language is a message written?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent.interpreters.folding import fold

READ = ("en", "de", "fr", "es", "zh")
"""Languages that the interpreter reads; any other is "other"."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]")
_SIGNS = ((set("¿¡ñ"), "es"), (set("äöüß"), "de"), (set("çœêûîà"), "fr"))
"""Letters that one of the languages has and English has not."""


def detect_language(text: str, stopwords: Mapping[str, frozenset[str]]) -> str:
    """Return "en", "de", "fr", "es", "zh" or "other"; English where nothing tells.

    Latin text goes by its frequent short words. Italian, Portuguese, Dutch and Polish have lists
    too, so that they do not pass for a language that is read.
    """
    han = len(_HAN.findall(text))
    if han and _KANA.search(text):
        return "other"
    words = [fold(word) for word in _WORD.findall(text[:3000])]
    latin = [word for word in words if _LATIN.match(word)]
    if han >= 2 and han >= len(latin) / 2:
        return "zh"
    if words and len(latin) < len(words) / 2:
        return "other"
    counts = {name: sum(word in known for word in latin) for name, known in stopwords.items()}
    for signs, name in _SIGNS:
        counts[name] += 2 * bool(signs & set(text))
    best = max(counts, key=lambda name: (counts[name], name == "en", name in READ))
    if counts[best] == counts.get("en") or counts[best] == 0:
        return "en"
    return best if best in READ else "other"
