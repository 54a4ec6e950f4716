"""The search field as hands and ears know it: suggestions by keyboard and pointer, corrections, marks."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from .pages import address
from .test_accessibility import OPTIONS
from .visiting import both_languages, both_widths, query, search_field

pytestmark = pytest.mark.e2e

BEGINNINGS = {"sl": "gib", "de": "bew"}
MISSPELT = {"sl": "spnje", "de": "schlaff"}


def options(page):
    return page.get_by_role("listbox").get_by_role("option")  # not those of a <select>


def type_in(page, words):
    search_field(page).press_sequentially(words)
    expect(options(page).first).to_be_visible(timeout=30_000)  # the first answer reads the dictionaries


def chosen(page):
    """The index of the option that a screen reader is told of, and that looks chosen; -1 for none."""
    return page.evaluate(
        """() => {
          const named = document.querySelector("main [role=combobox]").getAttribute("aria-activedescendant");
          const all = [...document.querySelectorAll("[role=option]")];
          const marked = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
          return all.findIndex((option) => option.id === named) === marked ? marked : "at odds";
        }"""
    )


@both_languages
@both_widths
def test_suggestions_are_walked_by_keyboard(visit, site, language, width):
    page = visit(language, width)
    page.goto(address("home", language))
    expect(search_field(page)).to_have_attribute("aria-expanded", "false")
    type_in(page, BEGINNINGS[language])
    expect(search_field(page)).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[data-live]")).not_to_be_empty()
    last = options(page).count() - 1
    walked = [chosen(page)]
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowDown", "ArrowUp", "Home", "ArrowUp"):
        search_field(page).press(key)
        walked.append(chosen(page))
    assert walked == [-1, 0, 1, last, -1, last, 0, -1]
    expect(search_field(page)).to_be_focused()
    search_field(page).press("Escape")
    expect(options(page)).to_have_count(0)
    expect(search_field(page)).to_have_attribute("aria-expanded", "false")
    expect(search_field(page)).to_have_value(BEGINNINGS[language])


def test_enter_goes_to_the_chosen_option_and_else_searches(visit, site):
    page = visit("sl")
    page.goto(address("home", "sl"))
    type_in(page, "gib")
    target = options(page).first.get_attribute("data-address")
    search_field(page).press("ArrowDown")
    search_field(page).press("Enter")
    page.wait_for_url(f"**{target}")
    page.goto(address("home", "sl"))
    type_in(page, "gib")
    search_field(page).press("Enter")
    page.wait_for_url(f"**{address('programmes:catalogue', 'sl', query='q=gib')}")


def test_a_press_goes_to_the_option_and_leaving_closes(visit, site):
    page = visit("sl", 360, has_touch=True)
    page.goto(address("programmes:catalogue", "sl"))
    type_in(page, "gib")
    search_field(page).blur()
    expect(options(page)).to_have_count(0)
    search_field(page).press("ArrowDown")
    expect(options(page).first).to_be_visible(timeout=30_000)  # the first answer reads the dictionaries
    target = options(page).last.get_attribute("data-address")
    options(page).last.tap()
    page.wait_for_url(f"**{target}")


def test_the_menu_stays_open_while_its_suggestions_close(visit, site):
    page = visit("sl", 360)
    page.goto(address("partners:places", "sl"))
    page.locator("details.menu > summary").click()
    inside = page.locator("details.menu [name=q]")
    inside.press_sequentially("gib")
    expect(options(page).first).to_be_visible(timeout=30_000)  # the first answer reads the dictionaries
    inside.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(inside).to_be_visible()


@pytest.mark.parametrize("width", [320, 360])
def test_open_suggestions_fit_a_narrow_window(visit, site, width):
    """320 px is also a window of 1280 px at 400 %."""
    page = visit("de", width)
    page.set_viewport_size({"width": width, "height": 400})
    page.goto(address("home", "de"))
    type_in(page, "ge")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    search_field(page).press("End")
    search_field(page).press("ArrowUp")
    expect(page.locator("[aria-selected=true]")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("view", ["home", "programmes:catalogue"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_open_suggestions(new_context, site, scheme, view):
    context = new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.url + address(view, "sl"))
    type_in(page, "gib")
    search_field(page).press("ArrowDown")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("words", ["korak", "spnje&cost=free"])
def test_axe_finds_nothing_in_results(new_context, site, scheme, words):
    page = new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(site.url + address("programmes:catalogue", "sl", query=f"q={words}"))
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []


@both_languages
def test_without_script_the_field_searches_and_the_correction_is_a_link(visit, site, language):
    page = visit(language, 360, javascript=False)
    page.goto(address("home", language))
    search_field(page).fill(MISSPELT[language])
    search_field(page).press("Enter")
    correction = page.get_by_role("status").locator("a")
    corrected = correction.inner_text()
    correction.click()
    assert query(page) == {"q": [corrected]}
    expect(page.locator("main article mark").first).to_be_visible()


@both_languages
def test_on_a_phone_the_first_result_begins_on_the_second_screen_at_the_latest(visit, site, language):
    page = visit(language, 360)
    for words in ("korak", "spanje", "schlaf"):
        page.goto(address("programmes:catalogue", language, query=f"q={words}"))
        assert page.locator("article").first.bounding_box()["y"] < 1.5 * 780


def test_every_quick_choice_is_reached_by_keyboard_on_a_phone(visit, site):
    page = visit("de", 360)
    page.goto(address("programmes:catalogue", "de"))
    last = page.locator(".chips--row a").last
    last.focus()
    expect(last).to_be_in_viewport(ratio=1)


def test_typing_on_takes_the_choice_back(visit, site):
    """While the answer to the new words is on its way, Enter searches for them."""
    page = visit("sl")
    page.goto(address("home", "sl"))
    type_in(page, "gib")
    search_field(page).press("ArrowDown")
    assert chosen(page) == 0
    page.route(f"**{address('suggestions', 'sl')}?q=giban*", lambda route: None)
    search_field(page).press("End")
    search_field(page).press_sequentially("an")
    search_field(page).press("Enter")
    page.wait_for_url("**q=giban")


def test_a_suggested_topic_keeps_the_filters_of_the_list(visit, site):
    """It takes over its own group: who goes on from one topic to another means the other alone."""
    page = visit("sl")
    filters = f"cost=free&phase=working-age&phase=older-adults&topic={site.topic}"
    page.goto(address("programmes:catalogue", "sl", query=f"q=hrbet&{filters}"))
    search_field(page).fill("")
    type_in(page, "alkoh")
    topic = page.locator("[role=option][data-address*='?topic=']").first
    chosen_topic = topic.get_attribute("data-address").partition("?topic=")[2]
    topic.click()
    page.wait_for_url(f"**topic={chosen_topic}**")
    assert query(page) == {"topic": [chosen_topic], "cost": ["free"], "phase": ["working-age", "older-adults"]}


def test_what_was_said_of_suggestions_goes_with_them(visit, site):
    page = visit("sl")
    page.goto(address("home", "sl"))
    type_in(page, "gib")
    expect(page.locator("[data-live]")).not_to_be_empty()
    search_field(page).press_sequentially("qqqq")
    expect(options(page)).to_have_count(0)
    expect(page.locator("[data-live]")).to_be_empty()


def test_a_strange_page_is_no_suggestion(visit, site):
    """As the network of a hotel answers, before one has signed in."""
    page = visit("sl")
    body = "<!doctype html><title>Wi-Fi</title><h1>Sign in</h1><form><input name=room></form>"
    page.route(f"**{address('suggestions', 'sl')}?*", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(address("home", "sl"))
    with page.expect_response(f"**{address('suggestions', 'sl')}?*"):
        search_field(page).press_sequentially("gib")
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).not_to_contain_text("Sign in")
    expect(search_field(page)).to_have_attribute("aria-expanded", "false")


def test_back_on_the_home_page_finds_the_words_typed(visit, site):
    page = visit("sl")
    page.goto(address("home", "sl"))
    type_in(page, "gib")
    search_field(page).press("ArrowDown")
    search_field(page).press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/sl/"))
    page.go_back()
    expect(search_field(page)).to_have_value("gib")
    search_field(page).fill("spanje")
    search_field(page).press("Enter")
    page.wait_for_url("**q=spanje")
    page.go_back()
    expect(search_field(page)).to_have_value("spanje")
