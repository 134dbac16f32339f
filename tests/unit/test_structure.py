"""The rooms: imports never turn back, files stay small, the public names are real."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "knowledge": set(),
    "agent": {"knowledge"},
    "ui": {"agent", "knowledge"},
    "evals": {"agent", "knowledge"},
}
OURS = set(MAY_IMPORT)
SOURCES = [path for room in OURS for path in sorted((ROOT / room).rglob("*.py"))]
MOST_LINES = 400


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_never_turn_back(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]

    assert imports(path) & OURS <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("package", ["agent", "knowledge"])
def test_every_public_name_can_be_imported(package: str) -> None:
    module = importlib.import_module(package)

    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_streamlit_is_only_imported_by_the_page() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in SOURCES if "streamlit" in imports(path)}

    assert found <= {"ui"}
