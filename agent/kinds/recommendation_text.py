"""The words of a recommendation: verdict first, two to four reasons, options, hinges, next steps."""

from __future__ import annotations

from agent.answer import Chart, Claim, Flip, Option, Question, Row, Section, Series, Table, Verdict
from agent.calculation import Calculation, Input
from agent.flips import Hinge
from agent.job import Job
from agent.kinds.costing import cost_workings, model_name
from agent.kinds.fact import cited_text
from agent.kinds.naming import short
from agent.kinds.recommendation import Recommended
from agent.policy import MONTH_DAYS, Weighed, escalation_share
from agent.turn import Draft, Turn
from agent.wording import day, number, percent, seconds, usd
from knowledge.schema import Toolkit, Training

HEADLINES: dict[Verdict, str] = {
    "specialized": "Specialized: {how}",
    "ultra_large": "Ultra-large: prompt {model}",
    "small_general": "A small general model is enough: prompt {model}",
    "hybrid": "Both: {model} first, the large one for what it is unsure of",
}
WORDS: dict[Verdict, str] = {
    "specialized": "a specialized model",
    "ultra_large": "the ultra-large model",
    "small_general": "a small general model",
    "hybrid": "both, small first",
}
SLOT_WORDS = {
    "requests_per_day": "requests a day",
    "labeled_examples": "usable labeled examples",
    "wrong_answer_usd": "for a wrong answer",
}
MOST_OPTIONS = 4
TIE_SHARE = 0.08
"""16 of 207 published comparisons ended level."""
MIN_TEST = 200


def draft(found: Recommended, turn: Turn) -> Draft:
    """Return the draft of a recommendation."""
    pick = found.decision.pick
    if pick is None:
        return _none_left(found, turn)
    shown = _shown(found)
    _make_citable(found, turn)
    works = {
        w.candidate.key: cost_workings(turn, w.candidate, found.job)
        for w in found.decision.ranked
    }
    sure = found.confidence
    sections = [
        Section(title="Why", claims=_reasons(found, turn, pick, works)),
        Section(title="", table=_table(found, shown, works, turn)),
        _flip_section(found),
        Section(title="Next", claims=_next_steps(found, turn, pick), style="numbered"),
        _assumption_section(found),
        _ruled_out_section(found),
    ]
    return Draft(
        kind="recommendation",
        verdict=pick.candidate.verdict,
        headline=_headline(pick, turn, sure),
        summary=_summary(found, turn, pick, works),
        sections=tuple(s for s in sections if s is not None),
        confidence=sure[0] if sure else None,
        confidence_low=sure[1] if sure else None,
        confidence_high=sure[2] if sure else None,
        assumed=dict(found.job.assumed),
        options=tuple(_option(w, found, works) for w in found.decision.ranked),
        flips=tuple(_flip(hinge) for hinge in found.hinges),
        missing=tuple(slot for slot in found.job.assumed if slot != "tokens"),
        questions=_questions(found),
        chart=_chart(found, shown),
        suggestions=_suggestions(found),
    )


def _make_citable(found: Recommended, turn: Turn) -> None:
    """Put the hinges, the latencies and the assumptions into the book."""
    book = turn.book
    book.slots["profile/assumed"] = "; ".join(found.job.assumed.values())
    for hinge in found.hinges:
        if hinge.value is None:
            book.slots[f"calc/flip/{hinge.slot}"] = f"{hinge.words} {hinge.label}"
            continue
        book.work(
            Calculation(
                id=f"calc/flip/{hinge.slot}",
                name=f"{hinge.slot.replace('_', ' ')} at which the pick changes",
                formula="solved by bisection, verified by deciding again beyond it",
                inputs=(
                    Input(name="yours", value=hinge.yours or 0.0),
                    Input(name="beyond it", value=f"{WORDS[hinge.verdict]}: {hinge.label}"),
                ),
                value=hinge.value,
                unit=SLOT_WORDS.get(hinge.slot, ""),
            )
        )
    for weighed in found.decision.ranked:
        candidate = weighed.candidate
        _odds_working(weighed, found, turn)
        book.name(candidate.label.split(",")[0])
        if candidate.latency_ms is not None:
            book.work(
                Calculation(
                    id=f"calc/latency/{candidate.key}",
                    name=f"{candidate.label}: time for one answer",
                    formula="wait for the first token + tokens out / pace",
                    inputs=(Input(name="tokens out", value=found.job.output_tokens),),
                    value=candidate.latency_ms,
                    unit="ms",
                )
            )


