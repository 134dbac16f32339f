"""The words of a serve recipe: what it needs, how many it serves, and the file."""

from __future__ import annotations

from agent.answer import Attachment, Claim, Section
from agent.core.estimate import Estimate
from agent.core.recipes import RecipeFile
from agent.kinds.asked import memory_claim, memory_evidence, not_sold, stand_in_note
from agent.kinds.fit_parts import shortfall, users_working
from agent.kinds.machine import Machine, system_memory_note
from agent.kinds.naming import bits_name, short, working
from agent.kinds.recipe import Recipe
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number


def attachments(file: RecipeFile | None) -> tuple[Attachment, ...]:
    """Return the file as an attachment, or none."""
    if file is None:
        return ()
    return (
        Attachment(
            name=file.name, media_type=file.media_type, content=file.content, caption=file.caption
        ),
    )


def write_server(found: Recipe, sized: Estimate, turn: Turn) -> Draft:
    """Draft what it needs and the file; where it can't be, why."""
    machine = Machine(found.hardware, found.devices, found.beside)
    book, card = turn.book, machine.name
    book.work(*sized.calculations, users_working(sized), shortfall(sized))
    claims = [
        Claim(
            text=f"It needs about {gigabytes(sized.total_gb.value or 0)} of "
            f"{gigabytes(sized.usable_gb or 0)} usable at {bits_name(sized.precision)}, for "
            f"{_streams(sized)} of {sized.context_tokens:,} tokens.",
            evidence_ids=(
                working(sized, "total"),
                working(sized, "usable"),
                *(i for i in (working(sized, "kv-cache"), working(sized, "users")) if i in book),
                *memory_evidence(turn, found.hardware),
            ),
        )
        if sized.usable_gb
        else Claim(
            text=f"It needs about {gigabytes(sized.total_gb.value or 0)}.",
            evidence_ids=(working(sized, "total"),),
        )
    ]
    if sized.throughput_tok_s.low and sized.throughput_tok_s.high:
        low, high = sized.throughput_tok_s.low, sized.throughput_tok_s.high
        claims.append(
            Claim(
                text=f"Expect {number(low, 2)} to {number(high, 2)} output tokens a second over "
                "all requests.",
                evidence_ids=(working(sized, "throughput"),),
            )
        )
    if found.file is not None and (more := _limit_claim(found, sized)) is not None:
        claims.append(more)
    headline = _headline(found, sized, card, turn.understanding.concurrency)
    sections = [Section(title="", claims=tuple(claims[1:]))] if claims[1:] else []
    if found.file is not None:
        code = f"```bash\n{found.file.content.strip()}\n```"
        sections.append(
            Section(title=found.file.name, claims=(_code_claim(turn, code),), style="sentences")
        )
    elif sized.fits is False:
        text = "Fewer bits, more devices or a smaller model would make it fit."
        sections.append(Section(title="", claims=(Claim(text=text),)))
    elif found.refused:
        book.slots["profile/refused"] = found.refused
        claim = Claim(text=found.refused, evidence_ids=("profile/refused",))
        sections.append(Section(title="", claims=(claim,)))
    stand_in = stand_in_note(turn, found.model, found.stands_for)
    notes = [Claim(text=f"{stand_in}.", evidence_ids=("profile/message",))] if stand_in else []
    if (about := memory_claim(turn, found.hardware)) is not None:
        notes.append(about)
    if (slow := system_memory_note(turn, found.beside)) is not None:
        notes.append(slow)
    if notes:
        sections.append(Section(title="", claims=tuple(notes), style="sentences"))
    return Draft(
        kind="deploy",
        outcome=_outcome(found, sized, turn.understanding.concurrency),
        headline=headline,
        summary=claims[0],
        sections=tuple(sections),
        assumed=found.assumed,
        missing=sized.missing,
        attachments=attachments(found.file),
        suggestions=("How many users can it serve?", "What does it cost a month?"),
    )


def _streams(sized: Estimate) -> str:
    return "one request" if sized.concurrency == 1 else f"{sized.concurrency} requests at once"


def _limit_claim(found: Recipe, sized: Estimate) -> Claim | None:
    """Say how many full-length users the file allows, where fewer than usual fit."""
    if sized.max_concurrency is None or sized.max_concurrency > sized.concurrency:
        return None
    count = sized.max_concurrency
    users = "one user" if count == 1 else f"{count} users"
    return Claim(
        text=f"The memory holds {users} at the full {sized.context_tokens:,} tokens; shorter "
        "requests leave room for more, and then the limit in the file can be raised.",
        evidence_ids=(working(sized, "users"), working(sized, "kv-cache")),
    )


def _headline(found: Recipe, sized: Estimate, card: str, asked: int | None) -> str:
    name = short(found.model)
    if asked and sized.fits and asked > sized.concurrency:
        return f"Not {asked} at once: {card} serves {_streams(sized)} of {name} at full length"
    if sized.fits is False:
        return f"No, {name} does not fit {card}"
    if found.file is None:
        return f"{name} fits {card}, but there is no file for that server here"
    if (barred := not_sold(found.hardware)) is not None:
        return f"The file serves {name} on {card}, but it can't be bought: {barred}"
    return f"{name} on {card}: the file below serves it"


def _outcome(found: Recipe, sized: Estimate, asked: int | None) -> str | None:
    if sized.fits is False or (asked or 0) > sized.concurrency:
        return "no"
    return "yes" if found.file is not None and not_sold(found.hardware) is None else None


def _code_claim(turn: Turn, code: str) -> Claim:
    """Return a code block whose figures are those of the computed file itself."""
    turn.book.slots["profile/recipe"] = code
    return Claim(text=code, evidence_ids=("profile/recipe",))
