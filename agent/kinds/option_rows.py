"""The options of a recommendation: odds made citable, the table, the public records."""

from __future__ import annotations

import re

from agent.answer import Claim, Option, Row, Table
from agent.calculation import Calculation, Input
from agent.job import Job
from agent.kinds.hinge_words import SLOT_WORDS, WORDS
from agent.kinds.recommendation import Recommended
from agent.policy import Weighed, escalation_share
from agent.turn import Turn
from agent.wording import seconds, usd

MOST_OPTIONS = 4
COUNTED = re.compile(r"\d+ (?:x|of them) ")
"""A count of devices in digits, as a label gives it from eleven on."""


TIE_SHARE = 0.08
"""16 of 207 published comparisons ended level."""


def make_citable(found: Recommended, turn: Turn) -> None:
    """Put the hinges, the latencies and the assumptions into the book."""
    book = turn.book
    book.slots["profile/assumed"] = "; ".join(found.job.assumed.values())
    for hinge in found.hinges:
        book.name(hinge.label)
        if hinge.value is None:
            continue
        book.work(
            Calculation(
                id=f"calc/flip/{hinge.slot}",
                name=f"{hinge.slot.replace('_', ' ')} at which the pick changes",
                formula="solved by bisection, verified by deciding again beyond it",
                inputs=(
                    Input(name="yours", value=hinge.yours or 0.0, source=f"profile/{hinge.slot}"),
                    Input(
                        name="beyond it",
                        value=f"{WORDS[hinge.verdict]}: {hinge.label}",
                        source="calculated",
                    ),
                ),
                value=hinge.value,
                unit="USD" if hinge.slot.endswith("_usd") else SLOT_WORDS.get(hinge.slot, ""),
            )
        )
    for weighed in found.decision.ranked:
        candidate = weighed.candidate
        odds_working(weighed, found, turn)
        if count_ids(weighed):
            book.work(_devices_working(weighed, found.job))
        book.name(candidate.label, candidate.label.split(",")[0])
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


def offered(found: Recommended) -> list[Weighed]:
    """Return the allowed options; what needs labels only where there are some, or nothing else."""
    allowed = list(found.decision.allowed)
    ready = [w for w in allowed if not w.candidate.key.startswith("tuned/")]
    return allowed if found.job.labeled_examples else ready or allowed


def shown_options(found: Recommended) -> list[Weighed]:
    """Return the options of the table: the pick, the named, then the best of each other verdict."""
    allowed = offered(found)
    first = [*allowed[:1], *_named(found, allowed[1:])]
    seen = {w.candidate.verdict for w in first}
    for weighed in allowed:
        if weighed.candidate.verdict not in seen:
            first.append(weighed)
            seen.add(weighed.candidate.verdict)
    kinds = {(w.candidate.model, w.candidate.verdict) for w in first}
    rest = [w for w in allowed if (w.candidate.model, w.candidate.verdict) not in kinds]
    rest.sort(key=lambda w: not is_yardstick(w, found))
    most = MOST_OPTIONS + bool(found.choices.named)
    return (first + rest)[:most]


def _named(found: Recommended, options: list[Weighed]) -> list[Weighed]:
    """Return the best option of each model and device that the question names, no cascade."""
    named = {*(model.id for model in found.choices.named), *found.choices.named_devices}
    best: dict[str, Weighed] = {}
    for weighed in options:
        candidate = weighed.candidate
        for doc_id in named & {candidate.model, candidate.hardware}:
            if candidate.route != "cascade":
                best.setdefault(doc_id or "", weighed)
    return list(dict.fromkeys(best.values()))[: MOST_OPTIONS - 1]


def is_yardstick(weighed: Weighed, found: Recommended) -> bool:
    """Tell whether this is the frontier model that all odds are measured against."""
    frontier = found.choices.frontier
    return frontier is not None and weighed.candidate.key == f"api/{frontier.model.id}"


def odds_working(weighed: Weighed, found: Recommended, turn: Turn) -> str:
    """Make the odds citable: the fit itself, or how the cascade's follow from the small model's."""
    base = weighed.chance.calculation
    if base is None:
        return ""
    turn.book.work(base)
    if abs(base.value - weighed.chance.value) < 1e-9:
        return base.id
    work = Calculation(
        id=f"calc/odds/{weighed.candidate.key}",
        name="quality odds of the cascade",
        formula="odds of the small model, plus what escalating the unsure share recovers",
        inputs=(
            Input(name="odds of the small model", value=round(base.value, 4), source=base.id),
            Input(name="share escalated", value=escalation_share(base.value)),
        ),
        value=weighed.chance.value,
        unit="probability",
        sources=(base.id,),
    )
    return turn.book.work(work)[0]


