"""Digits that belong to a name: "RTX 4090", "Llama 3.3 70B", "Q4_K_M". They state no figure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.answer import Answer

PRECISION = re.compile(
    r"\b(?:I?Q\d(?:_[A-Z0-9]+)+|(?:BF|FP|INT|TF|MXFP|NVFP)-?\d+(?:_E\dM\d)?|"
    r"W\d+A\d+|e\dm\d|DDR\d|HBM\d\w?|GDDR\d\w?|LPDDR\d\w?|PCIe \d(?:\.0)?|NVLink \d|H\.26\d)\b",
    re.IGNORECASE,
)
BITS = re.compile(r"(?<![\w.,])(\d{1,2})[\s-]bits?\b", re.IGNORECASE)
FORMAT = re.compile(
    r"(?:fp|bf|int|tf|mxfp|nvfp|q|w)(\d{1,2})(?![0-9])|\b(\d{1,2})[\s-]bit", re.IGNORECASE
)
PUBLISHED_BITS = frozenset({"16", "8", "4"})
FOUR_BIT = re.compile(r"awq|gptq|nf4|qlora", re.IGNORECASE)
TOKEN = re.compile(r"[A-Za-z]*\d[\w.]*(?:,\d{3}\b)*|[A-Za-z]+")
LINKS = frozenset(
    {"on", "of", "at", "to", "x", "in", "and", "than", "with", "for", "from", "by", "per", "a"}
)
MEASURE = re.compile(r"^\d[\d.,]*(?:GB|GiB|TB|MB|W|kW|ms|s|h|k|x|K)?$", re.IGNORECASE)

Pair = tuple[str, str]


def name_pairs(names: Iterable[str]) -> frozenset[Pair]:
    """Return each word with digits beside the word before it; ("", word) where it stands alone.

    "NVIDIA GeForce RTX 4090" gives ("rtx", "4090"); "H100 SXM5 80GB" gives ("", "h100") and
    ("", "sxm5"), but never "80gb" alone, which is a figure wherever it stands.
    """
    pairs: set[Pair] = set()
    for name in names:
        before = ""
        for token in _tokens(name):
            word = token.casefold()
            if any(map(str.isdigit, word)):
                if before and before not in LINKS:
                    pairs.add((before, word))
                if not MEASURE.match(word) and not re.fullmatch(r"\d[\d.]*b", word):
                    pairs.add(("", word))
            before = word
    return frozenset(pairs)


def names_of(answer: Answer, messages: Iterable[str]) -> frozenset[Pair]:
    """Return the names that an answer may use: of its sources, options and calculations.

    Of running text (quotes, the user's words) only words that start with a letter count.
    """
    titles = [text for c in answer.citations for text in (c.title, c.doc_id.partition("/")[2])]
    options = [
        text
        for option in answer.options
        for text in (option.label, option.model, option.hardware, option.toolkit)
        if text
    ]
    workings = [c.name for c in answer.calculations]
    slugs = [part for c in answer.calculations for part in c.id.split("/")]
    files = [text for item in answer.attachments for text in (item.name, item.caption)]
    pairs = name_pairs([*titles, *options, *workings, *slugs, *answer.suggestions, *files])
    prose = [
        *(c.quote for c in answer.citations),
        *messages,
        *(str(i.value) for c in answer.calculations for i in c.inputs if isinstance(i.value, str)),
        *(source for c in answer.calculations for source in c.sources),
        *answer.missing,
    ]
    return pairs | frozenset(pair for pair in name_pairs(prose) if _is_name_in_prose(pair))


def _is_name_in_prose(pair: Pair) -> bool:
    before, word = pair
    if not before:
        return word[0].isalpha()
    return before in PRODUCT_LINES and word[0].isdigit()


PRODUCT_LINES = frozenset(
    {
        "rtx", "gtx", "rx", "arc", "gpt", "llama", "qwen", "gemma", "gemini", "claude", "opus",
        "sonnet", "haiku", "fable", "phi", "mistral", "granite", "glm", "deepseek", "kimi",
        "grok", "ministral", "nova", "nemotron", "olmo", "command", "flash", "radeon", "whisper",
        "bert", "falcon", "yi", "codestral", "devstral", "mixtral", "starcoder", "minimax",
        "hunyuan", "max",
    }
)  # fmt: skip
"""Words that a version number follows, in running text."""


def bits_of(answer: Answer, messages: Iterable[str]) -> frozenset[str]:
    """Return the widths ("4", "16") of the number formats that the answer's evidence names."""
    texts = [
        *(f"{c.id} {c.name} {c.formula}" for c in answer.calculations),
        *(str(i.value) for c in answer.calculations for i in c.inputs if isinstance(i.value, str)),
        *(c.quote for c in answer.citations),
        *messages,
    ]
    return formats_in(texts) | PUBLISHED_BITS


def formats_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the widths of the number formats that `texts` name."""
    known = tuple(texts)
    found = {a or b for text in known for a, b in FORMAT.findall(text)}
    return frozenset(found | ({"4"} if any(map(FOUR_BIT.search, known)) else set()))


def without_names(text: str, pairs: frozenset[Pair], bits: frozenset[str] = frozenset()) -> str:
    """Return `text` with the digits of names and of known precisions taken out.

    A memory size written into a name ("H100 SXM5 80GB") is part of it.
    """
    bare = PRECISION.sub(" ", text)
    bare = BITS.sub(lambda m: " " if m[1] in bits else m[0], bare)
    out: list[str] = []
    position, end, before = 0, 0, ""
    for match in TOKEN.finditer(bare):
        word = re.sub(r"gbs$", "gb", match[0].rstrip(".").casefold())
        if any(map(str.isdigit, word)):
            gap = bare[end : match.start()]
            if (before, word.removesuffix("s")) in pairs:
                word = word.removesuffix("s")  # "two RTX 4090s"
            beside = not re.search(r"[.;:|\n]", gap) and before != ""
            sized = re.fullmatch(r"\d+gb", word) and re.fullmatch(
                r"[a-z]+\d+[a-z]*|sxm|pcie|nvl", before
            )
            if ("", word) in pairs or (beside and ((before, word) in pairs or sized)):
                out += [bare[position : match.start()], "_"]
                position = match.start() + len(match[0].rstrip("."))
        before, end = word, match.start() + len(match[0].rstrip("."))
    out.append(bare[position:])
    return "".join(out)


def _tokens(text: str) -> list[str]:
    return [match[0].rstrip(".") for match in TOKEN.finditer(text)]
