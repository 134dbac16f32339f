"""The template writer: fixed sentences around computed and cited figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.kinds import (
    again,
    by_api,
    cache,
    closed,
    comparison,
    comparison_text,
    cost,
    cost_text,
    fact,
    fact_text,
    fit,
    fit_text,
    lot,
    on_paper,
    plain,
    reality,
    reality_text,
    recipe,
    recipe_text,
    recommendation,
    recommendation_text,
    rent,
    rent_text,
    serve_other,
    serve_text,
    serving,
    speed,
    speed_text,
    stated_speed,
    studies,
    superiority,
    superiority_text,
    toolkit,
    tuning,
    untuned_text,
    weights,
)
from agent.kinds.findings import Findings
from agent.turn import Draft, Turn

WORDED_BY: dict[type, Callable[[Any, Turn], Draft]] = {
    again.Again: again.write,
    plain.Back: plain.ask_back,
    plain.Unread: plain.say_unread,
    plain.Declined: plain.decline,
    plain.NothingKnown: plain.nothing_known,
    fit.Fitted: fit_text.write,
    fit.Choice: fit_text.write,
    closed.Closed: closed.write,
    speed.Paced: speed_text.write,
    stated_speed.StatedSpeed: stated_speed.write,
    cache.Cached: cache.write,
    studies.StudyFigures: studies.write,
    superiority.Superiority: superiority_text.write,
    fact.Facts: fact_text.write,
    weights.Heavy: weights.write,
    reality.Checked: reality_text.write,
    on_paper.OnPaper: on_paper.write,
    comparison.Compared: comparison_text.write,
    cost.Costed: cost_text.write,
    lot.Lot: lot.write,
    rent.Rented: rent_text.write,
    toolkit.Reviewed: toolkit.write,
    tuning.Tuning: recipe_text.write,
    tuning.Beyond: untuned_text.beyond,
    serving.Server: serve_text.write,
    serve_other.OtherServer: serve_other.write,
    by_api.ByApi: by_api.write,
    recipe.Closed: untuned_text.closed,
    recommendation.Recommended: recommendation_text.draft,
}
"""Each kind of findings has one function that words it."""


class TemplateWriter:
    """Words every kind of answer without a model; the same findings give the same words."""

    name = "embedded"

    def write(self, findings: Findings, turn: Turn) -> Draft:
        """Return the draft for `findings`."""
        return WORDED_BY[type(findings)](findings, turn)
