"""Print how well the training model foretells rows it was not fitted to; --docs writes the page."""

from __future__ import annotations

import sys
from pathlib import Path

from evals.training.report import report

PAGE = Path(__file__).resolve().parents[2] / "docs" / "training.md"


def main() -> None:
    """Fit with rows left out, and print or write the tables."""
    page = report()
    if "--docs" in sys.argv[1:]:
        PAGE.write_text(page, encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
