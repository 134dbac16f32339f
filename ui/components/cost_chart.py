"""Cost over volume: whole-GPU staircases, the API's line, break-even and "you"."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil, floor, log10

import altair as alt

from agent.answer import Chart, Series, Verdict
from agent.wording import number, usd
from ui.components.chart_look import INKS, Ink, Mode, finished, rule
from ui.components.markup import plain, table

HEIGHT = 290
DECADES = 4
TABLE_ROWS = 9
NAME_OFFSET = 0.05
"""How far a name stands from its line, as a share of the height."""


DASHES: dict[Verdict, list[int]] = {
    "specialized": [1, 0],
    "small_general": [9, 3, 2, 3],
    "ultra_large": [7, 3],
    "hybrid": [2, 3],
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The range of both axes, in requests a day and USD a month."""

    left: float
    right: float
    bottom: float
    top: float


def frame(chart: Chart) -> Frame:
    """Return whole decades of cost that hold the lines, and the volumes that were worked out."""
    xs = [x for series in chart.series for x, _ in series.points if x > 0]
    ys = [y for series in chart.series for _, y in series.points if y > 0]
    top = 10.0 ** ceil(log10(max(ys)))
    bottom = max(10.0 ** floor(log10(min(ys))), top / 10**DECADES)
    return Frame(min(xs), max(xs), bottom, max(top, bottom * 10))


def cost_chart(chart: Chart, mode: Mode) -> alt.LayerChart | None:
    """Return the chart, or None where there is no line to draw."""
    drawn = [series for series in chart.series if any(x > 0 < y for x, y in series.points)]
    if not drawn:
        return None
    ink, box = INKS[mode], frame(chart)
    x = alt.X(
        "x:Q",
        scale=alt.Scale(type="log", domain=[box.left, box.right], nice=False),
        axis=alt.Axis(
            title="Requests a day (log scale)",
            values=_decades(box.left, box.right),
            labelExpr="format(datum.value, '~s')",
            grid=False,
            domain=False,
            ticks=False,
        ),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(type="log", domain=[box.bottom, box.top], nice=False),
        axis=alt.Axis(
            title=chart.y_name or None,
            titleAnchor="start",
            titleAngle=0,
            titleAlign="left",
            titleY=-10,
            values=_decades(box.bottom, box.top),
            labelExpr="'$' + format(datum.value, '~s')",
            gridColor=ink.line,
            domain=False,
            ticks=False,
            labelPadding=6,
        ),
    )
    layers = [_band(series, box, ink, x, y) for series in drawn if series.band]
    layers += [_line(series, box, ink, x, y) for series in drawn]
    layers += _rules(chart, box, ink, x)
    if chart.you is not None:
        layers.append(_dots(drawn, chart.you, box, ink, x, y))
    layers += _names(drawn, box, ink, x, y, avoid=_rule_places(chart, box))
    return finished(layers, ink, height=HEIGHT)


def _decades(low: float, high: float) -> list[float]:
    return [10.0**power for power in range(ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9) + 1)]


def _band(series: Series, box: Frame, ink: Ink, x: alt.X, y: alt.Y) -> alt.Chart:
    """Return the range of a line; what lies under the axis is cut."""
    rows = [
        {"x": a, "y": max(low, box.bottom), "high": high}
        for a, low, high in series.band
        if a > 0 and high > box.bottom
    ]
    color = ink.lines[series.verdict] if series.verdict else ink.muted
    band: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_area(color=color, opacity=0.13, clip=True)
        .encode(x=x, y=y, y2="high:Q")
    )
    return band


def _line(series: Series, box: Frame, ink: Ink, x: alt.X, y: alt.Y) -> alt.Chart:
    verdict = series.verdict
    rows = [
        {"x": a, "y": b, "option": series.label, "volume": number(a), "cost": usd(b)}
        for a, b in series.points
        if a > 0 and b >= box.bottom
    ]
    line: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(
            strokeWidth=2.5,
            color=ink.lines[verdict] if verdict else ink.muted,
            strokeDash=DASHES[verdict] if verdict else [4, 2],
            clip=True,
        )
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("option:N", title="Option"),
                alt.Tooltip("volume:N", title="Requests a day"),
                alt.Tooltip("cost:N", title="USD a month"),
            ],
        )
    )
    return line


def _share(value: float, low: float, high: float) -> float:
    return (log10(value) - log10(low)) / (log10(high) - log10(low))


def _marks(chart: Chart, box: Frame) -> dict[str, float]:
    """Return the volumes that have a rule, by their words."""
    found = {
        "You": chart.you,
        "Break-even": chart.break_even,
        "and again": chart.crosses_again,
    }
    return {
        words: volume
        for words, volume in found.items()
        if volume and box.left <= volume <= box.right
    }


def _rule_places(chart: Chart, box: Frame) -> list[float]:
    return [_share(volume, box.left, box.right) for volume in _marks(chart, box).values()]


def _rules(chart: Chart, box: Frame, ink: Ink, x: alt.X) -> list[alt.Chart]:
    layers: list[alt.Chart] = []
    marks = _marks(chart, box)
    places = {words: _share(volume, box.left, box.right) for words, volume in marks.items()}
    for words, volume in marks.items():
        place = places[words]
        others = [other for name, other in places.items() if name != words]
        left = place > 0.78 or any(0 < other - place < 0.3 for other in others)
        edge = place < 0.2
        mine = words == "You"
        layers += rule(
            volume,
            f"{words}: {number(volume)}",
            ink,
            x,
            left=left and not edge,
            mine=mine,
            low=words == "and again" or (edge and not mine),
        )
    return layers


