"""Speed over users: what each sees and what all get, with their ranges and where memory ends."""

from __future__ import annotations

from math import log10

import altair as alt

from agent.answer import Chart, Series, Verdict
from agent.wording import number
from ui.components.chart_look import INKS, Ink, Mode, finished, rule, ticks
from ui.components.markup import plain, table

HEIGHT = 290
ROOM = 1.4
"""Room above and below the lines, as a factor."""
NAMED_AT = 0.42
"""Where along its line a name stands, as a share of the points."""
STYLES: tuple[tuple[Verdict, list[int]], ...] = (("specialized", [1, 0]), ("ultra_large", [7, 3]))
"""Tone and dashes of the first and the second line."""


def speed_chart(chart: Chart, mode: Mode) -> alt.LayerChart | None:
    """Return the chart, or None where there is no line to draw."""
    lines = [series for series in chart.series if len(series.points) > 1]
    if not lines:
        return None
    ink = INKS[mode]
    x, y = _axes(lines, chart.rate, ink)
    layers: list[alt.Chart] = []
    for series, (tone, dash) in zip(lines, STYLES, strict=False):
        layers += _line(series, ink.lines[tone], dash, x, y)
    layers += _rules(chart, lines, ink, x, y)
    for series, (tone, _) in zip(lines, STYLES, strict=False):
        layers.append(_name(series, ink.names[tone], x, y, above=series is lines[-1]))
    return finished(layers, ink, height=HEIGHT)


def _axes(lines: list[Series], rate: float | None, ink: Ink) -> tuple[alt.X, alt.Y]:
    users = [x for series in lines for x, _ in series.points]
    lows = [low for series in lines for _, low, _ in series.band]
    highs = [high for series in lines for _, _, high in series.band]
    bottom, top = min([*lows, rate or lows[0]]) / ROOM, max([*highs, rate or highs[0]]) * ROOM
    x = alt.X(
        "x:Q",
        scale=alt.Scale(type="log", domain=[min(users), max(users)], nice=False),
        axis=alt.Axis(
            title="Users at once (log scale)",
            values=ticks(min(users), max(users)),
            format=",~f",
            labelOverlap=True,
            grid=False,
            domain=False,
            ticks=False,
        ),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(type="log", domain=[bottom, top], nice=False),
        axis=alt.Axis(
            title="Tokens a second (log scale)",
            titleAnchor="start",
            titleAngle=0,
            titleAlign="left",
            titleY=-10,
            values=ticks(bottom, top),
            format=",~f",
            gridColor=ink.line,
            domain=False,
            ticks=False,
            labelPadding=6,
        ),
    )
    return x, y


def _line(series: Series, color: str, dash: list[int], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    bands = {at: (low, high) for at, low, high in series.band}
    rows = [
        {
            "x": at,
            "y": value,
            "low": bands[at][0],
            "high": bands[at][1],
            "what": series.label,
            "users": number(at, 4),
            "said": f"{number(value, 2)} ({number(bands[at][0], 2)} to {number(bands[at][1], 2)})",
        }
        for at, value in series.points
    ]
    base = alt.Chart(alt.InlineData(values=rows))
    tips = [
        alt.Tooltip("what:N", title="Tokens a second"),
        alt.Tooltip("users:N", title="Users at once"),
        alt.Tooltip("said:N", title="Estimate, 80% interval"),
    ]
    return [
        base.transform_calculate(y="datum.low")
        .mark_area(color=color, opacity=0.13)
        .encode(x=x, y=y, y2="high:Q"),
        base.mark_line(color=color, strokeWidth=2.5, strokeDash=dash).encode(x=x, y=y),
        base.mark_point(filled=True, size=60, opacity=0).encode(x=x, y=y, tooltip=tips),
    ]


def _name(series: Series, color: str, x: alt.X, y: alt.Y, *, above: bool) -> alt.Chart:
    """Write the name of a line clear of its band."""
    at, low, high = series.band[int(len(series.band) * NAMED_AT)]
    row = {"x": at, "y": high if above else low, "label": series.label.capitalize()}
    named: alt.Chart = (
        alt.Chart(alt.InlineData(values=[row]))
        .mark_text(
            fontSize=12.5,
            fontWeight=600,
            align="right" if above else "left",
            dy=-10 if above else 14,
            color=color,
        )
        .encode(x=x, y=y, text="label:N")
    )
    return named


def _rules(chart: Chart, lines: list[Series], ink: Ink, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return the rule of the users asked about and those of memory and of the rate asked for."""
    last = max(at for series in lines for at, _ in series.points)
    layers: list[alt.Chart] = []
    if chart.you is not None and chart.you <= last:
        words = f"You: {number(chart.you)}"
        layers += rule(chart.you, words, ink, x, left=_late(chart.you, last), mine=True)
    if chart.break_even is not None and chart.break_even <= last:
        words = f"Rate kept: {number(chart.break_even)}"
        left = _late(chart.break_even, last)
        layers += rule(chart.break_even, words, ink, x, left=left, mine=False)
    if chart.limit is not None and chart.limit <= last:
        words = f"Memory ends: {number(chart.limit)}"
        layers += rule(chart.limit, words, ink, x, left=True, mine=False, low=True)
    if chart.rate is not None:
        row = {"y": chart.rate, "label": f"{number(chart.rate)} for each"}
        base = alt.Chart(alt.InlineData(values=[row])).encode(y=y)
        layers.append(base.mark_rule(color=ink.muted, strokeDash=[3, 3]))
        layers.append(
            base.mark_text(align="left", dx=6, dy=-8, fontSize=12, color=ink.muted).encode(
                text="label:N", x=alt.value(0)
            )
        )
    return layers


def _late(at: float, last: float) -> bool:
    """Tell whether `at` lies so far to the right that its words need the left side."""
    return log10(at) > 0.6 * log10(last)


def speed_table(chart: Chart) -> str:
    """Return the chart's figures as a table."""
    known = [dict((at, (low, high)) for at, low, high in series.band) for series in chart.series]
    values = [dict(series.points) for series in chart.series]
    users = sorted({at for found in values for at in found})
    rows = [
        (
            number(at, 4),
            *(_figure(value, band, at) for value, band in zip(values, known, strict=True)),
        )
        for at in users
    ]
    columns = ("Users at once", *(f"{series.label.capitalize()}, tok/s" for series in chart.series))
    return table(columns, rows, numeric=frozenset(range(1, len(columns))))


def _figure(values: dict[float, float], bands: dict[float, tuple[float, float]], at: float) -> str:
    if at not in values:
        return '<span class="rs-muted">not known</span>'
    low, high = bands[at]
    span = plain(f"{number(low, 2)} to {number(high, 2)}")
    return f"{number(values[at], 2)} <small>{span}</small>"
