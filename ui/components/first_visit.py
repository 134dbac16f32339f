"""The page before the first question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from agent.wording import day, number, plural
from knowledge.schema import Cost, Document, Model
from ui.components.markup import plain

EXAMPLES = {
    "20,000 tickets a day, 60k labeled": (
        "20,000 support tickets a day into 12 queues. We have 60k labeled tickets and data must "
        "stay in the EU. GPT-5 or fine-tune something?"
    ),
    "Does DeepSeek V3 fit 8xH100?": "Does DeepSeek V3 run on one 8xH100 node in FP8?",
    "At what volume do we break even?": (
        "1,000 tokens in and 200 out a request: at what volume does our own 8B break even with "
        "GPT-4.1?"
    ),
    "Is the 700B at 240 W claim true?": (
        "Skymizer says 700B on one 240 W card. Is that true? Does it matter to us?"
    ),
    "H200 or MI300X for a 70B?": "H200 or MI300X for a 70B model?",
    "LoRA an 8B on one 24 GB card": (
        "How do I LoRA an 8B on one 24 GB card, what will it cost, and give me the config."
    ),
}
"""Pill -> the question that it asks."""


def welcome() -> str:
    """Return headline and promise."""
    return (
        '<div class="rs-first"><h1>Ultra-large, smaller, or both?</h1><p>Describe the job. You get '
        "a pick, the odds that it is right, what it costs, and every figure traced to its source."
        "</p></div>"
    )


def holdings(count: int, typed: Sequence[Document], *, today: date, private: bool) -> str:
    """Return how much is known and how fresh it is.

    `typed` are the documents with figures, `count` all: notes are many, and are not read for this.
    """
    if not count:
        return '<div class="rs-foot">No documents yet. Add one, or load the starter set.</div>'
    words = [f"{number(count, 6)} documents."]
    if typed:
        newest = max(document.read_on for document in typed)
        words = [f"{number(count, 6)} documents, newest figures {day(newest)}."]
    ages = [age for document in typed if (age := _age(document, today)) is not None]
    if ages:
        words.append(f"Prices read within {plural(max(max(ages), 1), 'day')}.")
    if private:
        words.append("Nothing you type leaves this machine.")
    return f'<div class="rs-foot">{plain(" ".join(words))}</div>'


def _age(document: Document, today: date) -> int | None:
    """Return the days since the prices of `document` were read, None where it has none."""
    priced = isinstance(document, Cost) or (isinstance(document, Model) and bool(document.prices))
    if not priced or len(document.read_on) != len("2026-11-24"):
        return None
    return max(0, (today - date.fromisoformat(document.read_on)).days)
