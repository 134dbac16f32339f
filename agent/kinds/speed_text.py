"""The words of a speed answer: what each user sees, at rising load."""

from __future__ import annotations

import re

from agent.answer import Claim, Row, Section, Table
from agent.core.estimate import Estimate
from agent.core.machine import SYSTEM_MEMORY
from agent.kinds.asked import memory_claim, memory_evidence, stand_in_note
from agent.kinds.fit_parts import memory_chart, memory_of
from agent.kinds.machine import system_memory_note, taking_turns
from agent.kinds.naming import bits_name, short, working
from agent.kinds.speed import FASTEST_RATE, Paced
from agent.kinds.speed_chart import speed_chart
from agent.turn import Draft, Turn
from agent.wording import number, seconds

_YES_OR_NO = re.compile(
    r"^\W*(?:so |and |ok |hi |hello )*(?:can|could|does|do|will|would|is|are)\b"
    r"|\b(?:enough|sufficient)\b",
    re.IGNORECASE,
)


def write(found: Paced, turn: Turn) -> Draft:
    """Draft the speeds as ranges, with the load each holds for."""
    book, card = turn.book, found.machine.name
    book.name(short(found.model), found.model.title, short(found.hardware), found.hardware.title)
    for item in (*found.estimates, *(e for e in (found.users, found.wanted) if e)):
        book.work(*item.calculations)
        book.name(bits_name(item.precision))
    book.state(*(turn.fact(i) for i in _facts(found)))
    stand_in = stand_in_note(turn, found.model, found.stands_for)
    if found.rate == FASTEST_RATE:
        book.slots["profile/message"] += f" {FASTEST_RATE:g} tokens a second assumed"
    first = found.estimates[0]
    if first.fits is False:
        return _too_large(found, turn, first, card, stand_in)
    if first.decode_tok_s.value is None:
        return Draft(
            kind="fit",
            headline=f"No speed can be given for {card}",
            summary=Claim(text="Its memory bandwidth is not published, and speed rests on it."),
            missing=first.missing,
            suggestions=(f"What is known of the {short(found.hardware)}?",),
        )
    headline, summary = _lead(found, card, turn)
    table = Table(
        columns=("requests at once", "each sees", "all together", "first word after"),
        rows=tuple(_row(item) for item in found.estimates),
    )
    notes = [
        Claim(
            text="Estimated, not measured on your setup: ranges hold in four of five "
            "cases. Measure with your own prompts before you buy."
        )
    ]
    if stand_in:
        notes.append(Claim(text=f"{stand_in}.", evidence_ids=("profile/message",)))
    if (about := memory_claim(turn, found.hardware)) is not None:
        notes.append(about)
    notes += [
        note
        for note in (
            taking_turns(found.machine, first),
            system_memory_note(turn, found.machine.beside),
        )
        if note
    ]
    return Draft(
        kind="fit",
        outcome="yes" if _reached(found) else "no",
        headline=headline,
        summary=summary,
        sections=(
            Section(title="", table=table),
            Section(title="", claims=tuple(notes), style="sentences"),
        ),
        assumed=found.assumed,
        chart=speed_chart(found),
        suggestions=("And at 32k context?", "What does it cost a month?"),
    )


def _too_large(found: Paced, turn: Turn, first: Estimate, card: str, stand_in: str | None) -> Draft:
    """Draft that it does not fit and what it would need; there is no speed then."""
    text = (
        f"It needs about {number(first.total_gb.value or 0)} GB at {bits_name(first.precision)}, "
        f"and {found.machine.holds}, so there is no speed to give."
    )
    notes = [Claim(text=f"{stand_in}.", evidence_ids=("profile/message",))] if stand_in else []
    if (about := memory_claim(turn, found.hardware)) is not None:
        notes.append(about)
    return Draft(
        kind="fit",
        outcome="no",
        headline=f"{short(found.model)} does not fit {card}",
        summary=Claim(
            text=text,
            evidence_ids=(working(first, "total"), *memory_evidence(turn, found.hardware)),
        ),
        sections=(Section(title="", claims=tuple(notes), style="sentences"),) if notes else (),
        chart=memory_chart(first, memory_of(found.machine)),
        suggestions=(f"What would fit on {card}?",),
    )


def _first_word(found: Paced, card: str) -> tuple[str, Claim]:
    """Return the time to the first token of one user as the answer."""
    first = found.estimates[0]
    wait, lone = first.ttft_s, (first.ttft_s.value or 0) * 1000
    low, high = seconds((wait.low or 0) * 1000), seconds((wait.high or 0) * 1000)
    return (
        f"About {seconds(lone)} to the first token",
        Claim(
            text=f"{short(found.model)} at {bits_name(first.precision)} on {card} with a prompt "
            f"of {first.input_tokens:,} tokens: {low} to {high} for one user alone.",
            evidence_ids=(working(first, "ttft"), working(first, "prefill"), *_facts(found)),
        ),
    )


