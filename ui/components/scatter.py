"""Where the chosen products stand among all that are known, with the line of the unbeaten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log10
from typing import Literal

import altair as alt

from agent.comparing import Field, Point
from agent.wording import number
from ui.components.chart_look import INKS, Ink, Mode, finished, ticks
from ui.components.markup import plain, table

HEIGHT = 330
MOST_NAMES = 14
CHARACTER = 0.0085
"""Width of a character of a label, as a share of the chart's width."""
WIDE_ENOUGH = "width > 480"
"""On narrower charts only the chosen products carry their names."""
ROW = 0.05
"""Height of a label, as a share of the chart's height."""


class Frame:
    """Both axes' ranges; x is on a log scale, y too where it spans more than 20 times."""

    def __init__(self, points: Sequence[Point]) -> None:
        """Leave some room round `points`."""
        xs, ys = [p.x for p in points], [p.y for p in points]
        self.x = (min(xs) / 1.25, max(xs) * 1.25)
        self.log_y = max(ys) > 20 * min(ys)
        self.y = (min(ys) / 1.25, max(ys) * 1.25) if self.log_y else (0.0, max(ys) * 1.1)

    def place(self, point: Point) -> tuple[float, float]:
        """Return the point as shares of width and height."""
        (left, right), (bottom, top) = self.x, self.y
        x = log10(point.x / left) / log10(right / left)
        if self.log_y:
            return x, log10(point.y / bottom) / log10(top / bottom)
        return x, (point.y - bottom) / (top - bottom)


def scatter(field: Field, chosen: Collection[str], mode: Mode) -> alt.LayerChart | None:
    """Return the chart, or None where there is nothing to draw."""
    if not field.points:
        return None
    ink, box = INKS[mode], Frame(field.points)
    x, y = _axes(field, box, ink)
    front = field.frontier()
    mine = [point for point in field.points if point.doc_id in chosen]
    rest = [point for point in field.points if point.doc_id not in chosen]
    tips = [alt.Tooltip(name, title=title) for name, title in _tips(field)]
    layers = [
        _data(front)
        .mark_line(color=ink.muted, strokeDash=[3, 3], strokeWidth=1, interpolate=_steps(field))
        .encode(x=x, y=y),
        _data(rest, field)
        .mark_point(filled=True, size=34, color=ink.muted, opacity=0.55)
        .encode(x=x, y=y, tooltip=tips),
        _data(mine, field)
        .mark_point(
            filled=True,
            size=110,
            color=ink.lines["specialized"],
            opacity=1,
            stroke=ink.page,
            strokeWidth=1.5,
        )
        .encode(x=x, y=y, tooltip=tips),
    ]
    for point, side in labelled(front, mine, box):
        layers += _name(point, side, ink, strong=point.doc_id in chosen, x=x, y=y)
    return finished(layers, ink, height=HEIGHT)


