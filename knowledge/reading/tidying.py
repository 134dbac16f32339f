"""Text without what a reader does not see: controls, invisible marks, blank runs."""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Mapping
from typing import Any

MOST_MARKS = 30
"""Combining marks on one letter, as in Unicode's stream-safe text (UAX #15)."""
NO_LETTERS = re.compile(rf"[^\w\s!-~]{{{MOST_MARKS + 1},}}")
"""Found much faster than marks themselves, which it may hold."""
LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
SPACES = re.compile("[\u00a0\u2007\u202f]")
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def tidy(text: str) -> str:
    r"""Return `text` in NFC without controls, bidirectional marks, lone surrogates and tags.

    Unusual spaces become plain ones, ends of lines are "\n", and at most one blank line stays.
    """
    text = SPACES.sub(" ", LINE_ENDS.sub("\n", text))
    text = INVISIBLE.sub("", text)
    if not text.isascii():
        # Without this bound, normalizing takes time quadratic in a run of marks.
        text = unicodedata.normalize("NFC", NO_LETTERS.sub(_without_surplus_marks, text))
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def tidy_line(text: str) -> str:
    """Return `text` tidied, on one line."""
    return " ".join(tidy(text).split())


def tidy_value(value: Any) -> Any:
    """Return a value of a record with every text in it tidied."""
    if isinstance(value, str):
        return tidy(value).strip()
    if isinstance(value, Mapping):
        return {tidy_line(str(key)): tidy_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [tidy_value(item) for item in value]
    return value


def _without_surplus_marks(run: re.Match[str]) -> str:
    return _marks().sub(lambda marks: marks[0][:MOST_MARKS], run[0])


@functools.cache
def _marks() -> re.Pattern[str]:
    some = "".join(
        chr(code) for code in range(0x300, sys.maxunicode) if unicodedata.combining(chr(code))
    )
    return re.compile(f"[{some}]{{{MOST_MARKS + 1},}}")
