"""The filters beside the list as hands know them: nothing chosen or typed is lost, and one knows what came of it."""

import pytest
from playwright.sync_api import expect

from .pages import address
from .visiting import narrow, query, reveal, search_field

pytestmark = pytest.mark.e2e

LIST = "programmes:catalogue"


def box(page, name, value):
    """A box of the filters, its folds open."""
    target = page.locator(f"form[data-facets] input[name={name}][value={value}]")
    reveal(target)
    return target


def test_back_shows_the_boxes_as_the_address_says(visit):
    page = visit("sl")
    page.goto(address(LIST, "sl"))
    box(page, "phase", "working-age").check()
    page.wait_for_url("**phase=**")
    page.go_back()
    expect(box(page, "phase", "working-age")).not_to_be_checked()
    box(page, "phase", "older-adults").evaluate("(box) => { box.checked = true; }")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(box(page, "phase", "older-adults")).not_to_be_checked()


def test_words_not_yet_sent_go_with_a_tick(visit):
    page = visit("de")
    page.goto(address(LIST, "de", query="q=Schlaf"), timeout=30_000)  # the first answer reads the dictionaries
    search_field(page).fill("Sturz")
    box(page, "phase", "older-adults").check()
    page.wait_for_url("**phase=**")
    assert query(page) == {"q": ["Sturz"], "phase": ["older-adults"]}
    expect(search_field(page)).to_have_value("Sturz")


def test_nothing_is_loaded_under_the_hands_of_somebody_who_types(visit):
    """And what was ticked before goes with the words."""
    page = visit("sl")
    page.goto(address(LIST, "sl"))
    ticked = box(page, "phase", "older-adults")
    page.clock.install()
    ticked.check()
    search_field(page).focus()
    page.clock.run_for(5000)
    search_field(page).press_sequentially("hrbet")
    assert query(page) == {}
    search_field(page).press("Enter")
    page.wait_for_url("**q=**")
    assert query(page) == {"q": ["hrbet"], "phase": ["older-adults"]}


def test_a_tick_waits_until_the_search_field_is_left(visit):
    page = visit("sl")
    page.goto(address(LIST, "sl"))
    box(page, "phase", "older-adults").check()
    search_field(page).fill("hrbet")
    search_field(page).blur()
    page.wait_for_url("**q=**")
    assert query(page) == {"q": ["hrbet"], "phase": ["older-adults"]}


def test_on_a_phone_the_button_stays_in_sight_and_nothing_is_loaded_before(visit):
    page = visit("sl", 360)
    page.goto(address(LIST, "sl"))
    ticked = [box(page, "phase", "older-adults"), box(page, "cost", "free")]
    page.clock.install()
    for one in ticked:
        one.check()
        expect(page.locator(".facets__actions button")).to_be_in_viewport(ratio=1)
    page.clock.run_for(5000)
    assert query(page) == {}
    page.locator(".facets__actions button").click()
    page.wait_for_url("**phase=**")
    assert query(page) == {"phase": ["older-adults"], "cost": ["free"]}
    expect(page.locator("#count")).to_be_in_viewport()


def test_on_a_phone_closing_the_filters_shows_what_was_ticked(visit):
    page = visit("sl", 360)
    page.goto(address(LIST, "sl"))
    box(page, "phase", "older-adults").check()
    page.locator(".facets__all > summary").click()
    page.wait_for_url("**phase=older-adults")
    expect(page.locator(".facets__all")).not_to_have_attribute("open", "")
    expect(page.locator(".facets__all > summary")).to_be_focused()


def test_a_chip_taken_away_leaves_the_focus_to_the_next_and_the_last_to_the_number(visit):
    page = visit("sl")
    page.goto(address(LIST, "sl", query="cost=free&phase=older-adults&phase=working-age"))
    chips = page.locator(".results .chip--remove")
    for left in (2, 1):
        chips.first.press("Enter")
        expect(chips).to_have_count(left)
        expect(chips.first).to_be_focused()
    chips.first.press("Enter")
    expect(page.locator("#count")).to_be_focused()
    page.locator(".chips--row a").nth(1).press("Enter")
    expect(page.locator(".chips--row a").nth(1)).to_be_focused()


def test_words_not_yet_sent_go_with_a_chip(visit):
    page = visit("sl")
    page.goto(address(LIST, "sl"))
    search_field(page).fill("hrbet")
    page.locator(".chips--row a[href*='cost=free']").click()
    page.wait_for_url("**cost=free**")
    assert query(page) == {"q": ["hrbet"], "cost": ["free"]}


def test_after_a_tick_the_number_is_said_and_stands_in_the_title(visit):
    page = visit("sl")
    page.goto(address(LIST, "sl"))
    box(page, "phase", "older-adults").check()
    page.wait_for_url("**phase=**")
    count = page.locator("#count").inner_text()
    expect(page.locator("[data-live]")).to_have_text(count)
    assert page.title().startswith(count)


def test_the_settlement_is_sent_by_the_next_press(visit, site):
    page = visit("sl")
    page.goto(address(LIST, "sl"))
    settlement = page.locator("main select[name=near]")
    settlement.select_option(site.settlement)
    settlement.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**near=**")
    assert query(page) == {"near": [site.settlement]}


@pytest.mark.parametrize("words", ["Arbeitsunfähigkeitsbescheinigung", "z" * 200])
def test_a_long_word_that_finds_nothing_fits_a_phone(visit, words):
    page = visit("de", 320)
    page.goto(address(LIST, "de", query=f"cost=free&q={words}"), timeout=30_000)  # it may read the dictionaries
    narrow(page)
