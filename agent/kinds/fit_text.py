"""The words of a fit answer: yes or no in one breath, the figures, what would fit instead."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.core.estimate import Estimate
from agent.core.machine import SYSTEM_MEMORY
from agent.core.size_stated import STATED_MODEL
from agent.core.sizing import BINARY_GB
from agent.kinds.asked import is_unlisted, memory_claim, memory_evidence, not_sold, stand_in_note
from agent.kinds.fit import Choice, Fitted
from agent.kinds.fit_choice_text import write_choice
from agent.kinds.fit_headline import headline_of, only_just
from agent.kinds.fit_parts import (
    FEW_BITS,
    LEAST_CONTEXT,
    cell,
    context_working,
    memory_chart,
    memory_of,
    pace_heading,
    shortfall,
    speed_cell,
    users_working,
)
from agent.kinds.machine import device_name, system_memory_note, taking_turns
from agent.kinds.naming import bits_name, cards, short, working
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number


def write(found: Fitted | Choice, turn: Turn) -> Draft:
    """Draft the answer: yes or no in one breath, the figures, and what would fit instead."""
    if isinstance(found, Choice):
        return write_choice(found, turn)
    return _write_fitted(found, turn)


def _write_fitted(found: Fitted, turn: Turn) -> Draft:
    book, device = turn.book, found.machine.name
    book.name(short(found.model), short(found.hardware), found.model.title, found.hardware.title)
    fitting = [item for item in found.estimates if item.fits]
    unsure = [item for item in found.estimates if item.fits is None]
    for item in found.estimates:
        book.work(*item.calculations, users_working(item), shortfall(item), context_working(item))
        book.name(bits_name(item.precision))
    sections = [_table_section(found)]
    sections += [section for section in (_instead(found, turn), _notes(found, turn)) if section]
    barred = not_sold(found.hardware)
    return Draft(
        kind="fit",
        outcome=_outcome(fitting, unsure, barred),
        headline=headline_of(found, barred),
        summary=_summary(found, turn, fitting),
        sections=tuple(sections),
        missing=() if is_unlisted(found.hardware) else _missing(found),
        assumed=_assumed(found),
        chart=memory_chart(
            (fitting or list(found.estimates))[-1 if not fitting else 0], memory_of(found.machine)
        ),
        suggestions=(
            f"How many users can {device} serve?",
            f"What would fit on {device} instead?",
            "And at 32k context?",
        ),
    )


def _outcome(fitting: list[Estimate], unsure: list[Estimate], barred: str | None) -> str | None:
    if not fitting:
        return None if unsure else "no"
    certain = any(not only_just(item) for item in fitting)
    return "yes" if certain and barred is None else None


def _missing(found: Fitted) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m for item in found.estimates for m in item.missing))


def _summary(found: Fitted, turn: Turn, fitting: list[Estimate]) -> Claim:
    """Return weights and memory; where it does not fit, every part of what it needs."""
    ids = [*memory_evidence(turn, found.hardware)]
    last = found.estimates[-1]
    if (not fitting or found.machine.beside) and last.fits is not None:
        for part in ("weights", "kv-cache", "total", "usable", "users"):
            ids += [i for i in (working(last, part),) if i in turn.book]
        if (missing := shortfall(last)) is not None:
            ids.append(missing.id)
        ids += [SYSTEM_MEMORY] if found.machine.beside else []
        return Claim(
            text=f"{_parts(found, last)}; {_usable(found, last)}.", evidence_ids=tuple(ids)
        )
    sizes = listing(
        [
            f"{gigabytes(item.weights_gb.value or 0)} at {bits_name(item.precision)}"
            for item in found.estimates
        ]
    )
    ids += [working(item, "weights") for item in found.estimates]
    ids += [i for i in (working(last, "usable"),) if i]
    text = f"The weights of {short(found.model)} alone need {sizes}"
    known = found.hardware.value("memory") is not None
    return Claim(
        text=f"{text}; {found.machine.holds}." if known else f"{text}.", evidence_ids=tuple(ids)
    )


def _usable(found: Fitted, item: Estimate) -> str:
    """Return the memory as sold, the same in GB of 1e9 bytes, and what of it can be used."""
    size = (found.hardware.value("memory") or 0) * BINARY_GB * found.devices
    together = "" if found.devices == 1 else " together"
    holds = f"{found.machine.holds} ({number(size)} GB{together} in decimal units)"
    usable = number(item.usable_gb or 0)
    if found.machine.beside is None:
        return f"{holds}, of which {usable} GB can be used"
    return f"{holds}, and with {number(found.machine.beside.gb, 4)} GB of system memory " + (
        f"{usable} GB can be used"
    )


def _parts(found: Fitted, item: Estimate) -> str:
    """Return weights, context, runtime and their sum against what the devices offer."""
    weights, cache, total = item.weights_gb.value or 0, item.kv_cache_gb.value, item.total_gb.value
    context = f"{found.context_tokens:,} tokens of context"
    if found.users > 1:
        context += f" for each of {found.users} users"
    cached = f", {context} {gigabytes(cache)}" if cache is not None else ""
    return (
        f"At {bits_name(item.precision)} the weights of {short(found.model)} take "
        f"{gigabytes(weights)}{cached}, and with the runtime it is {gigabytes(total or 0)}"
    )


def _table_section(found: Fitted) -> Section:
    rows = []
    for item in found.estimates:
        users = None if item.offloaded_share or not item.fits else item.max_concurrency
        rows.append(
            Row(
                cells=(
                    Claim(text=bits_name(item.precision)),
                    cell(gigabytes(item.weights_gb.value or 0), working(item, "weights")),
                    cell(gigabytes(item.total_gb.value or 0), working(item, "total")),
                    Claim(text=_fits_word(item)),
                    speed_cell(item) if item.fits else Claim(text="-"),
                    _users_cell(item, users),
                ),
                picked=bool(item.fits),
            )
        )
    return Section(
        title="",
        table=Table(
            columns=(
                "precision",
                "weights",
                f"in all, {_load(found)}",
                "fits",
                pace_heading(found.users),
                "users at once",
            ),
            rows=tuple(rows),
        ),
    )


def _fits_word(item: Estimate) -> str:
    if item.fits and item.offloaded_share:
        return "with system memory"
    return {True: "yes", False: "no", None: "not known"}[item.fits]


def _load(found: Fitted) -> str:
    context = f"{number(found.context_tokens, 6)} tokens of context"
    return context if found.users == 1 else f"{found.users} x {context}"


def _users_cell(item: Estimate, users: int | None) -> Claim:
    if users is None:
        return Claim(text="-")
    return Claim(text=number(users), evidence_ids=(working(item, "users"),))


def _instead(found: Fitted, turn: Turn) -> Section | None:
    rows = []
    for option in found.instead:
        turn.book.work(*option.estimate.calculations)
        own = option.model == found.model.id
        model = found.model if own else turn.catalogue.get(option.model)
        hardware = turn.catalogue.get(option.hardware)
        turn.book.name(model.title, hardware.title, short(model), short(hardware))
        same = (option.hardware, option.devices) == (found.hardware.id, found.devices)
        device = (
            device_name(found.hardware, found.devices)
            if same
            else cards(option.devices, short(hardware))
        )
        label = f"{device}, {short(model)} at {bits_name(option.precision)}"
        if option.change == "cpu_offload":
            label += ", the rest in system memory"
        rows.append(
            Row(
                cells=(
                    Claim(text=label),
                    cell(
                        gigabytes(option.estimate.total_gb.value or 0),
                        working(option.estimate, "total"),
                    ),
                    speed_cell(option.estimate),
                )
            )
        )
    if not rows:
        return None
    table = Table(columns=("instead", "needs", pace_heading(found.users)), rows=tuple(rows))
    return Section(title="What would work instead", table=table)


def _notes(found: Fitted, turn: Turn) -> Section | None:
    claims = []
    fitting = [item for item in found.estimates if item.fits]
    if fitting and not found.machine.beside:
        item = fitting[0]
        left = (item.usable_gb or 0) - (item.total_gb.value or 0)
        users = item.max_concurrency
        if users is not None and users <= 1:
            claims.append(
                Claim(text='"Fits" here leaves no room for a second user at this context.')
            )
        elif left > 0:
            claims.append(
                Claim(
                    text="Fits is not serves: each further user at this context takes another "
                    "share of what is left.",
                    evidence_ids=(working(item, "total"), working(item, "usable")),
                )
            )
    claims += _limits(found, fitting)
    if any(only_just(item) for item in fitting):
        claims.append(Claim(text="The need is an estimate and its upper end is above that."))
    if note := stand_in_note(turn, found.model, found.stands_for):
        claims.append(Claim(text=f"{note}.", evidence_ids=("profile/message",)))
    if (about := memory_claim(turn, found.hardware)) is not None:
        claims.append(about)
    elif is_unlisted(found.hardware):
        claims.append(Claim(text="Say how much memory it has, and the fit can be worked out."))
    if (slow := system_memory_note(turn, found.machine.beside)) is not None and fitting:
        claims.append(slow)
    if found.estimates and found.estimates[0].kv_cache_gb.value is None:
        only_size = found.model.id == STATED_MODEL
        why = "Only its size is known" if only_size else "Its layer layout is not published here"
        claims.append(Claim(text=f"{why}, so the cache is left out."))
    return Section(title="", claims=tuple(claims), style="sentences") if claims else None


def _limits(found: Fitted, fitting: list[Estimate]) -> list[Claim]:
    """Return the context that would fit, what so few bits cost, and how cards share the work."""
    claims = []
    last = found.estimates[-1]
    longest = context_working(last)
    if not fitting and longest is not None and longest.value >= LEAST_CONTEXT:
        each = "" if found.users == 1 else f" for each of {found.users} users"
        claims.append(
            Claim(
                text=f"At {bits_name(last.precision)} it fits with up to {longest.value:,.0f} "
                f"tokens of context{each}.",
                evidence_ids=(longest.id,),
            )
        )
    if last.bits_per_weight < FEW_BITS:
        claims.append(Claim(text="So few bits cost quality: test it on your own work first."))
    if (turns := taking_turns(found.machine, last)) is not None and fitting:
        claims.append(turns)
    return claims


def _assumed(found: Fitted) -> dict[str, str]:
    if not found.context_assumed:
        return {}
    return {"context": f"{found.context_tokens:,} tokens of context"}
