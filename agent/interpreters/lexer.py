"""Which tokens does a text consist of? Words, numbers, money, percentages, products, marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agent.interpreters.folding import fold
from agent.interpreters.numbers import Number, find_numbers
from knowledge.schema import Kind

TokenKind = Literal[
    "word", "number", "money", "percent", "product", "precision", "size", "link", "mark", "stop"
]
_PRECISION = re.compile(
    r"""(?<![\w.])(?:
        (?:awq|gptq|bnb|bitsandbytes|autoround|qlora|mlx)[\s-]?(?:int)?[2-8](?:[\s-]?bits?)?
        |awq|gptq|(?<!\w\s)gguf(?=\s*(?:\?|$))
        |(?!f1\b)(?:bf|fp|f|tf|mxfp|nvfp|int|nf|w)\d{1,2}(?:a\d{1,2})?
        |(?:ud-)?iq\d_[a-z]{1,3}|(?:ud-)?i?q[2-8](?:_[k01](?:_(?:xxs|xs|s|m|l|xl))?)?
        |(?:\d{1,2}(?:\.\d{1,2})?|two|three|four|five|six|eight|sixteen|vier|acht)[\s-]?bits?
        |\d(?:\.\d+)?\s?bpw|half[\s-]precision|full[\s-]precision
        |un-?quanti[sz]ed|nicht quantisiert|non quantifi\w+
    )(?![\w])""",
    re.VERBOSE | re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?<![\w.$€£])(?P<moe>\d{1,3}x)?(?P<value>\d{1,5}(?:[.,]\d{1,2})?)\s?(?P<unit>[bB]|[tT](?=\s*(?:param|model|\?|$)))(?![\w/])"
)
_SIZE_IN_WORDS = re.compile(r"\s?-?\s?(?:param\w*|parameter\w*|parametr\w*)", re.IGNORECASE)
_CJK = r"\u3400-\u9fff"
_WORD = re.compile(
    rf"[A-Za-z]+n't\b|[A-Za-z]+\d[A-Za-z\d]*|[{_CJK}]+|(?:(?![{_CJK}])[^\W\d_])+", re.UNICODE
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_STOP = re.compile(r"[.!?](?=[\s\"')\]]|$)|[;\n。！？；]")
_SHORTENED = re.compile(
    r"\b(?:ca|approx|appr|bzw|ggf|inkl|z\.\s?b|d\.\s?h|aprox|incl|avg|e\.g|i\.e|mio|mrd|tsd|vs|nr"
    r"|(?:env|max|min)(?=\.\s\d))\.",
    re.IGNORECASE,
)
"""Words that a full stop shortens; it ends no sentence."""
_NUMBERED = re.compile(
    r"(?:(?<![\w-])[A-Z]{2,6}-|\b(?i:icd|iso|cpt|naics|covid|sdg|dsm|section|article|chapter|paragraph|phase"
    r"|tier|level|windows)[ -])$"
)
_LONGEST_NAME = 14
"""What a number belongs to that names and counts nothing: "ICD-10", "section 230"."""
_CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "₹": "INR"}
_COUNTED = frozenset({"token", "tokens", "tok", "request", "requests", "req", "calls", "words"})
_BITS = {"two": "2", "three": "3", "four": "4", "vier": "4", "five": "5", "six": "6"}
_BITS |= {"eight": "8", "acht": "8", "sixteen": "16"}


@dataclass(frozen=True, slots=True)
class Product:
    """A product named in a text: its span, catalogue id, kind and how many of it."""

    start: int
    end: int
    doc_id: str
    kind: Kind
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is folded, `elements` are the pattern slots that it can fill."""

    start: int
    end: int
    text: str
    kind: TokenKind
    elements: tuple[str, ...] = ()
    number: Number | None = None
    currency: str | None = None
    product: Product | None = None
    size_b: float | None = None

    def respelled(self, text: str) -> Token:
        """Return the token with `text` as its word."""
        return self if text == self.text else replace(self, text=text)

    @property
    def spelled(self) -> bool:
        """Whether the words of the token can match words of a pattern."""
        return self.kind in ("word", "mark", "stop", "number")


@dataclass(frozen=True, slots=True)
class Spellings:
    """What the lexer must know: currency words with codes, and Chinese words of patterns."""

    currencies: dict[str, str]
    chinese: frozenset[str]


def read_tokens(
    text: str, spellings: Spellings, *, products: Sequence[Product] = (), language: str = "en"
) -> tuple[Token, ...]:
    """Return the tokens of a tidied `text`; what lies inside a product's name stays whole."""
    formats = [(m.start(), m.end()) for m in _PRECISION.finditer(text)]
    tokens = [
        _product(product, text)
        for product in products
        if not any(start <= product.start and product.end < end for start, end in formats)
    ]
    tokens = _add(tokens, [_plain(m, "link") for m in _LINK.finditer(text)])
    tokens = _add(tokens, [_precision(m) for m in _PRECISION.finditer(text)])
    tokens = _add(tokens, _sizes(text))
    numbers = [_number(n, text) for n in find_numbers(text, language) if not _is_named(n, text)]
    tokens = _add(tokens, [_in_unit(n, text, spellings.currencies) for n in numbers])
    tokens = _add(tokens, _words(text, spellings.chinese))
    short = {match.end() for match in _SHORTENED.finditer(text)}
    stops = [m for m in _STOP.finditer(text) if m.end() not in short]
    tokens = _add(tokens, [_plain(m, "stop") for m in stops])
    tokens = _add(tokens, [_plain(m, "mark") for m in re.finditer(r"[^\w\s]", text)])
    return tuple(sorted(tokens, key=lambda token: token.start))


