"""Look at one hand-made answer: `streamlit run tests/browser/gallery.py`, then `/?kind=fact`."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Draw the answer that the address names."""
    from samples import ALL

    from ui.components.answer import WIDE, draw

    st.set_page_config("Gallery", layout="wide")
    st.html(ROOT / "ui" / "style.css")
    with (
        st.container(horizontal_alignment="center"),
        st.container(key="thread", width=WIDE, gap="medium"),
    ):
        draw(
            ALL[st.query_params.get("kind", "recommendation")],
            thread="g",
            turn=1,
            job=None,
            last=True,
        )


main()
