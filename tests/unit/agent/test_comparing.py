"""Products side by side: what differs first, what is not known said, estimates marked as ours."""

from __future__ import annotations

import pytest

from agent.comparing import (
    Cell,
    Field,
    Line,
    Point,
    Setting,
    Side,
    device_field,
    disagreements,
    estimate_lines,
    model_field,
    place,
    stated_lines,
)
from agent.core.estimate import estimate
from agent.market import Market
from knowledge import Catalogue
from knowledge.schema import Document, Hardware, Model

IDS = {
    "hardware": ("hardware/nvidia-h200-sxm", "hardware/amd-mi300x"),
    "model": ("models/llama-3.3-70b", "models/deepseek-v3.2"),
    "toolkit": ("toolkits/vllm", "toolkits/sglang"),
}


def documents(catalogue: Catalogue, *ids: str) -> list[Document]:
    return [catalogue.get(doc_id) for doc_id in ids]


def line(lines: tuple[Line, ...], label: str) -> Line:
    return next(item for item in lines if item.label == label)


@pytest.mark.parametrize(
    ("texts", "group"),
    [(("a", "b"), "differing"), (("a", None), "differing"), (("a", "a"), "equal")],
)
def test_lines_are_sorted_by_whether_they_differ(texts: tuple[str | None, ...], group: str) -> None:
    found = Line("x", tuple(Cell(text) for text in texts))

    assert getattr(Side.of([found]), group) == (found,)


def test_what_is_known_of_none_is_named() -> None:
    assert Side.of([Line("power", (Cell(), Cell()))]) == Side((), (), ("power",))


@pytest.mark.parametrize(
    ("better", "values", "leaders"),
    [
        ("higher", (1.0, 2.0), [False, True]),
        ("lower", (1.0, 2.0), [True, False]),
        ("higher", (1.0, None), [False, False]),
        ("higher", (2.0, 2.0), [False, False]),
        (None, (1.0, 2.0), [False, False]),
    ],
)
def test_the_best_is_marked_only_where_all_are_known(
    better: str | None, values: tuple[float | None, ...], leaders: list[bool]
) -> None:
    found = Line("x", tuple(Cell(str(v), value=v) for v in values), better)  # type: ignore[arg-type]

    assert [found.leads(cell) for cell in found.cells] == leaders


@pytest.mark.parametrize("kind", list(IDS))
def test_every_figure_has_its_statement(market: Market, catalogue: Catalogue, kind: str) -> None:
    found = documents(catalogue, *IDS[kind])

    for item in stated_lines(market, found):
        for cell, document in zip(item.cells, found, strict=True):
            if cell.value is not None:
                assert cell.statement is not None
                assert cell.statement.doc_id == document.id


def test_unknown_is_none_and_not_a_number(market: Market, catalogue: Catalogue) -> None:
    closed = documents(catalogue, "models/gpt-5", "models/llama-3.3-70b")

    cells = line(stated_lines(market, closed), "parameters").cells

    assert (cells[0].text, cells[0].value) == (None, None)
    assert cells[1].text == "70.5B"


def test_prices_name_who_asks_them(market: Market, catalogue: Catalogue) -> None:
    rent = line(stated_lines(market, documents(catalogue, *IDS["hardware"])), "rent, on demand")

    assert all(cell.text and cell.note and cell.statement for cell in rent.cells)


def test_sources_that_contradict_each_other_are_shown(catalogue: Catalogue) -> None:
    assert disagreements(catalogue.get("hardware/amd-mi300x"))
    assert any("16 and 21.5" in said for said in disagreements(catalogue.get(IDS["model"][1])))


def test_estimates_are_those_of_the_estimator(catalogue: Catalogue) -> None:
    model, device = documents(catalogue, "models/llama-3.3-70b", "hardware/nvidia-h200-sxm")
    assert isinstance(model, Model)
    assert isinstance(device, Hardware)
    placed = place(model, device, Setting(bits=4, devices=2, context_tokens=4096))
    one = line(estimate_lines([placed]), "tokens a second, one user").cells[0]
    same = estimate(model, device, 2, "4 bit", 1, 3840, 256, context_tokens=4096).decode_tok_s

    assert (one.value, one.low, one.high) == (same.value, same.low, same.high)
    assert one.calculation is not None


@pytest.mark.parametrize(
    ("model", "device", "says"),
    [
        ("models/gpt-5", "hardware/nvidia-h200-sxm", "not published"),
        ("models/llama-3.3-70b", "hardware/groq-lpu-v1", "on the chip"),
        ("models/llama-3.3-70b", "hardware/nvidia-rtx-4090", "short"),
        ("models/llama-3.3-70b", "hardware/nvidia-rubin-cpx", "left"),
    ],
)
def test_what_can_not_run_says_why(
    catalogue: Catalogue, model: str, device: str, says: str
) -> None:
    found, card = documents(catalogue, model, device)
    assert isinstance(found, Model)
    assert isinstance(card, Hardware)

    lines = estimate_lines([place(found, card, Setting())])

    assert says in line(lines, "fits").cells[0].note
    assert line(lines, "tokens a second, one user").cells[0].value is None


@pytest.mark.parametrize(("low", "names"), [(True, "ac"), (False, "cd")])
def test_frontier_is_what_nothing_beats(low: bool, names: str) -> None:
    places = {"a": (1.0, 1.0), "b": (2.0, 0.5), "c": (3.0, 3.0), "d": (4.0, 2.0)}
    points = tuple(Point(name, name, *place) for name, place in places.items())
    found = Field("", "", "", "", "", points, low_x_leads=low).frontier()

    assert "".join(point.name for point in found) == names


def test_fields_hold_what_can_be_placed(market: Market, catalogue: Catalogue) -> None:
    devices = {point.doc_id for point in device_field(catalogue).points}

    assert "hardware/nvidia-h200-sxm" in devices
    assert not any("nvl72" in doc_id for doc_id in devices)
    assert all(point.x > 0 for point in model_field(market).points)
