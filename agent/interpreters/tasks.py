"""What is the job? Its type, its field of work and a short phrase for it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import get_args

from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from knowledge.schema import TaskType

_ORDER: tuple[TaskType, ...] = get_args(TaskType)
_LEAST = 2.0
_LONGEST_TASK = 140
_OPENINGS = re.compile(
    r"""^(?:\W|and\b|but\b|so\b|also\b|then\b|hi\b|hello\b|hey\b|please\b|we\b|i\b|our\s+\w+\b|my\s+\w+\b|you\b|they\b|us\b|it\b
    |would\b|could\b|can\b|should\b|shall\b|do\b|does\b|will\b|have\b|has\b|had\b|got\b|are\b|am\b|is\b|'?re\b|'?m\b|'?d\b
    |'?ve\b|'?ll\b|want(?:s|ed)?\b|need(?:s|ed)?\b|like\b|looking\b|trying\b|plan(?:ning)?\b|hoping\b|thinking\b|going\b
    |to\b|for\b|of\b|about\b|something\b|that\b|which\b|who\b|what\b|how\b|best\b|right\b|good\b|way\b|help\b|recommend\b|suggest\b
    |use\b|using\b|build(?:ing)?\b|a\b|an\b|the\b|some\b|any\b|llms?\b|ai\b|models?\b|tool\b|system\b|solution\b|job\b|task\b
    |be\b|able\b|must\b|ought\b|just\b|only\b|really\b|there\b|if\b|when\b|because\b|new\b|small(?:er)?\b|big(?:ger)?\b|enough\b|gpt\b
    |wir\b|wollen\b|m[oö]chten\b|brauchen\b|ich\b|nous\b|voulons\b|devons\b|queremos\b|necesitamos\b|ein(?:e|en)?\b|un(?:e|a)?\b)+""",
    re.VERBOSE | re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:want(?:s|ed)?|need(?:s|ed)?|like|trying|looking|plan(?:ning)?|hop(?:e|ing)|supposed|have|has"
    r"|wollen|m[oö]chten|brauchen|voulons|devons|queremos|necesitamos)\s+(?:to|for|us to|it to|that|a\s+\w+\s+(?:to|that|for))\s",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(
    r"[.!?;:\n]+(?=\s|$)|\s[-–—]+\s|\s\(|,\s*(?=(?:and|but|so|we|with|because|which|no|under|only|about|around|all|max"
    r"|budget|roughly|on|it|data|where|in|must|gpt|big|small|should|would|is|what|do|at|per|currently|mostly|mainly|\d|[$€£])\b)"
    r"|\s(?=(?:because|but|so that|currently|under \d|within \d|using (?:gpt|claude|gemini|llama|an? )|and (?:we|i|our|have|need)\b))",
    re.IGNORECASE,
)
_VOLUME_TAIL = re.compile(
    r"[\s,]+(?:about|around|roughly|some|approx\.?|~)?\s*(?:\S+\s){0,2}?(?:[\d.,]+\s?[kKmM]?\b\s?(?:\w+\s){0,2}?)?"
    r"(?:a|per|each|every)\s(?:second|minute|hour|day|week|month|year)\b.*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Job:
    """The main task type, the runner-up, the domain and the user's words; None is not said."""

    task_type: TaskType | None
    other_type: TaskType | None
    domain: str | None
    task: str | None
    weight: float


def find_job(reading: Reading) -> Job:
    """Return the job that the message describes; several are ranked by the weight of their words."""
    scores = _scores(reading)
    ranked = sorted(scores, key=lambda t: (-scores[t], _first(reading, t), _ORDER.index(t)))
    main = ranked[0] if ranked and scores[ranked[0]] >= _LEAST else None
    second = ranked[1] if main and len(ranked) > 1 and scores[ranked[1]] >= 3 else None
    task = _phrase(reading, main) if main else None
    if task and second and (also := _phrase(reading, second)) and also.lower() not in task.lower():
        task = f"{task}; also {also}"[: _LONGEST_TASK * 2]
    return Job(main, second, find_domain(reading), task, scores[main] if main else 0.0)


def _scores(reading: Reading) -> dict[TaskType, float]:
    """Return the weight of each type: its heaviest phrase whole, the others by half."""
    scores: dict[TaskType, float] = defaultdict(float)
    for task_type in _ORDER:
        hits = _apart(
            reading, [h for h in reading.all(f"tasks/{task_type}") if not _denied(reading, h)]
        )
        weights = sorted((hit.weight for hit in hits), reverse=True)
        if weights:
            scores[task_type] = weights[0] + sum(weights[1:]) / 2
    return _settle(dict(scores))


