"""Under an answer: files, export, link, thumbs, foot line and the next questions."""

from __future__ import annotations

import json

import streamlit as st

from agent.answer import Answer, Attachment
from agent.wording import day
from ui import services, state
from ui.components.markup import literal, plain, wrap

REASONS = ("Pick", "Figure", "Source", "Missing", "Unclear")


def engine_words(engine: str) -> str:
    """Return the engine's name for people."""
    return "Embedded engine" if engine == "embedded" else engine


def foot(answer: Answer, seconds: float | None) -> str:
    """Return the line that lets an answer be replayed."""
    took = f", {max(seconds, 0.1):.1f} s" if seconds is not None else ""
    state_words = f" Knowledge state {answer.snapshot[:6]}." if answer.snapshot else ""
    return (
        f'<div class="rs-foot">As of {plain(day(answer.as_of) or "today")}. '
        f"{plain(engine_words(answer.engine))}{took}.{plain(state_words)}</div>"
    )


def attachments(answer: Answer, key: str) -> None:
    """Draw every file with a preview and its download button."""
    for index, file in enumerate(answer.attachments):
        with st.container(key=f"file-{key}-{index}", gap="xsmall"):
            if file.caption:
                st.html(wrap(f'<p class="rs-small rs-muted">{plain(file.caption)}</p>'))
            with st.expander(literal(file.name), icon=":material/description:"):
                st.code(file.content, language=_language(file), height=320)
            _download(
                file.name,
                file.content,
                file.media_type,
                key=f"get-{key}-{index}",
                label=f"Download {file.name}",
            )


def _language(file: Attachment) -> str | None:
    suffix = file.name.rpartition(".")[2].lower()
    return {"py": "python", "yaml": "yaml", "yml": "yaml", "sh": "bash", "json": "json"}.get(suffix)


def _download(name: str, data: str, mime: str, *, key: str, label: str | None = None) -> None:
    st.download_button(
        literal(label or name),
        data,
        file_name=name,
        mime=mime,
        key=key,
        on_click="ignore",
        icon=":material/download:",
    )


def actions(answer: Answer, *, thread: str, turn: int, key: str) -> None:
    """Draw export, copy link and thumbs on one line that wraps by itself."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover("Export", icon=":material/download:", key=f"export-{key}"):
            _export(answer, key)
        with st.popover("Copy link", icon=":material/link:", type="tertiary", key=f"link-{key}"):
            st.code(address(thread), language=None, wrap_lines=True)
        st.space("stretch")
        thumb = st.feedback(
            "thumbs",
            key=f"thumbs-{key}",
            on_change=_rated,
            args=(f"thumbs-{key}", thread, turn),
        )
    if thumb == 0:
        st.pills(
            "What was wrong?",
            REASONS,
            key=f"reason-{key}",
            on_change=_explained,
            args=(f"reason-{key}", thread, turn),
        )


def _export(answer: Answer, key: str) -> None:
    stem = f"rightsize-{answer.kind}"
    as_json = json.dumps(answer.to_dict(), indent=2, ensure_ascii=False)
    _download(f"{stem}.md", answer.to_markdown(), "text/markdown", key=f"md-{key}")
    _download(f"{stem}.json", as_json, "application/json", key=f"json-{key}")
    for index, file in enumerate(answer.attachments):
        _download(file.name, file.content, file.media_type, key=f"file-{key}-{index}-export")


def address(thread: str) -> str:
    """Return the address of `thread` as the visitor's browser reaches this page."""
    base = (st.context.url or "").partition("?")[0].rstrip("/")
    return f"{base}/?t={thread}"


def _rated(key: str, thread: str, turn: int) -> None:
    thumb = st.session_state.get(key)
    if thumb is not None:
        services.keep_feedback(thread=thread, turn=turn, thumb="up" if thumb else "down")


def _explained(key: str, thread: str, turn: int) -> None:
    reason = st.session_state.get(key)
    if reason is not None:
        services.keep_feedback(thread=thread, turn=turn, thumb="down", reason=reason)


def next_questions(answer: Answer, key: str) -> None:
    """Draw the suggestions as pills that ask themselves."""
    if answer.suggestions:
        pills("Next questions", answer.suggestions, key=f"pills-next-{key}")


def pills(label: str, choices: tuple[str, ...], *, key: str) -> None:
    """Draw `choices` as pills; choosing one asks it."""
    st.pills(
        label,
        choices,
        key=key,
        format_func=literal,
        label_visibility="collapsed",
        on_change=state.ask_from,
        args=(key,),
    )