def _name(
    point: Point, side: int, ink: Ink, *, strong: bool, x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Return the name of a point, with the page's colour round its letters."""
    seen = alt.value(1) if strong else alt.condition(WIDE_ENOUGH, alt.value(1), alt.value(0))
    name = _data([point]).encode(x=x, y=y, text="name:N", opacity=seen)
    align: Literal["left", "right"] = "left" if side > 0 else "right"
    weight: Literal[600, 400] = 600 if strong else 400
    place, lift = 9 * side, 0 if strong else -8
    return [
        name.mark_text(
            align=align,
            dx=place,
            dy=lift,
            fontSize=12,
            fontWeight=weight,
            stroke=ink.page,
            strokeWidth=3,
        ),
        name.mark_text(
            align=align,
            dx=place,
            dy=lift,
            fontSize=12,
            fontWeight=weight,
            color=ink.ink if strong else ink.muted,
        ),
    ]


def _steps(field: Field) -> Literal["step-after", "step-before"]:
    return "step-after" if field.low_x_leads else "step-before"


def _tips(field: Field) -> list[tuple[str, str]]:
    return [("name:N", "Name"), ("x_said:N", field.x_name), ("y_said:N", field.y_name)]


def _data(points: Sequence[Point], field: Field | None = None) -> alt.Chart:
    rows = [
        {"x": p.x, "y": p.y, "name": p.name}
        | ({"x_said": _x(field, p), "y_said": _y(field, p)} if field else {})
        for p in points
    ]
    return alt.Chart(alt.InlineData(values=rows))


def _x(field: Field, point: Point) -> str:
    return f"{number(point.x, 3)} {field.x_unit}"


def _y(field: Field, point: Point) -> str:
    return f"{number(point.y, 3)} {field.y_unit}"


def _axes(field: Field, box: Frame, ink: Ink) -> tuple[alt.X, alt.Y]:
    money = field.x_unit == "USD"
    x = alt.X(
        "x:Q",
        scale=alt.Scale(type="log", domain=list(box.x), nice=False),
        axis=alt.Axis(
            title=f"{field.x_name}{'' if money else f', {field.x_unit}'} (log scale)",
            values=ticks(*box.x),
            labelExpr="'$' + format(datum.value, '~g')" if money else "format(datum.value, ',')",
            labelOverlap=True,
            grid=False,
            domain=False,
            ticks=False,
        ),
    )
    scale = alt.Scale(type="log" if box.log_y else "linear", domain=list(box.y), nice=False)
    y_axis = alt.Axis(
        title=f"{field.y_name}, {field.y_unit}",
        titleAnchor="start",
        titleAngle=0,
        titleAlign="left",
        titleY=-10,
        gridColor=ink.line,
        domain=False,
        ticks=False,
        labelPadding=6,
        format=",~f",
    )
    if box.log_y:
        y_axis.values = ticks(*box.y)
    return x, alt.Y("y:Q", scale=scale, axis=y_axis)


def labelled(front: Sequence[Point], mine: Sequence[Point], box: Frame) -> list[tuple[Point, int]]:
    """Return the points that carry their name and on which side; no two names overlap.

    The chosen ones come first and always have theirs; of the unbeaten those that find room.
    """
    taken: list[tuple[float, float, float]] = []
    found: list[tuple[Point, int]] = []
    own = {point.doc_id for point in mine}
    for point in (*mine, *(p for p in front if p.doc_id not in own)):
        sides = [side for side in (1, -1) if _free(point, side, box, taken)]
        if not sides and point.doc_id not in own:
            continue
        side = sides[0] if sides else 1
        taken.append(_span(point, side, box))
        found.append((point, side))
    return found[:MOST_NAMES]


def _span(point: Point, side: int, box: Frame) -> tuple[float, float, float]:
    """Return left end, right end and height of a name, in shares of the chart."""
    x, y = box.place(point)
    far = x + side * (0.012 + CHARACTER * len(point.name))
    return min(x, far), max(x, far), y


def _free(point: Point, side: int, box: Frame, taken: Sequence[tuple[float, float, float]]) -> bool:
    left, right, y = _span(point, side, box)
    inside = left >= 0 and right <= 1
    return inside and all(
        right < other_left or other_right < left or abs(y - other_y) > ROW
        for other_left, other_right, other_y in taken
    )


def scatter_words(field: Field, chosen: Sequence[str], names: Sequence[str]) -> str:
    """Return the alt text: where each chosen product stands and which are unbeaten."""
    by_id = {point.doc_id: point for point in field.points}
    told = [
        f"{name} at {_x(field, by_id[i])} and {_y(field, by_id[i])}"
        for i, name in zip(chosen, names, strict=True)
        if i in by_id
    ]
    best = ", ".join(point.name for point in field.frontier())
    return f"{field.title} of {len(field.points)} products. {'; '.join(told)}. Unbeaten: {best}."


def not_drawn(field: Field, chosen: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the chosen products that lack one of the two figures."""
    known = {point.doc_id for point in field.points}
    return tuple(name for i, name in zip(chosen, names, strict=True) if i not in known)


def scatter_table(field: Field, chosen: Sequence[str]) -> str:
    """Return the chosen and the unbeaten products as a table."""
    front = {point.doc_id for point in field.frontier()}
    rows = [
        (
            plain(p.name),
            plain(_x(field, p)),
            plain(_y(field, p)),
            "chosen" if p.doc_id in chosen else "unbeaten",
        )
        for p in sorted(field.points, key=lambda p: (p.doc_id not in chosen, p.x))
        if p.doc_id in chosen or p.doc_id in front
    ]
    columns = ("Product", field.x_name, field.y_name, "")
    return table(columns, rows, numeric=frozenset({1, 2}))
