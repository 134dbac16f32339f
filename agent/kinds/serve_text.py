"""The words of a serve recipe: what it needs, how many it serves, and the file."""

from __future__ import annotations

import re

from agent.answer import Attachment, Claim, Section
from agent.calculation import Calculation, Input
from agent.core.estimate import Estimate
from agent.core.recipes import RecipeFile
from agent.core.running import MONTH_HOURS
from agent.core.spread import outside_gpu
from agent.kinds.asked import memory_claim, memory_evidence, not_sold, stand_in_note
from agent.kinds.fit_parts import shortfall, users_working
from agent.kinds.naming import bits_name, cards, short, working
from agent.kinds.serve_code import blocks, extras_claims, toolkit_claim
from agent.kinds.serve_wanted import Load
from agent.kinds.serving import Server
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number, usd
from knowledge import Statement


def attachments(*files: RecipeFile | None) -> tuple[Attachment, ...]:
    """Return the files as attachments."""
    return tuple(Attachment(**file.model_dump()) for file in files if file is not None)


def write(found: Server, turn: Turn) -> Draft:
    """Draft what it needs and the file; where it can't be, why."""
    book, card, sized = turn.book, cards(found.devices, short(found.hardware)), found.sized
    book.name(
        short(found.model), found.model.title, short(found.hardware), found.hardware.title, card
    )
    book.work(*sized.calculations, users_working(sized), shortfall(sized))
    sections = [Section(title="", claims=claims)] if (claims := _serves(found, turn)) else []
    sections += _file_section(found, turn)
    notes = _notes(found, turn)
    if (about := None if found.device_assumed else memory_claim(turn, found.hardware)) is not None:
        notes.append(about)
    if notes:
        sections.append(Section(title="", claims=tuple(notes), style="sentences"))
    if (
        found.plan is not None
        and (about := toolkit_claim(found.plan.server.toolkit, turn)) is not None
    ):
        sections.append(Section(title="Toolkit", claims=(about,)))
    return Draft(
        kind="deploy",
        outcome=_outcome(found, turn.understanding.concurrency),
        headline=_headline(found, card, turn.understanding.concurrency),
        summary=_needs(found, turn),
        sections=tuple(sections),
        assumed=found.assumed,
        missing=sized.missing,
        attachments=attachments(*found.files),
        suggestions=("How many users can it serve?", "What does it cost a month?"),
    )


def _needs(found: Server, turn: Turn) -> Claim:
    """Return the memory needed against what can be used."""
    sized = found.sized
    needs = gigabytes(sized.total_gb.value or 0)
    if not sized.usable_gb:
        text = f"It needs about {needs}."
        return Claim(text=text, evidence_ids=(working(sized, "total"),))
    usable, kept = gigabytes(sized.usable_gb), outside_gpu(sized, found.model)
    turn.book.slots["profile/served"] = f"{_streams(sized)} of {sized.context_tokens:,} tokens"
    room = f"{needs} of {usable} usable" if kept is None else f"{needs}, {usable} of it on the GPU,"
    return Claim(
        text=f"It needs about {room} at {bits_name(sized.precision)}, for "
        f"{_streams(sized)} of {sized.context_tokens:,} tokens.",
        evidence_ids=(
            working(sized, "total"),
            working(sized, "usable"),
            *(i for i in (working(sized, "kv-cache"), working(sized, "users")) if i in turn.book),
            *memory_evidence(turn, found.hardware),
            "profile/served",
        ),
    )


def _serves(found: Server, turn: Turn) -> tuple[Claim, ...]:
    """Return how fast it serves, how many, and what that rents for."""
    sized, claims = found.sized, []
    if found.barred is not None:
        turn.book.slots["profile/barred"] = found.barred
        claims.append(Claim(text=found.barred, evidence_ids=("profile/barred",)))
    if (kept := _outside_claim(found, turn)) is not None:
        claims.append(kept)
    if sized.throughput_tok_s.low and sized.throughput_tok_s.high:
        low, high = sized.throughput_tok_s.low, sized.throughput_tok_s.high
        over_all = " over all requests" if sized.concurrency > 1 else ""
        text = f"Expect {number(low, 2)} to {number(high, 2)} output tokens a second{over_all}."
        claims.append(Claim(text=text, evidence_ids=(working(sized, "throughput"),)))
    if found.plan is None:
        return tuple(claims)
    if found.load is not None:
        claims.append(_load_claim(found, found.load, turn))
        if found.rent is not None and found.rent.value:
            claims.append(_rent_claim(found, found.load, found.rent, turn))
    claims += extras_claims(found.plan)
    if (more := _limit_claim(found, sized)) is not None:
        claims.append(more)
    return tuple(claims)


