"""A Word document (.docx) as Markdown."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from knowledge.errors import DocumentError
from knowledge.reading.page import Page
from knowledge.reading.tables import table
from knowledge.reading.tidying import tidy
from knowledge.reading.titles import believable_date, believable_title, heading_of

if TYPE_CHECKING:
    from docx.document import Document

MOST_MEMBERS = 5_000
MOST_BYTES = 200_000_000
"""Unpacked, all members together."""
MOST_BYTES_A_MEMBER = 50_000_000
HEAD_BYTES = 2_048
TEMPLATE_DATE = dt.datetime(2013, 12, 23, 23, 15)  # noqa: DTZ001
"""Stays in documents that programs make from python-docx's own template."""
MOST_SPANNED = 100
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""Holds the text of a drawing a second time, for old programs."""


def read_word(content: bytes, name: str, charset: str | None) -> Page:
    """Return the headings, paragraphs, lists and tables of a Word document in their order.

    Raises:
        DocumentError: if it is damaged, a bomb, or holds no text.
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml import etree

    _check_archive(content, name)
    try:
        document = Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise DocumentError(f"{name}: is no Word document ({error})") from error
    body = document.element.body
    etree.strip_elements(body, FALLBACK, with_tail=False)
    text = tidy(_joined(_blocks(body, document)))
    if not text:
        raise DocumentError(f"{name}: holds no text")
    properties = document.core_properties
    created = properties.created.replace(tzinfo=None) if properties.created else None
    return Page(
        text=text,
        name=name,
        title=believable_title(properties.title) or heading_of(text),
        published=believable_date(created if created != TEMPLATE_DATE else None),
    )


def _check_archive(content: bytes, name: str) -> None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
        if "word/document.xml" not in archive.namelist():
            raise DocumentError(f"{name}: is an archive, but no Word document")
        _check_sizes(members, name)
        for member in members:
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    _check_head(part.read(HEAD_BYTES), f"{name}: {member.filename}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise DocumentError(f"{name}: is damaged or encrypted ({error})") from error


def _check_sizes(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise DocumentError(f"{name}: has {len(members):,} members, more than {MOST_MEMBERS:,}")
    sizes = [member.file_size for member in members]
    if sum(sizes) > MOST_BYTES or max(sizes, default=0) > MOST_BYTES_A_MEMBER:
        raise DocumentError(
            f"{name}: unpacks to {sum(sizes):,} bytes; at most {MOST_BYTES:,} in all and "
            f"{MOST_BYTES_A_MEMBER:,} a member are read"
        )


def _check_head(head: bytes, name: str) -> None:
    # Without null bytes, so that UTF-16 is seen too; Word itself never declares a document type.
    if b"<!DOCTYPE" in head.replace(b"\0", b""):
        raise DocumentError(f"{name} declares a document type, as entity bombs do; not read")


def _blocks(parent: Any, document: Document) -> Iterator[tuple[bool, str]]:
    """Yield (is an item of a list, Markdown) for each paragraph and table under `parent`."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    for child in parent:
        if child.tag == qn("w:p"):
            yield _paragraph(Paragraph(child, document))
        elif child.tag == qn("w:tbl"):
            yield False, table([_row(row) for row in child.tr_lst])
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent")):
            yield from _blocks(child, document)


def _paragraph(paragraph: Any) -> tuple[bool, str]:
    style = paragraph.style.name if paragraph.style else ""
    text = _text(paragraph._p)
    if not text:
        return False, ""
    if style == "Title":
        return False, f"# {' '.join(text.split())}"
    if style.startswith("Heading ") and style[8:].isdigit():
        return False, f"{'#' * min(int(style[8:]), 6)} {' '.join(text.split())}"
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    is_item = numbered or style.startswith(("List Bullet", "List Number"))
    mark = "1. " if style.startswith("List Number") else "- "
    return is_item, mark + text if is_item else text


def _row(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.tc_lst:
        cells += [_cell(cell), *[""] * (min(cell.grid_span, MOST_SPANNED) - 1)]
    return cells


def _cell(cell: Any) -> str:
    from docx.oxml.ns import qn

    return " ".join(filter(None, (_text(part) for part in cell.iter(qn("w:p")))))


def _text(paragraph: Any) -> str:
    """Return the words of a paragraph; tracked insertions count, hidden words don't."""
    from docx.oxml.ns import qn

    marks = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:noBreakHyphen"): "-"}
    words = []
    for run in paragraph.iter(qn("w:r")):
        if run.rPr is not None and run.rPr.find(qn("w:vanish")) is not None:
            continue
        words += [
            part.text or "" if part.tag == qn("w:t") else marks.get(part.tag, "") for part in run
        ]
    return "".join(words).strip()


def _joined(blocks: Iterator[tuple[bool, str]]) -> str:
    """Return the blocks as Markdown; items of one list stand on neighbouring lines."""
    text = ""
    in_list = False
    for is_item, block in blocks:
        if block:
            text += ("\n" if is_item and in_list else "\n\n") + block
            in_list = is_item
    return text
