"""Which model and which device is meant, and what stands in where no document describes it."""

from __future__ import annotations

import re

from agent.answer import Claim
from agent.core.machine import MIXED, is_mixed
from agent.core.memory_stated import (
    STATED,
    STATED_DEVICE,
    memory_is_stated,
    stated_device,
    with_memory,
    withdrawn,
)
from agent.core.precision import native_precision, parse_precision, runs_on
from agent.core.size_stated import stated_model
from agent.kinds.fact import cited_text
from agent.kinds.naming import bit_steps, short
from agent.kinds.plain import NothingKnown
from agent.turn import Turn
from agent.wording import number
from knowledge.schema import Document, Hardware, Model

NEAR = 0.15
"""Sizes that differ by less are one size: gpt-oss-120b has 117B."""
FOUR_BITS = 5.0
"""Fewer bits than this are a 4-bit format."""
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?b\b(?!\s?/)", re.IGNORECASE)
_VERSIONED = re.compile(r"([A-Za-z]+)[\s-]?[vV]?(\d+(?:\.\d+)?)(?![\d.]*\s?[bB]\b)(?![\w])")
_FORMAT = re.compile(
    r"\b(?:(?:ud-)(?:iq?\d\w*|q\d\w*)|tq[12]_0|awq|gptq|exl[23]|mlx|nf4|bnb|bitnet|ternary)\b",
    re.IGNORECASE,
)
_NEEDS_A_WIDTH = frozenset({"mlx", "bnb"})
"""Names of tools too: a format only beside a number of bits."""
_VARIANT = re.compile(
    r"[\s-]?(?:nano|nx|super|ti|mini|lite|xtx?|laptop|mobile|max-q)\b", re.IGNORECASE
)
"""A word after a device's name that makes another device of it."""
_MEMORY = re.compile(r"(\d{1,4}(?:\.\d)?)\s?(?:gb|gigs?|gigabytes?)\b", re.IGNORECASE)
_UNLISTED = re.compile(
    r"\b((?:(?:nvidia |geforce )*(?:gtx|rtx|titan|quadro|tesla)|(?:amd )?(?:radeon |rx ){1,2}"
    r"|(?:intel )?arc) ?(?:pro )?[a-z]?\d{2,4}[a-z]{0,2}\b"
    r"(?: (?:ti|super|xtx?|laptop|mobile)\b){0,2}"
    r"|[1-9]0[5-9]0 (?:ti |super )?(?:ti|super|laptop|mobile)"
    r"|(?:raspberry )?pi \d\w?|raspberry pi|(?:orange|banana) pi(?: \d)?"
    r"|jetson(?: (?:agx|orin|xavier|nano|nx|tx\d|thor)\b){0,3}"
    r"|mac ?book(?: (?:air|pro|neo))?(?: m\d(?: (?:pro|max))?)?|mac mini(?: m\d(?: pro)?)?|imac"
    r"|iphone(?: \d+\w*(?: pro)?)?|ipad(?: (?:pro|air))?|android (?:phone|tablet)|chromebook"
    r"|steam deck|surface (?:pro|laptop|book)|laptop|mini ?pc"
    r"|(?:intel |amd )?cpu|xeon\w*|epyc\w*|ryzen \w+|core i\d\w*|threadripper\w*)\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?:nvidia|geforce|gtx|rtx|titan|quadro|tesla|amd|radeon|rx|arc)\b", re.I)
_MADE_BY_APPLE = re.compile(r"\b(mac\w*|imac|iphone|ipad)\b", re.IGNORECASE)


def asked_model(turn: Turn) -> tuple[Model | None, str | None]:
    """Return the model to work with, and what it stands for where it is not the one named."""
    asked = turn.understanding
    for doc_id in asked.models:
        document = turn.catalogue.get(doc_id)
        if not isinstance(document, Model):
            continue
        size = _other_size(turn, document)
        if size is None:
            return document, _other_version(turn, document)
        return _of_size(turn, size) or document, _called(turn, size)
    if asked.parameters_b is None:
        return None, None
    return _of_size(turn, asked.parameters_b), f"{number(asked.parameters_b)}B"


def asked_size(turn: Turn) -> Model | None:
    """Return a model known by the size that the message states, where no open one is near it."""
    size = turn.understanding.parameters_b
    return None if size is None else stated_model(size, read_on=turn.today.isoformat())


def _of_size(turn: Turn, size: float) -> Model | None:
    """Return an open model of about that many billions of parameters, a dense one first."""
    low, high = (1 - NEAR) * size, (1 + NEAR) * size
    found = turn.market.open_general(min_parameters_b=low, max_parameters_b=high)
    dense = [m for m in found if m.architecture and m.architecture.moe is None]
    return next(iter(dense or found), None)


def _other_size(turn: Turn, model: Model) -> float | None:
    """Return the size in the message that `model` does not have, where it alone is named."""
    if len(turn.understanding.models) != 1:
        return None
    sizes = [float(match[1]) for match in _SIZE.finditer(turn.message)]
    if not sizes and turn.understanding.parameters_b:
        sizes = [turn.understanding.parameters_b]
    own = [v for name in ("parameters", "active_parameters") if (v := model.value(name))]
    named = {float(match[1]) for text in (model.title, model.id) for match in _SIZE.finditer(text)}
    if not sizes or not own:
        return None
    for size in sizes:
        if size in named or any(abs(size - value) <= NEAR * value for value in own):
            return None
    return max(sizes)