def crossing_words(chart: Chart) -> str:
    """Return what the rules say in one sentence, or that no rule is needed."""
    if chart.break_even is None:
        first = min(chart.series, key=lambda series: series.points[-1][1])
        most = max(x for series in chart.series for x, _ in series.points)
        if all(_below(first, other) for other in chart.series if other is not first):
            return f"{first.label} is the cheapest at any volume up to {number(most)} a day."
        return ""
    again = chart.crosses_again
    return (
        f"It changes back at {number(again)} a day, where another device is due." if again else ""
    )


def _below(first: Series, other: Series) -> bool:
    return all(at(first, x) <= at(other, x) for x, _ in first.points)


def at(series: Series, volume: float) -> float:
    """Return the cost of `series` at `volume`, between its points on log scales."""
    points = [(x, y) for x, y in series.points if x > 0 and y > 0]
    index = bisect_left([x for x, _ in points], volume)
    if index == 0:
        return points[0][1]
    if index == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[index - 1], points[index]
    share = _share(volume, x0, x1) if x1 > x0 else 1.0
    return float(10 ** (log10(y0) + share * (log10(y1) - log10(y0))))


def _dots(drawn: list[Series], you: float, box: Frame, ink: Ink, x: alt.X, y: alt.Y) -> alt.Chart:
    rows = [
        {
            "x": you,
            "y": at(series, you),
            "color": ink.lines[series.verdict] if series.verdict else ink.muted,
        }
        for series in drawn
        if box.left <= you <= box.right and at(series, you) >= box.bottom
    ]
    dots: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, size=70, opacity=1, stroke=ink.page, strokeWidth=1.5)
        .encode(x=x, y=y, color=alt.Color("color:N", scale=None))
    )
    return dots


def _names(
    drawn: list[Series], box: Frame, ink: Ink, x: alt.X, y: alt.Y, *, avoid: list[float]
) -> list[alt.Chart]:
    """Write each name beside its line, where the other lines and the rules are farthest."""
    layers: list[alt.Chart] = []
    taken: list[tuple[float, float]] = []
    for series in drawn:
        share, above = _clear_place(series, drawn, box, avoid, taken)
        volume = box.left * (box.right / box.left) ** share
        cost = at(series, volume)
        taken.append(
            (share, _share(cost, box.bottom, box.top) + (NAME_OFFSET if above else -NAME_OFFSET))
        )
        verdict = series.verdict
        layers.append(
            alt.Chart(alt.InlineData(values=[{"x": volume, "y": cost, "label": series.label}]))
            .mark_text(
                fontSize=12.5,
                fontWeight=600,
                align="right" if above else "left",
                dy=-10 if above else 12,
                color=ink.names[verdict] if verdict else ink.muted,
            )
            .encode(x=x, y=y, text="label:N")
        )
    return layers


def _clear_place(
    series: Series,
    drawn: list[Series],
    box: Frame,
    avoid: list[float],
    taken: list[tuple[float, float]],
) -> tuple[float, bool]:
    """Return the best (place along the x axis, whether above the line) for a name."""
    best, found = -1.0, (0.5, True)
    width = 0.015 * len(series.label) + 0.02
    for share in (i / 40 for i in range(2, 39)):
        for above in (True, False):
            start, end = (share - width, share) if above else (share, share + width)
            if start < 0 or end > 1:
                continue
            room = _room(series, drawn, box, taken, span=(start, end), above=above)
            room += [max(start - rule, rule - end) for rule in avoid]
            score = min(*room, 0.12)
            if score > best + 1e-6:
                best, found = score, (share, above)
    return found


def _room(
    series: Series,
    drawn: list[Series],
    box: Frame,
    taken: list[tuple[float, float]],
    *,
    span: tuple[float, float],
    above: bool,
) -> list[float]:
    """Return the distances, in shares of the height, from a name to everything near it."""

    def height(line: Series, share: float) -> float:
        volume = box.left * (box.right / box.left) ** share
        return _share(at(line, volume), box.bottom, box.top)

    start, end = span
    place = height(series, end) + NAME_OFFSET if above else height(series, start) - NAME_OFFSET
    edges = (start, (start + end) / 2, end)
    room = [abs(height(line, edge) - place) for line in drawn for edge in edges]
    room += [abs(place - p) for s, p in taken if abs(s - start) < 2 * (end - start)]
    return [*room, 1.0 if 0.04 < place < 0.88 else -0.5]


def cost_table(chart: Chart) -> str:
    """Return the chart's figures as a table, for those who read rather than look."""
    box = frame(chart)
    step = (box.right / box.left) ** (1 / (TABLE_ROWS - 1))
    volumes = sorted(
        {box.left * step**i for i in range(TABLE_ROWS)}
        | {value for value in (chart.you, chart.break_even, chart.crosses_again) if value}
    )
    rows = [
        (number(volume), *(plain(usd(at(series, volume))) for series in chart.series))
        for volume in volumes
    ]
    columns = ("Requests a day", *(f"{series.label}, a month" for series in chart.series))
    return table(columns, rows, numeric=frozenset(range(1, len(columns))))
