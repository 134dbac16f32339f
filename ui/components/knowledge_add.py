"""Adding documents: choose sources, watch them being read, decide, watch them being added."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from agent.wording import plural
from knowledge.errors import KnowledgeError
from knowledge.sources import Refusal
from ui import knowledge_desk as desk
from ui import state
from ui.components.knowledge_review import review
from ui.components.markup import icon, literal, plain, wrap
from ui.components.notices import error_note
from ui.errands import Errand, Item, Step
from ui.knowledge_desk import Row

LARGEST_MB = 50
READ = ":material/menu_book:"
NEWS: dict[Step, str] = {
    "reading": "Reading",
    "review": "Read; nothing is added yet",
    "adding": "Adding",
    "done": "Added",
    "failed": "Nothing could be read",
}
EVERY_SECONDS = 0.4
SUFFIXES = ("pdf", "docx", "html", "htm", "md", "markdown", "txt", "csv", "json")


def news() -> str:
    """Return what a screen reader should hear of the adding, "" for nothing."""
    errand = desk.errands().of(state.errand())
    return NEWS[errand.step] if errand else ""


def panel() -> None:
    """Draw the step at which the adding stands; nothing where none was asked for."""
    errand = desk.errands().of(state.errand())
    if errand is not None and errand.step == "done" and not _held(errand):
        _again(errand.id, False)
        return
    if errand is None and not state.is_adding():
        return
    with st.container(key="adding", border=True, gap="small"):
        if errand is None:
            _form()
        elif errand.works:
            _progress(errand.id)
        elif errand.step == "review":
            _refused(errand.refused)
            review(errand)
        else:
            _done(errand)


def _form() -> None:
    st.html(
        wrap(
            "<h3>Add documents</h3>"
            '<p class="rs-small rs-muted">They are read first and shown to you; nothing is added '
            "before you confirm it.</p>"
        )
    )
    files, address, text = st.tabs(["Files", "Address", "Text"])
    with files:
        chosen = st.file_uploader(
            f"PDF, DOCX, HTML, Markdown, text, CSV or JSON, up to {LARGEST_MB} MB each",
            accept_multiple_files=True,
            type=SUFFIXES,
            max_upload_size=LARGEST_MB,
            key="k-files",
        )
        if st.button("Read files", key="k-read", disabled=not chosen, icon=READ):
            _start([_file(file.name, file.getvalue()) for file in chosen])
    with address, st.form("k-form-address", border=False):
        typed = st.text_area(
            "A page, PDF, feed, model on the hub or GitHub repository; one a line",
            placeholder="https://...  or  org/model",
            height=90,
            key="k-address",
        )
        if st.form_submit_button("Read addresses", icon=READ):
            _start_addresses([line for line in typed.splitlines() if line.strip()])
    with text, st.form("k-form-text", border=False):
        title = st.text_input("Title", key="k-title", placeholder="Found in the text where empty")
        pasted = st.text_area("Text", height=160, key="k-text")
        if st.form_submit_button("Read text", icon=READ):
            _start([Item(title or "Pasted text", lambda: desk.draft_text(title, pasted))])
    st.button("Close", type="tertiary", key="k-close", on_click=state.set_adding, args=(False,))


def _file(name: str, content: bytes) -> Item:
    return Item(name, lambda: desk.draft_file(name, content))


def _address(address: str) -> Item:
    return Item(address, lambda: desk.draft(address))


def _start_addresses(lines: Sequence[str]) -> None:
    try:
        _start([_address(desk.as_address(line)) for line in lines])
    except KnowledgeError as error:
        st.html(wrap(error_note(error)))


def _start(items: Sequence[Item]) -> None:
    """Begin to read `items` and show how far it is; nothing happens where there are none."""
    if items:
        state.follow_errand(desk.errands().read(items).id)
        st.rerun()


@st.fragment(run_every=EVERY_SECONDS)
def _progress(errand_id: str) -> None:
    """Show how far the worker is; the page is drawn anew once it is through."""
    errand = desk.errands().of(errand_id)
    if errand is None or not errand.works:
        if errand is not None and errand.added:
            state.say(f"{plural(len(errand.added), 'document')} added")
        st.rerun()
        return
    share = errand.done / errand.total if errand.total else 0.0
    if errand.step == "reading":
        count = f" {errand.done + 1} of {errand.total}" if errand.total > 1 else ""
        words = f"Reading{count}: {errand.now}"
    else:
        words = "Adding; questions can be asked meanwhile"
    st.progress(min(1.0, share), text=literal(words))


def _refused(refused: Sequence[Refusal]) -> None:
    if not refused:
        return
    lines = "".join(f"<p>{plain(refusal_words(item))}</p>" for item in refused)
    st.html(
        wrap(f'<div class="rs-note rs-error" role="alert">{icon("error")}<div>{lines}</div></div>')
    )


def refusal_words(item: Refusal) -> str:
    """Return what was refused and why, the name once."""
    return item.reason if item.reason.startswith(item.name) else f"{item.name}: {item.reason}"


def _done(errand: Errand) -> None:
    """Draw what was added, each with a way to it, or that nothing could be read."""
    words = f"{plural(len(errand.added), 'document')} added" if errand.added else "Nothing was read"
    st.html(wrap(f"<h3>{words}</h3>"))
    _refused(errand.refused)
    with st.container(horizontal=True, gap="small"):
        for row in _held(errand):
            st.button(
                literal(row.title),
                icon=":material/description:",
                key=f"added-{row.id}",
                on_click=state.open_document,
                args=(row.id,),
            )
    with st.container(horizontal=True, gap="small"):
        st.button("Add more", icon=":material/add:", on_click=_again, args=(errand.id, True))
        st.button("Close", type="tertiary", on_click=_again, args=(errand.id, False))


def _held(errand: Errand) -> list[Row]:
    """Return what was added and has not been deleted since."""
    return [row for row in desk.rows() if row.id in errand.added]


def _again(errand_id: str, more: bool) -> None:
    desk.errands().drop(errand_id)
    state.follow_errand(None)
    state.set_adding(more)