def _called(turn: Turn, size: float) -> str:
    """Return the words of the message for a model of that size: "Mistral Nemo 12B"."""
    digits = re.escape(f"{size:g}")
    match = re.search(rf"(?:[A-Z][\w-]*\s+){{0,3}}{digits}\s?[bB]\b", turn.message)
    return match[0] if match else f"{number(size)}B"


def _other_version(turn: Turn, model: Model) -> str | None:
    """Return the model as the user named it, where its version is not that of `model`."""
    own = _VERSIONED.search(model.title)
    if own is None:
        return None
    size = r"(?:[\s-]\d+(?:\.\d+)?\s?b\b)?"
    said = re.search(
        rf"(?<![\w]){own[1]}[\s-]?v?(\d+(?:\.\d+)?)(?![\d.]*\s?b\b)(?!\w){size}",
        turn.message,
        re.IGNORECASE,
    )
    return said[0] if said and float(said[1]) != float(own[2]) else None


def stand_in_note(turn: Turn, model: Model, stands_for: str | None) -> str | None:
    """Return the sentence that names a stand-in as one."""
    if stands_for is None:
        return None
    turn.book.name(stands_for, short(model))
    if not turn.understanding.models:
        return f"No model was named: {short(model)} stands for the {stands_for} you gave"
    return f"{short(model)} stands for {stands_for}, which no document here describes"


def asked_hardware(turn: Turn) -> tuple[Hardware | None, int]:
    """Return the device asked about and how many, with the memory that the user stated.

    A device that no document describes is one of its stated memory, without a speed. Else it is
    the first one that the user owns.
    """
    memory = turn.understanding.memory_gb
    if memory is not None:
        turn.book.slots[STATED] = f"{memory:g} GB of memory, as stated"
    for doc_id, count in turn.understanding.hardware:
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Hardware):
            variant = _variant(turn, document)
            if variant is None:
                return _as_stated(document, memory), count
            return _unlisted(turn, variant, memory or _memory_beside(turn, variant)), count
    name = unlisted_device(turn)
    if name is not None or memory is not None:
        memory = memory or (_memory_beside(turn, name) if name else None)
        return _unlisted(turn, name, memory), 1
    for doc_id, count in turn.profile.hardware or ():
        document = turn.catalogue.get(doc_id)
        if isinstance(document, Hardware):
            return document, count
    return None, 1


def _unlisted(turn: Turn, name: str | None, memory: float | None) -> Hardware:
    """Return a device that no document describes, with the memory that was stated for it."""
    title = name or f"device with {number(memory or 0)} GB"
    turn.book.name(title)
    if memory is not None:
        turn.book.slots[STATED] = f"{memory:g} GB of memory, as stated"
    return stated_device(
        title,
        memory,
        maker="Apple" if name and _MADE_BY_APPLE.search(name) else "not known",
        shared=name is not None and not _CARD.match(name),
        read_on=turn.today.isoformat(),
    )


def _memory_beside(turn: Turn, name: str) -> float | None:
    """Return the memory that stands right before or after the name of a device."""
    start = turn.message.lower().find(name.lower())
    if start < 0:
        return None
    after = turn.message[start + len(name) :]
    before = turn.message[:start].rstrip()
    found = _MEMORY.match(after.lstrip(" ,(")) or next(
        (m for m in _MEMORY.finditer(before) if m.end() == len(before)), None
    )
    return float(found[1]) if found else None


def unlisted_device(turn: Turn) -> str | None:
    """Return the device in the message that no document describes, in the user's words."""
    if turn.understanding.hardware:
        return None
    if match := _UNLISTED.search(turn.message):
        return match[0]
    return next((n for n in turn.understanding.unknown if _memory_beside(turn, n)), None)


def can_be_sized(turn: Turn) -> bool:
    """Tell whether a fit on a device that no document describes can still be worked out.

    Its memory must be stated and the model known; nothing else of the device is needed.
    """
    asked = turn.understanding
    if asked.intent not in ("fit", "speed") or not (asked.models or asked.parameters_b):
        return False
    name = unlisted_device(turn)
    return name is not None and bool(asked.memory_gb or _memory_beside(turn, name))


def _variant(turn: Turn, hardware: Hardware) -> str | None:
    """Return the device as named where a word after it makes another of it: "4070 Ti Super"."""
    own = {name.lower() for name in (*hardware.aliases, hardware.title, short(hardware))}
    low = turn.message.lower()
    for name in sorted(own, key=len, reverse=True):
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", low):
            after = _VARIANT.match(low, found.end())
            if after is None:
                return None
            said = low[found.start() : after.end()]
            return None if said in own else turn.message[found.start() : after.end()]
    return None


