"""Figures with their units: which fact a label and a value, or a sentence, states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = r"(?P<n>\d[\d,]*(?:\.\d+)?)"
GB = rf"(?<![\w.,$]){NUMBER}\s?-?(?P<u>GB|GiB|TB|TiB)\b(?!\s?/\s?s|ps|\s+per\s+sec)"
GBS = (
    rf"(?<![\w.,$]){NUMBER}\s?(?P<u>GB|TB|gigabytes|terabytes)(?:\s?/\s?s(?:ec)?\b|ps\b|"
    rf" (?:per|a) second)"
)
WATT = rf"(?<![\w.,$]){NUMBER}\s?-?(?P<u>W|kW|watts?|kilowatts?)\b(?!h)"
USD = (
    r"(?:(?<![A-Za-z])(?:US)?\$\s?(?P<n>\d[\d,]*(?:\.\d+)?)|(?<![\w.,$])(?P<n2>\d[\d,]*(?:\.\d+)?)"
    r"\s?(?:USD|US dollars)\b|\bUSD\s?(?P<n3>\d[\d,]*(?:\.\d+)?))(?P<u>[kK](?!\w))?"
    r"(?!\.?\d|\s?(?:[MB]\b|bn\b|million|billion|trillion|m\b))"
)
NOT_A_PRICE = re.compile(
    r"^\W{0,3}(?:(?:/|per|an?|each|every)\s*(?:\w+[- ])?"
    r"(?:hour|hr|h|month|mo|year|yr|day|week|minute|seat|user|token|million|1?m|1k|k|node|rack|"
    r"server)"
    r"|to (?:run|power|design|develop|build|make|produce)\b"
    r"|hourly|monthly|yearly|off\b|discount|less\b|more\b|cheaper|in\s+(?:funding|savings|"
    r"credits))",
    re.IGNORECASE,
)
FLOPS = (
    rf"(?<![\w.,$]){NUMBER}\s?-?(?P<u>tera-?flops?|peta-?flops?|exa-?flops?|"
    rf"[TPE]FLOPS?(?:/s)?|[TP]OPS)\b"
)
COUNT = rf"(?<![\w.,$]){NUMBER}\s?-?(?P<u>[BMT]|bn|billion|million|trillion)\b"
TOKENS = rf"(?<![\w.,$]){NUMBER}\s?-?(?P<u>[KkMm]|million|thousand)?(?![\w.])"
SCALES = {
    "gb": 1.0,
    "gib": 1.0,
    "tb": 1000.0,
    "tib": 1024.0,
    "gigabytes": 1.0,
    "terabytes": 1000.0,
    "kw": 1000.0,
    "kilowatt": 1000.0,
    "kilowatts": 1000.0,
    "pflop": 1000.0,
    "petaflop": 1000.0,
    "pop": 1000.0,
    "eflop": 1e6,
    "exaflop": 1e6,
}
RANGES = {
    "memory": (1.0, 100_000.0),
    "bandwidth": (5.0, 1_000_000.0),
    "power": (1.0, 200_000.0),
    "price": (20.0, 20_000_000.0),
    "compute": (0.5, 10_000_000.0),
    "parameters": (0.001, 20_000.0),
    "active_parameters": (0.001, 20_000.0),
    "context": (256.0, 100_000_000.0),
    "max_output": (64.0, 10_000_000.0),
}
UNITS = {
    "memory": "GB",
    "bandwidth": "GB/s",
    "power": "W",
    "price": "USD",
    "parameters": "billion",
    "active_parameters": "billion",
    "context": "tokens",
    "max_output": "tokens",
}
PRECISIONS = (
    ("compute_fp4", r"(?:NV|MX)?FP4"),
    ("compute_fp8", r"(?:MX)?FP8"),
    ("compute_bf16", r"BF16|BFLOAT16"),
    ("compute_fp16", r"FP16|half[- ]precision"),
    ("compute_fp32", r"FP32|single[- ]precision"),
    ("compute_int8", r"INT8"),
    ("compute_int4", r"INT4"),
)
ANY_PRECISION = re.compile(
    r"\b(?:(?:NV|MX)?[BTF]?FP?\d{1,2}|TF32|INT\d{1,2}|BFLOAT16)\b", re.IGNORECASE
)
SPARSE = re.compile(r"\bspars|\bstructured\b", re.IGNORECASE)
MOST = r"(?:max(?:imum)?\.?|peak|total|typical|up to)\s+"
LABELS: tuple[tuple[str, str], ...] = (
    (
        "memory",
        rf"(?:{MOST}|gpu |graphics |video |device |on-?board |unified |local |card )*"
        r"(?:memory|vram|ram|hbm\d?\w?|gddr\d\w?|lpddr\d\w?|frame ?buffer)"
        r"(?: (?:capacity|size|configuration|amount))?",
    ),
    ("bandwidth", rf"(?:{MOST}|gpu |hbm\w* |dram )*(?:memory |mem\.? )?bandwidth"),
    (
        "power",
        rf"(?:{MOST}|board |card |graphics |thermal |gpu |module )*(?:tdp|tbp|tgp|power|"
        r"thermal design power)(?: (?:consumption|draw|envelope|limit|tdp))?",
    ),
    (
        "price",
        r"(?:list |launch |retail |starting |suggested |unit |base |volume |1ku\+? )*"
        r"(?:price|msrp|srp|cost)",
    ),
    ("parameters", r"(?:total |number of |model |# )*(?:parameters?|params|parameter count|size)"),
    ("active_parameters", r"(?:active|activated)(?: parameters?| params)?(?: per token)?"),
    (
        "context",
        r"(?:max(?:imum)?\.? |input |supported |native )*context(?: (?:window|length|size))?|"
        r"(?:max(?:imum)?\.? )(?:sequence|input) length",
    ),
    (
        "max_output",
        r"(?:max(?:imum)?\.? )?output(?: (?:length|tokens|limit))|max(?:imum)?\.? (?:output|"
        r"new tokens)",
    ),
)
PATTERNS = {
    "memory": GB,
    "bandwidth": GBS,
    "power": WATT,
    "price": USD,
    "parameters": COUNT,
    "active_parameters": COUNT,
    "context": TOKENS,
    "max_output": TOKENS,
}
KIND_OF_MEMORY = (
    r"(?:HBM\d?\w?|G?DDR\d?\w?|LPDDR\d\w?|unified|on-?board|graphics|video|device|"
    r"fast|local|high[- ]bandwidth)"
)
SENTENCES: tuple[tuple[str, str], ...] = (
    (
        "memory",
        rf"{GB}(?: of)?(?: {KIND_OF_MEMORY})* ?(?:memory|VRAM|RAM|HBM\d?\w?|GDDR\d\w?|"
        rf"LPDDR\d\w?)\b(?! bandwidth)",
    ),
    ("memory", rf"\b(?:memory capacity|VRAM)(?: (?:is|of|reaches|totals))+ (?:up to )?{GB}"),
    (
        "bandwidth",
        rf"{GBS}(?: of)?(?: (?:peak|total|HBM\d?\w?|DRAM|LPDDR\d\w?|GDDR\d\w?))* ?memory bandwidth",
    ),
    ("bandwidth", rf"memory bandwidth(?: (?:is|of|at|reaches|up|to))* {GBS}"),
    (
        "bandwidth",
        rf"{GBS}(?: of)?(?: (?:peak|total|raw))* bandwidth\b(?! (?:to|between|per|over|across)\b)",
    ),
    ("bandwidth", rf"\bbandwidth(?: (?:is|of|at|reaches|up|to))* {GBS}"),
    (
        "bandwidth",
        rf"(?:memory|VRAM|HBM\d?\w?|GDDR\d\w?|LPDDR\d\w?),? (?:at|with|delivering|"
        rf"running at) (?:up to )?{GBS}",
    ),
    (
        "power",
        rf"(?:TDP|TBP|TGP|thermal design power|power (?:draw|consumption|envelope|"
        rf"limit))(?: (?:is|of|at|up|to|just|only|rated))* {WATT}",
    ),
    (
        "power",
        rf"{WATT}(?: of)? (?:TDP|TBP|TGP|thermal design power|power (?:envelope|limit|budget|"
        rf"draw))",
    ),
    (
        "power",
        rf"(?:draw|consum|dissipat)(?:s|es|ing)(?: (?:up to|just|only|about|around))* {WATT}",
    ),
    ("power", rf"(?:in|within) an? {WATT} (?:package|envelope|power budget)"),
    ("power", rf"(?:bandwidth|memory|compute) (?:at|within|in) (?:just |only )?{WATT}"),
    (
        "price",
        r"(?:priced (?:at|from)|price (?:of|is|starts at)|starting (?:at|from|price of)|"
        r"starts? at|costs?|costing|retails? (?:for|at)|MSRP(?: of| is)?:?|sell(?:s|ing)? for|"
        r"list price of|listed at|(?:ships?|available|on sale|arrives?|launches)\b"
        r"(?:(?!\bwith\b)[^.$;]){0,40}? (?:for|at))"
        rf"(?: (?:just|only|about|around))? {USD}",
    ),
    ("active_parameters", rf"{COUNT}[- ](?:are )?(?:active|activated)\b(?:[- ]parameters?)?"),
    (
        "active_parameters",
        rf"(?:activat(?:es|ing)|active parameters(?: of)?)(?: (?:only|just|about))? {COUNT}",
    ),
    ("parameters", rf"{COUNT}[- ](?:total )?param(?:eter)?s?\b(?! (?:are )?(?:active|activated))"),
    ("parameters", rf"{COUNT} total\b"),
    ("context", rf"{TOKENS}[- ]?(?:tokens?)?[- ](?:of )?context\b"),
    ("context", rf"context(?: (?:window|length|size|is|of|reaches|up|to|extended))* {TOKENS}"),
    ("max_output", rf"(?:up to )?{TOKENS} output tokens"),
    ("max_output", rf"(?:max(?:imum)? output|output limit)(?: (?:is|of|up|to|length))* {TOKENS}"),
)
COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in SENTENCES)
OTHER_MODEL = re.compile(
    r"\b(?:prun\w+|distill\w*|teacher|student|draft|reward|judge|(?:en|de)coder(?! model)|"
    r"adapters?|embeddings?(?! model)|adds?|(?:from|based on|than|with) an?)\b",
    re.IGNORECASE,
)
"""Words of sentences whose counts may be of a part, or of another model."""
ANOTHER = re.compile(
    r"(?<![A-Za-z\d])\d[\d.,]*\s?(?:[GT]i?B|k?W|[BMTKk]|billion|million)?(?:\s?[,/\u2013-]|\s(?:or|to|and)|,\s(?:or|and))\s?"
    r"(?:up to |over )?\$?$"
)
MEMORY = re.compile(r"\b(?:memory|VRAM|HBM\w*|G?DDR\w*|LPDDR\w*)\b", re.IGNORECASE)
LINK = re.compile(
    r"\b(?:NVLink|inter-?connect\w*|links?|PCIe(?! (?:\w+ ){0,2}(?:card|accelerator|board|module|"
    r"slot))|network\w*|fabric|ports?|Ethernet|InfiniBand|(?:chip|die)-to-\w+|bi-?directional|"
    r"cache|on-chip|SRAM|storage|I/?O|scale-(?:up|out)|hosts?|USB|Thunderbolt|CXL|UCIe)\b",
    re.IGNORECASE,
)
"""Words of sentences whose bandwidth may be another than the memory's."""
VARIANTS = re.compile(
    r"\b(?:PCIe|SXM\d?|OAM|MXM|module|versions?|variants?|editions?|modes?|configur\w+|between|peaks?|"
    r"idle|typical\w*|boost|maximum|up to|from)\b",
    re.IGNORECASE,
)
PRICE_BASES = (
    (
        "starting price",
        r"\b(?:from|start\w*|begin\w*)\b(?! (?:January|February|March|April|May|June|"
        r"July|August|September|October|November|December|Q\d|early|mid|late|today))",
    ),
    ("list price", r"\b(?:MSRP|SRP|RRP|list|suggested|recommended)\b"),
    ("price announced for later", r"\b(?:will|expected)\b"),
)
BITS = re.compile(r"\d\s?(?:Gb|Tb|Mb)(?:/s|ps)\b")


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
