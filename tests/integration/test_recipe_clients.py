"""The clients of recipes against a server that speaks chat completions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import openai
import pytest
from chat_server import Chat, Refusal, chat_server

from agent.core.api_client import ENDPOINTS, api_client_file
from agent.core.api_prices import ApiPrice, api_price
from agent.core.estimate import estimate
from agent.core.recipes import RecipeFile
from agent.core.resolving import hardware_of, model_of
from agent.core.serve_files import client_file
from agent.core.serve_plan import serve_plan

MODEL = model_of("models/gpt-4.1", None)
QUESTION = [{"role": "user", "content": "Hi"}]


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as served:
        yield served


def loaded(file: RecipeFile, folder: Path) -> ModuleType:
    """Return the client as a module, run as it was written."""
    path = folder / file.name
    path.write_text(file.content, "utf-8")
    module = ModuleType(path.stem)
    exec(compile(file.content, str(path), "exec"), module.__dict__)
    return module


def price(provider: str = "OpenAI") -> ApiPrice:
    return ApiPrice(
        MODEL.id, provider, 2.0, 8.0, "2026-11", "list price", "s", cached_usd_per_mtok=0.5
    )


def api_client(folder: Path, *, budget_usd: float = 10.0, provider: str = "OpenAI") -> ModuleType:
    file = api_client_file(MODEL, price(provider), budget_usd=budget_usd, most_output_tokens=100)
    return loaded(file, folder)


def guard(client: ModuleType, chat: Chat, folder: Path, **more: Any) -> Any:
    sdk = openai.OpenAI(base_url=chat.url, api_key="none", max_retries=0)
    return client.Guard(sdk, ledger=folder / "spent.json", **more)


def test_tokens_and_money_are_those_that_the_maker_reports(chat: Chat, tmp_path: Path) -> None:
    chat.tokens_in, chat.tokens_out, chat.cached = 1000, 50, 400
    kept = guard(api_client(tmp_path), chat, tmp_path)

    assert kept.ask(QUESTION) == "hello"
    assert kept.spent_usd == pytest.approx((600 * 2 + 400 * 0.5 + 50 * 8) / 1e6)
    assert kept.tokens == 1050
    assert chat.asked[0]["max_completion_tokens"] == 100


@pytest.mark.parametrize("provider", ENDPOINTS)
def test_each_maker_gets_its_own_cap_on_the_answer(
    chat: Chat, tmp_path: Path, provider: str
) -> None:
    guard(api_client(tmp_path, provider=provider), chat, tmp_path).ask(QUESTION)

    assert chat.asked[0][ENDPOINTS[provider].limit] == 100


def test_nothing_is_sent_that_the_budget_might_not_cover(chat: Chat, tmp_path: Path) -> None:
    client = api_client(tmp_path)
    kept = guard(client, chat, tmp_path, budget_usd=0.0005)

    with pytest.raises(client.BudgetSpentError):
        kept.ask(QUESTION)
    assert chat.asked == []
    assert kept.spent_usd == 0


def test_threads_together_stay_within_the_budget(chat: Chat, tmp_path: Path) -> None:
    client = api_client(tmp_path)
    chat.tokens_in, chat.tokens_out = 40, 100
    kept = guard(client, chat, tmp_path, budget_usd=0.005)

    def ask(_: int) -> bool:
        try:
            kept.ask(QUESTION)
        except client.BudgetSpentError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        sent = sum(pool.map(ask, range(40)))

    assert 0 < sent == len(chat.asked) < 40
    assert kept.spent_usd <= 0.005


def test_what_was_spent_outlasts_a_restart(chat: Chat, tmp_path: Path) -> None:
    client = api_client(tmp_path)
    first = guard(client, chat, tmp_path)
    first.ask(QUESTION)
    second = guard(client, chat, tmp_path)

    assert second.spent_usd == first.spent_usd > 0
    assert json.loads((tmp_path / "spent.json").read_text())["tokens"] == 150


def test_a_refusal_is_waited_for_and_not_booked(chat: Chat, tmp_path: Path) -> None:
    chat.refusals = [Refusal(429, retry_after="0.01"), Refusal(429, retry_after="0")]
    kept = guard(api_client(tmp_path), chat, tmp_path)

    kept.ask(QUESTION)

    assert len(chat.asked) == 3
    assert kept.spent_usd == pytest.approx((100 * 2 + 50 * 8) / 1e6)


def test_an_empty_account_is_not_asked_again(chat: Chat, tmp_path: Path) -> None:
    chat.refusals = [Refusal(429, code="insufficient_quota", retry_after="0")] * 3
    kept = guard(api_client(tmp_path), chat, tmp_path)

    with pytest.raises(openai.RateLimitError):
        kept.ask(QUESTION)
    assert len(chat.asked) == 1
    assert kept.spent_usd == pytest.approx(0)


@pytest.mark.parametrize("reports", [True, False])
def test_what_is_not_reported_counts_at_its_most(
    chat: Chat, tmp_path: Path, *, reports: bool
) -> None:
    chat.refusals = [Refusal(500)] if reports else []
    chat.reports = reports
    kept = guard(api_client(tmp_path), chat, tmp_path)

    if reports:
        with pytest.raises(openai.InternalServerError):
            kept.ask(QUESTION)
    else:
        kept.ask(QUESTION)
    length = len(json.dumps(QUESTION[0]).encode())
    assert kept.spent_usd == pytest.approx((length * 2 + 100 * 8) / 1e6)
    assert len(chat.asked) == 1


def test_the_wait_is_what_the_server_asks_for(tmp_path: Path) -> None:
    wait_s = api_client(tmp_path).wait_s
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    future = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)

    assert wait_s("7", 0) == 7
    assert wait_s("100000", 0) == wait_s(future, 0) == 120
    assert wait_s(past, 3) == 0
    assert [wait_s(None, attempt) for attempt in (0, 1, 2, 9)] == [1, 2, 4, 120]


def test_long_prompts_cost_what_the_price_map_says(tmp_path: Path) -> None:
    model = model_of("models/gemini-2.5-pro", None)
    listed = model.prices[0].provider
    found = api_price(model, {one.provider: "s" for one in model.prices})
    assert found is not None
    assert found.provider == listed
    client = loaded(api_client_file(model, found, budget_usd=1, most_output_tokens=10), tmp_path)

    for tokens_in in (1000, 200_000, 200_001, 900_000):
        assert client.cost(tokens_in, 500) == pytest.approx(found.per_request(tokens_in, 500))


def test_the_file_runs_as_a_program(chat: Chat, tmp_path: Path) -> None:
    file = api_client_file(MODEL, price(), budget_usd=10, most_output_tokens=100)
    script = tmp_path / file.name
    script.write_text(file.content.replace(ENDPOINTS["OpenAI"].base_url, chat.url), "utf-8")

    done = subprocess.run(
        [sys.executable, str(script), "Hi"],
        cwd=tmp_path,
        env={"OPENAI_API_KEY": "none", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "hello"
    assert "of $10.00 spent" in done.stderr


def test_the_client_of_a_server_asks_and_loads_it(
    chat: Chat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, hardware = model_of("models/qwen3-8b", None), hardware_of("hardware/nvidia-l40s", None)
    sized = estimate(model, hardware, 1, "bf16", 4, 600, 50, "vllm", context_tokens=2048)
    client = loaded(client_file(serve_plan(sized, model, hardware)), tmp_path)
    client.__dict__["client"] = openai.OpenAI(base_url=chat.url, api_key="none", max_retries=0)

    assert client.ask("Hi", show=True) == 50
    assert capsys.readouterr().out == "hello"
    client.load()

    loads = chat.asked[1:]
    assert len(loads) == 4 * 8
    assert {(body["model"], body["max_tokens"]) for body in loads} == {("qwen3-8b", 50)}
    assert len({body["messages"][0]["content"] for body in loads}) == len(loads)
    assert all(len(body["messages"][0]["content"].split()) <= 600 for body in loads)
    assert f"{50 * 32} tokens from 32 requests" in capsys.readouterr().out
