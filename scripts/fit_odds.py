"""Tell how well the odds foretell papers they were not fitted to, and give examples.

Each paper is left out in turn. Log-loss is averaged within a paper, then over papers, so that a
paper with many rows counts once; 0.693 is a coin. A tie counts as a match of the large model.
`--docs` writes the result into docs/odds.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path
from statistics import mean, stdev

from agent.core.features import Case, case_of
from agent.core.odds import PUBLICATION_SHRINK, Studies
from knowledge.documents import CORPUS, load_folder
from knowledge.schema import Comparison, Study, TaskType, Training

PAGE = Path(__file__).resolve().parents[1] / "docs" / "odds.md"
BASELINE = "rate by training"
Rule = Callable[[Sequence[Study]], Callable[[Case], float]]
"""From the studies to learn from, a function from a case to the chance of at least a match."""
FLOOR = 0.02
"""No rule may claim more certainty than this, or one miss would cost without limit."""


def matched(comparison: Comparison) -> float:
    """Return 1 where the specialized model at least matched, else 0."""
    return 0.0 if comparison.winner == "ultra_large" else 1.0


def _share(papers: Sequence[Study], training: str | None) -> float:
    """Return the share of matches, each paper counted once, drawn to a half by one paper."""
    shares = []
    for paper in papers:
        rows = [c for c in paper.comparisons if training in (None, case_of(c).training)]
        if rows:
            shares.append(sum(map(matched, rows)) / len(rows))
    return (sum(shares) + 0.5) / (len(shares) + 1)


def always_large(_: Sequence[Study]) -> Callable[[Case], float]:
    """Never expect a specialized model to match."""
    return lambda _: 0.0


def constant(papers: Sequence[Study]) -> Callable[[Case], float]:
    """Expect the common share everywhere."""
    share = _share(papers, None)
    return lambda _: share


def by_training(papers: Sequence[Study]) -> Callable[[Case], float]:
    """Expect the share of what the specialized model was trained for."""
    shares = {kind: _share(papers, kind) for kind in ("task", "skill", "domain", "off_task")}
    return lambda case: shares[case.training]


def fitted(papers: Sequence[Study]) -> Callable[[Case], float]:
    """Expect what the regression says, before the shrink for publication bias."""
    return Studies.from_documents(papers).predict


def shrunk(papers: Sequence[Study]) -> Callable[[Case], float]:
    """Expect what the advisor says: the regression, log odds shrunk for publication bias."""
    predict = fitted(papers)

    def chance(case: Case) -> float:
        share = predict(case)
        odds: float = (share / (1 - share)) ** PUBLICATION_SHRINK
        return odds / (1 + odds)

    return chance


RULES: dict[str, Rule] = {
    "always the large model": always_large,
    "one rate for all": constant,
    "rate by training": by_training,
    "regression": fitted,
    "regression, shrunk (ships)": shrunk,
}


@dataclass(frozen=True, slots=True)
class Foretold:
    """How a rule did on papers it had not seen: log-loss of each paper and of each row."""

    by_paper: tuple[float, ...]
    by_row: tuple[float, ...]
    right: float

    def against(self, other: Foretold) -> tuple[float, float]:
        """Return the mean difference of log-loss over papers and its standard error."""
        apart = [a - b for a, b in zip(self.by_paper, other.by_paper, strict=True)]
        return mean(apart), stdev(apart) / sqrt(len(apart))


def leave_one_out(rule: Rule, papers: Sequence[Study]) -> Foretold:
    """Return how `rule` foretells each paper from all others."""
    by_paper, by_row, right = [], [], []
    for held in papers:
        chance = rule([paper for paper in papers if paper is not held])
        losses = []
        for comparison in held.comparisons:
            p = min(1 - FLOOR, max(FLOOR, chance(case_of(comparison))))
            happened = matched(comparison)
            losses.append(-log(p if happened else 1 - p))
            right.append((p > 0.5) == bool(happened))
        by_paper.append(mean(losses))
        by_row += losses
    return Foretold(tuple(by_paper), tuple(by_row), mean(right))


def bundled_studies() -> list[Study]:
    """Return the study documents that ship."""
    found = [loaded.document for loaded in load_folder(CORPUS / "studies")]
    return [document for document in found if isinstance(document, Study)]


def counted(papers: Sequence[Study]) -> str:
    """Return how much there is to learn from, in one line."""
    rows = [row for paper in papers for row in paper.comparisons]
    wins = sum(row.winner == "specialized" for row in rows)
    ties = sum(row.winner == "tie" for row in rows)
    return (
        f"{len(papers)} papers, {len(rows)} comparisons: the specialized model won {wins}, "
        f"{ties} ended level, the ultra-large one won {len(rows) - wins - ties}."
    )


def scores_table(papers: Sequence[Study]) -> str:
    """Return a Markdown table with one line a rule, each paper left out in turn."""
    found = {name: leave_one_out(rule, papers) for name, rule in RULES.items()}
    lines = [
        "| rule | log-loss, papers | log-loss, rows | right side of a half | against the best "
        "baseline |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, result in found.items():
        apart, error = result.against(found[BASELINE])
        lines.append(
            f"| {name} | {mean(result.by_paper):.3f} | {mean(result.by_row):.3f} | "
            f"{result.right:.0%} | "
            + ("|" if name == BASELINE else f"{apart:+.3f} (standard error {error:.3f}) |")
        )
    return "\n".join(lines)


EXAMPLES: tuple[tuple[str, TaskType, Training, int | None, float | None], ...] = (
    ("route support tickets", "classification", "task", 30, 0.15),
    ("route support tickets", "classification", "task", 300, 0.15),
    ("route support tickets", "classification", "task", 5000, 0.15),
    ("pull fields out of invoices", "extraction", "task", 2000, 8.0),
    ("write SQL for our schema", "text_to_sql", "task", 2000, 8.0),
    ("write SQL for our schema", "text_to_sql", "skill", None, 8.0),
    ("answer medical questions", "qa_closed", "domain", None, 8.0),
    ("moderate by a policy that changes", "moderation", "off_task", None, 8.0),
    ("call functions", "function_calling", "skill", None, 8.0),
    ("competition mathematics", "math", "task", 10_000, 8.0),
)


def examples_table(papers: Sequence[Study]) -> str:
    """Return a Markdown table of odds with their 80% intervals and the nearest study."""
    studies = Studies.from_documents(papers)
    lines = ["| job | trained for | labels | odds | 80% | nearest |", "|---|---|---|---|---|---|"]
    for task, task_type, training, examples, size in EXAMPLES:
        odds = studies.odds(
            task,
            task_type=task_type,
            training=training,
            train_examples=examples,
            specialized_params_b=size,
        )
        lines.append(
            f"| {task} | {training.replace('_', ' ')} | "
            f"{'' if examples is None else f'{examples:,}'} | {odds.value:.2f} | "
            f"{odds.low:.2f} to {odds.high:.2f} | {odds.studies[0].partition('/')[2]} |"
        )
    return "\n".join(lines)


def filled(text: str, name: str, content: str) -> str:
    """Return `text` with what stands between the markers of `name` replaced."""
    pattern = re.compile(f"<!-- {name} -->.*?<!-- end of {name} -->", flags=re.DOTALL)
    return pattern.sub(lambda _: f"<!-- {name} -->\n{content}\n<!-- end of {name} -->", text)


def main() -> None:
    """Print the counts, the scores and the examples; with --docs, write them into the page."""
    papers = bundled_studies()
    parts = {
        "counts": counted(papers),
        "scores": scores_table(papers),
        "examples": examples_table(papers),
    }
    print("\n\n".join(parts.values()))
    if "--docs" in sys.argv[1:]:
        page = PAGE.read_text(encoding="utf-8")
        for name, content in parts.items():
            page = filled(page, name, content)
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
