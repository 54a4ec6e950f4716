"""What a page brings along: nothing from elsewhere, nothing that fails, nothing that its own policy refuses."""

import pytest
from playwright.sync_api import expect

from ..test_pages import FOR_PEOPLE
from .conftest import Watch
from .pages import KINDS, open_kind

pytestmark = pytest.mark.e2e


VIOLATED = "addEventListener('securitypolicyviolation', (e) => violated(`${e.violatedDirective} ${e.blockedURI}`))"


@pytest.fixture(scope="module")
def loaded(browser, site):
    """One page for all, and what has gone wrong in it. What it kept of one kind it need not ask for with the next."""
    size = {"width": 1440, "height": 900}
    context = browser.new_context(base_url=site.url, locale="sl", viewport=size, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    page, watch = context.new_page(), Watch(context, site.url)
    page.expose_function("violated", lambda violation: watch.problems.append(violation))
    page.add_init_script(VIOLATED)
    yield page, watch
    context.close()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_loads_without_errors_and_from_here_only(loaded, site, kind):
    page, watch = loaded
    watch.problems.clear()
    open_kind(page, kind, "sl", site)
    page.wait_for_load_state("networkidle")
    assert watch.problems == []
    assert page.evaluate("document.styleSheets.length") >= 1
    # Icons are drawn: the sprite is one file of our own.
    assert (
        page.evaluate(
            "performance.getEntriesByType('resource').filter((r) => !r.name.startsWith(location.origin)).length"
        )
        == 0
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_nothing_of_a_list_stays_empty(visit, javascript):
    """Cards below the screen may come after those above; a picture of the whole page shows all of them."""
    page = visit("sl", javascript=javascript)
    page.goto("/sl/programi/")
    cards = page.locator(".cards > .card")
    assert cards.count() > 10
    if javascript:
        expect(page.locator(".cards > .card:not(.is-laid)")).to_have_count(0)
    last = cards.last.evaluate("(card) => [getComputedStyle(card).contentVisibility, card.getBoundingClientRect().top]")
    assert last[0] == "visible"
    assert last[1] > 2000  # so not because it was near


def test_no_kind_of_page_is_missing_from_these_tests():
    """What tests/test_pages.py calls a page for people is looked at here, each kind."""
    assert set(FOR_PEOPLE) == {kind.view for kind in KINDS if kind.view}
