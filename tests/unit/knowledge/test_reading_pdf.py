from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BalancedColumns,
    Flowable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from knowledge.errors import DocumentError
from knowledge.reading import Page, read_bytes
from knowledge.reading.bounded import Limits, read_apart
from knowledge.reading.pdf import MOST_PAGES

PROSE = (
    "The X9 is an accelerator card that holds very large models on a single board, so that one "
    "server does the work of a whole rack of machines without a change to the software."
)
ROWS = [["Feature", "X9", "X9 Pro"], ["Memory", "384 GB", "768 GB"], ["Power", "600 W", "900 W"]]


def datasheet(title: str = "X9 Datasheet", *, columns: bool = False) -> bytes:
    styles = getSampleStyleSheet()
    body = [Paragraph(PROSE, styles["BodyText"]), Paragraph("Specifications", styles["Heading2"])]
    story = [
        Paragraph("X9 Accelerator", styles["Title"]),
        *([BalancedColumns([Paragraph(PROSE * 5, styles["BodyText"])])] if columns else body),
        *([] if columns else [Table(ROWS), Spacer(1, 12)]),
        PageBreak(),
        Paragraph("Größe, naïve, café: efficient.", styles["BodyText"]),
    ]
    return built(*story, title=title)


def built(*story: Flowable, title: str = "") -> bytes:
    file = io.BytesIO()
    SimpleDocTemplate(file, title=title, pagesize=A4).build(list(story))
    return file.getvalue()


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def blank_pages(canvas: Canvas) -> None:
    for _ in range(MOST_PAGES + 1):
        canvas.showPage()


def encrypted(password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(datasheet())))
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def with_objects(objects: dict[int, bytes]) -> bytes:
    """Return a PDF of raw `objects` by number; 1 is the catalogue."""
    file = b"%PDF-1.7\n"
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(file)
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(file)
    size = max(objects) + 1
    lines = [
        b"%010d 00000 n \n" % offsets[n] if n in offsets else b"0000000000 65535 f \n"
        for n in range(size)
    ]
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)
    return file + b"xref\n0 %d\n" % size + b"".join(lines) + trailer


def with_content(stream: bytes, resources: bytes = b"<<>>", **more: bytes) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources %b >>"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: page % resources,
        4: stream,
    }
    return with_objects(objects | {int(number[1:]): body for number, body in more.items()})


def flate(content: bytes, entries: bytes = b"/Filter /FlateDecode", *, times: int = 1) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content)


def read(content: bytes) -> Page:
    return read_bytes(content, name="a.pdf")


def test_the_text_of_a_datasheet_keeps_its_paragraphs_and_its_table() -> None:
    page = read(datasheet())

    assert page.text.startswith(f"X9 Accelerator\n\n{PROSE}\n\nSpecifications\n\n")
    assert (
        "| Feature | X9 | X9 Pro |\n| --- | --- | --- |\n| Memory | 384 GB | 768 GB |\n"
        in page.text
    )
    assert page.text.endswith("\n\nGröße, naïve, café: efficient.")


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    text = " ".join(read(datasheet(columns=True)).text.split())

    assert (PROSE * 5).strip() in text


def wrapped(*cells: str, valign: str) -> str:
    style = getSampleStyleSheet()["BodyText"]
    rows = [
        [Paragraph(cell, style) for cell in row] for row in (["Feature", "X9", "X9 Pro"], cells)
    ]
    table = Table(rows, colWidths=[90, 90, 90], style=[("VALIGN", (0, 0), (-1, -1), valign)])
    return read(built(table)).text


def test_a_cell_of_many_lines_stays_one_cell() -> None:
    cells = ["Software", "Needs the driver nine or any newer one", "Needs driver ten and a licence"]

    text = wrapped(*cells, valign="TOP")

    assert text == f"| Feature | X9 | X9 Pro |\n| --- | --- | --- |\n| {' | '.join(cells)} |"


