"""A document as the chunks that are embedded and searched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.documents import AnyDoc
from knowledge.facts import BASES, slug, statements
from knowledge.schema import Hardware, Kind, Model, Remark, Study, Toolkit

WORDS_A_CHUNK = 200
"""The embedder reads 256 tokens, which is about 200 words of prose."""
WORDS_OF_FACTS = 110
"""Lines of figures have about two tokens a word."""
RENTALS_SHOWN = 4
SCORES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document. `id` is "<doc_id>#<slug>"; `text` starts with the title."""

    id: str
    doc_id: str
    kind: Kind
    heading: str
    text: str


def chunk_document(document: AnyDoc, body: str) -> list[Chunk]:
    """Return the chunks of `document`: its facts, what is said about it, its sections."""
    parts: list[tuple[str, str]] = []
    for heading, lines in _typed(document):
        parts += [(heading, text) for text in _pack(lines, joiner="\n", limit=WORDS_OF_FACTS)]
    for heading, text in _sections(body):
        parts += [(heading, piece) for piece in _split(text)]
    return _with_ids(document, parts)


def _typed(document: AnyDoc) -> Iterator[tuple[str, list[str]]]:
    yield "Facts", _fact_lines(document)
    yield "Claims and doubts", _claim_lines(document)
    if isinstance(document, Toolkit):
        for heading, remarks in (
            ("Strengths", document.strengths),
            ("Weaknesses", document.weaknesses),
            ("Complaints of users", document.complaints),
        ):
            yield heading, [_remark(remark) for remark in remarks]


def _fact_lines(document: AnyDoc) -> list[str]:
    found = statements(document)
    lines: list[str] = []
    for group, shown in (
        ("fact", None),
        ("rental", RENTALS_SHOWN),
        ("date", None),
        ("price", None),
        ("score", SCORES_SHOWN),
        ("measured", None),
        ("comparison", None),
        ("item", None),
    ):
        of_group = [item for item in found if item.group == group]
        lines += [item.line.removeprefix(f"{document.title}: ") for item in of_group[:shown]]
    about = _about(document)
    return about + lines if isinstance(document, Toolkit) else lines + about


def _about(document: AnyDoc) -> list[str]:
    """Return the lines that say what `document` describes."""
    pairs: list[tuple[str, str | None]] = []
    if isinstance(document, Hardware):
        pairs = [
            ("maker", document.vendor),
            ("device", document.device),
            ("status", document.status.replace("_", " ")),
            ("availability", document.availability),
            ("memory type", document.memory_type),
            ("interconnect", document.interconnect),
            ("form factor", document.form_factor),
            ("software", ", ".join(document.software)),
        ]
    elif isinstance(document, Model):
        pairs = [
            ("maker", document.vendor),
            ("weights", "open" if document.open_weights else "closed, by API only"),
            ("licence", document.licence),
            ("size class", document.size_class.replace("_", " ")),
            ("specialization", document.specialization),
            ("languages", document.languages),
            ("status", document.status),
            ("tuning", document.tuning_note),
        ]
    elif isinstance(document, Toolkit):
        pairs = [
            ("purpose", document.purpose),
            ("best for", document.best_for),
            ("not for", document.not_for),
            ("maintenance", document.maintenance.replace("_", " ")),
            ("maintenance note", document.maintenance_note),
            ("version", _dated(document.version, document.version_date)),
            ("licence", document.licence),
            ("pricing", document.pricing),
            ("hardware", ", ".join(document.hardware_support)),
        ]
    return [f"{name}: {value}" for name, value in pairs if value]


def _dated(value: str | None, date: str | None) -> str | None:
    return f"{value} of {date}" if value and date else value


def _claim_lines(document: AnyDoc) -> list[str]:
    lines = [
        item.line.removeprefix(f"{document.title}: ")
        for item in statements(document)
        if item.group == "claim"
    ]
    if isinstance(document, Hardware):
        lines += [f"doubt: {doubt}" for doubt in document.doubts]
    lines += [f"sources differ: {conflict}" for conflict in document.conflicts]
    if not isinstance(document, Study):
        lines += [f"note: {note}" for note in document.notes]
    return lines


def _remark(remark: Remark) -> str:
    alone = ", a single report" if remark.single_report else ""
    return f"{remark.text} ({BASES[remark.basis]}{alone})"


def _sections(body: str) -> Iterator[tuple[str, str]]:
    """Yield (heading, text) of each `## ` section; text before the first is "Overview"."""
    heading = "Overview"
    for piece in re.split(r"(?m)^(?=#{1,2} )", body):
        first, _, rest = piece.partition("\n")
        if first.startswith("#"):
            heading, text = first.lstrip("# ").strip(), rest.strip()
        else:
            text = piece.strip()
        if text:
            yield heading, text


def _split(text: str) -> list[str]:
    """Return `text` cut at paragraphs, then at sentences, to about WORDS_A_CHUNK words."""
    if _words(text) <= WORDS_A_CHUNK:
        return [text]
    pieces: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        if _words(paragraph) <= WORDS_A_CHUNK:
            pieces.append(paragraph.strip())
        else:
            pieces += _pack(re.split(r"(?<=[.!?])\s+|\n", paragraph), joiner=" ")
    return _pack(pieces, joiner="\n\n")


def _pack(lines: Sequence[str], *, joiner: str, limit: int = WORDS_A_CHUNK) -> list[str]:
    """Return `lines` joined into texts of at most `limit` words, where lines allow it."""
    packed: list[str] = []
    current: list[str] = []
    words = 0
    for line in (piece for long in lines for piece in _cut(long)):
        count = _words(line)
        if current and words + count > limit:
            packed.append(joiner.join(current))
            current, words = [], 0
        current.append(line)
        words += count
    return [*packed, joiner.join(current)] if current else packed


def _cut(line: str) -> list[str]:
    """Return `line` cut by force where it alone has more than WORDS_A_CHUNK words."""
    if _words(line) <= WORDS_A_CHUNK:
        return [line] if line.strip() else []
    words = line.split()
    return [
        " ".join(words[start : start + WORDS_A_CHUNK])
        for start in range(0, len(words), WORDS_A_CHUNK)
    ]


def _words(text: str) -> int:
    return len(text.split())


def _with_ids(document: AnyDoc, parts: Sequence[tuple[str, str]]) -> list[Chunk]:
    seen: dict[str, int] = {}
    chunks: list[Chunk] = []
    for heading, text in parts:
        name = slug(heading)
        count = seen[name] = seen.get(name, 0) + 1
        chunk = Chunk(
            id=f"{document.id}#{name}",
            doc_id=document.id,
            kind=document.kind,
            heading=heading,
            text=f"{document.title}: {heading}\n{text}",
        )
        chunks.append(chunk if count == 1 else replace(chunk, id=f"{chunk.id}-{count}"))
    return chunks
