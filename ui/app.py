"""Entry point of the pages: `streamlit run ui/app.py`. Navigation only."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # `streamlit run` puts only this file's folder on the path
    sys.path.insert(0, str(ROOT))


def main() -> None:
    """Set the page up and run the chosen one."""
    from ui import state
    from ui.views import ask, compare, knowledge

    here = Path(__file__).parent
    st.set_page_config("Rightsize", page_icon=str(here / "static" / "mark.png"), layout="wide")
    st.logo(str(here / "static" / "wordmark.svg"), icon_image=str(here / "static" / "mark.svg"))
    st.html(here / "style.css")
    asking = st.Page(ask.page, title="Ask", icon=":material/forum:", default=True)
    compared = st.Page(
        compare.page, title="Compare", icon=":material/compare_arrows:", url_path="compare"
    )
    known = st.Page(
        knowledge.page, title="Knowledge", icon=":material/library_books:", url_path="knowledge"
    )
    chosen = st.navigation({"": [asking, compared], "Behind the answers": [known]})
    if state.leaves_for_ask() and chosen != asking:
        st.switch_page(asking, query_params=state.address())
    chosen.run()


main()