def _file_section(found: Server, turn: Turn) -> list[Section]:
    """Return the file, how to try and measure the server, or why there is no file."""
    if found.plan is not None:
        return blocks(found.plan, found.files, turn)
    if found.sized.fits is False and outside_gpu(found.sized, found.model) is None:
        text = "Fewer bits, more devices or a smaller model would make it fit."
        return [Section(title="", claims=(Claim(text=text),))]
    if found.refused and found.refused != found.barred:
        turn.book.slots["profile/refused"] = found.refused
        claim = Claim(text=found.refused, evidence_ids=("profile/refused",))
        return [Section(title="", claims=(claim,))]
    return []


def _streams(sized: Estimate) -> str:
    return "one request" if sized.concurrency == 1 else f"{sized.concurrency} requests at once"


def _limit_claim(found: Server, sized: Estimate) -> Claim | None:
    """Say how many full-length users the file allows, where fewer than usual fit."""
    if not sized.max_concurrency or sized.max_concurrency > sized.concurrency:
        return None
    count = sized.max_concurrency
    users = "one user" if count == 1 else f"{count} users"
    return Claim(
        text=f"The memory holds {users} at the full {sized.context_tokens:,} tokens; shorter "
        "requests leave room for more, and then the limit in the file can be raised.",
        evidence_ids=(working(sized, "users"), working(sized, "kv-cache")),
    )


def _outside_claim(found: Server, turn: Turn) -> Claim | None:
    """Say what stays in system memory, where not all of it fits the GPU."""
    sized = found.sized
    kept = outside_gpu(sized, found.model)
    if kept is None:
        return None
    weights = working(sized, "weights")
    part = "experts" if kept.of_experts else "weights"
    work = Calculation(
        id=weights.replace("/weights", "/outside"),
        name=f"{part} of {kept.layers} layers in system memory",
        formula="weights that the GPU can't hold, in whole layers",
        inputs=(
            Input(name="layers", value=kept.layers),
            Input(name="needed", value=round(sized.total_gb.value or 0, 1), unit="GB"),
            Input(name="usable on the GPU", value=round(sized.usable_gb or 0, 1), unit="GB"),
        ),
        value=kept.ram_gb,
        unit="GB",
        sources=(weights,),
    )
    ram: tuple[str, ...] = ()
    if found.ram_gb:
        turn.book.slots["profile/ram"] = f"{found.ram_gb:g} GB of system memory, as stated"
        ram = ("profile/ram",)
    beside = f" of your {number(found.ram_gb)} GB" if found.ram_gb else ""
    return Claim(
        text=f"The {part} of {kept.layers} layers stay in system memory: about "
        f"{gigabytes(kept.ram_gb)}{beside}. Attention and context stay on the GPU."
        if kept.of_experts
        else f"{kept.layers} layers stay in system memory: about {gigabytes(kept.ram_gb)}{beside}.",
        evidence_ids=(*turn.book.work(work), *ram),
    )


def _load_claim(found: Server, load: Load, turn: Turn) -> Claim:
    """Say how many servers like this one carry the rate that was stated."""
    sized = found.sized
    speed = working(sized, "throughput")
    rate = load.requests_per_second
    servers = Calculation(
        id=speed.replace("/throughput", "/servers"),
        name="servers for the peak of the load",
        formula="requests a second at the peak / (output tokens a second / tokens an answer)",
        inputs=(
            Input(name="requests at the peak", value=round(rate, 3), unit="requests/s"),
            Input(
                name="requests of one server", value=round(load.per_server, 3), unit="requests/s"
            ),
            Input(name="tokens an answer", value=sized.output_tokens),
            Input(name="devices of one server", value=found.devices),
        ),
        value=load.servers,
        unit="servers",
        sources=(speed,),
    )
    name = short(found.hardware)
    each = f"One such server carries about {number(load.per_server, 2)} requests a second"
    peak = "" if load.is_peak else ", three times the average"
    if load.servers == 1:
        text = f"{each}; the load is {number(rate, 2)} at its peak{peak}."
    else:
        text = (
            f"{each}, so {number(rate, 2)} at the peak{peak} take {load.servers} of them behind a "
            f"load balancer: {load.servers * found.devices} x {name} in all."
        )
    ids = (*turn.book.work(servers), speed, "profile/requests_per_day")
    total = Calculation(
        id=speed.replace("/throughput", "/all-devices"),
        name="devices of all servers",
        formula="servers x devices of one",
        inputs=(
            Input(name="servers", value=load.servers, source=servers.id),
            Input(name="devices of one server", value=found.devices),
        ),
        value=load.servers * found.devices,
        unit="devices",
        sources=(servers.id,),
    )
    return Claim(text=text, evidence_ids=(*ids, *turn.book.work(total)))


