"""What a page is about and who made it: the product's name, its maker, whose words these are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from knowledge.catalogue import Catalogue
from knowledge.drafting.ids import makers, site_of
from knowledge.drafting.lines import lines_of
from knowledge.drafting.subject import CODE, NO_PRODUCT
from knowledge.names import fold, key_of
from knowledge.reading.page import Page
from knowledge.schema import Hardware

SHORT = 3
"""Characters of a name that two makers may both use."""

VERBS = (
    r"(?:(?:announc|launch|unveil|introduc|releas|debut|reveal|present|show|showcas|detail|ship|"
    r"open[- ]sourc|publish)(?:e[sd]?|es|s|ed)?|(?:br(?:ings|ought)|roll(?:s|ed)) out|"
    r"t(?:akes|ook) the wraps off)"
)
WHEN = (
    r"(?:(?:today|yesterday|recently|has|have|just|officially|this week|on \w+day|"
    r"on \w+\.? \d{1,2}(?:, \d{4})?)\s+)*"
)
ANNOUNCED = re.compile(rf"^(?P<who>.{{2,60}}?)\s+{WHEN}{VERBS}\s+(?P<name>.+)$")
GREETED = re.compile(
    r"^(?:(?:introduc|announc|present|releas|launch|unveil|open[- ]sourc)ing|meet|say hello to|"
    r"hands[- ]on(?: with)?:?|review:|inside|a closer look at|model card:?|datasheet:?|"
    r"specifications? of)\s+(?P<name>.+)$",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"\s*(?:[:,;(|\u2013\u2014!?]|\s-\s|\b(?:for|with|to|as|at|on|in|and|that|from|by|is|are|"
    r"delivers?|brings?|data ?sheet|specifications?|specs|review|product brief|model card|"
    r"technical|tested|now|press release|preview|pricing|explained|ships?|samples|sampling|"
    r"launches|arrives?|announced|launched|unveiled|released|revealed|leaks?|using|against|vs\.?|versus|beats|gets?|has|up)\b).*$",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"^(?:the|its|their|our|a|an|new|first|latest|next[- ]generation|all[- ]new|open)\s+",
    re.IGNORECASE,
)
SPACE = r"(?:[ \t]|\n(?!\n))+"
NAME = r"(?P<name>(?:[A-Z][\w.+-]*|\d[\w.]*)(?:[ -](?:[A-Z][\w.+]*|\d[\w.]*)){0,4})"
POSSESSOR = r"(?:(?P<maker>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){0,2})['\u2019]s? (?:new )?)"
DEVICE_NOUN = r"(?:accelerator|card|GPU|NPU|APU|TPU|chip|processor|module|board)"
CLASS_NOUN = rf"(?:{DEVICE_NOUN}|model|LLM|library|framework|toolkit|server|engine|router)"
IN_TEXT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:{VERBS}|releasing|introducing|open-sourcing){SPACE}"
        rf"(?:the |its |our |a |new |latest |availability of )*{NAME}",
        rf"\b{VERBS}{SPACE}(?:its|a|an|the)\b[^.,]{{0,60}}\b{CLASS_NOUN},{SPACE}"
        rf"(?:the |called |named )?{NAME}",
        rf"(?:the |[Ii]ts |our |^){NAME}(?: \([^)]*\))?, (?:an?|its|the|our)\b"
        rf"[^.,]{{0,60}}\b{CLASS_NOUN}\b",
        rf"(?m)(?:^|\A(?:#.*\n+)?[^.\n]{{0,200}}\. )\W*(?:The |Our )?{POSSESSOR}?{NAME},? "
        r"(?:is|are) (?:a|an|the|our)\b",
        rf"\b(?:its|the|The|Its) {NAME} {CLASS_NOUN}\b",
    )
)
RUN_ON = re.compile(
    r"(?P<title>[^\n]{10,150}?)\s+(?:[A-Z]{3,}|[A-Z]{2,} [A-Z]{2,})(?:, [A-Z][\w.]+)?, "
    r"[A-Z][a-z]{2,8}\.? \d{1,2}, 20\d\d"
)
CODED = re.compile(r"[A-Z]{1,3}-?\d+\w*")
SEVERAL = re.compile(
    r"(?<![\w-])(?=\w*\d)[A-Z][\w-]*(?:,| and| &|/| or) (?:the )?(?=[\w-]*\d)[A-Z][\w-]*(?![\w-])"
)
"""Two codes in one title: "R1 and R2"."""
# fmt: off
GENERIC = frozenset((
    "ai", "new", "gpu", "gpus", "chip", "chips", "model", "models", "accelerator", "card",
    "cards", "module", "inference", "platform", "cloud", "llm", "llms", "language", "open",
    "source", "weights", "family", "series", "server", "servers", "edge", "pcie", "laptop",
    "processor", "framework", "toolkit", "results", "news", "report", "update", "how", "why",
    "what", "the", "a", "this", "we", "it", "today", "guide", "introduction", "overview",
    "study", "paper", "abstract", "home", "blog", "announced", "data-center", "datacenter",
    "board", "npu", "graphics", "ai-accelerator", "device",
))
# fmt: on
OWN_WORDS = re.compile(
    r"\btoday announced\b|\bwe(?:'re| are) (?:introducing|releasing|launching|announcing|excited|"
    r"proud|"
    r"pleased)\b|\b(?:today,? )?we (?:introduce|release|launch|announce|present|trained|built)\b|"
    r"\bFOR IMMEDIATE RELEASE\b",
    re.IGNORECASE,
)
SPEAKER = (
    r"(?:^|[\u2013\u2014]|--| - |\. )\s*(?:(?:[Cc]hip ?maker|[Ss]tart-?up|[A-Z]\w+-based) )*"
    r"(?P<who>(?!(?:By|From|In|On|At|The|We|It|This)\b)[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){0,3}),?"
    r"(?: (?:Inc|Corp|Ltd)\.,?)?(?: \([^)]{1,40}\),?)?(?: [^.]{0,80},)? "
)
WHO_ANNOUNCED = re.compile(rf"{SPEAKER}(?:has |have )?today {VERBS}\b", re.MULTILINE)
DATELINED = re.compile(
    r"(?m)^\W*[A-Z][^\n]{3,60}?20\d\d\)?\s*(?:[(/][^)/\n]{1,30}[)/]\s*)?(?:--?|[\u2013\u2014])\s+"
)
WHO_SHOWED = re.compile(rf"{SPEAKER}{WHEN}{VERBS}\b", re.MULTILINE)


def title_of(page: Page) -> str | None:
    """Return the title of `page`, or the first heading of its text; None where it has neither."""
    heading = re.search(r"(?m)^#{1,2} +(.+?)\s*#*$", page.text)
    title = page.title or (heading[1] if heading else None)
    return " ".join(title.replace("*", "").split()) or None if title else None


def parted(page: Page) -> Page:
    """Return `page` with its title on a line of its own where it runs on into the first sentence.

    A title ends where the text repeats `page.title`, or before a dateline ("OSLO, May 12 -").
    """
    text = page.text.strip()
    joined = RUN_ON.match(text)
    title = page.title or (joined["title"].strip() if joined else None)
    if not title or not text.startswith(f"{title} "):
        return page
    rest = text[len(title) :].lstrip()
    if not joined and not rest[:1].isupper():
        return page
    return replace(page, title=title, text=f"{title}\n\n{rest}")


def product_name(title: str | None, text: str) -> str | None:
    """Return the one product that a page is about, by its title, else by its first paragraphs.

    A name must have a letter, stand in the text (or over a bare list of specifications) and be
    more than common words; a title with two codes ("R1 and R2") names no one product.
    """
    if title and any(_names_products(m[0]) for m in SEVERAL.finditer(title)):
        return None
    candidates = list(_from_title(title)) if title else []
    shorts = re.findall(r"(?m)^(?!#|\||[-*] )(.{3,60}[^.:;,!?\s])$", text[:400])
    candidates += [name for line in shorts[:1] for name in _from_title(line)]
    opening = text[:1500]
    candidates += [m["name"] for pattern in IN_TEXT if (m := pattern.search(opening))]
    listed = _is_list(" ".join([title or "", *shorts[:1]]), text)
    for candidate in candidates:
        name = _trimmed(candidate)
        for shown in (name, re.sub(r" v?\d+\.\d[\d.]*$", "", name)):
            if shown and _is_name(shown, text) and (listed or _stands_in(shown, text)):
                return shown
    return None


def full_name(name: str, vendor: str | None, text: str) -> str:
    """Return `name` with its maker before it where the text writes it so or it is short ("S1")."""
    first = vendor.split()[0] if vendor else ""
    if not vendor or fold(first) in fold(name).split():
        return name
    if re.search(rf"\b{re.escape(first)} {re.escape(name)}(?![\w-])", text):
        return f"{first} {name}"
    return f"{vendor} {name}" if len(key_of(name)) <= SHORT else name


def maker_in(name: str | None, page: Page, catalogue: Catalogue) -> str | None:
    """Return the maker of the product as the catalogue calls it, or as the page does; else None."""
    known = makers(catalogue)
    words = name.split() if name else []
    for size in (3, 2, 1):
        found = known.get(fold(" ".join(words[:size])))
        if found and len(words) > size:
            return found
    site = re.split(r"\s+[|\u00b7]\s+", page.title or "")[-1]
    if len(words) > 1 and fold(words[0]) == fold(site).split(" ")[0] and site != page.title:
        return known.get(fold(site), site)
    for maker in _who(name, page):
        if len(maker.split()) <= 4 and maker.lower() not in GENERIC:
            return known.get(fold(maker), maker)
    if len(words) > 1 and fold(words[0]) in _speakers(page):
        return words[0]
    if page.publisher and fold(page.publisher) in known:
        return known[fold(page.publisher)]
    if OWN_WORDS.search(page.text[:3000]) and (page.url or page.publisher):
        named = site_of(page.url)
        return known.get(fold(named), page.publisher or named.title()) if named else page.publisher
    return _first_word(words, page.text, catalogue)


def _who(name: str | None, page: Page) -> Iterator[str]:
    """Yield who announces the product: in a release, in the title, in a sentence naming it."""
    start = DATELINED.sub("", page.text[:2000])
    release = WHO_ANNOUNCED.search(start)
    if release:
        yield release["who"]
    said = ANNOUNCED.match(title_of(page) or "")
    if said:
        yield said["who"]
    for match in WHO_SHOWED.finditer(start) if name else ():
        sentence = re.split(r"\.\s", start[match.end() :])[0]
        if name and name.split()[-1] in sentence and name not in match["who"]:
            yield match["who"]
    owner = re.search(rf"{POSSESSOR}{re.escape(name)}(?![\w-])", start) if name else None
    if owner:
        yield owner["maker"]


def _first_word(words: Sequence[str], text: str, catalogue: Catalogue) -> str | None:
    """Return the maker that a name starts with: a line of a known one, else before a code.

    "Radeon X1" is its known maker's; of "Brightcore BX-900" the first word is the maker.
    """
    if len(words) < 2:
        return None
    lines = {
        document.vendor
        for document in catalogue.of("hardware")
        if isinstance(document, Hardware) and words[0].lower() in fold(document.title).split()
    }
    if lines:
        return lines.pop() if len(lines) == 1 else None
    code = next((n for n, word in enumerate(words) if CODED.fullmatch(word)), 0)
    maker = " ".join(words[:code] or words[:1])
    alone = re.search(rf"\b{re.escape(maker)}(?:['\u2019]s| says?| said|,? Inc|,? Corp)\b", text)
    telling = words[0].isalpha() and words[0].lower() not in GENERIC
    return maker if telling and (code == 1 or alone) else None


def is_own(vendor: str | None, page: Page) -> bool:
    """Return whether the maker speaks: on its own site, or in a press release."""
    if vendor and fold(vendor).split()[0] in _speakers(page):
        return True
    start = page.text[:3000]
    return (OWN_WORDS.search(start) or WHO_ANNOUNCED.search(start)) is not None


def _speakers(page: Page) -> set[str]:
    """Return the words of the publisher's name and of its site."""
    return {*fold(page.publisher or "").split(), fold(site_of(page.url) or "")} - {""}


