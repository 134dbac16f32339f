"""Journeys through the Compare page, as a visitor makes them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.enable_socket

PAIR = "/compare?kind=device&ids=hardware/nvidia-h200-sxm,hardware/nvidia-rtx-4090"
TABLE = "table.rs-compare"


def add(page: Page, words: str, chosen: str) -> None:
    """Type a name into the field of names and wait until it is chosen."""
    field = page.locator(".st-key-compare-ids input")
    field.fill(words)
    expect(page.get_by_role("option").first).to_contain_text(words, ignore_case=True)
    field.press("Enter")
    expect(page.locator(".st-key-compare-ids")).to_contain_text(chosen)
    page.locator(".rs-page-title").click()
    expect(page.get_by_role("option")).to_have_count(0)


def test_two_devices_are_chosen_by_name_and_alias_compared_and_asked_about(
    page: Page, app_url: str
) -> None:
    page.goto(f"{app_url}/compare?kind=device")
    expect(page.get_by_text("Nothing is compared yet.")).to_be_visible()
    add(page, "h200 sxm", "NVIDIA H200 SXM")
    expect(page.get_by_text("Add another to see what differs.")).to_be_visible()
    add(page, "mi 300x", "AMD Instinct MI300X")

    memory = page.locator(f"{TABLE} tr", has_text="HBM3e").first
    expect(memory).to_contain_text("141 GB")
    expect(memory).to_contain_text("192 GB")
    expect(page).to_have_url(re.compile("nvidia-h200-sxm"))
    expect(page.locator(".rs-memory")).to_have_count(2)
    expect(page.locator("canvas, svg.marks").first).to_be_visible()

    page.get_by_role("button", name="Ask about these").click()

    expect(page.locator(".rs-question p")).to_contain_text("Compare H200 SXM and Instinct MI300X")
    expect(page.locator(".rs-verdict h2")).to_be_visible()


def test_a_figure_leads_to_its_document_and_back(page: Page, app_url: str) -> None:
    page.goto(app_url + PAIR)
    page.locator(f"{TABLE} td a.rs-doc").first.click()

    expect(page.get_by_role("dialog")).to_contain_text("NVIDIA H200 SXM")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(TABLE).first).to_contain_text("RTX 4090")


def test_a_calculation_opens_its_working(page: Page, app_url: str) -> None:
    page.goto(app_url + PAIR)
    mark = page.locator(f"{TABLE} a.rs-cite").first
    mark.click()

    card = page.locator(f"details.rs-card:has({mark.get_attribute('href')})")
    expect(card).to_have_attribute("open", "")
    expect(card).to_contain_text("GB")


def test_an_unknown_name_is_told_with_the_nearest_and_the_rest_is_compared(
    page: Page, app_url: str
) -> None:
    page.goto(app_url + PAIR + ",H1000")

    expect(page.get_by_role("alert")).to_contain_text("'H1000'")
    expect(page.get_by_role("alert")).to_contain_text("H100")
    expect(page.locator(f"{TABLE} thead").first).to_contain_text("H200 SXM")


def test_another_model_changes_what_fits(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}{PAIR}&with=models/llama-3.1-8b&bits=16")

    fits = page.locator(f"{TABLE} tr", has=page.get_by_role("rowheader", name="Fits"))
    expect(fits).to_contain_text("left")
    expect(fits).not_to_contain_text("short")
    page.locator(".st-key-compare-with input").fill("Llama 3.3 70B")
    page.get_by_role("option", name="Llama 3.3 70B Instruct").first.click()

    expect(fits).to_contain_text("short")


def test_narrow_page_scrolls_only_its_table(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark")
    page = context.new_page()
    page.goto(app_url + PAIR)
    expect(page.locator(TABLE).first).to_be_visible()
    expect(page.locator(".rs-range").first).to_be_visible()
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.rs, .rs-scroll, .rs-ranges, .rs-memory')]"
        ".map(part => part.getBoundingClientRect().right))"
    )
    context.close()

    assert widest <= 320


def test_speed_answer_draws_speed_over_users(page: Page, app_url: str) -> None:
    page.goto(app_url)
    field = page.locator("textarea:visible").last
    field.fill("How many users can one H100 serve with Qwen3 8B at 20 tokens a second?")
    field.press("Enter")

    expect(page.get_by_role("tab", name="Speed over users")).to_be_visible()
    expect(page.locator("canvas, svg.marks").first).to_be_visible()
    page.get_by_text("The same figures as a table").click()
    expect(page.get_by_role("columnheader", name="All together, tok/s")).to_be_visible()
