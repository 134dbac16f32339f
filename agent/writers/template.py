"""The template writer: fixed sentences around computed and cited figures."""

from __future__ import annotations

from agent.kinds import (
    again,
    comparison,
    cost,
    fact,
    fit,
    plain,
    reality,
    recipe,
    recommendation,
    recommendation_text,
    speed,
    toolkit,
)
from agent.kinds.findings import Findings
from agent.turn import Draft, Turn


class TemplateWriter:
    """Words every kind of answer without a model; the same findings give the same words."""

    name = "embedded"

    def write(self, findings: Findings, turn: Turn) -> Draft:
        """Return the draft for `findings`."""
        match findings:
            case again.Again():
                return again.write(findings, turn)
            case plain.Back():
                return plain.ask_back(findings, turn)
            case plain.Declined():
                return plain.decline(findings, turn)
            case plain.NothingKnown():
                return plain.nothing_known(findings, turn)
            case fit.Fitted() | fit.Choice() | fit.Closed():
                return fit.write(findings, turn)
            case speed.Paced():
                return speed.write(findings, turn)
            case fact.Facts():
                return fact.write(findings, turn)
            case reality.Checked():
                return reality.write(findings, turn)
            case comparison.Compared():
                return comparison.write(findings, turn)
            case cost.Costed():
                return cost.write(findings, turn)
            case toolkit.Reviewed():
                return toolkit.write(findings, turn)
            case recipe.Recipe():
                return recipe.write(findings, turn)
            case recommendation.Recommended():
                return recommendation_text.draft(findings, turn)
