"""The child process that reads one file: an order and bytes in, a page as JSON out."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from knowledge.errors import DocumentError
from knowledge.reading.page import Page
from knowledge.reading.pdf import read_pdf
from knowledge.reading.web_page import read_web_page
from knowledge.reading.word import read_word

READERS: dict[str, Callable[[bytes, str, str | None], Page]] = {
    "pdf": read_pdf,
    "html": read_web_page,
    "docx": read_word,
}
DEEPEST_CALLS = 5_000


def main() -> None:
    """Read the order and the file from standard input, write the page or the refusal."""
    order = json.loads(sys.stdin.buffer.readline())
    _limit(**order["limits"])
    sys.setrecursionlimit(DEEPEST_CALLS)
    answer = _answer(order["kind"], sys.stdin.buffer.read(), order["name"], order["charset"])
    sys.stdout.write(json.dumps(answer))


def _answer(kind: str, content: bytes, name: str, charset: str | None) -> dict[str, Any]:
    try:
        return asdict(READERS[kind](content, name, charset))
    except DocumentError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": f"{name}: needs more memory than is given to one file"}
    except RecursionError:
        return {"refused": f"{name}: is nested too deep"}
    # On a damaged file the parsers raise errors of every kind; each of them is a refusal.
    except Exception as error:
        return {"refused": f"{name}: is damaged ({type(error).__name__}: {str(error)[:200]})"}


def _limit(seconds: int, memory_bytes: int) -> None:
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))  # if the parent is gone


if __name__ == "__main__":
    main()