def _from_title(title: str) -> list[str]:
    plain = re.split(r"\s+[|\u00b7]\s+", title)[0]
    announced, greeted = ANNOUNCED.match(plain), GREETED.match(plain)
    if announced:
        maker = announced["who"].split()[-1] if len(announced["who"].split()) <= 3 else ""
        name = announced["name"]
        if not _trimmed(name):
            return []
        named = name if fold(maker) in fold(name) else f"{announced['who']} {_led(name)}"
        return [named, name] if len(announced["who"].split()) <= 2 else [name]
    return [greeted["name"]] if greeted else [plain]


def _names_products(codes: str) -> bool:
    words = [word for word in re.findall(r"[\w-]+", codes) if any(c.isdigit() for c in word)]
    return not any(NO_PRODUCT.fullmatch(word) for word in words)


def _is_list(title: str, text: str) -> bool:
    """Tell a page of specifications, under the name of one thing, from prose."""
    lines = list(islice(lines_of(text), 200))
    labelled = sum(line.label is not None for line in lines)
    named = re.search(rf"\b{DEVICE_NOUN}\b", title, re.IGNORECASE) or CODE.search(title)
    return named is not None and labelled >= 3 and labelled > len(lines) - labelled


def _led(name: str) -> str:
    while LEAD.match(name):
        name = LEAD.sub("", name, count=1)
    return name


