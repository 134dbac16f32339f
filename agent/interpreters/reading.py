"""One message, read: its own words, its tokens, the phrases found and the products named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.interpreters.folding import tidy
from agent.interpreters.languages import detect_language
from agent.interpreters.lexer import Product, Token, read_tokens
from agent.interpreters.lexicon import Lexicon
from agent.interpreters.pasted import without_pasted
from agent.interpreters.phrasebook import Hit
from knowledge import Catalogue, Mention

_SIZE_NEXT = re.compile(r"[\s-]?\d+(?:\.\d+)?\s?b\b", re.IGNORECASE)
HEAD_CHARACTERS = 8000
TAIL_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a message. Spans and token numbers refer to `text`, its own words.

    `text` is as long as the message; what is quoted or pasted is blank in it. `mentions` also
    come from the quoted part.
    """

    text: str
    language: str
    tokens: tuple[Token, ...]
    hits: dict[str, tuple[Hit, ...]]
    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]
    pasted: bool

    def all(self, *labels: str) -> tuple[Hit, ...]:
        """Return the phrases with any of `labels`, in order."""
        return tuple(hit for label in labels for hit in self.hits.get(label, ()))

    def has(self, *labels: str) -> bool:
        """Return whether a phrase with any of `labels` was found."""
        return any(label in self.hits for label in labels)

    def words(self, first: int, last: int) -> str:
        """Return the user's words from token `first` to token `last`."""
        return self.text[self.tokens[first].start : self.tokens[last].end].strip()

    def quote(self, hit: Hit) -> str:
        """Return the user's words of a phrase."""
        return self.words(hit.first, hit.last)

    def token(self, index: int) -> Token | None:
        """Return a token, or None outside the text."""
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def same_sentence(self, first: int, last: int) -> bool:
        """Return whether no sentence ends between two tokens."""
        low, high = sorted((first, last))
        return all(token.kind != "stop" for token in self.tokens[low:high])

    @property
    def word_count(self) -> int:
        """How many words, numbers and names the text has."""
        return sum(token.kind not in ("mark", "stop", "link") for token in self.tokens)


def read(message: str, catalogue: Catalogue, lexicon: Lexicon) -> Reading:
    """Return the reading of `message`; a long one is read at its beginning and its end."""
    text = tidy(shortened(message))
    own, pasted = without_pasted(text)
    language = detect_language(own, lexicon.stopwords)
    mentions = _whole_names(catalogue.mentions(text), text)
    unknown = catalogue.unknown_products(own if own.strip() else text)
    products = [
        Product(m.start, m.end, m.doc_id, m.kind, m.count)
        for m in mentions
        if m.kind in ("hardware", "model", "toolkit") and own[m.start : m.end].strip()
    ]
    tokens = read_tokens(own, lexicon.spellings, products=products, language=language)
    tokens = _respelled(tokens, lexicon, language)
    found: dict[str, list[Hit]] = {}
    for hit in lexicon.phrasebook.find(tokens):
        found.setdefault(hit.label, []).append(hit)
    hits = {label: tuple(row) for label, row in found.items()}
    return Reading(own, language, tokens, hits, mentions, unknown, pasted)


def _whole_names(mentions: Iterable[Mention], text: str) -> tuple[Mention, ...]:
    """Return `mentions` without a toolkit inside a model's name: the Nemo of "Mistral Nemo 12B"."""
    kept: list[Mention] = []
    for mention in mentions:
        before = kept[-1] if kept else None
        joined = before is not None and text[before.end : mention.start] in (" ", "-")
        model = before is not None and before.kind == "model"
        sized = _SIZE_NEXT.match(text, mention.end) is not None
        if not (mention.kind == "toolkit" and joined and model and sized):
            kept.append(mention)
    return tuple(kept)


def shortened(message: str) -> str:
    """Return the first 8,000 and the last 500 characters of a longer message."""
    if len(message) <= HEAD_CHARACTERS + TAIL_CHARACTERS:
        return message
    return f"{message[:HEAD_CHARACTERS]}\n{message[-TAIL_CHARACTERS:]}"


def _respelled(tokens: Iterable[Token], lexicon: Lexicon, language: str) -> tuple[Token, ...]:
    return tuple(
        token.respelled(lexicon.speller.correct(token.text, language))
        if token.kind == "word" and not lexicon.phrasebook.knows(token.text)
        else token
        for token in tokens
    )
