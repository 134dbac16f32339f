"""A catalogue, a market and turns without an index: what the pure parts of the agent need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from agent import Settings
from agent.core.odds import Studies
from agent.interpreters import RuleInterpreter
from agent.market import Market
from agent.profile import Profile
from agent.turn import Turn
from knowledge import CORPUS, Catalogue
from knowledge.documents import load_folder
from knowledge.schema import Study

TODAY = date(2026, 11, 24)
MakeTurn = Callable[[str], Turn]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue(load_folder(CORPUS))


@pytest.fixture(scope="session")
def studies(catalogue: Catalogue) -> Studies:
    return Studies.from_documents(d for d in catalogue.of("study") if isinstance(d, Study))


@pytest.fixture(scope="session")
def market(catalogue: Catalogue) -> Market:
    return Market(catalogue, TODAY)


@pytest.fixture
def turn_for(catalogue: Catalogue, studies: Studies, market: Market) -> MakeTurn:
    """Return a maker of turns: a message understood by the rules, nothing searched."""
    interpreter = RuleInterpreter(catalogue)

    def make(message: str) -> Turn:
        understanding = interpreter.understand(message, profile=Profile(), last=None)
        turn = Turn(
            understanding=understanding,
            profile=understanding.patch,
            catalogue=catalogue,
            studies=studies,
            market=market,
            settings=Settings(threads=Path(":memory:"), today=TODAY),
            today=TODAY,
        )
        turn.book.describe(turn.profile)
        turn.book.slots["profile/message"] = message
        return turn

    return make
