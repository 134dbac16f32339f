"""The scorers, one thing each: a case and its transcript in, a score with a reason out."""

from __future__ import annotations

import re

from agent.answer import Answer
from agent.calculation import Calculation
from agent.profile import Profile
from evals.cases import Case, FigureExpectation, SlotExpectation
from evals.grounding import SOURCE_MARK, WORKING_MARKS, grounding
from evals.quantities import Known, figures, known_from_value
from evals.transcript import Score, Scorer, Transcript, score


def citations(case: Case, transcript: Transcript) -> Score:
    """Score that each mark has a source or working, each source a URL, each claim its evidence."""
    answer = transcript.last
    numbers = {citation.number for citation in answer.citations}
    marks = {int(item) for item in SOURCE_MARK.findall(answer.text)}
    workings = {
        int(item)
        for group in WORKING_MARKS.findall(answer.text)
        for item in re.findall(r"\d+", group)
    }
    held = {item for citation in answer.citations for item in citation.evidence_ids}
    held |= {calculation.id for calculation in answer.calculations}
    named = {item for claim in answer.claims for item in claim.evidence_ids}
    loose = sorted(i for i in named - held if not i.startswith("profile/"))
    faults = [f"[{item}] has no source" for item in sorted(marks - numbers)]
    faults += [
        f"(c{item}) has no working"
        for item in sorted(workings)
        if not 0 < item <= len(answer.calculations)
    ]
    faults += [f"{c.doc_id} has no address" for c in answer.citations if not _addressed(c.url)]
    faults += [f"[{c.number}] quotes nothing" for c in answer.citations if not c.quote.strip()]
    faults += [f"a claim rests on {item!r}, which is not shown" for item in loose]
    if len(numbers) != len(answer.citations):
        faults.append("two sources share a number")
    return score("citations", len(marks) + len(workings) + len(numbers) + len(named), faults)


def kind(case: Case, transcript: Transcript) -> Score:
    """Score that the answer is of an allowed kind."""
    got = transcript.last.kind
    wrong = [] if got in case.expect.kind else [f"{got!r} instead of {_either(case.expect.kind)}"]
    return score("kind", 1, wrong)


def verdict(case: Case, transcript: Transcript) -> Score | None:
    """Score that the pick is one that an expert would sign."""
    if not case.expect.verdict:
        return None
    got = transcript.last.verdict
    allowed = case.expect.verdict
    return score("verdict", 1, [] if got in allowed else [f"{got!r}, not {_either(allowed)}"])


def outcome(case: Case, transcript: Transcript) -> Score | None:
    """Score the yes or no."""
    if case.expect.outcome is None:
        return None
    got, want = transcript.last.outcome, case.expect.outcome
    return score("outcome", 1, [] if got == want else [f"{got!r} instead of {want!r}"])


def profile(case: Case, transcript: Transcript) -> Score | None:
    """Score that the job was read as the user described it."""
    if not case.expect.profile:
        return None
    held = transcript.last.profile
    faults = [
        f"{slot} is {getattr(held, slot)!r} instead of {_wanted(want)}"
        for slot, want in case.expect.profile.items()
        if not _slot_holds(held, slot, want)
    ]
    return score("profile", len(case.expect.profile), faults)


def right_figures(case: Case, transcript: Transcript) -> Score | None:
    """Score that the figures an expert would work out are there, within tolerance."""
    wanted = case.expect.figures
    if not wanted:
        return None
    answer = transcript.last
    faults = [_over(item, answer) for item in wanted if item.at_most and _over(item, answer)]
    faults += [
        f"no {item.value:g} {item.unit}".rstrip()
        + (f" in a working like {item.calc!r}" if item.calc else " in the text")
        + f", within {item.tolerance:.0%}{_nearest(item, answer)}"
        for item in wanted
        if not item.at_most and not _figure_found(item, answer)
    ]
    return score("figures", len(wanted), faults)


def wording(case: Case, transcript: Transcript) -> Score | None:
    """Score what the text must say and must not say; letter case does not matter."""
    text = transcript.last.text
    must, must_not = case.expect.present, case.expect.absent
    if not must and not must_not:
        return None
    faults = [f"lacks {item!r}" for item in must if not re.search(item, text, re.I | re.S)]
    for item in must_not:
        if found := re.search(item, text, re.I | re.S):
            faults.append(f"says {found[0]!r}")
    return score("wording", len(must) + len(must_not), faults)


def facts(case: Case, transcript: Transcript) -> Score | None:
    """Score that the documents or facts which settle the question are cited."""
    wanted = case.expect.facts
    if not wanted:
        return None
    held = {item for c in transcript.last.citations for item in (c.doc_id, *c.evidence_ids)}
    held |= {item for c in transcript.last.calculations for item in (c.id, *c.sources)}
    held |= {item.partition("#")[0] for item in held}
    faults = [f"{item!r} is not cited" for item in wanted if not held & set(item.split("|"))]
    return score("facts", len(wanted), faults)


