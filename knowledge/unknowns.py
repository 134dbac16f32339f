"""Find what reads like a product's name but is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from knowledge.counts import DEVICE_WORDS, any_of
from knowledge.mentions import (
    DEVICE_VARIANTS,
    MODEL_VARIANTS,
    UNITS_AFTER_NUMBER,
    WORDLIKE_VARIANTS,
    Mention,
    Word,
    ordinary_words,
    split_words,
)
from knowledge.names import SIZE, fold, words_of
from knowledge.resolving import Resolver

NUMBERED = re.compile(r"v?\d{1,4}(?:\.\d+)*[a-z]{0,2}")
YEAR = re.compile(r"(?:19|20[0-3])\d{1,2}")
QUANTITY = re.compile(r"\d+(?:\.\d+)?(?:k|m|gb|tb|mb|w|x|bit|ms|s|h|d)")
HYPHENATED = re.compile(r"\b[A-Z][a-z]{2,}[A-Za-z]*-[A-Za-z]{0,3}\d[\w.]*\b")
SPACED = re.compile(
    r"\b[A-Z][a-z]{3,}[A-Za-z]* "
    r"(?:[A-Z]{1,4}-?\d{1,4}[A-Za-z]{0,2}|\d{3,4}|\d+x\d+[Bb]|\d+(?:\.\d+)?B)\b(?![.,]\d)"
)
CODED = re.compile(r"\b[A-Z]{1,4}-?\d{2,4}[A-Za-z]{0,2}\b")
VARIANTS = rf"(?:[\s-]?(?:{any_of(DEVICE_VARIANTS)}))"
CARD = re.compile(
    rf"\b(?:{any_of(DEVICE_WORDS.lines)})[\s-]?(?:\d{{3,4}}|[a-z]\d{{2,4}})[a-z]{{0,2}}{VARIANTS}*\b"
    rf"|(?<![\w.$€£])\d{{4}}[\s-]?(?:ti|xtx?|super){VARIANTS}*\b"
    r"|\bjetson(?:[\s-](?:orin|xavier|agx|nano|nx|tx\d|super))+\b"
)
"""Cards by their line ("gtx 1660 super"), by number and variant ("1080 ti"), and Jetson modules."""
NOT_CODED = re.compile(
    r"(?:fp|bf|int|nf|mxfp|nvfp|q|w|p|fy|sm|gfx|sha|aes|rsa|iso|iec|rfc|wmt|aime|icd|utf|cve|usd|eur"
    r"|top|v|en|din|ccpa|sox|squad|ddr|lpddr|gddr|hbm|cat|cv|cvss|us|uk)(?:8|16|32|64|90|95|99|50|75"
    r"|\d{1,2}|256|512|2048|\d{4}.*|100[1-9])[a-z]{0,2}|[hq][1-4]20\d\d|[mo]365|sm\d+|gfx\d+|sha\d+|aes\d+"
)
CONTEXT = re.compile(
    r"\b(?:runs?|running|serve|serving|models?|llms?|gpus?|cards?|chips?|accelerators?|bandwidth|memory"
    r"|inference|tokens?|vram|fast|faster|throughput|specs?|tflops|hardware|npu|tpu|buy|rent"
    r"|fine-?tune|benchmark|deploy|fits?|announced|parameters|better|costs?|prices?)\b"
)


def find_unknown(text: str, mentions: Sequence[Mention], resolver: Resolver) -> tuple[str, ...]:
    """Return what reads like a product's name in `text` but is none of `mentions`, in order."""
    taken = [(mention.start, mention.end) for mention in mentions]
    found: list[tuple[int, int]] = []
    of_makers = not resolver.makers.isdisjoint(words_of(text))
    cards = (match.span() for match in CARD.finditer(fold(text)))
    forms = _by_form(text, bool(mentions) or of_makers)
    for start, end in [*_of_families(text, resolver), *_variants(text, resolver), *cards, *forms]:
        if not any(start < stop and begin < end for begin, stop in taken):
            found.append((start, end))
            taken.append((start, end))
    return tuple(dict.fromkeys(text[start:end] for start, end in sorted(found)))


def _of_families(text: str, resolver: Resolver) -> Iterator[tuple[int, int]]:
    """Yield where a known family stands with a number that none of its members has."""
    folded = fold(text)
    words = split_words(folded)
    ordinary = ordinary_words()["capital"] | ordinary_words()["evidence"]
    for index, (family, number) in enumerate(pairwise(words)):
        if not resolver.is_family(family.text) or not NUMBERED.fullmatch(number.text):
            continue
        if family.text in ordinary and not text[family.start].isupper():
            continue
        gap = folded[family.end : number.start]
        if gap not in {" ", "-", ""} or QUANTITY.fullmatch(number.text):
            continue
        following = words[index + 2] if index + 2 < len(words) else None
        if gap == " " and number.text.isdigit() and _counts(number, following):
            continue
        yield family.start, _end_of_name(folded, words, index + 1)


def _variants(text: str, resolver: Resolver) -> Iterator[tuple[int, int]]:
    """Yield where a code like those of known products has an unknown variant ("o5-mini")."""
    folded = fold(text)
    words = split_words(folded)
    for index, word in enumerate(words):
        end = _end_of_name(folded, words, index)
        long_code = len(re.sub(r"\D", "", word.text)) >= 3 and CONTEXT.search(folded)
        coded = resolver.is_code(word.text) and not NOT_CODED.fullmatch(word.text)
        if coded and (end > word.end or long_code):
            yield word.start, end


def _counts(number: Word, following: Word | None) -> bool:
    """Return whether `number` counts what follows, or is a year."""
    if YEAR.fullmatch(number.text) and len(number.text) == 4 and number.text[3] != "0":
        return True
    return following is not None and bool(UNITS_AFTER_NUMBER.fullmatch(following.text))


def _end_of_name(folded: str, words: Sequence[Word], index: int) -> int:
    """Return where the name ends that has the number `index`: after sizes and variants."""
    while index + 1 < len(words):
        here, following = words[index], words[index + 1]
        variant = following.text in MODEL_VARIANTS | WORDLIKE_VARIANTS | DEVICE_VARIANTS
        if folded[here.end : following.start] not in {" ", "-"} or not (
            variant or SIZE.fullmatch(following.text)
        ):
            break
        index += 1
    return words[index].end


def _by_form(text: str, names_products: bool) -> Iterator[tuple[int, int]]:
    """Yield where a capital and a number look like a name: Zeta-9000, Zephyron X9, B400."""
    for match in HYPHENATED.finditer(text):
        if not _ordinary(match[0]):
            yield match.span()
    if not names_products and not CONTEXT.search(fold(text)):
        return
    for match in SPACED.finditer(text):
        if not _ordinary(match[0]) and not YEAR.fullmatch(match[0].rpartition(" ")[2]):
            yield match.span()
    for match in CODED.finditer(text):
        if not NOT_CODED.fullmatch(match[0].lower().replace("-", "")):
            yield match.span()


def _ordinary(name: str) -> bool:
    return re.split(r"[\s-]", fold(name))[0] in ordinary_words()["numbered"]
