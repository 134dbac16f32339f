"""Ask: the thread, its last answer in full, the composer at the bottom."""

from __future__ import annotations

from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from agent.answer import Answer
from agent.errors import AdvisorError
from knowledge.errors import IndexMismatch, KnowledgeError
from ui import services, state
from ui.components import answer as answers
from ui.components import first_visit, notices, verdict, working
from ui.components.announce import ready
from ui.components.markup import wrap
from ui.components.sidebar import sidebar
from ui.jobs import Job

FOLDS_SHOWN = 2
PLACEHOLDER = "Describe the job, or paste an announcement"


def page() -> None:
    """Draw the page."""
    thread = state.thread()
    job = services.desk().of(thread) if thread else None
    # Asked before the threads are read: a job that ends meanwhile is followed to its end.
    working_on = job is not None and not job.done
    try:
        past, turns = services.advisor().threads(), services.turns(thread)
    except (AdvisorError, KnowledgeError) as error:
        st.html(wrap(notices.error_note(error)))
        return
    sidebar(
        past,
        current=thread,
        profile=turns[-1].profile if turns else None,
        engine="Embedded engine, no key needed",
        news="Working" if working_on else ready(turns[-1]) if turns else "",
    )
    # Three places, so that what a run no longer draws is taken away at its start, not its end.
    first, under_way = st.empty(), st.empty()
    if thread is None or (job is None and not turns):
        with first.container(horizontal_alignment="center"):
            _first_visit()
        return
    _composer()
    if job is not None and working_on:
        st.empty()  # where the answer before stood
        with under_way.container(horizontal_alignment="center"), _column():
            _older(thread, turns)
            working.follow(job, thread=thread)
        st.rerun()
    with st.container(horizontal_alignment="center"), _column():
        _conversation(thread, turns, job)


def _first_visit() -> None:
    with st.container(key="first", width=answers.NARROW, gap="medium"):
        st.html(wrap(first_visit.welcome()))
        st.chat_input(
            PLACEHOLDER,
            key="composer-first",
            height=84,
            on_submit=state.ask_from,
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
        today = datetime.now().astimezone().date()
        held = first_visit.holdings(
            len(catalogue), catalogue.documents, today=today, private=services.private()
        )
        st.html(wrap(held))


def _column() -> DeltaGenerator:
    return st.container(key="thread", width=answers.WIDE, gap="medium")


def _composer() -> None:
    with st.bottom, st.container(key="composer", horizontal_alignment="center"):
        st.chat_input(
            PLACEHOLDER,
            key="composer-thread",
            width=answers.WIDE,
            on_submit=state.ask_from,
            args=("composer-thread",),
        )


def _conversation(thread: str, turns: tuple[Answer, ...], job: Job | None) -> None:
    """Draw older turns folded, then the last in full or what went wrong."""
    if job is not None and job.stopped:
        _older(thread, turns)
        _stopped(thread, job.message)
    elif job is not None and job.error is not None:
        _older(thread, turns)
        _failed(thread, job.message, job.error)
    elif turns:
        _older(thread, turns[:-1])
        answers.draw(turns[-1], thread=thread, turn=len(turns), job=job, last=True)


def _stopped(thread: str, message: str) -> None:
    st.html(wrap(verdict.question(message)))
    st.html(wrap(notices.note("stop_circle", "Stopped.", "Nothing was answered.")))
    st.button(
        "Ask again", icon=":material/refresh:", on_click=services.start, args=(thread, message)
    )


def _failed(thread: str, message: str, error: BaseException) -> None:
    st.html(wrap(verdict.question(message)))
    st.html(wrap(notices.error_note(error)))
    if isinstance(error, IndexMismatch):
        return
    with st.container(horizontal=True):
        st.button(
            "Try again",
            icon=":material/refresh:",
            on_click=services.start,
            args=(thread, message),
        )
        if notices.is_ours(error):
            with st.popover("Copy details", type="tertiary"):
                st.code(f"thread {thread}, {type(error).__name__}", language=None)


def _older(thread: str, turns: tuple[Answer, ...]) -> None:
    """Draw earlier turns as verdict lines; all but the latest few behind one more fold."""
    numbered = list(enumerate(turns, start=1))
    early, late = numbered[:-FOLDS_SHOWN], numbered[-FOLDS_SHOWN:]
    if early:
        label = f"{len(early)} earlier question{'s' if len(early) > 1 else ''}"
        opened = any(state.is_open(thread, number) for number, _ in early)
        with st.expander(label, type="compact", expanded=opened):
            for number, turn in early:
                _fold(thread, number, turn)
    for number, turn in late:
        _fold(thread, number, turn)


def _fold(thread: str, number: int, turn: Answer) -> None:
    opened = state.is_open(thread, number)
    if opened:
        answers.draw(turn, thread=thread, turn=number, job=None, last=False)
    with st.container(key=f"fold-{number}", horizontal=True, vertical_alignment="center"):
        if not opened:
            st.html(answers.folded(turn))
        st.button(
            "Fold" if opened else "Open",
            key=f"open-{thread}-{number}",
            type="tertiary",
            on_click=state.toggle,
            args=(thread, number),
        )
