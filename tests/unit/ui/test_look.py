"""The stylesheet and the theme agree, and the page speaks plainly about what is held."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.errors import InputError
from agent.memory import Thread
from ui.components.first_visit import holdings
from ui.components.notices import OURS, error_note
from ui.components.sidebar import by_age
from ui.fonts import place_fonts

ROOT = Path(__file__).resolve().parents[3]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
STYLE = (ROOT / "ui" / "style.css").read_text("utf-8")
COLOURS = ("green", "violet", "blue", "orange", "gray", "yellow", "red")


def _variable(name: str) -> tuple[str, str]:
    found = re.search(rf"--rs-{name}: light-dark\((#\w+), (#\w+)\);", STYLE)
    assert found is not None, name
    return found[1], found[2]


def _themed(key: str) -> tuple[str, str]:
    return THEME["light"][key], THEME["dark"][key]


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("ink", "textColor"),
        ("page", "backgroundColor"),
        ("quiet", "secondaryBackgroundColor"),
        ("line", "borderColor"),
        ("link", "linkColor"),
        ("accent", "primaryColor"),
        *((colour, f"{colour}TextColor") for colour in COLOURS),
        *((f"{colour}-tint", f"{colour}BackgroundColor") for colour in COLOURS),
    ],
)
def test_stylesheet_repeats_the_theme(variable: str, key: str) -> None:
    assert _variable(variable) == _themed(key)


def test_verdict_colours_lead_the_chart_colours() -> None:
    for mode, place in (("light", 0), ("dark", 1)):
        expected = [_variable(name)[place] for name in ("smaller", "ultra", "both", "muted")]
        assert THEME[mode]["chartCategoricalColors"] == expected


def test_fonts_are_served_where_the_theme_looks(tmp_path: Path) -> None:
    names = {Path(face["url"]).name for face in THEME["fontFaces"]}

    assert set(place_fonts(tmp_path)) <= names


def test_no_documents_says_what_to_do() -> None:
    assert "No documents yet." in holdings(0, (), today=date(2026, 11, 24), private=True)
    assert "9 documents." in holdings(9, (), today=date(2026, 11, 24), private=True)


def test_past_questions_are_grouped_by_age() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    ages = {"a": 0, "b": 3, "c": 40}
    threads = [Thread(i, i, (now - timedelta(days=d)).isoformat()) for i, d in ages.items()]

    groups = by_age(threads, now.astimezone().date())

    assert {name: [t.id for t in found] for name, found in groups.items()} == {
        "Today": ["a"],
        "Last week": ["b"],
        "Older": ["c"],
    }


def test_our_error_shows_no_trace_and_theirs_says_what_helps() -> None:
    assert OURS in error_note(RuntimeError("secret"))
    assert "secret" not in error_note(RuntimeError("secret"))
    assert "&#x27;H1000&#x27; is not known" in error_note(InputError("'H1000' is not known"))
