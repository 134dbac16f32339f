"""Where data may be, what hardware there is, which languages, how stable the rules are."""

from __future__ import annotations

import re

ON_PREMISES = re.compile(
    r"\bon[- ]?prem(?:ises?)?\b|\bair[- ]?gapped\b|\bself[- ]hosted only\b|\bin[- ]house (?:only|server)"
    r"|\b(?:can'?t|cannot|must not|mustn'?t|may not|not allowed to|never|doesn'?t|won'?t|not) (?:ever )?"
    r"(?:leave|go to the cloud|be sent|send|use (?:the |any )?cloud|leaving|go outside)\b"
    r"|\bno cloud\b|\bnot in the cloud\b|\boffline\b|\blocal(?:ly)? only\b|\bstays? (?:in(?:side)?|on) "
    r"(?:our|the|my) (?:building|premises|network|servers?|office|own|laptop)|\bour own (?:servers|data cent)"
    r"|\bim eigenen haus\b|\bdarf das haus nicht verlassen|\bnicht in die cloud|\blokal\b|\bsur site\b"
    r"|\bsin la nube\b|\b本地部署|不能离开|\bno data (?:may )?leav|\bwithout (?:the )?(?:internet|cloud)\b"
    r"|\bdata (?:has to|must|needs to) (?:stay|remain) (?:here|inside|in-house|in house|local|with us)",
    re.IGNORECASE,
)
ANYWHERE = re.compile(
    r"\bcloud is (?:fine|ok|okay)\b|\bdata (?:can|may) (?:go anywhere|leave)|\bno (?:privacy|residency|"
    r"compliance) (?:constraints?|issues?|concerns?|requirements?)|\bmay leave (?:the|our) building",
    re.IGNORECASE,
)
EU = re.compile(
    r"\b(?:gdpr|dsgvo|rgpd|eu[- ]only|in(?:side)? the eu|within the eu|eu data|european (?:union|data|servers|hosting)|"
    r"in europe|eu region|stay in the eu|eu residency)\b|\bin der eu\b",
    re.IGNORECASE,
)
COUNTRIES = {
    "germany": "DE", "deutschland": "DE", "france": "FR", "switzerland": "CH", "uk": "GB",
    "united kingdom": "GB", "canada": "CA", "india": "IN", "china": "CN", "japan": "JP",
    "australia": "AU", "brazil": "BR", "usa": "US", "united states": "US", "us": "US",
    "netherlands": "NL", "spain": "ES", "italy": "IT", "singapore": "SG", "austria": "AT",
}  # fmt: skip
STAYS = re.compile(
    rf"\b(?:stay|remain|kept?|hosted|stored|processed|residency|must be)\b[^.?!]{{0,30}}?\bin "
    rf"(?:the )?(?P<country>{'|'.join(COUNTRIES)})\b",
    re.IGNORECASE,
)
NO_GPU = re.compile(
    r"\b(?:no|without(?: any| a)?|don'?t have (?:any |a )?|haven'?t (?:got )?(?:any |a )?|do not have "
    r"(?:any |a )?|zero|keine?|pas de|sin|没有)\s?(?:gpus?|graphics cards?|grafikkarten?|accelerators?)\b"
    r"|\bcpu[- ]only\b|\bonly (?:have )?cpus?\b",
    re.IGNORECASE,
)
OWNED = re.compile(
    r"\b(?:we|i|company|team) (?:already )?(?:have|own|got|bought|run|possess)\b|\b(?:our|my) (?:own |existing |old |"
    r"new |single |two |2 |four |4 )*$|\bwe'?ve (?:got )?|\bi'?ve (?:got )?|\bavailable\b|\bsitting (?:idle|around)\b"
    r"|\bhaben (?:wir )?\b|\bthere(?:'s| is| are)\b[^.?!]{0,20}$|\balready (?:have|own)\b|\bowns?\b|\bon hand\b",
    re.IGNORECASE,
)
LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "spanish": "es",
    "italian": "it", "portuguese": "pt", "dutch": "nl", "polish": "pl", "chinese": "zh",
    "mandarin": "zh", "japanese": "ja", "korean": "ko", "arabic": "ar", "hindi": "hi",
    "russian": "ru", "turkish": "tr", "swedish": "sv", "czech": "cs", "finnish": "fi",
    "danish": "da", "swahili": "sw", "vietnamese": "vi", "ukrainian": "uk",
}  # fmt: skip
CHANGES = re.compile(
    r"\b(?:categor\w+|labels?|queues?|rules?|polic\w+|schemas?|taxonomy|classes|topics?|requirements|fields)\b"
    r"[^.?!]{0,30}\b(?:change|changes|changing|redrawn|shift|rotate|updated)\b[^.?!]{0,25}"
    r"(?:often|constantly|every|each|weekly|monthly|all the time|frequently|a lot)",
    re.IGNORECASE,
)
STABLE = re.compile(
    r"\b(?:never change|rarely change|stable (?:rules|labels|categories|schema)|don'?t change)\b",
    re.I,
)
DEADLINE = re.compile(
    r"\b(?:by|before|until|deadline(?: is)?|within|in) (?P<when>(?:next |the end of |end of )?(?:\d+ |two |three |four |six )?"
    r"(?:weeks?|months?|quarter|year|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|christmas|q[1-4])(?: 20\d\d)?)\b(?! per| each)",
    re.IGNORECASE,
)
LANGUAGE_WORDS = {
    "de": re.compile(
        r"\b(?:der|die|das|und|wir|ich|ist|nicht|für|mit|ein|eine|welches|kann|pro|haben|oder|auf|wie)\b",
        re.I,
    ),
    "fr": re.compile(
        r"\b(?:le|la|les|des|nous|est|une|pour|avec|quel|quelle|pas|sur|dans|et|peut|avons|ou)\b",
        re.I,
    ),
    "es": re.compile(
        r"\b(?:el|la|los|las|que|para|con|una|nosotros|qué|cuánto|tenemos|es|por|en|puedo|o|y)\b",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:the|and|we|is|to|of|for|a|our|can|with|do|what|how|in|it|on|should|have|i)\b", re.I
    ),
}


def language_of(text: str) -> str:
    """Return "en", "de", "fr", "es", "zh" or "other" by the commonest words."""
    if len(re.findall(r"[\u4e00-\u9fff]", text)) >= 3:
        return "zh"
    counts = {code: len(pattern.findall(text)) for code, pattern in LANGUAGE_WORDS.items()}
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    if counts[best] == 0:
        letters = re.findall(r"[^\W\d_]", text)
        foreign = sum(not letter.isascii() for letter in letters)
        return "other" if letters and foreign > len(letters) / 2 else "en"
    return best


def residency(text: str) -> tuple[str, str] | None:
    """Return where data must stay and the words that say so, or None."""
    if match := ON_PREMISES.search(text):
        return "on_premises", match[0]
    if match := ANYWHERE.search(text):
        return "any", match[0]
    if match := EU.search(text):
        return "eu", match[0]
    if match := STAYS.search(text):
        return COUNTRIES[match["country"].lower()], match[0]
    return None


def languages(text: str) -> tuple[str, ...]:
    """Return the languages that the job's texts are in, as ISO 639-1 codes."""
    found = [
        (match.start(), LANGUAGES[match[0].lower()])
        for match in re.finditer(rf"\b(?:{'|'.join(LANGUAGES)})\b", text, re.IGNORECASE)
    ]
    return tuple(dict.fromkeys(code for _, code in sorted(found)))
