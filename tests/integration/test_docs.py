"""Docs are run, not believed: the README's commands, tables and examples."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from agent import Settings
from ui.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(index_folder: Path, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "ADVISOR_INDEX": str(index_folder),
        "ADVISOR_THREADS": str(tmp_path / "threads.sqlite"),
        "ADVISOR_TODAY": "2026-11-24",
    }


def rightsize(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ui.cli import main; main()", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_two_set_up_commands_are_targets_of_the_makefile() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)

    assert {"make chat", "make test"} <= {
        line.strip() for block in blocks("bash") for line in block.splitlines()
    }
    assert {"chat", "setup", "test"} <= set(targets)


def test_ci_calls_the_readmes_own_test_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_python_example_runs(environment: dict[str, str]) -> None:
    (example,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", example],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("specialized")
    assert "## Sources" in done.stdout


def test_the_command_line_example_runs_and_gives_json(environment: dict[str, str]) -> None:
    command = next(b for b in blocks("bash") if "rightsize ask" in b)
    question = re.search(r'ask "(.*?)"', command)
    assert question is not None
    done = rightsize("ask", question[1], "--json", environment=environment)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "no"


def test_every_command_that_the_readme_names_exists() -> None:
    named = re.search(r"More commands: (.*?);", README)
    assert named is not None
    words = set(re.findall(r"`(?:rightsize )?([a-z]+)`", named[1]))
    known = {c.name or (c.callback.__name__ if c.callback else "") for c in app.registered_commands}
    known |= {group.name for group in app.registered_groups}

    assert words <= known


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Return the importer of a script by its name."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module


def test_the_settings_table_is_current(script: Callable[[str], ModuleType]) -> None:
    assert script("write_docs").settings_table() in README


def test_the_drawn_flow_is_current(script: Callable[[str], ModuleType]) -> None:
    drawing = script("draw_graph")

    assert drawing.drawn() == drawing.PAGE.read_text(encoding="utf-8")


def test_a_filled_page_keeps_what_stands_outside_the_markers(
    script: Callable[[str], ModuleType],
) -> None:
    page = "before\n<!-- x -->\nold\n<!-- end of x -->\nafter \\1"
    filled = script("write_docs").filled(page, "x", r"new \1")

    assert filled == "before\n<!-- x -->\nnew \\1\n<!-- end of x -->\nafter \\1"


def test_the_answer_and_the_figures_are_filled_in() -> None:
    for name in ("answer", "settings", "evals"):
        found = re.search(rf"<!-- {name} -->\n(.+?)\n<!-- end of {name} -->", README, re.DOTALL)
        assert found is not None
        assert len(found[1]) > 100


def test_the_example_settings_name_every_setting() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^ADVISOR_([A-Z_]+)=", text, flags=re.MULTILINE))

    assert named == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fit", "Llama 9 70B", "RTX 4090"), "Llama 9 70B"),
        (("fit", "Llama 3.3 70B", "RTX 4090", "--devices", "0"), "0"),
        (("fit", "Llama 3.3 70B", "RTX 4090", "--precision", "q99"), "q99"),
    ],
    ids=["unknown model", "no devices", "unknown precision"],
)
def test_a_wrong_value_is_one_line_and_exit_code_2(
    environment: dict[str, str], words: tuple[str, ...], said: str
) -> None:
    done = rightsize(*words, environment=environment)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_search_fit_index_and_doctor_speak_json(environment: dict[str, str]) -> None:
    for words in (
        ("search", "labels needed before a tuned model is ahead", "--json"),
        ("fit", "Llama 3.1 8B", "L4", "--json"),
        ("index", "--json"),
        ("doctor", "--json"),
        ("cost", "GPT-4.1 at 50k requests a day, 1000 in, 200 out", "--json"),
    ):
        done = rightsize(*words, environment=environment)
        assert done.returncode == 0, (words, done.stderr)
        assert json.loads(done.stdout)


def test_cost_lines_come_as_csv(environment: dict[str, str]) -> None:
    done = rightsize("cost", "GPT-4.1, 1000 requests a day", "--csv", environment=environment)
    none = rightsize("cost", "GPT-4.1, -5 requests a day", "--csv", environment=environment)

    assert done.stdout.startswith("option,line,one_time_usd,monthly_usd,months,total_usd,")
    assert done.stdout.splitlines()[-1].endswith("sum,the lines above")
    assert none.returncode == 2
    assert "One value can't be right" in none.stderr


def test_a_port_in_use_is_one_line_that_says_what_to_do(environment: dict[str, str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = rightsize("ui", "--port", str(port), environment=environment)

    assert done.returncode == 2
    assert f"--port {port + 1}" in done.stderr


def test_a_document_with_a_bad_field_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    source = next((ROOT / "knowledge" / "corpus" / "hardware").glob("nvidia-l4.md"))
    front, body = source.read_text(encoding="utf-8").split("---\n", 2)[1:]
    fields = yaml.safe_load(front)
    fields["id"] = "hardware/my-card"
    fields["facts"][0]["unit"] = "GiB"
    bad = tmp_path / "bad.md"
    bad.write_text(f"---\n{yaml.safe_dump(fields)}---\n{body}", encoding="utf-8")
    done = rightsize("add", str(bad), environment=environment)

    assert done.returncode == 2
    assert "bad.md" in done.stderr
    assert "GiB" in done.stderr.replace("\n", "")
