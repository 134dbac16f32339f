"""The charts of an answer, each with its sentence, its alt text and its table twin."""

from __future__ import annotations

import streamlit as st

from agent.answer import Chart
from ui.components import cost_chart, speed_chart
from ui.components.chart_look import mode
from ui.components.markup import plain, wrap

BANDS = {
    "cost": "Shaded: the range of own machines and people that the odds reckon with.",
    "speed": "Shaded: the range that holds in four of five cases.",
}


def chart(drawn: Chart, key: str) -> None:
    """Draw the cost or the speed chart of an answer."""
    if drawn.kind == "cost":
        picture = cost_chart.cost_chart(drawn, mode())
        words, figures = cost_chart.crossing_words(drawn), cost_chart.cost_table(drawn)
    else:
        picture = speed_chart.speed_chart(drawn, mode())
        words, figures = "", speed_chart.speed_table(drawn)
    if picture is None:
        return
    if any(series.band for series in drawn.series):
        words = f"{words} {BANDS[drawn.kind]}".strip()
    if words:
        st.html(wrap(f'<p class="rs-small rs-muted">{plain(words)}</p>'))
    st.altair_chart(picture, theme=None, key=f"chart-{key}", alt=drawn.alt or None)
    twin(figures)


def twin(figures: str) -> None:
    """Draw a chart's table, folded, for those who read rather than look."""
    with st.expander("The same figures as a table", type="compact"):
        st.html(wrap(figures))
