"""`python -m evals`: ask the cases, print the rates, write the report."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from agent import Advisor, Settings
from evals.cases import CaseError, chosen, load_cases
from evals.report import LATEST, PAGE, REPORTS, load, markdown, save
from evals.runner import run

LEAST_RATE = 0.0
"""Pass rate below which the command fails; 0 asks for a report only."""


def run_cli(
    only: str | None,
    out: Path | None,
    *,
    docs: bool = False,
    least: float = LEAST_RATE,
) -> int:
    """Run the cases that `only` names (all when None) and write the report into `out`.

    Returns 0, 1 when fewer than the share `least` pass, 2 when `only` names no case. The
    comparison is with the report that `out` holds from the run before.
    """
    try:
        cases = chosen(load_cases(), only)
    except CaseError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    folder = out or REPORTS
    before = load(folder / LATEST)
    with tempfile.TemporaryDirectory() as threads:
        settings = Settings(threads=Path(threads) / "threads.sqlite")
        with Advisor(settings) as advisor:
            report = run(advisor, cases, told=lambda line: _say(line))
    page = save(report, folder, before=before)
    if docs:
        PAGE.write_text(markdown(report, details=False), encoding="utf-8")
    _say(f"{report.overall.passed} of {report.cases} pass; report in {page}")
    return 0 if report.overall.rate >= least else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--only", help="tags or beginnings of case ids, by commas")
    parser.add_argument("--out", type=Path, help=f"folder of the report (default: {REPORTS})")
    parser.add_argument("--docs", action="store_true", help="write docs/evals.md too")
    parser.add_argument("--least", type=float, default=LEAST_RATE, help="pass rate needed, 0 to 1")
    given = parser.parse_args()
    return run_cli(given.only, given.out, docs=given.docs, least=given.least)


if __name__ == "__main__":
    raise SystemExit(main())
