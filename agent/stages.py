"""What each step of the flow reports while it works, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.kinds.recommendation import Recommended
from agent.understanding import Understanding
from agent.wording import number


def stage_text(node: str, update: Mapping[str, Any]) -> str:
    """Return the progress line for a finished node, such as "Read 9 passages"."""
    match node:
        case "understand":
            return f"Understood: {_understood(update['understanding'])}"
        case "plan":
            count = len(update["plan"].searches)
            return f"Planned {count} searches" if count != 1 else "Planned 1 search"
        case "act":
            passages = update["turn"].passages
            documents = len({passage.doc_id for passage in passages})
            return f"Read {len(passages)} passages of {documents} documents"
        case "decide":
            findings = update["findings"]
            if isinstance(findings, Recommended):
                return f"Costed {len(findings.decision.ranked)} options"
            return "Worked out the figures"
        case "compose":
            return "Wrote the answer"
        case _:
            return "Checked every figure"


def _understood(understanding: Understanding) -> str:
    profile = understanding.patch
    parts = [(profile.task_type or understanding.intent).replace("_", " ")]
    if profile.requests_per_day:
        parts.append(f"{number(profile.requests_per_day)} a day")
    if profile.labeled_examples is not None:
        parts.append(f"{number(profile.labeled_examples)} labeled")
    if profile.data_residency:
        parts.append(profile.data_residency.replace("_", " "))
    return ", ".join(parts)
