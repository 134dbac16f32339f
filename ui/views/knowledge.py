"""Knowledge: what is stale, every document by kind, adding, and one document in the drawer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from agent.errors import AdvisorError
from agent.wording import day, number
from knowledge.errors import KnowledgeError
from ui import knowledge_desk as desk
from ui import services, state
from ui.components import answer, knowledge_add, knowledge_list
from ui.components.knowledge_drawer import drawer
from ui.components.knowledge_words import staleness
from ui.components.markup import icon, plain, wrap
from ui.components.notices import error_note
from ui.components.sidebar import sidebar
from ui.knowledge_desk import Row


def page() -> None:
    """Draw the page."""
    try:
        past, rows = services.advisor().threads(), desk.rows()
    except (AdvisorError, KnowledgeError) as error:
        st.html(wrap(error_note(error)))
        return
    sidebar(
        past,
        current=None,
        profile=None,
        engine="Embedded engine, no key needed",
        news=knowledge_add.news(),
    )
    if words := state.said():
        st.toast(plain(words), icon=":material/check:")
    with (
        st.container(horizontal_alignment="center"),
        st.container(key="knowledge", width=answer.WIDE, gap="medium"),
    ):
        opened = _opened(rows)
        _head(rows)
        knowledge_add.panel()
        _documents(rows)
    if opened is not None:
        drawer(opened)


def _head(rows: Sequence[Row]) -> None:
    """Draw the title with the ways in and out, then what is stale."""
    newest = max((row.read_on for row in rows), default=None)
    held = f"{number(len(rows), 6)} documents, last read {day(newest)}." if rows else ""
    with st.container(key="k-title-row", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            wrap(
                '<div class="rs-page-title"><h1>Knowledge</h1>'
                f'<p class="rs-muted">What the answers stand on. {plain(held)}</p></div>'
            )
        )
        if any(row.mine for row in rows):
            st.download_button(
                "Export yours",
                desk.export_mine,
                file_name="rightsize-documents.zip",
                mime="application/zip",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
        st.button("Add documents", icon=":material/add:", on_click=state.set_adding, args=(True,))
    headline, rule = staleness(rows)
    stale = any(row.age.stale for row in rows)
    symbol, tone = ("schedule", "stale") if stale else ("check", "plain")
    words = f'<h2>{plain(headline)}</h2><p class="rs-sub">{plain(rule)}</p>'
    tile = f'<div class="rs-tile rs-tile-{tone}">{icon(symbol)}</div>'
    with st.container(key="k-stale", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(wrap(f'<div class="rs-verdict">{tile}<div>{words}</div></div>'))
        if stale:
            _shortcut("Show them", "schedule", "Past its date")
        if waiting := sum(row.unreviewed > 0 for row in rows):
            _shortcut(f"{waiting} with figures to confirm", "rate_review", "To confirm")


def _shortcut(words: str, symbol: str, status: str) -> None:
    st.button(
        words,
        icon=f":material/{symbol}:",
        key=f"k-show-{symbol}",
        on_click=knowledge_list.show_status,
        args=(status,),
    )


def _documents(rows: Sequence[Row]) -> None:
    knowledge_list.kinds(rows)
    knowledge_list.filters()
    found: dict[str, str] | None = None
    if words := knowledge_list.words():
        try:
            found = desk.passages(words)
        except KnowledgeError as error:
            st.html(wrap(error_note(error)))
            found = {}
    knowledge_list.listing(knowledge_list.chosen(rows, found), found or {})


def _opened(rows: Sequence[Row]) -> Row | None:
    """Return the row of the document in the address; say so where nothing is known by it."""
    doc_id = state.document()
    if doc_id is None:
        return None
    found = next((row for row in rows if row.id == doc_id), None)
    if found is None:
        st.html(wrap(error_note(desk.unknown(doc_id))))
    return found
