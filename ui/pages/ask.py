"""Ask: the thread, its last answer in full, the composer at the bottom."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from agent.answer import Answer
from ui import services, state
from ui.components import answer as answers
from ui.components import first_visit, notices, working
from ui.components.markup import wrap
from ui.components.sidebar import sidebar
from ui.jobs import Job
from knowledge.errors import KnowledgeError
from agent.errors import AdvisorError

PLACEHOLDER = "Describe the job, or paste an announcement"


def page() -> None:
    """Draw the page."""
    try:
        advisor = services.advisor()
    except (AdvisorError, KnowledgeError) as error:
        st.html(wrap(notices.error_note(error)))
        return
    thread = state.thread()
    job = services.desk().of(thread) if thread else None
    turns = services.turns(thread)
    if thread is None or (job is None and not turns):
        _first_visit()
        last = None
    else:
        last = _conversation(thread, turns, job)
    sidebar(
        advisor.threads(),
        current=thread,
        profile=last.profile if last else None,
        engine="Embedded engine, no key needed",
    )


def _first_visit() -> None:
    with (
        st.container(horizontal_alignment="center"),
        st.container(key="first", width=answers.NARROW, gap="medium"),
    ):
        st.html(wrap(first_visit.welcome()))
        st.chat_input(
            PLACEHOLDER, key="composer-first", height=84, on_submit=state.ask_from,
            args=("composer-first",),
        )
        st.pills(
            "Examples",
            list(first_visit.EXAMPLES),
            key="pills-first",
            label_visibility="collapsed",
            on_change=state.ask_from,
            args=("pills-first", first_visit.EXAMPLES),
        )
        catalogue = services.advisor().knowledge.catalogue
        documents = [
            document
            for kind in ("hardware", "model", "toolkit", "study", "cost", "note")
            for document in catalogue.of(kind)
        ]
        today = datetime.now().astimezone().date()
        st.html(wrap(first_visit.holdings(documents, today=today, private=True)))


def _conversation(thread: str, turns: tuple[Answer, ...], job: Job | None) -> Answer | None:
    """Draw older turns folded and the last in full; return the last answer."""
    with st.bottom, st.container(key="composer", horizontal_alignment="center"):
        st.chat_input(
            PLACEHOLDER, key="composer-thread", width=answers.WIDE, on_submit=state.ask_from,
            args=("composer-thread",),
        )
    with (
        st.container(horizontal_alignment="center"),
        st.container(key="thread", width=answers.WIDE, gap="medium"),
    ):
        running = job is not None and not job.done
        _older(thread, turns if running else turns[:-1])
        if job is not None and running:
            working.follow(job)
            older, turns = turns, services.turns(thread)
            if len(turns) > len(older) and older:
                pass
        if job is not None and job.error is not None:
            st.html(wrap(notices.error_note(job.error)))
            st.button("Try again", on_click=services.start, args=(thread, job.message))
            return turns[-1] if turns else None
        if not turns:
            return None
        fresh = job is not None and job.done
        if job is not None and fresh:
            working.steps(job)
        answers.draw(
            turns[-1],
            thread=thread,
            turn=len(turns),
            seconds=job.seconds if job is not None and fresh else None,
            last=True,
        )
        return turns[-1]


def _older(thread: str, turns: tuple[Answer, ...]) -> None:
    for number, turn in enumerate(turns, start=1):
        if state.is_open(thread, number):
            answers.draw(turn, thread=thread, turn=number, seconds=None, last=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            opened = state.is_open(thread, number)
            if not opened:
                st.html(answers.folded(turn))
            st.button(
                "Fold" if opened else "Open",
                key=f"open-{thread}-{number}",
                type="tertiary",
                on_click=state.toggle,
                args=(thread, number),
            )