def _settle(scores: dict[TaskType, float]) -> dict[TaskType, float]:
    """Let the special beat the general: what is read off scans is more than extraction."""
    over: tuple[tuple[TaskType, TaskType], ...] = (
        ("vision_document", "extraction"),
        ("ner", "extraction"),
        ("text_to_sql", "code_generation"),
        ("text_to_sql", "qa_closed"),
        ("function_calling", "speech"),
        ("speech", "dialogue"),
        ("qa_closed", "dialogue"),
        ("moderation", "classification"),
        ("agentic", "dialogue"),
        ("embedding", "retrieval_ranking"),
        ("embedding", "classification"),
        ("speech", "open_writing"),
        ("translation", "open_writing"),
        ("summarization", "open_writing"),
        ("math", "classification"),
        ("time_series", "classification"),
        ("code_generation", "open_writing"),
        ("text_to_sql", "open_writing"),
        ("qa_closed", "open_writing"),
        ("summarization", "speech"),
    )
    for special, general in over:
        if scores.get(special, 0) >= 3 and general in scores and special != "summarization":
            scores[special] = max(scores[special], min(scores[general], 4.5) + 0.25)
    return scores


def _apart(reading: Reading, hits: list[Hit]) -> list[Hit]:
    """Return the heaviest hits that share no token."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (-h.weight, h.last - h.first)):
        if all(hit.last < other.first or other.last < hit.first for other in kept):
            kept.append(hit)
    return kept


def _denied(reading: Reading, hit: Hit) -> bool:
    before = {t.text for t in reading.tokens[max(0, hit.first - 2) : hit.first]}
    return bool(
        before & {"not", "no", "without", "isnt", "nicht", "kein", "keine", "pas"}
    ) and not (before & {"whether", "if"})


def _first(reading: Reading, task_type: TaskType) -> int:
    return min(hit.first for hit in reading.all(f"tasks/{task_type}"))


def find_domain(reading: Reading) -> str | None:
    """Return the field of work with the most words; the first named wins ties."""
    weights: dict[str, float] = defaultdict(float)
    first: dict[str, int] = {}
    for label, hits in reading.hits.items():
        if not label.startswith("domains/"):
            continue
        name = label.partition("/")[2]
        for hit in _apart(reading, list(hits)):
            weights[name] += hit.weight
            first[name] = min(first.get(name, hit.first), hit.first)
    if not weights:
        return None
    best = min(weights, key=lambda name: (-weights[name], first[name]))
    return best if weights[best] >= 1 else None


def _phrase(reading: Reading, task_type: TaskType) -> str | None:
    """Return the clause around the heaviest phrase of `task_type`, without its opening words."""
    hits = _apart(reading, list(reading.all(f"tasks/{task_type}")))
    if not hits:
        return None
    hit = hits[0]
    start, end = reading.tokens[hit.first].start, reading.tokens[hit.last].end
    ends = list(_CLAUSE_ENDS.finditer(reading.text))
    left = max((m.end() for m in ends if m.end() <= start), default=0)
    right = min((m.start() for m in ends if m.start() >= end), default=len(reading.text))
    lead = _end_of_opening(reading.text[left:right], start - left)
    clause = reading.text[left + lead : end] + _VOLUME_TAIL.sub("", reading.text[end:right])
    clause = re.sub(r"\s+", " ", clause).strip(" ,:-\"'")
    return _with_noun(reading, clause)[:_LONGEST_TASK].strip() or None


def _end_of_opening(clause: str, start: int) -> int:
    """Return where the job begins in `clause`: after "we want to", and before `start`."""
    wishes = [match.end() for match in _WISH.finditer(clause, 0, start)]
    begin = wishes[-1] if wishes else 0
    opening = _OPENINGS.match(clause[begin:])
    return min(begin + (opening.end() if opening else 0), start)


def _with_noun(reading: Reading, clause: str) -> str:
    """Return `clause` with "each" or "them" spelled out from the volume before it."""
    for hit in reading.all("slots/volume"):
        noun = " ".join(
            t.text
            for t in reading.tokens[hit.first + 1 : hit.last]
            if t.kind == "word"
            and t.text not in ("a", "per", "each", "every", "an", "of", "new")
            and reading.tokens[hit.first].number is not None
        )
        if noun:
            one = re.sub(r"s$", "", noun) if not noun.endswith("ss") else noun
            clause = re.sub(
                r"\beach(?= (?:into|to|by|as|with|in)\b)|\beach$", f"each {one}", clause, count=1
            )
            return re.sub(r"\bthem\b", noun, clause, count=1)
    return clause
