"""The real app on a free port with a real index, and a real headless browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_SECONDS = 60
BELOW_A_PAGE = re.compile(r"//[^/]+/\w+/_stcore/(?:health|host-config)$")
PATIENCE_MS = 20_000


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def app_url(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the app with the run's index and a conversation store of its own."""
    with _serving(index_folder, tmp_path_factory.mktemp("app")) as url:
        yield url


@pytest.fixture(scope="session")
def own_url(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the app over a copy of the run's index, so that adding disturbs no other test."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(index_folder, folder / "index")
    with _serving(folder / "index", folder) as url:
        yield url


@contextmanager
def _serving(index: Path, folder: Path) -> Iterator[str]:
    """Start the app over `index`, with conversations and log in `folder`; give its address."""
    port = _free_port()
    log = (folder / "app.log").open("w")
    command = [sys.executable, "-m", "streamlit", "run", "ui/app.py"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    command += ["--server.fileWatcherType=none"]
    environment = os.environ | {
        "ADVISOR_INDEX": str(index),
        "ADVISOR_TODAY": "2026-11-24",
        "ADVISOR_THREADS": str(folder / "threads.sqlite"),
    }
    app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", app)
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(timeout=20)
        log.close()


def _wait(url: str, app: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if app.poll() is not None:
            pytest.fail(f"the app ended with code {app.returncode} before it answered")
        try:
            with urlopen(url, timeout=2) as reply:
                if reply.status == 200:
                    return
        except (URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the app did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium: the one on the path or in CHROMIUM_PATH, else Playwright's own."""
    with sync_playwright() as playwright:
        started = _launch(playwright)
        yield started
        started.close()


def _launch(playwright: Playwright) -> Browser:
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    try:
        return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    except Error as error:
        pytest.fail(
            "No browser to test with. Run `playwright install chromium`, or "
            f"`apt-get install chromium`, or set CHROMIUM_PATH. ({error.message.splitlines()[0]})"
        )


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Open a visitor's context in light mode at 1440 x 900."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield opened
    opened.close()


def _is_fault(line: ConsoleMessage) -> bool:
    """Return whether the console shows an error that is ours.

    A page below the root first asks there for what Streamlit serves at the root.
    """
    return line.type == "error" and not BELOW_A_PAGE.search(line.location["url"])


def _said(line: ConsoleMessage) -> str:
    return f"{line.text} ({line.location['url']})"


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open a page; the test fails where the console shows an error."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda line: faults.append(_said(line)) if _is_fault(line) else None)
    opened.on("pageerror", lambda error: faults.append(error.message))
    yield opened
    assert faults == []
