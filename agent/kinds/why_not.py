"""Why not that one: a named model or device, weighed as an option of the job and set against it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Answer, Claim, Option
from agent.core.defaults import defaults
from agent.kinds.costing import cost_workings
from agent.kinds.naming import short
from agent.kinds.option_rows import is_yardstick, label_ids, make_citable, odds_working, option_of
from agent.kinds.plain import Back
from agent.kinds.recommendation import Recommended, work_out
from agent.market import INPUT, gives, reads
from agent.options import placed_general
from agent.policy import Weighed, weigh
from agent.turn import Turn
from agent.wording import listing, percent, seconds, usd
from knowledge.schema import Document, Hardware, Model

INPUT_WORDS = {"image": "pictures", "audio": "speech", "time series": "time series"}


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The claims on what is named, and in a few words what decides against it."""

    names: tuple[str, ...] = ()
    verdict: str = ""
    claims: tuple[Claim, ...] = ()

    @property
    def headline(self) -> str:
        """Return what was asked and, for one product, what decides it."""
        asked = f"Why not {listing(self.names, 'or')}"
        return f"{asked}: {self.verdict}" if self.verdict and len(self.names) == 1 else asked


def why_not(answer: Answer, turn: Turn) -> WhyNot:
    """Return two or three sentences on each model and device that the question names.

    Nothing where none is named, or where no job is known to weigh them for.
    """
    asked = turn.understanding
    ids = (*asked.models, *(doc_id for doc_id, _ in asked.hardware))
    found = work_out(turn) if ids else Back("vague")
    if isinstance(found, Back):
        return WhyNot()
    make_citable(found, turn)
    pick = _pick_of(answer, found, turn)
    if pick is None:
        return WhyNot()
    documents = [turn.catalogue.get(doc_id) for doc_id in dict.fromkeys(ids)]
    said = [_of(document, pick, found, turn) for document in documents]
    return WhyNot(
        names=tuple(short(document) for document in documents),
        verdict=said[0][0],
        claims=tuple(claim for _, claims in said for claim in claims),
    )


def _pick_of(answer: Answer, found: Recommended, turn: Turn) -> Option | None:
    """Return the pick of the answer before, else that of the job as it stands."""
    if answer.options and answer.verdict is not None:
        return answer.options[0]
    pick = found.decision.pick
    if pick is None:
        return None
    works = {pick.candidate.key: cost_workings(turn, pick.candidate, found.job)}
    return option_of(pick, found, works)


def _of(
    document: Document, pick: Option, found: Recommended, turn: Turn
) -> tuple[str, list[Claim]]:
    """Return what decides against `document`, and the claims; its end of life is the last."""
    turn.book.name(document.title, short(document))
    if document.id in (pick.model, pick.hardware) and pick.route != "cascade":
        return "it is the pick", [Claim(text=f"{pick.label} is what was recommended.")]
    weighed = _weighed(document, found, turn)
    verdict, claims = "it could not be weighed", [Claim(text=_not_weighed(document))]
    if isinstance(document, Model) and not gives(document, found.job.task_type):
        verdict = "it writes no text"
        claims = [Claim(text=f"{short(document)} gives {_outputs(document)}; the job needs text.")]
    elif isinstance(document, Model) and not reads(document, found.job.task_type):
        verdict = f"it does not read {INPUT_WORDS[INPUT[found.job.task_type]]}"
        claims = [Claim(text=f"The job needs a model that does, and {short(document)} takes text.")]
    elif weighed is not None:
        verdict, claims = _verdict(weighed, pick, found.job.years), []
        claims += _against(document, weighed, pick, found, turn)
    leaving = turn.fact(f"{document.id}#retires")
    if leaving is not None:
        turn.book.name(leaving.text.rpartition("replacement ")[2])
        claims.append(Claim(text=f"{leaving.text}.", evidence_ids=turn.book.state(leaving)))
    return verdict, claims


def _outputs(model: Model) -> str:
    return listing(model.modalities_out) or "no text"


def _not_weighed(document: Document) -> str:
    if isinstance(document, Hardware):
        return (
            f"{short(document)} could not be weighed: no price of it is known here, or it holds no "
            "model for this job that answers in time."
        )
    return (
        f"{short(document)} could not be weighed: no public price of it is known here, and no "
        "priced device is known to hold it."
    )


