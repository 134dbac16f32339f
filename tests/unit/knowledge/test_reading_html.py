from __future__ import annotations

import pytest

from knowledge.errors import DocumentError
from knowledge.reading import Page, read_bytes
from knowledge.reading.bounded import Limits, read_apart

PRESS = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Acme announces the X9 | Acme Newsroom</title>
<meta property="og:title" content="Acme announces the X9">
<meta property="og:site_name" content="acme news">
<meta property="article:published_time" content="2026-03-18T09:00:00Z">
<link rel="canonical" href="https://news.example.org/x9">
<style>.secret{}</style><script>var secret = 1;</script></head><body>
<header><nav><ul><li><a href="/">secret home</a></li></ul></nav></header>
<main><article><h1>Acme announces the X9</h1>
<p>Acme today announced the X9, a card that holds models of 700 billion parameters on one board,
<a href="https://example.org/secret">the company said</a>. It serves small teams.</p>
<p style="color: red; DISPLAY : none">secret style</p><p hidden>secret attribute</p>
<div aria-hidden="true">secret aria</div><!-- secret comment --><template>secret</template>
<h2>Specifications</h2>
<table><thead><tr><th>Feature</th><th>X9</th></tr></thead><tbody>
<tr><td>Memory</td><td>384 GB</td></tr><tr><td>Power | peak</td><td>600&nbsp;W</td></tr></tbody></table>
<h2>Availability</h2><ul><li>In shops in June 2026</li><li>Price: <b>$24,999</b></li></ul>
<dl><dt>Memory type</dt><dd>HBM3e</dd><dt>Slots</dt><dd>2</dd></dl>
<pre><code>pip install acme
acme run model_name</code></pre></article></main>
<footer>secret footer</footer><noscript>secret</noscript></body></html>"""

PRODUCT = """<html><head><title>X9 - Acme</title></head><body>
<div class="nav"><a href="/">secret home</a></div><div class="hero"><h1>X9</h1><p>For models.</p></div>
<div><h2>Tech specs</h2><div><div>Memory</div><div>384 GB</div></div></div>
<div><h2>Compare</h2><table><tr><td>Model</td><td>Memory</td></tr><tr><td>X9|A</td><td>384 GB</td></tr>
<tr><td>X9 Pro</td><td>768 GB<br>(2 x 384)</td></tr></table></div>
<footer>secret © 2025 Acme</footer></body></html>"""


def read(html: str | bytes, media_type: str | None = None) -> Page:
    content = html if isinstance(html, bytes) else html.encode()
    return read_bytes(content, name="page.html", media_type=media_type)


@pytest.fixture(scope="module")
def press() -> Page:
    return read(PRESS)


@pytest.mark.parametrize(
    "words",
    [
        "# Acme announces the X9",
        "## Specifications\n\n| Feature | X9 |\n| --- | --- |\n| Memory | 384 GB |\n",
        "| Power \\| peak | 600 W |",
        "- In shops in June 2026\n- Price: **$24,999**",
        "- Memory type: HBM3e\n- Slots: 2",
        "```\npip install acme\nacme run model_name\n```",
        "the company said. It serves",
    ],
)
def test_headings_tables_lists_and_code_stay(press: Page, words: str) -> None:
    assert words in press.text


def test_what_is_hidden_or_around_the_article_never_appears(press: Page) -> None:
    assert "secret" not in press.text


def test_a_page_says_its_title_date_publisher_and_address(press: Page) -> None:
    found = (press.title, press.published, press.publisher, press.url)

    assert found == (
        "Acme announces the X9",
        "2026-03-18",
        "acme news",
        "https://news.example.org/x9",
    )


def test_a_product_page_without_an_article_keeps_headings_and_tables() -> None:
    page = read(PRODUCT)

    assert "## Tech specs\n\nMemory\n\n384 GB" in page.text
    assert (
        "| Model | Memory |\n| --- | --- |\n| X9\\|A | 384 GB |\n| X9 Pro | 768 GB (2 x 384) |"
        in page.text
    )
    assert "secret" not in page.text
    assert page.published is None


@pytest.mark.parametrize(
    ("html", "date"),
    [
        ("<p>Its log said 2024-05-06.</p>", None),
        ("<p>© 2025 Acme</p>", None),
        ("<time datetime='2024-05-06'>May</time><p>As of 2023-01-01.</p>", "2024-05-06"),
        ("<p class='post-date'>Posted on 6 May 2024</p>", "2024-05-06"),
        ("<time datetime='2999-05-06'>May</time>", None),
    ],
)
def test_only_a_date_marked_as_the_pages_own_is_taken(html: str, date: str | None) -> None:
    assert read(f"<h1>X9</h1><p>It has 384 GB.</p>{html}").published == date


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>X9 | Acme</title><h1>The X9</h1><p>text</p>", "The X9"),
        ("<title>X9 | Acme</title><h2>Power</h2><p>text</p>", "X9 | Acme"),
        ("<title>X9</title><div hidden><h1>Keyboard shortcuts</h1></div><p>text</p>", "X9"),
        ("<title>untitled</title><p>text</p>", None),
    ],
)
def test_the_title_is_that_of_what_is_shown(html: str, title: str | None) -> None:
    assert read(html).title == title


@pytest.mark.parametrize(
    "html",
    [
        "<body style='display: none'><h1>X9</h1><p>It has 384 GB.</p>",
        "<form><h1>X9</h1><div>It has 384 GB.</div><button>secret</button></form>",
        "<div class='page sidebar'><h1>X9</h1><p>It has 384 GB.</p></div>",
    ],
    ids=["hidden-until-loaded", "form", "frame"],
)
def test_a_page_in_a_wrapper_is_not_taken_for_furniture(html: str) -> None:
    assert read(html).text == "# X9\n\nIt has 384 GB."


def test_a_tiny_page_is_its_visible_text() -> None:
    page = read("<p>Price: 5 USD</p><script>secret</script>")

    assert (page.text, page.title, page.publisher) == ("Price: 5 USD", None, None)


def test_a_version_in_the_title_is_no_publisher() -> None:
    assert (
        read("<title>ServeFast 0.9 - review</title><h1>ServeFast 0.9</h1><p>Fast.</p>").publisher
        is None
    )


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ("<meta charset=windows-1251><p>Память</p>".encode("cp1251"), None),
        ("<p>Память</p>".encode("koi8-r"), "text/html; charset=koi8-r"),
        ("<p>Память</p>".encode("utf-16"), None),
        ('<?xml version="1.0" encoding="utf-8"?><html><p>Память</p></html>'.encode(), None),
        ("<meta charset=nonsense><p>Память</p>".encode(), None),
    ],
)
def test_a_page_is_read_in_the_encoding_it_names(content: bytes, media_type: str | None) -> None:
    assert read(content, media_type).text == "Память"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<script>document.write('x')</script><div id=app></div>", "shows no text"),
        ("<html></html>", "shows no text"),
        ("<!-- only a comment -->", "page.html: "),
    ],
)
def test_a_page_without_text_is_refused(html: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        read(html)


def test_a_page_of_unclosed_elements_is_read_to_its_end() -> None:
    assert "the end" in read("<p>start</p>" + "<div>" * 300 + "the end").text


def test_a_page_nested_without_end_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"page\.html: is nested too deep"):
        read("<div>" * 100_000 + "deep")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(seconds=1), "within 1 seconds|stopped its reader"),
        (Limits(memory_bytes=150_000_000), "more memory|stopped its reader|MemoryError"),
    ],
    ids=["time", "memory"],
)
def test_a_page_that_takes_too_much_is_refused(limits: Limits, words: str) -> None:
    content = b"<html><body><article>" + b"<p>word <b>word</b></p>" * 200_000

    with pytest.raises(DocumentError, match=words):
        read_apart("html", content, "page.html", None, limits=limits)
