"""Starting the Streamlit page on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from ui.fonts import place_fonts

PAGE = Path(__file__).parent / "app.py"


def port_is_free(port: int, host: str) -> bool:
    """Tell whether a server may listen on `port` of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(*, port: int, host: str, headless: bool) -> int:
    """Serve the page until it is stopped; return the exit code.

    A port in use is told in one line, with the command that takes another.
    """
    if not port_is_free(port, host):
        sys.stderr.write(
            f"rightsize: port {port} is in use. Take another: rightsize ui --port {port + 1}\n"
        )
        return 2
    place_fonts()  # before the first visitor: the browser asks for them at once
    sys.stdout.write(f"Rightsize is at http://localhost:{port}  (Ctrl+C stops it)\n")
    sys.stdout.flush()
    # Without a display the browser can't be opened here; the address is printed instead.
    quiet = headless or not (os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32"))
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(PAGE)),
        *("--server.port", str(port), "--server.address", host),
        *("--server.headless", str(quiet).lower(), "--browser.gatherUsageStats", "false"),
    ]
    with subprocess.Popen(command, cwd=PAGE.parent.parent) as page:
        signal.signal(signal.SIGTERM, lambda *_: page.terminate())
        try:
            return page.wait()
        except KeyboardInterrupt:
            page.terminate()
            return 0