def _rent_claim(found: Server, load: Load, rent: Statement, turn: Turn) -> Claim:
    """Return what all servers rent for, an hour and a month."""
    devices = load.servers * found.devices
    hourly = devices * (rent.value or 0.0)
    work = Calculation(
        id=f"calc/{found.hardware.id.rpartition('/')[2]}-x{devices}/rent",
        name="rent of all servers a month",
        formula="devices x price x hours a month",
        inputs=(
            Input(name="devices", value=devices),
            Input(name="price", value=rent.value or 0.0, unit="USD/h", source=rent.id),
            Input(name="all of them", value=round(hourly, 2), unit="USD/h"),
            Input(name="hours a month", value=MONTH_HOURS),
        ),
        value=hourly * MONTH_HOURS,
        unit="USD",
        sources=(rent.id,),
    )
    return Claim(
        text=f"Rent: {usd(hourly)} an hour, {usd(hourly * MONTH_HOURS)} a month, at the cheapest "
        "on-demand price known.",
        evidence_ids=(*turn.book.work(work), *turn.book.state(rent)),
    )


def _notes(found: Server, turn: Turn) -> list[Claim]:
    """Return which devices were chosen and why, what was assumed, and which model stands in."""
    notes, assumed = [], dict(found.assumed)
    if (taken := assumed.pop("hardware", None)) and found.load is not None:
        what = taken if found.load.servers == 1 else f"servers of {taken}"
        verb = "carries" if what == taken and found.devices == 1 else "carry"
        text = f"No card was named: {what} {verb} this load for the least rent found."
        notes.append(Claim(text=text, evidence_ids=("profile/message",)))
    elif taken:
        notes.append(
            Claim(text=f"No card was named: {taken} taken.", evidence_ids=("profile/message",))
        )
    if found.stands_for:
        assumed.pop("model", None)
    if found.load is not None:
        assumed.pop("concurrency", None)
    if assumed:
        text = f"Assumed, as the question does not say: {listing(list(assumed.values()))}."
        turn.book.slots["profile/assumed"] = text
        notes.append(Claim(text=text, evidence_ids=("profile/assumed",)))
    if note := stand_in_note(turn, found.model, found.stands_for):
        notes.append(Claim(text=f"{note}.", evidence_ids=("profile/message",)))
    return notes


def _headline(found: Server, card: str, asked: int | None) -> str:
    name, sized = short(found.model), found.sized
    if found.barred and found.plan is not None:
        reason = re.split(r"\. Valid|, but", found.barred)[0]
        reason = reason.replace(found.hardware.title, short(found.hardware))
        return f"{reason}: {found.plan.server.title} serves {name} there"
    if asked and sized.fits and asked > sized.concurrency:
        return f"Not {asked} at once: {card} serves {_streams(sized)} of {name} at full length"
    if sized.fits is False and outside_gpu(sized, found.model) is not None:
        return f"{name} on {card} with the rest in system memory: the file below serves it"
    if sized.fits is False:
        return f"No, {name} does not fit {card}"
    if found.plan is None:
        return f"{name} fits {card}, but there is no file for that server here"
    if (barred := not_sold(found.hardware)) is not None:
        return f"The file serves {name} on {card}, but it can't be bought: {barred}"
    if found.load is not None and found.load.servers > 1:
        return f"{name} for that load: {found.load.servers} servers of {card}"
    return f"{name} on {card}: the file below serves it"


def _outcome(found: Server, asked: int | None) -> str | None:
    sized = found.sized
    fits = sized.fits is not False or outside_gpu(sized, found.model) is not None
    if not fits or (asked or 0) > sized.concurrency:
        return "no"
    return "yes" if found.plan is not None and not_sold(found.hardware) is None else None
