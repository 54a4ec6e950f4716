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
