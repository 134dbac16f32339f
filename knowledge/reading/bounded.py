"""Reading apart: a hostile file may cost a child process, never this one."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

from knowledge.errors import DocumentError
from knowledge.reading.kinds import Kind
from knowledge.reading.page import Page


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take. `memory_bytes` is not enforced on Windows."""

    seconds: int = 60
    memory_bytes: int = 1_500_000_000


LIMITS = Limits()


def read_apart(
    kind: Kind, content: bytes, name: str, charset: str | None, *, limits: Limits = LIMITS
) -> Page:
    """Return the page in `content`, read by a child process within `limits`.

    Raises:
        DocumentError: if it can't be read, or not within the limits.
    """
    order = {"kind": kind, "name": name, "charset": charset, "limits": asdict(limits)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "knowledge.reading.worker"],
            input=json.dumps(order).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentError(
            f"{name}: could not be read within {limits.seconds} seconds; it is damaged or too large"
        ) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise DocumentError(
            f"{name}: stopped its reader (exit code {done.returncode}); it is damaged or too large"
        ) from error
    if "refused" in answer:
        raise DocumentError(answer["refused"])
    return Page(**{**answer, "records": tuple(answer["records"])})
