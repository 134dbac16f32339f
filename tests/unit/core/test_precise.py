"""The precise backend: its answers against measurements, and what it says where it has none."""

import sys

import pytest

from agent.core.precise import NoSpeeds, PreciseSpeeds, precise_speeds
from agent.core.precision import parse_precision
from agent.core.resolving import hardware_of, model_of
from evals.estimates.row import Row, load_rows


def ask(
    model: str = "Llama 3.1 8B",
    hardware: str = "H100 SXM",
    *,
    devices: int = 1,
    precision: str = "fp8",
    engine: str = "tensorrt-llm",
    concurrency: int = 1,
    tokens: tuple[int, int] = (1000, 200),
) -> PreciseSpeeds | NoSpeeds:
    return precise_speeds(
        model_of(model, None),
        hardware_of(hardware, None),
        devices=devices,
        precision=parse_precision(precision),
        engine=engine,
        concurrency=concurrency,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
    )


@pytest.mark.parametrize(
    ("hardware", "engine"),
    [("RTX 4090", "vllm"), ("MI300X", "vllm"), ("H100 SXM", "llama.cpp"), ("H100 PCIe", "vllm")],
)
def test_a_device_or_engine_without_tables_is_passed_over_in_silence(
    hardware: str, engine: str
) -> None:
    assert ask(hardware=hardware, engine=engine) == NoSpeeds(None)


def test_without_the_tool_the_reason_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiconfigurator_core", None)
    answer = ask()
    assert isinstance(answer, NoSpeeds)
    assert "nvidia" in (answer.reason or "")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"precision": "awq"}, "no tables for awq"),
        ({"model": "Falcon 40B"}, "no configuration of Falcon 40B"),
        ({"model": "Llama 3.1 405B", "precision": "bf16"}, "does not fit"),
        ({"tokens": (1000, 1)}, "two output tokens"),
        ({"hardware": "A100 SXM 80GB"}, "fp8"),
        ({"model": "Mixtral 8x7B", "hardware": "L40S"}, "far too low"),
        ({"model": "Qwen2.5 7B", "devices": 8}, "divisible"),
    ],
    ids=["format", "layers unlike the tool's", "memory", "one token", "hardware", "poor", "heads"],
)
def test_what_it_does_not_know_has_a_reason(asked: dict[str, str], reason: str) -> None:
    answer = ask(**asked)  # type: ignore[arg-type]  # each case overrides one argument
    assert isinstance(answer, NoSpeeds)
    assert reason in (answer.reason or "")
    assert "/" not in (answer.reason or "")


def rows_of_tensorrt() -> list[Row]:
    return [row for row in load_rows() if "table Llama-3" in row.source_locator]


@pytest.mark.parametrize("hardware", ["H100 SXM 80GB", "H200 SXM 141GB", "B200 SXM 180GB"])
def test_batched_throughput_is_near_what_was_measured(hardware: str) -> None:
    errors = []
    for row in rows_of_tensorrt():
        if row.hardware_name == hardware and row.model and row.hardware and row.precision:
            answer = precise_speeds(
                row.model,
                row.hardware,
                devices=row.devices or 1,
                precision=row.precision,
                engine="tensorrt-llm",
                concurrency="max",
                input_tokens=row.prompt_tokens,
                output_tokens=row.answer_tokens,
            )
            assert isinstance(answer, PreciseSpeeds), row.id
            errors.append(abs(answer.throughput_tok_s / row.value - 1))
    assert len(errors) >= 8
    assert sorted(errors)[len(errors) // 2] < 0.15


def test_a_model_that_is_not_shipped_with_the_tool_is_described_to_it() -> None:
    answer = ask("Llama 2 13B", precision="fp16", engine="vllm")
    assert isinstance(answer, PreciseSpeeds)
    assert 60 < answer.decode_tok_s < 128.6  # 3,350 GB/s over 26.03 GB of weights
    assert answer.tool.startswith("AIConfigurator")
    assert "vllm" in answer.asked


def test_more_streams_give_more_together_and_less_each() -> None:
    answers = [ask(concurrency=streams) for streams in (1, 8, 64)]
    found = [answer for answer in answers if isinstance(answer, PreciseSpeeds)]
    each = [answer.decode_tok_s for answer in found]
    together = [answer.throughput_tok_s for answer in found]
    assert len(found) == 3
    assert each == sorted(each, reverse=True)
    assert together == sorted(together)


def test_a_mixture_of_experts_runs_in_the_layout_that_gives_most() -> None:
    answer = ask("Qwen3 235B A22B", devices=8, concurrency=256)
    assert isinstance(answer, PreciseSpeeds)
    assert "experts" in answer.asked
