"""The word lists as compiled patterns, read once."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import yaml

Patterns = dict[str, tuple[re.Pattern[str], ...]]


@lru_cache(maxsize=8)
def patterns(name: str) -> Patterns:
    """Return the patterns of the word list `name` ("tasks", "domains", "intents") by key."""
    text = resources.files("agent.reading").joinpath(f"data/{name}.yaml").read_text("utf-8")
    raw: dict[str, list[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return {key: tuple(re.compile(item) for item in items) for key, items in raw.items()}


def hits(name: str, text: str) -> dict[str, int]:
    """Return for each key how many of its patterns match the lower-case `text`."""
    return {
        key: count
        for key, items in patterns(name).items()
        if (count := sum(bool(item.search(text)) for item in items))
    }
