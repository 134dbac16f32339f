"""The writer port: from findings to a draft whose claims cite evidence."""

from __future__ import annotations

from typing import Protocol

from agent.kinds.findings import Findings
from agent.turn import Draft, Turn


class Writer(Protocol):
    """Words the findings. It can't change a figure or the pick: the check compares both."""

    name: str

    def write(self, findings: Findings, turn: Turn) -> Draft:
        """Return the draft of the answer."""
        ...
