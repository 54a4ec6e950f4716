"""What a page brings along: nothing from elsewhere, nothing that fails, nothing that its own policy refuses."""

import pytest

from ..test_pages import FOR_PEOPLE
from .pages import KINDS, open_kind

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_loads_without_errors_and_from_here_only(visit, site, kind):
    page = visit("sl")
    violations = []
    page.expose_function("violated", lambda violation: violations.append(violation))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => violated(`${e.violatedDirective} ${e.blockedURI}`))"
    )
    open_kind(page, kind, "sl", site)
    page.wait_for_load_state("networkidle")
    assert violations == []
    assert page.evaluate("document.styleSheets.length") >= 1
    # Icons are drawn: the sprite is one file of our own.
    assert (
        page.evaluate(
            "performance.getEntriesByType('resource').filter((r) => !r.name.startsWith(location.origin)).length"
        )
        == 0
    )


def test_no_kind_of_page_is_missing_from_these_tests():
    """What tests/test_pages.py calls a page for people is looked at here, each kind."""
    assert set(FOR_PEOPLE) == {kind.view for kind in KINDS if kind.view}
