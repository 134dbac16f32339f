"""Figures with their units: which fact a label and a value, or a sentence, states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.drafting.wording import (
    ANOTHER,
    ANY_PRECISION,
    BITS,
    COMPILED,
    FLOPS,
    LABELS,
    LINK,
    MEMORY,
    NOT_A_PRICE,
    OTHER_MODEL,
    PATTERNS,
    PRECISIONS,
    PRICE_BASES,
    RANGES,
    SCALES,
    SPARSE,
    UNITS,
    VARIANTS,
    WATT,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a fact as a text states it; `words` is the phrase."""

    name: str
    value: float
    unit: str
    words: str


def labelled(label: str, value: str) -> Figure | None:
    """Return the one figure that `label` and `value` state, or None.

    A value with two different figures of the dimension says nothing sure.
    """
    plain = " ".join(re.sub(r"\([^)]*\)|[*_:]", " ", label).split()).lower()
    words = f"{label.strip()}: {value.strip()}"
    compute = _compute_label(label, value)
    if compute:
        return compute
    for name, pattern in LABELS:
        if not re.fullmatch(pattern, plain):
            continue
        if name in {"memory", "bandwidth"} and LINK.search(label):
            return None
        shown = value if _has_unit(name, value) else f"{value} {_unit_in(label)}"
        if name in {"context", "max_output"} and not re.match(r"\W*(?:up to )?\d", shown):
            return None
        found = {f.value: f for f in _figures(name, PATTERNS[name], shown, words)}
        return next(iter(found.values())) if len(found) == 1 else None
    return None


def said(sentence: str, before: str = "") -> Iterator[Figure]:
    """Yield the figures that `sentence`, which follows `before`, binds to the name of a fact."""
    if BITS.search(sentence) and "memory" not in sentence.lower():
        return
    for name, pattern in COMPILED:
        if name == "parameters" and OTHER_MODEL.search(sentence):
            continue
        if name == "power" and _of_variants(sentence):
            continue
        for match in pattern.finditer(sentence):
            if name == "bandwidth" and not _of_memory(match, sentence, before):
                continue
            rate = name == "price" and _rate(match, sentence)
            if _kept_case(name, match) and not rate and not _one_of_several(match, sentence):
                yield from _made(name, match, _phrase(name, match))
    yield from _compute_said(sentence)


def _of_variants(sentence: str) -> bool:
    """Return whether the powers in `sentence` are of several forms or modes of a product."""
    powers = {match["n"] for match in re.finditer(WATT, sentence)}
    return len(powers) > 1 and VARIANTS.search(sentence) is not None


def _of_memory(match: re.Match[str], sentence: str, before: str) -> bool:
    """Tell the memory's bandwidth, by its name or by what else is spoken of, from a link's."""
    if MEMORY.search(match[0]):
        return True
    context = sentence if MEMORY.search(sentence) else f"{before} {sentence}"
    return MEMORY.search(context) is not None and not LINK.search(context)


def _phrase(name: str, match: re.Match[str]) -> str:
    """Return the words of a figure; those of a price up to the end of its clause."""
    if name != "price":
        return match[0]
    rest = re.match(r"(?:(?!\.\s|\.$)[^;,]){0,60}", match.string[match.end() :])
    led = re.search(r"\bwill $", match.string[: match.start()])
    return (led[0] if led else "") + match[0] + (rest[0] if rest else "")


def _priced(words: str) -> str:
    """Return `words` of a price after what kind of price they call it."""
    found = (basis for basis, pattern in PRICE_BASES if re.search(pattern, words, re.IGNORECASE))
    return f"{next(found, 'price as stated')}: {words}"


def _one_of_several(match: re.Match[str], sentence: str) -> bool:
    """Tell a choice or a range ("48GB, 64GB or 128GB of memory") from a figure."""
    start = next(match.start(group) for group in ("n", "n2", "n3") if match.groupdict().get(group))
    return ANOTHER.search(sentence[max(0, start - 24) : start]) is not None


def _kept_case(name: str, match: re.Match[str]) -> bool:
    """Tell bytes from bits and watts from words by their capitals, tokens by their word."""
    unit = match["u"] or ""
    if name in {"memory", "bandwidth"}:
        return unit in {"GB", "GiB", "TB", "TiB", "gigabytes", "terabytes"}
    if name == "power":
        return unit in {"W", "kW"} or len(unit) > 2
    if name in {"context", "max_output"}:
        return bool(unit) or "token" in match.string[match.start() : match.end() + 8].lower()
    return True


