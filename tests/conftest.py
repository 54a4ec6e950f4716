"""Translations are compiled before the first test: path words come from them."""

import pytest
from django.conf import settings
from django.utils import translation

from portal.texts import compile_texts


def pytest_configure(config):
    compile_texts()


@pytest.fixture(autouse=True)
def _portals_own_language():
    """A page leaves its language active; no test inherits it from the one before."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _no_pages_kept():
    """No test is answered with a page of the one before: settings and clocks differ between them."""
    from portal.pages import pages_kept  # needs the settings, and so not at the head of this file

    pages_kept.clear()
