"""Everything that working out a question may find, by kind of answer."""

from __future__ import annotations

from agent.kinds.again import Again
from agent.kinds.comparison import Compared
from agent.kinds.cost import Costed
from agent.kinds.fact import Facts
from agent.kinds.fit import Choice, Closed, Fitted
from agent.kinds.on_paper import OnPaper
from agent.kinds.plain import Back, Declined, NothingKnown
from agent.kinds.reality import Checked
from agent.kinds.recipe import Recipe
from agent.kinds.recommendation import Recommended
from agent.kinds.rent import Rented
from agent.kinds.speed import Paced
from agent.kinds.studies import StudyFigures
from agent.kinds.superiority import Superiority
from agent.kinds.toolkit import Reviewed
from agent.kinds.weights import Heavy

Findings = (
    Again
    | Back
    | Declined
    | NothingKnown
    | Fitted
    | Choice
    | Closed
    | Paced
    | Facts
    | Heavy
    | Checked
    | OnPaper
    | Compared
    | Costed
    | Rented
    | Reviewed
    | Recipe
    | Recommended
    | StudyFigures
    | Superiority
)