def _shown(found: Recommended) -> list[Weighed]:
    """Return the options of the table: the pick, then the best of each other verdict."""
    allowed = list(found.decision.allowed)
    first = allowed[:1]
    seen = {w.candidate.verdict for w in first}
    for weighed in allowed[1:]:
        if weighed.candidate.verdict not in seen:
            first.append(weighed)
            seen.add(weighed.candidate.verdict)
    rest = [w for w in allowed if w not in first]
    return (first + rest)[:MOST_OPTIONS]


def _headline(pick: Weighed, turn: Turn, sure: tuple[float, float, float] | None) -> str:
    if sure is not None and sure[0] < 0.55:
        return f"Close: {WORDS[pick.candidate.verdict]}, by a little"
    candidate = pick.candidate
    name = model_name(turn, candidate)
    tuned = candidate.key.startswith("tuned/")
    how = f"fine-tune {name} on your examples" if tuned else f"use {name} as it is"
    return HEADLINES[candidate.verdict].format(how=how, model=name)


def _summary(
    found: Recommended, turn: Turn, pick: Weighed, works: dict[str, tuple[str, ...]]
) -> Claim:
    odds = percent(_quality_odds(pick, found))
    lead = {
        "specialized": f"{odds} chance that it matches or beats a frontier model",
        "hybrid": f"{odds} chance that it does at least as well as a frontier model alone",
        "small_general": f"It gives up little: public votes would prefer it in {odds} of answers, "
        "and at your volume the difference is worth less than what it saves",
        "ultra_large": f"{odds} chance that it at least matches the best alternative",
    }[pick.candidate.verdict]
    money = f"{usd(pick.spend.usd_per_month)} a month and {usd(pick.spend.usd_one_time)} once"
    text = f"{lead}. {money}, people included."
    ids = [*works[pick.candidate.key]]
    ids += [_odds_working(pick, found, turn)]
    return Claim(text=text, evidence_ids=tuple(i for i in ids if i))


def _quality_odds(weighed: Weighed, found: Recommended) -> float:
    """Return the shown odds; those of the frontier model are against the best other option."""
    if weighed.candidate.verdict != "ultra_large" or weighed.chance.calculation is not None:
        return weighed.chance.value
    rivals = [
        w.chance.value
        for w in found.decision.allowed
        if w.candidate.verdict in ("specialized", "small_general")
    ]
    return min(0.98, 1 - max(rivals, default=0.5) + TIE_SHARE)


def _odds_working(weighed: Weighed, found: Recommended, turn: Turn) -> str:
    """Make the odds citable: the fit itself, or how the shown odds follow from it."""
    book, chance = turn.book, weighed.chance
    odds = _quality_odds(weighed, found)
    base = chance.calculation
    if base is not None:
        book.work(base)
        if abs(base.value - odds) < 1e-9:
            return base.id
    rival = max(
        (w for w in found.decision.allowed if w.candidate.verdict in ("specialized", "small_general")),
        key=lambda w: w.chance.value,
        default=None,
    )
    source = base or (rival.chance.calculation if rival else None)
    if source is not None:
        book.work(source)
    cascade = weighed.candidate.verdict == "hybrid"
    work = Calculation(
        id=f"calc/odds/{weighed.candidate.key}",
        name="quality odds of the cascade" if cascade else "quality odds of the large model",
        formula="odds of the small model, plus what escalating the unsure share recovers"
        if cascade
        else "1 - odds of the best alternative + share of published ties",
        inputs=(
            Input(
                name="odds of the small model" if cascade else "odds of the best alternative",
                value=round(source.value, 4) if source else 0.5,
                source=source.id if source else "assumed",
            ),
            Input(name="ties", value=TIE_SHARE)
            if not cascade
            else Input(
                name="share escalated",
                value=escalation_share(source.value) if source else 0.0,
            ),
        ),
        value=odds,
        unit="probability",
        sources=(source.id,) if source else (),
    )
    return book.work(work)[0]


