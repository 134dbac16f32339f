"""Print how well the odds foretell papers they were not fitted to.

Each paper is left out in turn. Log-loss is averaged within a paper, then over papers, so that a
paper with many rows counts once; 0.693 is a coin. A tie counts as a match of the large model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log

from agent.core.features import Case, case_of
from agent.core.odds import PUBLICATION_SHRINK, Studies
from knowledge.documents import CORPUS, load_folder
from knowledge.schema import Comparison, Study

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


def leave_one_out(rule: Rule, papers: Sequence[Study]) -> tuple[float, float, float]:
    """Return (log-loss by paper, log-loss by row, share of rows on the right side of a half)."""
    by_paper, by_row, right = [], [], []
    for held in papers:
        chance = rule([paper for paper in papers if paper is not held])
        losses = []
        for comparison in held.comparisons:
            p = min(1 - FLOOR, max(FLOOR, chance(case_of(comparison))))
            happened = matched(comparison)
            losses.append(-log(p if happened else 1 - p))
            right.append((p > 0.5) == bool(happened))
        by_paper.append(sum(losses) / len(losses))
        by_row += losses
    return sum(by_paper) / len(papers), sum(by_row) / len(by_row), sum(right) / len(right)


def bundled_studies() -> list[Study]:
    """Return the study documents that ship."""
    found = [loaded.document for loaded in load_folder(CORPUS / "studies")]
    return [document for document in found if isinstance(document, Study)]


def main() -> None:
    """Print one line a rule."""
    papers = bundled_studies()
    rows = sum(len(paper.comparisons) for paper in papers)
    print(f"{len(papers)} papers, {rows} comparisons, one paper left out at a time")
    print(f"{'rule':28}{'log-loss/paper':>15}{'log-loss/row':>14}{'right side':>12}")
    for name, rule in RULES.items():
        by_paper, by_row, right = leave_one_out(rule, papers)
        print(f"{name:28}{by_paper:15.3f}{by_row:14.3f}{right:12.0%}")


if __name__ == "__main__":
    main()
