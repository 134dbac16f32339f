"""The features of a comparison, one-hot by group, each group shrunk by its own ridge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
from numpy.typing import NDArray

from agent.core.learning_curve import curve
from knowledge.schema import Comparison

Array = NDArray[np.float64]
TRAININGS = ("task", "skill", "domain", "off_task")
LOW_RESOURCE = "low_resource_language"
"""The studies' domain for languages with few texts."""
NO_FIELD = frozenset(
    {"general", "documents", "writing", "translation", "coding", "software_agents", "search"}
    | {"safety", "evaluation", "data_analytics", "education", "enterprise_search"}
)
"""The studies' domains that only say where a type of task is at home, and are no field."""
RECALL = frozenset({"qa_closed", "qa_open_knowledge", "reasoning", "math", "agentic"})
"""Jobs that ask for knowledge or depth: tuning teaches the format of an answer, not facts, so more
than the usual thousand examples do not raise the odds."""
RIDGE = {
    "intercept": 0.05,
    "training": 0.4,
    "type": 1.5,
    "type_tuned": 2.0,
    "domain": 5.0,
    "curve": 0.05,
    "size": 4.0,
}
"""Prior precision of each group: training counts most, the domain's name least."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the odds are asked about, or a published comparison seen in the same terms."""

    training: str
    task_type: str | None
    domain: str | None
    train_examples: float | None
    parameters_b: float | None


def case_of(comparison: Comparison) -> Case:
    """Return the terms of a published comparison."""
    side = comparison.specialized
    return Case(
        side.training or "skill",
        comparison.task_type,
        comparison.domain,
        side.train_examples,
        side.parameters_b,
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns: their names, their ridge and the one that may not be negative."""

    types: tuple[str, ...]
    domains: tuple[str, ...]

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Layout:
        """Return the layout for the values that occur in `cases`."""
        return cls(
            tuple(sorted({c.task_type for c in cases if c.task_type})),
            tuple(sorted({c.domain for c in cases if c.domain})),
        )

    @property
    def size(self) -> int:
        """Number of columns."""
        return 1 + len(TRAININGS) + 2 * len(self.types) + len(self.domains) + 2

    @property
    def curve_column(self) -> int:
        """Column of the learning curve, whose weight may not be negative."""
        return self.size - 2

    def ridge(self) -> Array:
        """Return the prior precision of each column, shape (size,)."""
        groups = (
            [RIDGE["intercept"]]
            + [RIDGE["training"]] * len(TRAININGS)
            + [RIDGE["type"]] * len(self.types)
            + [RIDGE["type_tuned"]] * len(self.types)
            + [RIDGE["domain"]] * len(self.domains)
            + [RIDGE["curve"], RIDGE["size"]]
        )
        return np.array(groups)

    def row(self, case: Case) -> Array:
        """Return the features of `case`, shape (size,)."""
        row = np.zeros(self.size)
        row[0] = 1.0
        row[1 + TRAININGS.index(case.training)] = 1.0
        start = 1 + len(TRAININGS)
        if case.task_type in self.types:
            row[start + self.types.index(case.task_type)] = 1.0
            if case.training == "task":
                row[start + len(self.types) + self.types.index(case.task_type)] = 1.0
        start += 2 * len(self.types)
        if case.domain in self.domains:
            row[start + self.domains.index(case.domain)] = 1.0
        if case.training == "task":
            reach = curve(case.train_examples)
            row[self.curve_column] = min(0.0, reach) if case.task_type in RECALL else reach
        if case.parameters_b:
            row[-1] = min(0.7, max(-0.7, log10(case.parameters_b / 8.0)))
        return row
