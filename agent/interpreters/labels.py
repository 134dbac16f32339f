"""How many labelled examples are there, into how many classes, and how stable are the rules?"""

from __future__ import annotations

from agent.interpreters.lexicon import Lexicon
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots, free_number, nearest_first
from agent.interpreters.wordlists import word_set

MOST_LABELS = 1e9
_LEAST_AT_THE_END = 20
"""A smaller number after the words ("already sorted into 5") counts something else."""
MOST_CLASSES = 100_000


def read_labels(reading: Reading, slots: Slots, lexicon: Lexicon, *, what_if: bool = False) -> None:
    """State labeled_examples: a count, or 0 where the user says that there are none.

    What could be labelled does not exist, unless the message asks "what if".
    """
    for hit in nearest_first(reading, reading.all("slots/labels"), slots):
        found = free_number(reading, hit, slots)
        unsure = not what_if and _only_possible(reading, hit) and not _is_priced(reading, hit)
        if found is None or unsure:
            continue
        index, number = found
        if reading.tokens[hit.last].text in word_set("participles") and not _is_participle(
            reading, hit.last
        ):
            continue
        if _is_aside(reading, hit) or _has_denial(reading, hit) or _is_to_do(reading, hit):
            continue
        few = number.value < _LEAST_AT_THE_END
        if index == hit.last and (few or _counts_others(reading, hit, lexicon)):
            continue
        words = reading.quote(hit)
        if not 0 <= number.value <= MOST_LABELS:
            slots.reject(words, "number of examples", "a number from 0 to a billion", index)
            return
        slots.put("labeled_examples", round(number.value), words, index)
        return
    none = reading.all("slots/labels_none")
    if none and not reading.has("slots/labels_history"):
        hit = max(none, key=lambda h: h.last - h.first)
        slots.put("labeled_examples", 0, reading.quote(hit))


def _only_possible(reading: Reading, hit: Hit) -> bool:
    before = reading.tokens[max(0, hit.first - 4) : hit.first]
    return any(token.text in word_set("modals") for token in before)


def _is_priced(reading: Reading, hit: Hit) -> bool:
    """Return whether a price is stated for labelling them, which makes them a plan."""
    return any(set(hit.caught) & set(p.caught) for p in reading.all("slots/labels_priced"))


def _has_denial(reading: Reading, hit: Hit) -> bool:
    """Return whether a "no" stands inside, as in "9 teams, no labels"."""
    inside = {token.text for token in reading.tokens[hit.first : hit.last + 1]}
    return bool(inside & word_set("denials"))


def _is_to_do(reading: Reading, hit: Hit) -> bool:
    """Return whether the work is still to be done: "5,000 mails must be sorted"."""
    before = reading.token(hit.first - 1)
    inside = {token.text for token in reading.tokens[hit.first : hit.last]}
    if before is not None and reading.tokens[hit.first].number is None:
        inside.add(before.text)
    return bool(inside & word_set("still_to_do"))


def _counts_others(reading: Reading, hit: Hit, lexicon: Lexicon) -> bool:
    """Return whether the number at the end counts no examples: "already sorted by 12 agents"."""
    after = reading.token(hit.last + 1)
    others = lexicon.class_words["person"] | lexicon.class_words["class_noun"]
    others |= word_set("not_requests") | word_set("not_examples") | lexicon.period_days.keys()
    return after is not None and after.text in others


def _is_aside(reading: Reading, hit: Hit) -> bool:
    start = hit.first + 2 * _opens_with_span(reading, hit)
    words = {token.text for token in reading.tokens[start : hit.last + 1]}
    before = reading.token(hit.first - 1)
    after = reading.token(hit.last + 1)
    if any(_is_amount(reading, place) for place in hit.caught):
        return True
    if "labels" in words or "label" in words:
        into = before is not None and before.text in ("into", "of", "between", "among")
        if into or words & word_set("label_asides"):
            return True
    if words & word_set("not_examples") and not _is_participle(reading, hit.last):
        return True
    return bool(words & {"shot"}) or (after is not None and after.text == "shot")


