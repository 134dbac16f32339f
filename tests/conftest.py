"""What every test shares: a closed network, one index of the bundled documents, one advisor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.settings import Settings
from knowledge import KnowledgeBase

if TYPE_CHECKING:
    from agent import Advisor

TODAY = date(2026, 11, 24)
LOOPBACK = "127.0.0.1,::1,localhost"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Close the network but for this machine, and keep the caller's own settings out."""
    config.option.allow_hosts = LOOPBACK
    config.option.allow_unix_socket = True
    for name in [name for name in os.environ if name.startswith("ADVISOR_")]:
        del os.environ[name]
    Settings.model_config["env_file"] = None
    # LangGraph reads this when it is first imported, which is after this.
    os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index of the bundled documents, built once for the whole run."""
    folder = tmp_path_factory.mktemp("rightsize")
    with KnowledgeBase.open(folder) as base:
        base.sync()
    return folder


@pytest.fixture(scope="session")
def advisor(index_folder: Path) -> Iterator[Advisor]:
    """Return an advisor over that index whose conversations are kept in memory."""
    from agent import Advisor

    settings = Settings(index=index_folder, threads=Path(":memory:"), today=TODAY)
    with Advisor(settings) as opened:
        yield opened
