"""Likeness of words: how close two tasks are, and which type of task words speak of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from knowledge.schema import TaskType

TASK_NAMES: dict[str, str] = {
    "ner": "entity recognition",
    "qa_closed": "question answering over a given text",
    "qa_open_knowledge": "open-knowledge question answering",
    "code_generation": "coding",
    "text_to_sql": "text-to-SQL",
    "agentic": "agent work",
    "speech": "speech recognition",
    "time_series": "forecasting",
    "open_writing": "writing",
    "retrieval_ranking": "search ranking",
    "vision_document": "image reading",
    "other": "other tasks",
}
"""Types of task whose code is no English."""

ENOUGH = 1.5
"""Evidence below which no type is named. Leaving each paper out, 61% of the named are right."""
_EMPTY = frozenset(
    ("the", "and", "for", "with", "from", "that", "into", "which", "about", "whethe", "given")
)


def task_name(task_type: str) -> str:
    """Return a type of task in English, to stand after a preposition: "on text-to-SQL"."""
    return TASK_NAMES.get(task_type, task_type.replace("_", " "))


def words(text: str) -> frozenset[str]:
    """Return the content words of `text`, cut to their stems of six letters."""
    return frozenset(w[:6] for w in re.findall(r"[a-z]{3,}", text.lower())) - _EMPTY


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of the shorter one's words that both have, 0 to 1."""
    return len(a & b) / max(1, min(len(a), len(b)))


@dataclass(frozen=True, slots=True)
class TypeWords:
    """How often each word occurs in the published tasks of a type, and in how many types."""

    counts: dict[TaskType, Counter[str]]
    types_with: Counter[str]

    @classmethod
    def of(cls, tasks: Iterable[tuple[str, TaskType]]) -> TypeWords:
        """Count over (task, type); the name of a type counts as one of its tasks."""
        counts: dict[TaskType, Counter[str]] = {}
        for task, kind in sorted(set(tasks)):
            if kind not in counts:
                counts[kind] = Counter(words(kind.replace("_", " ")))
            counts[kind].update(words(task))
        return cls(counts, Counter(word for found in counts.values() for word in found))

    def infer(self, task: str) -> TaskType | None:
        """Return the type whose words `task` shares most, rare words first; None when unclear."""
        score = {kind: self._score(found, words(task)) for kind, found in self.counts.items()}
        best = max(score, key=lambda kind: (score[kind], kind), default=None)
        return best if best is not None and score[best] >= ENOUGH else None

    def _score(self, found: Counter[str], asked: frozenset[str]) -> float:
        return sum(
            log(1 + len(self.counts) / self.types_with[word]) * found[word] / (found[word] + 1)
            for word in sorted(asked & found.keys())
        )
