"""Speed: tokens a second for one user and for many, and how many users a rate allows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.core.estimate import Estimate, estimate
from agent.core.on_chip import reads_on_chip
from agent.errors import InputError
from agent.kinds import fit, reality, stated_speed
from agent.kinds.asked import asked_model, asked_precision, asked_size, is_unlisted, steps
from agent.kinds.closed import Closed, closed, closed_service
from agent.kinds.fit import Choice, Fitted, engine_for
from agent.kinds.machine import Machine, asked_machine
from agent.kinds.naming import context_of, short
from agent.kinds.on_paper import OnPaper, read_claim
from agent.kinds.plain import Back, NothingKnown
from agent.kinds.reality import Checked
from agent.kinds.stated_speed import StatedSpeed
from agent.turn import Turn
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


_DECODED = re.compile(r"^calc/([^/]+)/([^/]+)/.*/decode$")


@dataclass(frozen=True, slots=True)
class Paced:
    """Estimates at rising concurrency on one machine.

    `users` is the estimate at the most streams that keep `rate`; `wanted` the one at the number of
    users that the message states.
    """

    model: Model
    machine: Machine
    estimates: tuple[Estimate, ...]
    rate: float | None
    users: Estimate | None
    wanted: Estimate | None
    stands_for: str | None
    assumed: dict[str, str]
    first_asked: bool = False
    rate_asked: bool = False

    @property
    def hardware(self) -> Hardware:
        """The device, or the slowest of unlike ones."""
        return self.machine.hardware

    @property
    def devices(self) -> int:
        """How many devices work together."""
        return self.machine.devices


Found = Paced | Checked | OnPaper | Closed | StatedSpeed | Fitted | Choice | NothingKnown | Back


def work_out(turn: Turn) -> Found:
    """Estimate the speed at several loads, at the largest precision that fits."""
    machine = asked_machine(turn)
    if machine is None or is_unlisted(machine.hardware):
        return _without_device(turn, machine)
    hardware = machine.hardware
    model, stands_for = asked_model(turn)
    if model is None:
        model, stands_for = asked_size(turn), None
    on_chip = reads_on_chip(hardware)
    if hardware.value("bandwidth") is None and hardware.claims and not (on_chip and model):
        return reality.work_out(turn)
    if on_chip:
        return stated_speed.work_out(turn, model, hardware)
    if (barred := _closed(turn, model)) is not None:
        return barred
    return _paced(turn, model, machine, stands_for)


def _closed(turn: Turn, model: Model | None) -> Closed | None:
    if model is None:
        return closed_service(turn)
    return None if model.open_weights else closed(turn, model)


def _paced(
    turn: Turn, model: Model | None, machine: Machine, stands_for: str | None
) -> Paced | Fitted | Back:
    """Estimate the speeds; where the users asked about do not fit, say what would hold them."""
    hardware = machine.hardware
    assumed: dict[str, str] = {}
    if model is None:
        model = _usual_model(turn, hardware, machine.devices)
        if model is None:
            return Back("problem", ("Name the model: how fast is which model to run?",))
        assumed["model"] = f"{short(model)}, as no model was named"
    prompt, answer, guessed = _lengths(turn)
    if guessed:
        assumed["context"] = f"{prompt + answer:,} tokens of prompt and answer"
    asked = turn.understanding
    users = asked.concurrency or 1
    run = _Run(turn, model, machine, "", prompt, answer)
    run = replace(run, precision=_precision(run, users))
    wanted = run.at(users) if users > 1 else None
    if wanted is not None and wanted.fits is False and run.at(1).fits:
        return fit.fitted(turn, model, machine, prompt + answer, guessed, stands_for)
    rate = asked.tokens_per_second
    if rate is None and wanted is None and "users" in turn.message.lower():
        rate = FASTEST_RATE
        assumed["rate"] = f"{FASTEST_RATE:g} tokens a second for each user"
    most = run.most_at(rate) if rate else None
    streams = sorted({*STREAMS, users, most.concurrency if most else 1})
    return Paced(
        model,
        machine,
        tuple(e for n in streams if (e := run.at(n)).fits is not False or n == 1),
        rate,
        most,
        wanted,
        stands_for,
        assumed,
        first_asked=bool(_FIRST_TOKEN.search(turn.message)),
        rate_asked=asked.tokens_per_second is not None,
    )


def _without_device(turn: Turn, machine: Machine | None) -> Found:
    """Return what the message's own figures allow, say what is not known, or ask."""
    claim = read_claim(turn)
    if claim is not None and claim.memory_gb:
        return claim
    if machine is None:
        return Back("problem", ("Name the device: how fast on what?",))
    if machine.hardware.value("memory"):
        return fit.work_out(turn)
    return NothingKnown((machine.hardware.title,), ())


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


def _precision(run: _Run, users: int) -> str:
    """Return the precision asked for or spoken of before, else the widest that holds `users`.

    Where only system memory makes it fit, the fewest bits are the fastest.
    """
    turn, model = run.turn, run.model
    asked = asked_precision(turn, model)
    if asked:
        return asked
    tried = steps(model, run.machine.hardware)
    before = _precision_before(turn, model)
    for streams in dict.fromkeys((users, 1)):
        slow = None
        for precision in (before, *tried) if before else tried:
            try:
                result = replace(run, precision=precision).at(streams)
            except InputError:
                continue
            if result.fits is not False and not result.offloaded_share:
                return precision
            slow = precision if result.fits else slow
        if slow is not None:
            return slow
    return tried[-1]


def _precision_before(turn: Turn, model: Model) -> str | None:
    """Return the one precision at which the answer before gave speeds of `model`, if any."""
    if not turn.understanding.follow_up or turn.last_answer is None:
        return None
    decoded = (_DECODED.match(work.id) for work in turn.last_answer.calculations)
    name = model.id.rpartition("/")[2]
    found = {match[2] for match in decoded if match and match[1] == name}
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class _Run:
    """One set-up, estimated at any number of streams."""

    turn: Turn
    model: Model
    machine: Machine
    precision: str
    prompt: int
    answer: int

    def at(self, streams: int) -> Estimate:
        """Return the estimate for `streams` requests at once."""
        machine = self.machine
        return estimate(
            self.model,
            machine.hardware,
            machine.devices,
            self.precision,
            streams,
            self.prompt,
            self.answer,
            engine_for(self.turn, machine.hardware, machine.beside),
            system_memory=machine.beside,
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