def _trimmed(candidate: str) -> str:
    name = TAIL.sub("", _led(candidate.strip()))
    words = name.split()
    while words and words[-1].lower().strip(".") in GENERIC:
        words.pop()
    return " ".join(words).strip(" .\"'*_")


def _is_name(name: str, text: str) -> bool:
    words = name.split()
    telling = [w for w in words if w.lower() not in GENERIC]
    if not telling or not name[0].isalpha() or len(words) > 6:
        return False
    if len(words) == 1 and re.search(rf"(?m)^\W*{re.escape(name)} is an?\b", text):
        return True
    capital = any(re.search(r"[A-Z\d]", word) for word in telling)
    lower = [w for w in words if w.isalpha() and w.islower()]
    return capital and len(lower) <= len(words) // 3


def _stands_in(name: str, text: str) -> bool:
    """Return whether the text uses the name, with or without its first word, in its prose."""
    body = key_of(re.sub(r"(?m)^#.*$", " ", text))
    words = name.split()[1:]
    short = key_of(" ".join(words))
    digits = any(c.isdigit() for c in short) and any(c.isalpha() for c in short)
    telling = len(words) > 1 or digits
    if key_of(name) in body or (telling and len(short) > SHORT - 1 and short in body):
        return True
    code = re.escape(" ".join(words))
    return digits and re.search(rf"(?m)^(?!#).*(?<![\w-]){code}(?![\w-])", text) is not None
