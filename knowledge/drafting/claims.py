"""Sentences that promise speed or fit, and what it would take to check them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.catalogue import Catalogue
from knowledge.drafting.lines import Line, sentences_of
from knowledge.drafting.subject import Subject
from knowledge.schema import Basis, Claim

MOST_CLAIMS = 12
LONGEST = 320
NUMBER = r"(\d[\d,]*(?:\.\d+)?)"
MEASURES: tuple[tuple[str, str], ...] = (
    ("tokens per second", rf"{NUMBER}\s?(?:tokens?(?: per |/| a )s(?:ec(?:ond)?)?|tok/s|tps)\b"),
    ("USD per hour", rf"\$\s?{NUMBER}\s?(?:/|per|an?)\s?(?:GPU[- ]?)?(?:hour|hr|h)\b"),
    (
        "x",
        rf"\b{NUMBER}(?:x| times)[- ](?:faster|higher|lower|more|better|cheaper|less|the|as|"
        rf"better)",
    ),
    ("%", rf"\b{NUMBER}\s?(?:%| percent) (?:faster|higher|lower|more|less|cheaper|better|fewer)"),
)
PROMISE = re.compile(
    r"\btokens?(?: per |/| a )s(?:ec(?:ond)?)?\b|\btok/s\b|\b\d[\d.,]*(?:x|"
    r"\s?times)[- ](?:faster|higher|lower|"
    r"more|better|cheaper|less|the|as)|\b\d[\d.]*\s?(?:%|percent) (?:faster|higher|lower|more|less|"
    r"cheaper|better|fewer)|\b(?:outperforms?|surpasses|beats)\b|\b(?:runs?|fits?|serves?|"
    r"handles?|holds?)\b"
    r".{0,60}\b(?:\d+(?:\.\d+)?[BT]\b|billion|trillion|models?).{0,60}\b(?:single|one|on a)\b|"
    r"\b(?:models?|\d+(?:\.\d+)?[BT])\b.{0,40}\b(?:runs?|fits?)\b.{0,30}\b(?:single|one)\b|"
    r"\$\s?\d[\d.,]*\s?(?:/|per|an?)\s?(?:GPU[- ]?)?(?:hour|hr)\b",
    re.IGNORECASE,
)
PRECISION = re.compile(
    r"\b(?:[BTF]?FP?\d{1,2}|(?:NV|MX)FP\d|INT\d|\d[- ]bit|Q\d(?:_\w+)?|AWQ|GPTQ)\b", re.IGNORECASE
)
BATCH = re.compile(
    r"\bbatch|\bconcurren|\busers?\b|\brequests? in parallel|\bstreams?\b", re.IGNORECASE
)
CONTEXT = re.compile(
    r"\bcontext\b|\bprompts?\b|\b(?:input|output) (?:length|tokens)|\bsequence", re.IGNORECASE
)
SIZE = re.compile(r"\b\d+(?:\.\d+)?[BT]\b|\b\d+[ -]billion")


def claims_of(
    lines: Iterable[Line],
    subject: Subject | None,
    catalogue: Catalogue,
    *,
    basis: Basis,
    as_of: str | None,
) -> tuple[Claim, ...]:
    """Return what the page promises, at most MOST_CLAIMS, each marked as not reviewed."""
    found: dict[str, Claim] = {}
    for sentence in _promises(lines):
        if len(found) == MOST_CLAIMS:
            break
        if subject and not _may_be_of(subject, sentence):
            continue
        value, unit = _measure(sentence)
        found.setdefault(
            sentence.casefold(),
            Claim(
                text=sentence,
                value=value,
                unit=unit,
                basis=basis,
                source="s1",
                as_of=as_of,
                conditions=_missing(sentence, catalogue) if unit != "USD per hour" else None,
                unreviewed=True,
            ),
        )
    return tuple(found.values())


def _promises(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        pieces = [line.text] if line.label is None else sentences_of(line.text)
        for sentence in pieces:
            plain = " ".join(sentence.split()).rstrip(".")
            if not line.columns and 20 <= len(plain) <= LONGEST and PROMISE.search(plain):
                yield plain


def _may_be_of(subject: Subject, sentence: str) -> bool:
    """Return False where the sentence is about another product from its first words on."""
    return subject.named_in(sentence) or not subject.others_in(" ".join(sentence.split()[:4]))


def _measure(sentence: str) -> tuple[float | None, str | None]:
    """Return the one figure that the claim is about, or None where it has several."""
    for unit, pattern in MEASURES:
        found = {m[1] for m in re.finditer(pattern, sentence, re.IGNORECASE)}
        if len(found) == 1:
            return float(found.pop().replace(",", "")), unit
        if found:
            break
    return None, None


def _missing(sentence: str, catalogue: Catalogue) -> str | None:
    model = SIZE.search(sentence) or any(m.kind == "model" for m in catalogue.mentions(sentence))
    named = {
        "model": bool(model),
        "precision": PRECISION.search(sentence) is not None,
        "batch": BATCH.search(sentence) is not None,
        "context": CONTEXT.search(sentence) is not None,
    }
    missing = [name for name, there in named.items() if not there]
    if len(missing) == len(named):
        return "setup not stated"
    return f"not stated: {', '.join(missing)}" if missing else None
