"""Every session key and address parameter, with typed access. Pages never spell a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

from ui import services

_THREAD = "t"
_OPEN = "open_turns"
_DOCUMENT = "d"
_ERRAND = "a"
_ADDING = "adding"
_LEAVING = "leaving"
_SAID = "said"
_COMPARED = "compared"
COMPARABLE = ("model", "device", "toolkit")
COUNTS = (1, 2, 4, 8)
BITS = (16, 8, 4)
_ASKED = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the Compare page's address says: kind, names, and what they are estimated with."""

    kind: str = COMPARABLE[0]
    names: tuple[str, ...] = ()
    partner: str | None = None
    devices: int = 1
    bits: int = 4

    def parameters(self) -> dict[str, str]:
        """Return the address's parameters; what is as usual is left out."""
        given = {"kind": self.kind, "ids": ",".join(self.names)}
        if self.partner:
            given["with"] = self.partner
        if self.devices != 1:
            given["n"] = str(self.devices)
        if self.bits != 4:
            given["bits"] = str(self.bits)
        return {key: value for key, value in given.items() if value}


def thread() -> str | None:
    """Return the thread in the address, or None on a first visit."""
    name = st.query_params.get(_THREAD, "")
    return name if _ASKED.fullmatch(name) else None


def open_thread(name: str) -> None:
    """Go to the thread `name`."""
    st.query_params[_THREAD] = name
    st.session_state[_LEAVING] = True


def new_question() -> None:
    """Leave the thread, so that the next question starts another."""
    st.query_params.pop(_THREAD, None)
    st.session_state[_LEAVING] = True


def address() -> dict[str, str]:
    """Return the parameters of the Ask page's address."""
    name = thread()
    return {_THREAD: name} if name else {}


def leaves_for_ask() -> bool:
    """Return whether a thread or a new question was just chosen, once."""
    return bool(st.session_state.pop(_LEAVING, False))


def forget(name: str) -> None:
    """Delete the thread `name` and leave it."""
    services.forget(name)
    new_question()


def ask(message: str) -> None:
    """Begin to answer `message` in the thread of the address, or in a new one."""
    words = message.strip()
    if not words:
        return
    name = thread() or uuid4().hex[:12]
    open_thread(name)
    st.session_state.pop(_OPEN, None)
    services.start(name, words)


def ask_from(key: str, questions: dict[str, str] | None = None) -> None:
    """Ask what the widget `key` holds; `questions` maps short labels to whole questions."""
    chosen = st.session_state.get(key)
    if isinstance(chosen, str) and chosen:
        ask((questions or {}).get(chosen, chosen))
        if key.startswith("pills"):
            st.session_state[key] = None


def is_open(thread_name: str, turn: int) -> bool:
    """Return whether the older turn was opened by the visitor."""
    return (thread_name, turn) in st.session_state.get(_OPEN, frozenset())


def toggle(thread_name: str, turn: int) -> None:
    """Open or fold an older turn."""
    opened: frozenset[tuple[str, int]] = st.session_state.get(_OPEN, frozenset())
    st.session_state[_OPEN] = opened ^ {(thread_name, turn)}


def document() -> str | None:
    """Return the document in the address, or None."""
    return st.query_params.get(_DOCUMENT) or None


def open_document(doc_id: str) -> None:
    """Open the drawer of a document."""
    st.query_params[_DOCUMENT] = doc_id


def close_document() -> None:
    """Close the drawer."""
    st.query_params.pop(_DOCUMENT, None)


def errand() -> str | None:
    """Return the adding of documents that the address names, or None."""
    return st.query_params.get(_ERRAND) or None


def follow_errand(errand_id: str | None) -> None:
    """Put the adding of documents into the address, so that a reload finds it again."""
    if errand_id is None:
        st.query_params.pop(_ERRAND, None)
    else:
        st.query_params[_ERRAND] = errand_id


def is_adding() -> bool:
    """Return whether the form that adds documents is open."""
    return bool(st.session_state.get(_ADDING))


def set_adding(wanted: bool) -> None:
    """Open or close the form that adds documents."""
    st.session_state[_ADDING] = wanted


def say(words: str) -> None:
    """Keep one line that the next run shows once."""
    st.session_state[_SAID] = words


def said() -> str | None:
    """Return the line that `say` kept, once."""
    words = st.session_state.pop(_SAID, None)
    return str(words) if words else None


def comparison() -> Comparison:
    """Return the comparison in the address, or the one before where the address has none."""
    kept = st.session_state.get(_COMPARED)
    if isinstance(kept, Comparison) and not {"kind", "ids"} & set(st.query_params):
        compare(kept)
        return kept
    kind = st.query_params.get("kind", "")
    found = Comparison(
        kind if kind in COMPARABLE else COMPARABLE[0],
        tuple(name.strip() for name in st.query_params.get("ids", "").split(",") if name.strip()),
        st.query_params.get("with") or None,
        _whole(st.query_params.get("n"), COUNTS, 1),
        _whole(st.query_params.get("bits"), BITS, 4),
    )
    st.session_state[_COMPARED] = found
    return found


def compare(wanted: Comparison) -> None:
    """Put a comparison into the address."""
    st.session_state[_COMPARED] = wanted
    for key in ("kind", "ids", "with", "n", "bits"):
        st.query_params.pop(key, None)
    st.query_params.update(wanted.parameters())


def _whole(text: str | None, allowed: tuple[int, ...], default: int) -> int:
    return int(text) if text in {str(value) for value in allowed} else default
