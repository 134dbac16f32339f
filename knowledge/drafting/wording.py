"""How texts write figures and the facts they belong to, as patterns."""

from __future__ import annotations

import re

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
    r"(?:HBM\d?\w?|G?DDR\d?\w?|LPDDR\d\w?|unified|on-?board|on-package|graphics|video|device|"
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
    ("power", rf"\brated (?:at|for) (?:up to )?{WATT}"),
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
