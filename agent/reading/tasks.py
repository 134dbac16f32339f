"""What kind of work is it? Task type, domain and the job in the user's words."""

from __future__ import annotations

import re
from typing import cast

from agent.reading.wordlists import hits
from knowledge.schema import TaskType

PRECEDENCE: tuple[str, ...] = (
    "speech",
    "time_series",
    "text_to_sql",
    "translation",
    "moderation",
    "agentic",
    "vision_document",
    "embedding",
    "retrieval_ranking",
    "function_calling",
    "extraction",
    "ner",
    "summarization",
    "classification",
    "qa_closed",
    "code_generation",
    "open_writing",
    "math",
    "reasoning",
    "qa_open_knowledge",
    "dialogue",
)
"""Which type wins where two have as many words: the more specific job first."""
VERB = re.compile(
    r"\b(?:want|need|like|have|try(?:ing)?|plan(?:ning)?|going|use (?:it|ai|an? llm|a model)|"
    r"model|llm|ai|bot|agents?|something|tool) (?:\w+ )?to (?P<job>[a-z][^.?!;]{6,140})",
    re.IGNORECASE,
)
GERUND = re.compile(
    r"\b(?:for|about|with|is|automat\w+|start|model for) (?P<job>[a-z]+ing [^.?!;]{4,120})",
    re.IGNORECASE,
)


def task_type(text: str) -> TaskType | None:
    """Return the type of task that `text` describes, or None."""
    found = hits("tasks", text.lower())
    if not found:
        return None
    best = max(found, key=lambda key: (found[key], -PRECEDENCE.index(key)))
    return cast("TaskType", best)


def domain(text: str) -> str | None:
    """Return the field that `text` is about, or None."""
    found = hits("domains", text.lower())
    return max(found, key=lambda key: (found[key], key != "documents", key)) if found else None


def job_words(text: str) -> str | None:
    """Return the job in the user's words: what stands after "want to", "model for" and the like."""
    for pattern in (VERB, GERUND):
        match = pattern.search(text)
        if match and task_type(match["job"]):
            return re.sub(r"\s+", " ", match["job"]).strip(" ,")
    for sentence in re.split(r"(?<=[.?!])\s+", text):
        if task_type(sentence):
            return re.sub(r"\s+", " ", sentence).strip(" .?!,")[:140]
    return None
