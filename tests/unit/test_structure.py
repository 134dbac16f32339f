"""The rooms: imports never turn back, files stay small, the public names are real."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT: dict[str, set[str]] = {
    "knowledge": set(),
    "agent": {"knowledge"},
    "ui": {"agent", "knowledge"},
    "evals": {"agent", "knowledge"},
}
OURS = set(MAY_IMPORT)
SOURCES = [path for room in sorted(OURS) for path in sorted((ROOT / room).rglob("*.py"))]
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


def test_chroma_is_only_imported_by_knowledge() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in SOURCES if "chromadb" in imports(path)}

    assert found == {"knowledge"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_prints_or_imports_by_position(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    prints = [
        node.lineno
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    relative = [node.lineno for node in nodes if isinstance(node, ast.ImportFrom) and node.level]

    assert prints == []
    assert relative == []


@pytest.mark.parametrize("package", ["agent", "knowledge"])
def test_what_is_public_is_listed_once_and_nothing_else_is(package: str) -> None:
    module = importlib.import_module(package)
    given = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and getattr(value, "__module__", "").partition(".")[0] == package
    }

    assert len(module.__all__) == len(set(module.__all__))
    assert given <= set(module.__all__)


def test_importing_the_packages_loads_nothing_heavy_and_says_nothing() -> None:
    heavy = ("langgraph", "scipy", "chromadb", "onnxruntime", "streamlit")
    code = (
        "import sys, agent, knowledge\n"
        f"sys.exit(','.join(name for name in {heavy!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr.strip()) == ("", "")


def test_a_public_name_that_does_not_exist_is_an_attribute_error() -> None:
    import agent

    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = agent.nothing_of_that_name
