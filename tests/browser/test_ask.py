"""Journeys through the Ask page, as a visitor makes them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.enable_socket

TICKETS = (
    "20,000 support tickets a day into 12 queues. We have 60k labeled tickets and data must stay "
    "in the EU. GPT-5 or fine-tune something?"
)
VERDICT = ".rs-verdict h2"


def ask(page: Page, words: str) -> None:
    """Type `words` into the composer and wait for the verdict of exactly that question."""
    field = page.locator("textarea:visible").last
    field.fill(words)
    field.press("Enter")
    expect(page.locator(".rs-question p").last).to_have_text(" ".join(words.split()))
    expect(page.locator(".rs-foot").last).to_contain_text("As of")
    expect(page.locator(VERDICT).last).to_be_visible()


@pytest.fixture
def visit(page: Page, app_url: str) -> Page:
    """Open the first page."""
    page.goto(app_url)
    expect(page.get_by_role("heading", name="Ultra-large, smaller, or both?")).to_be_visible()
    return page


def test_first_visit_shows_composer_examples_and_what_is_known(visit: Page) -> None:
    expect(visit.locator("textarea")).to_be_visible()
    expect(visit.locator(".st-key-first button", has_text="tickets a day")).to_be_visible()
    expect(visit.locator(".rs-foot")).to_contain_text(
        re.compile(r"\d+ documents, newest figures .* 2026")
    )
    expect(visit.locator(".st-key-history")).to_be_visible()


def test_recommendation_from_question_to_changed_profile_and_follow_up(visit: Page) -> None:
    page = visit
    ask(page, TICKETS)

    expect(page.locator(".rs-chips")).to_contain_text("20,000 a day")
    expect(page.locator(".rs-confidence")).to_contain_text("%")
    expect(page.locator(".rs-options")).to_contain_text("Cost a month")
    expect(page.locator("canvas, svg.marks").first).to_be_visible()

    citation = page.locator("a.rs-cite").first
    target = citation.get_attribute("href") or ""
    citation.click()
    card = page.locator(f"details:has({target})")
    expect(card).to_have_attribute("open", "")
    assert card.evaluate("card => getComputedStyle(card).boxShadow") != "none"

    address = page.url
    page.reload()
    expect(page.locator(VERDICT)).to_be_visible()
    assert page.url == address

    volume = page.locator(".st-key-fields-side").get_by_label("Requests a day")
    volume.fill("300")
    volume.press("Enter")
    expect(page.locator(".rs-chips").last).to_contain_text("300 a day")

    ask(page, "and with 300 labels?")
    expect(page.locator(".rs-chips").last).to_contain_text("300 labeled")
    expect(page.get_by_role("button", name="Open").first).to_be_visible()


def test_fit_question_shows_the_memory_bar(visit: Page) -> None:
    ask(visit, "Does DeepSeek V3 run on one 8xH100 node in FP8?")

    expect(visit.locator(".rs-tile-no")).to_be_visible()
    expect(visit.locator(".rs-memory")).to_be_visible()
    expect(visit.locator(".rs-legend")).to_contain_text("Usable")


def test_question_back_is_answered_by_a_pill(visit: Page) -> None:
    ask(visit, "big or small?")
    expect(visit.locator(".rs-tile-ask")).to_be_visible()

    visit.locator("[class*='st-key-pills-ask'] button").first.click()

    expect(visit.locator(".rs-question p").last).not_to_have_text("big or small?")
    expect(visit.get_by_role("button", name="Open")).to_be_visible()
    expect(visit.locator(VERDICT).last).to_be_visible()


def test_unknown_product_gets_no_figure(visit: Page) -> None:
    ask(visit, "How does the Zephyron X9 compare with an H100?")

    expect(visit.locator(VERDICT)).to_contain_text("Nothing is known here about Zephyron X9")


def test_question_shows_as_typed(visit: Page) -> None:
    words = "Is $5 or $10 a ticket fine? <script>document.title='x'</script> <b>big</b> :red[or]"
    ask(visit, words)

    assert visit.title() == "Rightsize"
    expect(visit.locator(".rs-question b")).to_have_count(0)
    past = visit.locator("[class*='st-key-thread-'] button", has_text="$5 or $10")
    expect(past.first).to_be_visible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_narrow_page_has_no_sideways_scroll(browser: Browser, app_url: str, mode: str) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 700},
        color_scheme="dark" if mode == "dark" else "light",
    )
    page = context.new_page()
    page.goto(app_url)
    expect(page.locator(".rs-first")).to_be_visible()
    ask(page, TICKETS)

    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.rs, .rs-verdict, .rs-card, .rs-hinge')]"
        ".map(part => part.getBoundingClientRect().right))"
    )
    ink = page.locator(VERDICT).evaluate("part => getComputedStyle(part).color")
    context.close()

    assert widest <= 320
    assert ink == ("rgb(233, 235, 237)" if mode == "dark" else "rgb(26, 30, 34)")
