"""Speed: tokens a second for one user and for many, and how many users a rate allows."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.core.estimate import Estimate, estimate
from agent.errors import InputError
from agent.kinds.fit import Closed, asked_hardware, asked_model
from agent.kinds.naming import bits_name, cards, context_of, short, working
from agent.kinds.plain import Back
from agent.turn import Draft, Turn
from agent.wording import number, seconds
from knowledge.schema import Hardware, Model

DEFAULT_CONTEXT = 2048
STREAMS = (1, 8, 32, 128)
FASTEST_RATE = 30.0
"""Tokens a second that read as fluent: about twice a fast reader's pace."""


@dataclass(frozen=True, slots=True)
class Paced:
    """Estimates at rising concurrency; `users` is the most that keep the rate asked for."""

    model: Model
    hardware: Hardware
    devices: int
    estimates: tuple[Estimate, ...]
    rate: float | None
    users: Estimate | None
    stands_for: str | None
    assumed: dict[str, str]


def work_out(turn: Turn) -> Paced | Closed | Back:
    """Estimate the speed at several loads, at the largest precision that fits."""
    model, stands_for = asked_model(turn)
    hardware, devices = asked_hardware(turn)
    if hardware is None:
        return Back("problem", ("Name the device: how fast on what?",))
    assumed: dict[str, str] = {}
    if model is None:
        fitting = turn.market.open_general(
            min_parameters_b=7, max_parameters_b=(hardware.value("memory") or 24) * devices / 2.4
        )
        if not fitting:
            return Back("problem", ("Name the model: how fast is which model to run?",))
        model = fitting[0]
        assumed["model"] = f"{short(model)}, as no model was named"
    if not model.open_weights:
        return Closed(model)
    context, guessed = context_of(turn, DEFAULT_CONTEXT)
    if guessed:
        assumed["context"] = f"{context:,} tokens of prompt and answer"
    prompt = turn.profile.input_tokens or max(1, context * 3 // 4)
    answer = turn.profile.output_tokens or max(1, context - prompt)
    if isinstance(precision := _precision(turn, model, hardware, devices, prompt, answer), Back):
        return precision
    rate = turn.understanding.tokens_per_second
    if rate is None and "users" in turn.message.lower():
        rate = FASTEST_RATE
        assumed["rate"] = f"{FASTEST_RATE:g} tokens a second for each user"
    streams = tuple(
        dict.fromkeys(
            (
                *STREAMS,
                *([turn.understanding.concurrency] if turn.understanding.concurrency else []),
            )
        )
    )
    run = _Run(turn, model, hardware, devices, precision, prompt, answer)
    found = tuple(e for n in sorted(streams) if (e := run.at(n)).fits is not False or n == 1)
    users = run.most_at(rate) if rate else None
    return Paced(model, hardware, devices, found, rate, users, stands_for, assumed)


def _precision(
    turn: Turn, model: Model, hardware: Hardware, devices: int, prompt: int, answer: int
) -> str | Back:
    asked = turn.understanding.precision
    for precision in (asked,) if asked else ("16 bit", "8 bit", "4 bit"):
        try:
            result = estimate(
                model, hardware, devices, precision, 1, prompt, answer, turn.understanding.engine
            )
        except InputError as error:
            if asked:
                return Back("problem", (str(error),))
            continue
        if result.fits is not False:
            return precision
    return asked or "4 bit"


@dataclass(frozen=True, slots=True)
class _Run:
    """One set-up, estimated at any number of streams."""

    turn: Turn
    model: Model
    hardware: Hardware
    devices: int
    precision: str
    prompt: int
    answer: int

    def at(self, streams: int) -> Estimate:
        """Return the estimate for `streams` requests at once."""
        return estimate(
            self.model,
            self.hardware,
            self.devices,
            self.precision,
            streams,
            self.prompt,
            self.answer,
            self.turn.understanding.engine,
        )

    def most_at(self, rate: float) -> Estimate | None:
        """Return the estimate at the most streams that each still get `rate` tokens a second."""
        low, high = 0, 512
        best = None
        while low < high:
            middle = (low + high + 1) // 2
            result = self.at(middle)
            fast = (result.decode_tok_s.value or 0) >= rate
            if result.fits and fast:
                low, best = middle, result
            else:
                high = middle - 1
        return best


def write(found: Paced, turn: Turn) -> Draft:
    """Draft the speeds as ranges, with the load each holds for."""
    book, card = turn.book, cards(found.devices, short(found.hardware))
    book.name(short(found.model), found.model.title, short(found.hardware), found.hardware.title)
    for item in (*found.estimates, *([found.users] if found.users else [])):
        book.work(*item.calculations)
    book.state(*(turn.fact(i) for i in _facts(found)))
    if found.rate == FASTEST_RATE:
        book.slots["profile/message"] += f" {FASTEST_RATE:g} tokens a second assumed"
    first = found.estimates[0]
    if first.fits is False:
        return Draft(
            kind="fit",
            outcome="no",
            headline=f"{short(found.model)} does not fit {card}",
            summary=Claim(
                text=f"It needs about {number(first.total_gb.value or 0)} GB at "
                f"{bits_name(first.precision)}, so there is no speed to give.",
                evidence_ids=(working(first, "total"),),
            ),
            suggestions=(f"What would fit on {card}?",),
        )
    if first.decode_tok_s.value is None:
        return Draft(
            kind="fit",
            headline=f"No speed can be given for {card}",
            summary=Claim(text="Its memory bandwidth is not published, and speed rests on it."),
            missing=first.missing,
            suggestions=(f"What is known of the {short(found.hardware)}?",),
        )
    headline, summary = _lead(found, card)
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
    if found.stands_for:
        notes.append(Claim(text=f"{short(found.model)} stands for the size you gave."))
    return Draft(
        kind="fit",
        outcome="yes",
        headline=headline,
        summary=summary,
        sections=(
            Section(title="", table=table),
            Section(title="", claims=tuple(notes), style="sentences"),
        ),
        assumed=found.assumed,
        suggestions=("And at 32k context?", "What does it cost a month?"),
    )


def _lead(found: Paced, card: str) -> tuple[str, Claim]:
    model = short(found.model)
    if found.rate and found.users:
        users = found.users
        return (
            f"About {number(users.concurrency, 2)} users at once",
            Claim(
                text=f"{card[0].upper()}{card[1:]} serves {number(users.concurrency, 2)} streams "
                f"of {model} at {bits_name(users.precision)} with about "
                f"{number(users.decode_tok_s.value or 0, 2)} tokens a second each, the most that "
                f"keep {number(found.rate)} tok/s.",
                evidence_ids=(working(users, "decode"), "profile/message", *_facts(found)),
            ),
        )
    first = found.estimates[0]
    if found.rate:
        return (
            "Not even one user at that rate",
            Claim(
                text=f"A single stream of {model} reaches about "
                f"{number(first.decode_tok_s.value or 0, 2)} tokens a second.",
                evidence_ids=(working(first, "decode"),),
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
    return (f"{found.hardware.id}#bandwidth", f"{found.hardware.id}#memory")


def _row(item: Estimate) -> Row:
    each, together, first = item.decode_tok_s, item.throughput_tok_s, item.ttft_s
    ids = (working(item, "decode"),)
    return Row(
        cells=(
            Claim(text=str(item.concurrency), evidence_ids=ids),
            Claim(text=_range(each.low, each.high, "tok/s"), evidence_ids=ids),
            Claim(
                text=_range(together.low, together.high, "tok/s"),
                evidence_ids=(working(item, "throughput"),) if together.value else (),
            ),
            Claim(
                text=seconds((first.value or 0) * 1000) if first.value else "not known",
                evidence_ids=(working(item, "ttft"),) if first.value else (),
            ),
        )
    )


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return "not known"
    return f"{number(low, 2)}-{number(high, 2)} {unit}"
