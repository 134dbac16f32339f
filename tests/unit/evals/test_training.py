"""The model of training against what others measured, and the fit against its data."""

from __future__ import annotations

import math
from statistics import median

import pytest

from agent.core.training_fit import Coefficients, coefficients
from agent.core.training_memory import training_memory
from evals.training.baseline import by_rule
from evals.training.fitting import Held, card, error, fitted, held_out
from evals.training.report import coverage, fits
from evals.training.rows import layouts, rows


def off(name: str) -> float:
    row = next(row for row in rows() if row.id == name)
    return abs(math.exp(error(row, coefficients())) - 1)


@pytest.mark.parametrize(
    "name",
    [
        "mp-1245",  # torchtune, full with checkpointing
        "mp-1253",  # torchtune, LoRA
        "mp-1255",  # torchtune, QLoRA
        "mp-1264",  # LLM.Q, 7B on H100
        "mp-1280",  # LLM.Q, 7B on RTX PRO 6000
        "qwen-7b-lora-2048-memory",
        "qwen-7b-lora-2048-speed",
        "qwen-72b-qlora-1024-memory",
    ],
)
def test_well_known_measurements_are_met(name: str) -> None:
    assert off(name) < 0.3


@pytest.mark.parametrize("metric", ["memory_gb", "tok_s"])
def test_the_rules_of_thumb_are_beaten_on_the_same_rows(metric: str) -> None:
    some = [row for row in rows() if row.fit and row.metric == metric]
    ours = [abs(error(row, coefficients())) for row in some]
    rule = [abs(by_rule(row).error) for row in some]
    assert median(ours) < 0.5 * median(rule)


def test_every_row_has_a_model_and_a_device() -> None:
    assert len({row.id for row in rows()}) == len(rows())
    for row in rows():
        assert row.model in layouts()
        assert card(row.hardware).tflops
        assert row.source.startswith("https://")
        assert row.fit or row.note or row.metric == "out_of_memory"


def test_layouts_add_up_to_their_parameters() -> None:
    for name, layout in layouts().items():
        matrices = 3 if layout.gated else 2
        each = 2 * layout.hidden * (layout.query + layout.key)
        each += matrices * layout.hidden * layout.ffn
        embeddings = layout.head_b * (1 if layout.tied else 2)
        assert layout.layers * each / 1e9 + embeddings == pytest.approx(layout.total_b, rel=0.02), (
            name
        )


def test_what_ran_fits_and_what_failed_does_not() -> None:
    ran = [row for row in rows() if row.metric == "memory_gb" and row.fit]
    failed = [row for row in rows() if row.metric == "out_of_memory"]
    assert sum(map(fits, ran)) >= 0.95 * len(ran)
    assert sum(map(fits, failed)) <= 0.3 * len(failed)


def test_the_shipped_coefficients_are_those_of_the_rows() -> None:
    again = flat(fitted(rows()))
    for key, value in flat(coefficients()).items():
        if not key.endswith("spread"):
            assert again[key] == pytest.approx(value, rel=0.02, abs=0.01), key


def flat(fit: Coefficients) -> dict[str, float]:
    out = {}
    for name, value in fit.model_dump().items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        out.update({f"{name}{key}": one for key, one in parts})
    return out


def test_a_device_left_out_is_foretold_without_its_rows() -> None:
    some = [row for row in rows() if row.engine == "llm.q"]
    held = [h for h in held_out(some, lambda row: row.hardware) if "5090" in h.group]
    assert len(held) == 6
    assert max(abs(h.error) for h in held) < 0.6


def test_coverage_counts_what_an_interval_of_the_others_holds() -> None:
    row = rows()[0]
    found = [Held(row, group, value) for group, value in [("a", 0.1), ("b", 0.1), ("b", 0.3)]]
    assert coverage(found) == pytest.approx(2 / 3)


def test_memory_grows_with_what_it_is_made_of() -> None:
    row = next(row for row in rows() if row.id == "qwen-7b-lora-1024-memory")
    memory = training_memory(row.run())
    parts = (
        memory.weights_gb,
        memory.gradients_gb,
        memory.states_gb,
        memory.activations_gb,
        memory.logits_gb,
        memory.runtime_gb,
    )
    assert memory.total_gb == pytest.approx(sum(parts))
    assert memory.weights_gb == pytest.approx(2 * 7.721, rel=0.001)
