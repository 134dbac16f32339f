"""Which part of a message is quoted or pasted, and not the user's own words?"""

from __future__ import annotations

import re

_QUOTED = (
    re.compile(r"```.*?(?:```|\Z)", re.DOTALL),
    re.compile(r'"""(.*?)(?:"""|\Z)', re.DOTALL),
    re.compile(r"(?m)^\s*>.*$"),
    re.compile(r"<(quote|document|article|email|announcement)>.*?(?:</\1>|\Z)", re.DOTALL | re.I),
    re.compile(r'(?<!\w)"[^"\n]{25,}?"'),
    re.compile(r"«[^»]{25,}?»"),
    re.compile(r"(?<!\w)'[^'\n]{40,}?'(?!\w)"),
)
_INTRO = re.compile(
    r"(?:announce\w*|press release|article|newsletter|e-?mail|pitch|post|news|text|document|claims?"
    r"|excerpt|brochure|statement|blurb|quote|says|writes|reads|artikel|pressemitteilung"
    r"|communiqu\w+|comunicado|公告|新闻稿?|below|following)[^\n:]{0,60}:\s*\n?",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"for immediate release"
    r"|(?:^|\n)\s*[A-Z][\w .,]{2,40},? (?:[A-Z][a-z]{2,8}\.? \d{1,2},? ?(?:20\d\d)?"
    r"|\d{1,2} [A-Z][a-z]+(?: 20\d\d)?)\s*(?:\([^)]*\))?\s*[-–—/]"
    r"|\b(?:pr ?newswire|business ?wire|globe ?newswire)\b"
    r"|\btoday (?:announced|unveiled|introduced|launched)|\b(?:announced|unveiled) today",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"[^.!?\n]*\b(?:we|us|our|i|my|is (?:it|this|that)|should|worth|true|real|believe|matter"
    r"|think)\b[^.!?\n]*\?"
)
_SHORTEST_PASTE = 160


def without_pasted(text: str) -> tuple[str, bool]:
    """Return `text` with quoted and pasted parts blanked out, and whether there were any.

    The length stays, so that places in the text stay. A message that is nothing but a quotation
    in marks is the user's own.
    """
    spans = [match.span() for pattern in _QUOTED for match in pattern.finditer(text)]
    spans += _introduced(text)
    spans += _release(text)
    blanked = list(text)
    for start, end in spans:
        blanked[start:end] = [sign if sign == "\n" else " " for sign in text[start:end]]
    own = "".join(blanked)
    released = bool(_release(text))
    if spans and not own.strip(" \n\"'.,:;!?-") and not released:
        return text, False
    return own, bool(spans)


def _introduced(text: str) -> list[tuple[int, int]]:
    """Return what follows "the announcement says:", up to a closing question of the user's."""
    match = _INTRO.search(text)
    if match is None or len(text) - match.end() < _SHORTEST_PASTE:
        return []
    return [(match.end(), _end_of_paste(text, match.end()))]


def _release(text: str) -> list[tuple[int, int]]:
    """Return the part of `text` that reads like a press release."""
    match = _RELEASE.search(text)
    if match is None or len(text) < _SHORTEST_PASTE:
        return []
    start = text.rfind("\n\n", 0, match.start()) + 1
    opening = text[start : match.start()]
    question = max(opening.rfind("?"), opening.rfind(":"))
    start += question + 1 if question >= 0 else 0
    return [(start, _end_of_paste(text, match.end()))]


def _end_of_paste(text: str, start: int) -> int:
    questions = [m for m in _QUESTION.finditer(text, start) if m.end() >= len(text.rstrip()) - 200]
    return questions[0].start() if questions else len(text)
