"""The policy: which option is the right one. One page, a few weights, all of them the user's.

Every option is weighed in dollars a month: what it costs to run, its one-time cost spread over the
horizon, less the value of being right more often than the frontier model. The last is

    points x requests a month x cost of a wrong answer,  points = gap x (2 x odds - 1)

where `odds` is the chance that the option at least matches the frontier model and `gap` is the
usual distance between winner and loser in published comparisons of that type of task. A
general model is measured against another general one: there the usual distance counts in full on
hard work only and less where little reasoning is needed (`gap_scale`). Hard
constraints come first: an option that breaks one is ruled out whatever it is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from agent.answer import Route, Verdict
from agent.calculation import Calculation
from agent.core.running import MONTH_DAYS
from agent.core.spend import Spend
from agent.job import Job

Array = NDArray[np.float64]
DRAWS = 400
ASSUMED_SPREAD = 0.7
"""Log spread of an assumed cost of a wrong answer: a factor of two either way."""
ASSUMED_FACTOR = 2.0
"""A hosted model's wait is assumed, not measured: it may be half as long."""
STATED_SPREAD = 0.15
COST_SPREAD = 0.15
MOST_CONFIDENT = 0.95
MENDED = 0.25
"""Part of what the small model gets wrong in its unsure share that an equal one mends (assumed)."""
NEAR = 0.35
"""Distance of the odds from even beyond which only `LEAST_MENDED` of that is left (assumed)."""
LEAST_MENDED = 0.1


