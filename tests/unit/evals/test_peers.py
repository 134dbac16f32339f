"""The peers of the estimator: formulas worked by hand, and the public packages asked for real."""

import sys
from collections.abc import Callable

import pytest

from evals.estimates.calculators import llmfit, ridgepoint
from evals.estimates.peers import PEERS, roofline, roofline_055
from evals.estimates.prediction import NO_ANSWER, Prediction
from evals.estimates.row import Row, load_rows


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.id: row for row in load_rows()}


def find(rows: dict[str, Row], text: str, metric: str) -> Row:
    return next(row for row in rows.values() if text in row.source_locator and row.metric == metric)


def test_roofline_reads_weights_and_cache_once_a_token(rows: dict[str, Row]) -> None:
    row = find(rows, "row A100 PCIe 80GB / 8B F16, column tg 1024", "decode_tok_s_single_stream")
    weights_gb = 2 * (8.03 - 128256 * 4096 / 1e9)
    cache_gb = 2 * 32 * 8 * 128 * 2 * 512 / 1e9
    assert roofline(row).decode_tok_s == pytest.approx(1935 / (weights_gb + cache_gb), rel=2e-3)


def test_devices_that_take_turns_do_not_add_up(rows: dict[str, Row]) -> None:
    one = find(rows, "row A100 PCIe 80GB / 8B F16, column tg 1024", "decode_tok_s_single_stream")
    turns = one.model_copy(update={"devices": 4, "split": "layer"})
    shared = one.model_copy(update={"devices": 4, "split": "tensor"})
    speeds = [roofline(row).decode_tok_s or 0.0 for row in (one, turns, shared)]
    assert speeds[1] == speeds[0]
    assert speeds[2] == pytest.approx(4 * speeds[0])


def test_prompts_take_two_operations_a_parameter(rows: dict[str, Row]) -> None:
    row = find(rows, "row H100 PCIe 80GB / 8B F16, column pp 1024", "prefill_tok_s")
    assert row.hardware is not None
    peak = row.hardware.value("compute_bf16")
    assert peak is not None
    assert roofline(row).prefill_tok_s == pytest.approx(peak * 1e12 / (2 * 8.03e9), rel=1e-3)


def test_the_lowered_roofline_lowers_speeds_only(rows: dict[str, Row]) -> None:
    for row in list(rows.values())[::40]:
        plain, lowered = roofline(row), roofline_055(row)
        assert lowered.memory_gb == plain.memory_gb
        if plain.throughput_tok_s:
            assert lowered.throughput_tok_s == pytest.approx(0.55 * plain.throughput_tok_s)


def test_what_did_not_fit_is_told(rows: dict[str, Row]) -> None:
    failed = [row for row in rows.values() if row.metric == "oom" and row.model and row.hardware]
    assert len(failed) > 20
    assert [roofline(row).value(row) for row in failed] == [1.0] * len(failed)


@pytest.mark.parametrize("name", PEERS)
def test_a_row_without_a_model_has_no_answer(rows: dict[str, Row], name: str) -> None:
    row = next(iter(rows.values())).model_copy(update={"model": None})
    assert PEERS[name](row) == NO_ANSWER


@pytest.mark.parametrize("name", ["llmfit", "ridgepoint"])
def test_a_package_that_is_missing_gives_no_answer(
    rows: dict[str, Row], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    row = find(rows, "row A100 PCIe 80GB / 8B Q4_K_M, column tg 8192", "decode_tok_s_single_stream")
    assert PEERS[name](row) == NO_ANSWER


def test_llmfit_is_asked_about_our_model_on_our_device(rows: dict[str, Row]) -> None:
    row = find(rows, "row A100 PCIe 80GB / 8B Q4_K_M, column tg 1024", "decode_tok_s_single_stream")
    published = 0.55 * 1935 / (8.03 * 0.5)
    assert llmfit(row).decode_tok_s == pytest.approx(published, rel=1e-3)


@pytest.mark.parametrize("metric", ["decode_tok_s_single_stream", "prefill_tok_s", "memory_gb"])
@pytest.mark.parametrize("peer", [llmfit, ridgepoint])
def test_each_calculator_answers_rows_of_each_kind_it_covers(
    rows: dict[str, Row], peer: Callable[[Row], Prediction], metric: str
) -> None:
    asked = [row for row in rows.values() if row.metric == metric and row.model and row.hardware]
    answers = [peer(row).value(row) for row in asked[::9]]
    assert sum(value is not None and value > 0 for value in answers) >= 2
