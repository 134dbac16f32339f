"""Refit the training model to the measured rows, and write its coefficients.

Run it after rows were added: `python scripts/fit_training.py`, then
`python -m evals.training --docs`.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from evals.training.fitting import fitted, held_out
from evals.training.report import GROUPS, shipped_spread
from evals.training.rows import rows

OUT = Path(__file__).resolve().parents[1] / "agent" / "core" / "data" / "training.yaml"
HEAD = """\
# Written by scripts/fit_training.py from evals/data/measured_training.jsonl; do not edit.
# What each one means: agent/core/training_fit.py. How well they foretell: docs/training.md.
"""


def main() -> None:
    """Fit, hold out for the width of the intervals, and write."""
    every = rows()
    held = [held_out(every, group) for group in GROUPS.values()]
    spreads = {
        "memory_spread": shipped_spread(held, "memory_gb"),
        "speed_spread": shipped_spread(held, "tok_s"),
    }
    found = fitted(every).model_copy(update=spreads).model_dump()
    rounded = {
        name: {key: round(one, 3) for key, one in value.items()}
        if isinstance(value, dict)
        else round(value, 3)
        for name, value in found.items()
    }
    OUT.write_text(HEAD + yaml.safe_dump(rounded, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
