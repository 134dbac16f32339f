"""The words of a recommendation: verdict, reasons, options, hinges, next steps."""

from __future__ import annotations

from agent.answer import Claim, Section, Verdict
from agent.kinds.cost_chart import cost_chart, with_crossing
from agent.kinds.costing import cost_workings, model_name
from agent.kinds.hinge_words import WORDS, flip_of, flip_section
from agent.kinds.next_steps import next_steps, questions
from agent.kinds.option_rows import (
    best_rival_working,
    count_ids,
    is_yardstick,
    make_citable,
    odds_working,
    offered,
    option_of,
    options_table,
    shown_options,
)
from agent.kinds.reasons import reasons
from agent.kinds.recommendation import Recommended
from agent.policy import Candidate, Weighed
from agent.turn import Draft, Turn
from agent.wording import percent, usd

KINDS: dict[Verdict, str] = {
    "specialized": "Specialized",
    "ultra_large": "Ultra-large",
    "small_general": "A small general model",
    "hybrid": "Both",
}
HEADLINES: dict[Verdict, str] = {"small_general": "A small general model is enough: {do}"}
"""Where the odds are good and the kind of model alone does not say so."""
LIKELY = 0.4
"""Odds from which a pick is called nearly level with a frontier model."""


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
        Section(title="Next", claims=next_steps(found, turn, pick), style="numbered"),
        _assumption_section(found),
        _ruled_out_section(found, works),
    ]
    return Draft(
        kind="recommendation",
        verdict=pick.candidate.verdict,
        headline=_headline(found, pick, turn),
        summary=_summary(found, turn, pick, works),
        sections=tuple(s for s in sections if s is not None),
        confidence=sure[0] if sure else None,
        confidence_low=sure[1] if sure else None,
        confidence_high=sure[2] if sure else None,
        assumed=dict(found.job.assumed),
        options=tuple(option_of(w, found, works) for w in found.decision.ranked),
        flips=tuple(flip_of(hinge) for hinge in found.hinges),
        missing=tuple(slot for slot in found.job.assumed if slot != "tokens"),
        questions=questions(found, turn),
        chart=with_crossing(cost_chart([w.candidate for w in shown], found.job)),
        suggestions=_suggestions(found),
    )


def _headline(found: Recommended, pick: Weighed, turn: Turn) -> str:
    """Return the pick, and whether it wins on its odds, on its price or as the only one left."""
    sure, candidate = found.confidence, pick.candidate
    if sure is not None and sure[0] < 0.55:
        return f"Close: {WORDS[candidate.verdict]}, by a little"
    do, kind = _doing(candidate, turn), KINDS[candidate.verdict]
    if _odds_are_good(found, pick, turn):
        return HEADLINES.get(candidate.verdict, f"{kind}: {do}").format(do=do)
    if _only_kind_left(found):
        return f"Only this meets your limits: {do}"
    if _none_is_likely(found):
        return f"Nothing within your limits is likely to match a frontier model. Best value: {do}"
    return f"{kind}, for its price: {do}"


def _odds_are_good(found: Recommended, pick: Weighed, turn: Turn) -> bool:
    if not is_yardstick(pick, found):
        return pick.chance.value >= LIKELY
    rival = best_rival_working(found, turn)
    return rival is None or rival.value >= LIKELY


def _none_is_likely(found: Recommended) -> bool:
    return max(w.chance.value for w in offered(found)) < LIKELY


def _only_kind_left(found: Recommended) -> bool:
    return len({w.candidate.verdict for w in offered(found)}) == 1


def _doing(candidate: Candidate, turn: Turn) -> str:
    name = model_name(turn, candidate)
    if candidate.key.startswith("split/"):
        return f"{name} for the routine share, the large model for the rest"
    if candidate.verdict == "hybrid":
        return f"{name} first, the large one for what it is unsure of"
    if candidate.verdict != "specialized":
        return f"prompt {name}"
    if "as it is" in candidate.label:
        return f"use {name} as it is"
    later = "once you have" in candidate.label
    return f"fine-tune {name} {'once you have labels' if later else 'on your examples'}"


def _summary(
    found: Recommended, turn: Turn, pick: Weighed, works: dict[str, tuple[str, ...]]
) -> Claim:
    lead, working = _lead(found, turn, pick)
    money = f"{usd(pick.spend.usd_per_month)} a month and {usd(pick.spend.usd_one_time)} once"
    ids = (*works[pick.candidate.key], working)
    return Claim(text=f"{lead}. {money}, people included.", evidence_ids=tuple(i for i in ids if i))


def _lead(found: Recommended, turn: Turn, pick: Weighed) -> tuple[str, str]:
    """Return what the odds of the pick say, and the working they come from."""
    odds, working = percent(pick.chance.value), odds_working(pick, found, turn)
    if is_yardstick(pick, found):
        rival = best_rival_working(found, turn)
        if rival is None:
            return "No alternative was found to measure it against", ""
        lead = f"{percent(rival.value)} chance that it at least matches the best alternative"
        worth = ", whose lead is worth less than it costs" if rival.value < LIKELY else ""
        return lead + worth, rival.id
    if pick.candidate.verdict == "hybrid":
        return f"{odds} chance that it does at least as well as a frontier model alone", working
    lead = f"{odds} chance that it at least matches a frontier model"
    if pick.chance.value >= LIKELY:
        return lead, working
    if _only_kind_left(found):
        return f"{lead}: no other kind of model meets your conditions", working
    if _none_is_likely(found):
        return lead, working
    return f"{lead}; at your volume the rest is worth less than what it saves", working


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


def _ruled_out_section(found: Recommended, works: dict[str, tuple[str, ...]]) -> Section | None:
    out = [w for w in found.decision.ranked if w.ruled_out_because]
    if not out:
        return None
    return Section(title="Ruled out", claims=tuple(_out(w, works) for w in out[:4]))


def _out(weighed: Weighed, works: dict[str, tuple[str, ...]]) -> Claim:
    """Say why an option is out; its price where the budget is the reason."""
    text = f"{weighed.candidate.label}: {weighed.ruled_out_because}"
    ids = count_ids(weighed)
    if "budget" in (weighed.ruled_out_because or ""):
        text += f" ({usd(weighed.spend.usd_per_month)} a month with them)"
        ids += works[weighed.candidate.key][:1]
    return Claim(text=f"{text}.", evidence_ids=ids)


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
    make_citable(found, turn)
    ranked = found.decision.ranked
    works = {w.candidate.key: cost_workings(turn, w.candidate, found.job) for w in ranked}
    return Draft(
        kind="recommendation",
        headline="Nothing known meets all of these at once",
        summary=Claim(text="Each option breaks one of your conditions; relax one and ask again."),
        sections=(Section(title="Ruled out", claims=tuple(_out(w, works) for w in ranked[:5])),),
        options=tuple(option_of(w, found, works) for w in ranked),
        assumed=dict(found.job.assumed),
        suggestions=("What if a rented GPU were allowed?", "What if the budget were doubled?"),
    )