def _opens_with_span(reading: Reading, hit: Hit) -> bool:
    """Return whether it opens with "years of", which counts no examples itself."""
    first, second = reading.tokens[hit.first], reading.token(hit.first + 1)
    return first.text in word_set("not_examples") and second is not None and second.text == "of"


def _is_amount(reading: Reading, place: int) -> bool:
    """Return whether the number is one of gigabytes, hours or the like."""
    unit = reading.token(place + 1)
    return unit is not None and unit.text in word_set("not_requests") - word_set("of_labels")


def read_classes(reading: Reading, slots: Slots, lexicon: Lexicon) -> None:
    """State classes, where a number of queues, categories or the like is named."""
    for hit in nearest_first(reading, reading.all("slots/classes"), slots):
        found = free_number(reading, hit, slots)
        if found is None:
            continue
        index, number = found
        if not number.exact or number.value != round(number.value) or _is_measured(reading, index):
            continue
        last = reading.tokens[hit.last].text
        into = _opens_a_split(reading, hit)
        if _is_participle(reading, hit.last):
            continue
        if (
            into
            and last not in lexicon.class_words["class_noun"]
            and _is_unit(reading, hit, lexicon)
        ):
            continue
        if 2 <= number.value <= MOST_CLASSES:
            slots.put("classes", round(number.value), reading.quote(hit), index)
            _spread_labels(reading, slots)
            return
    if reading.has("slots/binary") and "classes" not in slots.values:
        hit = reading.all("slots/binary")[0]
        slots.put("classes", 2, reading.quote(hit))


def _spread_labels(reading: Reading, slots: Slots) -> None:
    """Multiply the examples by the classes where so many of each are stated."""
    labels, classes = slots.values.get("labeled_examples"), slots.values.get("classes")
    if not isinstance(labels, int) or not isinstance(classes, int):
        return
    words = slots.words["labeled_examples"]
    each = [reading.quote(hit) for hit in reading.all("slots/labels_each")]
    quote = next((text for text in each if text.startswith(words)), None)
    if quote is not None:
        slots.values["labeled_examples"] = labels * classes
        slots.words["labeled_examples"] = quote


def _opens_a_split(reading: Reading, hit: Hit) -> bool:
    """Return whether "into" or the like leads to the number, whatever it counts."""
    before = reading.token(hit.last - 1)
    ends = reading.tokens[hit.last].number is not None
    led = ends and before is not None and before.text in word_set("into")
    return led or reading.tokens[hit.first].text in ("into", "across", "among", "between")


def _is_participle(reading: Reading, index: int) -> bool:
    """Return whether "classés" is written, which without its accent reads as "classes"."""
    token = reading.tokens[index]
    written = reading.text[token.start : token.end].lower()
    return written.endswith(("\u00e9s", "\u00e9es", "\u00e9", "\u00e9e"))


def _is_measured(reading: Reading, index: int) -> bool:
    """Return whether the number starts something like "one of ..." or a version."""
    after = reading.token(index + 1)
    return after is not None and after.text in ("of", "%", "bit", "gb", "x")


def _is_unit(reading: Reading, hit: Hit, lexicon: Lexicon) -> bool:
    last = reading.tokens[hit.last]
    after = reading.token(hit.last + 1) if last.number is not None else last
    if after is None or after.kind != "word":
        return True
    return (
        after.text in word_set("not_classes")
        or after.text in lexicon.period_days
        or after.text in lexicon.tongues
    )


def read_stability(reading: Reading, slots: Slots) -> None:
    """State rules_change_often: True where they change, False where they are said to be stable."""
    rarely = reading.all("slots/changes_rarely")
    often = reading.all("slots/changes_often")
    if rarely:
        slots.put("rules_change_often", False, reading.quote(rarely[0]))
    elif often and not _negated(reading, min(often, key=lambda hit: hit.last - hit.first)):
        slots.put("rules_change_often", True, reading.quote(max(often, key=lambda h: h.last)))


def _negated(reading: Reading, hit: Hit) -> bool:
    first = hit.first
    while first > max(0, hit.first - 2) and reading.tokens[first - 1].kind == "word":
        first -= 1
    near = reading.tokens[first : hit.last + 1]
    return any(token.text in word_set("seldom") for token in near)