def _has_unit(name: str, value: str) -> bool:
    return name in {"context", "max_output"} or re.search(PATTERNS[name], value) is not None


def _unit_in(label: str) -> str:
    found = re.search(r"\(([^)]*)\)\s*$", label)
    return found[1].strip() if found else ""


def _figures(name: str, pattern: str, text: str, words: str) -> Iterator[Figure]:
    for match in re.finditer(pattern, text):
        if name == "price" and _rate(match, text):
            continue
        yield from _made(name, match, words)


def _rate(match: re.Match[str], text: str) -> bool:
    return NOT_A_PRICE.match(text[match.end() :]) is not None


def _made(name: str, match: re.Match[str], words: str) -> Iterator[Figure]:
    groups = match.groupdict()
    number = groups.get("n") or groups.get("n2") or groups.get("n3")
    if not number or not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", number):
        return
    value = float(number.replace(",", "")) * _scale(name, groups.get("u") or "")
    low, high = RANGES["compute" if name.startswith("compute") else name]
    if low <= value <= high:
        unit = "TOPS" if "int" in name else UNITS.get(name, "TFLOPS")
        shown = _priced(words) if name == "price" else words
        yield Figure(name, round(value, 6), unit, " ".join(shown.split())[:140])


def _scale(name: str, unit: str) -> float:
    plain = unit.lower().replace("-", "")
    if name in {"parameters", "active_parameters"}:
        return {"b": 1, "bn": 1, "billion": 1, "t": 1000, "trillion": 1000}.get(plain, 0.001)
    if name in {"context", "max_output"}:
        return {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}.get(plain, 1.0)
    if name == "price":
        return 1000.0 if plain == "k" else 1.0
    return SCALES.get(plain, SCALES.get(plain.removesuffix("/s").rstrip("s"), 1.0))


def _precisions(text: str) -> list[str]:
    found = [name for name, pattern in PRECISIONS if re.search(rf"\b(?:{pattern})\b", text, re.I)]
    if "compute_bf16" in found and "compute_fp16" in found:
        found.remove("compute_fp16")
    return found


def _compute_label(label: str, value: str) -> Figure | None:
    names = _precisions(label)
    others = {found.upper() for found in ANY_PRECISION.findall(label)}
    if len(names) != 1 or any(re.search(r"TF32|FP64", other) for other in others):
        return None
    shown = value if re.search(FLOPS, value, re.I) else f"{value} {_flops_in(label)}"
    found = list(re.finditer(FLOPS, shown, re.IGNORECASE))
    if len(found) != 1:
        return None
    name = names[0] + ("_sparse" if SPARSE.search(f"{label} {value}") else "")
    return next(_made(name, found[0], f"{label}: {value}"), None)


def _flops_in(label: str) -> str:
    found = re.search(r"[TP](?:FL)?OPS", label, re.IGNORECASE)
    return found[0] if found else ""


def _compute_said(sentence: str) -> Iterator[Figure]:
    """Yield rates that stand directly beside one precision."""
    for match in re.finditer(FLOPS, sentence, re.IGNORECASE):
        before = sentence[max(0, match.start() - 24) : match.start()]
        after = sentence[match.end() : match.end() + 32]
        beside = re.match(
            rf"(?:,? (?:of|in|at|for))*(?: (?:dense|peak|sparse))? ?\(?({ANY_PRECISION.pattern})",
            after,
            re.I,
        )
        ahead = re.search(
            rf"({ANY_PRECISION.pattern})(?: (?:compute|performance|throughput|at|of|is|"
            rf"reaches))*:? $",
            before,
            re.I,
        )
        named = [found[1] for found in (beside, ahead) if found]
        names = _precisions(named[0]) if len(named) == 1 else []
        if len(names) == 1:
            sparse = _is_sparse(sentence, match)
            if sparse is None:
                continue
            name = names[0] + ("_sparse" if sparse else "")
            yield from _made(name, match, sentence[match.start() : match.end() + 40])


def _is_sparse(sentence: str, match: re.Match[str]) -> bool | None:
    """Tell whether a rate is with sparsity; None where the sentence may mean another rate."""
    if not SPARSE.search(sentence):
        return False
    clause = re.split(r",|;|\band\b", sentence[match.end() :])[0]
    if SPARSE.search(clause):
        return True
    if "dense" in clause:
        return False
    return True if len(re.findall(FLOPS, sentence, re.IGNORECASE)) == 1 else None
