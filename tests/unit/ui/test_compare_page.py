"""The Compare page's parts: its table, its bars, its scatter, its address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from agent.answer import Chart, Series
from agent.calculation import Calculation
from agent.comparing import Cell, Field, Line, Point, Side
from knowledge import Statement
from knowledge.schema import Hardware
from ui.compare_desk import Compared
from ui.components import compare_table as tables
from ui.components.cost_chart import crossing_words
from ui.components.memory_bar import memory_table
from ui.components.range_bars import range_bars
from ui.components.scatter import Frame, labelled, not_drawn, scatter, scatter_words
from ui.components.speed_chart import speed_chart, speed_table
from ui.state import Comparison

TODAY = date(2026, 11, 24)
DEVICES = tuple(
    Hardware(
        id=f"hardware/{name}",
        title=f"<{name}>",
        read_on="2026-11-24",
        vendor="V",
        device="gpu",
        status="shipping",
        conflicts=(f"{name} is said to have 3 GB too.",),
    )
    for name in "ab"
)
RENT = Statement(
    "hardware/a#rent", "hardware/a", "rent", 2.0, "USD per hour", "vendor", None, "2026-08-01",
    None, "rental",
)  # fmt: skip
WORKED = Calculation(id="calc/x", name="speed", formula="a x b", inputs=(), value=5.0, unit="tok/s")
SPEED = Line("speed", (Cell("5", "4 to 6", calculation=WORKED, value=5, low=4, high=6), Cell()))
FOUND = Compared(
    "device",
    DEVICES,
    ("A", "B"),
    Side.of(
        [
            Line("rent", (Cell("$2.00", "X & Y", RENT, value=2.0), Cell()), "lower"),
            Line("maker", (Cell("V"), Cell("V"))),
            Line("power", (Cell(), Cell())),
        ]
    ),
    estimated=(SPEED,),
    partner="M",
)


@pytest.fixture
def shown() -> str:
    marks = tables.marks_of(FOUND)
    return tables.compare_table(FOUND, marks, base="?kind=device&ids=a,b", today=TODAY)


def test_estimates_come_first_then_what_differs_then_what_is_equal(shown: str) -> None:
    places = [shown.index(words) for words in ("Speed", "Rent", "Equal in 1 line: maker", "power")]

    assert places == sorted(places)
    assert "Not known of any of them: power." in shown


def test_figures_lead_to_their_document_and_say_their_age(shown: str) -> None:
    assert 'href="?kind=device&amp;ids=a,b&amp;d=hardware/a"' in shown
    assert "1 Aug 2026" in shown
    assert "115 days old" in shown
    assert 'aria-label="Vendor claim"' in shown


def test_calculations_lead_to_their_working(shown: str) -> None:
    assert 'href="#cmp-ec1"' in shown
    assert 'id="cmp-ec1"' in tables.workings(FOUND, tables.marks_of(FOUND))


def test_what_is_not_known_is_said_and_nothing_opens_a_tag(shown: str) -> None:
    assert "not known" in shown
    assert "X &amp; Y" in shown
    assert "<a>" not in shown


def test_contradictions_name_the_product() -> None:
    assert "<b>A</b> a is said to have 3 GB too." in tables.contradictions(FOUND)


def test_bars_say_figure_and_range() -> None:
    drawn = range_bars(SPEED, ("A", "B"), unit="tokens a second")

    assert 'aria-label="A: 5 tokens a second, 4 to 6"' in drawn
    assert "not known" in drawn
    assert range_bars(Line("x", (Cell(),)), ("A",), unit="") == ""


POINTS = tuple(Point(f"m/{i}", f"Model {i}", 1 + i / 50, 10 + i / 50) for i in range(30))
FIELD = Field("T", "Cost", "Quality", "USD", "points", POINTS, low_x_leads=True)


def test_names_in_a_scatter_do_not_overlap() -> None:
    box = Frame(POINTS)
    found = labelled(FIELD.frontier(), POINTS[:1], box)
    heights = [box.place(point)[1] for point, _ in found]

    assert found[0][0] == POINTS[0]
    assert 1 < len(found) < len(POINTS)
    assert len({round(height, 4) for height in heights}) == len(found)


def test_scatter_says_who_is_not_drawn_and_has_words() -> None:
    chosen, names = ["m/1", "m/x"], ["One", "Ex"]

    assert not_drawn(FIELD, chosen, names) == ("Ex",)
    assert "One at 1.02 USD and 10 points" in scatter_words(FIELD, chosen, names)
    assert scatter(replace(FIELD, points=()), chosen, "light") is None
    assert "Model 1" in str(scatter(FIELD, chosen, "dark").to_dict())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wanted", "parameters"),
    [
        (Comparison(), {"kind": "model"}),
        (
            Comparison("device", ("a", "b"), "models/m", 2, 8),
            {"kind": "device", "ids": "a,b", "with": "models/m", "n": "2", "bits": "8"},
        ),
    ],
)
def test_address_holds_the_choice(wanted: Comparison, parameters: dict[str, str]) -> None:
    assert wanted.parameters() == parameters


SPEEDS = Chart(
    kind="speed",
    series=(
        Series(label="each user", points=((1, 50), (8, 40)), band=((1, 45, 55), (8, 30, 50))),
        Series(label="all together", points=((1, 50), (8, 300)), band=((1, 45, 55), (8, 200, 400))),
    ),
    limit=8,
    you=4,
    rate=30,
)


def test_speed_chart_carries_its_rules_and_its_table_the_ranges() -> None:
    drawn = str(speed_chart(SPEEDS, "light").to_dict())  # type: ignore[union-attr]

    assert all(words in drawn for words in ("You: 4", "Memory ends: 8", "30 for each"))
    assert "200 to 400" in speed_table(SPEEDS)
    assert speed_chart(Chart(kind="speed"), "dark") is None


def test_memory_table_says_what_is_over() -> None:
    chart = Chart(kind="memory", parts=(("Weights", 90.0),), limit=80.0, needed=(85.0, 95.0))

    assert "10 GB" in memory_table(chart)
    assert "Over" in memory_table(chart)
    assert "85 GB to 95 GB" in memory_table(chart)


@pytest.mark.parametrize(
    ("costs", "said"),
    [((1.0, 2.0), "Own is the cheapest at any volume up to 100 a day."), ((3.0, 2.0), "API is")],
)
def test_lines_that_never_cross_are_said(costs: tuple[float, float], said: str) -> None:
    series = tuple(
        Series(label=label, points=((10, cost), (100, cost)))
        for label, cost in zip(("Own", "API"), costs, strict=True)
    )

    assert said in crossing_words(Chart(kind="cost", series=series))
