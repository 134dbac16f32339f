"""Every session key and address parameter, with typed access. Pages never spell a key."""

from __future__ import annotations

import re
from uuid import uuid4

import streamlit as st

from ui import services

_THREAD = "t"
_OPEN = "open_turns"
_ASKED = re.compile(r"[A-Za-z0-9_-]{1,64}")


def thread() -> str | None:
    """Return the thread in the address, or None on a first visit."""
    name = st.query_params.get(_THREAD, "")
    return name if _ASKED.fullmatch(name) else None


def open_thread(name: str) -> None:
    """Go to the thread `name`."""
    st.query_params[_THREAD] = name


def new_question() -> None:
    """Leave the thread, so that the next question starts another."""
    st.query_params.pop(_THREAD, None)


def forget(name: str) -> None:
    """Delete the thread `name` and leave it."""
    services.forget(name)
    new_question()


def ask(message: str) -> None:
    """Begin to answer `message` in the thread of the address, or in a new one."""
    words = message.strip()
    if not words:
        return
    name = thread() or uuid4().hex[:12]
    open_thread(name)
    st.session_state.pop(_OPEN, None)
    services.start(name, words)


def ask_from(key: str, questions: dict[str, str] | None = None) -> None:
    """Ask what the widget `key` holds; `questions` maps short labels to whole questions."""
    chosen = st.session_state.get(key)
    if isinstance(chosen, str) and chosen:
        ask((questions or {}).get(chosen, chosen))
        if key.startswith("pills"):
            st.session_state[key] = None


def is_open(thread_name: str, turn: int) -> bool:
    """Return whether the older turn was opened by the visitor."""
    return (thread_name, turn) in st.session_state.get(_OPEN, frozenset())


def toggle(thread_name: str, turn: int) -> None:
    """Open or fold an older turn."""
    opened: frozenset[tuple[str, int]] = st.session_state.get(_OPEN, frozenset())
    st.session_state[_OPEN] = opened ^ {(thread_name, turn)}