def _reasons(
    found: Recommended, turn: Turn, pick: Weighed, works: dict[str, tuple[str, ...]]
) -> tuple[Claim, ...]:
    reasons = [
        _evidence_reason(found, turn),
        _study_reason(found, turn),
        _votes_reason(found, turn, pick),
        _money_reason(found, turn, pick, works),
        *_leaving_reasons(found, turn),
    ]
    return tuple(r for r in reasons if r is not None)[:4]


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
    training: Training | None = "task" if found.job.labeled_examples else None
    for study, comparison in turn.studies.nearest_comparisons(
        found.job.task, task_type=found.job.task_type, domain=found.job.domain, training=training
    ):
        statement = next(
            (
                s
                for s in turn.catalogue.statements(study)
                if s.group == "comparison"
                and s.text.startswith(f"On {comparison.dataset} ({comparison.task}), "
                                      f"{comparison.specialized.model}")
            ),
            None,
        )
        if statement is not None:
            turn.book.state(statement)
            document = turn.catalogue.get(study)
            turn.book.name(document.title, *_side_names(turn, study))
            return Claim(text=f"The nearest: {statement.text[0].lower()}{statement.text[1:]}.",
                         evidence_ids=(statement.id,))
    return None


def _side_names(turn: Turn, study: str) -> set[str]:
    rows = [r for r in turn.studies.rows if r.study == study]
    return {
        name
        for r in rows
        for name in (r.comparison.dataset, r.comparison.specialized.model,
                     r.comparison.ultra_large.model, r.comparison.metric)
    }


def _votes_reason(found: Recommended, turn: Turn, pick: Weighed) -> Claim | None:
    """Say what public votes say of the small general model, where it matters to the pick."""
    small = next(
        (w for w in found.decision.allowed
         if w.candidate.verdict == "small_general" and w.chance.calculation), None,
    )
    if small is None or pick.candidate.verdict not in ("small_general", "ultra_large"):
        return None
    work = small.chance.calculation
    if work is None or found.choices.frontier is None:
        return None
    turn.book.work(work)
    return Claim(
        text=f"In public votes {model_name(turn, small.candidate)} would be preferred to "
        f"{short(found.choices.frontier.model)} in {percent(work.value)} of answers: "
        + ("close enough that price decides." if work.value > 0.4
           else "a gap that shows on hard work."),
        evidence_ids=(work.id, *work.sources),
    )


def _money_reason(
    found: Recommended, turn: Turn, pick: Weighed, works: dict[str, tuple[str, ...]]
) -> Claim | None:
    """Put the money beside what it buys: a point of accuracy against the dearest option."""
    job = found.job
    requests = job.requests_per_day * MONTH_DAYS
    work = Calculation(
        id="calc/point-of-accuracy",
        name="what one point of accuracy is worth",
        formula="requests a day x 30.4375 / 100 x cost of a wrong answer",
        inputs=(
            Input(name="requests a day", value=job.requests_per_day),
            Input(name="answers a month", value=round(requests)),
            Input(name="answers in one point", value=round(requests / 100)),
            Input(name="cost of a wrong answer", value=round(job.wrong_answer_usd, 4), unit="USD"),
        ),
        value=requests / 100 * job.wrong_answer_usd,
        unit="USD a month",
        sources=("profile/requests_per_day",),
    )
    turn.book.work(work)
    dearest = max(found.decision.allowed, key=lambda w: w.spend.usd_per_month)
    more = work.value > dearest.spend.usd_per_month
    shown = number(round(requests / 100))
    wrong = usd(job.wrong_answer_usd)
    text = (
        f"One point of accuracy is {shown} answers a month. At {wrong} for a wrong one that is "
        f"{usd(work.value)} a month; the dearest option costs "
        f"{usd(dearest.spend.usd_per_month)}, "
        + ("so quality decides, not price." if more else "so price weighs more than quality.")
    )
    return Claim(text=text, evidence_ids=(work.id, *works[dearest.candidate.key]))


def _leaving_reasons(found: Recommended, turn: Turn) -> list[Claim]:
    claims = []
    for model in found.choices.named:
        statement = turn.fact(f"{model.id}#retires")
        if statement is not None and model.retires and turn.market.leaves_soon(model):
            turn.book.state(statement)
            turn.book.name(short(model), model.title, model.replacement or "")
            instead = f"; the maker names {model.replacement} instead" if model.replacement else ""
            claims.append(
                Claim(text=f"{short(model)} is a poor bet: its API ends on "
                      f"{day(model.retires)}{instead}.", evidence_ids=(statement.id,))
            )
    return claims


