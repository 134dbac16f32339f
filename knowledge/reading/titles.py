"""Titles and dates that a file gives of itself, where they can be believed."""

from __future__ import annotations

import datetime as dt
import re

from knowledge.reading.tidying import tidy_line

LONGEST_TITLE = 200
LONGEST_HEADING = 120
OLDEST = dt.date(1990, 1, 1)
PLACEHOLDER = re.compile(
    r"untitled.*|microsoft (word|powerpoint|excel) - .*|(word )?document ?\d*|title|none|"
    r"\(?(unspecified|anonymous)\)?|powerpoint presentation|presentation ?\d*|slide ?\d*|"
    r".*\.(docx?|pdf|indd|tex|dvi|pptx?|odt|rtf|qxd|fm|pages)|\W*",
    flags=re.IGNORECASE,
)


def believable_title(title: object) -> str | None:
    """Return `title` on one line, or None where a program filled it in."""
    line = tidy_line(title) if isinstance(title, str) else ""
    if len(line) > LONGEST_TITLE or PLACEHOLDER.fullmatch(line):
        return None
    return line


def believable_date(date: object, *, today: dt.date | None = None) -> str | None:
    """Return `date` (a date or an ISO text) as YYYY-MM-DD, or None if it lies outside its time."""
    if isinstance(date, str):
        try:
            date = dt.date.fromisoformat(date[:10])
        except ValueError:
            return None
    if isinstance(date, dt.datetime):
        date = date.date()
    latest = today or dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    return date.isoformat() if isinstance(date, dt.date) and OLDEST <= date <= latest else None


def heading_of(markdown: str, *, levels: int = 2) -> str | None:
    """Return the first heading of one of the upper `levels`, outside code."""
    outside = re.sub(r"(?ms)^(```|~~~).*?(^\1|\Z)", "", markdown)
    heading = re.search(rf"(?m)^#{{1,{levels}}} +(\S.*)$", outside)
    return tidy_line(re.sub("[`*]", "", heading[1]).rstrip("# ")) if heading else None


def first_line_as_title(text: str) -> str | None:
    """Return the first line where it reads as a heading: short, alone, no sentence."""
    first, _, rest = text.lstrip().partition("\n")
    line = tidy_line(first)
    sentence = line.endswith((".", ",", ";", ":"))
    if sentence or not 3 <= len(line) <= LONGEST_HEADING or not rest.strip():
        return None
    return believable_title(line)