def _reached(found: Paced) -> bool:
    """Tell whether the rate asked for, if any, is reached for the users asked about."""
    if not (found.rate and found.rate_asked):
        return True
    if found.wanted is None:
        return found.users is not None
    return (found.wanted.decode_tok_s.value or 0) >= found.rate


def _for_users(found: Paced, item: Estimate, card: str, message: str) -> tuple[str, Claim]:
    """Return what each of the users asked about sees; a yes or no where one was asked for."""
    pace, users = number(item.decode_tok_s.value or 0, 2), item.concurrency
    low, high = number(item.decode_tok_s.low or 0, 2), number(item.decode_tok_s.high or 0, 2)
    if not _reached(found):
        headline = f"No, {users} users see about {pace} tokens a second each"
    elif found.rate_asked or _YES_OR_NO.search(message):
        headline = f"Yes, {users} users at about {pace} tokens a second each"
    else:
        headline = f"About {pace} tokens a second for each of {users} users"
    text = (
        f"{short(found.model)} at {bits_name(item.precision)} on {card}: {low} to {high} tokens a "
        "second each, all of them at once"
    )
    if found.rate and not _reached(found):
        most = found.users
        kept = f"{number(most.concurrency, 2)} users keep" if most else "not even one user gets"
        text += f"; {kept} the {number(found.rate)} asked for"
    return headline, Claim(
        text=f"{text}.",
        evidence_ids=(
            working(item, "decode"),
            *((working(found.users, "decode"),) if found.users else ()),
            "profile/message",
            *_facts(found),
        ),
    )


def _limit(found: Paced, users: Estimate) -> str:
    """Return what keeps more users away: the memory, or the rate."""
    if users.max_concurrency is not None and users.concurrency >= users.max_concurrency:
        rate = f"{number(found.rate or 0)} tok/s"
        return f"all stay at {rate} or above, and the memory holds no more contexts"
    return f"more would see less than {number(found.rate or 0)} tok/s"


def _lead(found: Paced, card: str, turn: Turn) -> tuple[str, Claim]:
    model = short(found.model)
    if found.first_asked and found.estimates[0].ttft_s.value:
        return _first_word(found, card)
    if found.wanted is not None:
        return _for_users(found, found.wanted, card, turn.message)
    if found.rate and found.users:
        users = found.users
        return (
            f"About {number(users.concurrency, 2)} users at once",
            Claim(
                text=f"{card[0].upper()}{card[1:]} {'serves' if found.devices == 1 else 'serve'} "
                f"{number(users.concurrency, 2)} streams of {model} at "
                f"{bits_name(users.precision)} with about "
                f"{number(users.decode_tok_s.value or 0, 2)} tokens a second each; "
                f"{_limit(found, users)}.",
                evidence_ids=(working(users, "decode"), "profile/message", *_facts(found)),
            ),
        )
    first = found.estimates[0]
    if found.rate:
        pace = number(first.decode_tok_s.value or 0, 2)
        rate = f"{number(found.rate)} tokens a second"
        return (
            f"Not even one user gets {rate}"
            if found.rate_asked
            else f"One user at about {pace} tokens a second",
            Claim(
                text=f"A single stream of {model} reaches about {pace} tokens a second, below "
                + (f"the {rate} asked for." if found.rate_asked else f"a fluent {rate}."),
                evidence_ids=(working(first, "decode"), "profile/message"),
            ),
        )
    speed = first.decode_tok_s
    return (
        f"About {number(speed.value or 0, 2)} tokens a second for one user",
        Claim(
            text=f"{model} at {bits_name(first.precision)} on {card}: "
            f"{number(speed.low or 0, 2)} to {number(speed.high or 0, 2)} tokens a second.",
            evidence_ids=(working(first, "decode"), *_facts(found)),
        ),
    )


def _facts(found: Paced) -> tuple[str, ...]:
    facts = (f"{found.hardware.id}#bandwidth", f"{found.hardware.id}#memory")
    return facts if found.machine.beside is None else (*facts, SYSTEM_MEMORY)


def _row(item: Estimate) -> Row:
    each, first = item.decode_tok_s, item.ttft_s
    alone = item.concurrency == 1
    together = each if alone else item.throughput_tok_s
    ids = (working(item, "decode"),)
    return Row(
        cells=(
            Claim(text=str(item.concurrency), evidence_ids=ids),
            Claim(text=_range(each.low, each.high, "tok/s"), evidence_ids=ids),
            Claim(
                text=_range(together.low, together.high, "tok/s"),
                evidence_ids=_together_ids(item, alone=alone) if together.value else (),
            ),
            Claim(
                text=seconds((first.value or 0) * 1000) if first.value else "not known",
                evidence_ids=(working(item, "ttft"),) if first.value else (),
            ),
        )
    )


def _together_ids(item: Estimate, *, alone: bool) -> tuple[str, ...]:
    return (working(item, "decode" if alone else "throughput"),)


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return "not known"
    return f"{number(low, 2)}-{number(high, 2)} {unit}"