def _table(
    found: Recommended, shown: list[Weighed], works: dict[str, tuple[str, ...]], turn: Turn
) -> Table:
    pick = found.decision.pick
    odds = {w.candidate.key: _odds_working(w, found, turn) for w in shown}
    rows = []
    for weighed in shown:
        ids = works[weighed.candidate.key]
        latency = weighed.candidate.latency_ms
        rows.append(
            Row(
                cells=(
                    Claim(text=weighed.candidate.label),
                    Claim(text=f"{_quality_odds(weighed, found):.2f}",
                          evidence_ids=(odds[weighed.candidate.key],)),
                    Claim(text=usd(weighed.spend.usd_per_month), evidence_ids=ids),
                    Claim(text=usd(weighed.spend.usd_one_time), evidence_ids=ids),
                    Claim(text="about " + seconds(latency) if latency else "not known",
                          evidence_ids=("calc/latency/" + weighed.candidate.key,) if latency else ()),
                ),
                picked=weighed is pick,
            )
        )
    return Table(
        columns=("option", "quality odds", "a month", "one-time", "answer in"), rows=tuple(rows)
    )


def _option(
    weighed: Weighed, found: Recommended, works: dict[str, tuple[str, ...]]
) -> Option:
    candidate = weighed.candidate
    return Option(
        label=candidate.label,
        route=candidate.route,
        verdict=candidate.verdict,
        model=candidate.model,
        hardware=candidate.hardware,
        devices=weighed.spend.devices or candidate.devices,
        toolkit=candidate.toolkit,
        quality_odds=round(_quality_odds(weighed, found), 4),
        usd_per_month=round(weighed.spend.usd_per_month, 2),
        usd_one_time=round(weighed.spend.usd_one_time, 2),
        latency_ms=candidate.latency_ms,
        ruled_out_because=weighed.ruled_out_because,
        lines=weighed.spend.lines,
        evidence_ids=works[candidate.key],
    )


def _flip(hinge: Hinge) -> Flip:
    return Flip(
        slot=hinge.slot,
        text=_flip_text(hinge),
        value=hinge.value,
        yours=hinge.yours,
        unit=SLOT_WORDS.get(hinge.slot, ""),
        direction="if" if hinge.direction == "if" else
        ("below" if hinge.direction == "below" else "above"),
        verdict=hinge.verdict,
        label=hinge.label,
        evidence_ids=(f"calc/flip/{hinge.slot}",),
    )


def _flip_text(hinge: Hinge) -> str:
    instead = WORDS[hinge.verdict]
    if hinge.value is None:
        return f"If {hinge.words}: {instead} ({hinge.label})."
    side = "Fewer than" if hinge.direction == "below" else "More than"
    if hinge.slot == "wrong_answer_usd":
        side = "Under" if hinge.direction == "below" else "Over"
        return f"{side} {usd(hinge.value)} for a wrong answer: {instead} ({hinge.label})."
    return (
        f"{side} about {number(hinge.value, 2)} {SLOT_WORDS[hinge.slot]}: {instead} "
        f"({hinge.label})."
    )


def _flip_section(found: Recommended) -> Section:
    if not found.hinges:
        claims = (Claim(text="No plausible value of what you told changes the pick."),)
    else:
        claims = tuple(
            Claim(
                text=_flip_text(hinge),
                evidence_ids=(f"calc/flip/{hinge.slot}",),
            )
            for hinge in found.hinges
        )
    return Section(title="What would change this", claims=claims)


def _next_steps(found: Recommended, turn: Turn, pick: Weighed) -> tuple[Claim, ...]:
    job = found.job
    steps: list[Claim] = []
    test = "Hold out a few hundred recent examples" if job.labeled_examples else (
        "Write down two hundred real examples with the right answer"
    )
    others = [w.candidate.label.split(",")[0] for w in _shown(found)
              if w is not pick and w.candidate.route == "api"]
    steps.append(Claim(text=f"{test}, and agree which errors matter."))
    if others:
        turn.book.name(*others)
        steps.append(Claim(text=f"Prompt {' and '.join(dict.fromkeys(others))} on them: a day's "
                           "work, and the bar to beat."))
    if pick.candidate.key.startswith("tuned/"):
        steps.append(_tune_step(found, turn, pick))
    elif pick.candidate.verdict in ("ultra_large", "small_general") and not job.labeled_examples:
        steps.append(Claim(text="Keep every checked answer: a few hundred are enough to test a "
                           "tuned model later."))
    steps.append(Claim(text="Keep the cheapest that passes your bar, and run the same test again "
                       "whenever a model, a price or the job changes."))
    return tuple(steps)


def _tune_step(found: Recommended, turn: Turn, pick: Weighed) -> Claim:
    name = model_name(turn, pick.candidate)
    toolkit_id = pick.candidate.toolkit
    if toolkit_id and toolkit_id in turn.catalogue:
        toolkit = turn.catalogue.get(toolkit_id)
        if isinstance(toolkit, Toolkit):
            turn.book.name(toolkit.title)
            state = toolkit.maintenance.replace("_", " ")
            text = f"Tune {name} with {toolkit.title} (maintenance: {state}) on the rest."
            return cited_text(turn, toolkit, text)
    return Claim(text=f"Tune {name} on the rest.")


