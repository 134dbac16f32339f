"""A report as JSON to keep and as Markdown to read, with what changed since the last one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.runner import Rate, Report

REPORTS = Path(__file__).parent / "reports"
LATEST = "latest.json"
PAGE = Path(__file__).parent.parent / "docs" / "evals.md"
MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Change:
    """Which cases pass now and failed before, and the other way round."""

    mended: tuple[str, ...]
    broken: tuple[str, ...]


def change(now: Report, before: Report | None) -> Change:
    """Compare the cases that both runs hold."""
    if before is None:
        return Change((), ())
    failed_now, failed_before = _failed(now), _failed(before)
    return Change(
        mended=tuple(i for i in now.passed_ids if i in failed_before),
        broken=tuple(i for i in before.passed_ids if i in failed_now),
    )


def load(path: Path) -> Report | None:
    """Return the report kept at `path`, or None where there is none."""
    return Report.model_validate_json(path.read_text("utf-8")) if path.is_file() else None


def save(report: Report, folder: Path, *, before: Report | None) -> Path:
    """Write `latest.json` and `latest.md` into `folder` and return the path of the second."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LATEST).write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    page = folder / "latest.md"
    page.write_text(markdown(report, before=before), encoding="utf-8")
    return page


def markdown(report: Report, *, before: Report | None = None, details: bool = True) -> str:
    """Return the report as a page; without `details` failures are listed by name only."""
    changed = change(report, before)
    lines = [
        "# Evaluation",
        "",
        f"{report.overall.passed} of {report.cases} cases pass every scorer "
        f"({_percent(report.overall)}), on {report.date}, engine `{report.engine}`, "
        f"index `{report.snapshot[:12]}`. An answer takes {report.latency_median_s:.2f} s "
        f"(median; 95th percentile {report.latency_p95_s:.2f} s).",
        "",
        "Made by `python -m evals --docs`; do not edit.",
        "",
        *_rates("scorer", report.scorers, before.scorers if before else {}),
        "",
        *_rates("kind of question", report.kinds, before.kinds if before else {}),
    ]
    if before is not None:
        lines += ["", f"Mended since the last report: {_names(changed.mended)}."]
        lines += [f"Broken since the last report: {_names(changed.broken)}."]
    lines += ["", "## What fails", ""]
    lines += _failures(report, details=details) or ["Nothing."]
    return "\n".join(lines) + "\n"


def _failures(report: Report, *, details: bool) -> list[str]:
    lines: list[str] = []
    asked: str | None = None
    for item in report.failures:
        if item.case != asked:
            asked = item.case
            lines.append(f"- **{item.case}**: {_clip(item.question)}")
            if details:
                lines += [f"  - got {_clip(item.got)}", f"  - expected `{item.expected}`"]
        lines.append(f"  - {item.scorer}: {_clip(item.why) if details else _clip(item.why, 25)}")
    return lines


def _rates(name: str, now: dict[str, Rate], before: dict[str, Rate]) -> list[str]:
    lines = [
        f"| {name} | cases | pass | standard error | mean score | change |",
        "|---|---|---|---|---|---|",
    ]
    for key, item in now.items():
        earlier = before.get(key)
        moved = f"{(item.rate - earlier.rate) * 100:+.0f}" if earlier else ""
        lines.append(
            f"| {key} | {item.cases} | {item.rate:.0%} | {item.standard_error * 100:.1f} "
            f"| {item.mean:.2f} | {moved} |"
        )
    return lines


def _percent(item: Rate) -> str:
    return f"{item.rate:.0%}, standard error {item.standard_error * 100:.1f} points"


def _failed(report: Report) -> set[str]:
    return {item.case for item in report.failures}


def _names(ids: tuple[str, ...]) -> str:
    return ", ".join(ids) if ids else "none"


def _clip(text: str, words: int = MOST_WORDS) -> str:
    parts = text.replace("|", "/").replace("<", "&lt;").split()
    return " ".join(parts[:words]) + (" ..." if len(parts) > words else "")
