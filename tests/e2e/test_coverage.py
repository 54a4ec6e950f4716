"""Coverage, chain and lens in a browser: by keyboard, on small screens, on paper, with axe, in two languages."""

import re

import pytest
from playwright.sync_api import expect

from .pages import address
from .test_keyboard import STOP
from .visiting import both_languages, both_widths, coordinator, with_and_without_script, words

pytestmark = pytest.mark.e2e


def go(page, language):
    assert page.goto(address("actionplans:coverage", language)).status == 200


def cells(page):
    return page.locator("table[data-arrows] td a")


@both_languages
@both_widths
def test_arrow_keys_lead_from_cell_to_cell_and_the_focus_is_seen(visit, language, width):
    page = visit(language, width)
    go(page, language)
    first = cells(page).first
    first.focus()
    row = page.locator("table[data-arrows] tbody tr")
    for key, place in (
        ("ArrowRight", (0, 1)),
        ("ArrowDown", (1, 1)),
        ("End", (1, -1)),
        ("Home", (1, 0)),
        ("ArrowUp", (0, 0)),
        ("ArrowUp", (0, 0)),  # at the edge it stays
    ):
        page.keyboard.press(key)
        expect(row.nth(place[0]).locator("td a").nth(place[1])).to_be_focused()
        assert page.evaluate(STOP)["faults"] == [], key
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("×")


@both_languages
def test_who_does_not_want_the_table_goes_past_it(visit, language):
    page = visit(language)
    go(page, language)
    page.get_by_role("link", name=words(language, "Go past the table")).press("Enter")
    expect(page.locator("#after-table")).to_be_focused()


@both_languages
@with_and_without_script
def test_a_filter_narrows_the_table_and_stays_in_the_address(visit, language, javascript):
    page = visit(language, javascript=javascript)
    go(page, language)
    page.locator("select[name=cost]").select_option("free")
    page.locator(".coverage-filter button[type=submit]").click()
    page.wait_for_url("**cost=free**")
    expect(page.locator("select[name=cost]")).to_have_value("free")
    cells(page).first.click()
    page.wait_for_url("**cost=free**")


@both_languages
def test_the_table_prints_on_paper_laid_across(visit, language):
    page = visit(language)
    go(page, language)
    page.emulate_media(media="print")
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = [(round(float(w)), round(float(h))) for w, h in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)]
    assert set(boxes) == {(842, 595)}
    assert len(boxes) <= 2


@with_and_without_script
@both_languages
def test_the_coordinator_judges_a_gap_and_takes_it_back(enter, language, javascript):
    page = enter(coordinator, language, javascript=javascript)
    go(page, language)
    gap = page.locator("td.coverage__cell--gap a").first
    path = gap.get_attribute("href")
    gap.click()
    page.get_by_role("link", name=words(language, "Nothing is needed here")).click()
    page.locator(f"textarea[name=reason_{language}]").fill("Hvala, Danke.")
    page.locator("main .form button[type=submit]").click()
    page.wait_for_url(f"**{path}**")
    expect(page.locator("main")).to_contain_text("Hvala, Danke.")
    page.get_by_role("button", name=words(language, "Take the judgement back")).click()
    page.wait_for_url(f"**{path}**")
    expect(page.locator("main")).not_to_contain_text("Hvala, Danke.")