def _weighed(document: Document, found: Recommended, turn: Turn) -> Weighed | None:
    """Return the best option with that model or on that device, or None."""
    single = [w for w in found.decision.ranked if w.candidate.route != "cascade"]
    for weighed in single:
        if document.id in (weighed.candidate.model, weighed.candidate.hardware):
            return weighed
    if not isinstance(document, Hardware):
        return None
    job = found.job
    for model in turn.market.open_general(max_parameters_b=40.0, task_type=job.task_type):
        placed = placed_general(turn, job, defaults(), model, on=document.id)
        if placed is not None:
            return weigh(placed, job, found.gap.points)
    return None


def _against(
    document: Document, weighed: Weighed, pick: Option, found: Recommended, turn: Turn
) -> list[Claim]:
    """Say what the option is, what it costs and is worth beside the pick, and what rules it out."""
    candidate, spend = weighed.candidate, weighed.spend
    turn.book.name(candidate.label)
    works = cost_workings(turn, candidate, found.job)
    known = tuple(i for i in pick.evidence_ids if i in turn.book)
    sums = f"{usd(spend.usd_per_month)} a month and {usd(spend.usd_one_time)} once"
    claims = [
        Claim(
            text=f"{candidate.label}: {sums}, against {usd(pick.usd_per_month or 0)} and "
            f"{usd(pick.usd_one_time or 0)} of the pick.",
            evidence_ids=(*works, *known, *label_ids(weighed)),
        )
    ]
    if weighed.ruled_out_because:
        return claims
    if not _is_same(weighed, pick):
        claims.append(_odds(weighed, pick, found, turn))
    waits = _wait(weighed, pick, found)
    return [*claims, waits] if isinstance(document, Hardware) and waits else claims


def _odds(weighed: Weighed, pick: Option, found: Recommended, turn: Turn) -> Claim:
    """Return the odds of the option beside the pick's."""
    of_pick = next((w for w in found.decision.ranked if w.candidate.label == pick.label), None)
    ids = [odds_working(weighed, found, turn)]
    mine = percent(pick.quality_odds or 0.0)
    if of_pick is not None:
        ids.append(odds_working(of_pick, found, turn))
    cited = tuple(i for i in ids if i)
    if is_yardstick(weighed, found):
        return Claim(
            text=f"It is the yardstick: the pick has a {mine} chance to match it at least.",
            evidence_ids=cited,
        )
    return Claim(
        text=f"Its odds to match a frontier model are {percent(weighed.chance.value)}, the pick's "
        f"{mine}.",
        evidence_ids=cited,
    )


def _is_same(weighed: Weighed, pick: Option) -> bool:
    """Tell whether the option is the pick's model in another place; half of a pair is not."""
    return weighed.candidate.model == pick.model and pick.route != "cascade"


def _verdict(weighed: Weighed, pick: Option, years: float) -> str:
    """Say in one clause what decides between the option and the pick."""
    if weighed.ruled_out_because:
        return weighed.ruled_out_because
    spend, months = weighed.spend, 12 * years
    mine = (pick.usd_per_month or 0.0) + (pick.usd_one_time or 0.0) / months
    dearer = spend.usd_per_month + spend.usd_one_time / months > mine
    if _is_same(weighed, pick):
        return "the same model costs more there" if dearer else "it would serve as well"
    better = weighed.chance.value > (pick.quality_odds or 0.0)
    if dearer:
        gain = "its better odds are worth less than what it costs more"
        return gain if better else "it costs more and is the weaker bet"
    if better:
        return "by this count it is level or better, so test it beside the pick"
    return "what it saves is worth less than the errors it adds"


def _wait(weighed: Weighed, pick: Option, found: Recommended) -> Claim | None:
    """Return the time of one answer beside the pick's, where both are known."""
    mine = next(
        (w.candidate for w in found.decision.ranked if w.candidate.label == pick.label), None
    )
    theirs = weighed.candidate
    if mine is None or mine.latency_ms is None or theirs.latency_ms is None:
        return None
    return Claim(
        text=f"An answer takes about {seconds(theirs.latency_ms)} there, with the pick about "
        f"{seconds(mine.latency_ms)}.",
        evidence_ids=tuple(f"calc/latency/{c.key}" for c in (theirs, mine)),
    )