def _assumption_section(found: Recommended) -> Section | None:
    if not found.job.assumed:
        return None
    listed = "; ".join(found.job.assumed.values())
    text = f"Assumed: {listed}. Correct any of it and the answer is worked out again."
    return Section(
        title="",
        claims=(Claim(text=text, evidence_ids=("profile/assumed",)),),
        style="sentences",
    )


def _ruled_out_section(found: Recommended) -> Section | None:
    out = [w for w in found.decision.ranked if w.ruled_out_because]
    if not out:
        return None
    claims = tuple(
        Claim(text=f"{w.candidate.label.split(',')[0]}: {w.ruled_out_because}.") for w in out[:4]
    )
    return Section(title="Ruled out", claims=claims)


def _questions(found: Recommended) -> tuple[Question, ...]:
    """Ask for an assumed slot whose hinge lies within reach."""
    asked = {
        "labeled_examples": Question(
            slot="labeled_examples",
            text="How many labeled examples of exactly this do you have?",
            default="none",
        ),
        "requests_per_day": Question(
            slot="requests_per_day", text="How many requests a day?", default="1,000"
        ),
        "wrong_answer_usd": Question(
            slot="wrong_answer_usd",
            text="What does a wrong answer cost you?",
            default=usd(found.job.wrong_answer_usd),
        ),
    }
    return tuple(
        asked[h.slot] for h in found.hinges if h.slot in found.job.assumed and h.slot in asked
    )


def _chart(found: Recommended, shown: list[Weighed]) -> Chart | None:
    """Return cost over volume for the options of the table."""
    if len(shown) < 2:
        return None
    job = found.job
    you = job.requests_per_day
    low, high = min(200.0, you / 10), max(400_000.0, you * 10)
    steps = 60
    volumes = [low * (high / low) ** (i / steps) for i in range(steps + 1)]
    series = tuple(
        Series(
            label=w.candidate.label.split(",")[0],
            verdict=w.candidate.verdict,
            points=tuple(
                (round(v, 1), round(w.candidate.spend(
                    job.with_value("requests_per_day", v)).usd_per_month, 2))
                for v in volumes
            ),
        )
        for w in shown
    )
    crossing = _crossing(series)
    return Chart(
        kind="cost",
        series=series,
        you=you,
        break_even=crossing,
        alt="Cost a month over requests a day: " + "; ".join(
            f"{w.candidate.label.split(',')[0]} {usd(w.spend.usd_per_month)} at yours"
            for w in shown
        ) + ".",
    )


def _crossing(series: tuple[Series, ...]) -> float | None:
    """Return where the first line and the nearest large-model line cross, if they do."""
    first = series[0]
    other = next((s for s in series if s.verdict == "ultra_large" and s is not first), None)
    if other is None:
        other = series[1]
    for (x0, a0), (x1, a1), (_, b0), (_, b1) in zip(
        first.points, first.points[1:], other.points, other.points[1:], strict=False
    ):
        if (a0 - b0) * (a1 - b1) < 0:
            share = (a0 - b0) / ((a0 - b0) - (a1 - b1))
            return round(x0 * (x1 / x0) ** share)
    return None


def _suggestions(found: Recommended) -> tuple[str, ...]:
    suggestions = ["And if volume grows tenfold?"]
    if found.job.residency != "on_premises":
        suggestions.append("What if the data can't leave our building?")
    suggestions.append("And with 300 labels?" if found.job.labeled_examples != 300
                       else "And with no labels?")
    suggestions.append("Show the sources")
    return tuple(suggestions)


def _none_left(found: Recommended, turn: Turn) -> Draft:
    claims = tuple(
        Claim(text=f"{w.candidate.label.split(',')[0]}: {w.ruled_out_because}.")
        for w in found.decision.ranked[:5]
    )
    return Draft(
        kind="recommendation",
        headline="Nothing known meets all of these at once",
        summary=Claim(text="Each option breaks one of your conditions; relax one and ask again."),
        sections=(Section(title="Ruled out", claims=claims),),
        options=tuple(_option(w, found, {w.candidate.key: ()}) for w in found.decision.ranked),
        assumed=dict(found.job.assumed),
        suggestions=("What if a rented GPU were allowed?", "What if the budget were doubled?"),
    )
