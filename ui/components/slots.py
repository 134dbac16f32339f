"""The slots of a Profile in words: titles, chips and how their values are written."""

from __future__ import annotations

from collections.abc import Callable

from agent.answer import Verdict
from agent.profile import Profile
from agent.wording import number, percent, seconds, usd

TITLES: dict[str, str] = {
    "task": "The job",
    "task_type": "Kind of task",
    "domain": "Domain",
    "classes": "Queues or labels",
    "requests_per_day": "Requests a day",
    "input_tokens": "Tokens in",
    "output_tokens": "Tokens out",
    "labeled_examples": "Labeled examples",
    "latency_ms": "Answer within",
    "budget_usd_per_month": "Budget a month",
    "data_residency": "Where data may go",
    "hardware": "Own hardware",
    "languages": "Languages",
    "ml_engineers": "ML engineers",
    "quality_bar": "Share that must be right",
    "wrong_answer_usd": "Cost of a wrong answer",
    "rules_change_often": "Rules change often",
    "deadline": "Deadline",
}
"""Every slot that a person may see, in the order of the page."""

LONGEST_CODE = 4
"""Letters of a name such as "SXM" or "PCIe" that is written in capitals."""

TASKS: dict[str, str] = {
    "classification": "Sort or label text",
    "extraction": "Pull fields from documents",
    "ner": "Find names and entities",
    "qa_closed": "Answer from our documents",
    "qa_open_knowledge": "Answer from general knowledge",
    "reasoning": "Reason in steps",
    "math": "Solve maths",
    "code_generation": "Write code",
    "text_to_sql": "Turn questions into SQL",
    "function_calling": "Call functions",
    "agentic": "Run multi-step tasks",
    "translation": "Translate",
    "summarization": "Summarize",
    "open_writing": "Write freely",
    "dialogue": "Hold a conversation",
    "moderation": "Moderate content",
    "retrieval_ranking": "Search and rank",
    "embedding": "Embed text",
    "speech": "Speech",
    "vision_document": "Read scans and images",
    "time_series": "Forecast series",
    "other": "Something else",
}

RESIDENCIES: dict[str, str] = {
    "any": "Anywhere",
    "eu": "EU only",
    "on_premises": "On our premises",
}

VERDICTS: dict[Verdict, str] = {
    "specialized": "Smaller, tuned",
    "small_general": "Small, prompted",
    "ultra_large": "Ultra-large",
    "hybrid": "Both",
}


def residency(code: str) -> str:
    """Return where data may go, in words; an ISO country code stays one."""
    return RESIDENCIES.get(code, f"{code.upper()} only")


def short(value: float) -> str:
    """Return a count as people say it: 20,000 or 60k for whole thousands above 20,000."""
    if value > 20_000 and value % 1000 == 0:
        return f"{number(value / 1000, 6)}k" if value < 1e6 else f"{number(value / 1e6)}M"
    return number(value, 6)


_AMOUNTS: dict[str, Callable[[float], str]] = {
    "budget_usd_per_month": usd,
    "wrong_answer_usd": usd,
    "latency_ms": seconds,
    "quality_bar": percent,
}


def amount(slot: str, value: float) -> str:
    """Return a number of `slot` with its unit, as the hinge bars write it."""
    if value == 0 and _AMOUNTS.get(slot) is usd:
        return "$0"
    return _AMOUNTS[slot](value) if slot in _AMOUNTS else number(value, 3)


_CHIPS: dict[str, Callable[[Profile], str]] = {
    "task_type": lambda p: TASKS[p.task_type or "other"].lower(),
    "domain": lambda p: p.domain or "",
    "classes": lambda p: f"{p.classes} labels",
    "requests_per_day": lambda p: f"{short(p.requests_per_day or 0)} a day",
    "input_tokens": lambda p: f"{short(p.input_tokens or 0)} tokens in",
    "output_tokens": lambda p: f"{short(p.output_tokens or 0)} tokens out",
    "labeled_examples": lambda p: (
        f"{short(p.labeled_examples)} labeled" if p.labeled_examples else "no labels"
    ),
    "latency_ms": lambda p: f"within {seconds(p.latency_ms or 0)}",
    "budget_usd_per_month": lambda p: f"{usd(p.budget_usd_per_month or 0)} a month",
    "data_residency": lambda p: residency(p.data_residency or "any"),
    "hardware": lambda p: ", ".join(_owned(p)) or "no GPUs",
    "languages": lambda p: ", ".join(p.languages or ()),
    "ml_engineers": lambda p: f"{number(p.ml_engineers or 0)} ML engineers",
    "quality_bar": lambda p: f"{percent(p.quality_bar or 0)} right",
    "wrong_answer_usd": lambda p: f"a wrong answer costs {usd(p.wrong_answer_usd or 0)}",
    "rules_change_often": lambda p: (
        "rules change often" if p.rules_change_often else "stable rules"
    ),
    "routine_share": lambda p: f"{percent(p.routine_share or 0)} routine",
    "on_device": lambda p: "on users' devices" if p.on_device else "not on users' devices",
    "deadline": lambda p: f"by {p.deadline}",
}


def _owned(profile: Profile) -> list[str]:
    return [f"{count} x {_device(name)}" for name, count in profile.hardware or ()]


def _device(name: str) -> str:
    """Return a catalogue id as people write it: "hardware/nvidia-h100-sxm" is "H100 SXM"."""
    parts = name.partition("/")[2].split("-")
    known = parts[1:] if len(parts) > 1 else parts
    return " ".join(
        part.upper() if len(part) <= LONGEST_CODE or any(map(str.isdigit, part)) else part.title()
        for part in known
    )


def chip(profile: Profile, slot: str) -> str:
    """Return the stated `slot` as a chip says it, or "" for one that has no chip."""
    written = _CHIPS.get(slot)
    return written(profile) if written and getattr(profile, slot) is not None else ""
