"""The page on the odds says what the script says today."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "odds.md").read_text(encoding="utf-8")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("fit_odds")


def between(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end of {name} -->", PAGE, flags=re.DOTALL)
    assert found is not None
    return found[1]


def test_the_counts_are_current(script: ModuleType) -> None:
    assert between("counts") == script.counted(script.bundled_studies())


def test_the_examples_are_current(script: ModuleType) -> None:
    assert between("examples") == script.examples_table(script.bundled_studies())


def test_every_rule_has_its_scores_and_the_command_is_named(script: ModuleType) -> None:
    rows = between("scores").splitlines()[2:]

    assert [row.split("|")[1].strip() for row in rows] == list(script.RULES)
    assert "scripts/fit_odds.py --docs" in PAGE


def test_the_regression_foretells_unseen_papers_better_than_a_coin_or_one_rate(
    script: ModuleType,
) -> None:
    papers = script.bundled_studies()
    fitted = script.leave_one_out(script.RULES["regression, shrunk (ships)"], papers)
    one_rate = script.leave_one_out(script.RULES["one rate for all"], papers)

    assert fitted.against(one_rate)[0] < -0.05
    assert sum(fitted.by_paper) / len(papers) < 0.65
