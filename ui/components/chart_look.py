"""How every drawn chart looks: its colours in both modes, its type, its frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

import altair as alt
import streamlit as st

from agent.answer import Verdict

Mode = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of one mode, as in ui/style.css."""

    ink: str
    muted: str
    line: str
    page: str
    lines: dict[Verdict, str]
    names: dict[Verdict, str]


INKS: dict[Mode, Ink] = {
    "light": Ink(
        ink="#1A1E22",
        muted="#5B636B",
        line="#E1E3DF",
        page="#FCFCFB",
        lines={
            "specialized": "#0B8578",
            "small_general": "#0B8578",
            "ultra_large": "#3F3D9E",
            "hybrid": "#B07600",
        },
        names={
            "specialized": "#0A7268",
            "small_general": "#0A7268",
            "ultra_large": "#3F3D9E",
            "hybrid": "#8A5C00",
        },
    ),
    "dark": Ink(
        ink="#E9EBED",
        muted="#A1A9B1",
        line="#2B3035",
        page="#121416",
        lines={
            "specialized": "#3FC4B0",
            "small_general": "#3FC4B0",
            "ultra_large": "#9C9CF5",
            "hybrid": "#E3B341",
        },
        names={
            "specialized": "#3FC4B0",
            "small_general": "#3FC4B0",
            "ultra_large": "#9C9CF5",
            "hybrid": "#E3B341",
        },
    ),
}


def mode() -> Mode:
    """Return the mode that the visitor sees."""
    return "dark" if st.context.theme.type == "dark" else "light"


def ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten from `low` to `high`, for a log axis."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    return [n * 10.0**p for p in powers for n in (1, 2, 5) if low <= n * 10.0**p <= high]


def rule(
    at: float, words: str, ink: Ink, x: alt.X, *, left: bool, mine: bool, low: bool = False
) -> list[alt.Chart]:
    """Return an upright rule with its words at the top; the visitor's own is solid and strong.

    `left` writes on that side of it, `low` one line further down.
    """
    base = alt.Chart(alt.InlineData(values=[{"x": at, "label": words}])).encode(x=x)
    tone = ink.ink if mine else ink.muted
    return [
        base.mark_rule(
            color=tone, strokeWidth=1.5 if mine else 1, strokeDash=[1, 0] if mine else [3, 3]
        ),
        base.mark_text(
            align="right" if left else "left",
            dx=-6 if left else 6,
            dy=24 if low else 8,
            baseline="middle",
            fontSize=12,
            fontWeight=600 if mine else 400,
            color=tone,
        ).encode(text="label:N", y=alt.value(0)),
    ]


def finished(layers: Sequence[alt.Chart], ink: Ink, *, height: int) -> alt.LayerChart:
    """Return `layers` as one chart of `height` px with our type and colours."""
    drawing: alt.LayerChart = (
        alt.layer(*layers)
        .properties(height=height, background="transparent", padding={"left": 0, "right": 4})
        .configure(font="Geist, system-ui, sans-serif")
        .configure_axis(
            labelColor=ink.muted,
            titleColor=ink.muted,
            titleFontWeight=400,
            labelFontSize=12,
            titleFontSize=12,
        )
        .configure_view(stroke=ink.line)
    )
    return drawing
