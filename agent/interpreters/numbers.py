"""Which numbers does a text hold? "20k", "half a million", "2-3k", "10^30", "zwei Millionen"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cache

from agent.interpreters.folding import fold
from agent.interpreters.wordlists import NumberWords, number_words

_LATIN = r"A-Za-z\u00c0-\u024f"
LARGEST = 1e300
"""Figures beyond this are read as this, so that every value stays finite."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its span, value, the low and high reading and the user's words.

    `exact` is False for ranges and words such as "a few".
    """

    start: int
    end: int
    value: float
    low: float
    high: float
    words: str
    scale: float = 1.0
    exact: bool = True
    in_words: bool = False


def find_numbers(text: str, language: str = "en") -> tuple[Number, ...]:
    """Return the numbers of `text` in order; ranges are one number, their geometric middle.

    `language` decides what "1.500" and words such as "mille" or "tausend" mean.
    """
    figures = [_figure(match, text, language) for match in _figure_pattern().finditer(text)]
    taken = [(n.start, n.end) for n in figures]
    words = [n for n in _spelled(text, language) if not _overlaps(n, taken)]
    return _with_ranges(sorted([*figures, *words], key=lambda n: n.start), text)


@cache
def _figure_pattern() -> re.Pattern[str]:
    suffixes = "|".join(sorted(map(re.escape, number_words().suffixes), key=len, reverse=True))
    scales = sorted(
        {word for lang in number_words().languages.values() for word in lang.scales}, key=len
    )
    words = "|".join(re.escape(word) for word in reversed(scales))
    return re.compile(
        rf"""(?<![{_LATIN}\d_^])(?<!\d[.,])(?P<sign>(?<![\w)])[-−](?=\d))?
        (?:(?P<base>\d+(?:[.,]\d+)?)\s?[x×*·]\s?(?=10\s?(?:\^|\*\*)))?
        (?:10\s?(?:\^|\*\*)\s?(?P<power>\d{{1,4}})
          |(?P<sci>\d+(?:\.\d+)?[eE][+]?\d{{1,4}})(?![\w])
          |(?P<grouped>[1-9]\d{{0,2}}(?P<sep>[,.'\u00a0\u202f\u2009 ])\d{{3}}(?:(?P=sep)\d{{3}})*
             (?:[.,]\d{{1,2}})?)(?!\d)
          |(?P<indian>\d{{1,2}}(?:,\d{{2}})+,\d{{3}})(?!\d)
          |(?P<plain>\d+(?:[.,]\d+)?|\.\d+))
        (?:(?P<tight>{suffixes})(?![{_LATIN}\d])|\s(?P<loose>[kKMB]|mn|bn|mln)(?![\w])
          |[\s-](?P<word>(?i:{words}))(?!\w))?""",
        re.VERBOSE,
    )


def _figure(match: re.Match[str], text: str, language: str) -> Number:
    value = _value(match, language)
    suffix = match["tight"] or match["loose"]
    scale = number_words().suffixes[suffix] if suffix else 1.0
    if match["word"]:
        scale = number_words().scale(match["word"].lower(), language) or 1.0
    value = min(value * scale, LARGEST)
    value = -value if match["sign"] else value
    return Number(match.start(), match.end(), value, value, value, match[0], scale=scale)


def _value(match: re.Match[str], language: str) -> float:
    if match["power"]:
        base = float(match["base"].replace(",", ".")) if match["base"] else 1.0
        return base * 10.0 ** min(int(match["power"]), 299)
    if match["sci"]:
        mantissa, exponent = re.split("[eE]", match["sci"])
        return float(mantissa) * 10.0 ** min(int(exponent), 299)
    if match["indian"]:
        return float(match["indian"].replace(",", ""))
    if match["grouped"]:
        return _grouped(match["grouped"], match["sep"], language)
    return float(match["plain"].replace(",", "."))


def _grouped(words: str, separator: str, language: str) -> float:
    """Read "20,000", "20.000" and "1.500,50"; a lone English "1.500" stays one and a half."""
    head, *groups = re.split(rf"{re.escape(separator)}(?=\d{{3}}(?!\d))", words)
    decimal_point = separator == "." and len(groups) == 1 and language in {"en", "zh", "other"}
    if decimal_point and not groups[0].endswith("00"):
        return float(words)
    return float("".join([head, *groups]).replace(",", "."))


def _spelled(text: str, language: str) -> list[Number]:
    words = number_words().for_language(language)
    found: list[Number] = []
    run: list[tuple[int, int, str]] = []
    for match in re.finditer(r"[^\W\d_]+", text):
        token = fold(match[0])
        gap = text[run[-1][1] : match.start()] if run else ""
        if run and (not re.fullmatch(r"[\s-]+", gap) or not words.knows(token)):
            found += _spelled_run(run, text, words)
            run = []
        if words.starts(token) or (run and words.knows(token)):
            run.append((match.start(), match.end(), token))
    found += _spelled_run(run, text, words)
    return [*found, *_chinese(text)]


def _spelled_run(run: list[tuple[int, int, str]], text: str, words: NumberWords) -> list[Number]:
    """Read one run of number words; joins and articles at its ends do not belong to it."""
    while run and (run[-1][2] in words.joins or run[-1][2] in words.articles):
        run = run[:-1]
    if not any(words.counts(token) and words.ones.get(token) != 0.5 for _, _, token in run):
        return []
    reading = _add_up([token for _, _, token in run], words)
    start, end = run[0][0], run[-1][1]
    return [replace(reading, start=start, end=end, words=text[start:end])]


def _add_up(tokens: list[str], words: NumberWords) -> Number:
    total, current, low, high = 0.0, None, 1.0, 1.0
    fraction, exact, scale = 1.0, True, 1.0
    for token in tokens:
        if token in words.vague:
            value, least, most = words.vague[token]
            current, low, high, exact = value, least / value, most / value, False
        elif words.ones.get(token) == 0.5:
            if current is not None:
                current += 0.5
            elif total:
                total += 0.5 * scale
            else:
                fraction = 0.5
        elif token in words.ones:
            current = (current or 0.0) + words.ones[token]
        elif token in words.plurals:
            value = words.plurals[token]
            current, exact = (3.0 if current is None else current) * value, False
            low, high = 2 / 3, 3.0
        elif token in words.scales:
            scale = words.scales[token]
            value = (1.0 if current is None else current) * scale
            total, current = (total + value, None) if scale >= 1000 else (total, value)
    value = (total + (current or 0.0)) * fraction
    return Number(
        0, 0, value, value * low, value * high, "", scale=scale, exact=exact, in_words=True
    )


def _chinese(text: str) -> list[Number]:
    """Read numerals such as 两万 and 三百; a single 一 or 几 with no scale is no number."""
    words = number_words().languages["zh"]
    found = []
    for match in re.finditer(rf"[{''.join(words.ones)}{''.join(words.scales)}]+", text):
        if len(match[0]) == 1 and match[0] in "一几半千百万亿十":
            continue
        total, section, digit = 0.0, 0.0, None
        for sign in match[0]:
            if sign in words.ones:
                digit = words.ones[sign]
            elif words.scales[sign] >= 1e4:
                total = (total + section + (digit or 0.0) or 1.0) * words.scales[sign]
                section, digit = 0.0, None
            else:
                section += (1.0 if digit is None else digit) * words.scales[sign]
                digit = None
        value = total + section + (digit or 0.0)
        found.append(Number(match.start(), match.end(), value, value, value, match[0]))
    return found


def _overlaps(number: Number, taken: list[tuple[int, int]]) -> bool:
    return any(number.start < end and start < number.end for start, end in taken)


def _with_ranges(numbers: list[Number], text: str) -> tuple[Number, ...]:
    merged: list[Number] = []
    for number in numbers:
        joined = _range(merged[-1], number, text) if merged else None
        if joined:
            merged[-1] = joined
        else:
            merged.append(number)
    return tuple(merged)


def _range(first: Number, second: Number, text: str) -> Number | None:
    """Return the range that two neighbours form, or None. In "2-3k" the 2 means 2,000."""
    between = fold(text[first.end : second.start]).strip()
    opened = fold(text[max(0, first.start - 9) : first.start]).strip()
    dash = between in {"-", "–", "—", "~", "..", "...", *number_words().range_words}
    both = between in {"and", "und", "et", "y"} and opened.endswith(
        ("between", "zwischen", "entre")
    )
    either = between in {"or", "oder", "ou", "o"} and first.in_words and second.in_words
    if not (dash or both or either) or not first.exact:
        return None
    end = second.value if second.value >= 0 or dash is False else abs(second.value)
    low = first.value
    if first.scale == 1 and second.scale > 1 and low <= end / second.scale:
        low *= second.scale
    if not 0 < low < end:
        return None
    words = text[first.start : second.end]
    return Number(
        first.start, second.end, math.sqrt(low * end), low, end, words, second.scale, exact=False
    )
