"""Fit the estimator's terms to the measured rows and write what ships with the package.

Run from the repository root: `python scripts/fit_estimator.py`. It takes a few minutes, because
every device and every model is left out once to size the intervals.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from evals.estimates.cases import speed_cases
from evals.estimates.fitting import Fit, left_out, spreads
from evals.estimates.row import load_rows

RATES = Path(__file__).parent.parent / "agent" / "core" / "data" / "rates.json"


def main() -> None:
    """Fit, leave out, and write the terms."""
    cases = speed_cases(load_rows())
    fit = Fit(cases)
    parameters = fit.solve(np.ones(len(cases), bool))
    held = {key: left_out(fit, key, parameters) for key in ("device", "model")}
    found = {
        "rows": len(cases),
        "spread": spreads(cases, held),
        "terms": fit.named(parameters),
    }
    RATES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
