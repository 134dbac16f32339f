"""Compare: two to four models, devices or toolkits side by side, what differs first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from agent.comparing import Setting
from agent.errors import AdvisorError
from agent.wording import listing
from knowledge.documents import AnyDoc
from knowledge.errors import KnowledgeError
from ui import compare_desk as desk
from ui import knowledge_desk, services, state
from ui.compare_desk import Choice, Compared
from ui.components import answer, compare_charts
from ui.components import compare_table as tables
from ui.components.knowledge_drawer import drawer
from ui.components.markup import literal, plain, wrap
from ui.components.notices import error_note
from ui.components.sidebar import sidebar
from ui.state import BITS, COUNTS, Comparison

LABELS: dict[str, str] = {"model": "Models", "device": "Devices", "toolkit": "Toolkits"}
EXAMPLES: dict[str, dict[str, tuple[str, ...]]] = {
    "model": {
        "Llama 3.3 70B and DeepSeek V3.2": ("models/llama-3.3-70b", "models/deepseek-v3.2"),
        "GPT-5 and gpt-oss-120b": ("models/gpt-5", "models/gpt-oss-120b"),
    },
    "device": {
        "H200 and MI300X": ("hardware/nvidia-h200-sxm", "hardware/amd-mi300x"),
        "RTX 5090, M3 Ultra and DGX Spark": (
            "hardware/nvidia-rtx-5090",
            "hardware/apple-m3-ultra",
            "hardware/nvidia-dgx-spark",
        ),
    },
    "toolkit": {
        "vLLM and SGLang": ("toolkits/vllm", "toolkits/sglang"),
    },
}
"""First choices, offered while nothing is chosen."""
KIND, IDS, PARTNER, DEVICES, WIDTH = (
    f"compare-{name}" for name in ("kind", "ids", "with", "n", "bits")
)


def page() -> None:
    """Draw the page."""
    try:
        past, wanted = services.advisor().threads(), state.comparison()
        choice: Choice = next(kind for kind in desk.KINDS if kind == wanted.kind)
        found = desk.find(choice, wanted.names)
    except (AdvisorError, KnowledgeError) as error:
        st.html(wrap(error_note(error)))
        return
    names = listing([document.title for document in found.documents])
    sidebar(
        past,
        current=None,
        profile=None,
        engine="Embedded engine, no key needed",
        news=f"Compared: {names}" if len(found.documents) > 1 else "",
    )
    with (
        st.container(horizontal_alignment="center"),
        st.container(key="compare", width=answer.WIDE, gap="medium"),
    ):
        _head()
        _choose(choice, [document.id for document in found.documents])
        for problem in found.unknown:
            st.html(wrap(error_note(problem)))
        if len(found.documents) > 1:
            _compared(choice, found.documents, wanted)
        else:
            _too_few(choice, found.documents)
    _open_document()


def _head() -> None:
    st.html(
        wrap(
            '<div class="rs-page-title"><h1>Compare</h1><p class="rs-muted">Two to four side by '
            "side. What differs comes first; every figure leads to its document.</p></div>"
        )
    )


def _choose(choice: Choice, ids: list[str]) -> None:
    """Draw the kinds and the field of names; the address is what they show."""
    st.session_state[KIND], st.session_state[IDS] = choice, ids
    titles = desk.options(choice)
    st.segmented_control(
        "Kind",
        list(LABELS),
        format_func=lambda kind: LABELS[kind],
        required=True,
        key=KIND,
        on_change=_switch,
        label_visibility="collapsed",
    )
    st.multiselect(
        f"{LABELS[choice]} to compare",
        list(titles),
        format_func=lambda doc_id: titles.get(doc_id, doc_id),
        key=IDS,
        max_selections=desk.MOST,
        accept_new_options=True,
        filter_mode="contains",
        placeholder=f"Choose up to four {LABELS[choice].lower()}, or type a name",
        on_change=_named,
        select_all=False,
    )


def _switch() -> None:
    state.compare(Comparison(str(st.session_state[KIND])))


def _named() -> None:
    wanted = state.comparison()
    state.compare(replace(wanted, names=tuple(map(str, st.session_state[IDS]))))


def _too_few(choice: Choice, documents: Sequence[object]) -> None:
    """Say what is missing, and offer a pair to begin with."""
    words = "Add another to see what differs." if documents else "Nothing is compared yet."
    st.html(wrap(f'<p class="rs-muted">{plain(words)}</p>'))
    if documents:
        return
    st.pills(
        "Examples",
        list(EXAMPLES[choice]),
        key="pills-compare",
        format_func=literal,
        label_visibility="collapsed",
        on_change=_example,
        args=(choice,),
    )


def _example(choice: Choice) -> None:
    picked = st.session_state.get("pills-compare")
    if picked in EXAMPLES[choice]:
        state.compare(Comparison(choice, EXAMPLES[choice][picked]))
        st.session_state["pills-compare"] = None


def _compared(choice: Choice, documents: tuple[AnyDoc, ...], wanted: Comparison) -> None:
    partner = _setting(choice, wanted)
    found = desk.compare(
        choice, documents, partner, Setting(bits=wanted.bits, devices=wanted.devices)
    )
    marks = tables.marks_of(found)
    chosen = replace(wanted, names=tuple(document.id for document in documents))
    base = f"?{urlencode(chosen.parameters(), safe=',/')}"
    today = knowledge_desk.today()
    # One block, so that a mark never stands there before the working that it opens.
    st.html(
        wrap(
            tables.compare_table(found, marks, base=base, today=today),
            tables.key(found),
            tables.workings(found, marks),
        )
    )
    if differ := tables.contradictions(found):
        st.html(wrap(differ))
    compare_charts.charts(found)
    _actions(found, base)


def _setting(choice: Choice, wanted: Comparison) -> str | None:
    """Draw what the products are estimated with, and return its id."""
    titles = desk.partners(choice)
    if not titles:
        return None
    usual = desk.PARTNERS[choice][1]
    known = [i for i in (wanted.partner, usual) if i in titles]
    st.session_state[PARTNER] = known[0] if known else next(iter(titles))
    st.session_state[DEVICES], st.session_state[WIDTH] = wanted.devices, wanted.bits
    with st.container(key="compare-setting", horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Estimated with the model" if choice == "device" else "Estimated on",
            list(titles),
            format_func=lambda doc_id: titles[doc_id],
            key=PARTNER,
            on_change=_set,
            width=330,
        )
        st.segmented_control("Devices together", COUNTS, required=True, key=DEVICES, on_change=_set)
        st.segmented_control("Bits a weight", BITS, required=True, key=WIDTH, on_change=_set)
    return str(st.session_state[PARTNER])


def _set() -> None:
    state.compare(
        replace(
            state.comparison(),
            partner=str(st.session_state[PARTNER]),
            devices=int(st.session_state[DEVICES]),
            bits=int(st.session_state[WIDTH]),
        )
    )


def _actions(found: Compared, base: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Ask about these",
            icon=":material/forum:",
            key="compare-ask",
            on_click=state.ask,
            args=(desk.question(found),),
        )
        with st.popover("Copy link", icon=":material/link:", type="tertiary", key="compare-link"):
            address = (st.context.url or "").partition("?")[0]
            st.code(f"{address}{base}", language=None, wrap_lines=True)


def _open_document() -> None:
    doc_id = state.document()
    if doc_id is None:
        return
    row = next((row for row in knowledge_desk.rows() if row.id == doc_id), None)
    if row is None:
        st.html(wrap(error_note(knowledge_desk.unknown(doc_id))))
    else:
        drawer(row)
