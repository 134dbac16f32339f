"""A cost line by line: what is shown adds up, and the file says where each line is from."""

from __future__ import annotations

import csv
from io import StringIO
from itertools import groupby

import pytest
from answering import MakeTurn, answered

from agent.answer import Answer, Table
from agent.kinds.cost_lines import COLUMNS, apportioned
from agent.profile import Profile

GPT, LLAMA = "models/gpt-4.1", "models/llama-3.1-8b"
L40S = (("hardware/nvidia-l40s", 1),)
LOAD = Profile(requests_per_day=50_000, input_tokens=1000, output_tokens=200)


def tuned(turn_for: MakeTurn, message: str = "") -> Answer:
    return answered(
        turn_for,
        message or "three-year cost of GPT-4.1 against a fine-tuned 8B on a rented L40S",
        intent="cost",
        models=(GPT,),
        parameters_b=8.0,
        hardware=L40S,
        acquire="rent",
        years=3.0,
        patch=LOAD,
    )


def bills(answer: Answer) -> list[Table]:
    return [s.table for s in answer.sections if s.table and s.title.startswith("Line by line")]


def lines_of(answer: Answer) -> list[dict[str, str]]:
    file = next(f for f in answer.attachments if f.media_type == "text/csv")
    return list(csv.DictReader(StringIO(file.content)))


def amount(text: str) -> float:
    return float(text.replace("$", "").replace(",", "") or 0)


@pytest.mark.parametrize("places", [0, 2])
@pytest.mark.parametrize("values", [[0.333, 0.333, 0.334], [-10.6, 20.4, 0.2], [1.005] * 7, []])
def test_rounded_lines_add_up_to_the_rounded_sum(values: list[float], places: int) -> None:
    shown = apportioned(values, places)
    assert sum(shown) == pytest.approx(round(sum(values), places), abs=1e-9)
    assert all(abs(a - b) < 10**-places for a, b in zip(shown, values, strict=True))


@pytest.mark.parametrize("message", ["", "three years, with API prices falling 30% a year"])
def test_each_column_of_each_bill_adds_up_as_shown(turn_for: MakeTurn, message: str) -> None:
    tables = bills(tuned(turn_for, message))
    assert len(tables) == 2
    for table in tables:
        *rows, total = [[cell.text for cell in row.cells] for row in table.rows]
        assert total[0] == "Total"
        assert all(row[4] for row in rows)
        for column in (1, 2, 3):
            shown = sum(amount(row[column]) for row in rows)
            assert shown == pytest.approx(amount(total[column]), abs=1e-6)


def test_a_fine_tuned_model_pays_for_each_part_of_its_life(turn_for: MakeTurn) -> None:
    lines = [row["line"] for row in lines_of(tuned(turn_for))]
    items = {line.partition(",")[0] for line in lines}
    wanted = "labeling|data pipeline|training runs|tuning work|evaluation|serving|monitoring|upkeep"
    assert set(wanted.split("|")) <= items
    assert {"retraining runs", "retraining work"} <= items
    assert any("L40S rented at" in line for line in lines)


def test_the_file_adds_up_to_the_cent_and_agrees_with_the_options(turn_for: MakeTurn) -> None:
    answer = tuned(turn_for)
    options = {option.label: option for option in answer.options}
    for label, group in groupby(lines_of(answer), key=lambda row: row["option"]):
        *lines, total = list(group)
        assert tuple(total) == COLUMNS
        for column in ("one_time_usd", "monthly_usd", "total_usd"):
            shown = sum(float(row[column]) for row in lines)
            assert shown == pytest.approx(float(total[column]), abs=1e-6)
        assert all(row["source"] and row["basis"] for row in lines)
        assert float(total["monthly_usd"]) == pytest.approx(options[label].usd_per_month, abs=0.01)
        assert float(total["total_usd"]) == pytest.approx(
            (options[label].usd_one_time or 0) + 36 * (options[label].usd_per_month or 0), abs=0.2
        )


def test_labels_that_the_user_has_are_not_paid_for_again(turn_for: MakeTurn) -> None:
    paid = []
    for labels in (None, 5000):
        answer = answered(
            turn_for,
            "a fine-tuned 8B on a rented L40S",
            intent="cost",
            parameters_b=8.0,
            hardware=L40S,
            acquire="rent",
            patch=LOAD.model_copy(update={"labeled_examples": labels}),
        )
        lines = [row for row in lines_of(answer) if row["line"].startswith("labeling")]
        paid += [float(row["one_time_usd"]) for row in lines]
    assert paid == [1000.0, 0.0]
