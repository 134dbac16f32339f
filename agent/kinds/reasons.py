"""The two to five reasons that decide a recommendation, each with its evidence."""

from __future__ import annotations

from agent.answer import Claim
from agent.calculation import Calculation, Input
from agent.core.running import MONTH_DAYS
from agent.job import Job
from agent.kinds.costing import model_name
from agent.kinds.naming import short
from agent.kinds.option_rows import offered
from agent.kinds.published import record_reason, study_reason
from agent.kinds.recommendation import Recommended
from agent.market import INDEX
from agent.on_device import memory_working
from agent.policy import Weighed
from agent.turn import Turn
from agent.wording import day, gigabytes, number, percent, seconds, usd
from knowledge.schema import Model

MOST_REASONS = 5
ENOUGH_LABELS = 2000
"""Labels at which the learning curve has flattened for most tasks."""


def reasons(
    found: Recommended, turn: Turn, pick: Weighed, works: dict[str, tuple[str, ...]]
) -> tuple[Claim, ...]:
    """Return at most five reasons, the deciding ones first."""
    reasons = [
        _budget_reason(found.job, turn, pick),
        _wait_reason(found.job, pick),
        _split_reason(found.job, pick),
        _labels_reason(found, turn, pick),
        _device_reason(found.job, turn, pick),
        record_reason(found, turn, pick),
        study_reason(found, turn, pick),
        _input_reason(found.job, pick),
        _board_reason(found, turn, pick),
        _money_reason(found, turn, pick, works),
        *_leaving_reasons(found, turn),
    ]
    return tuple(r for r in reasons if r is not None)[:MOST_REASONS]


def _budget_reason(job: Job, turn: Turn, pick: Weighed) -> Claim | None:
    """Say what the budget covers, where the pick is dearer once people are counted."""
    budget, spend = job.budget_usd_per_month, pick.spend
    if budget is None or spend.usd_per_month <= budget:
        return None
    work = Calculation(
        id=f"calc/use/{pick.candidate.key}",
        name="a month without people",
        formula="total a month - people",
        inputs=(
            Input(name="total a month", value=round(spend.usd_per_month, 2), unit="USD"),
            Input(name="people", value=round(spend.usd_people, 2), unit="USD"),
            Input(name="budget", value=budget, unit="USD", source="profile/budget_usd_per_month"),
        ),
        value=spend.usd_use,
        unit="USD a month",
    )
    turn.book.work(work)
    return Claim(
        text=f"Your budget of {usd(budget)} covers what it runs on ({usd(spend.usd_use)} a month), "
        f"but not the people who look after it ({usd(spend.usd_people)}).",
        evidence_ids=(work.id, "profile/budget_usd_per_month"),
    )


def _wait_reason(job: Job, pick: Weighed) -> Claim | None:
    """Warn where a hosted model's assumed wait is longer than allowed, though not ruled out."""
    wait, limit = pick.candidate.latency_ms, job.latency_ms
    if wait is None or limit is None or wait <= limit:
        return None
    return Claim(
        text=f"Measure the wait first: {seconds(wait)} is assumed for a hosted model, and you "
        f"allow {seconds(limit)}.",
        evidence_ids=(f"calc/latency/{pick.candidate.key}", "profile/latency_ms"),
    )


def _split_reason(job: Job, pick: Weighed) -> Claim | None:
    """Say what the stated shares of easy and hard requests mean for the pick."""
    if job.routine_share is None or not pick.candidate.key.startswith("split/"):
        return None
    return Claim(
        text=f"By your own count {percent(job.routine_share)} of the requests are routine, which a "
        "small model does for little; only the rest needs the large one.",
        evidence_ids=("profile/routine_share",),
    )


def _labels_reason(found: Recommended, turn: Turn, pick: Weighed) -> Claim | None:
    """Say what labels would do for a tuned pick that has none yet."""
    job, candidate = found.job, pick.candidate
    if job.labeled_examples or not candidate.key.startswith("tuned/"):
        return None
    work = candidate.chance(job.with_value("labeled_examples", ENOUGH_LABELS)).calculation
    if work is None:
        return None
    turn.book.work(work)
    return Claim(
        text=f"It needs labels: with {ENOUGH_LABELS:,} of your own its odds would be "
        f"{percent(work.value)}.",
        evidence_ids=(work.id,),
    )


def _input_reason(job: Job, pick: Weighed) -> Claim | None:
    """Say which rivals are not described here where the input is a picture to be labeled."""
    if job.task_type != "vision_document" or not job.labels_only:
        return None
    return Claim(
        text="Plain image encoders (CLIP, ViT) are not described here, so none could be weighed; "
        "where labels are many, test one beside the pick."
    )


def _device_reason(job: Job, turn: Turn, pick: Weighed) -> Claim | None:
    """Say what a pick that runs on users' devices takes of their memory."""
    if not job.on_device or pick.candidate.model is None:
        return None
    model = turn.catalogue.get(pick.candidate.model)
    work = memory_working(model) if isinstance(model, Model) else None
    if work is None:
        return None
    turn.book.work(work)
    return Claim(
        text=f"Its weights take {gigabytes(work.value)} of the device's memory at 4 bit, and what "
        "else runs there needs the rest. The cost is people only, as the users' devices do the "
        "work.",
        evidence_ids=(work.id,),
    )


