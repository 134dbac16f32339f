"""The charts of a comparison: memory and speed of each product, and where they all stand."""

from __future__ import annotations

import streamlit as st

from agent.comparing.estimates import ONE_USER, TOGETHER
from agent.kinds.fit_parts import memory_chart
from agent.wording import listing
from ui import compare_desk as desk
from ui.compare_desk import Compared
from ui.components.chart_look import mode
from ui.components.charts import twin
from ui.components.markup import plain, wrap
from ui.components.memory_bar import memory_bar
from ui.components.range_bars import range_bars
from ui.components.scatter import not_drawn, scatter, scatter_table, scatter_words

HEADING = '<h2 class="rs-h3">{}<small>{}</small></h2>'


def charts(found: Compared) -> None:
    """Draw what there is to draw; nothing for toolkits."""
    memory, speed = _memory(found), _speed(found)
    if memory or speed:
        left, right = st.columns(2, gap="large")
        with left:
            st.html(wrap(memory))
        with right:
            st.html(wrap(speed))
    _scatter(found)


def _memory(found: Compared) -> str:
    bars = []
    for name, item in zip(found.names, found.placed, strict=False):
        drawn = memory_chart(item.alone, item.memory_gb) if item.alone else None
        body = (
            memory_bar(drawn)
            if drawn
            else f'<p class="rs-small rs-muted">{plain(item.why or "not known")}</p>'
        )
        bars.append(f'<div class="rs-each"><b>{plain(name)}</b>{body}</div>')
    if not bars:
        return ""
    heading = HEADING.format("Memory", "needed by one user, against what is usable")
    return f'<div class="rs-section">{heading}{"".join(bars)}</div>'


def _speed(found: Compared) -> str:
    blocks = []
    for label, title, about in (
        (ONE_USER, "Tokens a second, one user", "with the range that holds in four of five cases"),
        (TOGETHER, "Tokens a second, all users", "as many as the memory holds, prompts read too"),
    ):
        line = next((item for item in found.estimated if item.label == label), None)
        drawn = range_bars(line, found.names, unit="tokens a second") if line else ""
        if drawn:
            blocks.append(f'<div class="rs-section">{HEADING.format(title, about)}{drawn}</div>')
    return "".join(blocks)


def _scatter(found: Compared) -> None:
    field = desk.field(found)
    if field is None:
        return
    ids = [document.id for document in found.documents]
    missing = not_drawn(field, ids, found.names)
    drawn = scatter(field, ids, mode()) if len(missing) < len(ids) else None
    if drawn is None:
        return
    left_out = f" Not drawn, for want of a figure of one: {listing(missing)}." if missing else ""
    about = (
        f"{field.note}{len(field.points)} products; dashed: what no other beats in both.{left_out}"
    )
    st.html(wrap(HEADING.format(plain(field.title), plain(about))))
    st.altair_chart(
        drawn, theme=None, key="compare-field", alt=scatter_words(field, ids, found.names)
    )
    twin(scatter_table(field, ids))
