"""The template writer: fixed sentences around computed and cited figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.kinds import (
    again,
    comparison,
    comparison_text,
    cost,
    cost_text,
    fact,
    fact_text,
    fit,
    fit_text,
    on_paper,
    plain,
    reality,
    reality_text,
    recipe,
    recipe_text,
    recommendation,
    recommendation_text,
    rent,
    speed,
    studies,
    superiority,
    superiority_text,
    toolkit,
    weights,
)
from agent.kinds.findings import Findings
from agent.turn import Draft, Turn

WORDED_BY: dict[type, Callable[[Any, Turn], Draft]] = {
    again.Again: again.write,
    plain.Back: plain.ask_back,
    plain.Declined: plain.decline,
    plain.NothingKnown: plain.nothing_known,
    fit.Fitted: fit_text.write,
    fit.Choice: fit_text.write,
    fit.Closed: fit_text.write,
    speed.Paced: speed.write,
    studies.StudyFigures: studies.write,
    superiority.Superiority: superiority_text.write,
    fact.Facts: fact_text.write,
    weights.Heavy: weights.write,
    reality.Checked: reality_text.write,
    on_paper.OnPaper: on_paper.write,
    comparison.Compared: comparison_text.write,
    cost.Costed: cost_text.write,
    rent.Rented: rent.write,
    toolkit.Reviewed: toolkit.write,
    recipe.Recipe: recipe_text.write,
    recommendation.Recommended: recommendation_text.draft,
}
"""Each kind of findings has one function that words it."""


class TemplateWriter:
    """Words every kind of answer without a model; the same findings give the same words."""

    name = "embedded"

    def write(self, findings: Findings, turn: Turn) -> Draft:
        """Return the draft for `findings`."""
        return WORDED_BY[type(findings)](findings, turn)
