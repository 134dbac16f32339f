"""The documents: counts by kind, filters, and a page of rows that open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import get_args

import streamlit as st

from agent.wording import number, plural
from knowledge.schema import Basis
from ui import state
from ui.components.evidence import BADGES
from ui.components.knowledge_words import KINDS, label
from ui.components.markup import plain, wrap
from ui.knowledge_desk import Row

PAGE = 40
ALL = "all"
ORIGINS = ("Bundled", "Yours")
STATUSES = ("Past its date", "To confirm")
SORTS: dict[str, tuple[Callable[[Row], tuple[object, ...]], bool]] = {
    "Most overdue first": (lambda row: (row.unreviewed > 0, row.age.overdue), True),
    "Newest first": (lambda row: (row.published or row.read_on,), True),
    "Oldest first": (lambda row: (row.published or row.read_on,), False),
    "By name": (lambda row: (row.title.casefold(),), False),
}
KIND, WORDS, ORIGIN, BASIS, STATUS, SORT, AT = (
    f"k-{name}" for name in ("kind", "words", "origin", "basis", "status", "sort", "at")
)


def kinds(rows: Sequence[Row]) -> None:
    """Draw the kinds with their counts; one is chosen."""
    counts = Counter(row.kind for row in rows)
    names = {ALL: f"All {number(len(rows), 6)}"}
    names |= {
        kind: f"{many} {number(counts[kind], 6)}"
        for kind, (_, many) in KINDS.items()
        if counts[kind]
    }
    st.segmented_control(
        "Kind",
        list(names),
        format_func=lambda kind: names.get(kind, kind),
        default=ALL,
        required=True,
        key=KIND,
        on_change=first_page,
        label_visibility="collapsed",
    )


def filters() -> None:
    """Draw the search field, the filters and the order."""
    with st.container(key="k-filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Search names and passages",
            key=WORDS,
            icon=":material/search:",
            placeholder="Search names and passages",
            label_visibility="collapsed",
            on_change=first_page,
        )
        chosen = sum(bool(st.session_state.get(key)) for key in (ORIGIN, BASIS, STATUS))
        title = f"Filters ({chosen})" if chosen else "Filters"
        with st.popover(title, icon=":material/tune:", key="k-popover"):
            _pills("From", ORIGINS, ORIGIN)
            _pills("Rests on", get_args(Basis), BASIS)
            _pills("Needs", STATUSES, STATUS)
            st.button("Clear", type="tertiary", on_click=clear, disabled=not chosen)
        st.selectbox(
            "Order",
            list(SORTS),
            key=SORT,
            disabled=bool(words()),
            help="A search lists the best match first." if words() else None,
            label_visibility="collapsed",
            width=190,
            on_change=first_page,
        )


def _pills(title: str, choices: Sequence[str], key: str) -> None:
    st.pills(
        title,
        choices,
        selection_mode="multi",
        format_func=lambda choice: BADGES[choice][2] if choice in BADGES else choice,
        key=key,
        on_change=first_page,
    )


def first_page() -> None:
    """Go back to the first page, as after a change of filter."""
    st.session_state[AT] = 0


def clear() -> None:
    """Choose no filter."""
    for key in (ORIGIN, BASIS, STATUS):
        st.session_state[key] = []
    first_page()


def show_status(status: str) -> None:
    """Choose only what has `status`, of every kind."""
    clear()
    st.session_state[STATUS] = [status]
    st.session_state[KIND] = ALL
    st.session_state[WORDS] = ""


def words() -> str:
    """Return what is searched for, "" for nothing."""
    return str(st.session_state.get(WORDS) or "").strip()


def chosen(rows: Sequence[Row], found: dict[str, str] | None) -> list[Row]:
    """Return the rows that the filters leave, in order; `found` has the passages of a search."""
    held = st.session_state
    kind, origins = held.get(KIND) or ALL, set(held.get(ORIGIN) or ())
    bases, statuses = set(held.get(BASIS) or ()), set(held.get(STATUS) or ())
    left = [
        row
        for row in rows
        if kind in (ALL, row.kind)
        and (not origins or ORIGINS[row.mine] in origins)
        and (not bases or row.basis in bases)
        and ("Past its date" not in statuses or row.age.stale)
        and ("To confirm" not in statuses or row.unreviewed)
    ]
    if found is not None:
        return _matching(left, found)
    order, backwards = SORTS[held.get(SORT) or next(iter(SORTS))]
    return sorted(left, key=order, reverse=backwards)


def _matching(rows: Sequence[Row], found: dict[str, str]) -> list[Row]:
    """Return the rows whose names hold every word of the search, then those with passages."""
    typed = words().casefold().split()
    named = [row for row in rows if all(word in row.names for word in typed)]
    by_id = {row.id: row for row in rows}
    others = [by_id[doc_id] for doc_id in found if doc_id in by_id]
    return list(dict.fromkeys([*named, *others]))


def listing(rows: Sequence[Row], passages: dict[str, str]) -> None:
    """Draw one page of `rows`, with the passage that a search found."""
    if not rows:
        st.html(wrap('<p class="rs-muted">No document matches. Fewer filters show more.</p>'))
        return
    last = (len(rows) - 1) // PAGE
    at = min(int(st.session_state.get(AT) or 0), last)
    shown = rows[at * PAGE : (at + 1) * PAGE]
    with st.container(key="docs", gap=None):
        st.html(wrap(_columns()))
        for row in shown:
            st.button(
                label(row, passages.get(row.id)),
                key=f"doc-{row.id}",
                type="tertiary",
                width="stretch",
                on_click=state.open_document,
                args=(row.id,),
            )
    _pager(at, last, len(rows))


def _columns() -> str:
    names = ("Name", "Kind", "Dated", "Rests on", "Needs")
    return (
        f'<div class="rs-columns">{"".join(f"<span>{plain(name)}</span>" for name in names)}</div>'
    )


def _pager(at: int, last: int, count: int) -> None:
    if not last:
        st.html(wrap(f'<p class="rs-foot">{plural(count, "document")}</p>'))
        return
    with st.container(key="k-pager", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            disabled=not at,
            on_click=_go,
            args=(at - 1,),
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=at == last,
            on_click=_go,
            args=(at + 1,),
        )
        span = f"{at * PAGE + 1} to {min(count, (at + 1) * PAGE)} of {number(count, 6)}"
        st.html(wrap(f'<p class="rs-foot">{plain(span)}</p>'))


def _go(page: int) -> None:
    st.session_state[AT] = page
