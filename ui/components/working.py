"""What is seen while a question is answered: steps, checked text, shapes of what will come."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from agent.answer import Stage, TextDelta
from ui.components.markup import markdown, wrap
from ui.components.verdict import question
from ui.jobs import Job


def follow(job: Job) -> None:
    """Draw the job until it is done."""
    st.html(wrap(question(job.message)))
    left, right = st.columns([66, 34], gap="medium")
    with left:
        status = st.status("Working", type="compact", expanded=True)
        body = st.empty()
        with body.container():
            st.skeleton(44)
            st.skeleton(150)
    with right:
        st.html(wrap('<div class="rs-evidence"><h3>Evidence</h3></div>'))
        for _ in range(3):
            st.skeleton(64)
    text = ""
    for event in job.follow():
        if isinstance(event, Stage):
            _step(status, event)
            status.update(label=markdown(event.text), expanded=True)
        elif isinstance(event, TextDelta):
            text += event.text
            body.markdown(markdown(text))


def steps(job: Job) -> None:
    """Draw the steps of a finished job, folded."""
    label = f"Worked {max(job.seconds, 0.1):.1f} s, {len(job.stages())} steps"
    status = st.status(label, type="compact", state="complete", expanded=False)
    for stage in job.stages():
        _step(status, stage)


def _step(parent: DeltaGenerator, stage: Stage) -> None:
    parent.status(markdown(stage.text), type="step", state="complete")
