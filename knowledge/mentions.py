"""Find the products that a text names: the longest names win, and context must fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml
from pydantic import TypeAdapter

from knowledge.counts import COUNTS, DEVICE_WORDS, any_of, count_devices
from knowledge.documents import AnyDoc
from knowledge.names import DATA, SIZE, WORD, fold, key_of, maker_of
from knowledge.resolving import Found, Resolver
from knowledge.schema import Kind

GAP = re.compile(r"[\s\-_/:]{1,3}")
COUNT_WORD = re.compile(r"(\d{1,4}x)(?=[a-z]|\d{4})|(?<=\d)(x\d{1,3})$")
VERSION = re.compile(r"v?\d+(?:\.\d+)*")
UNITS_AFTER_NUMBER = re.compile(
    r"(?:x|times|bit|way|gpus?|cards?|k|m|tokens?|requests?|users?|calls?|hours?|days?|weeks?|months?"
    r"|years?|percent|usd|dollars?|gb|tb|vram|nodes?|instances?|ms|seconds?|minutes?|epochs?)"
)
DEVICE_VARIANTS = frozenset({"ti", "super", "xt", "xtx", "gre", "mobile", "laptop", "nano", "nx"})
MODEL_VARIANTS = frozenset({"turbo", "pro", "mini", "nano", "lite", "flash", "ultra", "codex"})
WORDLIKE_VARIANTS = frozenset({"max", "plus", "air", "thinking", "coder", "vision", "opus"})
KIND_WORDS = re.compile(
    r"(?:models?|gpus?|cards?|chips?|accelerators?|framework|library|api|server|engine|llms?|cli"
    r"|toolkit|tool|database|store|sdk)"
)
STUDY_WORDS = frozenset({"paper", "papers", "study", "studies", "benchmark", "preprint", "authors"})
JOIN = re.compile(
    r"\s*(?:,|/|&|,?\s*(?:or|and|and/or|vs\.?|versus|against|than|compared (?:to|with)))\s*"
    r"(?:an?\s+|the\s+)?"
)
DEVICE_LEAD = re.compile(
    rf"(?:(?:^|[^\w.])(?:{any_of((*DEVICE_WORDS.lead, *COUNTS))})[\s-]+|\dx\s*|\bx\s*"
    r"|(?:^|[^\d.,])\d{1,2}\s+)$"
)
DEVICE_FOLLOW = re.compile(
    r"(?:s\b|\s*$|\s*[?!.;:)](?!\d)|\s*,(?!\d)"
    rf"|\s+(?:{any_of(DEVICE_WORDS.follow)})\b)"
)
QUANTITY_LEAD = re.compile(r"(?:[$€£~≈#]|\b(?:about|around|roughly|over|some|nearly|usd|eur)\s+)$")
MEMORY_LEAD = re.compile(r"\d\s?gb\s+$")
"""A memory size before a bare number, as in "a 24 GB 4090"."""
ENDING = re.compile(r"(?:\+|s|(?<=\d)ern?)$")
"""What may follow a name: a plus, or a plural ("3090s", German "3090ern")."""
CARD_NUMBER = re.compile(r"\d+(?:s|ern?)?")
ARTICLES = re.compile(
    r"(?:\b(?:an?|write|writes|writing|compose|this|every|magnum|short|generate)\s+)$"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A product named in a text; `words` is what stands from `start` to `end`."""

    start: int
    end: int
    words: str
    doc_id: str
    kind: Kind
    count: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the folded text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words `first` to `last` (excluded) that may name a document."""

    first: int
    last: int
    start: int
    end: int
    found: Found


def find_mentions(
    text: str, resolver: Resolver, documents: Mapping[str, AnyDoc]
) -> tuple[Mention, ...]:
    """Return the products that `text` names, in order of their place."""
    scan = _Scan(text, resolver, documents)
    return tuple(
        Mention(
            start=item.start,
            end=item.end,
            words=text[item.start : item.end],
            doc_id=item.found.doc_id,
            kind=item.found.kind,
            count=scan.count(item),
            exact=item.found.exact,
        )
        for item in scan.accepted()
    )


def split_words(folded: str) -> list[Word]:
    """Return the words of a folded text; counts glued to a name ("8xh100") stand apart."""
    words: list[Word] = []
    for match in WORD.finditer(folded):
        start, end = match.span()
        glued = COUNT_WORD.search(folded[start:end])
        if glued and glued.start() == 0:
            words.append(Word(start, start + glued.end(), folded[start : start + glued.end()]))
            start += glued.end()
        elif glued:
            words.append(Word(start, start + glued.start(), folded[start : start + glued.start()]))
            start += glued.start()
        words.append(Word(start, end, folded[start:end]))
    return words


@lru_cache(maxsize=1)
def ordinary_words() -> dict[str, frozenset[str]]:
    """Return the ordinary words among the names, by what makes them a mention."""
    text = (DATA / "ordinary_words.yaml").read_text(encoding="utf-8")
    parsed = yaml.load(text, Loader=yaml.CSafeLoader)
    return TypeAdapter(dict[str, frozenset[str]]).validate_python(parsed)


class _Scan:
    """One text being read."""

    def __init__(self, text: str, resolver: Resolver, documents: Mapping[str, AnyDoc]) -> None:
        self.text = text
        self.folded = fold(text)
        self.words = split_words(self.folded)
        self._resolver = resolver
        self._documents = documents

    def accepted(self) -> list[Candidate]:
        """Return the candidates that stand, in order of their place."""
        strong: list[Candidate] = []
        weak: list[Candidate] = []
        for item in sorted(self._candidates(), key=_longest_first):
            if any(_overlap(item, other) for other in strong + weak):
                continue
            (strong if self._stands_alone(item) else weak).append(item)
        while weak:
            joined = [item for item in weak if self._beside_one_of(item, strong)]
            if not joined:
                break
            strong += joined
            weak = [item for item in weak if item not in joined]
        return sorted(strong, key=lambda item: item.start)

    def count(self, item: Candidate) -> int:
        """Return how many devices are meant; 1 for what is not hardware."""
        if item.found.kind != "hardware":
            return 1
        return count_devices(self.folded, start=item.start, end=item.end)

    def _candidates(self) -> Iterator[Candidate]:
        for first in range(len(self.words)):
            for last in range(first + 1, min(first + self._resolver.longest, len(self.words)) + 1):
                if last - first > 1 and not self._joined(last - 1):
                    break
                item = self._candidate(first, last)
                if item:
                    yield item

    def _candidate(self, first: int, last: int) -> Candidate | None:
        words = [word.text for word in self.words[first:last]]
        found, trimmed = self._lookup(words)
        if found is None:
            return None
        start, end = self.words[first].start, self.words[last - 1].end - trimmed
        item = Candidate(first, last, start, end, found)
        if not self._nameable(item, words):
            return None
        return self._in_context(item)

    def _lookup(self, words: Sequence[str]) -> tuple[Found | None, int]:
        """Return what `words` name, and how many letters at the end are no part of the name."""
        resolver = self._resolver
        if found := resolver.by_key(key_of(" ".join(words))):
            return found, 0
        ending = ENDING.search(words[-1])
        if ending and len(words[-1]) > 2:
            shorter = [*words[:-1], words[-1][: ending.start()]]
            if found := resolver.by_key(key_of(" ".join(shorter))):
                return found, 1 if ending[0] == "+" else 0
        if len(words) == 1 and not any(character.isdigit() for character in words[0]):
            return None, 0
        if len(words) > 1 and SIZE.fullmatch(words[0]):
            return resolver.by_key(key_of(" ".join([*words[1:], words[0]]))), 0
        if words[0][0].isdigit():
            return resolver.by_family(words, "hardware"), 0
        has_version = any(character.isdigit() for word in words for character in word)
        family = resolver.by_family(words) if has_version else None
        return resolver.by_words(words) or family, 0

    def _nameable(self, item: Candidate, words: Sequence[str]) -> bool:
        """Return whether names of this kind and form may be found in running text."""
        key = key_of(" ".join(words))
        if len(words) > 1 and len(key) <= 3:
            return False
        if item.found.kind in ("study", "cost", "note"):
            named = len(words) > 1 or any(character.isdigit() for character in key)
            return named or self._is_called_a_study(item)
        return True

    def _is_called_a_study(self, item: Candidate) -> bool:
        """Return whether "paper", "study" or the like follows the one word."""
        following = self._next(item.last)
        return following is not None and following.text in STUDY_WORDS

    def _in_context(self, item: Candidate) -> Candidate | None:
        """Return `item`, with its own size where that follows, or None where it is another."""
        following = self._next(item.last)
        kind = item.found.kind
        if kind not in ("hardware", "model"):
            # "TRL 9" is a level of readiness, "vLLM 0.33" a version.
            level = following is not None and following.text.isdigit()
            return None if level and item.end - item.start <= 4 else item
        has_digit = any(character.isdigit() for character in self.folded[item.start : item.end])
        if not has_digit and (self._after_version(item) or self._is_owner(item)):
            return None
        if following is None:
            return item
        if SIZE.fullmatch(following.text) and kind == "model":
            return self._with_size(item, following)
        if self._is_variant(item, following):
            return None
        return item if has_digit or not self._is_version(following, item.last) else None

    def _is_owner(self, item: Candidate) -> bool:
        """Return whether it is part of an account's name, as in "meta-llama/Llama-3.3"."""
        return (
            self.folded[item.start - 1 : item.start] == "-"
            and self.folded[item.end : item.end + 1] == "/"
        )

    def _with_size(self, item: Candidate, size: Word) -> Candidate | None:
        """Return `item` with the size that follows, when it is that model's own size."""
        if any(SIZE.fullmatch(word.text) for word in self.words[item.first : item.last]):
            return item
        known = self._documents[item.found.doc_id].value("parameters")
        scale = {"m": 0.001, "b": 1.0, "t": 1000.0}[size.text[-1]]
        stated = float(size.text.lstrip("ae")[:-1]) * scale
        if known is None or abs(stated - known) > 0.1 * known:
            return None
        return Candidate(item.first, item.last + 1, item.start, size.end, item.found)

    def _is_variant(self, item: Candidate, following: Word) -> bool:
        """Return whether the next word makes it another product ("4070 Super", "GPT-5 pro")."""
        if item.found.kind == "hardware":
            return following.text in DEVICE_VARIANTS
        if following.text in MODEL_VARIANTS:
            return True
        hyphen = self.folded[following.start - 1] == "-"
        capital = self.text[following.start].isupper()
        return following.text in WORDLIKE_VARIANTS and (hyphen or capital)

    def _is_version(self, word: Word, index: int) -> bool:
        """Return whether `word`, number `index`, reads like a version of the name before it."""
        if not VERSION.fullmatch(word.text):
            return False
        if "." in word.text or word.text.startswith("v") or self.folded[word.start - 1] == "-":
            return True
        after = self._next(index + 1)
        return len(word.text) <= 3 and not (after and UNITS_AFTER_NUMBER.fullmatch(after.text))

    def _after_version(self, item: Candidate) -> bool:
        """Return whether it ends a name with another version ("Claude 3 Opus")."""
        if item.first < 2 or not (self._joined(item.first) and self._joined(item.first - 1)):
            return False
        version, family = self.words[item.first - 1].text, self.words[item.first - 2].text
        return bool(VERSION.fullmatch(version)) and self._resolver.is_family(family)

    def _stands_alone(self, item: Candidate) -> bool:
        """Return whether the name needs no other product beside it."""
        written = self.folded[item.start : item.end]
        if self._whole_text(item):
            return True
        if CARD_NUMBER.fullmatch(written):
            return self._is_device_number(item)
        key, ordinary = key_of(written), ordinary_words()
        forms = {key, key.removesuffix("s")}
        if forms & ordinary["article"]:
            lower = self.text[item.start].islower()
            return not (lower and (key.endswith("s") and key not in ordinary["article"])) and not (
                lower and ARTICLES.search(self.folded[: item.start])
            )
        if forms & (ordinary["capital"] | ordinary["evidence"]):
            capital = bool(forms & ordinary["capital"]) and self._capital_inside(item)
            return capital or self._has_evidence(item)
        return True

    def _is_device_number(self, item: Candidate) -> bool:
        before, after = self.folded[: item.start], self.folded[item.end :]
        if not self.folded[item.end - 1].isdigit():
            return True
        if QUANTITY_LEAD.search(self.text[: item.start].lower()):
            return False
        if MEMORY_LEAD.search(before):
            return True
        glued = item.first > 0 and self.words[item.first - 1].end == item.start
        if not DEVICE_FOLLOW.match(after):
            return False
        return glued or bool(DEVICE_LEAD.search(before)) or not before.strip()

    def _capital_inside(self, item: Candidate) -> bool:
        """Return whether it has a capital that the start of a sentence does not explain."""
        before = self.text[: item.start].rstrip(" \"'(*_")
        return self.text[item.start].isupper() and bool(before) and before[-1] not in ".!?\n:-"

    def _has_evidence(self, item: Candidate) -> bool:
        following = self._next(item.last)
        if following and KIND_WORDS.fullmatch(following.text):
            return True
        maker = maker_of(self._documents[item.found.doc_id])
        return (
            item.first > 0
            and self._joined(item.first)
            and self.words[item.first - 1].text in {maker, *self._resolver.makers}
        )

    def _whole_text(self, item: Candidate) -> bool:
        return not (self.folded[: item.start] + self.folded[item.end :]).strip(" ?!.,;:\n\"'")

    def _beside_one_of(self, item: Candidate, others: Sequence[Candidate]) -> bool:
        """Return whether `item` is joined to another product ("haystack or LangChain")."""
        return any(
            JOIN.fullmatch(self.folded[first.end : second.start])
            for other in others
            for first, second in (sorted((item, other), key=lambda entry: entry.start),)
        )

    def _joined(self, index: int) -> bool:
        """Return whether the word `index` follows the one before it without a break."""
        gap = self.folded[self.words[index - 1].end : self.words[index].start]
        return gap == "" or bool(GAP.fullmatch(gap))

    def _next(self, index: int) -> Word | None:
        if index < len(self.words) and self._joined(index):
            return self.words[index]
        return None


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.start < other.end and other.start < one.end


def _longest_first(item: Candidate) -> tuple[int, int, bool]:
    return item.start - item.end, item.start, not item.found.exact
