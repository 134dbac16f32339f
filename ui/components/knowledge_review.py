"""What was read, before it is added: each draft with its figures, to be kept or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from agent.wording import day, percent, plural
from knowledge.adding import Draft
from knowledge.documents import AnyDoc
from knowledge.errors import KnowledgeError
from ui import knowledge_desk as desk
from ui import state
from ui.components.evidence import BADGES
from ui.components.knowledge_facts import architecture_words, layout
from ui.components.knowledge_words import KINDS, clipped
from ui.components.markup import icon, literal, plain, wrap
from ui.components.notices import error_note
from ui.errands import Errand
from ui.review import Line, lines, revised

MOST_OPEN = 3
PREVIEW = 420


def review(errand: Errand) -> None:
    """Draw every draft and the two ways out."""
    count = len(errand.drafts)
    st.html(
        wrap(
            f"<h3>{plural(count, 'document')} read, nothing added yet</h3>"
            '<p class="rs-small rs-muted">Figures were drafted by the program. Correct or drop '
            "what is wrong; tick what you have checked. The rest is added as unreviewed.</p>"
        )
    )
    if errand.problem:
        st.html(wrap(_alert(errand.problem)))
    kept: list[Draft] = []
    faults: list[KnowledgeError] = []
    for index, draft in enumerate(errand.drafts):
        try:
            left = _draft(draft, f"{errand.id}-{index}", opened=count <= MOST_OPEN)
        except KnowledgeError as error:
            faults.append(error)
        else:
            kept += [] if left is None else [left]
    for fault in faults:
        st.html(wrap(error_note(fault)))
    with st.container(horizontal=True, gap="small"):
        words = "Add" if count == 1 else f"Add {len(kept)} of {count}"
        if st.button(
            words, icon=":material/check:", key="k-add", disabled=not kept or bool(faults)
        ):
            desk.errands().add(errand, kept, desk.add_drafts)
            st.rerun()
        st.button("Discard", type="tertiary", key="k-discard", on_click=_discard, args=(errand.id,))


def _discard(errand_id: str) -> None:
    desk.errands().drop(errand_id)
    state.follow_errand(None)
    state.set_adding(False)


def _draft(draft: Draft, key: str, *, opened: bool) -> Draft | None:
    """Draw one draft and return it as it was left; None where it is not wanted.

    Raises:
        DocumentError: if what was typed can't be used.
    """
    document = draft.loaded.document
    with st.container(key=f"draft-{key}", gap="small"):
        st.html(wrap(_head(draft, document)))
        wanted = st.checkbox("Add this document", value=draft.same_as is None, key=f"want-{key}")
        with st.expander("What was read", expanded=opened, type="compact"):
            title, published = _names(document, key)
            preview = plain(clipped(draft.loaded.body, PREVIEW))
            st.html(wrap(f'<p class="rs-small rs-muted">{preview}</p>'))
            decided = _editor(lines(document), key)
    if not wanted:
        return None
    loaded = revised(draft.loaded, decided, title=title, published=published)
    return replace(draft, loaded=loaded)


def _head(draft: Draft, document: AnyDoc) -> str:
    count = len(lines(document))
    facts = f"{plural(count, 'figure')} drafted" if count else "no figures found"
    sizing = layout(document)
    if sizing is not None:
        facts += f"; can be sized: {architecture_words(sizing)}"
    when = day(document.published) or "no date found"
    notes = "".join(
        f'<div class="rs-note">{icon("content_copy")}<p>{plain(words)}</p></div>'
        for words in near_words(draft.same_as, draft.near)
    )
    return (
        f'<div class="rs-draft"><b>{plain(document.title)}</b><span class="rs-meta">'
        f"<span>{KINDS[document.kind][0]}</span><span>{plain(when)}</span><span>{plain(facts)}</span>"
        f"<code>{plain(document.id)}</code></span></div>{notes}"
    )


def near_words(same_as: str | None, near: Sequence[tuple[str, float]]) -> list[str]:
    """Return what a draft is like, in sentences, the nearest first."""
    if same_as:
        return [f"Already there as {same_as}."]
    return [f"Looks like {doc_id}, {percent(share)} the same." for doc_id, share in near[:3]]


def _names(document: AnyDoc, key: str) -> tuple[str, str]:
    left, right = st.columns([3, 1])
    title = left.text_input("Title", value=document.title, key=f"title-{key}")
    published = right.text_input(
        "Published",
        value=document.published or "",
        placeholder="2026-11-24",
        key=f"date-{key}",
    )
    return title.strip(), published.strip()


def _editor(drafted: Sequence[Line], key: str) -> list[Line]:
    """Draw the lines as a table and return them as they were left."""
    if not drafted:
        return []
    config = st.column_config
    edited: Any = st.data_editor(
        {
            "keep": [line.keep for line in drafted],
            "checked": [line.checked for line in drafted],
            "what": [line.what for line in drafted],
            "value": [line.value for line in drafted],
            "unit": [line.unit for line in drafted],
            "basis": [BADGES[line.basis][2] for line in drafted],
            "conditions": [line.conditions for line in drafted],
        },
        column_config={
            "keep": config.CheckboxColumn("Keep", width=80),
            "checked": config.CheckboxColumn("Checked", width=105),
            "what": config.TextColumn("What", width=170),
            "value": config.TextColumn("Value", width=200),
            "unit": config.TextColumn("Unit", width=90),
            "basis": config.TextColumn("Rests on", width=110),
            "conditions": config.TextColumn("Conditions", width=190),
        },
        disabled=["what", "unit", "basis", "conditions"],
        hide_index=True,
        key=f"lines-{key}",
        alt=literal(f"{len(drafted)} drafted figures"),
    )
    return [
        replace(line, keep=bool(keep), checked=bool(checked), value=str(value or ""))
        for line, keep, checked, value in zip(
            drafted, edited["keep"], edited["checked"], edited["value"], strict=True
        )
    ]


def _alert(words: str) -> str:
    return f'<div class="rs-note rs-error" role="alert">{icon("error")}<p>{plain(words)}</p></div>'
