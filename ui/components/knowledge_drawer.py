"""A document in the drawer at the right: what it says, on what that rests, what can be done."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from agent.wording import day
from knowledge.documents import AnyDoc
from knowledge.errors import KnowledgeError
from ui import knowledge_desk as desk
from ui import state
from ui.components.evidence import badge
from ui.components.knowledge_facts import architecture, facts, layout, source_link, unreviewed
from ui.components.knowledge_words import age_badge, kind_words
from ui.components.markup import icon, literal, plain, wrap
from ui.components.notices import error_note
from ui.components.prose import prose
from ui.knowledge_desk import Row

WIDTH = 760
BUNDLED = "Bundled documents can't be deleted: they would come back."


def drawer(row: Row) -> None:
    """Open the drawer of a document; closing it takes it out of the address."""

    @st.dialog(literal(row.title), width=WIDTH, position="right", on_dismiss=state.close_document)
    def opened() -> None:
        # A drawer lies outside the part of the page that carries Streamlit's colour scheme.
        with st.container(key=f"drawer-{st.context.theme.type or 'light'}", gap="medium"):
            _body(row)

    opened()


def _body(row: Row) -> None:
    document = desk.document(row.id)
    st.html(wrap(_head(row, document)))
    _actions(row)
    _confirm(row, document)
    if document.conflicts:
        st.html(wrap(_conflicts(document)))
    text = desk.body(row.id)
    figures = architecture(document) + facts(document, desk.today())
    st.html(wrap(prose(text) if text else "", figures, _remarks(document), _sources(document)))


def _head(row: Row, document: AnyDoc) -> str:
    dates = [f"Published {day(row.published)}"] if row.published else ["Undated"]
    dates.append(f"read {day(row.read_on)}")
    stale = f'<p class="rs-small rs-stale">{plain(row.age.reason)}.</p>' if row.age.stale else ""
    return (
        f'<div class="rs-meta rs-head"><span>{plain(kind_words(row))}</span>'
        f"<span>{plain(', '.join(dates))}</span>{badge(row.basis)}{age_badge(row.age)}</div>{stale}"
    )


def _actions(row: Row) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            "Export",
            lambda: desk.export(row.id),
            file_name=f"{row.id.replace('/', '-')}.md",
            mime="text/markdown",
            icon=":material/download:",
            on_click="ignore",
            key="drawer-export",
        )
        with st.popover("Copy link", icon=":material/link:", type="tertiary", key="drawer-link"):
            st.code(address(row.id), language=None, wrap_lines=True)
        if not row.mine:
            st.html(wrap(f'<span class="rs-small rs-muted">{plain(BUNDLED)}</span>'))
            return
        if row.url and row.url.startswith("http"):
            _button("Read again", "refresh", lambda: _reread(row))
        with st.popover("Delete", icon=":material/delete:", type="tertiary", key="drawer-delete"):
            st.markdown("Answers no longer use it. An export taken before can be added again.")
            _button("Delete this document", "delete", lambda: _delete(row))


def _button(label: str, symbol: str, act: Callable[[], None]) -> None:
    """Draw a button that acts at once; an error is one line below it."""
    if st.button(label, icon=f":material/{symbol}:", key=f"drawer-{symbol}-{label}"):
        try:
            act()
        except KnowledgeError as error:
            st.html(wrap(error_note(error)))


def _delete(row: Row) -> None:
    desk.delete(row.id)
    state.close_document()
    state.say(f"Deleted: {row.title}")
    st.rerun()


def _reread(row: Row) -> None:
    changed = desk.update(row.id)
    state.say(f"{row.title}: {'changed, now as its source' if changed else 'still the same'}")
    st.rerun()


def _confirm(row: Row, document: AnyDoc) -> None:
    """Draw the facts that wait for a person, each to be ticked."""
    waiting = unreviewed(document)
    sizing = layout(document)
    unsized = sizing is not None and sizing.unreviewed
    if not waiting and not unsized:
        return
    with st.container(key="confirm", border=True, gap="xsmall"):
        st.html(
            wrap(
                f"<h3>{len(waiting) + unsized} drafted, confirmed by nobody</h3>"
                '<p class="rs-small rs-muted">Tick what you have compared with the source.</p>'
            )
        )
        ticked = [
            item.id
            for item in waiting
            if st.checkbox(
                literal(
                    item.text.removeprefix(f"{document.title}: ").removesuffix(" (unreviewed)")
                ),
                key=f"tick-{item.id}",
            )
        ]
        with st.container(horizontal=True):
            if ticked:
                _button(f"Confirm {len(ticked)}", "check", lambda: _confirmed(row, ticked))
            _button("Confirm all", "done_all", lambda: _confirmed(row, None))


def _confirmed(row: Row, ids: list[str] | None) -> None:
    desk.confirm(row.id, ids)
    state.say(f"Confirmed: {row.title}")
    st.rerun()


def _conflicts(document: AnyDoc) -> str:
    lines = "".join(f"<p>{plain(line)}</p>" for line in document.conflicts)
    words = f"<div><b>Sources differ</b>{lines}</div>"
    return f'<div class="rs-note">{icon("compare_arrows")}{words}</div>'


def _remarks(document: AnyDoc) -> str:
    """Return strengths, weaknesses and complaints of a toolkit, and notes of any document."""
    blocks = []
    for name in ("strengths", "weaknesses", "complaints"):
        if remarks := getattr(document, name, ()):
            items = "".join(f"<li>{plain(item.text)} {badge(item.basis)}</li>" for item in remarks)
            blocks.append(f'<div class="rs-section"><h3>{name.title()}</h3><ul>{items}</ul></div>')
    if document.notes:
        items = "".join(f"<li>{plain(line)}</li>" for line in document.notes)
        blocks.append(f'<div class="rs-section"><h3>Notes</h3><ul>{items}</ul></div>')
    return "".join(blocks)


def _sources(document: AnyDoc) -> str:
    if not document.sources:
        return '<p class="rs-small rs-muted">No source is named.</p>'
    lines = []
    for source in document.sources.values():
        known = [source.publisher or "", day(source.published)]
        if source.read_via:
            known.append(f"read via {source.read_via}")
        words = ", ".join(word for word in known if word)
        where = source_link(source.url) or plain(source.url.removeprefix("file:"))
        lines.append(f"<li>{where} <small>{plain(words)}</small></li>")
    return f'<div class="rs-section"><h3>Sources</h3><ul>{"".join(lines)}</ul></div>'


def address(doc_id: str) -> str:
    """Return the address of a document as the visitor's browser reaches this page."""
    parts = (st.context.url or "").partition("?")[0].rstrip("/")
    return f"{parts}?d={doc_id}"
