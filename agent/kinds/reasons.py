"""The two to four reasons that decide a recommendation, each with its evidence."""

from __future__ import annotations

from agent.answer import Claim
from agent.calculation import Calculation, Input
from agent.core.spend import MONTH_DAYS
from agent.job import Job
from agent.kinds.costing import model_name
from agent.kinds.naming import short
from agent.kinds.recommendation import Recommended
from agent.market import INDEX
from agent.policy import Weighed
from agent.turn import Turn
from agent.wording import day, number, percent, seconds, usd
from knowledge.schema import Training


def reasons(
    found: Recommended, turn: Turn, pick: Weighed, works: dict[str, tuple[str, ...]]
) -> tuple[Claim, ...]:
    """Return at most four reasons, the deciding ones first."""
    reasons = [
        _wait_reason(found.job, pick),
        _evidence_reason(found, turn),
        _study_reason(found, turn),
        _board_reason(found, turn, pick),
        _money_reason(found, turn, pick, works),
        *_leaving_reasons(found, turn),
    ]
    return tuple(r for r in reasons if r is not None)[:4]


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


def _evidence_reason(found: Recommended, turn: Turn) -> Claim | None:
    """Say how often the specialized side won in comparisons like this one."""
    counts, job = found.counts, found.job
    if counts.n < 3:
        every = turn.studies.counts(None, "task" if job.labeled_examples else "skill")
        turn.book.work(every.calculation)
        trained = "tuned on the very task" if job.labeled_examples else "trained for the skill only"
        return Claim(
            text=f"Published comparisons of this type are few. Over all types, models {trained} "
            f"won {every.specialized} of {every.n}.",
            evidence_ids=(every.calculation.id,),
        )
    turn.book.work(counts.calculation)
    kind = job.task_type.replace("_", " ")
    if job.labeled_examples:
        labels = _labels_words(job)
        return Claim(
            text=f"Where the small model was trained on the very task, it won "
            f"{counts.specialized} of {counts.n} published {kind} comparisons. {labels}",
            evidence_ids=(counts.calculation.id, "profile/labeled_examples"),
        )
    return Claim(
        text=f"Specialized models won {counts.specialized} of {counts.n} published {kind} "
        "comparisons, but mostly with labels for the very task, and you have none.",
        evidence_ids=(counts.calculation.id,),
    )


def _labels_words(job: Job) -> str:
    if job.labeled_examples >= 1000:
        return "The crossover usually lies near a few hundred labels; you have far more."
    if job.labeled_examples >= 50:
        return "The crossover usually lies near a few hundred labels, which is where you stand."
    return "The crossover usually lies near a few hundred labels; you have fewer."


def _study_reason(found: Recommended, turn: Turn) -> Claim | None:
    """Quote the nearest published comparison."""
    trained: Training = "task" if found.job.labeled_examples else "skill"
    counted = turn.studies.counts(found.job.task_type, trained).n
    training = trained if counted else None
    for study, comparison in turn.studies.nearest_comparisons(
        found.job.task,
        task_type=found.job.task_type,
        domain=found.job.study_domain,
        training=training,
    ):
        statement = next(
            (
                s
                for s in turn.catalogue.statements(study)
                if s.group == "comparison"
                and s.text.startswith(
                    f"On {comparison.dataset} ({comparison.task}), {comparison.specialized.model}"
                )
            ),
            None,
        )
        if statement is not None:
            turn.book.state(statement)
            document = turn.catalogue.get(study)
            turn.book.name(document.title, *_side_names(turn, study))
            return Claim(
                text=f"The nearest: {statement.text[0].lower()}{statement.text[1:]}.",
                evidence_ids=(statement.id,),
            )
    return None


def _side_names(turn: Turn, study: str) -> set[str]:
    rows = [r for r in turn.studies.rows if r.study == study]
    return {
        name
        for r in rows
        for name in (
            r.comparison.dataset,
            r.comparison.specialized.model,
            r.comparison.ultra_large.model,
            r.comparison.metric,
        )
    }


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
            Input(name="answers in one point", value=round(requests / 100), source="calculated"),
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
    others = [w for w in found.decision.allowed if w.candidate.verdict != pick.candidate.verdict]
    single = [w for w in others if w.candidate.verdict != "hybrid"]
    rival = next(iter(single or others), None)
    shown = number(round(requests / 100))
    text = (
        f"One point of accuracy is {shown} answers a month: {usd(work.value)} at "
        f"{usd(job.wrong_answer_usd)} for a wrong one."
    )
    if rival is None:
        return Claim(text=text, evidence_ids=(work.id,))
    spread = _spread_working(pick, rival, job, works)
    turn.book.work(spread)
    words = _money_words(pick, rival, spread.value, job, _called(turn, rival))
    return Claim(
        text=f"{text} {words}",
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
