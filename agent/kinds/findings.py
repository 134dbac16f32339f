"""Everything that working out a question may find, by kind of answer."""

from __future__ import annotations

from agent.kinds.again import Again
from agent.kinds.by_api import ByApi
from agent.kinds.cache import Cached
from agent.kinds.closed import Closed
from agent.kinds.comparison import Compared
from agent.kinds.cost import Costed
from agent.kinds.fact import Facts
from agent.kinds.fit import Choice, Fitted
from agent.kinds.lot import Lot
from agent.kinds.on_paper import OnPaper
from agent.kinds.plain import Back, Declined, NothingKnown, Unread
from agent.kinds.reality import Checked
from agent.kinds.recipe import Closed as Unpublished
from agent.kinds.recommendation import Recommended
from agent.kinds.rent import Rented
from agent.kinds.serve_other import OtherServer
from agent.kinds.serving import Server
from agent.kinds.speed import Paced
from agent.kinds.stated_speed import StatedSpeed
from agent.kinds.studies import StudyFigures
from agent.kinds.superiority import Superiority
from agent.kinds.toolkit import Reviewed
from agent.kinds.tuning import Beyond, Tuning
from agent.kinds.weights import Heavy

Findings = (
    Again
    | Back
    | Declined
    | NothingKnown
    | Unread
    | Fitted
    | Choice
    | Closed
    | Paced
    | StatedSpeed
    | Cached
    | Facts
    | Heavy
    | Checked
    | OnPaper
    | Compared
    | Costed
    | Lot
    | Rented
    | Reviewed
    | Tuning
    | Beyond
    | Server
    | OtherServer
    | ByApi
    | Unpublished
    | Recommended
    | StudyFigures
    | Superiority
)
