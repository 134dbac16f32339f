"""What a cost rests on besides facts: each value says where it is from and can be replaced."""

from __future__ import annotations

from typing import get_args

import pytest

from agent.core.api_prices import ApiPrice
from agent.core.defaults import defaults
from agent.core.spend import Load, api_spend
from agent.errors import InputError
from knowledge import CORPUS, load_document
from knowledge.schema import Cost, TaskType

DEFAULTS = defaults()


def test_each_value_has_a_unit_a_reason_and_a_source() -> None:
    for item in DEFAULTS.values.values():
        assert item.unit
        assert item.why
        assert item.source == "assumed" or item.source.startswith("costs/")


def test_each_source_is_an_item_of_a_cost_document() -> None:
    for item in DEFAULTS.values.values():
        if item.source == "assumed":
            continue
        doc_id, _, entry = item.source.partition("#")
        name = doc_id.removeprefix("costs/")
        document = load_document(CORPUS / "prices-and-costs" / f"{name}.md").document
        assert isinstance(document, Cost)
        assert entry in {row.id for row in document.items}


def test_each_type_of_task_has_its_usual_length_and_effort() -> None:
    assert set(DEFAULTS.tasks) == set(get_args(TaskType))


def test_a_wrong_label_costs_a_minute_of_a_person() -> None:
    assert DEFAULTS.wrong_answer_usd("classification") == pytest.approx(0.5)


def test_an_input_of_a_calculation_keeps_unit_and_source() -> None:
    pue = DEFAULTS.input("pue")
    assert (pue.value, pue.unit, pue.source) == (1.55, "ratio", "costs/electricity#pue-2022")


def test_your_own_value_replaces_a_default_and_says_so() -> None:
    price = ApiPrice("models/m", "Maker", 2.0, 10.0, "2026-11", "list", "models/m#price")
    load = Load(20_000, 300, 5)
    cheaper = DEFAULTS.replace(engineer_usd_per_hour=60)

    assert cheaper.input("engineer_usd_per_hour").source == "assumed"
    assert cheaper.values["engineer_usd_per_hour"].why == "set by you"
    assert (
        api_spend(price, load, cheaper).usd_one_time
        == api_spend(price, load, DEFAULTS).usd_one_time / 2
    )
    assert DEFAULTS["engineer_usd_per_hour"] == 120


def test_an_unknown_or_negative_default_is_refused() -> None:
    with pytest.raises(InputError, match=r"'engineer_rate'.*engineer_usd_per_hour"):
        DEFAULTS.replace(engineer_rate=1)
    with pytest.raises(InputError, match="-1"):
        DEFAULTS.replace(pue=-1)
