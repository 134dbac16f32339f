"""Speed: tokens a second for one user and for many, and how many users a rate allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.core.estimate import Estimate, estimate
from agent.errors import InputError
from agent.kinds import reality
from agent.kinds.asked import (
    asked_hardware,
    asked_model,
    is_unlisted,
    memory_claim,
    memory_evidence,
    read_precision,
    stand_in_note,
    steps,
)
from agent.kinds.fit import Closed
from agent.kinds.naming import bits_name, cards, context_of, short, working
from agent.kinds.on_paper import OnPaper, read_claim
from agent.kinds.plain import Back, NothingKnown
from agent.kinds.reality import Checked
from agent.turn import Draft, Turn
from agent.wording import number, seconds
from knowledge.schema import Hardware, Model

DEFAULT_CONTEXT = 2048
STREAMS = (1, 8, 32, 128)
FASTEST_RATE = 30.0
"""Tokens a second that read as fluent: about twice a fast reader's pace."""
DEFAULT_ANSWER = 256
_FIRST_TOKEN = re.compile(
    r"\bttft\b|first[\s-](?:token|word)|\bprefill|prompt[\s-](?:processing|reading)", re.IGNORECASE
)
_PROMPT = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)\s?(k\b)?[\s-]*(?:tokens?[\s-]+)?(?:of |long |as )?"
    r"(?:prompts?|inputs?)\b"
    r"|(?:prompts?|inputs?)(?: of|:)? (\d[\d,]*(?:\.\d+)?)\s?(k\b)?",
    re.IGNORECASE,
)


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
    first_asked: bool = False
    rate_asked: bool = False


def work_out(turn: Turn) -> Paced | Checked | OnPaper | Closed | NothingKnown | Back:
    """Estimate the speed at several loads, at the largest precision that fits."""
    hardware, devices = asked_hardware(turn)
    if hardware is None or is_unlisted(hardware):
        return _without_device(turn, hardware)
    if hardware.value("bandwidth") is None and hardware.claims:
        return reality.work_out(turn)
    assumed: dict[str, str] = {}
    model, stands_for = asked_model(turn)
    if model is None:
        model = _usual_model(turn, hardware, devices)
        if model is None:
            return Back("problem", ("Name the model: how fast is which model to run?",))
        assumed["model"] = f"{short(model)}, as no model was named"
    if not model.open_weights:
        return Closed(model)
    prompt, answer, guessed = _lengths(turn)
    if guessed:
        assumed["context"] = f"{prompt + answer:,} tokens of prompt and answer"
    precision = _precision(turn, model, hardware, devices, prompt, answer)
    asked = turn.understanding
    rate = asked.tokens_per_second
    if rate is None and "users" in turn.message.lower():
        rate = FASTEST_RATE
        assumed["rate"] = f"{FASTEST_RATE:g} tokens a second for each user"
    streams = sorted({*STREAMS, asked.concurrency or 1})
    run = _Run(turn, model, hardware, devices, precision, prompt, answer)
    return Paced(
        model,
        hardware,
        devices,
        tuple(e for n in streams if (e := run.at(n)).fits is not False or n == 1),
        rate,
        run.most_at(rate) if rate else None,
        stands_for,
        assumed,
        first_asked=bool(_FIRST_TOKEN.search(turn.message)),
        rate_asked=asked.tokens_per_second is not None,
    )


def _without_device(turn: Turn, device: Hardware | None) -> OnPaper | NothingKnown | Back:
    """Return what the message's own figures allow, say what is not known, or ask."""
    claim = read_claim(turn)
    if claim is not None and claim.memory_gb:
        return claim
    if device is None:
        return Back("problem", ("Name the device: how fast on what?",))
    return NothingKnown((device.title,), ())


def _usual_model(turn: Turn, hardware: Hardware, devices: int) -> Model | None:
    """Return the best open model of a size that the devices hold."""
    memory = hardware.value("memory") or 24
    most = memory * devices / 2.4
    found = turn.market.open_general(min_parameters_b=7, max_parameters_b=most)
    return next(iter(found), None)


def _lengths(turn: Turn) -> tuple[int, int, bool]:
    """Return tokens of prompt and answer, and whether both were assumed.

    The prompt of the message comes before that of the job; a bare context holds both.
    """
    profile = turn.profile
    prompt = turn.understanding.patch.input_tokens or _stated_prompt(turn) or profile.input_tokens
    if prompt:
        return prompt, profile.output_tokens or DEFAULT_ANSWER, False
    context, guessed = context_of(turn, DEFAULT_CONTEXT)
    prompt = max(1, context * 3 // 4)
    return prompt, profile.output_tokens or max(1, context - prompt), guessed


def _stated_prompt(turn: Turn) -> int | None:
    """Return the length of the prompt in the message's own words: "32k prompt"."""
    match = _PROMPT.search(turn.message)
    if match is None:
        return None
    digits, scale = (match[1], match[2]) if match[1] else (match[3], match[4])
    tokens = float(digits.replace(",", "")) * (1000 if scale else 1)
    return round(tokens) if tokens >= 1 else None


def _precision(
    turn: Turn, model: Model, hardware: Hardware, devices: int, prompt: int, answer: int
) -> str:
    asked = read_precision(model, turn.understanding.precision)
    tried = (asked,) if asked else steps(model, hardware)
    for precision in tried:
        try:
            result = estimate(
                model, hardware, devices, precision, 1, prompt, answer, turn.understanding.engine
            )
        except InputError:
            if asked:
                raise
            continue
        if result.fits is not False:
            return precision
    return tried[-1]


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
    if stand_in:
        notes.append(Claim(text=f"{stand_in}.", evidence_ids=("profile/message",)))
    if (about := memory_claim(turn, found.hardware)) is not None:
        notes.append(about)
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


def _too_large(found: Paced, turn: Turn, first: Estimate, card: str, stand_in: str | None) -> Draft:
    """Draft that it does not fit and what it would need; there is no speed then."""
    memory = number(found.hardware.value("memory") or 0)
    holds = f"it has {memory} GB" if found.devices == 1 else f"each has {memory} GB"
    text = (
        f"It needs about {number(first.total_gb.value or 0)} GB at {bits_name(first.precision)}, "
        f"and {holds}, so there is no speed to give."
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


def _lead(found: Paced, card: str) -> tuple[str, Claim]:
    model = short(found.model)
    if found.first_asked and found.estimates[0].ttft_s.value:
        return _first_word(found, card)
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
    return (f"{found.hardware.id}#bandwidth", f"{found.hardware.id}#memory")


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
