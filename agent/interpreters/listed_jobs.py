"""Does the message list several jobs at once, and which are they?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from agent.interpreters.finding import Found
from agent.interpreters.lexer import Token
from agent.interpreters.reading import Reading
from agent.interpreters.wordlists import word_set
from knowledge.schema import TaskType

_FEWEST = 3
_NAMES_A_JOB = 3.0
_BETWEEN = frozenset({",", "+", "&", "and", "und", "et", "y", "plus"})
_ACTIVITY = re.compile(r".+(?:ing|tion|sis|age|ung|cion)s?")


@dataclass(frozen=True, slots=True)
class ListedJob:
    """One job of a list: its type and the user's words for it."""

    task_type: TaskType
    words: str


def first_of_several(found: Found) -> tuple[Found, tuple[str, ...]]:
    """Return `found` with the first job that a list names, and the words of the others."""
    jobs = listed_jobs(found.reading)
    if not jobs:
        return found, ()
    first, *others = jobs
    job = replace(found.job, task_type=first.task_type, task=first.words)
    return replace(found, job=job), tuple(other.words for other in others)


def listed_jobs(reading: Reading) -> tuple[ListedJob, ...]:
    """Return the jobs of the first sentence that lists at least three, of more than one type.

    Two jobs are one request as a rule ("summarize the call and draft a reply"); what is listed
    without a verb or an activity belongs to the job before it ("extract names, dates").
    """
    found: list[ListedJob] = []
    for first, last, ends in _parts(reading.tokens):
        job = _job_in(reading, first, last)
        found += [job] if job else []
        if ends:
            if len(found) >= _FEWEST and len({job.task_type for job in found}) > 1:
                return tuple(found)
            found = []
    return ()


def _parts(tokens: tuple[Token, ...]) -> Iterator[tuple[int, int, bool]]:
    """Yield the first and last token of each part of an enumeration, and if a sentence ends."""
    start = 0
    for place, token in enumerate((*tokens, None)):
        ends = token is None or token.kind == "stop"
        if ends or (token is not None and token.text in _BETWEEN):
            yield start, place - 1, ends
            start = place + 1


def _job_in(reading: Reading, first: int, last: int) -> ListedJob | None:
    while first <= last and reading.tokens[first].text in word_set("openings"):
        first += 1
    inside = [
        hit
        for label, hits in reading.hits.items()
        if label.startswith("tasks/")
        for hit in hits
        if first <= hit.first and hit.last <= last
    ]
    if not inside:
        return None
    best = max(inside, key=lambda hit: (hit.weight, -hit.first))
    acts = any(_ACTIVITY.fullmatch(t.text) for t in reading.tokens[first : last + 1])
    if best.weight < _NAMES_A_JOB and not acts:
        return None
    task_type = cast("TaskType", best.label.partition("/")[2])
    return ListedJob(task_type, reading.words(first, last).strip(" ,"))
