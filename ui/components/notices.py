"""What went wrong, or differently, in one friendly line."""

from __future__ import annotations

from agent.answer import Answer
from agent.errors import AdvisorError
from knowledge.errors import IndexLocked, IndexMismatch, KnowledgeError
from ui.components.markup import icon, plain

OURS = "Something broke on our side. Your question is kept."


def fallback_note(answer: Answer) -> str:
    """Return the note that the model did not answer, or "". Left-out claims are no fallback."""
    fallen = [words for words in answer.fallbacks if not words.startswith("left out")]
    if not fallen:
        return ""
    return note("cloud_off", "Answered without the model.", " ".join(fallen))


def note(symbol: str, lead: str, words: str) -> str:
    """Return a quiet yellow note."""
    return f'<div class="rs-note">{icon(symbol)}<p><b>{plain(lead)}</b> {plain(words)}</p></div>'


def is_ours(error: BaseException) -> bool:
    """Return whether we must fix `error`; the message of any other says what helps."""
    return not isinstance(error, AdvisorError | KnowledgeError)


def error_note(error: BaseException) -> str:
    """Return what a person can do about `error`, never a trace."""
    words = OURS if is_ours(error) else str(error)
    lead = ""
    if isinstance(error, IndexLocked):
        lead = "The index is in use."
    elif isinstance(error, IndexMismatch):
        lead = "The index does not match."
    return (
        f'<div class="rs-note rs-error" role="alert">{icon("error")}'
        f"<p><b>{plain(lead)}</b> {plain(words)}</p></div>"
    )
