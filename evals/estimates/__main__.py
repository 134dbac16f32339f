"""`python -m evals.estimates`: the estimator against what others measured, and against peers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evals.estimates.measure import measure
from evals.estimates.peers import PEERS
from evals.estimates.report import report
from evals.estimates.row import load_rows

DOCS = Path(__file__).parent.parent.parent / "docs" / "estimates.md"


def main() -> None:
    """Print the tables, or write them to the docs."""
    parser = argparse.ArgumentParser(prog="python -m evals.estimates", description=__doc__)
    parser.add_argument("--docs", action="store_true", help=f"write docs/{DOCS.name}")
    parser.add_argument(
        "--peers", nargs="*", choices=tuple(PEERS), default=None, help="which to compare with"
    )
    chosen = parser.parse_args()
    peers = tuple(PEERS) if chosen.peers is None else tuple(chosen.peers)
    text = report(measure(load_rows(), peers=peers))
    if chosen.docs:
        DOCS.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
