"""A PDF as text, page by page, with its tables."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from knowledge.errors import DocumentError
from knowledge.reading.page import Page
from knowledge.reading.tables import table
from knowledge.reading.tidying import tidy
from knowledge.reading.titles import believable_date, believable_title, first_line_as_title

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES = 1_000
MOST_BYTES_A_STREAM = 20_000_000
GAP = re.compile(r"\s{3,}")
"""Three blanks or more stand between the cells of a row; two may only justify a line."""
BULLET = re.compile(r"^[•●▪■◦‣∙·o]\s+")
BROKEN_WORD = re.compile(r"[a-z]-$")
LEAST_KEPT = 0.98
"""Share of the letters that the page laid out must keep of the page in plain order."""
LONGEST_CELL = 30
"""Pieces of a line that are longer, in the median, are columns of prose and not cells."""
WRAPPED = 0.75
"""A line at least this share of the longest on its page goes on in the next."""


def read_pdf(content: bytes, name: str, charset: str | None) -> Page:
    """Return the text of a PDF; rows of tables are kept, each page starts a paragraph.

    Raises:
        DocumentError: if it is encrypted, damaged, too long or holds no text.
    """
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import LimitReachedError, PyPdfError

    with apply_configuration(
        zlib_maximum_output_length=MOST_BYTES_A_STREAM,
        lzw_maximum_output_length=MOST_BYTES_A_STREAM,
        run_length_maximum_output_length=MOST_BYTES_A_STREAM,
        array_based_stream_maximum_output_length=MOST_BYTES_A_STREAM,
    ):
        try:
            reader = PdfReader(io.BytesIO(content))
            _open(reader, name)
            pages = [_text_of(page) for page in reader.pages]
            title, published = _metadata(reader)
        except LimitReachedError as error:
            raise DocumentError(
                f"{name}: unpacks to more than is read of a PDF ({error})"
            ) from error
        except PyPdfError as error:
            raise DocumentError(f"{name}: is damaged ({error})") from error
    text = tidy("\n\n".join(page for page in pages if page.strip()))
    if not text:
        raise DocumentError(
            f"{name}: holds no text; the letters on scanned pages are not recognised, "
            "so give a PDF with text"
        )
    return Page(text=text, name=name, title=title or first_line_as_title(text), published=published)


def _open(reader: PdfReader, name: str) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(f"{name}: is encrypted; save it without a password")
    if len(reader.pages) > MOST_PAGES:
        raise DocumentError(f"{name}: has {len(reader.pages):,} pages, more than {MOST_PAGES:,}")


def _metadata(reader: PdfReader) -> tuple[str | None, str | None]:
    try:
        created = reader.metadata.creation_date if reader.metadata else None
    except ValueError:
        created = None
    title = reader.metadata.title if reader.metadata else None
    return believable_title(title), believable_date(created)


def _text_of(page: PageObject) -> str:
    plain = page.extract_text()
    laid_out = page.extract_text(extraction_mode="layout")
    cells = [cell for line in laid_out.split("\n") for cell in _cells(line)[1:]]
    in_columns = bool(cells) and median(map(len, cells)) > LONGEST_CELL
    loses = len("".join(laid_out.split())) < LEAST_KEPT * len("".join(plain.split()))
    return "\n\n".join(_parts(plain if in_columns or loses else laid_out))


def _parts(text: str) -> Iterator[str]:
    """Yield the tables of a page, and the prose between them with its lines joined."""
    rows = _without_gaps_in_tables([_cells(line) for line in text.split("\n")])
    longest = max(len(" ".join(row)) for row in rows)
    for width, group in groupby(enumerate(rows), key=lambda at: _width_of_table(rows, at[0])):
        same = [row for _, row in group]
        yield table(same) if width else _joined([" ".join(row) for row in same], longest)


def _width_of_table(rows: list[list[str]], number: int) -> int:
    """Return how many cells row `number` has if a neighbour has as many, else 0."""
    width = len(rows[number])
    neighbours = [*rows[max(number - 1, 0) : number], *rows[number + 1 : number + 2]]
    is_item = rows[number][0].startswith("- ")
    return width if width > 1 and not is_item and width in map(len, neighbours) else 0


def _cells(line: str) -> list[str]:
    """Return the cells of a line, without blanks that justify it; a bullet becomes a dash."""
    cells = GAP.split(BULLET.sub("- ", line.strip()))
    return [" ".join(cell.split()) for cell in cells]


def _without_gaps_in_tables(rows: list[list[str]]) -> list[list[str]]:
    kept = []
    for number, row in enumerate(rows):
        around = rows[max(number - 1, 0)], rows[min(number + 1, len(rows) - 1)]
        blank = row == [""]
        if not (blank and len(around[0]) > 1 and len(around[0]) == len(around[1])):
            kept.append(row)
    return kept


def _joined(lines: list[str], longest: int) -> str:
    text = ""
    before = ""
    for line in lines:
        if before.startswith("- ") and not line:
            continue
        if BROKEN_WORD.search(before) and line[:1].islower():
            text = text[:-1] + line
        else:
            goes_on = len(before) >= WRAPPED * longest and line and not line.startswith("- ")
            text += (" " if goes_on else "\n") + line
        before = line
    return text
