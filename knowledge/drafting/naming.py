"""What a page is about and who made it: the product's name, its maker, whose words these are."""

from __future__ import annotations

import re

from knowledge.catalogue import Catalogue
from knowledge.drafting.ids import makers, site_of
from knowledge.names import fold, key_of
from knowledge.reading.page import Page

VERBS = (
    r"(?:announc|launch|unveil|introduc|releas|debut|reveal|present|ship|open[- ]sourc|publish)"
    r"(?:e[sd]?|es|s|ed)?"
)
ANNOUNCED = re.compile(
    rf"^(?P<who>.{{2,60}}?)\s+(?:has |have )?(?:today\s+)?{VERBS}\s+(?P<name>.+)$"
)
GREETED = re.compile(
    r"^(?:introducing|announcing|meet|presenting|say hello to|hands[- ]on(?: with)?:?|review:|"
    r"inside|a closer look at|datasheet:?|specifications? of)\s+(?P<name>.+)$",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"\s*(?:[:,;(|\u2013\u2014!?]|\s-\s|\b(?:for|with|to|as|at|on|in|and|that|from|by|is|are|"
    r"delivers?|brings?|data ?sheet|specifications?|specs|review|product brief|model card|"
    r"technical|tested|now|press release|arrives?|announced|launched|unveiled|released|revealed|"
    r"leaks?|using|against|vs\.?|versus|beats|gets?|has|up)\b).*$",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"^(?:the|its|their|our|a|an|new|first|latest|next[- ]generation|all[- ]new|open)\s+",
    re.IGNORECASE,
)
IN_TEXT = re.compile(
    rf"\b{VERBS}\s+(?:the |its |our |a |new |latest |availability of )*"
    r"(?P<name>(?:[A-Z][\w.+-]*|\d[\w.]*)(?:[ -](?:[A-Z][\w.+]*|\d[\w.]*)){0,4})"
)
DEFINED = re.compile(
    r"(?m)^\W*(?:The )?(?P<name>(?:[A-Z][\w.+-]*)(?:[ -](?:[A-Z][\w.+]*|\d[\w.]*)){0,4}),? "
    r"(?:is|are) (?:a|an|the|our)\b"
)
# fmt: off
GENERIC = frozenset((
    "ai", "new", "gpu", "gpus", "chip", "chips", "model", "models", "accelerator", "card",
    "cards", "module", "inference", "platform", "cloud", "llm", "llms", "language", "open",
    "source", "weights", "family", "series", "server", "servers", "edge", "pcie", "laptop",
    "processor", "framework", "toolkit", "results", "news", "report", "update", "how", "why",
    "what", "the", "a", "this", "we", "it", "today", "guide", "introduction", "overview",
    "study", "paper", "abstract", "home", "blog", "announced",
))
# fmt: on
OWN_WORDS = re.compile(
    r"\btoday announced\b|\bwe(?:'re| are) (?:introducing|releasing|launching|announcing|excited|"
    r"proud|"
    r"pleased)\b|\b(?:today,? )?we (?:introduce|release|launch|announce|present|trained|built)\b|"
    r"\bFOR IMMEDIATE RELEASE\b",
    re.IGNORECASE,
)
WHO_ANNOUNCED = re.compile(
    rf"(?:^|[\u2013\u2014]|--|"
    rf" - )\s*(?P<who>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){{0,3}}),?(?: \([^)]{{1,40}}\))?,?"
    rf"(?: [^.]{{0,80}},)? (?:has |have )?today {VERBS}\b",
    re.MULTILINE,
)


def title_of(page: Page) -> str | None:
    """Return the title of `page`, or the first heading of its text; None where it has neither."""
    heading = re.search(r"(?m)^#{1,2} +(.+?)\s*#*$", page.text)
    title = page.title or (heading[1] if heading else None)
    return " ".join(title.replace("*", "").split()) or None if title else None


def product_name(title: str | None, text: str) -> str | None:
    """Return the one product that a page is about, by its title, else by its first paragraphs.

    A name must have a letter, stand in the text and be more than common words.
    """
    candidates = list(_from_title(title)) if title else []
    opening = text[:1500]
    candidates += [m["name"] for m in (IN_TEXT.search(opening), DEFINED.search(opening)) if m]
    for candidate in candidates:
        name = _trimmed(candidate)
        if name and _is_name(name) and _stands_in(name, text):
            return name
    return None


def maker_in(name: str | None, page: Page, catalogue: Catalogue) -> str | None:
    """Return the maker of the product as the catalogue calls it, or as the page does; else None."""
    known = makers(catalogue)
    if name:
        words = name.split()
        for size in (3, 2, 1):
            found = known.get(fold(" ".join(words[:size])))
            if found and len(words) > size:
                return found
        speakers = _speakers(page)
        if len(words) > 1 and fold(words[0]) in speakers:
            return words[0]
    who = WHO_ANNOUNCED.search(page.text[:2000])
    said = ANNOUNCED.match(title_of(page) or "")
    for maker in (who and who["who"], said and said["who"]):
        if maker and len(maker.split()) <= 4 and maker.lower() not in GENERIC:
            return known.get(fold(maker), maker)
    if page.publisher and fold(page.publisher) in known:
        return known[fold(page.publisher)]
    if OWN_WORDS.search(page.text[:3000]):
        site = site_of(page.url)
        return known.get(fold(site), page.publisher or site.title()) if site else page.publisher
    return None


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
        named = name if fold(maker) in fold(name) else f"{announced['who']} {_led(name)}"
        return [named, name] if len(announced["who"].split()) <= 2 else [name]
    return [greeted["name"]] if greeted else [plain]


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


def _is_name(name: str) -> bool:
    words = name.split()
    telling = [w for w in words if w.lower() not in GENERIC]
    starts = name[:1].isalpha()
    capital = any(re.search(r"[A-Z\d]", word) for word in telling)
    lower = [w for w in words if w.isalpha() and w.islower()]
    return bool(
        starts and telling and capital and len(words) <= 6 and len(lower) <= len(words) // 3
    )


def _stands_in(name: str, text: str) -> bool:
    """Return whether the text uses the name, with or without its first word, in its prose."""
    body = key_of(re.sub(r"(?m)^#.*$", " ", text))
    short = key_of(" ".join(name.split()[1:]))
    return key_of(name) in body or (
        any(c.isdigit() for c in short) and len(short) > 2 and short in body
    )
