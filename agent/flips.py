"""What would change the pick: each slot's nearest value at which another verdict wins.

Values are solved by bisection on a log scale and then verified by deciding again on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log

from agent.answer import Verdict
from agent.policy import Candidate, Decision, decide
from agent.wording import rounded

MOST_FLIPS = 3
STEPS = 24
REACH = 1000.0
"""A value more than this many times away from yours is no hinge."""
RANGES: dict[str, tuple[float, float]] = {
    "requests_per_day": (1.0, 1e7),
    "labeled_examples": (1.0, 1e6),
    "wrong_answer_usd": (0.0005, 1000.0),
}
SWITCHES: tuple[tuple[str, str | bool, str], ...] = (
    ("residency", "on_premises", "the data may not leave your building"),
    ("rules_change_often", True, "the labels or rules change every month"),
)


@dataclass(frozen=True, slots=True)
class Hinge:
    """A value of `slot` beyond which `verdict` wins; `value` None is a switch."""

    slot: str
    value: float | None
    yours: float | None
    direction: str
    verdict: Verdict
    label: str
    words: str
    distance: float


def hinges(candidates: Sequence[Candidate], decision: Decision) -> tuple[Hinge, ...]:
    """Return at most three hinges, the most reachable first."""
    pick = decision.pick
    if pick is None:
        return ()
    found: list[Hinge] = []
    for slot in RANGES:
        found += _numeric(candidates, decision, slot)
    for slot, value, words in SWITCHES:
        if getattr(decision.job, slot) == value:
            continue
        other = decide(candidates, decision.job.with_value(slot, value), decision.gap).pick
        if other and other.candidate.verdict != pick.candidate.verdict:
            found.append(
                Hinge(
                    slot,
                    None,
                    None,
                    "if",
                    other.candidate.verdict,
                    other.candidate.label,
                    words,
                    distance=log(30),
                )
            )
    found.sort(key=lambda hinge: hinge.distance)
    return tuple(found[:MOST_FLIPS])


def _numeric(candidates: Sequence[Candidate], decision: Decision, slot: str) -> list[Hinge]:
    """Return the nearest hinge below and above, if any, of one slot."""
    job = decision.job
    yours = float(getattr(job, slot))
    low, high = RANGES[slot]
    start = min(high, max(low, yours))

    def pick_at(value: float) -> tuple[Verdict, str] | None:
        chosen = decide(candidates, job.with_value(slot, value), decision.gap).pick
        return (chosen.candidate.verdict, chosen.candidate.label) if chosen else None

    found = []
    for direction, end in (("below", low), ("above", high)):
        limit = max(low, start / REACH) if direction == "below" else min(high, start * REACH)
        if abs(log(limit) - log(start)) < 0.05 or end == start:
            continue
        hinge = _solve(pick_at, start, limit, direction)
        if hinge is not None:
            value, verdict, label = hinge
            distance = abs(log(value) - log(max(yours, low)))
            found.append(Hinge(slot, value, yours, direction, verdict, label, "", distance))
    return sorted(found, key=lambda hinge: hinge.distance)[:1]


def _solve(
    pick_at: Callable[[float], tuple[Verdict, str] | None],
    start: float,
    limit: float,
    direction: str,
) -> tuple[float, Verdict, str] | None:
    """Return (value, verdict, label) of the nearest change between `start` and `limit`."""
    base = pick_at(start)
    if base is None:
        return None
    near, far = log(start), None
    for step in range(1, 9):
        point = log(start) + (log(limit) - log(start)) * step / 8
        there = pick_at(exp(point))
        if there is not None and there[0] != base[0]:
            far = point
            break
        near = point
    if far is None:
        return None
    for _ in range(STEPS):
        middle = (near + far) / 2
        there = pick_at(exp(middle))
        changed = there is not None and there[0] != base[0]
        near, far = (near, middle) if changed else (middle, far)
        if abs(far - near) < 0.004:
            break
    value = rounded(exp(far), 2)
    # The shown value is rounded away from the user's, so that it lies on the other side.
    nudged = value * (0.97 if direction == "below" else 1.03)
    verified = pick_at(nudged)
    if verified is None or verified[0] == base[0]:
        return None
    return value, verified[0], verified[1]
