"""From plain values to safe HTML and Markdown: every word of an answer passes through here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from agent.answer import Answer, Claim

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")


def plain(value: object) -> str:
    """Return `value` as HTML text; nothing in it can open a tag or an attribute."""
    return escape(str(value), quote=True)


def literal(value: str) -> str:
    """Return `value` for a Markdown label, so that "$", ":red[" and "*" show as typed."""
    return _MARKDOWN.sub(r"\\\1", " ".join(value.split()))


def markdown(value: str) -> str:
    """Return Markdown of an answer with "$" kept literal and directives and tags disarmed."""
    return re.sub(r"(?<!\\)([$<:])", r"\\\1", value)


def icon(name: str) -> str:
    """Return a Material Symbols ligature, hidden from screen readers."""
    return f'<span class="rs-icon" aria-hidden="true">{plain(name)}</span>'


def wrap(*blocks: str) -> str:
    """Return `blocks` inside the element that carries our type and colours."""
    return f'<div class="rs">{"".join(blocks)}</div>'


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the evidence of one answer stands on the page. `prefix` keeps turns apart."""

    prefix: str
    labels: dict[str, str]

    @classmethod
    def of(cls, answer: Answer, prefix: str) -> Marks:
        """Number sources "1", "2" and calculations "c1", "c2", as the answer's text does."""
        labels = {
            evidence_id: str(citation.number)
            for citation in answer.citations
            for evidence_id in citation.evidence_ids
        }
        labels |= {item.id: f"c{index}" for index, item in enumerate(answer.calculations, start=1)}
        return cls(prefix, labels)

    @property
    def top(self) -> str:
        """The id of the verdict, where the way back from a passage leads."""
        return f"{self.prefix}-top"

    def anchor(self, label: str) -> str:
        """Return the id of the passage that mark `label` leads to."""
        return f"{self.prefix}-e{label}"

    def links(self, evidence_ids: Iterable[str]) -> str:
        """Return the marks of `evidence_ids` as links, sources before calculations."""
        found = {self.labels[item] for item in evidence_ids if item in self.labels}
        ordered = sorted(found, key=lambda label: (label.startswith("c"), int(label.lstrip("c"))))
        return "".join(self.link(label) for label in ordered)

    def link(self, label: str) -> str:
        """Return one mark as a link into its card."""
        name = f"Working {label[1:]}" if label.startswith("c") else f"Source {label}"
        target = self.anchor(label)
        return f'<a class="rs-cite" href="#{target}" aria-label="{name}">{label}</a>'

    def sentence(self, claim: Claim) -> str:
        """Return the claim with its marks before the full stop, in one unbreakable group."""
        words = claim.text.strip()
        links = self.links(claim.evidence_ids)
        if not links:
            return plain(words)
        stop = words[-1] if words.endswith((".", ":", "?")) else ""
        body = words[: -len(stop)] if stop else words
        return f'{plain(body)} <span class="rs-cites">{links}{plain(stop)}</span>'


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: frozenset[int] = frozenset()
) -> str:
    """Return an HTML table. `columns` are plain text; cells are HTML already."""

    def kind(index: int) -> str:
        return ' class="rs-num"' if index in numeric else ""

    head = "".join(
        f'<th scope="col"{kind(index)}>{plain(name)}</th>' for index, name in enumerate(columns)
    )
    body = "".join(
        "<tr>"
        + f'<th scope="row">{row[0]}</th>'
        + "".join(f"<td{kind(index)}>{cell}</td>" for index, cell in enumerate(row[1:], start=1))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="rs-scroll" tabindex="0" role="group" aria-label="Table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
