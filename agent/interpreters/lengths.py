"""How long are a request and its answer? Tokens, words, pages and characters, all as tokens."""

from __future__ import annotations

from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set

TOKENS_PER_WORD = 1.33
"""OpenAI, "What are tokens and how to count them": 100 tokens are about 75 English words."""
WORDS_PER_PAGE = 500
"""A single-spaced page of 12 point type, the usual convention; stated with the answer."""
CHARACTERS_PER_TOKEN = 4
"""The same OpenAI page: one token is about four characters of English."""
TOKENS_PER_LINE = 10
"""100 lines of code are about 1,000 tokens, 700 in JavaScript and 1,150 in SQL:
prompt.16x.engineer/blog/code-to-tokens-conversion, 18 June 2024."""
MOST_TOKENS = 100_000_000

_SCALE = {
    "slots/output_tokens": 1.0,
    "slots/input_tokens": 1.0,
    "slots/output_words": TOKENS_PER_WORD,
    "slots/output_pages": WORDS_PER_PAGE * TOKENS_PER_WORD,
    "slots/lines": TOKENS_PER_LINE,
    "slots/input_pages": WORDS_PER_PAGE * TOKENS_PER_WORD,
    "slots/characters": 1 / CHARACTERS_PER_TOKEN,
    "slots/input_words": TOKENS_PER_WORD,
}
_LEAST = {"slots/input_pages": 1.0, "slots/output_words": 3.0, "slots/input_words": 3.0}


def read_lengths(reading: Reading, slots: Slots) -> None:
    """State input_tokens and output_tokens; what is said of answers is output."""
    for label, scale in _SCALE.items():
        slot = "output_tokens" if "output" in label else "input_tokens"
        for hit in nearest_first(reading, reading.all(label), slots):
            found = free_number(reading, hit, slots)
            if found is None or slot in slots.values or _is_other(reading, hit):
                continue
            index, number = found
            words = reading.quote(hit)
            tokens = number.value * scale
            if not 0 < tokens <= MOST_TOKENS:
                slots.reject(words, "length", "a number of tokens from 1 to 100 million", index)
            elif number.value >= _LEAST.get(label, 1.0):
                slots.put(slot, max(1, round(tokens)), words, index)


def _is_other(reading: Reading, hit: Hit) -> bool:
    """Return whether the number is a rate, a count of pages a month or a place in time."""
    after = [reading.token(hit.last + step) for step in (1, 2)]
    words = [token.text for token in after if token]
    if _counts_products(reading, hit) or _is_of_a_prompt(reading, hit):
        return True
    if _is_of_a_reference(reading, hit) or _is_a_verb(reading, hit):
        return True
    before = reading.token(hit.first - 1)
    if reading.tokens[hit.first].text == "of" and before is not None and before.number is not None:
        return False
    if hit.label == "slots/input_tokens" and reading.tokens[hit.last].text == "in":
        return not _pairs_with_output(reading, hit)
    each = words[:1] == ["per"] or words[:1] == ["/"] or words[:1] == ["a"]
    return each and len(words) > 1 and words[1] in word_set("periods")


def _counts_products(reading: Reading, hit: Hit) -> bool:
    """Return whether the number counts devices: the 2 of "a prompt on 2x H100"."""
    for index in hit.caught:
        after = reading.token(index + 1)
        if after is not None and (after.product is not None or after.text == "x"):
            return True
    return False


def _is_of_a_prompt(reading: Reading, hit: Hit) -> bool:
    """Return whether what is answered is that long: "answers a 20k token prompt"."""
    after = reading.token(hit.last + 1)
    asked = after is not None and after.text in word_set("prompts") - word_set("token_outputs")
    return asked and "output" in hit.label


def _is_of_a_reference(reading: Reading, hit: Hit) -> bool:
    """Return whether one book is that long which requests are held against: "a 200 page manual"."""
    if hit.label != "slots/input_pages":
        return False
    near = {reading.tokens[hit.last].text, *(t.text for t in reading.tokens[hit.last + 1 :][:1])}
    before = {token.text for token in reading.tokens[max(0, hit.first - 3) : hit.first]}
    return bool(near & word_set("references")) and not before & word_set("reads_whole")


def _is_a_verb(reading: Reading, hit: Hit) -> bool:
    """Return whether "out" belongs to a verb: "pull out 25 clauses", "point out 3 risks"."""
    before = reading.token(hit.first - 1)
    if reading.tokens[hit.first].text != "out" or before is None or before.kind != "word":
        return False
    tokens = word_set("token_words") | {"and", "in"}
    return before.text not in tokens and reading.tokens[hit.last].text not in tokens


def _pairs_with_output(reading: Reading, hit: Hit) -> bool:
    """Return whether "1000 in" is said of tokens: an "out" follows, or tokens were named."""
    following = reading.tokens[hit.last : hit.last + 6]
    tokens = any(t.text.startswith("tok") for t in reading.tokens[hit.first : hit.last])
    return tokens or any(t.text in ("out", "output") for t in following)