def _board_reason(found: Recommended, turn: Turn, pick: Weighed) -> Claim | None:
    """Say what a public board says of the small general model, where it matters to the pick."""
    small = next(
        (
            w
            for w in found.decision.allowed
            if w.candidate.verdict == "small_general" and w.chance.calculation
        ),
        None,
    )
    if small is None or pick.candidate.verdict not in ("small_general", "ultra_large"):
        return None
    work = small.chance.calculation
    if work is None or found.choices.frontier is None or "/unrated/" in work.id:
        return None
    turn.book.work(work)
    if work.id.startswith("calc/index/"):
        mine, theirs = (item.value for item in work.inputs[:2])
        turn.book.name(INDEX)
        return Claim(
            text=f"On the {INDEX} {model_name(turn, small.candidate)} has {number(float(mine))} "
            f"against {number(float(theirs))} of {short(found.choices.frontier.model)}: a gap that "
            "shows on this kind of work.",
            evidence_ids=(work.id, *work.sources),
        )
    return Claim(
        text=f"In public votes {model_name(turn, small.candidate)} would be preferred to "
        f"{short(found.choices.frontier.model)} in {percent(work.value)} of answers: "
        + ("nearly level." if work.value > 0.4 else "a gap that shows on hard work."),
        evidence_ids=(work.id, *work.sources),
    )


def _money_reason(
    found: Recommended, turn: Turn, pick: Weighed, works: dict[str, tuple[str, ...]]
) -> Claim | None:
    """Put the money beside what it buys: a point of accuracy, and the next best kind of option."""
    job = found.job
    if job.on_device:
        return None
    requests = job.requests_per_day * MONTH_DAYS
    work = Calculation(
        id="calc/point-of-accuracy",
        name="what one point of accuracy is worth",
        formula="requests a day x 30.4375 / 100 x cost of a wrong answer",
        inputs=(
            Input(
                name="requests a day",
                value=job.requests_per_day,
                source=_said("requests_per_day", job),
            ),
            Input(name="answers a month", value=round(requests), source="calculated"),
            Input(name="answers in one point", value=round(requests / 100, 2), source="calculated"),
            Input(
                name="cost of a wrong answer",
                value=round(job.wrong_answer_usd, 4),
                unit="USD",
                source=_said("wrong_answer_usd", job),
            ),
        ),
        value=requests / 100 * job.wrong_answer_usd,
        unit="USD a month",
        sources=("profile/requests_per_day",),
    )
    turn.book.work(work)
    others = [w for w in offered(found) if w.candidate.verdict != pick.candidate.verdict]
    single = [w for w in others if w.candidate.verdict != "hybrid"]
    rival = next(iter(single or others), None)
    shown = number(requests / 100, 3 if requests >= 1e4 else 2)
    text = (
        f"One point of accuracy is {shown} answers a month: {usd(work.value)} at "
        f"{usd(job.wrong_answer_usd)} for a wrong one. "
        if requests >= 100
        else ""
    )
    if rival is None:
        return Claim(text=text.strip(), evidence_ids=(work.id,)) if text else None
    spread = _spread_working(pick, rival, job, works)
    turn.book.work(spread)
    words = _money_words(pick, rival, spread.value, job, _called(turn, rival))
    return Claim(
        text=f"{text}{words}",
        evidence_ids=(work.id, spread.id),
    )


def _spread_working(
    pick: Weighed, rival: Weighed, job: Job, works: dict[str, tuple[str, ...]]
) -> Calculation:
    """Return what the pick costs a month beyond the best other kind of option."""
    inputs = []
    for sign, option in (("pick", pick), ("next", rival)):
        monthly, once = works[option.candidate.key]
        spend = option.spend
        inputs += [
            Input(
                name=f"{sign}: a month",
                value=round(spend.usd_per_month, 2),
                unit="USD",
                source=monthly,
            ),
            Input(
                name=f"{sign}: once", value=round(spend.usd_one_time, 2), unit="USD", source=once
            ),
        ]
    return Calculation(
        id="calc/pick-against-next",
        name="what the pick costs a month beyond the next best kind of option",
        formula="difference of (a month + once / months of the horizon)",
        inputs=(*inputs, Input(name="months", value=12 * job.years)),
        value=abs(_whole_month(pick, job) - _whole_month(rival, job)),
        unit="USD a month",
    )


def _called(turn: Turn, option: Weighed) -> str:
    if option.candidate.verdict == "hybrid":
        return "both together"
    return model_name(turn, option.candidate)


def _whole_month(option: Weighed, job: Job) -> float:
    return option.spend.usd_per_month + option.spend.usd_one_time / (12 * job.years)


def _money_words(pick: Weighed, rival: Weighed, apart: float, job: Job, name: str) -> str:
    """Say whether quality or price decides between the pick and the best other kind of option."""
    dearer = _whole_month(pick, job) > _whole_month(rival, job)
    better = pick.points >= rival.points
    if dearer:
        rest = f"{usd(apart)} more a month than {name}; the better odds are worth it."
        return f"All in, the pick costs {rest}"
    rest = "and the better bet." if better else "whose better odds are worth less."
    return f"All in, the pick is {usd(apart)} a month cheaper than {name}, {rest}"


def _said(slot: str, job: Job) -> str:
    """Return where a slot's value comes from: the user's words, or an assumption."""
    return "assumed" if slot in job.assumed else f"profile/{slot}"


def _leaving_reasons(found: Recommended, turn: Turn) -> list[Claim]:
    claims = []
    for model in found.choices.named:
        statement = turn.fact(f"{model.id}#retires")
        if statement is not None and model.retires and turn.market.leaves_soon(model):
            turn.book.state(statement)
            turn.book.name(short(model), model.title, model.replacement or "")
            instead = f"; the maker names {model.replacement} instead" if model.replacement else ""
            claims.append(
                Claim(
                    text=f"{short(model)} is a poor bet: its API ends on "
                    f"{day(model.retires)}{instead}.",
                    evidence_ids=(statement.id,),
                )
            )
    return claims
