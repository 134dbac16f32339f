"""What all sessions share: one advisor, and the desk where questions are answered."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from agent.advisor import Advisor
from agent.answer import Answer
from agent.profile import Profile
from agent.settings import Settings
from ui.jobs import Desk

_FEEDBACK_LOCK = threading.Lock()


@st.cache_resource(show_spinner="Opening the knowledge")
def advisor() -> Advisor:
    """Return the advisor that every session uses; settings come from the environment.

    The page may be open to others, who must not reach this machine's own services through it;
    and it may stay open for weeks, in which other processes want to write.
    """
    opened = Advisor(Settings())
    opened.knowledge.release()
    opened.knowledge.reach = replace(opened.knowledge.reach, own_machine=False)
    return opened


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """Return the desk that every session uses."""
    return Desk()


def start(thread: str, message: str) -> None:
    """Begin to answer `message` in `thread`."""
    desk().start(thread, message, lambda: advisor().stream(message, thread=thread))


def stop(thread: str) -> None:
    """End the question that is being answered in `thread`, if there is one."""
    job = desk().of(thread)
    if job is not None:
        job.stop()


def private() -> bool:
    """Return whether everything typed stays on this machine."""
    settings = advisor().settings
    return settings.embedding_base_url is None and settings.chroma_url is None


def turns(thread: str | None) -> tuple[Answer, ...]:
    """Return the answers of `thread`, oldest first; none for a new question."""
    return advisor().turns(thread) if thread else ()


def forget(thread: str) -> None:
    """Delete the conversation `thread`."""
    desk().drop(thread)
    advisor().forget(thread)


def change_profile(thread: str, profile: Profile) -> Answer:
    """Answer the last question of `thread` again for `profile`."""
    desk().drop(thread)
    return advisor().update_profile(thread, profile)


def keep_feedback(*, thread: str, turn: int, thumb: str, reason: str | None = None) -> None:
    """Append one line of feedback to "feedback.jsonl" beside the index."""
    line = json.dumps(
        {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "thread": thread,
            "turn": turn,
            "thumb": thumb,
            "reason": reason,
        }
    )
    folder = advisor().knowledge.folder
    with _FEEDBACK_LOCK, (folder / "feedback.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
