"""What is seen while a question is answered: steps, checked text, shapes of what will come."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from agent.answer import Stage, TextDelta
from ui import services
from ui.components.markup import markdown, wrap
from ui.components.verdict import question
from ui.jobs import Job

BEAT = 0.4
"""Seconds between two looks at whether the visitor has asked to stop."""


def follow(job: Job, *, thread: str) -> None:
    """Draw the job until it is done or stopped."""
    st.html(wrap(question(job.message)))
    left, right = st.columns([66, 34], gap="medium")
    with left:
        status = st.status("Working", type="compact", expanded=True)
        st.button(
            "Stop",
            icon=":material/stop_circle:",
            key="stop",
            type="tertiary",
            on_click=services.stop,
            args=(thread,),
        )
        body = st.empty()
        with body.container():
            st.skeleton(44)
            st.skeleton(150)
    with right:
        st.html(wrap('<div class="rs-evidence"><h3>Evidence</h3></div>'))
        for _ in range(3):
            st.skeleton(64)
    text, label = "", "Working"
    for event in job.follow(BEAT):
        if isinstance(event, Stage):
            _step(status, event)
            label = markdown(event.text)
            status.update(label=label, expanded=True)
        elif isinstance(event, TextDelta):
            text += event.text
            body.markdown(markdown(text))
        elif event is None:
            status.update(label=label, expanded=True)


def steps(job: Job) -> None:
    """Draw the steps of a finished job, folded."""
    label = f"Worked {max(job.seconds, 0.1):.1f} s, {len(job.stages())} steps"
    status = st.status(label, type="compact", state="complete", expanded=False)
    for stage in job.stages():
        _step(status, stage)


def _step(parent: DeltaGenerator, stage: Stage) -> None:
    parent.status(markdown(stage.text), type="step", state="complete")