def _is_named(number: Number, text: str) -> bool:
    """Return whether the number is a part of a name: the 10 of "ICD-10"."""
    before = text[max(0, number.start - _LONGEST_NAME) : number.start]
    return _NUMBERED.search(before) is not None


def _add(tokens: list[Token], new: list[Token]) -> list[Token]:
    """Return `tokens` with those of `new` that overlap none of them."""
    taken = bytearray(max((t.end for t in (*tokens, *new)), default=0))
    for token in tokens:
        taken[token.start : token.end] = b"\x01" * (token.end - token.start)
    return [*tokens, *(t for t in new if not any(taken[t.start : t.end]))]


def _plain(match: re.Match[str], kind: TokenKind) -> Token:
    return Token(match.start(), match.end(), match[0] if kind != "link" else "", kind)


def _product(product: Product, text: str) -> Token:
    words = fold(text[product.start : product.end])
    elements = (f"@{product.kind}", "@product")
    return Token(product.start, product.end, words, "product", elements, product=product)


def _precision(match: re.Match[str]) -> Token:
    return Token(match.start(), match.end(), fold(match[0]), "precision", ("@precision",))


def precision_name(words: str) -> str:
    """Return a precision's usual spelling: "4 bit" is "4bit", "Q4_K_M" is "q4_k_m"."""
    folded = fold(words)
    if folded.startswith("half") or "quanti" in folded:
        return "fp16"
    if folded.startswith("full"):
        return "fp32"
    made_by = re.match(r"(awq|gptq|bnb|bitsandbytes|autoround|qlora|mlx)[\s-]?(?:int)?(\d)", folded)
    if made_by:
        joint = "-" if made_by[1] == "mlx" else " "
        return f"{made_by[1]}{joint}{made_by[2]}bit"
    tight = re.sub(r"^ud-|[\s-]|(?<=bit)s$", "", folded)
    for word, digit in _BITS.items():
        tight = re.sub(rf"^{word}(?=bit)", digit, tight)
    return {"16bit": "fp16", "32bit": "fp32", "f16": "fp16", "f32": "fp32"}.get(tight, tight)


def _sizes(text: str) -> list[Token]:
    found = []
    for match in _SIZE.finditer(text):
        after = re.match(r"\s*-?\s*([^\W\d_]+)", text[match.end() :])
        if after and fold(after[1]) in _COUNTED:
            continue
        value = float(match["value"].replace(",", "."))
        value *= int(match["moe"][:-1]) if match["moe"] else 1
        value *= 1000 if match["unit"] in "tT" else 1
        found.append(_size(match.start(), match.end(), text, value))
    return found


def _size(start: int, end: int, text: str, value_b: float) -> Token:
    return Token(start, end, fold(text[start:end]), "size", ("@size",), size_b=value_b)


def _number(number: Number, text: str) -> Token:
    words = fold(text[number.start : number.end])
    return Token(number.start, number.end, words, "number", ("#",), number=number)


def _in_unit(token: Token, text: str, currencies: dict[str, str]) -> Token:
    """Return a number beside a currency, a per cent sign or "parameters" as what it is."""
    number = token.number
    if number is None:
        raise ValueError(f"the token {token.text!r} is no number")
    params = _SIZE_IN_WORDS.match(text, token.end)
    if params and number.value >= 1e6:
        return _size(token.start, params.end(), text, number.value / 1e9)
    percent = re.match(
        r"\s?(?:%|(?:percent|per cent|pct|prozent|pour cent|por ciento)\b)",
        text[token.end :],
        re.IGNORECASE,
    )
    if percent:
        end = token.end + percent.end()
        return replace(
            token, end=end, kind="percent", elements=("%",), text=fold(text[token.start : end])
        )
    return _as_money(token, text, currencies)


def _as_money(token: Token, text: str, currencies: dict[str, str]) -> Token:
    """Return `token` as money where a currency stands before or after it."""
    before = re.search(
        r"(?:(?:US|U\.S\.)?([$€£¥₹])|\b([A-Za-z]{3}))\s?$",
        text[max(0, token.start - 6) : token.start],
    )
    after = re.match(r"(k|K|m|M)?\s?([$€£¥₹]|[^\W\d_]+)", text[token.end : token.end + 14])
    code, start, end = None, token.start, token.end
    if before:
        code = _CURRENCY_SIGNS.get(before[1] or "") or currencies.get(fold(before[2] or ""))
        start = token.start - len(before[0]) if code else start
    if code is None and after and not after[1]:
        word = after[2]
        code = _CURRENCY_SIGNS.get(word) or currencies.get(fold(word))
        end = token.end + after.end() if code else end
    if code is None:
        return token
    return replace(
        token,
        start=start,
        end=end,
        text=fold(text[start:end]),
        kind="money",
        elements=("$",),
        currency=code,
    )


def _words(text: str, chinese: frozenset[str]) -> list[Token]:
    found = []
    for match in _WORD.finditer(text):
        if re.match(rf"[{_CJK}]", match[0]):
            found += _chinese_words(match.start(), match[0], chinese)
            continue
        folded = fold(match[0]).replace("'", "")
        found.append(Token(match.start(), match.end(), folded, "word"))
    return found


def _chinese_words(start: int, run: str, known: frozenset[str]) -> list[Token]:
    """Split a run of Chinese by the longest known word; what is unknown is split by sign."""
    found, at = [], 0
    while at < len(run):
        length = next(
            (n for n in range(min(5, len(run) - at), 1, -1) if run[at : at + n] in known), 1
        )
        found.append(Token(start + at, start + at + length, run[at : at + length], "word"))
        at += length
    return found
