"""The sidebar: new question, past questions by age, the standing profile, the engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import streamlit as st

from agent.memory import Thread
from agent.profile import Profile
from ui import state
from ui.components.announce import announce
from ui.components.markup import icon, literal, plain, wrap
from ui.components.profile_form import profile_form

TITLE_LENGTH = 60
MOST_SHOWN = 12


def by_age(threads: Iterable[Thread], today: date) -> dict[str, list[Thread]]:
    """Group threads under "Today", "Last week" and "Older", keeping their order."""
    groups: dict[str, list[Thread]] = {"Today": [], "Last week": [], "Older": []}
    for thread in threads:
        days = (today - datetime.fromisoformat(thread.updated).astimezone().date()).days
        groups["Today" if days < 1 else "Last week" if days <= 7 else "Older"].append(thread)
    return {name: found for name, found in groups.items() if found}


def sidebar(
    threads: tuple[Thread, ...],
    *,
    current: str | None,
    profile: Profile | None,
    engine: str,
    news: str,
) -> None:
    """Draw the sidebar; the profile is there once a question was answered, `news` is only heard."""
    with st.sidebar:
        st.button(
            "New question",
            icon=":material/add:",
            width="stretch",
            key="new-question",
            on_click=state.new_question,
        )
        if profile is not None and current is not None:
            known = bool(profile.stated())
            with st.expander("The job as understood", expanded=known, type="compact"):
                profile_form(profile, thread=current, prefix="side")
        _history(threads[:MOST_SHOWN], current)
        if len(threads) > MOST_SHOWN:
            with st.expander("Older questions", type="compact"):
                _links(threads[MOST_SHOWN:], current)
        if any(thread.id == current for thread in threads) and current is not None:
            _forget(current)
        st.html(wrap(f'<div class="rs-side">{icon("lock")} {plain(engine)}</div>'))
        announce(news)


def _history(threads: tuple[Thread, ...], current: str | None) -> None:
    with st.container(key="history", gap="xxsmall"):
        if not threads:
            st.html(wrap('<div class="rs-side">Past questions will be listed here.</div>'))
        for name, found in by_age(threads, datetime.now().astimezone().date()).items():
            st.html(wrap(f'<div class="rs-side">{name}</div>'))
            _links(found, current)


def _links(threads: Iterable[Thread], current: str | None) -> None:
    for thread in threads:
        label = literal(thread.title[:TITLE_LENGTH]) or "(empty)"
        st.button(
            f"**{label}**" if thread.id == current else label,
            key=f"thread-{thread.id}",
            type="tertiary",
            width="stretch",
            wrap=False,
            on_click=state.open_thread,
            args=(thread.id,),
        )


def _forget(thread: str) -> None:
    with st.popover("Delete this conversation", icon=":material/delete:", type="tertiary"):
        st.markdown("Its questions and answers are lost for good.")
        st.button("Delete", key=f"forget-{thread}", on_click=state.forget, args=(thread,))
