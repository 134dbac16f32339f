"""The words on a claim that one model beats another."""

from __future__ import annotations

from agent.answer import Claim, Section
from agent.kinds.naming import short
from agent.kinds.reread import task_words
from agent.kinds.superiority import ENOUGH, Superiority
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number
from knowledge import Statement
from knowledge.schema import Model

MOST_BOARDS = 4
NEAR_SHARE = 0.75
"""From this share of the rival's score on, a listed model counts as near it."""
LIKELY, UNLIKELY = 0.5, 0.25
"""Shares of published comparisons from which, and below which, a claim of that kind is usual."""


def write(found: Superiority, turn: Turn) -> Draft:
    """Draft the judgement: the verdict and its counts, the nearest result, boards, arithmetic."""
    turn.book.name(*(short(m) for m in found.rivals), *(m.title for m in found.rivals))
    if found.claimant is not None:
        turn.book.name(short(found.claimant), found.claimant.title)
    boards = [claim for board in found.boards for claim in _board(found, board, turn)]
    counts = _counts(found, turn)
    nearest = (
        [_nearest(found.nearest, turn, in_size=found.size_b is not None)] if found.nearest else []
    )
    physics = _physics(found, turn)
    headline, outcome = _verdict(found, turn)
    claims = [*boards[:MOST_BOARDS], counts] if found.claimant else [counts, *nearest, *boards]
    sections = [
        Section(title="", claims=tuple(claims[1:])),
        Section(title="What it needs to run", claims=tuple(physics)),
        Section(
            title="What would have to be shown",
            claims=(
                Claim(
                    text="Which test and version, how many questions, and that they were not in "
                    "the training data."
                ),
                Claim(
                    text=f"Which version and settings of {_rival(found)} it was set against, with "
                    "the same prompts and tools.",
                    evidence_ids=_known(found, turn),
                ),
                Claim(text="Who measured it outside the company, and whether you can repeat it."),
            ),
        ),
    ]
    return Draft(
        kind="reality_check",
        outcome=outcome,
        headline=headline,
        summary=claims[0],
        sections=tuple(section for section in sections if section.claims),
        missing=("independent measurement",),
        suggestions=("Describe your job for a pick and its odds.",),
    )


def _rival(found: Superiority) -> str:
    return listing([short(m) for m in found.rivals], "or") or "the other model"


def _known(found: Superiority, turn: Turn) -> tuple[str, ...]:
    """Return one statement of each rival, which carries its name."""
    return turn.book.state(
        *(next(iter(turn.catalogue.statements(m.id)), None) for m in found.rivals)
    )


def _verdict(found: Superiority, turn: Turn) -> tuple[str, str | None]:
    """Return the headline, and "no" where the claim says more than anything published."""
    if found.claimant is not None and found.boards:
        return _by_boards(found, turn)
    if found.size_b is None and found.of_type.n:
        return _as_a_rule(found.of_type.share), None
    if found.everything:
        return "Don't believe it as stated", "no"
    return _by_counts(found, turn), None


def _by_boards(found: Superiority, turn: Turn) -> tuple[str, str | None]:
    """Judge a described model by the boards that list it and its rival."""
    led, shared = _led(found, turn)
    if led == shared:
        return "Yes, on the boards that list both", "yes"
    if led and not found.everything:
        return "Only on some of the boards that list both", None
    some = "every board that lists" if led else "the boards that list"
    return f"No, not on {some} both", "no"


def _by_counts(found: Superiority, turn: Turn) -> str:
    """Judge a model that nothing is known of by what models like it have reached."""
    judged = found.judged_by
    if not judged.n:
        return "Not shown: no published comparison here is of that kind"
    far_behind = found.boards and not _near_the_rival(found, found.boards[0], turn)
    if far_behind or (judged.n >= ENOUGH and judged.share < UNLIKELY):
        return "Unlikely, and not shown"
    if judged.n >= ENOUGH and judged.share >= LIKELY and found.of_size.n:
        return "It can be true, but it has not been shown"
    return "Possible, but not shown"


def _as_a_rule(share: float) -> str:
    """Return how often a claim on small models at large holds, by its published comparisons."""
    if share >= LIKELY:
        return "Often true"
    return "Seldom true" if share < UNLIKELY else "Sometimes true"


def _counts(found: Superiority, turn: Turn) -> Claim:
    """Say how often a smaller, specialized model won, and how often one as small did."""
    on = f"on {task_words(found.task_type)}" if found.task_type else "over all types of task"
    ids = list(turn.book.work(found.of_type.calculation))
    if not found.of_type.n:
        return Claim(text=f"No published comparison here is {on}.")
    text = (
        f"In the published comparisons {on}, the smaller, specialized model {found.of_type.words}"
    )
    if found.size_b and found.of_size.n != found.of_type.n:
        ids += turn.book.work(found.of_size.calculation)
        of_size = found.of_size
        text += (
            f"; with one about as small, {of_size.wins} of {of_size.n}"
            if of_size.n
            else "; none was about as small"
        )
    tail = " Each was on one task, none on all." if found.everything else ""
    return Claim(text=f"{text}.{tail}", evidence_ids=tuple(ids))


