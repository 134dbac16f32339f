"""Whose line is it: the product's own, or one about something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from knowledge.catalogue import Catalogue
from knowledge.drafting.lines import Line
from knowledge.mentions import Mention
from knowledge.names import SIZE, fold, key_of
from knowledge.schema import Model

NOUNS = (
    r"(?:(?:accelerator |inference |graphics |ai |pcie |add-in |expansion |edge |compute |"
    r"data[- ]?cent(?:er|re) )*(?:card|chip|"
    r"accelerator|gpu|processor|apu|npu|soc|board|"
    r"device|part|module)|(?:language |instruct |open |reasoning |code |small |chat |"
    r"vision )*model|llm|checkpoint)"
)
OWN_START = re.compile(
    rf"^(?:the|this|our)(?: new| latest| single| [\w.-]+-parameter)? {NOUNS}\b|"
    rf"^(?:at|with|featuring|offering)\b.{{0,90}}, the (?:new )?{NOUNS}\b|"
    rf"^(?:through|via|in|on) (?:the|our|its) (?:\w+ ){{0,2}}API\b",
    re.IGNORECASE,
)
PRICED = re.compile(
    r"^(?:pricing|prices?|(?:the|its|list|suggested)(?: \w+)? price|msrp)\b(?! per\b)",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"^(?:it|its|(?:the |peak |total )*(?:compute|memory(?: bandwidth| capacity)?|tdp|"
    r"thermal design power|"
    r"power (?:draw|consumption)|(?:[A-Z]*FP\d+|BF16|INT\d)(?: performance| throughput)?|"
    r"context (?:window|length)))\b",
    re.IGNORECASE,
)
ASIDE = re.compile(r", (?:up from|down from|compared (?:with|to)|versus|vs\.?|against)\b.*$")
"""The end of a sentence that gives another product's figure after this one's."""
CLAUSE = re.compile(r"[,;] | (?:and|while|whereas|but) ")
PAST = re.compile(rf"^(?:the|this) {NOUNS} (?:had|drew|offered|delivered|cost|carried)\b", re.I)
"""What is told of a predecessor, or was measured."""
WORDS_OF_A_BULLET = 9
COMPARING = re.compile(
    r"\b(?:than|versus|vs\.?|compared|unlike|up from|down from|predecessor|successor to|"
    r"(?:previous|prior|last|older|earlier)[- ]gen\w*|rivals?|competit\w+|instead of|replac\w+|"
    r"against|outperform\w*|beats?|faster|slower|twice|doubles?|doubled|triples?|tripled|"
    r"(?:double|half)(?![- ](?:precision|height|length|slot|wid))|as (?:much|many|fast) as|times|"
    r"\d+(?:\.\d+)?x)\b",
    re.IGNORECASE,
)
UNSURE = re.compile(
    r"\b(?:rumou?r\w*|leak\w*|could|might|would|reportedly|allegedly|speculat\w*|supposed\w*|"
    r"prototypes?|planned|roadmap|hypothetical\w*|imagine|if|suppose|assum\w+|estimat\w+|"
    r"analysts?|unconfirmed|later (?:this|next) year|future)\b|\bmay\b"
)
MACHINES = (
    r"servers?|racks?|clusters?|pods?|nodes?|chassis|workstations?|systems?|hosts?|cpus?|"
    r"laptop(?! (?:chip|processor|gpu|apu)s?\b)|laptops|notebooks?|desktops?|pcs?|"
    r"(?:two|three|four|five|six|seven|eight|ten|twelve|sixteen|\d+)[- ]?(?:x |of (?:them|these) |"
    r"such )?(?:cards?|gpus?|chips?|accelerators?|devices?|units|way)"
)
MEANT_FOR = re.compile(
    r"\b(?:for|fits?|into) (?:[a-z]+ ){0,2}(?:servers|workstations|desktops|laptops|PCs|systems)\b"
)
"""Where a product goes; no figure is of these."""
WHOLE = re.compile(rf"\b(?:{MACHINES})\b", re.IGNORECASE)
NOT_THIS = re.compile(
    rf"\b(?:{MACHINES}|not|no longer|without|never|lacks?|isn't|doesn't|won't|rather than|combined|"
    r"per (?:chip|die|stack|core|link|lane|channel|pin|port|pair)|aggregate|altogether|in total|"
    r"requires?|required|requiring|needs?(?! no\b)|needed|minimum|recommended|pairs?(?! \d)|couple|"
    r"multiple|several|cards|gpus|accelerators|boards|ssds?|storage|disks?|sram|swap|"
    r"siblings?|brother|sister|cousin)\b",
    re.IGNORECASE,
)
OTHER_SECTION = re.compile(
    r"\b(?:requirements?|competit\w*|rivals?|alternatives?|comparison|compared|versus|vs\.?|"
    r"test (?:setup|"
    r"bench)|testbed|servers?|racks?|hosts?|related|previous|predecessors?|other|background|"
    r"see also|"
    r"about (?:the )?\w+)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"(?<![\w.-])[A-Z]{1,6}[a-z]{0,8}-?\d{1,5}[A-Za-z]{0,4}(?![\w])")
NO_PRODUCT = re.compile(
    r"(?:HBM|GDDR|LPDDR|DDR|PCI|FP|INT|BF|TF|MXFP|NVFP|UINT|W|N|TSMC|CUDA|SHA|AES|UTF|ISO|IEC|"
    r"IEEE|USB|"
    r"CXL|SXM|OAM|GSM|AIME|MATH|COVID|CO|ICD|SOC|GAAP|RFC|E|Gen|RJ|DP|SP|FY|Int|Fp)-?\d.*|[QHLM][1-4]|.*-(?:19|20)\d\d",
)
TIER = r"(?:Pro|Max|Ultra|Plus|Mini|Lite|XL|Ti|Super|Nano|Small|Medium|Large|Turbo|Tiny|Base)"
WORD_BEFORE = re.compile(
    r"(?<!\w)(?!(?:The|A|An|Our|Its|This|Each|Every|New|With|On|In|At|For|And|Of|To|One|By|From|While|"
    r"Like|Both|Single)\s)([A-Z][\w-]*|\d\w*[A-Za-z]\w*)\s$"
)
WORD_AFTER = re.compile(r"\s([A-Z][a-z]+\w*)")
GENERIC_COLUMN = re.compile(
    r"(?:|values?|specs?|specifications?|details?|descriptions?|figures?|data|product|model|"
    r"notes?)",
    re.IGNORECASE,
)


class Subject:
    """A product, by the name its page gives it."""

    def __init__(
        self, name: str, vendor: str | None, catalogue: Catalogue, about: str | None
    ) -> None:
        """Hold `name`; `about` is the id of the document that has it already."""
        self.name = name
        self._catalogue = catalogue
        self._about = about
        self._maker = vendor or ""
        words = name.split()
        self._vendor = self._makers_of(vendor)
        self._makers = self._vendor | {word.casefold() for word in words}
        shorter = [" ".join(words[start:]) for start in range(1, len(words))]
        led = bool(vendor) and words[0].casefold() in self._makers_of(vendor)
        variants = [name, *shorter[: int(led)], *filter(_is_code, shorter)]
        self._variants = [v for v in variants if len(key_of(v)) > 1]

    @staticmethod
    def _makers_of(vendor: str | None) -> set[str]:
        return {word.casefold() for word in (vendor or "").split()}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The name as a text may write it."""
        spelled = [
            r"[\s-]*".join(map(re.escape, re.findall(r"[A-Za-z]+|[\d.]+|[^\w\s]", variant)))
            for variant in self._variants
        ]
        return re.compile(
            rf"(?<![\w-])(?:{'|'.join(spelled)})(?!\w|[-.]\w|\s{TIER}\b)",
            re.IGNORECASE,
        )

    @cached_property
    def _sibling(self) -> re.Pattern[str] | None:
        """Another member of the family: the name but its last word, then another version."""
        family = [re.escape(word) for word in re.split(r"[\s-]+", self.name)[:-1]]
        if not family:
            return None
        joined = r"[\s-]+".join(family)
        return re.compile(rf"\b{joined}[\s-]+(?:\w*\d\w*|{TIER})\b", re.IGNORECASE)

    def named_in(self, text: str) -> bool:
        """Return whether `text` names the product, and not as part of a longer name."""
        return any(not self._in_longer_name(text, m) for m in self.pattern.finditer(text))

    def _in_longer_name(self, text: str, match: re.Match[str]) -> bool:
        """Tell "DGX H300" and "H300 Superchip" from "H300"."""
        before = WORD_BEFORE.search(text[: match.start()])
        after = WORD_AFTER.match(text[match.end() :])
        longer = before is not None and before[1].casefold() not in self._makers
        return longer or (after is not None and not re.fullmatch(NOUNS, after[1], re.IGNORECASE))

    def others_in(self, text: str) -> bool:
        """Return whether `text` names another product, known or not."""
        if any(self._in_longer_name(text, m) for m in self.pattern.finditer(text)):
            return True
        rest = self.pattern.sub(" ", text)
        if self._sibling and self._sibling.search(rest):
            return True
        if any(m.kind in ("hardware", "model") for m in self._foreign(rest)):
            return True
        for board in self._boards:
            rest = rest.replace(board, " ")
        return any(not NO_PRODUCT.fullmatch(code) for code in CODE.findall(rest))

    def own(self, lines: list[Line]) -> Iterator[Line]:
        """Yield the lines of `lines` whose figures are the product's own."""
        before = strayed = False
        for line in lines:
            if line.heading and self._about_others(line.heading):
                before = False
            elif line.label is not None:
                if self._own_cell(line):
                    yield line
            else:
                short = line.bullet and len(line.text.split()) <= WORDS_OF_A_BULLET
                mine = short or self._subject_of(line.text, before, strayed)
                stated = ASIDE.sub("", line.text)
                others = self.others_in(stated)
                head = self._head(stated) if others else stated
                if mine and head and self._states(head):
                    yield replace(line, text=head)
                led = mine and not line.text.startswith("Its ")
                strayed = not led and (strayed or self.others_in(_uncompared(line.text)))
                before = mine and not others and not WHOLE.search(self._plain(line.text))

    def _own_cell(self, line: Line) -> bool:
        text = f"{line.label} {line.value}"
        elsewhere = (
            NOT_THIS.search(text) or COMPARING.search(line.value) or UNSURE.search(line.value)
        )
        return not elsewhere and self._own_column(line) and not self.others_in(text)

    def _own_column(self, line: Line) -> bool:
        if not line.columns:
            return True
        bare = re.sub(rf"\b{NOUNS}\s*$", "", line.column, flags=re.IGNORECASE)
        if key_of(bare) in {key_of(v) for v in self._variants}:
            return True
        return line.columns == 1 and GENERIC_COLUMN.fullmatch(line.column.strip()) is not None

    def _subject_of(self, sentence: str, before: bool, strayed: bool) -> bool:
        """Tell by its name, or by "the card" or "it" where no other product came between."""
        if self.named_in(sentence):
            return True
        start = OWN_START.search(sentence) or PRICED.search(sentence)
        if start and not PAST.search(sentence):
            return not (strayed and sentence.lower().startswith("the "))
        return before and PRONOUN.match(sentence) is not None

    def _plain(self, sentence: str) -> str:
        """Return `sentence` without the names of the product and of its maker."""
        unnamed = MEANT_FOR.sub(" ", self.pattern.sub(" ", sentence))
        return re.sub(rf"\b{re.escape(self._maker)}\b", " ", unnamed) if self._maker else unnamed

    def _head(self, sentence: str) -> str:
        """Return the clauses of `sentence` before the one that names another product."""
        ends = [match.start() for match in CLAUSE.finditer(sentence)]
        heads = (sentence[:end] for end in reversed(ends))
        return next((head for head in heads if not self.others_in(head)), "")

    def _states(self, sentence: str) -> bool:
        plain = self._plain(sentence)
        return not (
            COMPARING.search(plain)
            or UNSURE.search(plain)
            or NOT_THIS.search(plain)
            or self.others_in(sentence)
        )

    def _about_others(self, heading: str) -> bool:
        if self.named_in(heading):
            rest = self.pattern.sub(" ", heading)
            return self.others_in(rest) or COMPARING.search(rest) is not None
        return self.others_in(heading) or OTHER_SECTION.search(heading) is not None

    def _foreign(self, text: str) -> list[Mention]:
        return [
            m
            for m in self._catalogue.mentions(text)
            if m.doc_id != self._about and not set(m.words.casefold().split()) <= self._vendor
        ]

    @cached_property
    def _boards(self) -> list[str]:
        return boards_of(self._catalogue)


def _uncompared(sentence: str) -> str:
    """Return `sentence` up to where it compares."""
    return COMPARING.split(sentence, maxsplit=1)[0]


def _is_code(name: str) -> bool:
    """Tell "RTX 6090" and "T500", which mean one product, from "34B" and "Large"."""
    mixed = re.search(r"[A-Za-z].*\d|\d.*[A-Za-z]", name) is not None
    return mixed and not SIZE.fullmatch(fold(name))


def boards_of(catalogue: Catalogue) -> list[str]:
    """Return the names of the boards that models of `catalogue` have scores on, longest first."""
    found = {
        score.board
        for document in catalogue.documents
        if isinstance(document, Model)
        for score in document.scores
    }
    return sorted(found, key=len, reverse=True)
