"""Every page fits: on small screens, with large letters, on paper."""

import re

import pytest

from .pages import KINDS, address, open_folds, open_kind
from .visiting import both_languages

pytestmark = pytest.mark.e2e

WIDTHS = (320, 360, 768, 1440)
# The elements that make a page wider than its window; what scrolls by itself may be wider inside.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const right = (element) => element.getBoundingClientRect().right;
  const cut = (element) =>
    element && (getComputedStyle(element).overflowX !== "visible" || cut(element.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((element) => right(element) > width + 0.5 && !cut(element.parentElement))
    .slice(0, 4).map((element) => `${element.outerHTML.slice(0, 100)} … ends at ${Math.round(right(element))}`);
}"""
A5_LANDSCAPE = (595, 420)  # points


@pytest.fixture(scope="session")
def screen(browser):
    """One page for all: only its width changes."""
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


@both_languages
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_never_scrolls_sideways(screen, site, kind, language):
    open_kind(screen, kind, language, site)
    open_folds(screen)
    found = {}
    for width in WIDTHS:
        screen.set_viewport_size({"width": width, "height": 900})
        found[width] = screen.evaluate(TOO_WIDE)
    screen.set_viewport_size({"width": 1280, "height": 900})
    screen.evaluate("document.documentElement.style.fontSize = '200%'")
    found["200 %"] = screen.evaluate(TOO_WIDE)
    assert found == {size: [] for size in found}


@pytest.mark.parametrize("width", [360, 1280])
def test_the_time_of_every_date_stands_beside_its_day(screen, site, width):
    screen.set_viewport_size({"width": width, "height": 900})
    screen.goto(site.url + address("programmes:programme", "de", site.programme))
    lines = screen.locator(".dates__item").evaluate_all(
        "(items) => items.map(({ children: [day, time] }) => time.offsetTop - day.offsetTop)"
    )
    assert lines == [0] * len(lines) != []


def printed(page):
    """The pages of what comes out of the printer: [(width, height) in points]."""
    page.emulate_media(media="print")
    pdf = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="screen")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type /Page\b", pdf))
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@both_languages
@pytest.mark.parametrize("which", ["programme", "other", "full", "paused", "longest"])
def test_a_programme_prints_on_one_page(screen, site, language, which):
    screen.goto(site.url + address("programmes:programme", language, getattr(site, which)))
    assert printed(screen) == [(595, 842)]


def test_the_catalogue_prints_five_programmes_on_a_page(screen, site):
    screen.goto(site.url + address("programmes:printed", "de"))
    assert len(printed(screen)) * 5 <= screen.locator("main .item").count()


def test_what_is_chosen_by_a_press_is_not_printed(screen, site):
    screen.goto(site.url + address("partners:places", "de"))
    screen.emulate_media(media="print")
    assert not screen.locator("main select").is_visible()
    screen.emulate_media(media="screen")


@pytest.mark.parametrize("which", ["programme", "longest"])
@pytest.mark.parametrize("patient", ["sl", "de", "nb"])
@both_languages
def test_a_slip_fits_on_half_a_page(screen, site, language, patient, which):
    screen.goto(site.url + address("programmes:slip", language, getattr(site, which), f"for={patient}"))
    assert printed(screen) == [A5_LANDSCAPE]
