"""Journeys through the Knowledge page: what is stale, one document, adding and deleting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.enable_socket
DRAWER = "[role=dialog]"
ANNOUNCEMENT = """<html><head><title>Kestrel Q7: 96 GB on one card</title></head><body>
<script>document.title = "owned"</script>
<h1>Kestrel Q7</h1><p>Kestrel today announced the Q7, a card with 96 GB of memory and a bandwidth of
1,800 GB/s at a board power of 240 W. It ships in <b onclick="x()">March</b> for $4,999.</p>
<p>Its marsupial cooling loop keeps the quokkabyte cache below forty degrees.</p></body></html>"""


@pytest.fixture
def knowledge(page: Page, own_url: str) -> Page:
    """Open the Knowledge page as the first visitor would, by its address."""
    page.goto(f"{own_url}/knowledge")
    expect(rows(page).first).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    return page.locator(".st-key-docs button")


def search(page: Page, words: str) -> None:
    field = page.get_by_label("Search names and passages")
    field.fill(words)
    field.press("Enter")


def test_what_is_stale_comes_first_and_filters_narrow_the_list(knowledge: Page) -> None:
    page = knowledge
    expect(page.locator(".rs-verdict h2")).to_have_text(
        re.compile(r"\d+ of \d{3} documents hold figures past their date")
    )
    expect(rows(page).first).to_contain_text(" old")
    expect(rows(page)).to_have_count(40)

    page.get_by_role("radio", name=re.compile("Studies")).click()

    expect(page.locator(".rs-foot").last).to_have_text(re.compile(r"\d+ documents"))
    expect(rows(page).first).to_contain_text("Study")
    expect(rows(page).filter(has_text="Hardware")).to_have_count(0)


def test_search_opens_a_document_whose_address_can_be_kept(knowledge: Page) -> None:
    page = knowledge
    search(page, "h100 sxm")
    rows(page).filter(has_text="H100 SXM").first.click()

    drawer = page.locator(DRAWER)
    expect(drawer).to_contain_text("Memory bandwidth 3350 GB/s")
    expect(drawer.locator(".rs-badge", has_text="Vendor claim").first).to_be_visible()
    expect(drawer.locator(".rs-facts a").first).to_have_attribute("href", re.compile("^https://"))
    expect(drawer).to_contain_text("Bundled documents can't be deleted")
    assert "d=hardware" in page.url

    page.reload()
    expect(drawer).to_contain_text("Memory bandwidth 3350 GB/s")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/knowledge$"))


def test_document_is_read_confirmed_found_and_deleted(knowledge: Page, tmp_path: Path) -> None:
    page = knowledge
    file = tmp_path / "kestrel.html"
    file.write_text(ANNOUNCEMENT, encoding="utf-8")
    page.get_by_role("button", name="Add documents").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read files").click()

    panel = page.locator(".st-key-adding")
    expect(panel).to_contain_text("1 document read, nothing added yet")
    expect(panel.get_by_label("Title")).to_have_value(re.compile("Kestrel Q7"))
    search(page, "quokkabyte")
    expect(rows(page).filter(has_text="Kestrel")).to_have_count(0)
    expect(panel).to_contain_text("nothing added yet")

    panel.get_by_role("button", name="Add", exact=True).click()
    expect(panel).to_contain_text("1 document added")
    expect(rows(page).first).to_contain_text("Kestrel Q7")
    expect(rows(page).first).to_contain_text("yours")

    rows(page).first.click()
    drawer = page.locator(DRAWER)
    expect(drawer).to_contain_text("marsupial cooling loop")
    expect(drawer.locator("b[onclick]")).to_have_count(0)
    assert page.title() != "owned"

    drawer.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete this document").click()
    expect(drawer).to_have_count(0)
    expect(rows(page).filter(has_text="Kestrel")).to_have_count(0)


def test_drafted_facts_are_confirmed_in_the_drawer(knowledge: Page) -> None:
    page = knowledge
    page.get_by_role("button", name="Add documents").click()
    page.get_by_role("tab", name="Text").click()
    page.get_by_label("Title").fill("Kestrel Q8 accelerator card")
    page.locator(".st-key-k-text textarea").fill(
        "Kestrel announced the Kestrel Q8, an accelerator card with 64 GB of memory, a memory "
        "bandwidth of 900 GB/s and a board power of 150 W."
    )
    page.get_by_role("button", name="Read text").click()
    page.locator(".st-key-adding").get_by_role("button", name="Add", exact=True).click()
    page.locator("[class*='st-key-added-'] button").click()

    drawer = page.locator(DRAWER)
    expect(drawer.locator(".st-key-confirm")).to_contain_text("confirmed by nobody")
    expect(drawer.locator(".rs-badge", has_text="Unreviewed").first).to_be_visible()
    drawer.get_by_role("button", name="Confirm all").click()

    expect(drawer.locator(".st-key-confirm")).to_have_count(0)
    expect(drawer.locator(".rs-badge", has_text="Unreviewed")).to_have_count(0)
    drawer.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete this document").click()
    expect(drawer).to_have_count(0)


@pytest.mark.parametrize(
    ("address", "reason"),
    [("/etc/passwd", "is no address"), ("http://127.0.0.1:9/x", "only public addresses")],
)
def test_what_may_not_be_read_is_refused_with_its_reason(
    knowledge: Page, address: str, reason: str
) -> None:
    page = knowledge
    page.get_by_role("button", name="Add documents").click()
    page.get_by_role("tab", name="Address").click()
    page.locator(".st-key-k-address textarea").fill(address)
    page.get_by_role("button", name="Read addresses").click()

    expect(page.locator(".st-key-adding [role=alert]")).to_contain_text(reason)


def test_new_question_leads_back_to_ask(knowledge: Page) -> None:
    knowledge.get_by_role("button", name="New question").click()

    expect(knowledge.get_by_role("heading", name="Ultra-large, smaller, or both?")).to_be_visible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_narrow_page_and_drawer_fit_and_follow_the_mode(
    browser: Browser, own_url: str, mode: str
) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 700},
        color_scheme="dark" if mode == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{own_url}/knowledge?d=hardware/nvidia-l4")
    expect(page.locator(f"{DRAWER} .rs-facts").first).to_be_visible()

    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.rs, .st-key-docs button')]"
        ".map(part => part.getBoundingClientRect().right))"
    )
    ink = page.locator(f"{DRAWER} .rs-prose").evaluate("part => getComputedStyle(part).color")
    context.close()

    assert widest <= 320
    assert ink == ("rgb(233, 235, 237)" if mode == "dark" else "rgb(26, 30, 34)")


def test_citation_leads_to_its_document_and_the_sidebar_back_to_the_thread(
    page: Page, own_url: str
) -> None:
    page.goto(own_url)
    field = page.locator("textarea:visible").last
    field.fill("What is the bandwidth of an H100 SXM?")
    field.press("Enter")
    expect(page.get_by_role("button", name="Export")).to_be_visible()
    page.locator("a.rs-cite").first.click()
    page.get_by_role("link", name="Open in Knowledge").first.click()

    expect(page.locator(DRAWER)).to_contain_text("Memory bandwidth")
    page.keyboard.press("Escape")
    page.locator("[class*='st-key-thread-'] button").first.click()

    expect(page.locator(".rs-verdict h2")).to_contain_text("TB/s")
    expect(page).to_have_url(re.compile(r"/\?t=\w+$"))