def _nearest(statement: Statement, turn: Turn, *, in_size: bool) -> Claim:
    lead = "The nearest in size" if in_size else "For example"
    text = f"{lead}: {statement.text[0].lower()}{statement.text[1:]}."
    return Claim(text=text, evidence_ids=turn.book.state(statement))


def _led(found: Superiority, turn: Turn) -> tuple[int, int]:
    """Return on how many of the shared boards the claimant is at least level, and of how many."""
    led = shared = 0
    for board in found.boards:
        mine = found.claimant and turn.market.score(found.claimant, board)
        theirs = [s.value for r in found.rivals if (s := turn.market.score(r, board))]
        if mine and theirs:
            shared += 1
            led += mine.value >= max(theirs)
    return led, shared


def _board(found: Superiority, board: str, turn: Turn) -> list[Claim]:
    """Return what a board lists of both sides, or of the rival and the best open model so small."""
    turn.book.name(board)
    sides = [m for m in (found.claimant, *found.rivals) if m]
    listed = [(m, s) for m in sides if (s := turn.market.score_statement(m, board))]
    if not listed:
        return []
    parts = [f"{short(m)} {number(s.value or 0, 4)}" for m, s in listed]
    ids = list(turn.book.state(*(s for _, s in listed)))
    text = f"{board}: {listing(parts)}"
    if found.claimant is None and found.size_b:
        best = _best_as_small(found.size_b, board, turn)
        if best is None:
            text += f"; no model of up to {number(found.size_b)}B is listed on it here"
            ids.append("profile/message")
        else:
            model, statement = best
            ids += turn.book.state(statement, turn.fact(f"{model.id}#parameters"))
            turn.book.name(short(model))
            text += f"; the best listed here of that size, {short(model)}, has "
            text += number(statement.value or 0, 4)
    return [Claim(text=f"{text}.", evidence_ids=tuple(ids))]


def _best_as_small(size_b: float, board: str, turn: Turn) -> tuple[Model, Statement] | None:
    found = [
        (s.value or 0.0, m, s)
        for m in turn.catalogue.of("model")
        if isinstance(m, Model)
        and (m.value("parameters") or float("inf")) <= size_b * 1.1
        and (s := turn.market.score_statement(m, board))
    ]
    best = max(found, key=lambda entry: (entry[0], entry[1].id), default=None)
    return best[1:] if best else None


def _near_the_rival(found: Superiority, board: str, turn: Turn) -> bool:
    """Tell whether some listed model of the size comes near the best rival on the board."""
    best = _best_as_small(found.size_b or 0.0, board, turn)
    rivals = [s.value for rival in found.rivals if (s := turn.market.score(rival, board))]
    return best is not None and (best[1].value or 0.0) >= NEAR_SHARE * max(rivals, default=0.0)


def _physics(found: Superiority, turn: Turn) -> list[Claim]:
    """Return memory and bandwidth that the claim needs, against the class of device it names."""
    if found.paper is None:
        return []
    turn.book.work(*found.paper.workings)
    weights, bandwidth = found.paper.working("weights"), found.paper.working("bandwidth")
    size = number(found.paper.size_b, 4)
    claims = []
    if weights:
        memory = gigabytes(weights.value)
        text = f"{size}B parameters take {memory} at the usual 4 bit, before any context."
        claims.append(Claim(text=text, evidence_ids=(weights.id, "profile/message")))
    reach = found.reach
    ids: tuple[str, ...] = ()
    known = ""
    if reach is not None:
        name = short(reach.fastest)
        turn.book.name(name, reach.fastest.title)
        ids = turn.book.state(turn.fact(f"{reach.fastest.id}#bandwidth"))
        speed = f"{number(reach.fastest.value('bandwidth') or 0)} GB/s"
        known = (
            f"the fastest {reach.name} chip described here, {name}, has {speed}"
            if reach.described
            else f"no {reach.name} is described here, and the fastest laptop chip, {name}, "
            f"has {speed}"
        )
    if bandwidth:
        text = (
            f"The speed claimed needs at least {number(bandwidth.value)} GB/s of memory bandwidth"
        )
        text += f"; {known}." if known else "."
        claims.append(Claim(text=text, evidence_ids=(bandwidth.id, *ids, "profile/message")))
    elif known:
        claims.append(Claim(text=f"{known[0].upper()}{known[1:]}.", evidence_ids=ids))
    return claims