def test_a_figure_never_moves_into_the_row_above() -> None:
    text = wrapped("Memory", "384 GB in eight stacks of memory", "768 GB in all", valign="BOTTOM")

    assert "384" not in text.partition("\n")[0]


def test_rows_of_long_values_are_no_columns_of_prose() -> None:
    rows = [[name, f"{name} is said in many words of one line"] for name in ("Memory", "Power")]

    assert read(built(Table(rows))).text.startswith(f"| Memory | {rows[0][1]} |\n")


@pytest.mark.parametrize(
    ("line", "next_line", "text"),
    [
        ("a line that is as wide as it gets, so", "it goes on", "so it goes on"),
        ("a line that is as wide as a page of mul-", "timodal", "page of multimodal"),
        ("a line that is as wide as it gets, GPT-", "4 too", "GPT- 4 too"),
        ("short", "next", "short\nnext"),
    ],
)
def test_lines_of_a_paragraph_are_joined(line: str, next_line: str, text: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, line)
        canvas.drawString(72, 688, next_line)
        canvas.drawString(72, 500, "a line that is as wide as it gets, far below")

    assert text in read(drawn(draw)).text


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("X9 Datasheet", "X9 Datasheet"),
        ("untitled", "X9 Accelerator"),
        ("Microsoft Word - draft_final2.docx", "X9 Accelerator"),
        ("", "X9 Accelerator"),
    ],
)
def test_a_title_that_a_program_filled_in_gives_way_to_the_first_line(
    given: str, title: str
) -> None:
    page = read(datasheet(given))

    assert page.title == title
    assert page.published is not None


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_locked_without_a_password_is_read(algorithm: str) -> None:
    assert PROSE in read(encrypted("", algorithm)).text


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password_is_refused(algorithm: str) -> None:
    with pytest.raises(DocumentError, match=r"a\.pdf: is encrypted"):
        read(encrypted("secret", algorithm))


def test_a_picture_of_text_is_refused() -> None:
    content = drawn(lambda canvas: canvas.rect(10, 10, 300, 300, fill=1))

    with pytest.raises(DocumentError, match="no text; the letters on scanned pages"):
        read(content)


def test_too_many_pages_are_refused() -> None:
    content = drawn(blank_pages)

    with pytest.raises(DocumentError, match=r"1,001 pages, more than 1,000"):
        read(content)


BOMB = b"(a) Tj " * 8_000_000
LOOP = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 /Parent 2 0 R >>"
CALL = b"/F Do " * 9
FORMS = b"<< /XObject << /F 5 0 R >> >>"
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter /FlateDecode /Resources " + FORMS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "is damaged"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "is damaged"),
        (datasheet()[:700], "is damaged"),
        (with_objects({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: LOOP}), "cyclic"),
        (with_objects({1: b"<< /Type /Catalog /Pages 1 0 R >>"}), "no text"),
        (with_objects({1: b"<< /Pages " + b"[" * 50_000 + b" >>"}), "is damaged"),
        (with_content(flate(BOMB)), "unpacks to more"),
        (
            with_content(flate(BOMB, b"/Filter [/FlateDecode /FlateDecode]", times=2)),
            "unpacks to more",
        ),
        (with_content(flate(CALL), FORMS, n5=flate(CALL, FORM)), "no text"),
    ],
    ids=["head", "noise", "cut", "page-loop", "self", "deep", "bomb", "bomb-in-bomb", "form-loop"],
)
def test_a_damaged_or_hostile_pdf_is_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=rf"^a\.pdf: .*{words}"):
        read(content)


def test_a_pdf_that_takes_too_long_is_stopped() -> None:
    content = with_content(flate(b"BT " + b"1 0 0 1 0 0 cm " * 400_000 + b"(a) Tj ET"))

    with pytest.raises(DocumentError, match=r"within 1 seconds|stopped its reader"):
        read_apart("pdf", content, "a.pdf", None, limits=Limits(seconds=1))
