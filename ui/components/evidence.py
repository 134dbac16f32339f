"""The evidence column: a card for each source and each calculation, opened by its mark."""

from __future__ import annotations

import re
from urllib.parse import quote

from agent.answer import Answer, Citation
from agent.calculation import Calculation, Input
from agent.wording import day, number
from knowledge.schema import Basis
from ui.components.markup import Marks, icon, plain

BADGES: dict[Basis, tuple[str, str, str, str]] = {
    "computed": ("green", "calculate", "Our calculation", "Worked out here from cited inputs."),
    "study": ("violet", "science", "Published study", "Published with its method."),
    "independent": (
        "blue",
        "speed",
        "Independent test",
        "Independent test: measured by someone who does not sell it.",
    ),
    "vendor": (
        "orange",
        "storefront",
        "Vendor claim",
        "Vendor claim: stated by who sells it, not checked by others.",
    ),
    "press": ("gray", "newspaper", "Press report", "Reported, not measured here."),
}
WORKINGS_SHOWN = 4
_FIGURE = re.compile(r"\d[\d,.]*\d|\d")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")


def badge(basis: Basis) -> str:
    """Return the badge of a basis with its tooltip."""
    colour, symbol, words, tip = BADGES[basis]
    return (
        f'<span class="rs-badge rs-badge-{colour}" title="{plain(tip)}">{icon(symbol)}'
        f"{plain(words)}</span>"
    )


def evidence(answer: Answer, marks: Marks) -> str:
    """Return the heading and the cards, sources first; "" for an answer without evidence."""
    if not answer.citations and not answer.calculations:
        return ""
    cards = [_source(item, answer, marks) for item in answer.citations]
    worked = [
        working_card(f"c{index}", item, marks) for index, item in enumerate(answer.calculations, 1)
    ]
    cards += worked[:WORKINGS_SHOWN]
    if rest := worked[WORKINGS_SHOWN:]:
        cards.append(
            f'<details class="rs-more"><summary>{len(rest)} more workings</summary>'
            f'<div class="rs-evidence">{"".join(rest)}</div></details>'
        )
    return f'<div class="rs-evidence"><h3>Evidence</h3>{"".join(cards)}</div>'


def _card(label: str, title: str, meta: str, passage: str, *, anchor: str, top: str) -> str:
    return (
        f'<details class="rs-card"><summary><span class="rs-no">{label}</span>'
        f'<span class="rs-title">{plain(title)}</span>'
        f'<span class="rs-chevron">{icon("keyboard_arrow_down")}</span>'
        f'<span class="rs-meta">{meta}</span></summary>'
        f'<div class="rs-passage" id="{anchor}">{passage}'
        f'<p class="rs-back"><a href="#{top}">Back to the answer</a></p></div></details>'
    )


def _source(citation: Citation, answer: Answer, marks: Marks) -> str:
    label = str(citation.number)
    when = day(citation.published) or "undated"
    figures = _figures_claimed(citation, answer)
    lines = "".join(
        f"<p>{highlighted(line, figures)}</p>" for line in citation.quote.splitlines() if line
    )
    link = (
        f'<a class="rs-open" href="knowledge?d={plain(quote(citation.doc_id))}" target="_self">'
        f"Open in Knowledge {icon('library_books')}</a>"
    )
    if citation.url and citation.url.startswith(("https://", "http://")):
        link += (
            f' <a class="rs-open" href="{plain(citation.url)}" target="_blank" '
            f'rel="noopener noreferrer">Open source {icon("open_in_new")}</a>'
        )
    meta = f"{badge(citation.basis)}<span>{plain(when)}</span>"
    return _card(
        label, citation.title, meta, lines + link, anchor=marks.anchor(label), top=marks.top
    )


def _figures_claimed(citation: Citation, answer: Answer) -> frozenset[str]:
    """Return the figures of the claims that rest on `citation`."""
    ids = set(citation.evidence_ids)
    claims = [answer.summary] if answer.summary else []
    claims += [claim for section in answer.sections for claim in section.claims]
    claims += answer.claims
    texts = [claim.text for claim in claims if ids & set(claim.evidence_ids)]
    return frozenset(figure for text in texts for figure in _FIGURE.findall(text))


def highlighted(line: str, figures: frozenset[str]) -> str:
    """Return `line` as HTML; in each sentence the words from the first to the last of `figures`."""
    return " ".join(_highlighted(sentence, figures) for sentence in _SENTENCE.split(line))


def _highlighted(sentence: str, figures: frozenset[str]) -> str:
    words = sentence.split()
    hits = [i for i, word in enumerate(words) if figures & set(_FIGURE.findall(word))]
    if not hits:
        return plain(sentence)
    first, last = hits[0], hits[-1] + 1
    before, marked, after = words[:first], words[first:last], words[last:]
    pieces = (
        plain(" ".join(before)),
        f"<mark>{plain(' '.join(marked))}</mark>",
        plain(" ".join(after)),
    )
    return " ".join(piece for piece in pieces if piece)


def working_card(label: str, item: Calculation, marks: Marks) -> str:
    """Return a calculation as a card that its mark opens."""
    used = [marks.labels[source] for source in item.sources if source in marks.labels]
    origin = f"from {', '.join(dict.fromkeys(used))}" if used else ""
    meta = f"{badge('computed')}<span>{plain(origin)}</span>"
    passage = working(item, marks)
    return _card(label, item.name, meta, passage, anchor=marks.anchor(label), top=marks.top)


def result(item: Calculation) -> str:
    """Return the value with unit and range."""
    value = f"{number(item.value, 4)} {item.unit}".strip()
    if item.low is None or item.high is None:
        return value
    return f"{value} ({number(item.low)} to {number(item.high)})"


def working(item: Calculation, marks: Marks) -> str:
    """Return the formula, each input with its source, and the result."""
    inputs = "".join(f"<p>{_input(entry, marks)}</p>" for entry in item.inputs)
    return f"<p><code>{plain(item.formula)}</code></p>{inputs}<p><b>{plain(result(item))}</b></p>"


def _input(entry: Input, marks: Marks) -> str:
    value = entry.value if isinstance(entry.value, str) else number(entry.value, 6)
    words = plain(f"{entry.name} = {value} {entry.unit}".strip())
    if entry.source == "assumed":
        return (
            f'{words} <span class="rs-badge rs-badge-yellow">{icon("edit_note")}Assumption</span>'
        )
    return f"{words} {marks.links((entry.source,))}"


def workings(answer: Answer, marks: Marks) -> str:
    """Return all calculations, one under the other, as the tab "Workings" shows them."""
    rows = "".join(
        f'<div class="rs-section"><h3>{marks.link(f"c{index}")} {plain(item.name)}</h3>'
        f'<p class="rs-formula">{plain(item.formula)}</p><p>{plain(result(item))}</p></div>'
        for index, item in enumerate(answer.calculations, start=1)
    )
    return f'<div class="rs-evidence">{rows}</div>' if rows else ""
