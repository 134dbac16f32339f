"""The odds that a specialized model at least matches an ultra-large one, from published studies.

A regularised logistic regression over the comparisons of the study documents. Groups are shrunk
towards the common rate (partial pooling); the weight of labeled examples may not be negative; a
paper with many rows counts less than its rows. The interval is 80% and adds the spread between
papers to the uncertainty of the fit, so that it widens away from the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt
from typing import get_args

import numpy as np

from agent.calculation import Calculation, Input
from agent.core.features import LOW_RESOURCE, NO_FIELD, Case, Layout, case_of
from agent.core.odds_fit import Row, fit_odds
from agent.core.task_words import TypeWords, overlap, task_name, words
from agent.errors import InputError
from knowledge.schema import Comparison, Study, TaskType, Training

BETWEEN_PAPERS = 0.6
"""Standard deviation between papers on the logit scale, added to every interval."""
PUBLICATION_SHRINK = 0.8
"""Authors choose tests near their training data: log odds are shrunk by a fifth."""
EIGHTY = 1.2816
INFERRED_SPREAD = 0.5


class Odds(Calculation):
    """The answer of `specialized_odds`: `value`, `low`, `high`, and the nearest studies."""

    studies: tuple[str, ...] = ()
    n: int = 0

    @property
    def calculation(self) -> Calculation:
        """The odds as a plain calculation."""
        return Calculation(**{k: getattr(self, k) for k in Calculation.model_fields})


@dataclass(frozen=True, slots=True)
class Gap:
    """Usual distance between winner and loser, in points of 0 to 100."""

    points: float
    low: float
    high: float
    n: int
    calculation: Calculation


@dataclass(frozen=True, slots=True)
class Counts:
    """How often which side won in the comparisons that a filter leaves."""

    specialized: int
    ties: int
    ultra_large: int
    papers: int
    studies: tuple[str, ...]
    calculation: Calculation

    @property
    def n(self) -> int:
        """Number of comparisons."""
        return self.specialized + self.ties + self.ultra_large


class Studies:
    """The published comparisons with the fitted odds. Refit by making a new one."""

    def __init__(self, studies: Sequence[Study]) -> None:
        """Fit the odds to `studies`."""
        self.rows = tuple(
            Row(study.id, comparison, case_of(comparison))
            for study in studies
            for comparison in study.comparisons
        )
        self._row_words = tuple(
            words(f"{row.comparison.task} {row.comparison.dataset}") for row in self.rows
        )
        self._type_words = TypeWords.of(
            (row.comparison.task, row.comparison.task_type) for row in self.rows
        )
        self._layout = Layout.of([row.case for row in self.rows])
        self._weights, self._covariance = fit_odds(self.rows, self._layout)

    @classmethod
    def from_documents(cls, studies: Iterable[Study]) -> Studies:
        """Return the odds fitted to `studies`."""
        return cls(tuple(studies))

    def odds(
        self,
        task: str,
        *,
        task_type: TaskType | None = None,
        domain: str | None = None,
        training: Training | None = None,
        train_examples: int | None = None,
        specialized_params_b: float | None = None,
    ) -> Odds:
        """Return P(specialized at least matches ultra-large); a tie counts as a match.

        Raises:
            InputError: if a value is not one of the valid choices, or negative.
        """
        _check(task_type, training, train_examples, specialized_params_b)
        inferred = task_type or self._type_words.infer(task)
        kinds: tuple[str, ...] = (training,) if training else ("task",)
        if training is None and train_examples == 0:
            kinds = ("skill", "domain")
        if training is None and train_examples is None:
            kinds = ("task", "skill", "domain")
        cases = [
            Case(kind, inferred, domain, train_examples, specialized_params_b) for kind in kinds
        ]
        found = [self._predict(case, widen=task_type is None) for case in cases]
        case, (value, low, high) = max(zip(cases, found, strict=True), key=lambda pair: pair[1][0])
        if training is None and train_examples is None:
            value, low, high = _average(found)
        near = self.nearest(task, case)
        alike = [r for r in self.rows if r.case.training == case.training]
        return Odds(
            id=f"calc/odds/{case.training}-{inferred or 'any'}-{train_examples}-{domain or 'any'}"
            f"-{specialized_params_b or 'any'}",
            name="chance that the specialized model at least matches the ultra-large one",
            formula="regularised logistic regression over published comparisons, "
            "shrunk by a fifth for publication bias",
            inputs=(
                Input(name="published comparisons", value=len(self.rows), source="the studies"),
                Input(
                    name="of these with a model trained the same way",
                    value=len(alike),
                    source="the studies",
                ),
                Input(name="trained for", value=_TRAINED[case.training]),
                Input(name="type of task", value=task_name(inferred or "unknown")),
                Input(
                    name="labeled examples",
                    value="unknown" if train_examples is None else train_examples,
                ),
            ),
            value=value,
            unit="probability",
            low=low,
            high=high,
            sources=near,
            studies=near,
            n=len(alike),
        )

    def predict(self, case: Case) -> float:
        """Return the fitted probability without the shrink for publication bias."""
        return _logistic(float(self._layout.row(case) @ self._weights))

    def nearest(self, task: str, case: Case, n: int = 5) -> tuple[str, ...]:
        """Return the ids of the `n` studies most like the case, the nearest first."""
        asked = words(task)
        best: dict[str, float] = {}
        for row, shared in zip(self.rows, self._row_words, strict=True):
            score = _likeness(row, case, overlap(asked, shared))
            best[row.study] = max(best.get(row.study, 0.0), score)
        ranked = sorted(best, key=lambda study: (-best[study], study))
        return tuple(ranked[:n])

    def nearest_comparisons(
        self,
        task: str,
        *,
        task_type: TaskType | None,
        domain: str | None,
        training: Training | None,
        n: int = 3,
    ) -> tuple[tuple[str, Comparison], ...]:
        """Return the `n` comparisons most like the job, with their study's id.

        Only comparisons of the type of task count, of the training where one is given, and of the
        same field or of none; those on a language with few texts count for it whatever the task.
        A tie tells nothing and is left out.
        """
        asked, case = words(task), Case(training or "task", task_type, domain, None, None)
        alike = [
            (_likeness(row, case, overlap(asked, shared)), row)
            for row, shared in zip(self.rows, self._row_words, strict=True)
            if row.comparison.winner != "tie"
            and (
                _same_terms(row.case, task_type, domain, training)
                or domain == LOW_RESOURCE == row.case.domain
            )
        ]
        alike.sort(key=lambda pair: (-pair[0], pair[1].study))
        return tuple((row.study, row.comparison) for _, row in alike[:n])

    def typical_gap(self, task_type: TaskType | None, training: Training | None) -> Gap:
        """Return the median distance between the sides, pooled with all comparisons.

        Only scores on a scale of 0 to 1 or 0 to 100 count. With few rows of the type the median
        is drawn to that of all: weight n / (n + 10).
        """
        every = [(row, gap) for row in self.rows if (gap := _gap(row.comparison)) is not None]
        alike = [
            (row, gap)
            for row, gap in every
            if row.case.task_type == task_type and training in (None, row.case.training)
        ]
        overall = float(np.median([gap for _, gap in every]))
        own = [gap for _, gap in alike]
        weight = len(own) / (len(own) + 10)
        points = weight * (float(np.median(own)) if own else 0.0) + (1 - weight) * overall
        low, high = (float(v) for v in np.percentile(own or [g for _, g in every], (10, 90)))
        studies = tuple(dict.fromkeys(row.study for row, _ in (alike or every)))[:5]
        calculation = Calculation(
            id=f"calc/gap/{task_type or 'any'}-{training or 'any'}",
            name="usual distance between winner and loser",
            formula="median of |difference| on a 0-100 scale, pooled: "
            "own x n/(n+10) + all x 10/(n+10)",
            inputs=(
                Input(name="comparisons of this type", value=len(own), source="the studies"),
                Input(name="median of this type", value=float(np.median(own)) if own else "none"),
                Input(name="median of all", value=round(overall, 2), unit="points"),
            ),
            value=points,
            unit="points",
            sources=studies,
        )
        return Gap(points, low, high, len(own), calculation)

    def counts(self, task_type: TaskType | None = None, training: Training | None = None) -> Counts:
        """Return wins, ties and losses of the specialized side among the comparisons that match."""
        rows = [
            row
            for row in self.rows
            if task_type in (None, row.case.task_type) and training in (None, row.case.training)
        ]
        wins = sum(row.comparison.winner == "specialized" for row in rows)
        ties = sum(row.comparison.winner == "tie" for row in rows)
        studies = tuple(dict.fromkeys(row.study for row in rows))
        calculation = Calculation(
            id=f"calc/counts/{task_type or 'any'}-{training or 'any'}",
            name="published comparisons that the specialized model won",
            formula="count over the study documents",
            inputs=(
                Input(name="comparisons", value=len(rows), source="the studies"),
                Input(name="ties", value=ties, source="the studies"),
                Input(name="papers", value=len(studies), source="the studies"),
            ),
            value=wins,
            unit="comparisons",
            sources=studies[:5],
        )
        return Counts(wins, ties, len(rows) - wins - ties, len(studies), studies, calculation)

    def _predict(self, case: Case, *, widen: bool) -> tuple[float, float, float]:
        row = self._layout.row(case)
        middle = float(row @ self._weights) * PUBLICATION_SHRINK
        unseen = case.task_type not in self._layout.types
        variance = float(row @ self._covariance @ row) + BETWEEN_PAPERS**2
        variance += INFERRED_SPREAD**2 * (widen + unseen)
        reach = EIGHTY * sqrt(variance)
        return _logistic(middle), _logistic(middle - reach), _logistic(middle + reach)


_TRAINED = {
    "task": "this very task",
    "skill": "the skill, not this task",
    "domain": "the domain only",
    "off_task": "another task, policy or schema",
}


def specialized_odds(
    task: str,
    *,
    task_type: TaskType | None = None,
    domain: str | None = None,
    training: Training | None = None,
    train_examples: int | None = None,
    specialized_params_b: float | None = None,
    ultra_large: str | None = None,
    studies: Studies | None = None,
) -> Odds:
    """Return the odds that a specialized model at least matches an ultra-large one.

    Args:
        task: the job in words.
        task_type: its type; None lets the words decide, with a wider interval.
        domain: such as "support" or "legal".
        training: what the specialized model was trained for; None follows from the examples.
        train_examples: labeled examples of exactly this job; 0 when none exist.
        specialized_params_b: size of the specialized model in billions of parameters.
        ultra_large: name of the large model; unused, as the studies are too few to tell them apart.
        studies: fitted studies; None uses those that ship.

    Raises:
        InputError: if a value is not one of the valid choices, or negative.
    """
    return (studies or _bundled()).odds(
        task,
        task_type=task_type,
        domain=domain,
        training=training,
        train_examples=train_examples,
        specialized_params_b=specialized_params_b,
    )


@lru_cache(maxsize=1)
def _bundled() -> Studies:
    from knowledge.documents import CORPUS, load_document

    paths = sorted((CORPUS / "studies").glob("*.md"))
    documents = [load_document(path).document for path in paths]
    return Studies.from_documents(d for d in documents if isinstance(d, Study))


def _check(
    task_type: str | None, training: str | None, examples: int | None, size: float | None
) -> None:
    for value, choices, name in (
        (task_type, get_args(TaskType), "task_type"),
        (training, get_args(Training), "training"),
    ):
        if value is not None and value not in choices:
            raise InputError(f"No {name} {value!r}. Valid: {', '.join(choices)}.")
    if examples is not None and examples < 0:
        raise InputError(f"train_examples must be 0 or more, not {examples!r}.")
    if size is not None and not size > 0:
        raise InputError(f"specialized_params_b must be above 0, not {size!r}.")


def _same_terms(
    case: Case, task_type: TaskType | None, domain: str | None, training: Training | None
) -> bool:
    """Tell whether a comparison is of that type of task and training, and of no other field."""
    return (
        case.task_type == task_type
        and training in (None, case.training)
        and (case.domain in (None, domain) or case.domain in NO_FIELD)
    )


def _average(found: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return the mean of several readings, with an interval that covers them."""
    middle = sum(value for value, _, _ in found) / len(found)
    return middle, min(low for _, low, _ in found), max(high for _, _, high in found)


def _gap(comparison: Comparison) -> float | None:
    """Return the distance of the sides in points of 0 to 100, or None on another scale."""
    a, b = comparison.specialized.score, comparison.ultra_large.score
    scale = comparison.score_scale or ""
    if scale.startswith("0-100") and max(a, b) <= 100:
        return abs(a - b)
    if scale.startswith("0-1") and max(a, b) <= 1:
        return 100 * abs(a - b)
    return None


def _logistic(z: float) -> float:
    return 1 / (1 + exp(-z))


def _likeness(row: Row, case: Case, overlap: float) -> float:
    """Return how like a published comparison is to a case; higher is nearer."""
    return (
        3.0 * (row.case.task_type == case.task_type)
        + 2.0 * (row.case.training == case.training)
        + 1.5 * (row.case.domain == case.domain and case.domain is not None)
        + 4.0 * (row.case.domain == LOW_RESOURCE == case.domain)
        + 2.0 * overlap
        + 0.5 * (row.comparison.reliability == "high")
        + 0.5 * (row.comparison.winner != "tie")
    )
