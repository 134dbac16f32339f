"""How many labels a tuned model needs: published crossings as data for the odds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

FEWEST, MOST = 5.0, 5000.0
"""Between these the number of examples matters; beyond them the curve is flat in the sources."""
TRIED = (5, 10, 30, 50, 100, 350, 1000, 5000)


class Crossing(BaseModel):
    """A published number of examples at which the tuned model drew level, or had not yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    job: str
    examples: float | None = None
    beyond: float | None = None
    source: str


@dataclass(frozen=True, slots=True)
class Share:
    """Share of the published jobs whose crossing lies at or below `examples`."""

    examples: float
    share: float


@lru_cache(maxsize=1)
def crossings() -> tuple[Crossing, ...]:
    """Return the published crossings."""
    text = resources.files("agent.core").joinpath("data/break_even_labels.yaml").read_text("utf-8")
    return tuple(Crossing(**row) for row in yaml.load(text, Loader=yaml.CSafeLoader))


@lru_cache(maxsize=1)
def shares() -> tuple[Share, ...]:
    """Return the curve of crossings as shares, smoothed by half a job at either end."""
    found = crossings()
    return tuple(
        Share(
            n,
            (sum(c.examples is not None and c.examples <= n for c in found) + 0.5)
            / (len(found) + 1),
        )
        for n in TRIED
    )


def curve(examples: float | None) -> float:
    """Return log10 of the examples, between 5 and 5,000, centred on 1,000; 0 where unknown."""
    if examples is None:
        return 0.0
    return float(np.log10(min(MOST, max(FEWEST, examples)))) - 3.0
