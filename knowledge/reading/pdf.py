"""A PDF as text, page by page, with its tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from knowledge.errors import DocumentError
from knowledge.reading.layout import in_columns, to_markdown
from knowledge.reading.page import Page
from knowledge.reading.tidying import tidy
from knowledge.reading.titles import believable_date, believable_title, first_line_as_title

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES = 1_000
MOST_BYTES_A_STREAM = 20_000_000
LEAST_KEPT = 0.98
"""Share of the letters that the page laid out must keep of the page in plain order."""


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
    loses = len("".join(laid_out.split())) < LEAST_KEPT * len("".join(plain.split()))
    return to_markdown(plain if loses or in_columns(laid_out) else laid_out)
