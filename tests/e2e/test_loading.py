"""What a page brings along: nothing from elsewhere, nothing that fails, nothing that its own policy refuses."""

import pytest
from django.urls import get_resolver
from django.urls.resolvers import LocalePrefixPattern, URLPattern

from .pages import KINDS, open_kind

pytestmark = pytest.mark.e2e

# Addresses that answer with a file or lead on to a page.
NO_PAGES = {
    "programmes:calendar", "programmes:csv", "programmes:json", "programmes:list-calendar", "programmes:list-add",
    "programmes:list-remove", "programmes:programme-number", "suggestions",
}  # fmt: skip


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


def names(patterns, namespace=""):
    """Names of all addresses below."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)


def test_no_kind_of_page_is_missing_from_these_tests():
    (in_languages,) = [r for r in get_resolver().url_patterns if isinstance(r.pattern, LocalePrefixPattern)]
    assert set(names(in_languages.url_patterns)) - NO_PAGES == {kind.view for kind in KINDS if kind.view}
