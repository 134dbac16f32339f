"""Quality odds of each route against the frontier model: from studies, or from public votes."""

from __future__ import annotations

from dataclasses import replace
from math import exp

from agent.calculation import Calculation, Input
from agent.core.odds import Odds, Studies
from agent.evidence import EvidenceBook
from agent.job import Job
from agent.market import INDEX, Market
from agent.policy import Chance
from knowledge.schema import Model, Training

MADE_FOR_IT = 0.78
INDEX_SCALE = 15.0
INDEX_SPREAD = 0.10
VOTE_SPREAD = 0.05
"""Half width of the 80% interval around odds from votes: chat votes stand in for your task."""


def _chance(odds: Odds) -> Chance:
    low = odds.value if odds.low is None else odds.low
    high = odds.value if odds.high is None else odds.high
    return Chance(odds.value, low, high, odds.studies[:3], odds.calculation)


def tuned_chance(studies: Studies, job: Job, *, parameters_b: float | None) -> Chance:
    """Return the odds of a model tuned on the job's own examples."""
    training: Training = "off_task" if job.rules_change_often else "task"
    odds = studies.odds(
        job.task,
        task_type=job.task_type,
        domain=job.study_domain,
        training=training,
        train_examples=job.labeled_examples,
        specialized_params_b=parameters_b,
    )
    return _chance(odds)


def ready_made_chance(
    studies: Studies, job: Job, *, training: Training, parameters_b: float | None
) -> Chance:
    """Return the odds of a ready-made model trained for the skill or the domain."""
    odds = studies.odds(
        job.task,
        task_type=job.task_type,
        domain=job.study_domain,
        training=training,
        specialized_params_b=parameters_b,
    )
    return _chance(odds)


def made_for_it_chance(model: Model, task: str) -> Chance:
    """Return the odds of a model made for a job that language models are not made for.

    No published comparison covers these jobs, so the odds are an assumption with a wide interval.
    """
    return _assumed(
        f"calc/odds/made-for/{model.id}",
        f"chance that {model.title} at least matches a general language model",
        "assumed: it is made for this job, and no published comparison was found",
        Chance(MADE_FOR_IT, 0.5, 0.92),
        Input(name="job", value=task),
    )


def _unrated(board: str, small: Model, large: Model, chance: Chance) -> Chance:
    return _assumed(
        f"calc/odds/unrated/{small.id}-{large.id}",
        f"odds of {small.title} against {large.title}",
        "assumed: the middle of what rated small models reach, since one of the two has no rating",
        chance,
        Input(name="board", value=board),
    )


def _assumed(id: str, name: str, formula: str, chance: Chance, *inputs: Input) -> Chance:
    """Return `chance` with a working that says it is assumed."""
    work = Calculation(
        id=id,
        name=name,
        formula=formula,
        inputs=inputs,
        value=chance.value,
        unit="probability",
        low=chance.low,
        high=chance.high,
    )
    return replace(chance, calculation=work)


def indexed_chance(market: Market, book: EvidenceBook, *, small: Model, large: Model) -> Chance:
    """Return the odds of a general model on hard work, from the general index of both.

    A logistic of the difference, 15 points to a factor of e: an assumed scale, since no study
    compares general models task by task. Models without an index get the middle of small ones.
    """
    mine, theirs = market.score(small, INDEX), market.score(large, INDEX)
    if mine is None or theirs is None:
        return _unrated(INDEX, small, large, Chance(0.25, 0.12, 0.42))
    odds = 1 / (1 + exp((theirs.value - mine.value) / INDEX_SCALE))
    ids = book.state(market.score_statement(small, INDEX), market.score_statement(large, INDEX))
    low, high = max(0.02, odds - INDEX_SPREAD), min(0.98, odds + INDEX_SPREAD)
    work = Calculation(
        id=f"calc/index/{small.id}-{large.id}",
        name=f"odds of {small.title} against {large.title} on hard work",
        formula="1 / (1 + e^((index of the large - index of the small) / scale)), scale assumed",
        inputs=(
            Input(name="index of the small", value=mine.value, source=ids[0]),
            Input(name="index of the large", value=theirs.value, source=ids[-1]),
            Input(name="scale", value=INDEX_SCALE, unit="points"),
        ),
        value=odds,
        unit="probability",
        low=low,
        high=high,
        sources=ids,
    )
    book.work(work)
    return Chance(odds, low, high, ids, work)


def voted_chance(
    market: Market, book: EvidenceBook, *, small: Model, large: Model, board: str
) -> Chance:
    """Return the share of votes that `small` would win against `large`, from their ratings.

    Elo's formula: 1 / (1 + 10^((large - small) / 400)). Votes are on chat answers, a proxy.
    Models without a rating get the middle of what rated small models reach, with a wide interval.
    """
    mine, theirs = market.score(small, board), market.score(large, board)
    if mine is None or theirs is None:
        return _unrated(board, small, large, Chance(0.35, 0.2, 0.5))
    share = 1 / (1 + 10 ** ((theirs.value - mine.value) / 400))
    ids = book.state(market.score_statement(small, board), market.score_statement(large, board))
    work = Calculation(
        id=f"calc/votes/{small.id}-{large.id}-{board}".replace(" ", "-"),
        name=f"share of votes {small.title} would win against {large.title}",
        formula="1 / (1 + 10^((rating of the large - rating of the small) / 400))",
        inputs=(
            Input(
                name="rating of the small", value=mine.value, source=ids[0] if ids else "assumed"
            ),
            Input(
                name="rating of the large", value=theirs.value, source=ids[-1] if ids else "assumed"
            ),
        ),
        value=share,
        unit="share",
        low=max(0.02, share - VOTE_SPREAD),
        high=min(0.98, share + VOTE_SPREAD),
        sources=ids,
    )
    book.work(work)
    return Chance(share, max(0.02, share - VOTE_SPREAD), min(0.98, share + VOTE_SPREAD), ids, work)
