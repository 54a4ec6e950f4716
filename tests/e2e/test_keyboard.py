"""Everything by keyboard alone: one always sees where one is, and gets everywhere."""

import pytest
from playwright.sync_api import expect

from .pages import address
from .visiting import both_languages, both_widths, card_links, everyday_words, search_field

pytestmark = pytest.mark.e2e

# Where the focus is: what it is called, whether a ring of two pixels or more shows it, whether it can be seen.
STOP = """() => {
  const element = document.activeElement;
  const styles = [null, "::before", "::after"].map((part) => getComputedStyle(element, part));
  const clear = /^(transparent|rgba\\(.*, 0\\))$/;
  const ringed = styles.some((style) =>
    style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && !clear.test(style.outlineColor));
  const seen = [...element.getClientRects()].some((box) =>
    [0.1, 0.5, 0.9].some((x) => [0.1, 0.5, 0.9].some((y) => {
      const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return hit && (element.contains(hit) || hit.matches("label") && hit.contains(element));
    })));
  return {
    name: element.outerHTML.slice(0, 160).replace(/\\s+/g, " "),
    isBody: element === document.body,
    faults: [...(ringed ? [] : ["no outline"]), ...(seen ? [] : ["hidden or out of view"])],
  };
}"""


def tab_until(page, target, most=200):
    """Presses Tab until the target has the focus; every stop on the way is visible. Returns the number of presses."""
    wanted = target.element_handle()
    for pressed in range(1, most + 1):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        assert not stop["isBody"], "the focus left the page"
        assert stop["faults"] == [], stop["name"]
        if wanted.evaluate("(element) => element === document.activeElement"):
            return pressed
    raise AssertionError(f"{most} presses did not reach {target}")


@both_widths
@both_languages
def test_the_skip_link_comes_first_and_leads_to_the_content(visit, language, width):
    page = visit(language, width)
    page.goto(address("programmes:catalogue", language))
    page.keyboard.press("Tab")
    skip = page.locator("a[href='#main']")
    expect(skip).to_be_focused()
    assert page.evaluate(STOP)["faults"] == []
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@both_widths
def test_the_second_skip_link_of_the_list_leads_to_the_results(visit, width):
    page = visit("sl", width)
    page.goto(address("programmes:catalogue", "sl", query="cost=free"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("a[href='#count']")).to_be_focused()
    assert page.evaluate(STOP)["faults"] == []
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('.results').contains(document.activeElement)")


@both_widths
@both_languages
def test_from_home_to_a_programme_by_tab_and_enter(visit, language, width):
    page = visit(language, width)
    page.goto(f"/{language}/")
    tab_until(page, search_field(page), most=30)
    page.keyboard.type(everyday_words[language])
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    link = card_links(page).first
    title = link.inner_text()
    tab_until(page, link)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    tab_until(page, page.locator("main aside [data-list-remove]"))
    page.keyboard.press("Enter")
    expect(page.locator("header [data-list-count]")).to_have_text("1")


@pytest.mark.parametrize(
    "view", ["home", "programmes:programme", "programmes:slip", "partners:places", "programmes:list"]
)
@both_widths
def test_every_stop_of_a_page_shows_the_focus(visit, site, view, width):
    """Down to the last link of the footer, with every fold open."""
    page = visit("de", width)
    record = site.programme if view in ("programmes:programme", "programmes:slip") else None
    page.goto(address(view, "de", record, f"p={site.numbers}" if view == "programmes:list" else ""))
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    tab_until(page, page.locator("footer a").last)


@both_languages
def test_escape_closes_the_menu_and_gives_the_focus_back(visit, language):
    page = visit(language, 360)
    page.goto(f"/{language}/")
    menu = page.locator("header details")
    summary = menu.locator("summary")
    tab_until(page, summary, most=10)
    page.keyboard.press("Enter")
    link = menu.get_by_role("link").first
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).not_to_be_visible()
    expect(summary).to_be_focused()


def test_a_press_outside_closes_the_menu(visit):
    page = visit("sl", 360)
    page.goto("/sl/")
    menu = page.locator("header details")
    menu.locator("summary").click()
    expect(menu.get_by_role("link").first).to_be_visible()
    page.locator("main h1").click(position={"x": 5, "y": 5}, force=True)
    expect(menu.get_by_role("link").first).not_to_be_visible()


def test_the_menu_works_without_script(visit):
    page = visit("sl", 360, javascript=False)
    page.goto("/sl/")
    page.locator("header details summary").click()
    page.locator(f'header a[href="{address("partners:places", "sl")}"]').click()
    page.wait_for_url(f"**{address('partners:places', 'sl')}")