@dataclass(frozen=True, slots=True)
class Chance:
    """Odds that an option at least matches the frontier model, with an 80% interval."""

    value: float
    low: float
    high: float
    evidence_ids: tuple[str, ...] = ()
    calculation: Calculation | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concrete way to do the job; odds and cost are functions of the job."""

    key: str
    label: str
    verdict: Verdict
    route: Route
    chance: Callable[[Job], Chance]
    spend: Callable[[Job], Spend]
    model: str | None = None
    hardware: str | None = None
    devices: int | None = None
    toolkit: str | None = None
    latency_ms: float | None = None
    gap_scale: float = 1.0
    leaves_premises: bool = False
    own_gpu: bool = False
    on_device: bool = False
    warning: str | None = None
    evidence_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate at one job: its odds, cost, value, and why it is out if it is."""

    candidate: Candidate
    chance: Chance
    spend: Spend
    points: float
    usd_total: float
    ruled_out_because: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The candidates by total, the ruled out last. The first is the pick, if any is allowed."""

    job: Job
    gap: float
    ranked: tuple[Weighed, ...]

    @property
    def pick(self) -> Weighed | None:
        """Return the recommended option, or None where all are ruled out."""
        first = self.ranked[0] if self.ranked else None
        return first if first and first.ruled_out_because is None else None

    @property
    def allowed(self) -> tuple[Weighed, ...]:
        """Return the options that no constraint rules out."""
        return tuple(item for item in self.ranked if item.ruled_out_because is None)


def points(gap: float, odds: float) -> float:
    """Return the expected lead over the frontier model, in points of 0 to 100."""
    return gap * (2 * odds - 1)


def weigh(candidate: Candidate, job: Job, gap: float) -> Weighed:
    """Return what `candidate` is worth for `job`."""
    chance, spend = candidate.chance(job), candidate.spend(job)
    lead = points(gap, chance.value) * candidate.gap_scale
    value = lead / 100 * job.requests_per_day * MONTH_DAYS * job.wrong_answer_usd
    total = spend.usd_per_month + spend.usd_one_time / (12 * job.years) - value
    return Weighed(candidate, chance, spend, lead, total, ruled_out(candidate, job, spend))


def ruled_out(candidate: Candidate, job: Job, spend: Spend) -> str | None:
    """Return the constraint that `candidate` breaks, in words, or None."""
    if job.on_device and not candidate.on_device:
        return "it has to run on each user's own device"
    if job.residency == "on_premises" and candidate.leaves_premises:
        return "the data may not leave your building"
    if job.hardware == () and candidate.own_gpu:
        return "you have no GPUs of your own"
    budget = job.budget_usd_per_month
    if budget is not None and spend.usd_use > budget:
        return "it costs more a month than your budget, people not counted"
    wait = candidate.latency_ms
    if wait is not None and candidate.route in ("api", "cascade"):
        wait /= ASSUMED_FACTOR
    if job.latency_ms is not None and wait is not None and wait > job.latency_ms:
        return "it answers slower than you allow"
    return None


def decide(candidates: Sequence[Candidate], job: Job, gap: float) -> Decision:
    """Weigh every candidate; the cheapest total that no constraint rules out is the pick."""
    weighed = [weigh(candidate, job, gap) for candidate in candidates]
    weighed.sort(key=lambda w: (w.ruled_out_because is not None, w.usd_total, w.candidate.key))
    return Decision(job, gap, tuple(weighed))


def confidence(decision: Decision, *, comparisons: int) -> tuple[float, float, float] | None:
    """Return how often the pick's verdict stays first when what is uncertain varies.

    Odds are drawn from their intervals, the cost of a wrong answer and the costs from theirs, with
    fixed random numbers. The outer values are Wilson's 80% interval for that share with as many
    trials as there are comparisons of this type (at least 5).
    """
    if decision.pick is None:
        return None
    share = min(MOST_CONFIDENT, _share_right(decision))
    n, z = max(5, comparisons), 1.2816
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return share, min(share, max(0.0, middle - reach)), max(share, min(0.99, middle + reach))


def _share_right(decision: Decision) -> float:
    rng = np.random.default_rng(20261124)
    job, options = decision.job, decision.allowed
    picked = options[0]
    spread = ASSUMED_SPREAD if "wrong_answer_usd" in job.assumed else STATED_SPREAD
    wrong = job.wrong_answer_usd * np.exp(rng.normal(0, spread, DRAWS))
    if "requests_per_day" in job.assumed:
        wrong = wrong * np.exp(rng.normal(0, ASSUMED_SPREAD, DRAWS))
    requests = job.requests_per_day * MONTH_DAYS
    shared = rng.normal(0, 1, DRAWS)
    best = np.full(DRAWS, np.inf)
    mine = np.full(DRAWS, np.inf)
    for option in options:
        odds = _drawn(option.chance, shared)
        fixed = option.spend.usd_per_month + option.spend.usd_one_time / (12 * job.years)
        cost: Array = fixed * np.exp(rng.normal(0, COST_SPREAD, DRAWS))
        gap = decision.gap * option.candidate.gap_scale
        total: Array = cost - gap * (2 * odds - 1) / 100 * requests * wrong
        if option.candidate.verdict == picked.candidate.verdict:
            mine = np.minimum(mine, total)
        else:
            best = np.minimum(best, total)
    # A draw where the difference is below a twentieth of the cost is a toss-up: half a point.
    margin = 0.05 * (picked.spend.usd_per_month + 1)
    wins = np.where(mine < best - margin, 1.0, np.where(mine < best + margin, 0.5, 0.0))
    return float(wins.mean())


def _drawn(chance: Chance, shared: Array) -> Array:
    """Return odds drawn on the logit scale; the interval is 80%, 2.56 standard deviations."""
    low, high = (min(0.995, max(0.005, end)) for end in (chance.low, chance.high))
    middle = min(0.995, max(0.005, chance.value))
    deviation = (_logit(high) - _logit(low)) / 2.56
    return 1 / (1 + np.exp(-(_logit(middle) + deviation * shared)))


def _logit(share: float) -> float:
    return log(share / (1 - share))


def cascade_chance(small: Chance, share: float) -> float:
    """Return the odds of a cascade that sends the least certain `share` to the frontier model.

    Where the small model is behind, escalating recovers 1 - (1 - share)^2 of the deficit: the
    unsure share holds more than its part of the errors. Where both are near, each is right on some
    that the other misses, so the frontier model mends part of what is left; one that is rated far
    below the small one mends little.
    """
    recovered = 1 - (1 - share) ** 2
    odds = small.value
    behind = max(0.0, 0.5 - odds)
    near = max(LEAST_MENDED, 1 - abs(odds - 0.5) / NEAR)
    return min(0.98, odds + behind * recovered + share * (1 - odds) * MENDED * near)


def escalation_share(odds: float) -> float:
    """Return the share that a cascade escalates: a tenth where the small model is sure to match."""
    return round(min(0.5, 0.1 + 0.5 * (1 - odds)), 2)


def scaled(chance: Chance, value: float) -> Chance:
    """Return `chance` moved to `value`, its interval moved along on the logit scale."""
    clipped = min(0.98, max(0.02, value))
    shift = _logit(clipped) - _logit(min(0.98, max(0.02, chance.value)))
    ends = [
        1 / (1 + exp(-(_logit(min(0.99, max(0.01, end))) + shift)))
        for end in (chance.low, chance.high)
    ]
    return replace(chance, value=clipped, low=ends[0], high=ends[1])
