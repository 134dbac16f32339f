from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.errors import DocumentError
from knowledge.reading import Page, read_bytes

WORDS = f'{nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def report(*extra: str, title: str = "") -> bytes:
    """Return a Word document; `extra` is raw WordprocessingML put at its end."""
    document = Document()
    document.core_properties.title = title
    document.core_properties.created = dt.datetime(2026, 3, 18, tzinfo=dt.UTC)
    document.add_heading("X9 in our tests", level=0)
    document.add_paragraph("It holds large models.")
    document.add_heading("Figures", level=2)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Feature", "X9", "Memory", "384 GB"], strict=True):
        cell.text = text
    document.add_paragraph("fast", style="List Bullet")
    document.add_paragraph("dear", style="List Bullet")
    document.add_paragraph("first", style="List Number")
    for xml in extra:
        document.element.body.append(parse_xml(xml))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def archive(members: dict[str, bytes], base: bytes | None = None) -> bytes:
    """Return the Word document `base` with `members` in place of its own."""
    old = zipfile.ZipFile(io.BytesIO(base or report()))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return file.getvalue()


def read(content: bytes) -> Page:
    return read_bytes(content, name="a.docx")


def test_a_report_is_markdown_in_its_order() -> None:
    page = read(report())

    assert page.text == (
        "# X9 in our tests\n\nIt holds large models.\n\n## Figures\n\n"
        "| Feature | X9 |\n| --- | --- |\n| Memory | 384 GB |\n\n- fast\n- dear\n1. first"
    )
    assert (page.title, page.published) == ("X9 in our tests", "2026-03-18")


def test_the_date_of_a_template_is_not_that_of_the_document() -> None:
    file = io.BytesIO()
    document = Document()
    document.add_paragraph("text")
    document.save(file)

    assert read(file.getvalue()).published is None


@pytest.mark.parametrize(
    ("given", "title"),
    [("Field report", "Field report"), ("Document1", "X9 in our tests")],
)
def test_the_title_is_the_one_given_unless_a_program_filled_it_in(given: str, title: str) -> None:
    assert read(report(title=given)).title == title


@pytest.mark.parametrize(
    ("xml", "shown"),
    [
        (
            "<w:sdt {w}><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            "in a control",
        ),
        (
            "<w:p {w}><w:ins><w:r><w:t>put in</w:t></w:r></w:ins><w:del><w:r><w:delText>secret</w:delText></w:r></w:del></w:p>",
            "put in",
        ),
        (
            "<w:p {w}><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:t>seen</w:t></w:r></w:p>",
            "seen",
        ),
        (
            "<w:p {w}><mc:AlternateContent><mc:Choice Requires='wps'><w:r><w:t>once</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>secret</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>",
            "once",
        ),
        ("<w:p {w}><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>", "a b"),
        (
            "<w:tbl {w}><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>Wide</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            "| Wide |  |\n| --- | --- |\n| 1 | 2 |",
        ),
    ],
    ids=["control", "tracked", "hidden", "drawing", "tab", "span"],
)
def test_what_a_reader_sees_is_read_and_nothing_else(xml: str, shown: str) -> None:
    text = read(report(xml.replace("{w}", WORDS))).text

    assert text.endswith("1. first\n\n" + shown)
    assert "secret" not in text


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
FILE_ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
BODY = f"<w:document {WORDS}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>".encode()
PROPERTIES = b"<cp:coreProperties xmlns:cp='http://schemas.openxmlformats.org/package/2006/metadata/core-properties'/>"
MAIN = "word/document.xml"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (archive({MAIN: HEAD + ENTITIES + BODY}), "document type"),
        (archive({MAIN: HEAD + FILE_ENTITY + BODY}), "document type"),
        (archive({"docProps/core.xml": HEAD + ENTITIES + PROPERTIES}), "document type"),
        (
            archive({MAIN: (HEAD[:30] + b'UTF-16"?>' + ENTITIES + BODY).decode().encode("utf-16")}),
            "document type",
        ),
        (archive({MAIN: b" " * 60_000_000}), "unpacks to 60,"),
        (archive({f"word/{n}.bin": b"0" * 45_000_000 for n in range(5)}), "unpacks to 225,"),
        (archive({f"word/{n}.bin": b"" for n in range(5_001)}), "members, more than 5,000"),
        (archive({MAIN: b"<w:document"}), "is damaged"),
        (archive({MAIN: HEAD + BODY.replace(b"&b;", b"")}), "no text"),
        (archive({"[Content_Types].xml": b"<x/>"}), "a.docx: "),
        (report()[:3_000], "is damaged"),
        (b"PK\x03\x04" + b"\0" * 99, "is damaged"),
        (b"only words", "is damaged"),
    ],
    ids=[
        "entities",
        "file",
        "properties",
        "utf-16",
        "member",
        "total",
        "members",
        "xml",
        "empty",
        "types",
        "cut",
        "head",
        "text",
    ],
)
def test_a_bomb_or_a_damaged_document_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=rf"^(?=a\.docx: ).*{words}"):
        read(content)


def test_another_archive_is_no_word_document() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as new:
        new.writestr("xl/workbook.xml", "<x/>")

    with pytest.raises(DocumentError, match="no Word document"):
        read_bytes(file.getvalue(), name="a.xlsx")