def best_rival_working(found: Recommended, turn: Turn) -> Calculation | None:
    """Return the odds of the frontier model against the best single alternative, or None."""
    rivals = [
        w
        for w in found.decision.allowed
        if w.candidate.verdict in ("specialized", "small_general") and w.chance.calculation
    ]
    best = max(rivals, key=lambda w: w.chance.value, default=None)
    if best is None or best.chance.calculation is None:
        return None
    source = best.chance.calculation
    work = Calculation(
        id="calc/odds/frontier-against-the-best-alternative",
        name="odds of the frontier model against the best alternative",
        formula="1 - odds of the best alternative + share of published ties",
        inputs=(
            Input(
                name=f"odds of {best.candidate.label.split(',')[0]}",
                value=round(source.value, 4),
                source=source.id,
            ),
            Input(name="ties", value=TIE_SHARE),
        ),
        value=min(0.98, 1 - source.value + TIE_SHARE),
        unit="probability",
        sources=(source.id,),
    )
    turn.book.work(source, work)
    return work


def _odds_cell(weighed: Weighed, found: Recommended, working: str) -> Claim:
    if is_yardstick(weighed, found) or not working:
        return Claim(text="the yardstick" if is_yardstick(weighed, found) else "not known")
    return Claim(text=f"{weighed.chance.value:.2f}", evidence_ids=(working,))


def options_table(
    found: Recommended, shown: list[Weighed], works: dict[str, tuple[str, ...]], turn: Turn
) -> Table:
    """Return the table of options: odds, money and time, the pick in bold."""
    pick = found.decision.pick
    odds = {w.candidate.key: odds_working(w, found, turn) for w in shown}
    rows = []
    for weighed in shown:
        monthly, once = works[weighed.candidate.key]
        latency = weighed.candidate.latency_ms
        rows.append(
            Row(
                cells=(
                    Claim(
                        text=weighed.candidate.label,
                        evidence_ids=label_ids(weighed),
                    ),
                    _odds_cell(weighed, found, odds[weighed.candidate.key]),
                    Claim(text=usd(weighed.spend.usd_per_month), evidence_ids=(monthly,)),
                    Claim(text=usd(weighed.spend.usd_one_time), evidence_ids=(once,)),
                    Claim(
                        text="about " + seconds(latency) if latency else "not known",
                        evidence_ids=("calc/latency/" + weighed.candidate.key,) if latency else (),
                    ),
                ),
                picked=weighed is pick,
            )
        )
    return Table(
        columns=("option", "quality odds", "a month", "one-time", "answer in"), rows=tuple(rows)
    )


def label_ids(weighed: Weighed) -> tuple[str, ...]:
    """Return what an option's label rests on: its facts, and the count of its devices."""
    return (*weighed.candidate.evidence_ids, *count_ids(weighed))


def count_ids(weighed: Weighed) -> tuple[str, ...]:
    """Return the working of the number of devices, where the label gives it in digits."""
    candidate = weighed.candidate
    return (f"calc/devices/{candidate.key}",) if COUNTED.search(candidate.label) else ()


def _devices_working(weighed: Weighed, job: Job) -> Calculation:
    candidate, count = weighed.candidate, weighed.spend.devices or 0
    owned = dict(job.hardware or ()).get(candidate.hardware or "", 0)
    return Calculation(
        id=f"calc/devices/{candidate.key}",
        name=f"devices for {candidate.label.split(',')[0]}",
        formula="busiest hour / what one carries, whole devices",
        inputs=(
            Input(name="requests a day", value=job.requests_per_day, source="profile"),
            Input(name="yours already", value=owned),
            Input(name="to get", value=max(0, count - owned)),
        ),
        value=count,
        unit="devices",
    )


def option_of(weighed: Weighed, found: Recommended, works: dict[str, tuple[str, ...]]) -> Option:
    """Return the public record of an option."""
    candidate = weighed.candidate
    return Option(
        label=candidate.label,
        route=candidate.route,
        verdict=candidate.verdict,
        model=candidate.model,
        hardware=candidate.hardware,
        devices=weighed.spend.devices or candidate.devices,
        toolkit=candidate.toolkit,
        quality_odds=round(weighed.chance.value, 4),
        usd_per_month=round(weighed.spend.usd_per_month, 2),
        usd_one_time=round(weighed.spend.usd_one_time, 2),
        latency_ms=candidate.latency_ms,
        ruled_out_because=weighed.ruled_out_because,
        lines=weighed.spend.lines,
        evidence_ids=works[candidate.key],
    )