def depth(case: Case, transcript: Transcript) -> Score | None:
    """Score that there are as many sources, options, flips and files as the question deserves."""
    answer, want = transcript.last, case.expect
    counts = (
        ("sources", len(answer.citations), want.min_citations),
        ("kinds of source", len({c.kind for c in answer.citations}), want.min_citation_kinds),
        ("options", len(answer.options), want.min_options),
        ("flips", len(answer.flips), want.min_flips),
        ("files", len(answer.attachments), want.attachments),
    )
    asked = [item for item in counts if item[2]]
    if not asked:
        return None
    faults = [f"{got} {name}, at least {least} wanted" for name, got, least in asked if got < least]
    return score("depth", len(asked), faults)


def length(case: Case, transcript: Transcript) -> Score | None:
    """Score that the text is no longer than the question deserves."""
    most = case.expect.max_words
    if most is None:
        return None
    text = WORKING_MARKS.sub("", SOURCE_MARK.sub("", transcript.last.text))
    words = len(re.findall(r"\w[\w.,'-]*", text))
    return score("length", 1, [] if words <= most else [f"{words} words, at most {most} wanted"])


SCORERS: tuple[Scorer, ...] = (
    grounding,
    citations,
    kind,
    verdict,
    outcome,
    profile,
    right_figures,
    wording,
    facts,
    depth,
    length,
)


def scored(case: Case, transcript: Transcript) -> tuple[Score, ...]:
    """Return every score that `case` asks for."""
    return tuple(s for scorer in SCORERS if (s := scorer(case, transcript)) is not None)


def _addressed(url: str | None) -> bool:
    return url is not None and re.match(r"(?:https?://|file:)\S+$", url) is not None


def _either(items: tuple[object, ...]) -> str:
    return " or ".join(repr(item) for item in items)


def _wanted(want: SlotExpectation) -> str:
    return "nothing" if want.unknown else repr(want.value)


def _slot_holds(held: Profile, slot: str, want: SlotExpectation) -> bool:
    got = getattr(held, slot)
    if want.unknown:
        return got is None
    if isinstance(want.value, bool) or isinstance(got, bool):
        return bool(got == want.value)
    if isinstance(want.value, int | float) and isinstance(got, int | float):
        return abs(got - want.value) <= abs(want.value) * want.tolerance + 1e-9
    if isinstance(want.value, str) and isinstance(got, str):
        return any(item == got.casefold() for item in want.value.casefold().split("|"))
    if isinstance(want.value, list) and got is not None:
        return _same_items(got, want.value)
    return bool(got == want.value)


def _same_items(got: object, want: list[object]) -> bool:
    """Tell whether both hold the same items, in any order; pairs count as lists."""
    if not isinstance(got, tuple | list):
        return False
    return sorted(map(_item, got)) == sorted(map(_item, want))


def _item(value: object) -> str:
    return repr(list(value)) if isinstance(value, tuple | list) else repr(value)


def _figure_found(want: FigureExpectation, answer: Answer) -> bool:
    targets = known_from_value(want.value, want.unit)
    if want.calc is None:
        return any(
            _near(f.value, t, f.dimension, want) for f in figures(answer.text) for t in targets
        )
    return any(
        _near(k.value, t, k.dimension, want) for k in _worked(want.calc, answer) for t in targets
    )


def _over(want: FigureExpectation, answer: Answer) -> str:
    """Return what passes the ceiling `want`, or that nothing of the kind was worked out."""
    found = [item for item in answer.calculations if _is_like(want.calc or "", item)]
    if not found:
        return f"no working like {want.calc!r}"
    ceiling = want.value * (1 + want.tolerance)
    over = [item for item in found if max(item.value, item.high or 0) > ceiling]
    return "; ".join(
        f"{item.id} reaches {max(item.value, item.high or 0):.4g} {item.unit}, over {ceiling:.4g}"
        for item in over
    )


def _is_like(pattern: str, item: Calculation) -> bool:
    return re.search(pattern, f"{item.id} {item.name}", re.I) is not None


def _worked(pattern: str, answer: Answer) -> list[Known]:
    return [
        known
        for item in answer.calculations
        if _is_like(pattern, item)
        for known in known_from_value(item.value, item.unit)
    ]


def _near(value: float, target: Known, dimension: object, want: FigureExpectation) -> bool:
    if target.dimension is not None and dimension not in (target.dimension, None):
        return False
    return abs(value - target.value) <= abs(target.value) * want.tolerance + 1e-12


def _nearest(want: FigureExpectation, answer: Answer) -> str:
    """Return what the named workings say instead, for the reader of the report."""
    if want.calc is None:
        return ""
    found = [
        f"{item.value:.4g} {item.unit}" for item in answer.calculations if _is_like(want.calc, item)
    ]
    return f"; there are {', '.join(found[:4])}" if found else "; there is no such working"
