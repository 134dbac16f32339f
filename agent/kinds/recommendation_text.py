"""The words of a recommendation: verdict, reasons, options, hinges, next steps."""

from __future__ import annotations

from agent.answer import Claim, Question, Section, Verdict
from agent.kinds.cost_chart import cost_chart, with_crossing
from agent.kinds.costing import cost_workings, model_name
from agent.kinds.fact import cited_text
from agent.kinds.hinge_words import WORDS, flip_of, flip_section
from agent.kinds.option_rows import (
    best_rival_working,
    is_yardstick,
    make_citable,
    odds_working,
    option_of,
    options_table,
    shown_options,
)
from agent.kinds.reasons import reasons
from agent.kinds.recommendation import Recommended
from agent.policy import Weighed
from agent.turn import Draft, Turn
from agent.wording import percent, usd
from knowledge.schema import Toolkit

HEADLINES: dict[Verdict, str] = {
    "specialized": "Specialized: {how}",
    "ultra_large": "Ultra-large: prompt {model}",
    "small_general": "A small general model is enough: prompt {model}",
    "hybrid": "Both: {model} first, the large one for what it is unsure of",
}
MIN_TEST = 200


def draft(found: Recommended, turn: Turn) -> Draft:
    """Return the draft of a recommendation."""
    pick = found.decision.pick
    if pick is None:
        return _none_left(found, turn)
    shown = shown_options(found)
    make_citable(found, turn)
    works = {
        w.candidate.key: cost_workings(turn, w.candidate, found.job) for w in found.decision.ranked
    }
    sure = found.confidence
    sections = [
        Section(title="Why", claims=reasons(found, turn, pick, works)),
        Section(title="", table=options_table(found, shown, works, turn)),
        flip_section(found),
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
        options=tuple(option_of(w, found, works) for w in found.decision.ranked),
        flips=tuple(flip_of(hinge) for hinge in found.hinges),
        missing=tuple(slot for slot in found.job.assumed if slot != "tokens"),
        questions=_questions(found),
        chart=with_crossing(cost_chart([w.candidate for w in shown], found.job)),
        suggestions=_suggestions(found),
    )


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
    odds, working = percent(pick.chance.value), odds_working(pick, found, turn)
    lead = {
        "specialized": f"{odds} chance that it matches or beats a frontier model",
        "hybrid": f"{odds} chance that it does at least as well as a frontier model alone",
        "small_general": f"Odds of {odds} that it at least matches the frontier model, and at "
        "your volume the rest is worth less than what it saves",
        "ultra_large": f"{odds} chance that it at least matches the frontier model",
    }[pick.candidate.verdict]
    if is_yardstick(pick, found):
        rival = best_rival_working(found, turn)
        lead, working = "No alternative was found to measure it against", ""
        if rival is not None:
            lead = f"{percent(rival.value)} chance that it at least matches the best alternative"
            working = rival.id
    elif len({w.candidate.verdict for w in found.decision.allowed}) == 1:
        lead = f"It is what your conditions leave, with quality odds of {odds}"
    money = f"{usd(pick.spend.usd_per_month)} a month and {usd(pick.spend.usd_one_time)} once"
    text = f"{lead}. {money}, people included."
    ids = [*works[pick.candidate.key]]
    ids.append(working)
    return Claim(text=text, evidence_ids=tuple(i for i in ids if i))


def _next_steps(found: Recommended, turn: Turn, pick: Weighed) -> tuple[Claim, ...]:
    job = found.job
    steps: list[Claim] = []
    test = (
        "Hold out a few hundred recent examples"
        if job.labeled_examples
        else ("Write down two hundred real examples with the right answer")
    )
    others = [
        w.candidate.label.split(",")[0]
        for w in shown_options(found)
        if w is not pick and w.candidate.route == "api"
    ]
    steps.append(Claim(text=f"{test}, and agree which errors matter."))
    if others:
        turn.book.name(*others)
        steps.append(
            Claim(
                text=f"Prompt {' and '.join(dict.fromkeys(others))} on them: a day's "
                "work, and the bar to beat."
            )
        )
    if pick.candidate.key.startswith("tuned/"):
        steps.append(_tune_step(found, turn, pick))
    elif pick.candidate.verdict in ("ultra_large", "small_general") and not job.labeled_examples:
        steps.append(
            Claim(
                text="Keep every checked answer: a few hundred are enough to test a "
                "tuned model later."
            )
        )
    steps.append(
        Claim(
            text="Keep the cheapest that passes your bar, and run the same test again "
            "whenever a model, a price or the job changes."
        )
    )
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
    claims = tuple(Claim(text=f"{w.candidate.label}: {w.ruled_out_because}.") for w in out[:4])
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


def _suggestions(found: Recommended) -> tuple[str, ...]:
    suggestions = ["And if volume grows tenfold?"]
    if found.job.residency != "on_premises":
        suggestions.append("What if the data can't leave our building?")
    suggestions.append(
        "And with 300 labels?" if found.job.labeled_examples != 300 else "And with no labels?"
    )
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
        options=tuple(option_of(w, found, {w.candidate.key: ()}) for w in found.decision.ranked),
        assumed=dict(found.job.assumed),
        suggestions=("What if a rented GPU were allowed?", "What if the budget were doubled?"),
    )
