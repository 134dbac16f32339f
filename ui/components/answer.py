"""One answer, from its question to its next questions, in one reading order at every width."""

from __future__ import annotations

import streamlit as st

from agent.answer import Answer
from agent.profile import Profile
from ui import state
from ui.components import (
    actions,
    charts,
    hinges,
    options_table,
    sections,
    verdict,
    working,
)
from ui.components.evidence import evidence, workings
from ui.components.markup import Marks, literal, markdown, plain, wrap
from ui.components.memory_bar import memory_bar, memory_table
from ui.components.notices import fallback_note
from ui.components.profile_form import profile_form
from ui.components.sections import section
from ui.components.slots import TITLES, chip
from ui.jobs import Job

WIDE = 1120
NARROW = 760
JUST_ANSWER = "just answer"


def draw(answer: Answer, *, thread: str, turn: int, job: Job | None, last: bool) -> None:
    """Draw `answer`. `last` turns on what only the newest turn offers: corrections and pills.

    `job` is what worked it out, where that is still at hand: its steps and its seconds.
    """
    marks = Marks.of(answer, f"t{turn}")
    if note := fallback_note(answer):
        st.html(wrap(note))
    if answer.question:
        st.html(wrap(verdict.question(answer.question)))
    proof = evidence(answer, marks)
    if proof:
        left, right = st.columns([66, 34], gap="medium")
        with left, st.container(key=f"block-{turn}"):
            _whole(answer, marks, thread=thread, turn=turn, job=job, last=last)
        with right, st.container(key=f"proof-{turn}"):
            st.html(wrap(proof))
        return
    with st.container(key=f"block-{turn}", width=NARROW):
        _whole(answer, marks, thread=thread, turn=turn, job=job, last=last)


def _whole(
    answer: Answer, marks: Marks, *, thread: str, turn: int, job: Job | None, last: bool
) -> None:
    key = f"{thread}-{turn}"
    if job is not None:
        working.steps(job)
    _body(answer, marks, thread=thread, key=key, last=last)
    seconds = job.seconds if job is not None else answer.seconds
    _after(answer, thread=thread, turn=turn, key=key, seconds=seconds, last=last)


def _body(answer: Answer, marks: Marks, *, thread: str, key: str, last: bool) -> None:
    chips = verdict.understood(answer)
    if chips:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.html(wrap(chips), width="content")
            if last:
                _correct(answer.profile, thread=thread)
    st.html(wrap(verdict.headline(answer, marks)))
    if answer.chart is not None and answer.chart.kind == "memory":
        st.html(wrap(memory_bar(answer.chart)))
        charts.twin(memory_table(answer.chart))
    drawn = options_table.options_table(answer, marks) if answer.kind == "recommendation" else ""
    if drawn:
        st.html(wrap(drawn))
    first, *rest = [
        section(block, marks) for block in sections.unseen(answer, tabled=bool(drawn))
    ] or [""]
    for html in (first, hinges.hinges(answer, marks), *rest):
        if html:
            st.html(wrap(html))
    if not answer.sections and answer.summary is None:
        st.markdown(markdown(answer.text))
    if answer.attachments:
        actions.attachments(answer, key)
    if answer.questions and last:
        _questions(answer, key)
    _tabs(answer, marks, key)


def _correct(profile: Profile, *, thread: str) -> None:
    """Draw the form that changes what was said, over every slot with the words it came from.

    A popover stands outside the app's own color-scheme, so it holds native elements only.
    """
    with st.popover("Correct", icon=":material/edit:", type="tertiary", key=f"correct-{thread}"):
        profile_form(profile, thread=thread, prefix="correct")
        rows = [
            f"| {TITLES[slot]} | {literal(chip(profile, slot))} | {literal(words)} |"
            for slot, words in profile.words.items()
            if slot in TITLES and chip(profile, slot)
        ]
        if rows:
            st.markdown("\n".join(("| Slot | Taken as | From your words |", "|-|-|-|", *rows)))


def _questions(answer: Answer, key: str) -> None:
    """Draw the questions back: the first that has choices as pills, the others in words."""
    first = next((item for item in answer.questions if item.choices), None)
    others = [item for item in answer.questions if item is not first]
    if first is not None:
        taken = f"Otherwise taken: {first.default}."
        note = f'<p class="rs-muted rs-small">{plain(taken)}</p>'
        st.html(wrap(f"<h3>{plain(first.text)}</h3>{note}"))
        actions.pills(first.text, first.choices, key=f"pills-ask-{key}")
    if others:
        lines = "".join(
            f"<li>{plain(item.text)} "
            f'<span class="rs-muted">Otherwise taken: {plain(item.default)}.</span></li>'
            for item in others
        )
        lead = f'<p class="rs-muted">{"Useful beside it" if first else "Would sharpen this"}</p>'
        st.html(wrap(f'<div class="rs-section">{lead}<ul>{lines}</ul></div>'))
    if answer.kind == "clarification":
        st.button(
            "Or answer under assumptions",
            key=f"assume-{key}",
            type="tertiary",
            icon=":material/edit_note:",
            on_click=_assume,
        )


def _assume() -> None:
    state.ask(JUST_ANSWER)


CHARTS = {"cost": "Cost over volume", "speed": "Speed over users"}
"""Kind of chart -> the tab that it opens with."""


def _tabs(answer: Answer, marks: Marks, key: str) -> None:
    chart = answer.chart if answer.chart is not None and answer.chart.series else None
    ruled = [option for option in answer.options if option.ruled_out_because is not None]
    panes = {
        CHARTS.get(chart.kind, "") if chart else "": chart is not None,
        "Cost lines": bool(options_table.cost_lines(answer, marks)),
        f"Workings ({len(answer.calculations)})": bool(answer.calculations),
        f"Ruled out ({len(ruled)})": bool(ruled),
    }
    shown = [name for name, filled in panes.items() if filled and name]
    if not shown:
        return
    if len(shown) == 1 and chart is None:
        with st.expander(shown[0], type="compact", key=f"tabs-{key}"):
            _pane(shown[0], answer, marks, key)
        return
    for name, pane in zip(shown, st.tabs(shown, key=f"tabs-{key}"), strict=True):
        with pane:
            _pane(name, answer, marks, key)


def _pane(name: str, answer: Answer, marks: Marks, key: str) -> None:
    if answer.chart is not None and name in CHARTS.values():
        charts.chart(answer.chart, key)
    elif name.startswith("Cost lines"):
        st.html(wrap(options_table.cost_lines(answer, marks)))
    elif name.startswith("Workings"):
        st.html(wrap(workings(answer, marks)))
    else:
        st.html(wrap(options_table.ruled_out(answer)))


def _after(
    answer: Answer, *, thread: str, turn: int, key: str, seconds: float | None, last: bool
) -> None:
    actions.actions(answer, thread=thread, turn=turn, key=key)
    st.html(wrap(actions.foot(answer, seconds)))
    if last and answer.kind != "clarification":
        actions.next_questions(answer, key)


def folded(answer: Answer) -> str:
    """Return an older turn as its question and verdict line."""
    return wrap(
        f'<div class="rs-fold"><span class="rs-muted">{plain(answer.question)}</span></div>'
        f'<div class="rs-fold"><b>{plain(answer.headline)}</b></div>'
    )
