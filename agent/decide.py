"""From a question and its evidence to findings: which kind of working out is due."""

from __future__ import annotations

from collections.abc import Callable

from agent.errors import InputError
from agent.kinds import (
    again,
    comparison,
    cost,
    fact,
    fit,
    reality,
    recipe,
    recommendation,
    rent,
    speed,
    studies,
    superiority,
    toolkit,
)
from agent.kinds.asked import can_be_sized
from agent.kinds.fact import Facts
from agent.kinds.findings import Findings
from agent.kinds.naming import short
from agent.kinds.plain import Back, Declined, NothingKnown, Unread
from agent.turn import Turn
from agent.understanding import Intent

MOST_STATEMENTS = 4


def _cost(turn: Turn) -> Findings:
    """A device alone is rented or bought; a model or a job is costed over its life."""
    asked = turn.understanding
    device_only = asked.hardware and not asked.models and asked.parameters_b is None
    of_the_job = asked.follow_up or asked.patch.task_type is not None
    if device_only and not (of_the_job and turn.profile.task_type):
        return rent.work_out(turn)
    return cost.work_out(turn)


def _fact(turn: Turn) -> Findings:
    """A portrait of a product, unless it is judged or set against another form of itself."""
    if reality.is_judged(turn):
        return reality.work_out(turn)
    if comparison.is_of_variants(turn):
        return comparison.work_out(turn)
    if rent.is_priced(turn):
        return rent.work_out(turn)
    if cost.is_costed(turn):
        return cost.work_out(turn)
    return fact.work_out(turn)


def _comparison(turn: Turn) -> Findings:
    """Models set against each other at a stated load are costed at it."""
    return cost.work_out(turn) if cost.is_at_a_load(turn) else comparison.work_out(turn)


def _reality(turn: Turn) -> Findings:
    """A claim is checked; one that sets two devices against each other compares them."""
    devices = turn.understanding.hardware
    if len(devices) > 1 and superiority.CLAIMED.search(turn.message):
        return comparison.work_out(turn)
    return reality.work_out(turn)


WORKED_OUT_BY: dict[Intent, Callable[[Turn], Findings]] = {
    "explain": again.work_out,
    "sources": again.work_out,
    "fit": fit.work_out,
    "speed": speed.work_out,
    "fact": _fact,
    "reality_check": _reality,
    "comparison": _comparison,
    "cost": _cost,
    "toolkit": toolkit.work_out,
    "finetune": recipe.work_out,
    "deploy": recipe.work_out,
}
"""Each intent has one function that works it out; any other is a job to recommend for."""
NEEDS_A_PRODUCT = frozenset({"fit", "speed", "fact", "comparison", "deploy", "finetune", "toolkit"})


def decide(turn: Turn) -> Findings:
    """Work the question out. The same turn always gives the same findings."""
    asked = turn.understanding
    if asked.intent in ("off_topic", "hostile"):
        return Declined(hostile=asked.intent == "hostile")
    if asked.problems:
        return Back("value", asked.problems)
    if asked.unread:
        return Unread(asked.unread, _stands(asked.intent))
    if asked.intent == "invalid":
        return Back("empty")
    if asked.intent == "greeting":
        return Back("greeting")
    if asked.intent == "vague" and not (asked.just_answer or _half_described(turn)):
        return Back("vague")
    if superiority.is_claimed(turn):
        return superiority.work_out(turn)
    if undocumented := _undocumented(turn):
        return undocumented
    try:
        return WORKED_OUT_BY.get(asked.intent, recommendation.work_out)(turn)
    except InputError as error:
        return Back("value", (str(error),), cites=error.cites)


def _undocumented(turn: Turn) -> Facts | NothingKnown | None:
    """Return what can be said of a product that has no document, or None where none is named."""
    if cost.is_of_the_unknown(turn):
        return unknown_products(turn)
    if turn.understanding.intent not in NEEDS_A_PRODUCT or studies.are_asked(turn):
        return None
    told = fact.told_of(turn)
    sized = can_be_sized(turn) or not turn.understanding.unknown
    return told or (None if sized else unknown_products(turn))


def _stands(intent: Intent) -> str:
    """Return what the standing answer is about, as a key of `plain.TO_ASK`."""
    match intent:
        case "recommendation" | "cost":
            return "of a job"
        case "fit" | "speed":
            return "fit"
        case "fact":
            return "fact"
        case _:
            return "other"


def _half_described(turn: Turn) -> bool:
    """Tell whether enough of a job is known to answer under a stated assumption."""
    profile = turn.profile
    return profile.task_type is not None or bool(profile.classes or profile.labeled_examples)


def unknown_products(turn: Turn) -> NothingKnown:
    """Return what is not known, the nearest names, and a few facts of the products that are."""
    names = turn.understanding.unknown
    near = [short(doc) for name in names for doc in turn.catalogue.nearest(name, n=2)]
    known = []
    for doc_id in (*(i for i, _ in turn.understanding.hardware), *turn.understanding.models):
        known += [s for s in turn.catalogue.statements(doc_id) if s.value is not None][
            :MOST_STATEMENTS
        ]
    return NothingKnown(names, tuple(dict.fromkeys(near))[:2], tuple(known))
