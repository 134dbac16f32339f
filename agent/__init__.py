"""The advisor: understands a job, computes fit, speed and cost, decides, and shows its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.answer import Answer, Citation, Claim, Flip, Option, Stage, TextDelta
from agent.calculation import Calculation
from agent.errors import AdvisorError, InputError, UnknownName
from agent.profile import Profile
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.advisor import Advisor
    from agent.core.estimate import Estimate, estimate
    from agent.core.odds import Odds, specialized_odds

__all__ = [
    "Advisor",
    "AdvisorError",
    "Answer",
    "Calculation",
    "Citation",
    "Claim",
    "Estimate",
    "Flip",
    "InputError",
    "Odds",
    "Option",
    "Profile",
    "Settings",
    "Stage",
    "TextDelta",
    "UnknownName",
    "estimate",
    "specialized_odds",
]

_LAZY = {
    "Advisor": "agent.advisor",
    "Estimate": "agent.core.estimate",
    "estimate": "agent.core.estimate",
    "Odds": "agent.core.odds",
    "specialized_odds": "agent.core.odds",
}


def __getattr__(name: str) -> Any:
    """Load the parts that need LangGraph or SciPy only when they are asked for."""
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'agent' has no attribute {name!r}")
