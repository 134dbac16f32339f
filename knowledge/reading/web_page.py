"""An HTML page as the Markdown of what a reader came for."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from knowledge.errors import DocumentError
from knowledge.reading.decoding import decode
from knowledge.reading.page import Page
from knowledge.reading.tables import mend_tables
from knowledge.reading.tidying import tidy, tidy_line
from knowledge.reading.titles import believable_date, believable_title, heading_of

CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
CHARSET_WITHIN_BYTES = 2_048
STYLE = "translate(normalize-space(@style), 'DISPLAYVBTNOEH ', 'displayvbtnoeh')"
HIDDEN = (
    "//script | //style | //noscript | //template | //svg | //iframe | //object | //*[@hidden]"
    " | //*[@aria-hidden='true'] | //dialog[not(@open)]"
    f" | //*[contains({STYLE}, 'display:none') or contains({STYLE}, 'visibility:hidden')]"
)
ROLES = ("navigation", "contentinfo", "search", "dialog")
CLASSES = ("nav", "navbar", "menu", "sidebar", "breadcrumb", "breadcrumbs", "footer", "comments")
WITHOUT_CONTENT = "[not(.//h1 or .//main or .//article)]"
"""Some pages wrap all they hold in a form, or give its frame the class of a part."""
FURNITURE = " | ".join(
    (
        "//head | //nav | //footer | //aside | //button | //select",
        *(f"//*[@role='{role}']{WITHOUT_CONTENT}" for role in ROLES),
        *(
            f"//*[contains(concat(' ', @class, ' '), ' {word} ')]{WITHOUT_CONTENT}"
            for word in CLASSES
        ),
        "//form[not(.//h1 or .//h2 or .//table or .//p)]",
    )
)
FILLED_ROW = re.compile(r"(?m)^\|.*?[^\s|-].*?\|.*?[^\s|-]")
DATES = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"}
SAYS_DATE = " or ".join(f"contains(@class, '{word}')" for word in ("date", "publish", "byline"))
ABOUT = (
    "//body//time | //body//abbr | //body//script[@type='application/ld+json']"
    f" | //body//*[@itemprop or {SAYS_DATE}][string-length(normalize-space()) < 120]"
)
"""Parts of the body that say what a page is; any other date in it may be of something else."""


def read_web_page(content: bytes, name: str, charset: str | None) -> Page:
    """Return the main text of an HTML page with its headings, lists and tables.

    Title, publisher, date and address are those the page gives of itself.

    Raises:
        DocumentError: if it shows no text.
    """
    import trafilatura

    tree = _parse(content, name, charset)
    found = trafilatura.extract_metadata(_about(tree), date_config=dict(DATES))
    named = _title_said(tree, "//meta[@property='og:title']/@content"), _title_said(tree, "//title")
    _drop(tree, HIDDEN)
    for pairs in tree.xpath("//dl"):
        _name_values(pairs)
    publisher = tree.xpath("string(//meta[@property='og:site_name']/@content)") or found.sitename
    article = _article(tree)
    whole = _everything(tree)
    text = whole if _loses(article, whole) else article
    if not text:
        raise DocumentError(f"{name}: shows no text; a page that scripts draw can't be read")
    return Page(
        text=text,
        name=name,
        title=named[0] or heading_of(text, levels=1) or named[1],
        url=found.url if (found.url or "").startswith(("https://", "http://")) else None,
        publisher=tidy_line(publisher or "") or None,
        published=believable_date(found.date),
    )


def _parse(content: bytes, name: str, charset: str | None) -> Any:
    from lxml import etree, html

    said = CHARSET.search(content[:CHARSET_WITHIN_BYTES])
    text = decode(content, name, charset or (said[1].decode("ascii") if said else None))
    # The parser refuses characters that also come with a declaration of their encoding.
    text = re.sub(r"\A\s*<\?xml[^>]*>", "", text)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        return html.document_fromstring(text, parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise DocumentError(f"{name}: is no HTML page ({error})") from error


def _title_said(tree: Any, path: str) -> str | None:
    return believable_title(str(tree.xpath(f"string({path})")))


def _about(tree: Any) -> Any:
    """Return a copy of what the page says of itself, but for the title.

    A part of the title with a full stop, such as a version, would be taken for the site's name.
    """
    from lxml import html

    about = html.document_fromstring("<html><head></head><body></body></html>")
    for path, place in (("//head/*[not(self::title)]", about.head), (ABOUT, about.body)):
        for element in tree.xpath(path):
            place.append(deepcopy(element))
    return about


def _drop(tree: Any, paths: str) -> None:
    for element in tree.xpath(paths):
        if element.getparent() is not None and element.tag != "body":
            element.drop_tree()


def _name_values(pairs: Any) -> None:
    """Turn a description list into a list of "name: value"."""
    pairs.tag = "ul"
    name = ""
    for part in pairs.xpath(".//dt | .//dd"):
        words = " ".join(part.text_content().split())
        if part.tag == "dt":
            name = words
            part.drop_tree()
        else:
            tail = part.tail
            part.clear()
            part.tag, part.text, part.tail = "li", f"{name}: {words}" if name else words, tail


def _article(tree: Any) -> str:
    import trafilatura

    text = trafilatura.extract(
        tree, output_format="markdown", include_comments=False, favor_recall=True
    )
    # Names must stay findable: within a line these marks mean nothing in Markdown by themselves.
    return tidy(mend_tables(re.sub(r"(?<=[^\n])\\([_*\[\]~])", r"\1", text or "")))


def _everything(tree: Any) -> str:
    """Return all that the page shows but its furniture; takes that out of `tree`."""
    from lxml import html
    from markdownify import MarkdownConverter

    _drop(tree, FURNITURE)
    for text in tree.xpath("//td//text() | //th//text()"):
        _escape_bars(text)
    converter = MarkdownConverter(
        heading_style="ATX",
        bullets="-",
        strip=["a", "img"],
        table_infer_header=True,
        escape_asterisks=False,
        escape_underscores=False,
    )
    return tidy(mend_tables(converter.convert(html.tostring(tree, encoding="unicode"))))


def _escape_bars(text: Any) -> None:
    side = "tail" if text.is_tail else "text"
    setattr(text.getparent(), side, text.replace("|", "\\|"))


def _loses(article: str, whole: str) -> bool:
    """Say whether `article` lacks headings or rows of tables that `whole` has."""
    headings, rows = _structure(article)
    return (not headings and _structure(whole)[0] > 0) or rows < _structure(whole)[1]


def _structure(markdown: str) -> tuple[int, int]:
    """Return the number of headings and the number of rows with two cells or more."""
    return len(re.findall(r"(?m)^#{1,6} ", markdown)), len(FILLED_ROW.findall(markdown))
