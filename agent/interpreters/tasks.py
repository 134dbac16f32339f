"""What is the job? Its type, its field of work and a short phrase for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import get_args

from agent.interpreters.job_phrase import LONGEST, job_phrase
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.wordlists import word_set
from knowledge.schema import TaskType

_ORDER: tuple[TaskType, ...] = get_args(TaskType)
_LEAST = 1.5
_LEAST_OF_A_QUESTION = 4.0


@dataclass(frozen=True, slots=True)
class Job:
    """The main task type, the runner-up, the domain and the user's words; None is not said."""

    task_type: TaskType | None
    other_type: TaskType | None
    domain: str | None
    task: str | None
    weight: float


def find_job(reading: Reading) -> Job:
    """Return the job that the message describes; several are ranked by their words' weight."""
    scores = _scores(reading)
    ranked = sorted(scores, key=lambda t: (-scores[t], _first(reading, t), _ORDER.index(t)))
    main = ranked[0] if ranked and scores[ranked[0]] >= _LEAST else None
    second = ranked[1] if main and len(ranked) > 1 and scores[ranked[1]] >= 3 else None
    task = _phrase(reading, main) if main else None
    if task and second and (also := _phrase(reading, second)) and also.lower() not in task.lower():
        task = f"{task}; also {also}"[: 2 * LONGEST]
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
        ("qa_closed", "qa_open_knowledge"),
        ("moderation", "classification"),
        ("agentic", "dialogue"),
        ("agentic", "code_generation"),
        ("vision_document", "moderation"),
        ("vision_document", "classification"),
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
    if any(
        other.weight >= _LEAST_OF_A_QUESTION and other.first <= hit.first <= hit.last <= other.last
        for other in reading.all("intents/deploy")
    ):
        return True
    before = {t.text for t in reading.tokens[max(0, hit.first - 2) : hit.first]}
    return bool(before & word_set("denials")) and not (before & {"whether", "if"})


def _first(reading: Reading, task_type: TaskType) -> int:
    return min(hit.first for hit in reading.all(f"tasks/{task_type}"))


def find_domain(reading: Reading) -> str | None:
    """Return the field of work with the most words; the first named wins ties."""
    weights: dict[str, float] = defaultdict(float)
    first: dict[str, int] = {}
    apart = reading.all("domains/none")
    for label, found in reading.hits.items():
        if not label.startswith("domains/") or label == "domains/none":
            continue
        hits = [h for h in found if not any(o.first <= h.first <= h.last <= o.last for o in apart)]
        name = label.partition("/")[2]
        for hit in _apart(reading, hits):
            weights[name] += hit.weight
            first[name] = min(first.get(name, hit.first), hit.first)
    if not weights:
        return None
    best = min(weights, key=lambda name: (-weights[name], first[name]))
    return best if weights[best] >= 1 else None


def _phrase(reading: Reading, task_type: TaskType) -> str | None:
    """Return the job in the user's words, around the heaviest phrase of `task_type`."""
    hits = _apart(reading, list(reading.all(f"tasks/{task_type}")))
    return job_phrase(reading, hits[0]) if hits else None
