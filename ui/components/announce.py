"""A live region: says "Working" and "Answer ready" to screen readers, which Streamlit does not."""

from __future__ import annotations

from functools import cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from agent.answer import Answer
from agent.wording import percent

_HTML = '<div role="status" aria-live="polite"></div>'
_CSS = "div { position: absolute; width: 1px; height: 1px; overflow: hidden; }"
_JS = """
export default function (component) {
  const place = component.parentElement.querySelector('[role="status"]');
  const words = component.data.words;
  if (place.textContent !== words) place.textContent = words;
}
"""


@cache
def _region() -> ComponentRenderer:
    return st.components.v2.component("announce", html=_HTML, css=_CSS, js=_JS)


def announce(words: str) -> None:
    """Say `words` once; the same words again say nothing."""
    _region()(key="announce", data={"words": words})


def ready(answer: Answer) -> str:
    """Return what is said when `answer` stands."""
    odds = f", {percent(answer.confidence)}" if answer.confidence is not None else ""
    return f"Answer ready: {answer.headline}{odds}"
