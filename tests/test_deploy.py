"""The example of a deployment: what nginx answers while the portal is away."""

import re

import pytest
from django.conf import settings

DEPLOY = settings.BASE_DIR / "deploy"


@pytest.fixture
def away():
    """The block of nginx.conf for the page that is shown meanwhile."""
    return re.search(r"location = /away\.html \{(.*?)\n\}", (DEPLOY / "nginx.conf").read_text(), re.S)[1]


def test_search_engines_hear_that_it_is_away_for_a_while_only(away):
    assert "error_page 502 504 =503 /away.html;" in (DEPLOY / "nginx.conf").read_text()
    assert "add_header Retry-After 60 always;" in away


@pytest.mark.parametrize(
    "header", ["Strict-Transport-Security", "Referrer-Policy", "Content-Type-Options nosniff", "frame-ancestors 'none'"]
)
def test_the_page_has_the_headers_that_the_portal_would_send(away, header):
    assert header in away


def test_who_is_in_danger_is_told_in_each_language_whom_to_call():
    html = (DEPLOY / "away.html").read_text()
    assert html.count('href="tel:112"') == len(settings.LANGUAGES)
    assert set(re.findall(r'lang="(\w\w)"', html)) == {code for code, _name in settings.LANGUAGES}