def unknown_device(hardware: Hardware) -> NothingKnown | None:
    """Return that nothing is known of a device that no document describes, memory included."""
    if not is_unlisted(hardware) or hardware.value("memory"):
        return None
    return NothingKnown((hardware.title,), ())


def is_unlisted(hardware: Hardware) -> bool:
    """Tell whether no document describes `hardware`."""
    return hardware.id == STATED_DEVICE


def _as_stated(hardware: Hardware, memory_gb: float | None) -> Hardware:
    """Return the device with the memory stated; a card's own limit is never raised.

    More than a card has is the memory of the computer or of all cards together.
    """
    listed = hardware.value("memory")
    if memory_gb is None or memory_gb == listed:
        return hardware
    unified = hardware.shares_memory
    return with_memory(hardware, memory_gb) if unified or memory_gb < (listed or 0) else hardware


def memory_evidence(turn: Turn, hardware: Hardware) -> tuple[str, ...]:
    """Return what the memory of `hardware` can be cited from."""
    if memory_is_stated(hardware):
        return (STATED,)
    if is_mixed(hardware):
        return (MIXED,)
    return turn.book.state(turn.fact(f"{hardware.id}#memory"))


def _was_named(turn: Turn, hardware: Hardware) -> bool:
    """Tell whether the message, or an earlier one that it follows, names this very device."""
    if turn.understanding.follow_up or not turn.understanding.hardware:
        return True
    low = turn.message.lower()
    words = re.findall(r"[a-z]*\d\w*", short(hardware).lower())
    named = any(word in low for word in words) or short(hardware).lower() in low
    return named or any(alias in low for alias in hardware.aliases)


def memory_note(turn: Turn, hardware: Hardware) -> str | None:
    """Return whose figure the memory is, or that so much of it is no longer sold."""
    memory = number(hardware.value("memory") or 0)
    if is_mixed(hardware):
        return None
    if not _was_named(turn, hardware):
        return f"No device was named: {short(hardware)} stands for one with {memory} GB"
    if memory_is_stated(hardware):
        if is_unlisted(hardware):
            if hardware.vendor == "not known" and hardware.title.startswith("device"):
                return f"Sized from the {memory} GB you stated; nothing else is known of the device"
            return (
                f"No document here describes the {hardware.title}: it is sized from the {memory} "
                "GB you stated, without speeds"
            )
        return f"Sized with the {memory} GB you stated; speeds are those of {short(hardware)}"
    if withdrawn(hardware):
        return f"Reckoned with {memory} GB, but {_first_lower(hardware.availability or '')}"
    return None


def memory_claim(turn: Turn, hardware: Hardware) -> Claim | None:
    """Return the note on the memory with what it rests on."""
    note = memory_note(turn, hardware)
    if note is None:
        return None
    ids = memory_evidence(turn, hardware)
    words = cited_text(turn, hardware, note) if withdrawn(hardware) else Claim(text=f"{note}.")
    return words.model_copy(update={"evidence_ids": (*words.evidence_ids, *ids)})


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:2].isalpha() and text[1:2].islower() else text


def not_sold(hardware: Document) -> str | None:
    """Return why a device can't be bought, in a few words, or None where it can be."""
    if not isinstance(hardware, Hardware) or is_unlisted(hardware):
        return None
    return {
        "announced": "it is announced, not on sale",
        "sampling": "it exists as samples, not on sale",
        "ip_only": "it is a chip design, not a product",
        "cancelled": "it was cancelled",
    }.get(hardware.status)


def steps(model: Model, hardware: Hardware) -> tuple[str, ...]:
    """Return the precisions to try, widest first, ending at 4 bit.

    What the maker publishes at fewer than 16 bits is not widened: gpt-oss ships in MXFP4.
    """
    native = native_precision(model)
    if native.bits < FOUR_BITS:
        return (native.name,)
    if is_unlisted(hardware):
        return "16 bit", "q8_0", "q4_k_m"
    wide, eight, four = bit_steps(hardware)
    if native.bits < 16 and runs_on(native, hardware):
        return native.name, four
    return wide, eight, four


def asked_precision(turn: Turn, model: Model) -> str | None:
    """Return the precision asked for, by width or by the name of a format: "AWQ", "MLX 4 bit"."""
    said = turn.understanding.precision
    named = _FORMAT.search(turn.message)
    if named is None or (said is None and named[0].lower() in _NEEDS_A_WIDTH):
        return read_precision(model, said)
    width = said if said and re.fullmatch(r"[\d.]+(?:bit|bpw)", said) else ""
    return read_precision(model, f"{named[0].lower()} {width}".strip())


def read_precision(model: Model, asked: str | None) -> str | None:
    """Return the precision asked for; a bare "4 bit" of a 4-bit model is its own format."""
    native = native_precision(model)
    bare = re.sub(r"[\s-]", "", (asked or "").lower()) in ("4bit", "4bits", "4")
    return native.name if bare and native.bits < FOUR_BITS else asked


def nominal_bits(precision: str) -> int:
    """Return 16, 8 or 4: the class of a precision."""
    bits = parse_precision(precision).bits
    return 16 if bits > 12 else 8 if bits > 6 else 4
